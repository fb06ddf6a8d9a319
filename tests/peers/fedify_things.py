"""Polls, quotes, pins, reports and reactions between Whimbrel and Fedify, both ways; part of the checks in `fedify.py`.

Fern's documents are written out here, shown and sent by Fedify, which reads and writes them in its own vocabulary.
"""

import datetime
import json

from checks import expect, expect_equal, wait_for

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def register(suite):
    """Adds the checks to a suite, in order."""
    for sentence, check in CHECKS:
        suite.check(sentence)(check)


def _now(**later):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**later)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _delivered(peer, kind, fits):
    """Waits for a delivery of a type that Fedify accepted, and returns its document."""

    def look():
        for one in peer.state["requests"]:
            document = json.loads(one["body"])
            if one["status"] == 202 and document.get("type") == kind and fits(document):
                return document
        return None

    return wait_for(f"Fedify gets {kind}", look, 30)


def _show(facts, kind, **properties):
    """Lets Fern make an object of her own for everybody, and returns it."""
    peer = facts["peer"]
    document = {
        "id": peer.do("reserve", kind=kind)["id"],
        "type": kind,
        "attributedTo": facts["fern_actor"],
        "published": _now(),
        "to": PUBLIC,
        "cc": [f"{facts['fern_actor']}/followers", facts["actor"]],
        **properties,
    }
    peer.do("show", document=document)
    return document


def _send(facts, kind, thing, **properties):
    """Lets Fern tell Alice of an object, and returns the id of the activity."""
    activity = {"type": kind, "object": thing, "to": PUBLIC, "cc": facts["actor"], **properties}
    return facts["peer"].do("tell", to=facts["actor"], activity=activity)["id"]


def _status(facts, status):
    return facts["alice"].get(f"/api/v1/statuses/{status['id']}")


# -- polls


def alice_asks(facts):
    alice, peer = facts["alice"], facts["peer"]
    poll = {"options": ["Oak", "Ash"], "expires_in": 3600}
    posted = alice.post("/api/v1/statuses", status="Which tree?", poll=poll)
    create = _delivered(peer, "Create", lambda one: one["object"]["id"] == posted["uri"])
    expect_equal(create["object"]["type"], "Question", "the type of the object")
    options = [one["name"] for one in create["object"]["oneOf"]]
    expect_equal(options, ["Oak", "Ash"], "the options")
    found = peer.do("lookup", what=posted["uri"])["found"]
    expect_equal(found["type"], "Question", "what Fedify reads it as")
    vote = {
        "id": f"{peer.origin}/votes/1",
        "type": "Note",
        "name": "Ash",
        "attributedTo": facts["fern_actor"],
        "inReplyTo": posted["uri"],
        "to": facts["actor"],
    }
    _send(facts, "Create", vote, to=facts["actor"], cc=[])
    wait_for("the vote counts", lambda: _status(facts, posted)["poll"]["votes_count"] == 1)
    options = [(one["title"], one["votes_count"]) for one in _status(facts, posted)["poll"]["options"]]
    expect_equal(options, [("Oak", 0), ("Ash", 1)], "the votes")


def fern_asks(facts):
    alice, peer = facts["alice"], facts["peer"]
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 0}}
        for name in ("Sea", "Hills")
    ]
    question = _show(facts, "Question", content="<p>Where to?</p>", oneOf=options, endTime=_now(hours=2), votersCount=0)
    _send(facts, "Create", question)
    seen = alice.home(question["id"])
    expect_equal([one["title"] for one in seen["poll"]["options"]], ["Sea", "Hills"], "the options")
    alice.post(f"/api/v1/polls/{seen['poll']['id']}/votes", choices=[1])
    vote = _delivered(peer, "Create", lambda one: one["object"].get("inReplyTo") == question["id"])
    expect_equal(vote["object"]["name"], "Hills", "the vote")
    expect(PUBLIC not in json.dumps(vote), "the vote is not public")
    question["oneOf"][1]["replies"]["totalItems"] = 1
    question |= {"votersCount": 1, "updated": _now()}
    peer.do("show", document=question)
    _send(facts, "Update", question)
    wait_for("the tally is known", lambda: _status(facts, seen)["poll"]["votes_count"] == 1)


# -- quotes


def alice_quotes(facts):
    alice, peer = facts["alice"], facts["peer"]
    policy = {"canQuote": {"automaticApproval": [PUBLIC]}}
    note = _show(facts, "Note", content="<p>Quote me</p>", interactionPolicy=policy)
    _send(facts, "Create", note)
    seen = alice.home(note["id"])
    quote = alice.post("/api/v1/statuses", status="I quote Fern", quoted_status_id=seen["id"])
    request = _delivered(peer, "QuoteRequest", lambda one: one["object"] == note["id"])
    instrument = request["instrument"]
    instrument = instrument if isinstance(instrument, str) else instrument["id"]
    expect_equal(instrument, quote["uri"], "what would quote")
    consent = peer.do("reserve", kind="QuoteAuthorization")["id"]
    consented = {
        "id": consent,
        "type": "QuoteAuthorization",
        "attributedTo": facts["fern_actor"],
        "interactingObject": quote["uri"],
        "interactionTarget": note["id"],
    }
    peer.do("show", document=consented)
    _send(facts, "Accept", request["id"], result=consent, to=facts["actor"], cc=[])
    wait_for("the quote is accepted", lambda: _status(facts, quote)["quote"]["state"] == "accepted")
    expect_equal(_status(facts, quote)["quote"]["quoted_status"]["uri"], note["id"], "what is quoted")
    update = _delivered(peer, "Update", lambda one: one["object"].get("quoteAuthorization") == consent)
    expect_equal(update["object"]["id"], quote["uri"], "what carries the consent")
    peer.do("hide", id=consent)
    _send(facts, "Delete", consent)
    wait_for("the consent is revoked", lambda: _status(facts, quote)["quote"]["state"] == "revoked")


def fern_quotes(facts):
    alice, peer = facts["alice"], facts["peer"]
    posted = alice.post("/api/v1/statuses", status="Quote me, Fern", quote_approval_policy="public")
    peer.got("Create", object=posted["uri"])
    note = _show(facts, "Note", content="<p>I quote Alice</p>", quote=posted["uri"])
    _send(facts, "QuoteRequest", posted["uri"], instrument=note, to=facts["actor"], cc=[])
    accept = _delivered(peer, "Accept", lambda one: "result" in one)
    consent = accept["result"] if isinstance(accept["result"], str) else accept["result"]["id"]
    found = peer.do("lookup", what=consent)["found"]
    expect_equal(found["type"], "QuoteAuthorization", "what Fedify reads the consent as")
    expect_equal((found["interactingObject"], found["interactionTarget"]), (note["id"], posted["uri"]), "what it allows")
    note["quoteAuthorization"] = consent
    peer.do("show", document=note)
    _send(facts, "Create", note)
    seen = alice.home(note["id"])
    wait_for("the quote is accepted", lambda: (_status(facts, seen)["quote"] or {}).get("state") == "accepted")
    alice.post(f"/api/v1/statuses/{posted['id']}/quotes/{seen['id']}/revoke")
    _delivered(peer, "Delete", lambda one: consent in json.dumps(one["object"]))
    # Asked for by the driver, as Fedify keeps what it has read for a while.
    path = consent.removeprefix(facts["node"].origin)
    status = alice.status_of(path, accept="application/activity+json")
    expect(status in (404, 410), f"the consent answered {status}")


# -- pins and reports


def pins(facts):
    alice, peer = facts["alice"], facts["peer"]
    posted = alice.post("/api/v1/statuses", status="To be pinned")
    alice.post(f"/api/v1/statuses/{posted['id']}/pin")
    add = peer.got("Add", object=posted["uri"])
    expect_equal(add["actor"], facts["actor"], "who pins")
    alice.post(f"/api/v1/statuses/{posted['id']}/unpin")
    peer.got("Remove", object=posted["uri"])
    note = _show(facts, "Note", content="<p>Fern pins this</p>")
    _send(facts, "Create", note)
    seen = alice.home(note["id"])
    featured = peer.do("feature", ids=[note["id"]])["featured"]
    _send(facts, "Add", note["id"], target=featured)

    def pinned():
        found = alice.get(f"/api/v1/accounts/{facts['fern_id']}/statuses", pinned="true")
        return [one["id"] for one in found]

    wait_for("Fern's profile shows the pin", lambda: pinned() == [seen["id"]])
    peer.do("feature", ids=[])
    _send(facts, "Remove", note["id"], target=featured)
    wait_for("the pin is gone", lambda: pinned() == [])
    facts["reported"] = seen


def reports(facts):
    alice, peer, seen = facts["alice"], facts["peer"], facts["reported"]
    report = {"account_id": facts["fern_id"], "status_ids": [seen["id"]], "comment": "Look at this", "forward": True}
    alice.post("/api/v1/reports", **report)
    flag = _delivered(peer, "Flag", lambda one: True)
    expect_equal(flag["content"], "Look at this", "the comment")
    expect(seen["uri"] in flag["object"], f"the report is of {flag['object']}")
    expect(facts["actor"] not in json.dumps(flag), "the report does not say who reports")
    posted = alice.post("/api/v1/statuses", status="Not nice")
    _send(facts, "Flag", [facts["actor"], posted["uri"]], content="From the woods", to=facts["actor"], cc=[])

    def reported():
        found = facts["amy"].get("/api/v1/admin/reports")
        return next((one for one in found if one["comment"] == "From the woods"), None)

    arrived = wait_for("the staff sees the report", reported)
    expect_equal(arrived["target_account"]["username"], "alice", "who is reported")
    expect_equal([one["uri"] for one in arrived["statuses"]], [posted["uri"]], "what is reported")


def reacts(facts):
    alice, peer, seen = facts["alice"], facts["peer"], facts["reported"]
    path = f"/api/v1/pleroma/statuses/{seen['id']}/reactions/\N{PARTY POPPER}"
    alice.ask("PUT", path)
    like = _delivered(peer, "Like", lambda one: one["object"] == seen["uri"])
    expect_equal(like["content"], "\N{PARTY POPPER}", "the emoji")
    alice.ask("DELETE", path)
    _delivered(peer, "Undo", lambda one: like["id"] in json.dumps(one["object"]))
    posted = alice.post("/api/v1/statuses", status="What do you think?")
    reaction = {"type": "Like", "object": posted["uri"], "content": "\N{TEACUP WITHOUT HANDLE}", "to": facts["actor"]}
    peer.do("tell", to=facts["actor"], activity=reaction)

    def reactions():
        return [(one["name"], one["count"]) for one in _status(facts, posted)["reactions"]]

    wait_for("the reaction is counted", lambda: reactions() == [("\N{TEACUP WITHOUT HANDLE}", 1)])
    expect_equal(_status(facts, posted)["favourites_count"], 0, "the favourites")


CHECKS = (
    ("Alice's poll is a Question for Fedify, and Fern's vote counts", alice_asks),
    ("Fern's poll takes Alice's vote, which names nobody else, and tells the tally", fern_asks),
    ("Alice quotes Fern, who consents and takes her consent back", alice_quotes),
    ("Fern quotes Alice, who consents by her policy and takes it back", fern_quotes),
    ("pins travel both ways, and their ends", pins),
    ("reports travel both ways, and Alice's does not name her", reports),
    ("reactions travel both ways, and are no favourites", reacts),
)
