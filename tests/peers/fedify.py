"""Whimbrel and an independent server (Fedify), both over https with an authority made for the run.

`alpha` is a Whimbrel node behind a TLS front; `fedify_peer.mjs` serves the actor Fern. The driver plays Alice
through the Mastodon API and commands Fern through the peer's control port.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import fedify_things
import interop
import node
import requests
from certificates import Authority
from checks import Checks, expect, expect_equal, finish, wait_for
from pictures import png

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
PUBLIC = ACTIVITYSTREAMS + "#Public"

suite = Checks("Fedify over https")


class Program:
    """A Node program that prints "ready" and runs until it is closed."""

    def __init__(self, name, script, arguments=(), **environment):
        self.name = name
        self._log = tempfile.NamedTemporaryFile(prefix=f"whimbrel-{name}-", suffix=".log")
        command = ["node", "--require", os.path.join(node.LOOPBACK, "names.cjs"), os.path.join(node.HERE, script)]
        self._process = subprocess.Popen(
            [*command, *map(str, arguments)],
            env=node.clean_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )

    def __enter__(self):
        try:
            wait_for(f"{self.name} is ready", self._is_ready, 60)
        except BaseException:
            self.print_log()
            self.close()
            raise
        return self

    def __exit__(self, kind, cause, trace):
        self.close()

    def _is_ready(self):
        if self._process.poll() is not None:
            raise AssertionError(f"{self.name} left with status {self._process.returncode}")
        return "ready" in self._read().splitlines()

    def _read(self):
        with open(self._log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def print_log(self):
        """Prints the end of what the program printed."""
        lines = self._read().splitlines()
        print(f"-- the last of {len(lines)} log lines of {self.name}")
        print("\n".join(lines[-node.LOG_LINES :]), flush=True)

    def close(self):
        """Ends the program."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()


class Peer(Program):
    """The Fedify server, with its control port."""

    def __init__(self, authority):
        port, self._control = node.free_ports(2)
        self.domain = f"fedify.localhost:{port}"
        self.origin = f"https://{self.domain}"
        certificate, key = authority.issue("fedify.localhost")
        super().__init__(
            "fedify",
            "fedify_peer.mjs",
            PEER_DOMAIN=self.domain,
            PEER_CERTIFICATE=certificate,
            PEER_KEY=key,
            PEER_CONTROL_PORT=str(self._control),
            NODE_EXTRA_CA_CERTS=authority.certificate,
        )

    def _ask(self, name, body):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self._control}/{name}", data=body, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"the peer could not {name}: {refused.read().decode()}") from None

    def do(self, name, /, **wish):
        """Commands the peer and returns its answer."""
        return self._ask(name, json.dumps(wish).encode())

    @property
    def state(self):
        """What the peer is and has received so far."""
        return self._ask("state", None)

    def got(self, kind, **wanted):
        """Waits for a verified activity of a type whose parts have the wanted values, and returns it."""

        def look():
            for one in self.state["received"]:
                if one["type"] == kind and all(one[name] == value for name, value in wanted.items()):
                    return one
            return None

        return wait_for(f"Fedify has got {kind} with {wanted}", look, 30)


class Api:
    """The Mastodon API of a node for one account."""

    def __init__(self, origin, token, certificates):
        self.origin = origin
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = certificates
        self._session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method, path, **options):
        """Calls the API and returns the JSON of its answer; fails when the status is not a success."""
        answer = self._session.request(method, self.origin + path, timeout=60, **options)
        expect(answer.ok, f"{method} {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()

    def status_of(self, path, accept="application/json"):
        """The status code with which a GET is answered."""
        return self._session.get(self.origin + path, headers={"Accept": accept}, timeout=60).status_code

    def get(self, path, **parameters):
        """GET with query parameters."""
        return self.ask("GET", path, params=parameters)

    def post(self, path, **parameters):
        """POST with a JSON body."""
        return self.ask("POST", path, json=parameters)

    def find(self, what, kind):
        """The first account or status that a search with resolving gives, or None."""
        return next(iter(self.get("/api/v2/search", q=what, resolve="true", type=kind)[kind]), None)

    def home(self, uri):
        """Waits for a status with this uri (or a boost of it) in the home timeline and returns it."""

        def look():
            for one in self.get("/api/v1/timelines/home"):
                if uri in (one["uri"], (one["reblog"] or {}).get("uri")):
                    return one
            return None

        return wait_for(f"the home timeline holds {uri}", look)

    def notified(self, kind, acct, uri=None):
        """Waits for a notification of a kind from an account, about a status if its uri is given."""

        def look():
            for one in self.get("/api/v1/notifications", **{"types[]": kind}):
                if one["account"]["acct"] == acct and uri in (None, (one.get("status") or {}).get("uri")):
                    return one
            return None

        return wait_for(f"a '{kind}' notification from {acct} arrives", look)

    def relationship(self, account):
        """The relationship with an account, by its id."""
        return self.get("/api/v1/accounts/relationships", **{"id[]": account})[0]


# -- finding and following


@suite.check("Fedify finds Alice by her handle and reads her actor document")
def finds_alice(facts):
    found = facts["peer"].do("lookup", what=f"@alice@{facts['node'].domain}")["found"]
    expect(found, "nothing was found")
    expect_equal(found["id"], facts["actor"], "the id of the actor")
    expect_equal(found["type"], "Person", "the type")
    expect_equal(found["preferredUsername"], "alice", "the name")
    expect_equal(found["publicKey"]["id"], facts["actor"] + "#main-key", "the id of the key")
    expect_equal(found["endpoints"]["sharedInbox"], facts["node"].origin + "/inbox", "the shared inbox")


@suite.check("Fern follows Alice and is accepted; Alice is told")
def follows_alice(facts):
    peer, alice = facts["peer"], facts["alice"]
    facts["follow"] = peer.do("follow", who=f"@alice@{facts['node'].domain}")["id"]
    accept = peer.got("Accept", actor=facts["actor"])
    expect_equal(accept["object"], facts["follow"], "what was accepted")
    wait_for("Fedify counts it", lambda: peer.state["following"].get(facts["actor"]) == "accepted")
    told = alice.notified("follow", facts["fern"])
    expect_equal(told["account"]["url"], f"{peer.origin}/@fern", "the address of Fern's profile")
    expect_equal(told["account"]["display_name"], "Fern the Fedify actor", "Fern's display name")
    me = alice.get("/api/v1/accounts/verify_credentials")
    followers = alice.get(f"/api/v1/accounts/{me['id']}/followers")
    expect_equal([one["acct"] for one in followers], [facts["fern"]], "Alice's followers")


@suite.check("Alice follows Fern and is accepted")
def follows_fern(facts):
    alice, peer = facts["alice"], facts["peer"]
    account = alice.find(f"@{facts['fern']}", "accounts")
    expect(account, "Fern is not found")
    expect_equal(account["acct"], facts["fern"], "the account found")
    alice.post(f"/api/v1/accounts/{account['id']}/follow")
    peer.got("Follow", actor=facts["actor"], object=facts["fern_actor"])
    wait_for("the follow is accepted", lambda: alice.relationship(account["id"])["following"])
    expect_equal(peer.state["followers"], [facts["actor"]], "Fern's followers")
    facts["fern_id"] = account["id"]


# -- Alice's posts at Fedify


@suite.check("Alice's post reaches Fedify as Create, with mention, hashtag, warning and picture")
def create_arrives(facts):
    alice, peer = facts["alice"], facts["peer"]
    picture = ("slope.png", png(320, 200, (200, 40, 90)), "image/png")
    media = alice.ask("POST", "/api/v2/media", files={"file": picture}, data={"description": "A red slope"})
    posted = alice.post(
        "/api/v1/statuses",
        status=f"Good morning @{facts['fern']} from the #checks",
        spoiler_text="slopes",
        media_ids=[media["id"]],
        visibility="public",
    )
    create = peer.got("Create", object=posted["uri"])
    expect_equal(create["actor"], facts["actor"], "the actor")
    expect_equal(create["objectType"], "Note", "the type of the object")
    expect("Good morning" in create["content"], f"the content is {create['content']}")
    expect_equal(create["summary"], "slopes", "the content warning")
    expect(PUBLIC in create["to"], f"`to` is {create['to']}")
    expect(facts["fern_actor"] in create["cc"] + create["to"], f"`cc` is {create['cc']}")
    mentions = [tag["href"] for tag in create["tags"] if tag["type"] == "Mention"]
    expect_equal(mentions, [facts["fern_actor"]], "the mentions")
    hashtags = [tag["name"].lower() for tag in create["tags"] if tag["type"] == "Hashtag"]
    expect_equal(hashtags, ["#checks"], "the hashtags")
    expect_equal([one["name"] for one in create["attachments"]], ["A red slope"], "the descriptions of pictures")
    facts["posted"] = posted


@suite.check("Fedify reads the post by its id and by the address of its page")
def note_is_read(facts):
    posted = facts["posted"]
    for address in (posted["uri"], posted["url"]):
        found = facts["peer"].do("lookup", what=address)["found"]
        expect(found, f"nothing was found at {address}")
        expect_equal((found["type"], found["id"]), ("Note", posted["uri"]), f"type and id at {address}")
        expect_equal(found["attributedTo"], facts["actor"], f"the author at {address}")


@suite.check("Alice's followers-only post reaches her follower at Fedify, addressed to followers only")
def private_arrives(facts):
    posted = facts["alice"].post("/api/v1/statuses", status="Between followers", visibility="private")
    create = facts["peer"].got("Create", object=posted["uri"])
    expect_equal(create["to"], [facts["actor"] + "/followers"], "`to`")
    expect_equal(create["cc"], [], "`cc`")


@suite.check("Alice's edit reaches Fedify as Update")
def update_arrives(facts):
    path = f"/api/v1/statuses/{facts['posted']['id']}"
    facts["alice"].ask("PUT", path, json={"status": "Good evening from the #checks"})
    update = facts["peer"].got("Update", object=facts["posted"]["uri"])
    expect("Good evening" in update["content"], f"the content is {update['content']}")
    expect(update["updated"], "`updated` is missing")


# -- Fern's posts at Alice


@suite.check("Fern's post with a mention and a picture arrives in Alice's home timeline and notifications")
def post_arrives(facts):
    peer, alice = facts["peer"], facts["alice"]
    facts["note"] = peer.do(
        "post",
        content='<p>Hello <b>Alice</b> <script>alert("no")</script></p>',
        mention=[f"alice@{facts['node'].domain}"],
        hashtags=["fern"],
        pictures=[{"url": f"{peer.origin}/leaf.png", "mediaType": "image/png", "name": "A leaf"}],
    )["id"]
    seen = alice.home(facts["note"])
    expect_equal(seen["account"]["acct"], facts["fern"], "the author")
    expect("Hello <b>Alice</b>" in seen["content"], f"the content is {seen['content']}")
    expect("script" not in seen["content"], f"a script came through: {seen['content']}")
    expect_equal(seen["visibility"], "public", "the visibility")
    expect_equal([one["description"] for one in seen["media_attachments"]], ["A leaf"], "the descriptions of pictures")
    expect_equal([tag["name"] for tag in seen["tags"]], ["fern"], "the hashtags")
    expect_equal([one["acct"] for one in seen["mentions"]], ["alice"], "the mentions")
    alice.notified("mention", facts["fern"], facts["note"])
    facts["seen"] = seen


@suite.check("Fern's edit arrives, with a history of two revisions")
def edit_arrives(facts):
    alice, path = facts["alice"], f"/api/v1/statuses/{facts['seen']['id']}"
    facts["peer"].do("edit", id=facts["note"], content="<p>Hello again</p>")
    wait_for("the new text is there", lambda: "again" in alice.get(path)["content"])
    expect(alice.get(path)["edited_at"], "edited_at is not set")
    expect_equal(len(alice.get(path + "/history")), 2, "the number of revisions")


@suite.check("Fern's reply to Alice stands in the thread and in the notifications")
def reply_arrives(facts):
    peer, alice = facts["peer"], facts["alice"]
    mention = [f"alice@{facts['node'].domain}"]
    reply = peer.do("post", content="<p>An answer</p>", replyTo=facts["posted"]["uri"], mention=mention)["id"]
    told = alice.notified("mention", facts["fern"], reply)
    expect_equal(told["status"]["in_reply_to_id"], facts["posted"]["id"], "what it replies to")
    context = alice.get(f"/api/v1/statuses/{facts['posted']['id']}/context")
    expect_equal([one["uri"] for one in context["descendants"]], [reply], "the descendants")


@suite.check("Fern's followers-only post is private for Alice and not in public")
def private_is_private(facts):
    peer, alice = facts["peer"], facts["alice"]
    note = peer.do("post", content="<p>For followers</p>", visibility="private")["id"]
    seen = alice.home(note)
    expect_equal(seen["visibility"], "private", "the visibility")
    public = alice.get("/api/v1/timelines/public")
    expect(note not in [one["uri"] for one in public], "the public timeline holds it")
    expect_equal(facts["amy"].status_of(f"/api/v1/statuses/{seen['id']}"), 404, "the status for who does not follow")


@suite.check("Fern's direct post reaches Alice alone")
def direct_arrives(facts):
    peer, alice = facts["peer"], facts["alice"]
    mention = [f"alice@{facts['node'].domain}"]
    note = peer.do("post", content="<p>Between us</p>", visibility="direct", mention=mention)["id"]
    told = alice.notified("mention", facts["fern"], note)
    expect_equal(told["status"]["visibility"], "direct", "the visibility")
    expect_equal(facts["amy"].status_of(f"/api/v1/statuses/{told['status']['id']}"), 404, "the status for others")


@suite.check("Fern's like and boost of Alice's post arrive in her notifications and counts")
def like_and_boost_arrive(facts):
    peer, alice, uri = facts["peer"], facts["alice"], facts["posted"]["uri"]
    facts["like"] = peer.do("like", object=uri, author=facts["actor"])["id"]
    facts["boost"] = peer.do("boost", object=uri, author=facts["actor"])["id"]
    alice.notified("favourite", facts["fern"], uri)
    alice.notified("reblog", facts["fern"], uri)
    status = alice.get(f"/api/v1/statuses/{facts['posted']['id']}")
    expect_equal((status["favourites_count"], status["reblogs_count"]), (1, 1), "the counts of favourites and boosts")


@suite.check("Fern's boost of somebody else's post arrives in Alice's home timeline")
def boost_in_home(facts):
    posted = facts["amy"].post("/api/v1/statuses", status="Amy speaks")
    facts["peer"].do("boost", object=posted["uri"], author=f"{facts['node'].origin}/users/amy")
    seen = facts["alice"].home(posted["uri"])
    expect_equal(seen["account"]["acct"], facts["fern"], "who boosted")
    expect_equal((seen["reblog"] or {}).get("uri"), posted["uri"], "what was boosted")


@suite.check("Fern takes like and boost back, and the counts fall")
def undo_arrives(facts):
    peer, alice = facts["peer"], facts["alice"]
    peer.do("undo", id=facts["like"])
    peer.do("undo", id=facts["boost"])

    def lowered():
        status = alice.get(f"/api/v1/statuses/{facts['posted']['id']}")
        return (status["favourites_count"], status["reblogs_count"]) == (0, 0)

    wait_for("the counts are 0", lowered)


@suite.check("Fern's changed profile arrives")
def profile_arrives(facts):
    facts["peer"].do("profile", name="Fern of the woods", summary="<p>Still independent</p>")
    path = f"/api/v1/accounts/{facts['fern_id']}"
    wait_for("the name is new", lambda: facts["alice"].get(path)["display_name"] == "Fern of the woods")


# -- Alice's answers at Fedify


@suite.check("Alice's reply, favourite and boost reach Fedify as Create, Like and Announce")
def answers_arrive(facts):
    alice, peer, seen = facts["alice"], facts["peer"], facts["seen"]
    text = f"@{facts['fern']} an answer back"
    reply = alice.post("/api/v1/statuses", status=text, in_reply_to_id=seen["id"])
    alice.post(f"/api/v1/statuses/{seen['id']}/favourite")
    alice.post(f"/api/v1/statuses/{seen['id']}/reblog")
    create = peer.got("Create", object=reply["uri"])
    expect_equal(create["inReplyTo"], facts["note"], "what it replies to")
    peer.got("Like", actor=facts["actor"], object=facts["note"])
    announce = peer.got("Announce", actor=facts["actor"], object=facts["note"])
    expect(PUBLIC in announce["to"] + announce["cc"], f"the boost goes to {announce['to']}")


@suite.check("Alice takes favourite and boost back, and Fedify gets both Undo")
def undo_reaches(facts):
    alice, peer, seen = facts["alice"], facts["peer"], facts["seen"]
    alice.post(f"/api/v1/statuses/{seen['id']}/unfavourite")
    alice.post(f"/api/v1/statuses/{seen['id']}/unreblog")
    peer.got("Undo", actor=facts["actor"], objectType="Like")
    peer.got("Undo", actor=facts["actor"], objectType="Announce")


@suite.check("Alice's changed profile reaches Fedify as Update")
def profile_reaches(facts):
    body = {"display_name": "Alice A."}
    facts["alice"].ask("PATCH", "/api/v1/accounts/update_credentials", json=body)
    facts["peer"].got("Update", objectType="Person", object=facts["actor"], name="Alice A.")


@suite.check("Alice's delete reaches Fedify, and the post is gone from its address")
def delete_arrives(facts):
    peer, uri = facts["peer"], facts["posted"]["uri"]
    facts["alice"].ask("DELETE", f"/api/v1/statuses/{facts['posted']['id']}")
    peer.got("Delete", actor=facts["actor"], object=uri)
    path = uri.removeprefix(facts["node"].origin)
    status = facts["alice"].status_of(path, accept="application/activity+json")
    expect(status in (404, 410), f"{uri} answered {status}")


@suite.check("Fern's delete arrives, and the post is gone")
def delete_received(facts):
    facts["peer"].do("delete", id=facts["note"])
    path = f"/api/v1/statuses/{facts['seen']['id']}"
    wait_for("the post is gone", lambda: facts["alice"].status_of(path) == 404)


fedify_things.register(suite)


# -- signatures


@suite.check("forged deliveries to Fedify are refused by it, so its verification is not skipped")
def fedify_refuses(facts):
    peer = facts["peer"]
    inbox, key = peer.state["inbox"], facts["actor"] + "#main-key"
    note = {"type": "Note", "id": f"{facts['actor']}/forged", "attributedTo": facts["actor"], "content": "forged"}
    activity = {"@context": ACTIVITYSTREAMS, "type": "Create", "id": f"{facts['actor']}/forged#create"}
    activity |= {"actor": facts["actor"], "object": note, "to": PUBLIC}
    for how in ({"sign": "none"}, {"sign": "stranger", "keyId": key}, {"sign": "own", "keyId": key}):
        answer = peer.do("forge", inbox=inbox, activity=activity, **how)
        expect_equal(answer["status"], 401, f"Fedify's answer to {how}")
    expect(not any(one["object"] == note["id"] for one in peer.state["received"]), "a listener got it")
    facts["forged"] = 3


@suite.check("forged deliveries to Whimbrel are refused and change nothing")
def whimbrel_refuses(facts):
    peer, alice = facts["peer"], facts["alice"]
    author, key = facts["fern_actor"], facts["fern_actor"] + "#main-key"
    inbox = facts["node"].origin + "/inbox"
    note = {"type": "Note", "id": f"{peer.origin}/notes/forged", "attributedTo": author, "content": "forged"}
    note |= {"to": PUBLIC, "cc": [facts["actor"]]}
    activity = {"@context": ACTIVITYSTREAMS, "type": "Create", "id": f"{peer.origin}/notes/forged#create"}
    activity |= {"actor": author, "object": note, "to": PUBLIC, "cc": [facts["actor"]]}
    tampered = {"sign": "own", "keyId": key, "tamper": {"from": '"forged"', "to": '"twisted"'}}
    theirs = {"sign": "own", "keyId": facts["actor"] + "#main-key"}
    for how in ({"sign": "none"}, {"sign": "stranger", "keyId": key}, theirs, tampered):
        answer = peer.do("forge", inbox=inbox, activity=activity, **how)
        expect_equal(answer["status"], 401, f"Whimbrel's answer to {how}: {answer['text']}")
    honest = peer.do("post", content="<p>The true one</p>")["id"]
    alice.home(honest)
    uris = [one["uri"] for one in alice.get("/api/v1/timelines/home")]
    expect(note["id"] not in uris, "the forged post is in the home timeline")


@suite.check("each delivery from Whimbrel was verified by Fedify, with Alice's key and the parts that must be covered")
def all_verified(facts):
    posts = facts["peer"].state["requests"]
    refused = [one for one in posts if one["status"] == 401]
    expect_equal(len(refused), facts["forged"], "the number of deliveries that Fedify refused")
    accepted = [one for one in posts if one["status"] != 401]
    expect(len(accepted) >= 12, f"only {len(accepted)} deliveries came")
    for one in accepted:
        kind = json.loads(one["body"]).get("type")
        expect_equal(one["status"], 202, f"Fedify's answer to {kind}")
        expect(one["verified"], f"Fedify's verifier says {one.get('reason')} to {kind}")
        # Reports come from the node, so that nobody learns who reports.
        signer = facts["node"].origin + "/actor" if kind == "Flag" else facts["actor"]
        expect_equal(one["keyId"], signer + "#main-key", f"the key of {kind}")
        covered = re.search(r'headers="([^"]*)"', one["signature"] or "")
        parts = covered.group(1).split() if covered else []
        for part in ("(request-target)", "host", "date", "digest"):
            expect(part in parts, f"the signature of {kind} covers {parts}, not {part}")


@suite.check("what Alice says to everybody carries a proof that Fedify believes, and what is private carries none")
def all_proven(facts):
    judged = set()
    for one in facts["peer"].state["requests"]:
        if one["status"] == 401:
            continue
        document = json.loads(one["body"])
        addresses = [*document.get("to", []), *document.get("cc", [])]
        wanted = True if PUBLIC in addresses else None
        expect_equal(one["proven"], wanted, f"what Fedify says of the proof of {document['type']}")
        judged.add((document["type"], wanted))
    for kind in (("Create", True), ("Create", None), ("Update", True), ("Delete", True)):
        expect(kind in judged, f"no {kind[0]} {'with' if kind[1] else 'without'} a proof came")


# -- the end of it


@suite.check("Fern unfollows Alice: she loses the follower, and her next post is not delivered")
def unfollow_arrives(facts):
    peer, alice = facts["peer"], facts["alice"]
    peer.do("undo", id=facts["follow"])
    wait_for("Alice knows", lambda: not alice.relationship(facts["fern_id"])["followed_by"])
    unseen = alice.post("/api/v1/statuses", status="Nobody is listening")
    marker = alice.post("/api/v1/statuses", status=f"@{facts['fern']} but you hear this")
    peer.got("Create", object=marker["uri"])
    got = [one["object"] for one in peer.state["received"]]
    expect(unseen["uri"] not in got, "the post came all the same")


@suite.check("Alice unfollows Fern, and Fedify gets Undo of the follow")
def unfollow_reaches(facts):
    facts["alice"].post(f"/api/v1/accounts/{facts['fern_id']}/unfollow")
    facts["peer"].got("Undo", actor=facts["actor"], objectType="Follow")
    wait_for("Fern has no followers", lambda: facts["peer"].state["followers"] == [])


@suite.check("Alice blocks Fern, and Fedify gets Block")
def block_reaches(facts):
    facts["alice"].post(f"/api/v1/accounts/{facts['fern_id']}/block")
    facts["peer"].got("Block", actor=facts["actor"], object=facts["fern_actor"])


@suite.check("Fedify could make each of its deliveries")
def no_failures(facts):
    expect_equal(facts["peer"].state["failures"], [], "the failures")


@suite.check("the node stops on SIGTERM with status 0")
def stops(facts):
    facts["node"].stop()


def run(folder):
    """Starts everything in a folder, runs the checks and returns their counts."""
    authority = Authority(folder)
    front_port = node.free_ports(1)[0]
    settings = {
        "WHIMBREL_FEDERATION__ALLOW_HTTP": "false",
        "WHIMBREL_FEDERATION__EXTRA_ROOT_CERTIFICATES": authority.certificate,
    }
    with node.Node("alpha", front_port, settings) as alpha:
        certificate, key = authority.issue("alpha.localhost")
        front = Program("front", "tls_front.mjs", (front_port, alpha.port, certificate, key))
        with front, Peer(authority) as peer:
            for name, role, scopes in (("alice", "user", ""), ("amy", "moderator", " admin:read")):
                alpha.create_account(name, role)
                token = alpha.create_token(name, f"read write follow push{scopes}")
                suite.facts[name] = Api(alpha.origin, token, authority.certificate)
            state = peer.state
            suite.facts.update(node=alpha, peer=peer, actor=f"{alpha.origin}/users/alice")
            suite.facts.update(fern=state["handle"], fern_actor=state["actor"])
            passed, failed = suite.run()
            if failed:
                alpha.print_log()
                peer.print_log()
                front.print_log()
    return passed, failed


def main():
    """Runs the checks in a temporary folder."""
    folder = tempfile.mkdtemp(prefix="whimbrel-fedify-")
    try:
        passed, failed = run(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    interop.keep(suite.results)
    finish(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
