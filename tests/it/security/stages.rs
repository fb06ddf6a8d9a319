//! The usual scene: Ann here, Bob on a server that says whatever a test wants.

use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;
use whimbrel::clock::Clock;
use whimbrel::config::Config;
use whimbrel::store::Engine;

use crate::support::databases::NOON;
use crate::support::hostile::Hostile;
use crate::support::nodes::TestNode;
use crate::support::people::{Person, plain};

/// Both of them, and their servers.
pub struct Stage {
    /// Ann's node.
    pub node: TestNode,
    /// All other servers.
    pub peer: Hostile,
    /// Ann.
    pub ann: Person,
    /// Bob's id.
    pub bob: String,
}

/// A text as it stands in a query.
pub fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

impl Stage {
    /// Opens it.
    pub async fn open(engine: Engine) -> Self {
        Self::open_with(engine, |_| {}).await
    }

    /// Opens it with a configuration of its own.
    pub async fn open_with(engine: Engine, adjust: impl FnOnce(&mut Config)) -> Self {
        let node = TestNode::start_with(engine, "alpha", &Clock::stepped(NOON), adjust).await;
        let peer = Hostile::start().await;
        let ann = node.person("ann").await;
        let bob = peer.resident("good", "bob");
        Self {
            node,
            peer,
            ann,
            bob,
        }
    }

    /// Ann's id.
    pub fn ann_uri(&self) -> String {
        format!("{}/users/ann", self.node.origin())
    }

    /// Ann follows somebody elsewhere, who agrees.
    pub async fn follow(&self, actor: &str) {
        let (id, request) = self.ask_to_follow(actor).await;
        let accept = self
            .peer
            .deed(actor, "Accept", &format!("accept-{id}"), &request);
        self.peer.give(&self.node, actor, &accept).await;
    }

    /// Ann asks to follow somebody elsewhere: their id here, and the request as it was sent.
    pub async fn ask_to_follow(&self, actor: &str) -> (String, Value) {
        let id = self.ann.finds("accounts", actor).await;
        let path = format!("/api/v1/accounts/{id}/follow");
        self.ann.post(&path, json!({})).await.ok();
        self.node.settle().await;
        let request = json!({ "type": "Follow", "actor": self.ann_uri(), "object": actor });
        (id, request)
    }

    /// Somebody elsewhere follows Ann.
    pub async fn is_followed_by(&self, actor: &str) {
        let follow = self
            .peer
            .deed(actor, "Follow", "follow-ann", &self.ann_uri().into());
        self.peer.give(&self.node, actor, &follow).await;
    }

    /// The texts of the statuses that Ann finds at an address.
    pub async fn found(&self, url: &str) -> Vec<String> {
        let path = format!("/api/v2/search?resolve=true&q={}", encoded(url));
        let found = self.ann.get(&path).await.ok();
        let statuses = found["statuses"].as_array().expect("a list");
        statuses.iter().map(plain).collect()
    }

    /// What of all that was asked of other servers begins like this.
    pub fn asked(&self, start: &str) -> Vec<String> {
        let asked = self.peer.asked().into_iter();
        asked.filter(|url| url.starts_with(start)).collect()
    }
}
