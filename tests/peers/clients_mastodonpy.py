"""Mastodon.py against two running nodes: everything that a person does in a client, and federation as they see it.

Alice lives on alpha, Bob on beta, Amy on alpha too. Alice and Bob sign in through the pages, with the out-of-band
code, as the library's documentation describes.
"""

import sys
import uuid
import warnings

import node  # noqa: F401  makes names below localhost resolve
import requests
from browser import NATIVE, Browser
from checks import Checks, expect, expect_equal, finish, wait_for
from listening import Listener
from mastodon import (
    Mastodon,
    MastodonAPIError,
    MastodonNotFoundError,
    MastodonUnauthorizedError,
)
from pictures import png

SCOPES = ["read", "write", "follow", "push"]

# What clients ask when they start. A node answers each truthfully or says 404; anything else breaks a client.
START_UP = (
    "/api/v1/announcements",
    "/api/v1/conversations",
    "/api/v1/custom_emojis",
    "/api/v1/domain_blocks",
    "/api/v1/favourites",
    "/api/v1/featured_tags",
    "/api/v1/filters",
    "/api/v2/filters",
    "/api/v1/follow_requests",
    "/api/v1/followed_tags",
    "/api/v1/instance/peers",
    "/api/v1/instance/rules",
    "/api/v1/lists",
    "/api/v1/push/subscription",
    "/api/v1/scheduled_statuses",
    "/api/v1/suggestions",
    "/api/v2/suggestions",
    "/api/v1/trends",
    "/api/v1/trends/links",
    "/api/v1/trends/statuses",
    "/api/v1/trends/tags",
    "/api/v2/notifications/policy",
)

suite = Checks("Mastodon.py on two nodes")


def contents(page):
    """The texts of a page of statuses, boosts included, for failure messages."""
    return [(str(status.id), (status.reblog or status).content) for status in page]


def with_id(page, status):
    """The status of a page that has the same id, if there."""
    return next((one for one in page if str(one.id) == str(status.id)), None)


def with_uri(page, uri):
    """The status of a page that has this uri, if there."""
    return next((one for one in page if one.uri == uri), None)


def the_relationship(client, account):
    """The signed-in user's relationship with one account."""
    found = client.account_relationships(account)
    expect_equal(len(found), 1, "the number of relationships")
    return found[0]


def notified(client, kind, name, **more):
    """Waits until a notification of a kind from an account arrives, and returns it."""

    def look():
        for one in client.notifications(types=[kind]):
            if one.account.acct == name and all(str(one.status.id) == str(id) for id in more.values()):
                return one
        return None

    return wait_for(f"a '{kind}' notification from {name} arrives", look)


def sign_in(account):
    """Registers an application and signs the account in through the pages; returns the client."""
    base = account.node.origin
    identifier, secret = Mastodon.create_app("Checks", scopes=SCOPES, api_base_url=base, website="https://example.org")
    client = Mastodon(client_id=identifier, client_secret=secret, api_base_url=base, ratelimit_method="throw")
    address = client.auth_request_url(scopes=SCOPES, redirect_uris=NATIVE, allow_http=True)
    code, _ = Browser().authorise(address, account.email, account.password)
    client.log_in(code=code, scopes=SCOPES, redirect_uri=NATIVE, allow_http=True)
    return client, code


# -- signing in


@suite.check("the node tells what it is: instance v1 and v2, nodeinfo, health")
def describes_itself(facts):
    client = Mastodon(api_base_url=facts["alice"].node.origin)
    domain = facts["alice"].node.domain
    expect(client.instance_health(), "the health check did not say OK")
    expect_equal(client.instance_v2().domain, domain, "the domain of instance v2")
    expect_equal(client.instance_v1().uri, domain, "the uri of instance v1")
    expect(client.verify_minimum_version("4.0.0"), f"the version {client.instance_v1().version} reads as below 4.0.0")
    info = client.instance_nodeinfo()
    expect("activitypub" in info.protocols, f"the protocols of nodeinfo are {info.protocols}")


@suite.check("Alice registers an application, signs in through the pages and gets a token")
def signs_in(facts):
    facts["client"], _ = sign_in(facts["alice"])
    me = facts["client"].me()
    expect_equal(me.acct, "alice", "the name of who signed in")
    expect_equal(me.url, f"{facts['alice'].node.origin}/@alice", "the profile's address")
    facts["me"] = me


@suite.check("Bob signs in on the other node")
def other_signs_in(facts):
    facts["bob_client"], _ = sign_in(facts["bob"])
    expect_equal(facts["bob_client"].me().acct, "bob", "the name of who signed in")


@suite.check("Amy signs in on Alice's node")
def third_signs_in(facts):
    facts["amy_client"], _ = sign_in(facts["amy"])
    expect_equal(facts["amy_client"].me().acct, "amy", "the name of who signed in")


@suite.check("a wrong password gives no code")
def wrong_password(facts):
    client = facts["client"]
    address = client.auth_request_url(scopes=SCOPES, redirect_uris=NATIVE, allow_http=True)
    try:
        Browser().authorise(address, facts["alice"].email, "not the password")
    except AssertionError as cause:
        expect("signing in did not succeed" in str(cause), f"it failed in another way: {cause}")
    else:
        raise AssertionError("a wrong password was let in")


@suite.check("a code is good for one token only, and a second try voids what the first one gave")
def code_is_single_use(facts):
    client, code = sign_in(facts["alice"])
    expect_equal(client.me().acct, "alice", "the name of who signed in once more")
    answer = requests.post(
        f"{client.api_base_url}/oauth/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "redirect_uri": NATIVE,
        },
        timeout=30,
    )
    expect_equal(answer.status_code, 400, "the answer's status")
    expect_equal(answer.json().get("error"), "invalid_grant", "the answer's error")
    try:
        client.account_verify_credentials()
    except MastodonUnauthorizedError:
        return
    raise AssertionError("the token of a code that somebody tried again is still good (RFC 6749, section 4.1.2)")


@suite.check("the token knows its application")
def application(facts):
    app = facts["client"].app_verify_credentials()
    expect_equal(app.name, "Checks", "the application's name")


@suite.check("a request with an unknown token on a page for users is refused with 401")
def unknown_token(facts):
    client = Mastodon(access_token="not-a-token", api_base_url=facts["alice"].node.origin)
    try:
        client.account_verify_credentials()
    except MastodonUnauthorizedError:
        return
    raise AssertionError("it was let in")


@suite.check("each call that clients make at start is answered with 200 or 404")
def start_up_calls(facts):
    client = facts["client"]
    odd = []
    for path in START_UP:
        answer = requests.get(
            client.api_base_url + path, headers={"Authorization": f"Bearer {client.access_token}"}, timeout=30
        )
        if answer.status_code not in (200, 404):
            odd.append(f"{path} {answer.status_code}")
        else:
            answer.json()
    expect(not odd, "; ".join(odd))


# -- posting


@suite.check("Alice uploads a picture with a description")
def uploads(facts):
    client = facts["client"]
    media = client.media_post(png(640, 400, (200, 40, 90)), mime_type="image/png", description="A red slope")
    media = wait_for("the picture is processed", lambda: ready(client.media(media)))
    expect_equal(media.type, "image", "the kind of attachment")
    expect_equal(media.description, "A red slope", "the description")
    expect(media.blurhash, "there is no blurhash")
    expect_equal((media.meta.original.width, media.meta.original.height), (640, 400), "the picture's size")
    facts["media"] = media


def ready(media):
    """The attachment once it has an address."""
    return media if media.url else None


@suite.check("Alice changes the description before posting")
def updates_media(facts):
    media = facts["client"].media_update(facts["media"], description="A red slope at dusk")
    expect_equal(media.description, "A red slope at dusk", "the description")


@suite.check("Alice posts with the picture, a hashtag and a content warning, and the picture can be fetched")
def posts_with_picture(facts):
    status = facts["client"].status_post(
        "Good morning from the #checks, with a <picture> & more",
        media_ids=[facts["media"]],
        spoiler_text="slopes",
        language="en",
        visibility="public",
    )
    expect_equal(len(status.media_attachments), 1, "the number of attachments")
    expect_equal(status.media_attachments[0].description, "A red slope at dusk", "the description")
    expect_equal(status.spoiler_text, "slopes", "the content warning")
    expect(status.sensitive, "a post with a content warning must be sensitive")
    expect_equal(status.language, "en", "the language")
    expect_equal([tag.name.lower() for tag in status.tags], ["checks"], "the hashtags")
    expect("&lt;picture&gt; &amp; more" in status.content, f"the text is not escaped: {status.content}")
    picture = requests.get(status.media_attachments[0].url, timeout=30)
    expect_equal(picture.status_code, 200, "the picture's status")
    expect(picture.headers["Content-Type"].startswith("image/"), f"it came as {picture.headers['Content-Type']}")
    facts["status"] = status


@suite.check("the same Idempotency-Key gives the same post")
def idempotent(facts):
    key = uuid.uuid4().hex
    first = facts["client"].status_post("Only once", idempotency_key=key, visibility="unlisted")
    again = facts["client"].status_post("Only once", idempotency_key=key, visibility="unlisted")
    expect_equal(str(again.id), str(first.id), "the second answer's id")


@suite.check("Alice replies to herself and Amy replies to her; the context shows both in order")
def replies(facts):
    client, status = facts["client"], facts["status"]
    own = client.status_reply(status, "and it goes on", untag=True)
    expect_equal(str(own.in_reply_to_id), str(status.id), "what the reply replies to")
    theirs = facts["amy_client"].status_reply(status, "good morning Alice")
    expect_equal([mention.acct for mention in theirs.mentions], ["alice"], "who is mentioned")
    context = client.status_context(status)
    expect_equal([str(one.id) for one in context.descendants], [str(own.id), str(theirs.id)], "the descendants")
    up = client.status_context(own)
    expect_equal([str(one.id) for one in up.ancestors], [str(status.id)], "the ancestors of the reply")
    expect_equal(client.status(status).replies_count, 2, "the number of replies")
    notified(client, "mention", "amy", status=theirs.id)
    facts["reply"] = own


@suite.check("Amy favourites, bookmarks and boosts Alice's post; counts and notifications follow")
def interacts(facts):
    amy, status = facts["amy_client"], facts["status"]
    expect(amy.status_favourite(status).favourited, "favourited is not set")
    expect(amy.status_bookmark(status).bookmarked, "bookmarked is not set")
    boost = amy.status_reblog(status)
    expect_equal(str(boost.reblog.id), str(status.id), "what the boost boosts")
    again = amy.status_reblog(status)
    expect_equal(str(again.id), str(boost.id), "the id of the same boost again")
    seen = amy.status(status)
    expect_equal((seen.favourites_count, seen.reblogs_count), (1, 1), "the counts of favourites and boosts")
    expect(with_id(amy.bookmarks(), status), "the bookmarks do not hold the post")
    expect(with_id(amy.favourites(), status), "the favourites do not hold the post")
    expect_equal([one.acct for one in facts["client"].status_reblogged_by(status)], ["amy"], "who boosted")
    expect_equal([one.acct for one in facts["client"].status_favourited_by(status)], ["amy"], "who favourited")
    notified(facts["client"], "favourite", "amy", status=status.id)
    notified(facts["client"], "reblog", "amy", status=status.id)


@suite.check("Amy takes all three back and the answers show it at once")
def undoes(facts):
    amy, status = facts["amy_client"], facts["status"]
    undone = amy.status_unfavourite(status)
    expect_equal((undone.favourited, undone.favourites_count), (False, 0), "favourited and its count")
    undone = amy.status_unreblog(status)
    expect_equal(str(undone.id), str(status.id), "the id of the answer")
    expect_equal((undone.reblogged, undone.reblogs_count), (False, 0), "reblogged and its count")
    expect_equal(amy.status_unbookmark(status).bookmarked, False, "bookmarked")
    expect_equal(amy.status_unfavourite(status).favourited, False, "favourited after the second time")


@suite.check("Alice edits her post; history, source and edited_at show it")
def edits(facts):
    client, status = facts["client"], facts["status"]
    edited = client.status_update(status, "Good evening from the #checks", media_ids=[facts["media"]])
    expect(edited.edited_at, "edited_at is not set")
    expect("Good evening" in edited.content, f"the text is {edited.content}")
    expect_equal(len(edited.media_attachments), 1, "the number of attachments")
    history = client.status_history(status)
    expect_equal(len(history), 2, "the number of revisions")
    expect("Good morning" in history[0].content, f"the first revision is {history[0].content}")
    expect("Good evening" in history[1].content, f"the last revision is {history[1].content}")
    expect_equal(history[0].spoiler_text, "slopes", "the first revision's content warning")
    expect_equal(client.status_source(status).text, "Good evening from the #checks", "the source")


@suite.check("Alice deletes a post: the answer has its text, and it is gone")
def deletes(facts):
    client = facts["client"]
    status = client.status_post("Soon gone")
    expect_equal(client.status_delete(status).text, "Soon gone", "the text of the answer")
    try:
        client.status(status)
    except MastodonNotFoundError:
        return
    raise AssertionError("the post can still be read")


@suite.check("only Alice herself may edit or delete her post")
def not_by_others(facts):
    for attempt in (
        lambda: facts["amy_client"].status_update(facts["status"], "mine now"),
        lambda: facts["amy_client"].status_delete(facts["status"]),
    ):
        try:
            attempt()
        except MastodonAPIError:
            continue
        raise AssertionError("Amy could")
    expect("Good evening" in facts["client"].status(facts["status"]).content, "the post has changed")


@suite.check("an empty post and one that is too long are refused")
def refuses(facts):
    for text in ("", "x" * 100_000):
        try:
            facts["client"].status_post(text)
        except MastodonAPIError as cause:
            expect_equal(cause.args[1], 422, "the answer's status")
            continue
        raise AssertionError(f"a post of {len(text)} characters was taken")


# -- reading


@suite.check("home, local, public and hashtag timelines hold what they should")
def timelines(facts):
    client, status, reply = facts["client"], facts["status"], facts["reply"]
    hidden = client.status_post("Not in public", visibility="unlisted")
    for name, page in (
        ("home", client.timeline_home()),
        ("local", client.timeline_local()),
        ("public", client.timeline_public()),
        ("tag", client.timeline_hashtag("CHECKS")),
    ):
        expect(with_id(page, status), f"the {name} timeline lacks the post: {contents(page)}")
        ids = [int(one.id) for one in page]
        expect_equal(ids, sorted(ids, reverse=True), f"the order of the {name} timeline")
    expect(with_id(client.timeline_home(), hidden), "home lacks the own unlisted post")
    expect(not with_id(client.timeline_public(), hidden), "public holds an unlisted post")
    expect(with_id(client.timeline_local(), reply), "local lacks a reply to oneself")


@suite.check("paging through the own posts by the Link header meets each once")
def pages(facts):
    client = facts["client"]
    for number in range(5):
        client.status_post(f"Page filler {number}", visibility="unlisted")
    everything = client.account_statuses(facts["me"], limit=40)
    page = client.account_statuses(facts["me"], limit=2)
    met = []
    while page:
        expect(len(page) <= 2, f"a page held {len(page)} posts for limit 2")
        met += [str(one.id) for one in page]
        expect(len(met) < 200, "the pages do not end")
        page = client.fetch_next(page)
    expect_equal(met, [str(one.id) for one in everything], "the posts met page by page")


@suite.check("a private post is for followers and a direct one for who is mentioned")
def visibility(facts):
    client, amy = facts["client"], facts["amy_client"]
    private = client.status_post("For followers", visibility="private")
    direct = client.status_post("@amy between us", visibility="direct")
    expect_equal(amy.status(direct).visibility, "direct", "the visibility of the direct post")
    stranger = Mastodon(api_base_url=client.api_base_url)
    for who, reader, status in (("Amy", amy, private), ("a stranger", stranger, private), ("a stranger", stranger, direct)):
        try:
            reader.status(status)
        except MastodonNotFoundError:
            continue
        raise AssertionError(f"{who} could read the {status.visibility} post")


@suite.check("markers, preferences and custom emoji answer")
def markers_and_more(facts):
    client = facts["client"]
    client.markers_set(["home"], [facts["status"]])
    marker = client.markers_get(["home", "notifications"])["home"]
    expect_equal(str(marker.last_read_id), str(facts["status"].id), "the marker")
    preferences = client.preferences()
    expect_equal(preferences["posting:default:visibility"], "public", "the default visibility")
    expect_equal(list(client.custom_emojis()), [], "the custom emoji")


@suite.check("Alice changes her profile with a picture and fields")
def profile(facts):
    me = facts["client"].account_update_credentials(
        display_name="Alice A.",
        note="Checks things. #checks",
        avatar=png(300, 300, (20, 90, 200)),
        avatar_mime_type="image/png",
        fields=[("Home", "https://example.org/"), ("Mood", "curious")],
    )
    expect_equal(me.display_name, "Alice A.", "the display name")
    expect_equal(me.source.note, "Checks things. #checks", "the source of the note")
    expect("<p>" in me.note, f"the note is not HTML: {me.note}")
    expect_equal([field.name for field in me.fields], ["Home", "Mood"], "the names of the fields")
    picture = requests.get(me.avatar, timeout=30)
    expect_equal(picture.status_code, 200, "the avatar's status")
    seen = facts["amy_client"].account_lookup("alice")
    expect_equal(seen.avatar, me.avatar, "the avatar that Amy sees")


# -- people


@suite.check("Amy follows, mutes and blocks Alice and takes each back")
def relationships(facts):
    amy, alice = facts["amy_client"], facts["me"]
    expect(amy.account_follow(alice).following, "following is not set")
    expect(the_relationship(facts["client"], amy.me()).followed_by, "followed_by is not set for Alice")
    notified(facts["client"], "follow", "amy")
    expect_equal([one.acct for one in amy.account_following(amy.me())], ["alice"], "whom Amy follows")
    expect_equal([one.acct for one in amy.account_followers(alice)], ["amy"], "who follows Alice")
    expect(not amy.account_unfollow(alice).following, "following is still set")
    expect(amy.account_mute(alice).muting, "muting is not set")
    expect_equal([one.acct for one in amy.mutes()], ["alice"], "whom Amy mutes")
    expect(not amy.account_unmute(alice).muting, "muting is still set")
    amy.account_follow(alice)
    blocked = amy.account_block(alice)
    expect_equal((blocked.blocking, blocked.following), (True, False), "blocking and following")
    expect_equal([one.acct for one in amy.blocks()], ["alice"], "whom Amy blocks")
    expect(the_relationship(facts["client"], amy.me()).id, "Alice gets no relationship with who blocks her")
    expect(not amy.account_unblock(alice).blocking, "blocking is still set")


# -- the other node


@suite.check("Alice finds Bob of the other node by his handle and follows him; he accepts")
def follows_across(facts):
    client, bob = facts["client"], facts["bob"]
    found = client.search_v2(f"@{bob.handle}", resolve=True, result_type="accounts").accounts
    expect_equal([one.acct for one in found], [bob.handle], "the accounts found")
    facts["bob_seen"] = found[0]
    client.account_follow(found[0])
    wait_for("the follow is accepted", lambda: the_relationship(client, found[0]).following)
    notified(facts["bob_client"], "follow", facts["alice"].handle)


@suite.check("Bob's next post, with a picture, reaches Alice's home timeline")
def next_post(facts):
    bob = facts["bob_client"]
    media = bob.media_post(png(200, 100, (10, 160, 60)), mime_type="image/png", description="A green field")
    posted = bob.status_post(f"Hello across, @{facts['alice'].handle} #crossing", media_ids=[media])
    seen = wait_for("the post is in Alice's home timeline", lambda: with_uri(facts["client"].timeline_home(), posted.uri))
    expect_equal(seen.account.acct, facts["bob"].handle, "the author")
    expect_equal(seen.media_attachments[0].description, "A green field", "the description")
    expect_equal([tag.name for tag in seen.tags], ["crossing"], "the hashtags")
    expect_equal([mention.acct for mention in seen.mentions], ["alice"], "the mentions")
    notified(facts["client"], "mention", facts["bob"].handle, status=seen.id)
    facts["bob_posted"], facts["bob_status_seen"] = posted, seen


@suite.check("Alice's reply, favourite and boost reach Bob")
def answers_across(facts):
    client, seen, posted = facts["client"], facts["bob_status_seen"], facts["bob_posted"]
    reply = client.status_reply(seen, "hello back")
    client.status_favourite(seen)
    client.status_reblog(seen)
    bob, alice = facts["bob_client"], facts["alice"].handle
    notified(bob, "favourite", alice, status=posted.id)
    notified(bob, "reblog", alice, status=posted.id)
    mention = notified(bob, "mention", alice)
    expect_equal(mention.status.uri, reply.uri, "the reply that Bob got")
    expect_equal(str(mention.status.in_reply_to_id), str(posted.id), "what it replies to on Bob's node")
    context = bob.status_context(posted)
    expect_equal([one.uri for one in context.descendants], [reply.uri], "the thread on Bob's node")
    counts = bob.status(posted)
    expect_equal((counts.favourites_count, counts.reblogs_count), (1, 1), "the counts on Bob's node")


@suite.check("Alice takes favourite and boost back, and Bob's counts fall")
def takes_back_across(facts):
    client, seen = facts["client"], facts["bob_status_seen"]
    client.status_unfavourite(seen)
    client.status_unreblog(seen)

    def lowered():
        counts = facts["bob_client"].status(facts["bob_posted"])
        return (counts.favourites_count, counts.reblogs_count) == (0, 0)

    wait_for("the counts on Bob's node are 0", lowered)


@suite.check("Bob edits his post, and Alice reads the new text and two revisions")
def edit_across(facts):
    facts["bob_client"].status_update(facts["bob_posted"], "Hello once more #crossing")
    client, seen = facts["client"], facts["bob_status_seen"]
    wait_for("the new text is there", lambda: "once more" in client.status(seen).content)
    expect(client.status(seen).edited_at, "edited_at is not set")
    expect_equal(len(client.status_history(seen)), 2, "the number of revisions")


@suite.check("Bob deletes his post, and it is gone for Alice")
def delete_across(facts):
    facts["bob_client"].status_delete(facts["bob_posted"])

    def gone():
        try:
            facts["client"].status(facts["bob_status_seen"])
        except MastodonNotFoundError:
            return True
        return False

    wait_for("the post is gone", gone)
    expect(not with_uri(facts["client"].timeline_home(), facts["bob_posted"].uri), "home still holds it")


@suite.check("Bob opens Alice's post by its address and sees it whole")
def resolves_address(facts):
    status = facts["client"].status(facts["status"])
    found = facts["bob_client"].search_v2(status.url, resolve=True, result_type="statuses").statuses
    expect_equal([one.uri for one in found], [status.uri], "the posts found")
    expect_equal(found[0].account.acct, facts["alice"].handle, "the author")
    expect_equal(found[0].account.display_name, "Alice A.", "the author's display name")
    expect_equal(found[0].media_attachments[0].description, "A red slope at dusk", "the description")


@suite.check("Bob blocks Alice: her follow ends on both nodes, and he may undo it")
def block_across(facts):
    bob, client = facts["bob_client"], facts["client"]
    alice = bob.account_lookup(facts["alice"].handle)
    expect(bob.account_block(alice).blocking, "blocking is not set")
    wait_for("the follow has ended", lambda: not the_relationship(client, facts["bob_seen"]).following)
    expect(the_relationship(client, facts["bob_seen"]).blocked_by, "blocked_by is not set for Alice")
    expect(not bob.account_unblock(alice).blocking, "blocking is still set")
    wait_for("Alice's node knows it", lambda: not the_relationship(client, facts["bob_seen"]).blocked_by)


@suite.check("Alice unfollows what she follows, and Bob's next post does not come")
def unfollows_across(facts):
    client, bob, seen = facts["client"], facts["bob_client"], facts["bob_seen"]
    client.account_follow(seen)
    wait_for("the second follow is accepted", lambda: the_relationship(client, seen).following)
    expect(not client.account_unfollow(seen).following, "following is still set")
    me = bob.account_lookup(facts["alice"].handle)
    wait_for("Bob's node knows it", lambda: not the_relationship(bob, me).followed_by)
    unseen = bob.status_post("Nobody is listening")
    marker = bob.status_post(f"@{facts['alice'].handle} but you hear this")
    notified_of = lambda: [one for one in client.notifications(types=["mention"]) if one.status.uri == marker.uri]
    wait_for("the later mention has come", notified_of)
    expect(not with_uri(client.timeline_home(), unseen.uri), "the post of the unfollowed came")


class Ear(Listener):
    """Keeps what a stream tells."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def on_update(self, status):
        self.heard.append(("update", status.content))

    def on_status_update(self, status):
        self.heard.append(("status.update", status.content))

    def on_delete(self, status_id):
        self.heard.append(("delete", str(status_id)))

    def on_notification(self, notification):
        self.heard.append(("notification", notification.type))


@suite.check("Alice's open stream tells her own post, its edit and its deletion")
def streams(facts):
    client = facts["client"]
    expect(client.stream_healthy(), "the streams are not healthy")
    ear = Ear()
    facts["stream"] = client.stream_user(ear, run_async=True)
    wait_for("the stream is open", lambda: ear.is_open)
    status = client.status_post("told while it happens")
    wait_for("the post is told", lambda: ("update", status.content) in ear.heard)
    edited = client.status_update(status, "told anew")
    wait_for("the edit is told", lambda: ("status.update", edited.content) in ear.heard)
    client.status_delete(status)
    wait_for("the deletion is told", lambda: ("delete", str(status.id)) in ear.heard)


@suite.check("Alice revokes her token: it is good for nothing any more, and her stream ends")
def revokes(facts):
    client = facts["client"]
    token = client.access_token
    client.revoke_access_token(allow_http=True)
    wait_for("the stream ends", lambda: not facts["stream"].is_alive())
    try:
        Mastodon(access_token=token, api_base_url=client.api_base_url).account_verify_credentials()
    except MastodonUnauthorizedError:
        return
    raise AssertionError("the revoked token was let in")


@suite.check("each JSON answer had the shape that the API promises")
def answers_have_their_shapes(facts):
    recorders = [facts["pair"].alpha.recorder, facts["pair"].beta.recorder]
    expect(sum(one.answers for one in recorders) > 50, "hardly any answer was looked at")
    faults = [fault for one in recorders for fault in one.faults]
    expect(not faults, f"{len(faults)} faults, among them {'; '.join(sorted(set(faults))[:10])}")


@suite.check("both nodes stop on SIGTERM with status 0")
def stops(facts):
    facts["pair"].beta.stop()
    facts["pair"].alpha.stop()


def main():
    """Runs the checks on two fresh nodes."""
    warnings.simplefilter("ignore")
    with node.Pair(watched=True) as pair:
        suite.facts["pair"] = pair
        suite.facts["alice"] = pair.alpha.create_account("alice")
        suite.facts["amy"] = pair.alpha.create_account("amy")
        suite.facts["bob"] = pair.beta.create_account("bob")
        passed, failed = suite.run()
        if failed:
            pair.print_logs()
    finish(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
