//! Quotes between servers: asked for, answered, looked at and taken back. What is forged changes nothing.

use serde_json::{Value, json};

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::federation::activities::Verdict;
use crate::social::quotes::{lists, revoking};
use crate::social::statuses::{Draft, publish};
use crate::store::accounts::Account;
use crate::store::notifications::Filter;
use crate::store::quotes::Quote;
use crate::store::statuses::Status;
use crate::store::{self, Conn, NotificationKind, Page, QueryResult, QuotePolicy, QuoteState};

const EVERYBODY: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Ann here; Bob, whom she follows, and Eve on one server elsewhere, Gus on another.
struct Stage {
    node: TestNode,
    peer: Peer,
    _other: Peer,
    ann: Account,
    bob: Person,
    eve: Person,
    gus: Person,
}

async fn stage() -> Stage {
    let node = TestNode::start_with_actor().await;
    let (peer, other) = (Peer::start(), Peer::named("other.localhost"));
    let ann = node.add_person("ann").await;
    let (bob, eve, gus) = (peer.person("bob"), peer.person("eve"), other.person("gus"));
    node.follow(ann.id, &bob).await;
    node.do_jobs().await;
    Stage {
        node,
        peer,
        _other: other,
        ann,
        bob,
        eve,
        gus,
    }
}

fn quotable(person: &Person, name: &str) -> Value {
    let mut note = person.note(name, "<p>tea</p>");
    note["interactionPolicy"] = json!({"canQuote": {"automaticApproval": [EVERYBODY]}});
    note
}

fn quoting(person: &Person, name: &str, quoted: &str) -> Value {
    let mut note = person.note(name, "<p>see</p>");
    note["quote"] = json!(quoted);
    note
}

async fn take_note(node: &TestNode, person: &Person, document: &Value) -> Status {
    let id = document["id"].as_str().unwrap();
    let create = person.does("Create", &format!("create/{id}"), document);
    assert_eq!(node.take(&create, person).await, Verdict::Applied);
    node.status_at(id).await.unwrap()
}

async fn quote_of(node: &TestNode, status: &Status) -> Quote {
    let id = status.id;
    let look = move |conn: &mut Conn| store::quotes::find_by_status(conn, id);
    node.db.read(look).await.unwrap().unwrap()
}

async fn state_of(node: &TestNode, status: &Status) -> QuoteState {
    quote_of(node, status).await.state
}

async fn count_of(node: &TestNode, status: &Status) -> i64 {
    let id = status.id;
    let look = move |conn: &mut Conn| store::quotes::list_terms(conn, &[id]);
    let terms = node.db.read(look).await.unwrap();
    terms.first().map_or(0, |terms| terms.quotes)
}

async fn told(node: &TestNode, account: &Account, kind: NotificationKind) -> usize {
    let id = account.id;
    let look = move |conn: &mut Conn| -> QueryResult<usize> {
        let page = Page::newest(40);
        let all = store::notifications::page(conn, id, &Filter::default(), &page)?;
        Ok(all.iter().filter(|told| told.kind == kind).count())
    };
    node.db.read(look).await.unwrap()
}

async fn sent(node: &TestNode, kind: &str) -> Vec<Value> {
    let documents = node.outgoing().await.into_iter().map(|(_, one)| one);
    documents.filter(|one| one["type"] == kind).collect()
}

/// Answers of this kind to requests to quote.
async fn answered(node: &TestNode, kind: &str) -> Vec<Value> {
    let mut answers = sent(node, kind).await;
    answers.retain(|one| one["object"]["type"] == "QuoteRequest");
    answers
}

async fn quote(node: &TestNode, author: &Account, quoted: &Status) -> Status {
    let draft = Draft {
        text: "see".to_owned(),
        quoted: Some(quoted.id),
        ..Draft::default()
    };
    let id = publish(node, author.id, draft).await.unwrap();
    node.do_jobs().await;
    node.status(id).await.unwrap()
}

#[tokio::test]
async fn an_author_elsewhere_is_asked_and_nobody_else_answers() {
    let Stage {
        node,
        ann,
        bob,
        eve,
        gus,
        ..
    } = stage().await;
    let tea = take_note(&node, &bob, &quotable(&bob, "tea")).await;
    let status = quote(&node, &ann, &tea).await;
    assert_eq!(state_of(&node, &status).await, QuoteState::Pending);
    let created = &sent(&node, "Create").await[0]["object"];
    for key in ["quote", "_misskey_quote", "quoteUri"] {
        assert_eq!(created[key], json!(tea.uri), "{key}");
    }
    assert_eq!(created["quoteAuthorization"], Value::Null);
    let content = created["content"].as_str().unwrap();
    assert!(
        content.starts_with("<p class=\"quote-inline\">RE: "),
        "{content}"
    );
    assert_eq!(
        created["interactionPolicy"]["canQuote"]["automaticApproval"],
        json!([EVERYBODY])
    );
    let request = sent(&node, "QuoteRequest").await.remove(0);
    assert_eq!(request["object"], json!(tea.uri));
    assert_eq!(request["instrument"]["id"], json!(status.uri));
    let word = format!("{}/words/1", bob.id);
    let accept = |by: &Person, name: &str, result: &str| {
        let mut accept = by.does("Accept", name, &request);
        accept["result"] = json!(result);
        accept
    };
    // Others of Bob's server and elsewhere, a word that is not on Bob's server, and none at all.
    let forged = [
        (accept(&eve, "1", &format!("{}/words/1", eve.id)), &eve),
        (accept(&gus, "2", &format!("{}/words/1", gus.id)), &gus),
        (accept(&bob, "3", &format!("{}/words/1", gus.id)), &bob),
        (bob.does("Accept", "4", &request), &bob),
        (eve.does("Reject", "5", &request), &eve),
    ];
    for (document, by) in forged {
        node.take(&document, by).await;
        assert_eq!(
            state_of(&node, &status).await,
            QuoteState::Pending,
            "{document}"
        );
    }
    let applied = node.take(&accept(&bob, "6", &word), &bob).await;
    assert_eq!(applied, Verdict::Applied);
    assert_eq!(state_of(&node, &status).await, QuoteState::Accepted);
    assert_eq!(count_of(&node, &tea).await, 1);
    node.do_jobs().await;
    let update = sent(&node, "Update").await.pop().unwrap();
    assert_eq!(update["object"]["quoteAuthorization"], json!(word));
    assert_eq!(update["object"]["updated"], Value::Null);
    // The end comes from Bob alone as well.
    let end = |by: &Person, name: &str| {
        by.does(
            "Delete",
            name,
            &json!({"type": "QuoteAuthorization", "id": word}),
        )
    };
    node.take(&end(&eve, "7"), &eve).await;
    assert_eq!(state_of(&node, &status).await, QuoteState::Accepted);
    assert_eq!(node.take(&end(&bob, "8"), &bob).await, Verdict::Applied);
    assert_eq!(state_of(&node, &status).await, QuoteState::Revoked);
    assert_eq!(count_of(&node, &tea).await, 0);
    node.do_jobs().await;
    let update = sent(&node, "Update").await.pop().unwrap();
    assert_eq!(update["object"]["quoteAuthorization"], Value::Null);
    assert_eq!(update["object"]["quote"], json!(tea.uri));
    // An answer that comes late gives nothing back.
    node.take(&accept(&bob, "9", &word), &bob).await;
    assert_eq!(state_of(&node, &status).await, QuoteState::Revoked);
}

#[tokio::test]
async fn a_refusal_is_one_and_policies_are_believed() {
    let Stage { node, ann, bob, .. } = stage().await;
    let tea = take_note(&node, &bob, &quotable(&bob, "tea")).await;
    let status = quote(&node, &ann, &tea).await;
    let request = quote_of(&node, &status).await.request_uri.unwrap();
    let reject = bob.does("Reject", "1", &json!(request));
    assert_eq!(node.take(&reject, &bob).await, Verdict::Applied);
    assert_eq!(state_of(&node, &status).await, QuoteState::Rejected);
    for (name, policy, may_ask) in [
        ("none", Value::Null, false),
        (
            "nobody",
            json!({"canQuote": {"automaticApproval": bob.id}}),
            false,
        ),
        (
            "manual",
            json!({"canQuote": {"manualApproval": EVERYBODY}}),
            true,
        ),
        (
            "followers",
            json!({"canQuote": {"automaticApproval": format!("{}/followers", bob.id)}}),
            true,
        ),
        (
            "others",
            json!({"canQuote": {"automaticApproval": "https://x.example/1"}}),
            true,
        ),
    ] {
        let mut note = bob.note(name, "<p>tea</p>");
        note["interactionPolicy"] = policy;
        let tea = take_note(&node, &bob, &note).await;
        let draft = Draft {
            quoted: Some(tea.id),
            ..Draft::default()
        };
        let posted = publish(&node, ann.id, draft).await;
        assert_eq!(posted.is_ok(), may_ask, "{name}");
    }
}

#[tokio::test]
async fn a_request_from_elsewhere_is_answered_by_the_policy() {
    let Stage {
        node,
        ann,
        bob,
        eve,
        ..
    } = stage().await;
    let tea = node.post(ann.id, "tea", store::Visibility::Public).await;
    let private = node.post(ann.id, "p", store::Visibility::Private).await;
    let follow = bob.does("Follow", "follows/1", &json!(ann.uri));
    assert_eq!(node.take(&follow, &bob).await, Verdict::Applied);
    let ask = |by: &Person, name: &str, quoted: &str, instrument: &Value| {
        let mut request = by.does("QuoteRequest", name, &json!(quoted));
        request["instrument"] = instrument.clone();
        request
    };
    let note = quoting(&eve, "q", &tea.uri);
    // What is not Eve's, or quotes something else, or what she may not see.
    let bobs = quoting(&bob, "q", &tea.uri);
    let other = quoting(&eve, "o", &private.uri);
    for (document, by) in [
        (ask(&eve, "1", &tea.uri, &bobs), &eve),
        (ask(&eve, "2", &tea.uri, &other), &eve),
        (ask(&eve, "3", &private.uri, &other), &eve),
    ] {
        let verdict = node.take(&document, by).await;
        assert_ne!(verdict, Verdict::Applied, "{document}");
    }
    node.do_jobs().await;
    assert!(answered(&node, "Accept").await.is_empty());
    let request = ask(&eve, "4", &tea.uri, &note);
    assert_eq!(node.take(&request, &eve).await, Verdict::Applied);
    node.do_jobs().await;
    let accept = answered(&node, "Accept").await.remove(0);
    assert_eq!(accept["object"]["id"], request["id"]);
    let word = accept["result"].as_str().unwrap().to_owned();
    let path = word.trim_start_matches("http://node.localhost").to_owned();
    let consent = node.get(&path).await.json();
    for (key, value) in [
        ("id", json!(word)),
        ("type", json!("QuoteAuthorization")),
        ("attributedTo", json!(ann.uri)),
        ("interactingObject", note["id"].clone()),
        ("interactionTarget", json!(tea.uri)),
    ] {
        assert_eq!(consent[key], value, "{key}");
    }
    let status = node.status_at(note["id"].as_str().unwrap()).await.unwrap();
    assert_eq!(state_of(&node, &status).await, QuoteState::Accepted);
    assert_eq!(told(&node, &ann, NotificationKind::Quote).await, 1);
    // Asked again, the answer is the same, and nobody is told twice.
    node.take(&ask(&eve, "5", &tea.uri, &json!(status.uri)), &eve)
        .await;
    node.do_jobs().await;
    assert_eq!(answered(&node, "Accept").await[1]["result"], json!(word));
    assert_eq!(
        (
            told(&node, &ann, NotificationKind::Quote).await,
            count_of(&node, &tea).await
        ),
        (1, 1)
    );
    revoking::revoke(&node, ann.id, tea.id, status.id)
        .await
        .unwrap();
    node.do_jobs().await;
    let end = sent(&node, "Delete").await.remove(0);
    assert_eq!(end["object"]["id"], json!(word));
    assert_eq!(node.get(&path).await.status, 404);
    assert_eq!(
        (state_of(&node, &status).await, count_of(&node, &tea).await),
        (QuoteState::Revoked, 0)
    );
    // What was taken back once is not given again, and what nobody may quote is refused.
    node.take(&ask(&eve, "6", &tea.uri, &json!(status.uri)), &eve)
        .await;
    lists::set_policy(&node, ann.id, tea.id, Some(QuotePolicy::Nobody))
        .await
        .unwrap();
    let again = quoting(&bob, "again", &tea.uri);
    node.take(&ask(&bob, "7", &tea.uri, &again), &bob).await;
    node.do_jobs().await;
    assert_eq!(answered(&node, "Reject").await.len(), 2);
    assert_eq!(node.status_at(again["id"].as_str().unwrap()).await, None);
    let update = sent(&node, "Update").await.pop().unwrap();
    let policy = &update["object"]["interactionPolicy"]["canQuote"];
    assert_eq!(policy["automaticApproval"], json!([ann.uri]));
}

#[tokio::test]
async fn a_consent_elsewhere_counts_if_it_says_exactly_that() {
    let Stage {
        node,
        peer,
        bob,
        eve,
        ..
    } = stage().await;
    peer.show(
        "/users/eve/notes/tea",
        &eve.note_document("tea", "<p>tea</p>"),
    );
    let tea = format!("{}/notes/tea", eve.id);
    let consent = |name: &str, changed: &[(&str, String)]| {
        let mut document = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": peer.at(&format!("/words/{name}")), "type": "QuoteAuthorization",
            "attributedTo": eve.id, "interactingObject": format!("{}/notes/q", bob.id),
            "interactionTarget": tea,
        });
        for (key, value) in changed {
            document[*key] = json!(value);
        }
        peer.show(&format!("/words/{name}"), &document);
        document["id"].as_str().unwrap().to_owned()
    };
    let mut note = quoting(&bob, "q", &tea);
    let bogus = consent(
        "1",
        &[("interactingObject", format!("{}/notes/other", bob.id))],
    );
    note["quoteAuthorization"] = json!(bogus);
    let status = take_note(&node, &bob, &note).await;
    node.do_jobs().await;
    assert_eq!(state_of(&node, &status).await, QuoteState::Pending);
    let quoted = node.status_at(&tea).await.unwrap();
    for (name, key, value) in [
        ("2", "attributedTo", bob.id.clone()),
        ("3", "interactionTarget", format!("{}/notes/more", eve.id)),
        ("4", "type", "Note".to_owned()),
    ] {
        note["quoteAuthorization"] = json!(consent(name, &[(key, value)]));
        let update = bob.does("Update", &format!("update/{name}"), &note);
        node.take(&update, &bob).await;
        node.do_jobs().await;
        assert_eq!(state_of(&node, &status).await, QuoteState::Pending, "{key}");
    }
    // One that is not there is no consent, and a genuine one still counts after it.
    note["quoteAuthorization"] = json!(peer.at("/words/none"));
    node.take(&bob.does("Update", "update/5", &note), &bob)
        .await;
    node.do_jobs().await;
    assert_eq!(state_of(&node, &status).await, QuoteState::Rejected);
    note["quoteAuthorization"] = json!(consent("6", &[]));
    node.take(&bob.does("Update", "update/6", &note), &bob)
        .await;
    node.do_jobs().await;
    assert_eq!(state_of(&node, &status).await, QuoteState::Accepted);
    assert_eq!(count_of(&node, &quoted).await, 1);
    // Taken back before it is looked at, it does not count either.
    let word = consent("7", &[("interactingObject", format!("{}/notes/r", bob.id))]);
    node.take(&eve.does("Delete", "delete/7", &json!(word)), &eve)
        .await;
    let mut late = quoting(&bob, "r", &tea);
    late["quoteAuthorization"] = json!(word);
    let late = take_note(&node, &bob, &late).await;
    node.do_jobs().await;
    assert_eq!(state_of(&node, &late).await, QuoteState::Revoked);
}

#[tokio::test]
async fn whoever_quotes_themselves_needs_nobody_and_what_asks_nobody_waits() {
    let Stage {
        node,
        peer,
        bob,
        eve,
        ..
    } = stage().await;
    peer.show(
        "/users/bob/notes/tea",
        &bob.note_document("tea", "<p>tea</p>"),
    );
    let own = quoting(&bob, "own", &format!("{}/notes/tea", bob.id));
    let own = take_note(&node, &bob, &own).await;
    assert_eq!(state_of(&node, &own).await, QuoteState::Pending);
    node.do_jobs().await;
    assert_eq!(state_of(&node, &own).await, QuoteState::Accepted);
    let mut legacy = bob.note("legacy", "<p>RE: tea</p>");
    legacy["quoteUrl"] = json!(format!("{}/notes/tea", eve.id));
    let legacy = take_note(&node, &bob, &legacy).await;
    node.do_jobs().await;
    let row = quote_of(&node, &legacy).await;
    assert_eq!((row.state, row.is_legacy), (QuoteState::Pending, true));
    let gone = take_note(&node, &bob, &{
        let mut note = bob.note("gone", "<p>see</p>");
        note["quote"] = json!({"type": "Tombstone"});
        note
    })
    .await;
    assert_eq!(state_of(&node, &gone).await, QuoteState::Deleted);
    // An edit may take the quote away.
    let mut edited = bob.note("own", "<p>no more</p>");
    edited["updated"] = json!("2026-08-08T11:30:00Z");
    node.take(&bob.does("Update", "update/own", &edited), &bob)
        .await;
    let id = own.id;
    let look = move |conn: &mut Conn| store::quotes::find_by_status(conn, id);
    assert_eq!(node.db.read(look).await.unwrap(), None);
    let tea = node
        .status_at(&format!("{}/notes/tea", bob.id))
        .await
        .unwrap();
    assert_eq!(count_of(&node, &tea).await, 0);
}

#[tokio::test]
async fn quotes_of_quotes_are_not_followed_for_ever() {
    let Stage {
        node, peer, bob, ..
    } = stage().await;
    let link = |number: usize| {
        let next = format!("{}/notes/{}", bob.id, number + 1);
        let mut note = bob.note_document(&number.to_string(), "<p>see</p>");
        note["quote"] = json!(next);
        note
    };
    for number in 1..9 {
        peer.show(&format!("/users/bob/notes/{number}"), &link(number));
    }
    take_note(&node, &bob, &link(0)).await;
    node.do_jobs().await;
    let asked = peer.asked();
    let notes = asked.iter().filter(|path| path.contains("/notes/"));
    assert_eq!(notes.count(), 2, "{asked:?}");
}
