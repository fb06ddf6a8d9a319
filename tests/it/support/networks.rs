//! Small networks of real nodes that speak to each other on loopback.

use whimbrel::clock::Clock;
use whimbrel::store::Engine;

use super::databases::NOON;
use super::nodes::TestNode;

/// Nodes that share one stepped clock.
pub struct Fediverse {
    /// The clock of all of them.
    pub clock: Clock,
    /// The nodes, in the order of their names.
    pub nodes: Vec<TestNode>,
}

impl Fediverse {
    /// Starts a node for each name.
    pub async fn of(engine: Engine, names: &[&str]) -> Self {
        let clock = Clock::stepped(NOON);
        let mut nodes = Vec::new();
        for name in names {
            nodes.push(TestNode::start(engine, name, &clock).await);
        }
        Self { clock, nodes }
    }

    /// Lets all nodes do what is due until none has anything left.
    pub async fn settle(&self) {
        while {
            let mut done = 0;
            for node in &self.nodes {
                done += node.settle().await;
            }
            done > 0
        } {}
    }

    /// Lets time pass in steps, and the nodes do what becomes due in each.
    pub async fn pass(&self, total: i64, step: i64) {
        let mut left = total;
        while left > 0 {
            self.clock.advance(step.min(left));
            left -= step;
            self.settle().await;
        }
    }
}
