//! What groups pass on, what is posted to them, and what their members take back.

use serde_json::{Value, json};

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::federation::activities::Verdict;
use crate::social::statuses::{Draft, publish};
use crate::store::accounts::Account;
use crate::store::statuses::Status;
use crate::store::{self, Visibility};

struct Stage {
    node: TestNode,
    peer: Peer,
    ann: Account,
    bob: Person,
    tea: Person,
}

/// Ann here follows the group Tea there, in which Bob posts.
async fn stage() -> Stage {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let bob = peer.person("bob");
    let tea = peer.person("tea");
    let mut group = tea.actor();
    group["type"] = "Group".into();
    peer.show("/users/tea", &group);
    node.follow(ann.id, &tea).await;
    Stage {
        node,
        peer,
        ann,
        bob,
        tea,
    }
}

impl Stage {
    /// A post of Bob's in the group, as its own server shows it.
    fn post(&self, name: &str, content: &str) -> Value {
        let mut note = self.bob.note_document(name, content);
        note["to"] = json!([self.tea.id, "https://www.w3.org/ns/activitystreams#Public"]);
        note["audience"] = self.tea.id.as_str().into();
        self.peer.show(&format!("/users/bob/notes/{name}"), &note);
        note
    }

    /// The group passes something on that Bob did.
    async fn pass_on(&self, name: &str, kind: &str, object: &Value) -> Verdict {
        let inner = self.bob.does(kind, &format!("{kind}/{name}"), object);
        self.pass_on_whole(name, &inner).await
    }

    async fn pass_on_whole(&self, name: &str, inner: &Value) -> Verdict {
        let mut announce = self
            .tea
            .does("Announce", &format!("announces/{name}"), inner);
        announce["to"] = json!(["https://www.w3.org/ns/activitystreams#Public"]);
        self.node.take(&announce, &self.tea).await
    }

    async fn show(&self, note: &Value) -> Option<Status> {
        self.node.status_at(note["id"].as_str().unwrap()).await
    }

    /// What Ann sees at home, by what is boosted.
    async fn boosted(&self) -> Vec<Option<crate::id::StatusId>> {
        let mut found = Vec::new();
        for id in self.node.home(self.ann.id).await {
            found.push(self.node.status(id).await.unwrap().boost_of_id);
        }
        found
    }
}

fn reason(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Ignored(reason) => reason,
        other => panic!("not ignored: {other:?}"),
    }
}

#[tokio::test]
async fn what_a_group_says_of_a_change_is_looked_up() {
    let stage = stage().await;
    let note = stage.post("1", "<p>green</p>");
    assert_eq!(stage.pass_on("1", "Create", &note).await, Verdict::Applied);
    let status = stage.show(&note).await.unwrap();
    assert_eq!(stage.boosted().await, [Some(status.id)]);

    let mut claimed = note.clone();
    claimed["content"] = "<p>forged</p>".into();
    claimed["updated"] = "2026-08-08T11:30:00Z".into();
    // The server of the note knows of no change.
    stage.pass_on("2", "Update", &claimed).await;
    assert_eq!(stage.show(&note).await.unwrap().content, "<p>green</p>");
    let mut changed = note.clone();
    changed["content"] = "<p>black</p>".into();
    changed["updated"] = "2026-08-08T11:40:00Z".into();
    stage.peer.show("/users/bob/notes/1", &changed);
    assert_eq!(
        stage.pass_on("3", "Update", &claimed).await,
        Verdict::Applied
    );
    assert_eq!(stage.show(&note).await.unwrap().content, "<p>black</p>");

    let unknown = json!(stage.peer.at("/users/bob/notes/9"));
    let verdict = stage.pass_on("4", "Update", &unknown).await;
    assert!(reason(&verdict).contains("not known here"), "{verdict:?}");
    let asked = stage.peer.asked();
    assert!(!asked.contains(&"/users/bob/notes/9".to_owned()));
}

#[tokio::test]
async fn what_a_group_deletes_leaves_the_group_and_goes_if_its_server_says_so() {
    let stage = stage().await;
    let note = stage.post("1", "<p>green</p>");
    stage.pass_on("1", "Create", &note).await;
    let status = stage.show(&note).await.unwrap();
    let id = note["id"].clone();
    // Those who look after the group removed it; its author did not.
    assert_eq!(stage.pass_on("2", "Delete", &id).await, Verdict::Applied);
    assert!(stage.boosted().await.is_empty());
    assert_eq!(stage.show(&note).await.unwrap().content, status.content);

    stage.peer.fail("/users/bob/notes/1", 503);
    let verdict = stage.pass_on("3", "Delete", &id).await;
    assert!(matches!(verdict, Verdict::Retry(_)), "{verdict:?}");
    assert!(stage.show(&note).await.is_some());

    stage.peer.fail("/users/bob/notes/1", 410);
    stage.node.clock.advance(crate::clock::HOUR);
    stage.node.apply_all().await;
    assert!(stage.show(&note).await.is_none());

    stage.peer.show("/users/bob/notes/1", &note);
    let delete = stage.bob.does("Delete", "Delete/3", &id);
    let undo = stage.bob.does("Undo", "Undo/3", &delete);
    assert_eq!(stage.pass_on_whole("4", &undo).await, Verdict::Applied);
    let restored = stage.show(&note).await.unwrap();
    assert_eq!(stage.boosted().await, [Some(restored.id)]);
}

#[tokio::test]
async fn what_a_group_counts_or_decides_has_no_effect_here() {
    let stage = stage().await;
    let note = stage.post("1", "<p>green</p>");
    stage.pass_on("1", "Create", &note).await;
    let before = stage.show(&note).await.unwrap();
    let asked = stage.peer.asked().len();
    for kind in ["Like", "Dislike", "Lock", "Block", "Add", "Undo", "Flag"] {
        let verdict = stage.pass_on(kind, kind, &note["id"]).await;
        assert_eq!(reason(&verdict), format!("it sends on a {kind}"));
    }
    assert_eq!(stage.show(&note).await.unwrap(), before);
    assert_eq!(stage.peer.asked().len(), asked, "nothing was looked up");
    // Whom nobody follows makes us look at nothing.
    let eve = stage.peer.person("eve");
    let inner = stage.bob.does("Delete", "Delete/9", &note["id"]);
    let verdict = stage
        .node
        .take(&eve.does("Announce", "announces/1", &inner), &eve)
        .await;
    assert!(
        reason(&verdict).contains("nobody here follows"),
        "{verdict:?}"
    );
}

#[tokio::test]
async fn who_dislikes_likes_no_longer() {
    let Stage { node, ann, bob, .. } = stage().await;
    let post = node.post(ann.id, "tea", Visibility::Public).await;
    let uri = json!(post.uri);
    let verdict = node
        .take(&bob.does("Dislike", "dislikes/1", &uri), &bob)
        .await;
    assert_eq!(reason(&verdict), "dislikes are not kept");
    node.take(&bob.does("Like", "likes/1", &uri), &bob).await;
    assert_eq!(node.status(post.id).await.unwrap().favourites_count, 1);
    let dislike = bob.does("Dislike", "dislikes/2", &uri);
    assert_eq!(node.take(&dislike, &bob).await, Verdict::Applied);
    assert_eq!(node.status(post.id).await.unwrap().favourites_count, 0);
    let verdict = node.take(&bob.does("Undo", "undo/1", &dislike), &bob).await;
    assert_eq!(reason(&verdict), "dislikes are not kept");
}

#[tokio::test]
async fn what_its_author_restores_is_fetched_again() {
    let stage = stage().await;
    let (node, bob) = (&stage.node, &stage.bob);
    node.follow(stage.ann.id, bob).await;
    let leaf = stage.post("1", "<p>green</p>");
    node.take(&bob.does("Create", "creates/1", &leaf), bob)
        .await;
    let delete = bob.does("Delete", "deletes/1", &leaf["id"]);
    node.take(&delete, bob).await;
    assert!(stage.show(&leaf).await.is_none());

    stage.peer.fail("/users/bob/notes/1", 410);
    let verdict = node.take(&bob.does("Undo", "undos/1", &delete), bob).await;
    assert!(matches!(verdict, Verdict::Ignored(_)), "{verdict:?}");
    node.take(&bob.does("Create", "creates/2", &leaf), bob)
        .await;
    assert!(stage.show(&leaf).await.is_none(), "it stays deleted");

    stage.peer.show("/users/bob/notes/1", &leaf);
    let eve = stage.peer.person("eve");
    let mut forged = bob.does("Delete", "deletes/1", &leaf["id"]);
    forged["actor"] = json!(eve.id);
    node.take(&eve.does("Undo", "undos/1", &forged), &eve).await;
    assert!(
        stage.show(&leaf).await.is_none(),
        "only its author restores it"
    );
    let undo = bob.does("Undo", "undos/2", &delete);
    assert_eq!(node.take(&undo, bob).await, Verdict::Applied);
    assert!(stage.show(&leaf).await.is_some());

    // The other way round: the Undo comes first.
    let second = bob.does("Delete", "deletes/2", &leaf["id"]);
    node.take(&bob.does("Undo", "undos/3", &second), bob).await;
    node.take(&second, bob).await;
    assert!(
        stage.show(&leaf).await.is_some(),
        "it was undone before it came"
    );
}

#[tokio::test]
async fn a_reply_joins_the_group_and_a_post_that_names_it_is_posted_there() {
    let stage = stage().await;
    let (node, ann, tea) = (&stage.node, &stage.ann, &stage.tea);
    let leaf = stage.post("1", "<p>green</p>");
    stage.pass_on("1", "Create", &leaf).await;
    let parent = stage.show(&leaf).await.unwrap();
    let reply = async |text: &str, parent, visibility| {
        let draft = Draft {
            text: text.to_owned(),
            visibility: Some(visibility),
            in_reply_to: Some(parent),
            ..Draft::default()
        };
        publish(node, ann.id, draft).await.unwrap()
    };
    let first = reply("black", parent.id, Visibility::Public).await;
    // What answers the answer stands in the same thread.
    reply("white", first, Visibility::Unlisted).await;
    reply("between us", parent.id, Visibility::Private).await;
    node.post(
        ann.id,
        &format!("@tea@{} red?", stage.peer.authority),
        Visibility::Public,
    )
    .await;
    node.do_jobs().await;
    let sent = node.outgoing().await;
    let created: Vec<&Value> = sent
        .iter()
        .filter(|(_, document)| document["type"] == "Create")
        .map(|(_, document)| document)
        .collect();
    assert_eq!(created.len(), 4, "{created:#?}");
    for create in created {
        let object = &create["object"];
        let text = object["content"].as_str().unwrap();
        let is_public = !text.contains("between us");
        let group = if is_public {
            json!(tea.id)
        } else {
            Value::Null
        };
        assert_eq!(
            [&object["audience"], &create["audience"]],
            [&group; 2],
            "{text}"
        );
        for address in [tea.id.clone(), format!("{}/followers", tea.id)] {
            let is_there = object["cc"].as_array().unwrap().contains(&json!(address));
            assert_eq!(is_there, is_public, "{text} {address}");
        }
        let tags = object["tag"].as_array().unwrap().iter();
        let count = tags.filter(|tag| tag["href"] == json!(tea.id)).count();
        assert_eq!(count, usize::from(text.contains("red?")), "{text}");
    }
    let mentions = node
        .db
        .read(move |conn| store::mentions::list(conn, &[first]))
        .await
        .unwrap();
    assert!(mentions.iter().all(|mention| mention.is_silent));
}

#[tokio::test]
async fn unknown_sorts_are_shown_and_recordings_are_played() {
    let stage = stage().await;
    let (node, bob) = (&stage.node, &stage.bob);
    node.follow(stage.ann.id, bob).await;
    let mut review = stage.post("1", "<p>Warm.</p>");
    review["type"] = "Review".into();
    review["name"] = "On <leaves>".into();
    review["inReplyToBook"] = "https://books.example/7".into();
    node.take(&bob.does("Create", "creates/1", &review), bob)
        .await;
    let status = stage.show(&review).await.unwrap();
    for part in [
        "On &lt;leaves&gt;",
        "<p>Warm.</p>",
        "href=\"https://books.example/7\"",
    ] {
        assert!(status.content.contains(part), "{}", status.content);
    }

    let mut video = stage.post("2", "A *slow* boil <script>x</script>\n\n- water");
    video["type"] = "Video".into();
    video["mediaType"] = "text/markdown".into();
    video["url"] = json!([
        {"type": "Link", "mediaType": "text/html", "href": stage.peer.at("/w/2")},
        {"type": "Link", "mediaType": "video/mp4", "href": stage.peer.at("/2.mp4"), "height": 720, "width": 1280},
    ]);
    node.take(&bob.does("Create", "creates/2", &video), bob)
        .await;
    let status = stage.show(&video).await.unwrap();
    for part in [
        "<em>slow</em>",
        "<ul><li>water</li></ul>",
        "&lt;script&gt;",
        &stage.peer.at("/w/2"),
    ] {
        assert!(status.content.contains(part), "{}", status.content);
    }
    let files = node
        .db
        .read(move |conn| store::attachments::list(conn, &[status.id]))
        .await
        .unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].kind, store::AttachmentKind::Video);
    assert_eq!(files[0].remote_url, Some(stage.peer.at("/2.mp4")));
}
