//! Reactions with emoji between servers: in every form in which they come, in the one in which they go, and their end.

use serde_json::{Value, json};

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::federation::activities::Verdict;
use crate::social::{blocks, favourites, reactions};
use crate::store::accounts::Account;
use crate::store::notifications::Filter;
use crate::store::reactions::Tally;
use crate::store::statuses::Status;
use crate::store::{self, Conn, NotificationKind, Page, QueryResult, Visibility};

const CUP: &str = "https://peer.test/cup.png";

/// Ann and her post here; Bob and Eve on a server elsewhere.
struct Stage {
    node: TestNode,
    peer: Peer,
    ann: Account,
    post: Status,
    bob: Person,
    eve: Person,
}

async fn stage() -> Stage {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let post = node.post(ann.id, "tea?", Visibility::Public).await;
    let (bob, eve) = (peer.person("bob"), peer.person("eve"));
    Stage {
        node,
        peer,
        ann,
        post,
        bob,
        eve,
    }
}

/// As Misskey says it.
fn like(person: &Person, name: &str, status: &str, emoji: &str) -> Value {
    let mut like = person.does("Like", name, &status.into());
    like["content"] = emoji.into();
    like["_misskey_reaction"] = emoji.into();
    like
}

/// As Pleroma says it.
fn react(person: &Person, name: &str, status: &str, emoji: &str) -> Value {
    let mut react = person.does("EmojiReact", name, &status.into());
    react["content"] = emoji.into();
    react
}

fn with_picture(mut activity: Value, name: &str) -> Value {
    activity["tag"] =
        json!([{"type": "Emoji", "name": name, "icon": {"type": "Image", "url": CUP}}]);
    activity
}

async fn tallies(node: &TestNode, status: &Status) -> Vec<Tally> {
    let id = status.id;
    let look = move |conn: &mut Conn| store::reactions::list_tallies(conn, &[id]);
    node.db.read(look).await.unwrap()
}

/// Emoji and number of people.
async fn counted(node: &TestNode, status: &Status) -> Vec<(String, i64)> {
    let tallies = tallies(node, status).await;
    let shown = tallies.iter();
    shown
        .map(|tally| (reactions::label(&tally.emoji), tally.count))
        .collect()
}

async fn told(node: &TestNode, account: &Account) -> Vec<NotificationKind> {
    let id = account.id;
    let look = move |conn: &mut Conn| -> QueryResult<Vec<NotificationKind>> {
        let page = Page::newest(40);
        let all = store::notifications::page(conn, id, &Filter::default(), &page)?;
        Ok(all.iter().map(|told| told.kind).collect())
    };
    node.db.read(look).await.unwrap()
}

fn owned(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    let pairs = expected.iter();
    pairs
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

#[tokio::test]
async fn every_form_is_counted_once_and_none_is_a_favourite() {
    let Stage {
        node,
        ann,
        post,
        bob,
        eve,
        ..
    } = stage().await;
    let uri = post.uri.as_str();
    for (activity, by) in [
        (like(&bob, "likes/1", uri, "🎉"), &bob),
        (react(&eve, "reacts/1", uri, "🎉"), &eve),
        (react(&bob, "reacts/2", uri, "🎉"), &bob),
        (
            with_picture(like(&bob, "likes/2", uri, ":cup:"), ":cup:"),
            &bob,
        ),
        (
            with_picture(react(&eve, "reacts/3", uri, ":cup:"), "cup"),
            &eve,
        ),
        (react(&bob, "reacts/4", uri, "❤"), &bob),
        (react(&eve, "reacts/5", uri, "❤\u{fe0f}"), &eve),
    ] {
        assert_eq!(
            node.take(&activity, by).await,
            Verdict::Applied,
            "{activity}"
        );
    }
    let expected = owned(&[("🎉", 2), ("cup@peer.test", 2), ("❤\u{fe0f}", 2)]);
    assert_eq!(counted(&node, &post).await, expected);
    let seen = node.status(post.id).await.unwrap();
    assert_eq!(seen.favourites_count, 0);
    // Of all reactions of one account to a status the author hears once.
    let kind = NotificationKind::Reaction;
    assert_eq!(told(&node, &ann).await, [kind, kind]);

    let heart = like(&bob, "likes/3", uri, "❤");
    assert_eq!(node.take(&heart, &bob).await, Verdict::Applied);
    let strange = like(&eve, "likes/4", uri, ":gone:");
    assert_eq!(node.take(&strange, &eve).await, Verdict::Applied);
    let seen = node.status(post.id).await.unwrap();
    assert_eq!(seen.favourites_count, 2, "these are likes");
    let nothing = react(&eve, "reacts/6", uri, "word");
    assert!(matches!(
        node.take(&nothing, &eve).await,
        Verdict::Ignored(_)
    ));
    assert_eq!(counted(&node, &post).await, expected);
}

#[tokio::test]
async fn what_is_taken_back_is_gone_by_id_and_by_emoji() {
    let Stage {
        node,
        ann,
        post,
        bob,
        eve,
        ..
    } = stage().await;
    let uri = post.uri.as_str();
    let party = like(&bob, "likes/1", uri, "🎉");
    let cup = with_picture(react(&bob, "reacts/1", uri, ":cup:"), ":cup:");
    let plain = bob.does("Like", "likes/9", &uri.into());
    for activity in [&party, &cup, &plain] {
        node.take(activity, &bob).await;
    }
    let kinds = [NotificationKind::Favourite, NotificationKind::Reaction];
    assert_eq!(told(&node, &ann).await, kinds);
    // Somebody else's is nobody's to take back.
    let forged = eve.does("Undo", "undo/1", &party["id"]);
    node.take(&forged, &eve).await;
    assert_eq!(counted(&node, &post).await.len(), 2);

    let by_id = bob.does("Undo", "undo/1", &cup["id"]);
    assert_eq!(node.take(&by_id, &bob).await, Verdict::Applied);
    assert_eq!(counted(&node, &post).await, owned(&[("🎉", 1)]));
    assert_eq!(told(&node, &ann).await, kinds, "one is left");
    // Another id, but the same emoji.
    let mut other = party.clone();
    other["id"] = format!("{}#other", bob.id).into();
    let by_emoji = bob.does("Undo", "undo/2", &other);
    assert_eq!(node.take(&by_emoji, &bob).await, Verdict::Applied);
    assert_eq!(counted(&node, &post).await, []);
    assert_eq!(told(&node, &ann).await, [NotificationKind::Favourite]);
    // Neither ended the like, and an end without anything to end does not, either.
    let late = like(&bob, "likes/5", uri, "🫖");
    for (undo, name) in [(&other, "undo/3"), (&late, "undo/4")] {
        node.take(&bob.does("Undo", name, undo), &bob).await;
    }
    let seen = node.status(post.id).await.unwrap();
    assert_eq!(seen.favourites_count, 1);
    node.take(&late, &bob).await;
    assert_eq!(
        counted(&node, &post).await,
        [],
        "it was undone before it came"
    );
}

#[tokio::test]
async fn a_reaction_that_was_kept_as_a_like_ends_as_one() {
    let Stage {
        node, post, bob, ..
    } = stage().await;
    let party = like(&bob, "likes/1", &post.uri, "🎉");
    let plain = bob.does("Like", "likes/1", &post.uri.as_str().into());
    node.take(&plain, &bob).await;
    assert_eq!(node.status(post.id).await.unwrap().favourites_count, 1);
    node.take(&bob.does("Undo", "undo/1", &party), &bob).await;
    assert_eq!(node.status(post.id).await.unwrap().favourites_count, 0);
}

#[tokio::test]
async fn only_those_react_who_may_see_it_and_not_without_end() {
    let Stage {
        node,
        ann,
        post,
        bob,
        eve,
        ..
    } = stage().await;
    for visibility in [Visibility::Private, Visibility::Direct] {
        let secret = node.post(ann.id, "secret", visibility).await;
        let name = format!("reacts/{}", secret.id);
        let verdict = node
            .take(&react(&bob, &name, &secret.uri, "🎉"), &bob)
            .await;
        assert!(matches!(verdict, Verdict::Ignored(_)), "{visibility:?}");
        assert_eq!(counted(&node, &secret).await, []);
    }
    for (number, emoji) in ["🎉", "👍", "🫖", "🍮", "🐦", "🦀", "🐸"]
        .iter()
        .enumerate()
    {
        let name = format!("reacts/{number}");
        node.take(&react(&bob, &name, &post.uri, emoji), &bob).await;
    }
    assert_eq!(counted(&node, &post).await.len(), reactions::MOST_BY_ONE);
    let eves = node
        .take(&react(&eve, "reacts/1", &post.uri, "🎉"), &eve)
        .await;
    assert_eq!(eves, Verdict::Applied);
    let account = node.account_at(&eve.id).await.unwrap();
    blocks::block(&node, ann.id, account.id).await.unwrap();
    let verdict = node
        .take(&react(&eve, "reacts/2", &post.uri, "👍"), &eve)
        .await;
    assert!(matches!(verdict, Verdict::Ignored(_)), "{verdict:?}");
    assert!(counted(&node, &post).await.contains(&("👍".to_owned(), 1)));
}

#[tokio::test]
async fn the_author_elsewhere_gets_a_like_with_the_emoji_and_its_end() {
    let Stage {
        node,
        peer,
        ann,
        bob,
        ..
    } = stage().await;
    node.follow(ann.id, &bob).await;
    let note = bob.note("1", "<p>coffee</p>");
    let create = bob.does("Create", "create/1", &note);
    node.take(&create, &bob).await;
    let coffee = node.status_at(note["id"].as_str().unwrap()).await.unwrap();
    // Reactions of others to what is written elsewhere are kept, and can be joined.
    let cup = with_picture(react(&bob, "reacts/1", &coffee.uri, ":cup:"), ":cup:");
    assert_eq!(node.take(&cup, &bob).await, Verdict::Applied);
    let before = node.outgoing().await.len();
    favourites::favourite(&node, ann.id, coffee.id)
        .await
        .unwrap();
    for emoji in ["🎉", "cup@peer.test"] {
        for _ in 0..2 {
            reactions::react(&node, ann.id, coffee.id, emoji)
                .await
                .unwrap();
        }
    }
    reactions::unreact(&node, ann.id, coffee.id, "🎉")
        .await
        .unwrap();
    node.do_jobs().await;
    let sent = node.outgoing().await.split_off(before);
    assert!(sent.iter().all(|(inbox, _)| *inbox == peer.at("/inbox")));
    let sent: Vec<Value> = sent
        .into_iter()
        .map(|(_, document)| document)
        .filter(|document| document["type"] != "Follow")
        .collect();
    let [plain, party, joined, undo] = sent.as_slice() else {
        panic!("{sent:#?}");
    };
    assert_eq!(
        (&plain["type"], &plain["content"]),
        (&json!("Like"), &Value::Null)
    );
    assert_eq!(
        (&party["type"], &party["object"]),
        (&json!("Like"), &json!(coffee.uri))
    );
    assert_eq!(
        (&party["content"], &party["_misskey_reaction"]),
        (&json!("🎉"), &json!("🎉"))
    );
    assert_eq!(joined["content"], ":cup:");
    let icon = json!({"type": "Image", "mediaType": "image/png", "url": CUP});
    assert_eq!(
        (&joined["tag"][0]["name"], &joined["tag"][0]["icon"]),
        (&json!(":cup:"), &icon)
    );
    assert_eq!(undo["type"], "Undo");
    assert_eq!(
        (&undo["object"]["id"], &undo["object"]["content"]),
        (&party["id"], &json!("🎉"))
    );
    assert_eq!(
        counted(&node, &coffee).await,
        owned(&[("cup@peer.test", 2)])
    );
}
