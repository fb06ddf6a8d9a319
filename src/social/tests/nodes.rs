//! A node for a test, on a SQLite database in a folder that goes away with it.

use std::ops::Deref;

use tempfile::TempDir;

use crate::clock::Clock;
use crate::config::Config;
use crate::keys::Secret;
use crate::node::Node;
use crate::social::users::{self, NewUser};
use crate::store::Role;
use crate::store::accounts::Account;

/// 2026-08-08, at noon.
pub(crate) const NOON: i64 = 1_786_190_400_000;

pub(crate) struct TestNode {
    node: Node,
    _folder: TempDir,
}

impl Deref for TestNode {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl TestNode {
    /// Gives the node another configuration.
    pub(crate) fn set_config(&mut self, config: Config) {
        self.node.config = std::sync::Arc::new(config);
    }
}

/// An empty node whose clock stands at [`NOON`].
pub(crate) async fn new_node() -> TestNode {
    new_node_with(|_| ()).await
}

/// The same with other settings than usual.
pub(crate) async fn new_node_with(change: impl FnOnce(&mut Config)) -> TestNode {
    let folder = TempDir::new().expect("a folder");
    let mut config = Config::default();
    config.server.data = folder.path().join("data");
    config.server.domain = "node.localhost".to_owned();
    crate::testing::give_database(&mut config).await;
    change(&mut config);
    let node = Node::open(config, Clock::stepped(NOON))
        .await
        .expect("a node");
    TestNode {
        node,
        _folder: folder,
    }
}

/// What Ann enters.
pub(crate) fn ann() -> NewUser {
    NewUser {
        username: "Ann".to_owned(),
        email: "Ann@example.org".to_owned(),
        password: Secret::new("correct horse".to_owned()),
        role: Role::User,
        is_confirmed: true,
        is_approved: true,
        reason: None,
        locale: "en".to_owned(),
    }
}

/// Ann's account.
pub(crate) async fn make_ann(node: &Node) -> Account {
    users::create_local(node, ann()).await.expect("Ann is fine")
}
