"""Mastodon.py through every method that it has for what a node offers, on one running node.

Ann does, Ben answers, Sam is of the staff. At the end the methods that were not called are counted: only those that the
node does not build may be left, and each of them is named here with its reason.
"""

import datetime
import inspect
import re
import sys
import tempfile
import threading
import warnings

import node  # noqa: F401  makes names below localhost resolve
from checks import Checks, expect, expect_equal, finish, wait_for
from listening import Listener
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError
from pictures import png

SCOPES = "read write follow push"
FEWEST_PATTERNS = 200

# Methods of the library that nobody can call here, and why.
NOT_BUILT = {
    "annual_report": "yearly reviews are not built",
    "annual_report_generate": "yearly reviews are not built",
    "annual_report_read": "yearly reviews are not built",
    "annual_report_state": "yearly reviews are not built",
    "annual_reports": "yearly reviews are not built",
    "log_in": "clients_mastodonpy.py signs in with it",
    "revoke_access_token": "clients_mastodonpy.py signs out with it",
    "oauth_userinfo": "the library asks for it by https only",
    "reports": "the library itself refuses: there is no such method since 2.5",
    "admin_approve_trending_link": "a link trends by its preview, and these nodes fetch none",
    "admin_reject_trending_link": "a link trends by its preview, and these nodes fetch none",
    "await_async_refresh": "it repeats async_refresh until a refresh has ended",
    "status_translate": "the node has nothing to translate with and says 404",
}

suite = Checks("Mastodon.py through its methods")
called = set()


class Watched:
    """A client that notes which of its methods are called."""

    def __init__(self, client):
        self.client = client

    def __getattr__(self, name):
        value = getattr(self.client, name)
        if callable(value):
            called.add(name)
        return value


def client_of(account, scopes=SCOPES):
    """A client with a token of its own."""
    token = account.node.create_token(account.name, scopes)
    return Watched(Mastodon(access_token=token, api_base_url=account.node.origin, ratelimit_method="throw"))


def refused(status, call, *arguments, **more):
    """Fails unless the call is refused with this status."""
    try:
        call(*arguments, **more)
    except MastodonAPIError as cause:
        expect(status in cause.args, f"refused with {cause.args}, not with {status}")
        return
    raise AssertionError(f"{call.__name__} was not refused")


def ids(page):
    """The ids of a page."""
    return [str(one.id) for one in page]


def count_of(answer):
    """A count that the library gives as a number or as an object with one."""
    return answer if isinstance(answer, int) else answer["count"]


# -- the node and its people


@suite.check("the node: instance, rules, descriptions, emoji, languages, activity, peers, streams")
def about_the_node(facts):
    anybody = Watched(Mastodon(api_base_url=facts["alpha"].origin))
    for name in ("instance", "instance_v1", "instance_v2", "instance_nodeinfo", "instance_languages", "custom_emojis",
                 "instance_rules", "instance_extended_description", "instance_translation_languages", "instance_activity",
                 "instance_peers", "instance_domain_blocks", "oauth_authorization_server_info", "retrieve_mastodon_version"):
        expect(getattr(anybody, name)() is not None, f"{name} gave nothing")
    expect(anybody.instance_health() and anybody.stream_healthy(), "the node is not well")
    expect(anybody.directory(local=True, order="new") is not None, "there is no directory")
    refused(404, anybody.instance_terms_of_service)
    refused(404, facts["ann_client"].get_async_refresh_status, "1")
    anybody.get_approx_server_time()


@suite.check("tokens: the application knows itself, and so does the person")
def tokens(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    expect(ann.app_verify_credentials().name, "the application has no name")
    facts["ann"], facts["ben"] = ann.account_verify_credentials(), ben.me()
    expect_equal(facts["ann"].acct, "ann", "the name")
    expect_equal(str(ann.account(facts["ben"]).id), str(facts["ben"].id), "the id")
    expect_equal(len(ann.accounts([facts["ann"], facts["ben"]])), 2, "the accounts by their ids")
    expect_equal(ann.account_lookup("ben").acct, "ben", "who was looked up")
    expect_equal(ann.account_search("ben")[0].acct, "ben", "who was found")
    expect("posting:default:visibility" in ann.preferences(), "the preferences lack a key")


@suite.check("profiles: credentials, profile, pictures, featured tags")
def profiles(facts):
    ann = facts["ann_client"]
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(png(80, 80, (10, 90, 200)))
        file.flush()
        changed = ann.account_update_credentials(
            display_name="Ann", note="I read #books", avatar=file.name, header=file.name, bot=False, discoverable=True,
            fields=[("Home", "https://example.org")],
        )
    expect_equal(changed.fields[0].name, "Home", "the field")
    expect_equal(ann.profile().display_name, "Ann", "the name in the profile")
    expect_equal(ann.profile_update(display_name="Ann B.").display_name, "Ann B.", "the changed name")
    ann.account_delete_avatar()
    ann.account_delete_header()
    ann.status_post("Reading #books and #films")
    featured = ann.featured_tag_create("books")
    expect_equal(ann.featured_tags()[0].name, "books", "the featured tag")
    expect_equal(len(ann.account_featured_tags(facts["ann"])), 1, "the featured tags of an account")
    ann.featured_tag_suggestions()
    ann.featured_tag_delete(featured)
    expect(ann.tag_feature("films").featuring, "the tag is not featured")
    expect(not ann.tag_unfeature("films").featuring, "the tag is still featured")


# -- relationships


@suite.check("relationships: following, muting, blocking, endorsing, notes, requests")
def relationships(facts):
    ann, ben, who = facts["ann_client"], facts["ben_client"], facts["ben"]
    expect(ann.account_follow(who, reblogs=False, notify=True).following, "no follow")
    expect(ann.account_relationships(who)[0].notifying, "no notifying")
    expect_equal(ids(ann.account_following(facts["ann"])), ids([who]), "who is followed")
    expect_equal(ids(ann.account_followers(who)), ids([facts["ann"]]), "who follows")
    ann.account_familiar_followers(who)
    expect(ann.account_endorse(who).endorsed, "not endorsed")
    expect_equal(ids(ann.endorsements()), ids([who]), "endorsed accounts")
    expect(not ann.account_unendorse(who).endorsed, "still endorsed")
    expect(ann.account_pin(who).endorsed and not ann.account_unpin(who).endorsed, "pin and unpin differ from endorse")
    expect_equal(ann.account_note_set(who, "Kind").note, "Kind", "the note")
    expect(ann.account_mute(who, notifications=True, duration=300).muting, "not muted")
    expect_equal(ids(ann.mutes()), ids([who]), "mutes")
    expect(not ann.account_unmute(who).muting, "still muted")
    expect(ann.account_block(who).blocking, "not blocked")
    expect_equal(ids(ann.blocks()), ids([who]), "blocks")
    expect(not ann.account_unblock(who).blocking, "still blocked")
    ben.account_update_credentials(locked=True)
    expect(ann.account_follow(who).requested, "not requested")
    expect_equal(ids(ben.follow_requests()), ids([facts["ann"]]), "who asks")
    ben.follow_request_reject(facts["ann"])
    ann.account_follow(who)
    ben.follow_request_authorize(facts["ann"])
    ben.account_update_credentials(locked=False)
    expect(ann.account_relationships([who])[0].following, "the accepted follow does not hold")
    ben.account_follow(facts["ann"])
    ann.account_remove_from_followers(who)
    expect(not ann.account_relationships(who)[0].followed_by, "still followed")
    expect(not ann.account_unfollow(who).following, "still following")
    ann.account_follow(who)
    ann.domain_block("bad.example")
    expect_equal(list(ann.domain_blocks()), ["bad.example"], "the blocked domains")
    ann.domain_unblock("bad.example")


@suite.check("suggestions can be asked for and put away")
def suggestions(facts):
    ann = facts["ann_client"]
    for name in ("suggestions", "suggestions_v1", "suggestions_v2"):
        getattr(ann, name)()
    ann.suggestion_delete(facts["sam"])


# -- statuses


@suite.check("statuses: post, read, edit, delete, favourite, boost, bookmark, pin, mute")
def statuses(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    status = facts["status"] = ann.toot("Plain words")
    one = ann.status_post("Words for #books", spoiler_text="Books", language="en", visibility="public", idempotency_key="k")
    expect_equal(ann.status(one).spoiler_text, "Books", "the warning")
    expect_equal(len(ann.statuses([status, one])), 2, "the statuses by their ids")
    expect_equal(ann.status_source(one).text, "Words for #books", "the source")
    expect(ann.status_update(one, "Other words for #books").edited_at, "not edited")
    expect_equal(len(ann.status_history(one)), 2, "the history")
    reply = ben.status_reply(ann.status(one), "Indeed")
    expect_equal(ids(ann.status_context(one).descendants), ids([reply]), "the replies")
    expect(ben.status_favourite(one).favourited, "not favourited")
    expect_equal(ids(ann.status_favourited_by(one)), ids([facts["ben"]]), "who favourited")
    expect_equal(ids(ben.favourites()), ids([one]), "the favourites")
    expect(not ben.status_unfavourite(one).favourited, "still favourited")
    expect_equal(str(ben.status_reblog(one).reblog.id), str(one.id), "what is boosted")
    expect_equal(ids(ann.status_reblogged_by(one)), ids([facts["ben"]]), "who boosted")
    expect(not ben.status_unreblog(one).reblogged, "still boosted")
    expect(ben.status_bookmark(one).bookmarked, "not bookmarked")
    expect_equal(ids(ben.bookmarks()), ids([one]), "the bookmarks")
    expect(not ben.status_unbookmark(one).bookmarked, "still bookmarked")
    expect(ann.status_pin(one).pinned, "not pinned")
    expect_equal(ids(ann.account_statuses(facts["ann"], pinned=True)), ids([one]), "the pins")
    expect(not ann.status_unpin(one).pinned, "still pinned")
    expect(ann.status_mute(one).muted and not ann.status_unmute(one).muted, "muting does not hold")
    expect_equal(ben.status_delete(reply).text, "@ann Indeed", "the text of what is gone")
    facts["one"] = one
    try:
        ann.status_card(one)
    except MastodonNotFoundError:
        pass
    refused(404, ann.status_translate, one)
    called.discard("status_translate")


@suite.check("quotes: made, listed, revoked, and governed by a policy")
def quotes(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    one = ann.status_post("Quote me", quote_approval_policy="public")
    quoting = ben.status_post("Look at this", quoted_status_id=one)
    expect_equal(quoting.quote.state, "accepted", "the state of the quote")
    expect_equal(ids(ann.status_quotes(one)), ids([quoting]), "the quotes")
    ann.status_quote_revoke(one, quoting)
    expect_equal(ben.status(quoting).quote.state, "revoked", "the state after revoking")
    ann.status_update_quote_approval_policy(one, "nobody")


@suite.check("media: pictures in both versions, descriptions, own thumbnails")
def media(facts):
    ann = facts["ann_client"]
    picture = png(120, 60, (200, 40, 90))
    modern = ann.media_post(picture, "image/png", description="A stripe", file_name="stripe.png")
    old = ann.media_post(picture, "image/png", synchronous=True)
    expect(wait_for("the picture is ready", lambda: ann.media(modern).url), "no address")
    expect_equal(ann.media_update(modern, description="A red stripe", focus=(0.1, -0.2)).description, "A red stripe", "the description")
    posted = ann.status_post("Two pictures", media_ids=[modern, old], sensitive=True)
    expect_equal(len(posted.media_attachments), 2, "the pictures")
    changed = ann.generate_media_edit_attributes(posted.media_attachments[0].id, description="Red")
    expect_equal(changed["description"], "Red", "the description that an edit would send")
    edited = ann.status_update(posted, "One picture", media_ids=[old])
    expect_equal(len(edited.media_attachments), 1, "the pictures that are left")
    ann.status_delete(posted, delete_media=True)


@suite.check("polls: made, voted in, read")
def polls(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    status = ann.status_post("Tea?", poll=ann.make_poll(["Yes", "No"], 600, multiple=True, hide_totals=False))
    poll = ben.poll_vote(status.poll, [0, 1])
    expect_equal(poll.own_votes, [0, 1], "the votes")
    expect_equal(ann.poll(status.poll).votes_count, 2, "the count")


@suite.check("scheduled statuses: made, moved, called off")
def scheduled(facts):
    ann = facts["ann_client"]
    now = datetime.datetime.now(datetime.timezone.utc)
    one = ann.status_post("Later", scheduled_at=now + datetime.timedelta(hours=1))
    expect_equal(ids(ann.scheduled_statuses()), ids([one]), "what is scheduled")
    expect_equal(str(ann.scheduled_status(one).id), str(one.id), "the id")
    ann.scheduled_status_update(one, now + datetime.timedelta(hours=2))
    ann.scheduled_status_delete(one)
    expect_equal(list(ann.scheduled_statuses()), [], "what is left")


# -- reading


@suite.check("timelines, tags, search, and paging in both directions")
def timelines(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    tagged = ben.status_post("A film #films")
    for name in ("timeline", "timeline_home", "timeline_local", "timeline_public"):
        expect(getattr(ann, name)(), f"{name} is empty")
    expect_equal(ids(ann.timeline_hashtag("films", limit=1)), ids([tagged]), "the timeline of a tag")
    expect(ann.tag("films").name, "the tag has no name")
    expect(ann.tag_follow("films").following, "the tag is not followed")
    expect_equal([tag.name for tag in ann.followed_tags()], ["films"], "the followed tags")
    expect(not ann.tag_unfollow("films").following, "the tag is still followed")
    page = ann.account_statuses(facts["ann"], limit=2)
    following = ann.fetch_next(page)
    expect(following and not set(ids(page)) & set(ids(following)), "pages overlap")
    expect(ann.fetch_previous(following), "there is no way back")
    expect(len(ann.fetch_remaining(page)) > len(page), "nothing remains")
    expect_equal(ann.search("ben", result_type="accounts").accounts[0].acct, "ben", "who was found")
    ann.search_v2("ben", result_type="accounts")
    ann.search_v1("ben")
    for name in ("trending_tags", "trending_statuses", "trending_links"):
        getattr(ann, name)()


@suite.check("lists: made, filled, read, emptied, removed")
def lists(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    one = ann.list_create("Friends", replies_policy="none", exclusive=False)
    ann.list_accounts_add(one, facts["ben"])
    expect_equal(ids(ann.list_accounts(one)), ids([facts["ben"]]), "the members")
    expect_equal(ids(ann.account_lists(facts["ben"])), ids([one]), "the lists with Ben")
    status = ben.status_post("For the list")
    expect_equal(ids(ann.timeline_list(one))[0], str(status.id), "the newest of the list")
    expect_equal(ann.list_update(one, "Best friends").title, "Best friends", "the title")
    expect_equal(ids(ann.lists()), ids([one]), "the lists")
    expect_equal(str(ann.list(one).id), str(one.id), "the id")
    ann.list_accounts_delete(one, facts["ben"])
    ann.list_delete(one)


@suite.check("filters of both versions")
def filters(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    one = ann.create_filter_v2("Endings", ["home"], filter_action="warn", keywords_attributes=[{"keyword": "ending", "whole_word": True}])
    status = ben.status_post("The ending")
    expect_equal(ann.status(status).filtered[0].filter.title, "Endings", "the filter that matches")
    expect_equal(ids(ann.filters_v2()), ids([one]), "the filters")
    ann.filter_v2(one)
    ann.update_filter_v2(one, title="The end")
    keyword = ann.add_filter_keyword_v2(one, "finale", whole_word=False)
    expect_equal(len(ann.filter_keywords_v2(one)), 2, "the keywords")
    ann.delete_filter_keyword_v2(keyword)
    held = ann.add_filter_status_v2(one, status)
    expect_equal(ids(ann.filter_statuses_v2(one)), ids([held]), "the statuses")
    ann.filter_status_v2(held)
    ann.delete_filter_status_v2(held)
    ann.delete_filter_v2(one)
    old = ann.filter_create("cats", ["home", "notifications"], whole_word=True)
    expect_equal(ids(ann.filters()), ids([old]), "the old filters")
    ann.filter(old)
    ann.filter_update(old, phrase="dogs")
    ann.filters_apply([status], ann.filters(), "home")
    ann.filter_delete(old)


@suite.check("notifications: one by one, in groups, by policy and by request")
def notifications(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    one = ann.status_post("Like me")
    ben.status_favourite(one)
    page = ann.notifications(types=["favourite"])
    expect_equal(ids(ann.notifications(id=page[0])) if isinstance(ann.notifications(id=page[0]), list) else [str(page[0].id)],
                 [str(page[0].id)], "the notification")
    expect(count_of(ann.notifications_unread_count()) >= 1, "nothing is unread")
    groups = ann.grouped_notifications(types=["favourite"])
    key = groups.notification_groups[0].group_key
    expect_equal(ann.grouped_notification(key).notification_groups[0].group_key, key, "the key")
    expect_equal(ids(ann.grouped_notification_accounts(key)), ids([facts["ben"]]), "whose they are")
    expect(count_of(ann.unread_grouped_notifications_count()) >= 1, "no group is unread")
    ann.dismiss_grouped_notification(key)
    ben.status_post("@ann one")
    ann.notifications_dismiss(ann.notifications(types=["mention"])[0])
    ann.account_unfollow(facts["ben"])
    ann.update_notifications_policy(for_not_following="filter")
    expect_equal(ann.notifications_policy().for_not_following, "filter", "the policy")
    for call in (ann.dismiss_notification_request, ann.accept_notification_request):
        ben.status_post("@ann may I?")
        request = ann.notification_requests()[0]
        ann.notification_request(request)
        call(request)
    for call in (ann.dismiss_multiple_notification_requests, ann.accept_multiple_notification_requests):
        ann.update_notifications_policy(for_not_following="filter")
        facts["sam_client"].status_post("@ann and I?")
        found = ann.notification_requests()
        if found:
            call([request.id for request in found])
    ann.notifications_merged()
    ann.update_notifications_policy(for_not_following="accept")
    ann.account_follow(facts["ben"])
    ann.notifications_clear()
    ann.markers_set(["home"], [one])
    expect_equal(str(ann.markers_get(["home"]).home.last_read_id), str(one.id), "the marker")


@suite.check("conversations are listed and read")
def conversations(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    ben.status_post("@ann between us", visibility="direct")
    one = ann.conversations()[0]
    expect(one.unread, "it is read already")
    ann.conversations_read(one)
    expect(not ann.conversations()[0].unread, "it is still unread")


@suite.check("Web Push: subscribed, changed, asked for, ended")
def push(facts):
    ann = facts["ann_client"]
    private, public = ann.push_subscription_generate_keys()
    made = ann.push_subscription_set("https://push.example.org/1", public, follow_events=True, mention_events=True, policy="all")
    expect(made.server_key, "the node has no key")
    expect(ann.push_subscription_update(follow_events=False) is not None, "not changed")
    expect(ann.push_subscription().endpoint.startswith("https://push.example.org"), "the endpoint is another")
    ann.push_subscription_delete()
    refused(404, ann.push_subscription)


@suite.check("announcements: read, reacted to, put away")
def announcements(facts):
    ann = facts["ann_client"]
    facts["alpha"].command("announcement", "add", "We move tomorrow")
    one = ann.announcements()[0]
    ann.announcement_reaction_create(one, "👍")
    expect_equal(ann.announcements()[0].reactions[0].count, 1, "the reactions")
    ann.announcement_reaction_delete(one, "👍")
    ann.announcement_dismiss(one)


@suite.check("collections: made, filled, read, changed, removed")
def collections(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    for who in (ben, facts["sam_client"]):
        who.account_update_credentials(discoverable=True)
    one = ann.collection_create("Readers", description="Who reads", language="en", discoverable=True)
    one = getattr(one, "collection", one)
    item = ann.collection_item_add(one, facts["ben"])
    item = getattr(item, "collection_item", item)
    ann.collection(one)
    ann.account_collections(facts["ann"])
    ben.account_in_collections(facts["ben"])
    ann.collection_update(one, name="Good readers")
    ben.collection_item_revoke(one, item)
    item = getattr(ann.collection_item_add(one, facts["sam"]), "collection_item", None)
    if item is not None:
        ann.collection_item_delete(one, item)
    ann.collection_delete(one)


@suite.check("reports, and what the staff does about them")
def reports(facts):
    ann, sam = facts["ann_client"], facts["sam_client"]
    made = ann.report(facts["ben"], comment="Too kind", category="other", status_ids=[])
    expect(str(made.id) in ids(sam.admin_reports()), "the report is not there")
    expect_equal(sam.admin_report(made).comment, "Too kind", "the comment")
    expect(sam.admin_report_assign(made).assigned_account, "nobody has it")
    expect(not sam.admin_report_unassign(made).assigned_account, "somebody has it")
    expect(sam.admin_report_resolve(made).action_taken, "it is not resolved")
    expect(not sam.admin_report_reopen(made).action_taken, "it is not open")


@suite.check("the staff: accounts")
def admin_accounts(facts):
    sam, alpha = facts["sam_client"], facts["alpha"]
    alpha.create_account("cat")
    cat = next(one for one in sam.admin_accounts_v2(username="cat") if one.username == "cat")
    expect(sam.admin_accounts_v1(), "no accounts")
    sam.admin_accounts()
    expect_equal(sam.admin_account(cat).email, "cat@example.org", "the address")
    sam.admin_account_moderate(cat, "disable")
    expect(not sam.admin_account_enable(cat).disabled, "still disabled")
    sam.admin_account_moderate(cat, "silence", text="Be kind")
    expect(not sam.admin_account_unsilence(cat).silenced, "still limited")
    sam.admin_account_moderate(cat, "sensitive")
    expect(not sam.admin_account_unsensitive(cat).sensitized, "still sensitive")
    sam.admin_account_moderate(cat, "suspend")
    expect(not sam.admin_account_unsuspend(cat).suspended, "still suspended")
    sam.admin_account_moderate(cat, "suspend")
    sam.admin_account_delete(cat)


@suite.check("the staff: who asks to come in, and an account made by an application")
def admin_registrations(facts):
    sam, alpha = facts["sam_client"], facts["alpha"]
    identifier, secret = Mastodon.create_app("Sign-up", scopes=["read", "write"], api_base_url=alpha.origin)
    for name, judge in (("dan", sam.admin_account_approve), ("eve", sam.admin_account_reject)):
        app = Watched(Mastodon(client_id=identifier, client_secret=secret, api_base_url=alpha.origin))
        app.create_account(name, "correct horse battery staple", f"{name}@example.org", agreement=True, reason="I like it", scopes=["read", "write"])
        app.email_resend_confirmation()
        waiting = next(one for one in sam.admin_accounts_v2(status="pending") if one.username == name)
        judge(waiting)


@suite.check("the staff: servers, addresses and mail that are kept out")
def admin_blocks(facts):
    sam = facts["sam_client"]
    block = sam.admin_create_domain_block("worse.example", severity="silence", public_comment="Spam")
    sam.admin_domain_blocks()
    sam.admin_domain_blocks(id=block)
    sam.admin_update_domain_block(block, severity="suspend")
    sam.admin_delete_domain_block(block)
    allow = sam.admin_create_domain_allow("good.example")
    sam.admin_domain_allows()
    sam.admin_domain_allow(allow)
    sam.admin_delete_domain_allow(allow)
    mail = sam.admin_create_email_domain_block("throwaway.example")
    sam.admin_email_domain_blocks()
    sam.admin_email_domain_block(mail.id)
    sam.admin_delete_email_domain_block(mail.id)
    address = sam.admin_create_ip_block("198.51.100.0/24", "no_access", comment="Floods", expires_in=3600)
    sam.admin_ip_blocks()
    sam.admin_ip_block(address)
    sam.admin_update_ip_block(address, severity="sign_up_block")
    sam.admin_delete_ip_block(address)
    person = sam.admin_create_canonical_email_block(email="rude@example.net")
    sam.admin_canonical_email_blocks()
    sam.admin_canonical_email_block(person.id)
    expect_equal(len(sam.admin_test_canonical_email_block("rude@example.net")), 1, "the matching blocks")
    sam.admin_delete_canonical_email_block(person.id)


@suite.check("the staff: figures and trends")
def admin_figures(facts):
    sam = facts["sam_client"]
    end = datetime.datetime.now()
    start = end - datetime.timedelta(days=3)
    expect(sam.admin_measures(start, end, active_users=True, new_users=True, interactions=True), "no measures")
    expect(sam.admin_dimensions(start, end, languages=True, sources=True, software_versions=True), "no dimensions")
    expect(sam.admin_retention(start, end), "no retention")
    sam.admin_trending_links()
    sam.admin_trending_statuses()
    sam.admin_trending_tags()
    tag = sam.tag("films")
    for judge in (sam.admin_reject_trending_tag, sam.admin_approve_trending_tag):
        judge(tag.id)
    for judge in (sam.admin_reject_trending_status, sam.admin_approve_trending_status):
        judge(facts["one"])


# -- streams


class Collector(Listener):
    """Keeps what it hears."""

    def __init__(self):
        super().__init__()
        self.statuses = []

    def on_update(self, status):
        self.statuses.append(str(status.id))


@suite.check("every stream is heard")
def streams(facts):
    ann, ben = facts["ann_client"], facts["ben_client"]
    group = ann.list_create("Heard")
    ann.list_accounts_add(group, facts["ben"])
    opened = {
        "user": lambda listener: ann.stream_user(listener, run_async=True),
        "public": lambda listener: ann.stream_public(listener, run_async=True),
        "local": lambda listener: ann.stream_local(listener, run_async=True),
        "hashtag": lambda listener: ann.stream_hashtag("heard", listener, run_async=True),
        "list": lambda listener: ann.stream_list(group, listener, run_async=True),
    }
    listeners = {name: Collector() for name in opened}
    handles = [open_stream(listeners[name]) for name, open_stream in opened.items()]
    handles.append(ann.stream_direct(Collector(), run_async=True))
    wait_for("the streams are open", lambda: all(one.is_open for one in listeners.values()))
    told = str(ben.status_post("Now #heard").id)
    wait_for("every stream tells", lambda: all(told in one.statuses for one in listeners.values()))
    # Each waits until its stream says something, so all of them wait together.
    closing = [threading.Thread(target=handle.close) for handle in handles]
    for thread in closing:
        thread.start()
    for thread in closing:
        thread.join()
    ann.list_delete(group)


# -- what is left


@suite.check(f"at least {FEWEST_PATTERNS} different methods with paths were answered")
def patterns(facts):
    seen = facts["alpha"].recorder.patterns()
    print(f"     {len(seen)} patterns")
    expect(len(seen) >= FEWEST_PATTERNS, f"only {len(seen)}")


@suite.check("each method of the library for what the node has was called")
def methods(facts):
    wanted = set()
    for name, method in inspect.getmembers(Mastodon, inspect.isfunction):
        if name.startswith("_"):
            continue
        if re.search(r"__(api_request|stream)\(", inspect.getsource(method)):
            wanted.add(name)
    left = sorted(wanted - called - set(NOT_BUILT))
    expect(not left, f"{len(left)} of {len(wanted)} were not called: {', '.join(left)}")


@suite.check("each JSON answer had the shape that the API promises")
def answers_have_their_shapes(facts):
    faults = sorted(set(facts["alpha"].recorder.faults))
    expect(not faults, f"{len(faults)} faults, among them {'; '.join(faults[:10])}")


def main():
    """Runs the checks on a fresh node."""
    warnings.simplefilter("ignore")
    settings = {
        "WHIMBREL_INSTANCE__REGISTRATIONS": "approval",
        "WHIMBREL_INSTANCE__SHOW_BLOCKED_SERVERS": "everybody",
        "WHIMBREL_MAIL__TRANSPORT": "file",
        "WHIMBREL_MAIL__FROM": "alpha@mail.example",
    }
    with node.Node("alpha", settings=settings, watched=True) as alpha:
        facts = suite.facts
        facts["alpha"] = alpha
        people = {"ann": "user", "ben": "user", "sam": "admin"}
        for name, role in people.items():
            account = alpha.create_account(name, role)
            scopes = SCOPES + (" admin:read admin:write" if role == "admin" else "")
            facts[f"{name}_client"] = client_of(account, scopes)
        facts["sam"] = facts["sam_client"].me()
        passed, failed = suite.run()
        if failed:
            alpha.print_log()
    finish(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
