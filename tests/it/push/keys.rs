//! The node's key: one, whoever asks first.

use whimbrel::clock::Clock;
use whimbrel::node::Node;
use whimbrel::social::push::keys::ensure_public;
use whimbrel::store;

use crate::support::databases::{NOON, on_both};
use crate::support::nodes::TestNode;

on_both! {
    async fn all_processes_have_one_key(engine) {
        let clock = Clock::stepped(NOON);
        let mut node = TestNode::start(engine, "alpha", &clock).await;
        let other = Node::open((*node.node.config).clone(), clock).await.expect("it opens a second time");
        let first = ensure_public(&node.node).await.expect("it is made at the start");
        node.node.db.write(|tx| store::settings::delete(tx, "push_key")).await.expect("a database");
        let (a, b, c, d) = tokio::join!(
            ensure_public(&node.node), ensure_public(&other), ensure_public(&node.node), ensure_public(&other),
        );
        let keys = [a, b, c, d].map(|key| key.expect("a key"));
        assert_eq!(keys[0].len(), 87);
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        assert_ne!(keys[0], first);
        node.mend().await;
        assert_eq!(ensure_public(&node.node).await.expect("a key"), keys[0]);
    }
}
