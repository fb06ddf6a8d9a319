//! What somebody else brings: fetched from where it belongs, unless a proof in it shows whose it is.

use serde_json::{Value, json};

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::clock::DAY;
use crate::federation::activities::Verdict;
use crate::federation::integrity::{Proof, prove};
use crate::keys::actors::{SigningKey, VerifyingKey};
use crate::keys::{KeyPairPem, ed25519, multikeys};
use crate::store::Visibility;

#[tokio::test]
async fn a_forwarded_reply_is_fetched_from_where_it_belongs() {
    let (node, peer, other) = (
        TestNode::start_with_actor().await,
        Peer::start(),
        Peer::named("other.localhost"),
    );
    let ann = node.add_person("ann").await;
    let (bob, carl) = (peer.person("bob"), other.person("carl"));
    let post = node.post(ann.id, "hello", Visibility::Public).await;
    node.take(&follow(&bob), &bob).await;
    let mut reply = carl.note("1", "<p>forged</p>");
    reply["inReplyTo"] = post.uri.as_str().into();
    let create = carl.does("Create", "create/1", &reply);
    let mut genuine = carl.note_document("1", "<p>genuine</p>");
    genuine["inReplyTo"] = post.uri.as_str().into();
    other.show("/users/carl/notes/1", &genuine);
    assert_eq!(node.deliver("/inbox", &create, &bob).await.status, 202);
    assert!(
        node.apply_all().await.is_empty(),
        "nothing of it is applied"
    );
    node.do_jobs().await;
    let status = node.status_at(reply["id"].as_str().unwrap()).await.unwrap();
    assert_eq!(status.content, "<p>genuine</p>");
    assert_eq!(status.in_reply_to_id, Some(post.id));
}

fn follow(person: &Person) -> Value {
    person.does("Follow", "1", &"http://node.localhost/users/ann".into())
}

/// A node with ann's post, bob who follows her, and carl on another server, who answers it.
struct Scene {
    node: TestNode,
    _peer: Peer,
    other: Peer,
    bob: Person,
    carl: Person,
    /// What carl proves with.
    keys: KeyPairPem,
    post: String,
}

impl Scene {
    async fn set() -> Self {
        let (node, peer, other) = (
            TestNode::start_with_actor().await,
            Peer::start(),
            Peer::named("other.localhost"),
        );
        let ann = node.add_person("ann").await;
        let (bob, carl) = (peer.person("bob"), other.person("carl"));
        let post = node.post(ann.id, "hello", Visibility::Public).await.uri;
        node.take(&follow(&bob), &bob).await;
        let keys = ed25519::generate().unwrap();
        let mut actor = carl.actor();
        actor["assertionMethod"] = json!([{
            "id": format!("{}#ed25519-key", carl.id),
            "type": "Multikey",
            "controller": carl.id,
            "publicKeyMultibase": multikeys::from_pem(&keys.public).unwrap(),
        }]);
        other.show("/users/carl", &actor);
        Self {
            node,
            _peer: peer,
            other,
            bob,
            carl,
            keys,
            post,
        }
    }

    /// Carl's reply, which his own server shows to nobody.
    fn reply(&self, name: &str) -> Value {
        let mut reply = self.carl.note(name, "<p>from carl</p>");
        reply["inReplyTo"] = self.post.as_str().into();
        self.carl.does("Create", &format!("create/{name}"), &reply)
    }

    fn prove(&self, activity: &Value) -> Value {
        let key = SigningKey::from_pem(self.keys.private.expose()).unwrap();
        let key_id = format!("{}#ed25519-key", self.carl.id);
        prove(activity, &key_id, &key, self.node.clock.now()).unwrap()
    }

    /// Bob's server sends it on; what is applied of it is told.
    async fn bring(&self, activity: &Value) -> Vec<Verdict> {
        let answer = self.node.deliver("/inbox", activity, &self.bob).await;
        assert_eq!(answer.status, 202);
        self.node.apply_all().await
    }

    async fn has(&self, name: &str) -> bool {
        let uri = format!("{}/notes/{name}", self.carl.id);
        self.node.status_at(&uri).await.is_some()
    }
}

#[tokio::test]
async fn a38_a_proof_makes_a_forwarded_reply_believed_and_its_deletion() {
    let scene = Scene::set().await;
    let reply = scene.prove(&scene.reply("1"));
    assert_eq!(scene.bring(&reply).await, [Verdict::Applied]);
    assert!(scene.has("1").await);
    assert!(
        !scene
            .other
            .asked()
            .iter()
            .any(|path| path.contains("/notes/")),
        "nothing but the actor had to be asked for"
    );
    let gone = json!(format!("{}/notes/1", scene.carl.id));
    let delete = scene.carl.does("Delete", "delete/1", &gone);
    assert!(
        scene.bring(&delete).await.is_empty(),
        "without a proof it is nothing"
    );
    assert!(scene.has("1").await);
    let delete = scene.carl.does("Delete", "delete/2", &gone);
    assert_eq!(scene.bring(&scene.prove(&delete)).await, [Verdict::Applied]);
    assert!(!scene.has("1").await);
}

#[tokio::test]
async fn a20_a38_what_a_proof_does_not_show_is_a_hint_at_most() {
    let scene = Scene::set().await;
    scene.bring(&scene.prove(&scene.reply("known"))).await;
    let stranger = ed25519::generate().unwrap();
    let stranger = SigningKey::from_pem(stranger.private.expose()).unwrap();
    let now = scene.node.clock.now();
    let named = |id: &str, instant: i64| prove(&scene.reply("2"), id, &stranger, instant).unwrap();
    let carls = format!("{}#ed25519-key", scene.carl.id);
    let mut altered = scene.prove(&scene.reply("2"));
    altered["object"]["content"] = "<p>forged</p>".into();
    let mut inner = scene.reply("2");
    inner["object"] = scene.prove(&inner["object"]);
    let old = {
        let key = SigningKey::from_pem(scene.keys.private.expose()).unwrap();
        prove(&scene.reply("2"), &carls, &key, now - 4 * DAY).unwrap()
    };
    let like = scene.prove(&scene.carl.does("Like", "like", &scene.post.as_str().into()));
    let mut profile = scene.carl.actor();
    profile["name"] = "Carl of yesterday".into();
    let update = scene.prove(&scene.carl.does("Update", "update", &profile));
    for (what, activity) in [
        ("altered afterwards", altered),
        ("of what is in it alone", inner),
        ("with a key that is not his", named(&carls, now)),
        (
            "with a key that he does not list",
            named(&format!("{}#other", scene.carl.id), now),
        ),
        (
            "with a key of bob's server",
            named(&scene.bob.key_id(), now),
        ),
        ("too old", old),
        ("of what others do not send on", like),
        ("of a profile", update),
    ] {
        assert!(scene.bring(&activity).await.is_empty(), "{what}");
        scene.node.do_jobs().await;
        assert!(!scene.has("2").await, "{what}");
    }
    let carl = scene.node.account_at(&scene.carl.id).await.unwrap();
    assert_eq!(carl.display_name, "Bob");
}

#[tokio::test]
async fn what_everybody_may_read_goes_out_with_a_proof() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let ann = node.add_person("ann").await;
    let bob = peer.person("bob");
    node.take(&follow(&bob), &bob).await;
    node.post(ann.id, "for all", Visibility::Public).await;
    node.post(ann.id, "for some", Visibility::Private).await;
    node.do_jobs().await;
    let actor = node.get("/users/ann").await.json();
    let key = actor["assertionMethod"][0]["publicKeyMultibase"].as_str();
    let key = multikeys::to_pem(key.unwrap()).unwrap();
    let key = VerifyingKey::from_pem(&key).unwrap();
    let mut proven = Vec::new();
    for (_, document) in node.outgoing().await {
        if document["type"] != "Create" {
            continue;
        }
        let properties = document.as_object().unwrap();
        let holds = Proof::read(&document["proof"]).map(|proof| proof.holds(properties, &key));
        proven.push((
            document["object"]["content"].as_str().unwrap().to_owned(),
            holds,
        ));
    }
    proven.sort();
    let expected = [("<p>for all</p>", Some(true)), ("<p>for some</p>", None)];
    assert_eq!(
        proven,
        expected.map(|(text, holds)| (text.to_owned(), holds))
    );
}
