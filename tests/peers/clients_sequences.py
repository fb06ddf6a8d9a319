"""What five clients send when they start and on a usual day, request by request, read as strictly as each reads it.

Elk and Phanpy are web clients: JSON bodies, CORS, PKCE. Tusky sends forms, also with DELETE and PATCH. Ice Cubes puts
parameters into the query of a POST with an empty body, sends its token to sockets as a subprotocol, and loses a whole
list over one missing key or a date without three decimals. Tuba keeps ids of notifications in 32 bits.
"""

import base64
import hashlib
import json
import re
import secrets
import socket
import sys
from urllib.parse import parse_qs, urlencode, urlsplit

import node  # noqa: F401  makes names below localhost resolve
import requests
from browser import Browser
from checks import Checks, expect, expect_equal, finish, wait_for
from pictures import png

suite = Checks("Start and day of Elk, Phanpy, Tusky, Ice Cubes and Tuba")

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NUMERIC_LINK = re.compile(r'<[^>]*[?&]max_id=[0-9]+[^>]*>; rel="next"')


class Client:
    """One program: its name, its token, and how it talks."""

    def __init__(self, name, account, **headers):
        self.name = name
        self.account = account
        self.origin = account.node.origin
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update({"User-Agent": name, **headers})

    def ask(self, method, path, status=200, **how):
        """Sends a request and returns its answer, which must have this status."""
        answer = self.session.request(method, self.origin + path, timeout=30, allow_redirects=False, **how)
        if answer.status_code != status:
            raise AssertionError(f"{method} {path}: {answer.status_code} instead of {status}: {answer.text[:200]}")
        return answer

    def get(self, path, status=200, **query):
        """GETs JSON."""
        return self.ask("GET", path, status, params=query).json()

    def use(self, token):
        """From now on sends this token."""
        expect(token.get("token_type") == "Bearer" and isinstance(token.get("created_at"), int), f"the token is {token}")
        self.session.headers["Authorization"] = f"Bearer {token['access_token']}"

    def authorise(self, redirect, **query):
        """Signs in through the pages and returns what came back with the redirection."""
        wanted = {"response_type": "code", "redirect_uri": redirect, **query}
        address = f"{self.origin}/oauth/authorize?{urlencode(wanted)}"
        back = Browser().come_back(address, self.account.email, self.account.password, redirect)
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


class Socket:
    """A WebSocket of a client: how it hands over its token, and what it hears."""

    def __init__(self, client, query="", **headers):
        where = urlsplit(client.origin)
        self.socket = socket.create_connection(("127.0.0.1", where.port), timeout=30)
        wanted = {"Host": where.netloc, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                  "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(), "User-Agent": client.name, **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in wanted.items())
        self.socket.sendall(f"GET /api/v1/streaming{query} HTTP/1.1\r\n{lines}\r\n".encode())
        self.reader = self.socket.makefile("rb")
        self.status = int(self.reader.readline().split()[1])
        self.headers = {}
        while line := self.reader.readline().strip():
            name, _, value = line.decode().partition(":")
            self.headers[name.lower()] = value.strip()

    def say(self, message):
        """Sends JSON as a text frame."""
        payload = json.dumps(message).encode()
        mask = secrets.token_bytes(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126, *len(payload).to_bytes(2, "big")])
        self.socket.sendall(b"\x81" + size + mask + masked)

    def hear(self, event):
        """The payload of the next event of this name."""
        while True:
            kind, size = self.reader.read(2)
            size &= 0x7F
            if size > 125:
                size = int.from_bytes(self.reader.read(2 if size == 126 else 8), "big")
            payload = self.reader.read(size)
            if kind & 0x0F == 1:
                told = json.loads(payload)
                if told.get("event") == event:
                    return json.loads(told["payload"])

    def close(self):
        """Leaves without a word, as a client does whose network is gone."""
        self.reader.close()
        self.socket.close()


# The generator of the curve: a public key like any other, for which no library is needed.
P256DH = base64.urlsafe_b64encode(
    bytes.fromhex("04" "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                  "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
).rstrip(b"=").decode()
AUTH = base64.urlsafe_b64encode(bytes(range(16))).rstrip(b"=").decode()


def check_subscription(client, made, standard):
    """What a push subscription must tell: a number, the node's key, and all alerts that clients read."""
    expect(isinstance(made["id"], int), f"the id of the subscription is {made['id']!r}")
    expect_equal(made["standard"], standard, "which coding is used")
    key = client.get("/api/v2/instance")["configuration"]["vapid"]["public_key"]
    expect_equal(made["server_key"], key, "the key of the node")
    for alert in ("follow", "favourite", "reblog", "mention", "poll"):
        expect(isinstance(made["alerts"].get(alert), bool), f"the alert {alert} is not told")


def subscribe_as_web_client(client):
    """What Elk and Phanpy send: JSON, and no word of the coding, which is the old one then."""
    place = {"endpoint": f"https://push.example/{client.name}", "keys": {"p256dh": P256DH, "auth": AUTH}}
    data = {"alerts": {"mention": True, "follow": True, "poll": False}, "policy": "all"}
    made = client.ask("POST", "/api/v1/push/subscription", json={"subscription": place, "data": data}).json()
    check_subscription(client, made, False)
    data = {"alerts": {"mention": True, "reblog": True}, "policy": "followed"}
    changed = client.ask("PUT", "/api/v1/push/subscription", json={"data": data}).json()
    expect_equal((changed["policy"], changed["alerts"]["follow"]), ("followed", False), "what is left after a change")
    expect_equal(client.get("/api/v1/push/subscription")["endpoint"], place["endpoint"], "where messages go")
    client.ask("DELETE", "/api/v1/push/subscription", json={})
    client.ask("GET", "/api/v1/push/subscription", 404)


def token_of(client):
    """The token that a client has."""
    return client.session.headers["Authorization"].removeprefix("Bearer ")


def listen_as_web_client(client, speaker):
    """What masto.js does for Elk and Phanpy: the token as a subprotocol, streams by frames."""
    talk = Socket(client, Origin="https://web.example", **{"Sec-WebSocket-Protocol": token_of(client)})
    expect_equal(talk.status, 101, "the status of the upgrade")
    expect_equal(talk.headers.get("sec-websocket-protocol"), token_of(client), "the subprotocol")
    talk.say({"type": "subscribe", "stream": "user"})
    talk.say({"type": "subscribe", "stream": "hashtag", "tag": "heard"})
    words = f"@{client.account.name} #heard by {client.name}"
    speaker.ask("POST", "/api/v1/statuses", json={"status": words})
    told = talk.hear("notification")
    expect_equal(told["type"], "mention", "what the socket told of")
    talk.say({"type": "unsubscribe", "stream": "hashtag", "tag": "heard"})
    talk.close()
    refused = Socket(client, Origin="https://web.example", **{"Sec-WebSocket-Protocol": "nobody-knows-this"})
    expect_equal(refused.status, 401, "the status without a token that is known")
    expect(refused.headers.get("x-error-message"), "the refusal has no words")
    refused.close()


def items(answer):
    """The items of a list, which must be one."""
    page = answer.json()
    expect(isinstance(page, list), f"no list: {page}")
    return page


# -- Elk: a web client whose own server signs in


@suite.check("Elk's server registers with JSON, swaps the code with JSON, and signs in anew when asked to")
def elk_signs_in(facts):
    elk = facts["elk"] = Client("Elk", facts["ann"], Origin="https://elk.zone")
    back = f"https://elk.zone/api/{elk.account.node.domain}/oauth/https%3A%2F%2Felk.zone"
    app = elk.ask(
        "POST",
        "/api/v1/apps",
        json={"client_name": "Elk", "website": "https://elk.zone", "redirect_uris": back, "scopes": "read write follow push"},
    ).json()
    came = elk.authorise(back, client_id=app["client_id"], scope="read write follow push", force_login="true")
    token = elk.ask(
        "POST",
        "/oauth/token",
        json={
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
            "redirect_uri": back,
            "grant_type": "authorization_code",
            "code": came["code"],
            "scope": "read write follow push",
        },
    ).json()
    expect_equal(token["scope"], "read write follow push", "the scope of the token")
    elk.use(token)
    wrong = elk.ask("POST", "/oauth/token", 401, json={"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"})
    expect_equal(wrong.json()["error"], "invalid_client", "the error for an unknown client")


@suite.check("Elk starts: nodeinfo at its fixed path, instance, preferences, markers, emoji, filters, timelines, notifications")
def elk_starts(facts):
    elk = facts["elk"]
    expect(elk.get("/nodeinfo/2.0")["software"]["name"], "nodeinfo has no name")
    elk.get("/api/v2/instance")
    elk.get("/api/v1/accounts/verify_credentials")
    expect("posting:default:visibility" in elk.get("/api/v1/preferences"), "the preferences lack a key")
    markers = elk.ask("GET", "/api/v1/markers?timeline%5B%5D=notifications&timeline%5B%5D=home").json()
    expect(isinstance(markers, dict), f"markers are {markers}")
    for path in ("/api/v1/custom_emojis", "/api/v2/filters", "/api/v1/lists", "/api/v1/domain_blocks", "/api/v1/trends/tags"):
        items(elk.ask("GET", path))
    elk.ask("GET", "/api/v1/push/subscription", 404)
    items(elk.ask("GET", "/api/v1/timelines/home?limit=30"))
    items(elk.ask("GET", "/api/v1/notifications?limit=30&types%5B%5D=mention"))


@suite.check("Elk posts a picture by the old path, edits with JSON and PUT, and finds mentions by their addresses")
def elk_posts(facts):
    elk = facts["elk"]
    files = {"file": ("a.png", png(32, 32, (200, 30, 30)), "image/png")}
    medium = elk.ask("POST", "/api/v1/media", files=files, data={"description": "Red"}).json()
    expect(medium["url"], "the picture has no address")
    body = {"status": "@ben from Elk", "mediaIds": None, "media_ids": [medium["id"]], "visibility": "public", "language": "en"}
    status = elk.ask("POST", "/api/v1/statuses", json=body, headers={"Idempotency-Key": secrets.token_hex(8)}).json()
    hrefs = re.findall(r'href="([^"]+)" class="u-url mention"', status["content"])
    expect_equal(hrefs, [status["mentions"][0]["url"]], "the addresses of mentions in the content")
    path = f"/api/v1/statuses/{status['id']}"
    edited = elk.ask("PUT", path, json={"status": "@ben from Elk, edited", "media_ids": [medium["id"]]}).json()
    expect(INSTANT.fullmatch(edited["edited_at"]), f"edited_at is {edited['edited_at']}")
    elk.ask("POST", f"{path}/favourite")
    context = elk.get(f"{path}/context")
    expect_equal(sorted(context), ["ancestors", "descendants"], "the keys of the context")
    elk.ask("DELETE", path, json={})


@suite.check("Elk asks from another site: preflights pass and the headers that it reads are exposed")
def elk_crosses(facts):
    elk = facts["elk"]
    wanted = "authorization,content-type,idempotency-key"
    headers = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wanted, "Authorization": None}
    answer = elk.session.options(elk.origin + "/api/v1/statuses", headers=headers, timeout=30)
    expect(answer.ok, f"the preflight was answered with {answer.status_code}")
    expect_equal(answer.headers["Access-Control-Allow-Origin"], "*", "who is allowed")
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    expect(all(name in allowed for name in wanted.split(",")), f"allowed are {allowed}")
    expect("POST" in answer.headers["Access-Control-Allow-Methods"], "POST is not allowed")
    exposed = elk.ask("GET", "/api/v1/timelines/home").headers["Access-Control-Expose-Headers"].lower()
    for name in ("link", "x-ratelimit-reset", "x-ratelimit-limit", "x-ratelimit-remaining", "x-request-id"):
        expect(name in exposed, f"{name} is not exposed: {exposed}")
    refused = requests.get(elk.origin + "/api/v1/timelines/home", headers={"Origin": "https://elk.zone"}, timeout=30)
    expect_equal(refused.status_code, 401, "the status without a token")
    expect_equal(refused.headers.get("Access-Control-Allow-Origin"), "*", "CORS of a refusal")


@suite.check("Elk takes people off a list by a DELETE with JSON, and subscribes to pushes without a word of their coding")
def elk_subscribes(facts):
    elk = facts["elk"]
    ben = elk.get("/api/v1/accounts/search", q="ben", resolve="true", limit=5)[0]
    elk.ask("POST", f"/api/v1/accounts/{ben['id']}/follow", json={"reblogs": True})
    made = elk.ask("POST", "/api/v1/lists", json={"title": "Elk"}).json()
    path = f"/api/v1/lists/{made['id']}/accounts"
    elk.ask("POST", path, json={"account_ids": [ben["id"]]})
    expect_equal([one["id"] for one in items(elk.ask("GET", path))], [ben["id"]], "the members")
    elk.ask("DELETE", path, json={"account_ids": [ben["id"]]})
    expect_equal(items(elk.ask("GET", path)), [], "the members after the DELETE")
    elk.ask("DELETE", f"/api/v1/lists/{made['id']}", json={})
    subscribe_as_web_client(elk)


# -- Phanpy: a static web client


@suite.check("Phanpy finds the node by host-meta, its features by nodeinfo, and signs in with PKCE")
def phanpy_signs_in(facts):
    phanpy = facts["phanpy"] = Client("Phanpy", facts["ann"], Origin="https://phanpy.social")
    meta = phanpy.ask("GET", "/.well-known/host-meta")
    expect(re.search(r'rel="lrdd"[^>]*template="https?://[^"]+\{uri\}"', meta.text), f"host-meta is {meta.text}")
    expect_equal(meta.headers.get("Access-Control-Allow-Origin"), "*", "CORS of host-meta")
    links = phanpy.get("/.well-known/nodeinfo")["links"]
    schemas = [link["rel"].rpartition("/")[2] for link in links]
    expect("2.0" in schemas, f"nodeinfo has {schemas}")
    offered = phanpy.get("/.well-known/oauth-authorization-server")
    expect("S256" in offered["code_challenge_methods_supported"], "S256 is not offered")
    back = "https://phanpy.social/"
    form = {"client_name": "Phanpy", "redirect_uris": back, "scopes": "read write follow push", "website": back}
    app = phanpy.ask("POST", "/api/v1/apps", data=form).json()
    expect(app["vapid_key"] is not None, "the application has no vapid_key")
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    came = phanpy.authorise(
        back, client_id=app["client_id"], scope="read write follow push", state="s1", code_challenge=challenge,
        code_challenge_method="S256",
    )
    expect_equal(came["state"], "s1", "the state")
    form = {"client_id": app["client_id"], "redirect_uri": back, "grant_type": "authorization_code", "code": came["code"]}
    phanpy.ask("POST", "/oauth/token", 400, data={**form, "client_secret": app["client_secret"], "code_verifier": "x" * 43})
    came = phanpy.authorise(
        back, client_id=app["client_id"], scope="read write follow push", code_challenge=challenge, code_challenge_method="S256"
    )
    token = phanpy.ask(
        "POST", "/oauth/token", data={**form, "client_secret": app["client_secret"], "code": came["code"], "code_verifier": verifier}
    )
    phanpy.use(token.json())


@suite.check("Phanpy starts: what it may do by api_versions, relationships, groups, filters, and a probe for full text")
def phanpy_starts(facts):
    phanpy = facts["phanpy"]
    instance = phanpy.get("/api/v2/instance")
    me = phanpy.get("/api/v1/accounts/verify_credentials")
    if instance["api_versions"]["mastodon"] >= 2:
        expect("notification_groups" in phanpy.get("/api/v2/notifications", limit=40), "no groups")
        phanpy.get("/api/v2/notifications/policy")
    for path in ("/api/v1/announcements", "/api/v1/followed_tags?limit=200", "/api/v2/filters", "/api/v1/lists"):
        items(phanpy.ask("GET", path))
    ben = phanpy.get("/api/v1/accounts/lookup", acct="ben")
    phanpy.ask("GET", f"/api/v1/accounts/relationships?id[]={ben['id']}&id[]={me['id']}")
    found = phanpy.get(f"/api/v1/accounts/familiar_followers?id[]={ben['id']}")
    expect_equal([one["id"] for one in found], [ben["id"]], "the accounts of familiar followers")
    phanpy.get("/api/v2/search", q="from:me", type="statuses", limit=1)
    page = phanpy.ask("GET", f"/api/v1/accounts/{me['id']}/statuses?exclude_replies=true&limit=2")
    if "Link" in page.headers:
        for part in page.headers["Link"].split(","):
            expect(re.fullmatch(r'\s*<https?://[^>]+>; rel="(next|prev)"', part), f"a part of Link is {part}")


@suite.check("Phanpy posts with its key twice and has one status; it waits for uploads by asking for them")
def phanpy_posts(facts):
    phanpy = facts["phanpy"]
    files = {"file": ("a.png", png(40, 20, (30, 200, 30)), "image/png")}
    medium = phanpy.ask("POST", "/api/v2/media", files=files, data={"description": "Green"}).json()
    wait_for("the upload is ready", lambda: phanpy.get(f"/api/v1/media/{medium['id']}")["url"])
    key = {"Idempotency-Key": secrets.token_hex(8)}
    body = {"status": "From Phanpy #tag", "media_ids": [medium["id"]], "sensitive": False, "spoiler_text": ""}
    first = phanpy.ask("POST", "/api/v1/statuses", json=body, headers=key).json()
    again = phanpy.ask("POST", "/api/v1/statuses", json=body, headers=key).json()
    expect_equal(again["id"], first["id"], "the id at the second try")
    expect_equal(first["content"].count('class="mention hashtag" rel="tag"'), 1, "the tags in the content")
    facts["status"] = first
    boosted = phanpy.ask("POST", f"/api/v1/statuses/{first['id']}/reblog", json={}).json()
    expect_equal(boosted["reblog"]["id"], first["id"], "what was boosted")
    taken = phanpy.ask("POST", f"/api/v1/statuses/{first['id']}/unreblog", json={}).json()
    expect_equal((taken["id"], taken["reblogged"], taken["reblogs_count"]), (first["id"], False, 0), "what is left of a boost")


@suite.check("Phanpy features people by pin and unpin, reads its timelines, and subscribes to pushes")
def phanpy_features(facts):
    phanpy = facts["phanpy"]
    ben = phanpy.get("/api/v1/accounts/lookup", acct="ben")
    phanpy.ask("POST", f"/api/v1/accounts/{ben['id']}/follow", json={"reblogs": True})
    for verb, is_featured in (("pin", True), ("unpin", False)):
        told = phanpy.ask("POST", f"/api/v1/accounts/{ben['id']}/{verb}", json={}).json()
        expect_equal(told["endorsed"], is_featured, f"whether somebody is featured after {verb}")
    for path in ("home?limit=20", "public?local=true&limit=20", "public?remote=true", "tag/tag?limit=20&any%5B%5D=heard"):
        items(phanpy.ask("GET", f"/api/v1/timelines/{path}"))
    mine = phanpy.get("/api/v1/accounts/verify_credentials")["id"]
    for query in ("pinned=true", "only_media=true&limit=20", "exclude_replies=true&exclude_reblogs=true", "tagged=tag"):
        items(phanpy.ask("GET", f"/api/v1/accounts/{mine}/statuses?{query}"))
    found = phanpy.get("/api/v1/accounts/search", q="be", limit=5)
    expect_equal([one["acct"] for one in found], ["ben"], "who is offered for @be")
    subscribe_as_web_client(phanpy)


# -- Tusky: forms everywhere


@suite.check("Tusky signs in by a scheme of its own, with everything in forms")
def tusky_signs_in(facts):
    tusky = facts["tusky"] = Client("Tusky", facts["ben"])
    back = f"oauth2redirect://com.keylesspalace.tusky/"
    form = {"client_name": "Tusky", "redirect_uris": back, "scopes": "read write push", "website": "https://tusky.app"}
    app = tusky.ask("POST", "/api/v1/apps", data=form).json()
    came = tusky.authorise(back, client_id=app["client_id"], scope="read write push")
    form = {"client_id": app["client_id"], "client_secret": app["client_secret"], "redirect_uri": back, "code": came["code"]}
    tusky.use(tusky.ask("POST", "/oauth/token", data={**form, "grant_type": "authorization_code"}).json())


@suite.check("Tusky starts and spends a day: markers, policy by PATCH, filters, a post as JSON, forms with DELETE")
def tusky_lives(facts):
    tusky = facts["tusky"]
    expect(tusky.get("/api/v2/instance")["configuration"]["polls"]["max_options"] > 0, "polls are not told of")
    tusky.get("/api/v1/accounts/verify_credentials")
    items(tusky.ask("GET", "/api/v1/announcements?with_dismissed=true"))
    items(tusky.ask("GET", "/api/v2/filters"))
    status = facts["status"]
    body = {"status": "From Tusky", "visibility": "unlisted", "sensitive": False, "spoiler_text": "", "language": "de",
            "in_reply_to_id": status["id"], "media_ids": [], "poll": None, "scheduled_at": None}
    own = tusky.ask("POST", "/api/v1/statuses", json=body, headers={"Idempotency-Key": "tusky-1"}).json()
    expect_equal(own["in_reply_to_account_id"], status["account"]["id"], "whom it replies to")
    tusky.ask("POST", "/api/v1/markers", data={"home[last_read_id]": own["id"]})
    expect_equal(tusky.get("/api/v1/markers?timeline[]=home")["home"]["last_read_id"], own["id"], "the marker")
    tusky.ask("PATCH", "/api/v2/notifications/policy", data={"for_not_following": "accept"})
    made = tusky.ask("POST", "/api/v1/lists", data={"title": "Mine", "exclusive": "false", "replies_policy": "list"}).json()
    ann = tusky.get("/api/v1/accounts/lookup", acct="ann")
    tusky.ask("POST", f"/api/v1/accounts/{ann['id']}/follow", data={"reblogs": "true", "notify": "true"})
    tusky.ask("POST", f"/api/v1/lists/{made['id']}/accounts", data={"account_ids[]": [ann["id"]]})
    tusky.ask("DELETE", f"/api/v1/lists/{made['id']}/accounts", data={"account_ids[]": [ann["id"]]})
    tusky.ask("DELETE", f"/api/v1/lists/{made['id']}")
    tusky.ask("POST", "/api/v1/domain_blocks", data={"domain": "spam.example"})
    tusky.ask("DELETE", "/api/v1/domain_blocks", data={"domain": "spam.example"})
    form = {"title": "F", "context[]": ["home"], "filter_action": "hide", "expires_in": ""}
    made = tusky.ask("POST", "/api/v2/filters", data=form).json()
    tusky.ask("POST", f"/api/v2/filters/{made['id']}/keywords", data={"keyword": "x", "whole_word": "true"})
    tusky.ask("DELETE", f"/api/v2/filters/{made['id']}")
    poll = {"options": ["a", "b"], "multiple": False, "expires_in": 600}
    voted = tusky.ask("POST", "/api/v1/statuses", json={"status": "Vote", "poll": poll}).json()
    facts["poll"] = voted["poll"]["id"]
    edited = tusky.ask("PUT", f"/api/v1/statuses/{own['id']}", json={"status": "Edited"}, headers={"Idempotency-Key": "t2"})
    expect(edited.json()["edited_at"], "the edit is not told")


@suite.check("Tusky subscribes to pushes by forms, in the coding of the standard")
def tusky_subscribes(facts):
    tusky = facts["tusky"]
    form = {"subscription[endpoint]": "https://unifiedpush.example/tusky", "subscription[keys][p256dh]": P256DH,
            "subscription[keys][auth]": AUTH, "subscription[standard]": "true"}
    for alert in ("mention", "follow", "follow_request", "reblog", "favourite", "poll", "status", "update"):
        form[f"data[alerts][{alert}]"] = "true"
    made = tusky.ask("POST", "/api/v1/push/subscription", data=form).json()
    check_subscription(tusky, made, True)
    expect_equal((made["alerts"]["mention"], made["alerts"]["poll"]), (True, True), "the alerts")
    changed = tusky.ask("PUT", "/api/v1/push/subscription", data={"data[alerts][mention]": "true"}).json()
    expect_equal((changed["standard"], changed["alerts"]["poll"]), (True, False), "what is left after a change")
    tusky.ask("DELETE", "/api/v1/push/subscription")


# -- Ice Cubes: strict


@suite.check("Ice Cubes registers by its bare scheme, in the query of an empty POST")
def ice_cubes_signs_in(facts):
    ice = facts["ice"] = Client("IceCubesApp", facts["ann"])
    query = {"client_name": "IceCubesApp", "redirect_uris": "icecubesapp://", "scopes": "read write follow push",
             "website": "https://github.com/Dimillian/IceCubesApp"}
    app = ice.ask("POST", "/api/v1/apps", params=query).json()
    expect_equal(app["redirect_uri"], "icecubesapp://", "the redirect_uri")
    came = ice.authorise("icecubesapp://", client_id=app["client_id"], scope="read write follow push")
    query = {"grant_type": "authorization_code", "client_id": app["client_id"], "client_secret": app["client_secret"],
             "redirect_uri": "icecubesapp://", "code": came["code"], "scope": "read write follow push"}
    ice.use(ice.ask("POST", "/oauth/token", params=query).json())


def decode_strictly(account):
    """Fails where Swift's decoder would."""
    for key in ("id", "username", "acct", "url", "avatar", "header", "note", "created_at", "fields", "locked", "emojis", "bot"):
        expect(account.get(key) is not None, f"an account lacks {key}")
    expect(INSTANT.fullmatch(account["created_at"]), f"created_at is {account['created_at']}")


@suite.check("Ice Cubes starts: the version is a number, dates have three decimals, pages go on by numbers")
def ice_cubes_starts(facts):
    ice = facts["ice"]
    instance = ice.get("/api/v1/instance")
    version = float(instance["version"][:3])
    expect(version >= 4.0, f"the version reads as {version}")
    for key in ("title", "email", "version", "stats", "registrations"):
        expect(instance.get(key) is not None, f"the instance lacks {key}")
    decode_strictly(ice.get("/api/v1/accounts/verify_credentials"))
    for number in range(3):
        ice.ask("POST", "/api/v1/statuses", json={"status": f"Ice {number}"})
    page = ice.ask("GET", "/api/v1/timelines/home?limit=2")
    expect(NUMERIC_LINK.search(page.headers["Link"]), f"Link is {page.headers['Link']}")
    expect(page.headers["Link"].index("next") < page.headers["Link"].index("prev"), "next does not come first")
    for status in page.json():
        expect(INSTANT.fullmatch(status["created_at"]), f"created_at is {status['created_at']}")
        decode_strictly(status["account"])
    if version >= 4.3:
        groups = ice.get("/api/v2/notifications", limit=20)["notification_groups"]
        for group in groups:
            expect(isinstance(group["most_recent_notification_id"], int), "most_recent_notification_id is no number")
            expect(INSTANT.fullmatch(group["latest_page_notification_at"]), "a group lacks its instant")


@suite.check("Ice Cubes acts by queries: follows, lists, votes, filters, its policy by PUT, tags with a slash")
def ice_cubes_acts(facts):
    ice = facts["ice"]
    ben = ice.get("/api/v1/accounts/lookup", acct="ben")
    ice.ask("POST", f"/api/v1/accounts/{ben['id']}/follow", params={"reblogs": "true", "notify": "false"})
    made = ice.ask("POST", "/api/v1/lists", params={"title": "Cubes", "replies_policy": "list", "exclusive": "false"}).json()
    ice.ask("POST", f"/api/v1/lists/{made['id']}/accounts", params={"account_ids[]": ben["id"]})
    expect_equal([one["id"] for one in items(ice.ask("GET", f"/api/v1/lists/{made['id']}/accounts?limit=0"))], [ben["id"]], "members")
    ice.ask("DELETE", f"/api/v1/lists/{made['id']}")
    voted = ice.ask("POST", f"/api/v1/polls/{facts['poll']}/votes", json={"choices": ["0"]}).json()
    expect_equal((voted["voted"], voted["own_votes"]), (True, [0]), "the vote")
    filter_ = ice.ask("POST", "/api/v2/filters", json={"title": "I", "context": ["home"], "filter_action": "warn", "expires_in": ""}).json()
    expect_equal(filter_["expires_at"], None, "when the filter ends")
    ice.ask("POST", f"/api/v2/filters/{filter_['id']}/keywords", params={"keyword": "cube", "whole_word": "true"})
    ice.ask("PUT", "/api/v2/notifications/policy", json={"for_not_following": "accept"})
    expect_equal(ice.get("/api/v1/tags/tag/")["name"], "tag", "the name of the tag")
    items(ice.ask("GET", "/api/v1/suggestions"))
    items(ice.ask("GET", "/api/v1/trends/links"))
    fields = {"fields_attributes": {"0": {"name": "A", "value": "B"}}}
    changed = ice.ask("PATCH", "/api/v1/accounts/update_credentials", json=fields).json()
    expect_equal([field["name"] for field in changed["source"]["fields"]], ["A"], "the fields of the profile")


@suite.check("Ice Cubes reads profiles, reports by a query, and lets strangers in by ids in a query")
def ice_cubes_decides(facts):
    ice = facts["ice"]
    ben = ice.get("/api/v1/accounts/lookup", acct="ben")
    decode_strictly(ice.get(f"/api/v1/accounts/{ben['id']}"))
    ice.get("/api/v1/accounts/relationships", **{"id[]": ben["id"]})
    for path in ("statuses?pinned=true", "statuses?exclude_replies=true", "featured_tags", "followers", "following", "lists"):
        items(ice.ask("GET", f"/api/v1/accounts/{ben['id']}/{path}"))
    ice.get(f"/api/v1/accounts/{ben['id']}/collections")
    said = items(ice.ask("GET", f"/api/v1/accounts/{ben['id']}/statuses?limit=1"))[0]
    query = {"account_id": ben["id"], "comment": "Too many polls", "status_ids[]": said["id"], "forward": "false"}
    report = ice.ask("POST", "/api/v1/reports", params=query).json()
    expect_equal((report["status_ids"], report["comment"]), ([said["id"]], "Too many polls"), "what was reported")
    ice.ask("PUT", "/api/v2/notifications/policy", json={"for_not_following": "filter"})
    cat = Client("a stranger", facts["cat"])
    cat.session.headers["Authorization"] = f"Bearer {facts['cat'].node.create_token('cat')}"
    for _ in range(2):
        cat.ask("POST", "/api/v1/statuses", json={"status": "@ann hello"})
    waiting = items(ice.ask("GET", "/api/v1/notifications/requests"))
    expect_equal([one["account"]["acct"] for one in waiting], ["cat"], "who waits")
    ice.ask("POST", "/api/v1/notifications/requests/accept", params={"id[]": [one["id"] for one in waiting]})
    expect_equal(items(ice.ask("GET", "/api/v1/notifications/requests")), [], "who waits after that")
    ice.ask("PUT", "/api/v2/notifications/policy", json={"for_not_following": "accept"})


@suite.check("Ice Cubes hands its token to a socket as a subprotocol, which is echoed")
def ice_cubes_listens(facts):
    ice = facts["ice"]
    token = ice.session.headers["Authorization"].removeprefix("Bearer ")
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Authorization": None,
               "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(), "Sec-WebSocket-Protocol": token}
    answer = ice.session.get(ice.origin + "/api/v1/streaming?stream=user", headers=headers, stream=True, timeout=30)
    expect_equal(answer.status_code, 101, "the status of the upgrade")
    expect_equal(answer.headers["Sec-WebSocket-Protocol"], token, "the subprotocol")
    answer.close()


# -- Tuba: small numbers


@suite.check("Tuba starts with v1 and its out-of-the-way scheme, and reads ids of notifications in 32 bits")
def tuba_lives(facts):
    tuba = facts["tuba"] = Client("Tuba", facts["ben"])
    back = "tuba://auth_code"
    form = {"client_name": "Tuba", "redirect_uris": back, "scopes": "read write follow", "website": "https://tuba.geopjr.dev"}
    app = tuba.ask("POST", "/api/v1/apps", data=form).json()
    came = tuba.authorise(back, client_id=app["client_id"], scope="read write follow")
    form = {"client_id": app["client_id"], "client_secret": app["client_secret"], "redirect_uri": back, "code": came["code"]}
    tuba.use(tuba.ask("POST", "/oauth/token", data={**form, "grant_type": "authorization_code"}).json())
    expect_equal(tuba.get("/api/v1/instance")["uri"], tuba.account.node.domain, "the uri of the instance")
    items(tuba.ask("GET", "/api/v1/custom_emojis"))
    items(tuba.ask("GET", "/api/v1/announcements"))
    facts["elk"].ask("POST", "/api/v1/statuses", json={"status": "@ben for Tuba"})
    page = items(tuba.ask("GET", "/api/v1/notifications?min_id=0"))
    expect(page, "there are no notifications")
    for one in page:
        expect(int(one["id"]) < 2**31, f"the id {one['id']} does not fit")
    made = tuba.ask("POST", "/api/v1/markers", data={"notifications[last_read_id]": page[0]["id"]}).json()
    expect(int(made["notifications"]["last_read_id"]) < 2**31, "the marker does not fit")
    items(tuba.ask("GET", "/api/v1/conversations/"))


@suite.check("Tuba listens to its notifications with stream and token in the query, and to nothing else")
def tuba_listens(facts):
    tuba = facts["tuba"]
    talk = Socket(tuba, f"?stream=user:notification&access_token={token_of(tuba)}")
    expect_equal(talk.status, 101, "the status of the upgrade")
    facts["elk"].ask("POST", "/api/v1/statuses", json={"status": "@ben for Tuba's socket"})
    # Ben wants to hear of each post by Ann, so he is told of this one twice.
    told = [talk.hear("notification") for _ in range(2)]
    expect_equal(sorted(one["type"] for one in told), ["mention", "status"], "what the socket told of")
    told = told[0]
    expect(int(told["id"]) < 2**31, f"the id {told['id']} does not fit")
    talk.close()


@suite.check("Elk and Phanpy listen with one socket each, the token as its subprotocol")
def web_clients_listen(facts):
    for name in ("elk", "phanpy"):
        listen_as_web_client(facts[name], facts["tusky"])


@suite.check("each JSON answer had the shape that the API promises")
def answers_have_their_shapes(facts):
    recorder = facts["ann"].node.recorder
    expect(recorder.answers > 50, "hardly any answer was looked at")
    faults = sorted(set(recorder.faults))
    expect(not faults, f"{len(faults)} faults, among them {'; '.join(faults[:10])}")


def main():
    """Runs the checks on a fresh node."""
    with node.Node("alpha", watched=True) as alpha:
        suite.facts["ann"] = alpha.create_account("ann")
        suite.facts["ben"] = alpha.create_account("ben")
        suite.facts["cat"] = alpha.create_account("cat")
        passed, failed = suite.run()
        if failed:
            alpha.print_log()
    finish(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
