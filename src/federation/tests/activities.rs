//! What received activities do, and what they must not do; and what is sent in return.

use serde_json::{Value, json};

use super::peers::{Peer, Person};
use super::support::{NOON, TestNode};
use crate::clock::MINUTE;
use crate::federation::activities::Verdict;
use crate::social::follows::{self, Wishes};
use crate::social::statuses::{Revision, delete, edit};
use crate::social::{blocks, boosts, favourites};
use crate::store::accounts::Account;
use crate::store::{self, QueryResult, Visibility};

struct Stage {
    node: TestNode,
    peer: Peer,
    ann: Account,
    bob: Person,
}

/// Ann here, Bob there.
async fn stage() -> Stage {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let bob = peer.person("bob");
    Stage {
        node,
        peer,
        ann,
        bob,
    }
}

fn is_ignored(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Ignored(_))
}

fn is_rejected(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Rejected(_))
}

fn create(person: &Person, name: &str, note: &Value) -> Value {
    person.does("Create", &format!("create/{name}"), note)
}

fn kinds(outgoing: &[(String, Value)]) -> Vec<&str> {
    outgoing
        .iter()
        .map(|(_, document)| document["type"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_follow_is_answered_and_ends() {
    let Stage {
        node,
        peer,
        ann,
        bob,
    } = stage().await;
    let request = bob.does("Follow", "follows/1", &ann.uri.as_str().into());
    assert_eq!(node.take(&request, &bob).await, Verdict::Applied);
    node.do_jobs().await;
    let sent = node.outgoing().await;
    assert_eq!(kinds(&sent), ["Accept"]);
    assert_eq!(sent[0].0, peer.at("/inbox"));
    assert_eq!(sent[0].1["object"]["id"], request["id"]);
    assert_eq!(sent[0].1["actor"], ann.uri.as_str());

    node.post(ann.id, "hello followers", Visibility::Private)
        .await;
    node.do_jobs().await;
    let sent = node.outgoing().await;
    assert_eq!(kinds(&sent), ["Accept", "Create"]);
    assert_eq!(sent[1].1["to"], json!([format!("{}/followers", ann.uri)]));

    let undo = bob.does("Undo", "undo/1", &request);
    assert_eq!(node.take(&undo, &bob).await, Verdict::Applied);
    node.post(ann.id, "alone", Visibility::Private).await;
    node.do_jobs().await;
    assert_eq!(node.outgoing().await.len(), 2);
    let own = bob.does("Follow", "follows/2", &node.urls.node_actor().into());
    node.take(&own, &bob).await;
    node.do_jobs().await;
    assert_eq!(kinds(&node.outgoing().await)[2..], ["Reject"]);
}

#[tokio::test]
async fn only_the_followed_answers_a_follow() {
    let Stage {
        node,
        peer,
        ann,
        bob,
    } = stage().await;
    let eve = peer.person("eve");
    let account = crate::federation::resolve::actor(&node, &bob.id)
        .await
        .unwrap();
    follows::follow(&node, ann.id, account.id, Wishes::default())
        .await
        .unwrap();
    node.do_jobs().await;
    let sent = node.outgoing().await;
    assert_eq!(kinds(&sent), ["Follow"]);
    let request = sent[0].1.clone();
    let is_accepted = async || {
        let (ann, bob) = (ann.id, account.id);
        let look = move |conn: &mut store::Conn| store::follows::find(conn, ann, bob);
        node.db
            .read(look)
            .await
            .unwrap()
            .map(|follow| follow.is_accepted)
    };
    let forged = eve.does("Accept", "accepts/1", &request);
    assert_eq!(node.deliver("/inbox", &forged, &eve).await.status, 202);
    assert!(is_rejected(&node.apply_all().await[0]));
    let forged = eve.does("Accept", "accepts/2", &request["id"]);
    assert!(is_ignored(&node.take(&forged, &eve).await));
    assert_eq!(is_accepted().await, Some(false));
    let never = bob.does("Accept", "accepts/3", &json!({
        "type": "Follow", "id": "http://node.localhost/x", "actor": "http://node.localhost/users/eve",
    }));
    assert!(is_ignored(&node.take(&never, &bob).await));

    let real = bob.does("Accept", "accepts/4", &request);
    assert_eq!(node.take(&real, &bob).await, Verdict::Applied);
    assert_eq!(is_accepted().await, Some(true));
    let ended = bob.does("Reject", "rejects/1", &request);
    assert_eq!(node.take(&ended, &bob).await, Verdict::Applied);
    assert_eq!(is_accepted().await, None);
}

#[tokio::test]
async fn a_post_reaches_followers_changes_and_goes() {
    let Stage { node, ann, bob, .. } = stage().await;
    node.follow(ann.id, &bob).await;
    let note = bob.note("1", "<p>hello <script>x</script></p>");
    assert_eq!(
        node.take(&create(&bob, "1", &note), &bob).await,
        Verdict::Applied
    );
    let uri = note["id"].as_str().unwrap();
    let status = node.status_at(uri).await.unwrap();
    assert_eq!(status.visibility, Visibility::Public);
    assert!(!status.content.contains("script"));
    assert_eq!(node.home(ann.id).await, [status.id]);
    // The same status in another activity is the same status.
    node.take(&create(&bob, "1b", &note), &bob).await;
    assert_eq!(node.home(ann.id).await.len(), 1);

    let mut edited = bob.note("1", "<p>better</p>");
    edited["updated"] = "2026-08-08T11:30:00Z".into();
    let update = bob.does("Update", "update/1", &edited);
    assert_eq!(node.take(&update, &bob).await, Verdict::Applied);
    assert_eq!(
        node.status(status.id).await.unwrap().content,
        "<p>better</p>"
    );
    edited["inReplyTo"] = "http://node.localhost/x".into();
    let moved = bob.does("Update", "update/2", &edited);
    assert!(is_rejected(&node.take(&moved, &bob).await));

    let gone = bob.does(
        "Delete",
        "delete/1",
        &json!({"type": "Tombstone", "id": uri}),
    );
    assert_eq!(node.take(&gone, &bob).await, Verdict::Applied);
    assert!(node.status(status.id).await.is_none());
    node.take(&create(&bob, "1c", &note), &bob).await;
    assert!(node.status_at(uri).await.is_none(), "it stays deleted");
}

#[tokio::test]
async fn what_concerns_nobody_is_not_kept() {
    let Stage {
        node,
        peer,
        ann,
        bob,
    } = stage().await;
    let carl = peer.person("carl");
    let public = bob.note("1", "<p>spam</p>");
    assert!(is_ignored(
        &node.take(&create(&bob, "1", &public), &bob).await
    ));
    let mut reply = bob.note("2", "<p>reply to a stranger</p>");
    reply["inReplyTo"] = json!("http://else.localhost/notes/1");
    assert!(is_ignored(
        &node.take(&create(&bob, "2", &reply), &bob).await
    ));
    let mut direct = bob.note("3", "<p>psst</p>");
    direct["to"] = json!([carl.id]);
    direct["cc"] = json!([]);
    assert!(is_ignored(
        &node.take(&create(&bob, "3", &direct), &bob).await
    ));
    assert!(!peer.asked().iter().any(|path| path == "/users/carl"));

    let mut named = bob.note("4", "<p>@ann hello</p>");
    named["tag"] = json!([{"type": "Mention", "href": ann.uri, "name": "@ann@node.localhost"}]);
    assert_eq!(
        node.take(&create(&bob, "4", &named), &bob).await,
        Verdict::Applied
    );
    let post = node.post(ann.id, "hello", Visibility::Public).await;
    let mut answer = bob.note("5", "<p>hi</p>");
    answer["inReplyTo"] = post.uri.as_str().into();
    assert_eq!(
        node.take(&create(&bob, "5", &answer), &bob).await,
        Verdict::Applied
    );
    assert_eq!(node.status(post.id).await.unwrap().replies_count, 1);
    let mut blind = bob.note("6", "<p>between us</p>");
    blind["to"] = json!([]);
    blind["cc"] = json!([]);
    let answer = node
        .deliver("/users/ann/inbox", &create(&bob, "6", &blind), &bob)
        .await;
    assert_eq!(answer.status, 202);
    assert_eq!(node.apply_all().await, [Verdict::Applied]);
    let status = node.status_at(blind["id"].as_str().unwrap()).await.unwrap();
    assert_eq!(status.visibility, Visibility::Direct);
}

#[tokio::test]
async fn only_authors_change_and_delete() {
    let Stage {
        node,
        peer,
        ann,
        bob,
    } = stage().await;
    let (eve, evil) = (peer.person("eve"), Peer::named("evil.localhost"));
    let mallory = evil.person("mallory");
    for person in [&bob, &eve, &mallory] {
        node.follow(ann.id, person).await;
    }
    let note = bob.note("1", "<p>mine</p>");
    node.take(&create(&bob, "1", &note), &bob).await;
    let uri = note["id"].as_str().unwrap();
    let mut forged = note.clone();
    forged["content"] = "<p>theirs</p>".into();
    forged["updated"] = "2026-08-08T11:30:00Z".into();
    for (n, thief) in [&eve, &mallory].into_iter().enumerate() {
        let mut claimed = forged.clone();
        claimed["attributedTo"] = thief.id.as_str().into();
        for (name, kind, object) in [
            ("an update", "Update", &forged),
            ("an update that claims it", "Update", &claimed),
            ("a creation", "Create", &forged),
            ("a deletion", "Delete", &uri.into()),
            ("a deletion of all", "Delete", &json!([uri])),
            (
                "a deletion with tombstone",
                "Delete",
                &json!({"type": "Tombstone", "id": uri}),
            ),
            ("the end of somebody", "Delete", &bob.id.as_str().into()),
            ("another's profile", "Update", &bob.actor()),
        ] {
            let activity = thief.does(kind, &format!("{n}/{}", name.replace(' ', "-")), object);
            let verdict = node.take(&activity, thief).await;
            assert_ne!(verdict, Verdict::Applied, "{name}");
        }
    }
    let status = node.status_at(uri).await.expect("it is still there");
    assert_eq!(status.content, "<p>mine</p>");
    assert!(node.account_at(&bob.id).await.is_some());
    let local = node.post(ann.id, "hello", Visibility::Public).await;
    let delete = eve.does("Delete", "delete/local", &local.uri.as_str().into());
    assert_ne!(node.take(&delete, &eve).await, Verdict::Applied);
    assert!(node.status(local.id).await.is_some());
}

#[tokio::test]
async fn likes_and_boosts_of_ours_count_and_end() {
    let Stage { node, ann, bob, .. } = stage().await;
    let post = node.post(ann.id, "hello", Visibility::Public).await;
    let like = bob.does("Like", "likes/1", &post.uri.as_str().into());
    let boost = bob.does("Announce", "boosts/1", &post.uri.as_str().into());
    assert_eq!(node.take(&like, &bob).await, Verdict::Applied);
    assert_eq!(node.take(&boost, &bob).await, Verdict::Applied);
    let counted = node.status(post.id).await.unwrap();
    assert_eq!((counted.favourites_count, counted.boosts_count), (1, 1));
    node.take(&bob.does("Undo", "undo/1", &like), &bob).await;
    node.take(&bob.does("Undo", "undo/2", &boost["id"]), &bob)
        .await;
    let counted = node.status(post.id).await.unwrap();
    assert_eq!((counted.favourites_count, counted.boosts_count), (0, 0));

    for visibility in [Visibility::Private, Visibility::Direct] {
        let secret = node.post(ann.id, "secret", visibility).await;
        for kind in ["Like", "Announce"] {
            let name = format!("{kind}/{}", secret.id);
            let deed = bob.does(kind, &name, &secret.uri.as_str().into());
            assert!(
                is_ignored(&node.take(&deed, &bob).await),
                "{kind} {visibility:?}"
            );
        }
        let counted = node.status(secret.id).await.unwrap();
        assert_eq!((counted.favourites_count, counted.boosts_count), (0, 0));
    }
}

#[tokio::test]
async fn a_boosted_status_comes_from_its_own_server() {
    let Stage { node, ann, bob, .. } = stage().await;
    let other = Peer::named("other.localhost");
    let carl = other.person("carl");
    let mut forged = carl.note("1", "<p>forged</p>");
    let boost = bob.does("Announce", "boosts/1", &forged);
    assert!(
        is_ignored(&node.take(&boost, &bob).await),
        "nobody follows Bob"
    );
    assert!(other.asked().is_empty());
    node.follow(ann.id, &bob).await;
    let boost = bob.does("Announce", "boosts/2", &forged);
    assert!(
        is_ignored(&node.take(&boost, &bob).await),
        "it is not to be had"
    );
    let uri = forged["id"].take();
    let uri = uri.as_str().unwrap();
    assert!(node.status_at(uri).await.is_none());
    // What was not to be had is not asked for again at once.
    node.clock.advance(5 * MINUTE);
    other.fail("/users/carl/notes/1", 503);
    let boost = bob.does("Announce", "boosts/3", &uri.into());
    assert!(matches!(node.take(&boost, &bob).await, Verdict::Retry(_)));
    node.clock.advance(MINUTE / 2);
    other.show(
        "/users/carl/notes/1",
        &carl.note_document("1", "<p>genuine</p>"),
    );
    let boost = bob.does("Announce", "boosts/4", &uri.into());
    assert_eq!(node.take(&boost, &bob).await, Verdict::Applied);
    assert_eq!(node.status_at(uri).await.unwrap().content, "<p>genuine</p>");
    assert_eq!(node.home(ann.id).await.len(), 1);
}

#[tokio::test]
async fn a_block_ends_follows_both_ways() {
    let Stage { node, ann, bob, .. } = stage().await;
    let account = node.follow(ann.id, &bob).await;
    node.take(
        &bob.does("Follow", "follows/1", &ann.uri.as_str().into()),
        &bob,
    )
    .await;
    let block = bob.does("Block", "blocks/1", &ann.uri.as_str().into());
    assert_eq!(node.take(&block, &bob).await, Verdict::Applied);
    let look = move |conn: &mut store::Conn| -> QueryResult<_> {
        Ok((
            store::follows::find(conn, ann.id, account.id)?,
            store::follows::find(conn, account.id, ann.id)?,
            store::blocks::find(conn, account.id, ann.id)?.is_some(),
        ))
    };
    assert_eq!(node.db.read(look).await.unwrap(), (None, None, true));
    let undo = bob.does("Undo", "undo/1", &block);
    assert_eq!(node.take(&undo, &bob).await, Verdict::Applied);
    let look = move |conn: &mut store::Conn| store::blocks::find(conn, account.id, ann.id);
    assert_eq!(node.db.read(look).await.unwrap(), None);
}

#[tokio::test]
async fn an_actor_changes_and_deletes_itself() {
    let Stage {
        node,
        peer,
        ann,
        bob,
    } = stage().await;
    node.follow(ann.id, &bob).await;
    let note = bob.note("1", "<p>hello</p>");
    node.take(&create(&bob, "1", &note), &bob).await;
    let mut actor = bob.actor();
    actor["name"] = "Robert".into();
    peer.show("/users/bob", &actor);
    actor["name"] = "Rob, as sent".into();
    let update = bob.does("Update", "update/1", &actor);
    assert_eq!(node.take(&update, &bob).await, Verdict::Applied);
    assert_eq!(
        node.account_at(&bob.id).await.unwrap().display_name,
        "Robert"
    );
    let delete = bob.does("Delete", "delete", &bob.id.as_str().into());
    assert_eq!(node.take(&delete, &bob).await, Verdict::Applied);
    assert!(node.account_at(&bob.id).await.is_none());
    assert!(node.status_at(note["id"].as_str().unwrap()).await.is_none());
}

#[tokio::test]
async fn a_suspended_actor_only_ends_things() {
    let Stage { node, ann, bob, .. } = stage().await;
    let account = node.follow(ann.id, &bob).await;
    node.take(&create(&bob, "1", &bob.note("1", "<p>before</p>")), &bob)
        .await;
    node.db
        .write(move |tx| -> QueryResult<()> {
            let mut account = store::accounts::find(tx, account.id)?.unwrap();
            account.suspended_at = Some(tx.now());
            store::accounts::update(tx, &account)
        })
        .await
        .unwrap();
    let note = bob.note("2", "<p>after</p>");
    assert!(is_ignored(
        &node.take(&create(&bob, "2", &note), &bob).await
    ));
    let delete = bob.does("Delete", "delete/1", &bob.note("1", "")["id"]);
    assert_eq!(node.take(&delete, &bob).await, Verdict::Applied);
}

#[tokio::test]
async fn unknown_things_are_acknowledged_with_a_reason() {
    let Stage { node, bob, .. } = stage().await;
    for kind in ["View", "Offer", "Join"] {
        let activity = bob.does(kind, kind, &bob.id.as_str().into());
        let verdict = node.take(&activity, &bob).await;
        let Verdict::Ignored(reason) = verdict else {
            panic!("{kind}: {verdict:?}");
        };
        assert!(reason.contains(kind), "{reason}");
    }
}

#[tokio::test]
async fn what_happens_here_is_told_to_whom_it_concerns() {
    let Stage {
        node,
        peer,
        ann,
        bob,
    } = stage().await;
    let account = node.follow(ann.id, &bob).await;
    node.do_jobs().await;
    node.take(&create(&bob, "1", &bob.note("1", "<p>hello</p>")), &bob)
        .await;
    let theirs = node
        .status_at(&peer.at("/users/bob/notes/1"))
        .await
        .unwrap();
    favourites::favourite(&node, ann.id, theirs.id)
        .await
        .unwrap();
    favourites::unfavourite(&node, ann.id, theirs.id)
        .await
        .unwrap();
    boosts::boost(&node, ann.id, theirs.id, None).await.unwrap();
    node.do_jobs().await;
    boosts::unboost(&node, ann.id, theirs.id).await.unwrap();
    let handle = format!("@bob@{} hi", peer.authority);
    let post = node.post(ann.id, &handle, Visibility::Direct).await;
    node.do_jobs().await;
    let revision = Revision {
        text: format!("{handle} again"),
        ..Revision::default()
    };
    node.clock.advance(1_000);
    edit(&node, ann.id, post.id, revision).await.unwrap();
    node.do_jobs().await;
    delete(&node, ann.id, post.id, false).await.unwrap();
    follows::unfollow(&node, ann.id, account.id).await.unwrap();
    blocks::block(&node, ann.id, account.id).await.unwrap();
    blocks::unblock(&node, ann.id, account.id).await.unwrap();
    node.do_jobs().await;
    let sent = node.outgoing().await;
    assert_eq!(
        kinds(&sent),
        [
            "Follow", "Like", "Undo", "Announce", "Undo", "Create", "Update", "Delete", "Undo",
            "Block", "Undo"
        ]
    );
    assert!(sent.iter().all(|(inbox, _)| *inbox == peer.at("/inbox")));
    let note = &sent[5].1["object"];
    assert_eq!(note["to"], json!([bob.id]));
    assert_eq!(note["tag"][0]["href"], bob.id.as_str());
    assert_eq!(sent[4].1["object"]["published"], "2026-08-08T12:00:00Z");
    assert_eq!(NOON, node.clock.now() - 1_000);
    assert!(
        sent.iter()
            .all(|(_, document)| document["actor"] == ann.uri.as_str())
    );
}
