//! Polls between servers: asked here and there, voted in from both sides.

use serde_json::{Value, json};

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::clock::{MINUTE, SECOND};
use crate::federation::activities::Verdict;
use crate::federation::remote_polls;
use crate::id::AccountId;
use crate::social::polls::{PollDraft, voting};
use crate::social::statuses::{Draft, publish};
use crate::store::accounts::Account;
use crate::store::polls::{Poll, PollOption};
use crate::store::statuses::Status;
use crate::store::{self, QueryResult, Visibility};

struct Stage {
    node: TestNode,
    peer: Peer,
    ann: Account,
    bob: Person,
}

/// Ann here, Bob there, whom she follows.
async fn stage() -> Stage {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let bob = peer.person("bob");
    node.follow(ann.id, &bob).await;
    node.do_jobs().await;
    Stage {
        node,
        peer,
        ann,
        bob,
    }
}

async fn ask(node: &TestNode, author: AccountId, multiple: bool, to: Visibility) -> Status {
    let poll = PollDraft {
        options: ["Green", "Black"].map(str::to_owned).to_vec(),
        seconds: 300,
        multiple,
        hides_totals: false,
    };
    let draft = Draft {
        text: "Which tea?".to_owned(),
        visibility: Some(to),
        poll: Some(poll),
        ..Draft::default()
    };
    let id = publish(node, author, draft).await.unwrap();
    node.status(id).await.unwrap()
}

async fn read(node: &TestNode, status: &Status) -> Option<(Poll, Vec<PollOption>)> {
    let id = status.id;
    let look = move |conn: &mut store::Conn| -> QueryResult<_> {
        let options = store::polls::list_options(conn, &[id])?;
        Ok(store::polls::find(conn, id)?.map(|poll| (poll, options)))
    };
    node.db.read(look).await.unwrap()
}

async fn tallies(node: &TestNode, status: &Status) -> Vec<i64> {
    let (_, options) = read(node, status).await.unwrap();
    options.into_iter().map(|option| option.votes).collect()
}

fn vote(person: &Person, name: &str, option: &str, status: &Status) -> Value {
    let note = json!({
        "id": format!("{}#votes/{name}", person.id), "type": "Note", "name": option,
        "attributedTo": person.id, "inReplyTo": status.uri, "to": "x",
    });
    person.does("Create", &format!("votes/{name}/activity"), &note)
}

fn question(person: &Person, name: &str, tallies: [i64; 2]) -> Value {
    let mut note = person.note(name, "<p>Which tea?</p>");
    let option = |title: &str, votes: i64| json!({"type": "Note", "name": title, "replies": {"type": "Collection", "totalItems": votes}});
    note["type"] = json!("Question");
    note["oneOf"] = json!([option("Green", tallies[0]), option("Black", tallies[1])]);
    note["endTime"] = json!("2026-08-08T13:00:00Z");
    note["votersCount"] = json!(tallies[0] + tallies[1]);
    note
}

fn of_kind(sent: Vec<(String, Value)>, kind: &str) -> Vec<Value> {
    let documents = sent.into_iter().map(|(_, document)| document);
    documents
        .filter(|document| document["type"] == kind)
        .collect()
}

#[tokio::test]
async fn votes_come_in_once_and_are_never_statuses() {
    let Stage {
        node,
        peer,
        ann,
        bob,
    } = stage().await;
    let status = ask(&node, ann.id, false, Visibility::Public).await;
    let first = vote(&bob, "1", "Black", &status);
    assert_eq!(node.take(&first, &bob).await, Verdict::Applied);
    // The same once more, by another name, changes nothing.
    let again = vote(&bob, "2", "Black", &status);
    assert_eq!(node.take(&again, &bob).await, Verdict::Applied);
    assert_eq!(tallies(&node, &status).await, [0, 1]);
    assert_eq!(read(&node, &status).await.unwrap().0.voters, Some(1));
    for (name, option) in [("3", "Green"), ("4", "White")] {
        let refused = node.take(&vote(&bob, name, option, &status), &bob).await;
        assert!(matches!(refused, Verdict::Ignored(_)), "{refused:?}");
    }
    assert_eq!(node.status_at(&format!("{}#votes/1", bob.id)).await, None);
    let parent = node.status(status.id).await.unwrap();
    assert_eq!(parent.replies_count, 0);
    let gus = peer.person("gus");
    let note = |name: &str, option: &str| vote(&gus, name, option, &status)["object"].clone();
    let both = ask(&node, ann.id, true, Visibility::Public).await;
    let mut votes = json!([note("1", "Green"), note("2", "Black")]);
    for index in 0..2 {
        votes[index]["inReplyTo"] = json!(both.uri);
    }
    let together = gus.does("Create", "votes/together", &votes);
    assert_eq!(node.take(&together, &gus).await, Verdict::Applied);
    assert_eq!(tallies(&node, &both).await, [1, 1]);
    assert_eq!(read(&node, &both).await.unwrap().0.voters, Some(1));
    let private = ask(&node, ann.id, false, Visibility::Private).await;
    let unseen = node.take(&vote(&gus, "5", "Green", &private), &gus).await;
    assert!(matches!(unseen, Verdict::Ignored(_)), "{unseen:?}");
}

#[tokio::test]
async fn a_poll_here_is_a_question_and_voters_hear_how_it_stands() {
    let Stage { node, ann, bob, .. } = stage().await;
    let status = ask(&node, ann.id, false, Visibility::Public).await;
    let path = status.uri.trim_start_matches("http://node.localhost");
    let document = node.get(path).await.json();
    assert_eq!(document["type"], "Question");
    assert_eq!(document["endTime"], "2026-08-08T12:05:00Z");
    assert_eq!(document["votersCount"], 0);
    assert_eq!(document["oneOf"][1]["name"], "Black");
    assert_eq!(document["oneOf"][1]["replies"]["totalItems"], 0);
    assert!(document.get("closed").is_none());
    node.take(&vote(&bob, "1", "Black", &status), &bob).await;
    node.do_jobs().await;
    assert!(of_kind(node.outgoing().await, "Update").is_empty());
    node.clock.advance(10 * SECOND);
    node.do_jobs().await;
    let updates = of_kind(node.outgoing().await, "Update");
    assert_eq!(updates.len(), 1, "Bob, who follows nobody, is told");
    assert_eq!(updates[0]["object"]["oneOf"][1]["replies"]["totalItems"], 1);
    assert_eq!(updates[0]["object"]["updated"], Value::Null);
    node.clock.advance(5 * MINUTE);
    let late = node.take(&vote(&bob, "9", "Green", &status), &bob).await;
    assert!(matches!(late, Verdict::Ignored(_)), "{late:?}");
    node.do_jobs().await;
    let updates = of_kind(node.outgoing().await, "Update");
    assert_eq!(updates.len(), 2);
    assert_eq!(updates[1]["object"]["closed"], "2026-08-08T12:05:00Z");
    assert_eq!(tallies(&node, &status).await, [0, 1]);
}

#[tokio::test]
async fn a_question_from_elsewhere_is_voted_in_and_kept_up_to_date() {
    let Stage { node, ann, bob, .. } = stage().await;
    let asked = bob.does("Create", "create/q", &question(&bob, "q", [2, 3]));
    assert_eq!(node.take(&asked, &bob).await, Verdict::Applied);
    let status = node
        .status_at(&format!("{}/notes/q", bob.id))
        .await
        .unwrap();
    assert_eq!(status.content, "<p>Which tea?</p>");
    assert_eq!(tallies(&node, &status).await, [2, 3]);
    voting::vote(&node, ann.id, status.id, vec![0])
        .await
        .unwrap();
    assert_eq!(tallies(&node, &status).await, [3, 3]);
    node.do_jobs().await;
    let creates = of_kind(node.outgoing().await, "Create");
    assert_eq!(creates.len(), 1);
    let cast = &creates[0];
    assert_eq!(cast["to"], bob.id);
    assert_eq!(cast["object"]["name"], "Green");
    assert_eq!(cast["object"]["inReplyTo"], status.uri);
    assert_eq!(cast["object"]["to"], bob.id);
    assert!(cast["object"].get("content").is_none());
    // Numbers without an edit; then other options without one, which are not believed.
    let update = |name: &str, note: &Value| bob.does("Update", &format!("updates/{name}"), note);
    node.take(&update("1", &question(&bob, "q", [9, 3])), &bob)
        .await;
    assert_eq!(tallies(&node, &status).await, [9, 3]);
    let mut other = question(&bob, "q", [0, 0]);
    other["oneOf"][0]["name"] = json!("White");
    node.take(&update("2", &other), &bob).await;
    assert_eq!(tallies(&node, &status).await, [9, 3]);
    other["updated"] = json!("2026-08-08T11:30:00Z");
    node.take(&update("3", &other), &bob).await;
    assert_eq!(tallies(&node, &status).await, [0, 0]);
    voting::vote(&node, ann.id, status.id, vec![1])
        .await
        .unwrap();
    // Said to be over, it is over, and Ann hears of it.
    other["closed"] = json!("2026-08-08T12:00:00Z");
    node.take(&update("4", &other), &bob).await;
    node.do_jobs().await;
    let look = move |conn: &mut store::Conn| {
        let filter = store::notifications::Filter::default();
        store::notifications::page(conn, ann.id, &filter, &store::Page::newest(9))
    };
    let told = node.db.read(look).await.unwrap();
    let kinds: Vec<_> = told.iter().map(|told| told.kind.word()).collect();
    assert_eq!(kinds, ["poll"]);
}

#[tokio::test]
async fn looking_at_a_poll_elsewhere_asks_how_it_stands_but_seldom() {
    let Stage {
        node, peer, bob, ..
    } = stage().await;
    let asked = bob.does("Create", "create/q", &question(&bob, "q", [2, 3]));
    node.take(&asked, &bob).await;
    let status = node
        .status_at(&format!("{}/notes/q", bob.id))
        .await
        .unwrap();
    let mut document = question(&bob, "q", [5, 6]);
    document["@context"] = json!("https://www.w3.org/ns/activitystreams");
    peer.show("/users/bob/notes/q", &document);
    let count = || {
        let asked = peer.asked();
        asked.iter().filter(|path| path.ends_with("/q")).count()
    };
    remote_polls::refresh(&node, &status).await.unwrap();
    assert_eq!(count(), 0, "it has just come");
    node.clock.advance(2 * MINUTE);
    for _ in 0..3 {
        remote_polls::refresh(&node, &status).await.unwrap();
    }
    assert_eq!(count(), 1);
    assert_eq!(tallies(&node, &status).await, [5, 6]);
    document["attributedTo"] = json!(peer.at("/users/eve"));
    peer.show("/users/bob/notes/q", &document);
    document["oneOf"][0]["replies"]["totalItems"] = json!(99);
    node.clock.advance(2 * MINUTE);
    remote_polls::refresh(&node, &status).await.unwrap();
    assert_eq!(
        tallies(&node, &status).await,
        [5, 6],
        "only its author tells"
    );
}

#[tokio::test]
async fn questions_of_other_software_are_polls() {
    let Stage { node, bob, .. } = stage().await;
    for (name, change) in [
        ("no-end", json!({"endTime": null})),
        (
            "any",
            json!({"oneOf": null, "anyOf": question(&bob, "x", [1, 2])["oneOf"]}),
        ),
        ("closed", json!({"endTime": null, "closed": true})),
        ("untold", json!({"votersCount": null})),
    ] {
        let mut note = question(&bob, name, [1, 2]);
        for (key, value) in change.as_object().unwrap() {
            note[key] = value.clone();
        }
        let asked = bob.does("Create", &format!("create/{name}"), &note);
        assert_eq!(node.take(&asked, &bob).await, Verdict::Applied, "{name}");
        let uri = format!("{}/notes/{name}", bob.id);
        let status = node.status_at(&uri).await.unwrap();
        let (poll, _) = read(&node, &status).await.unwrap();
        let now = node.clock.now();
        let facts = (poll.multiple, poll.is_over(now), poll.voters);
        let expected = match name {
            "any" => (true, false, Some(3)),
            "closed" => (false, true, Some(3)),
            "untold" => (false, false, None),
            _ => (false, false, Some(3)),
        };
        assert_eq!(facts, expected, "{name}");
        assert_eq!(tallies(&node, &status).await, [1, 2], "{name}");
    }
}
