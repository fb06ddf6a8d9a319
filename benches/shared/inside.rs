//! A node inside this process, whose clock is stepped: for what takes days.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use serde_json::{Value, json};
use whimbrel::clock::Clock;
use whimbrel::config::Config;
use whimbrel::node::Node;
use whimbrel::server::{self, Doors, Running};
use whimbrel::worker;

use super::crowds::settle_one;
use super::load::{self, Connection};
use super::people::Ann;
use super::sinks::{CONTEXT, Sinks};

/// A node with one account, `ann`. Work is done when it is told to.
pub struct Inside {
    /// Its handles.
    pub node: Node,
    /// Who lives there.
    pub ann: Ann,
    config: Config,
    clock: Clock,
    doors: Option<Doors>,
    running: Option<Running>,
    _folder: tempfile::TempDir,
}

impl Inside {
    /// Starts one on a free port.
    pub async fn start(clock: &Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let config = configure(folder.path(), address);
        let node = Node::open(config.clone(), clock.clone()).await.unwrap();
        let doors = server::open_doors(&node).await.unwrap();
        let (_, token) = settle_one(&node, "ann").await;
        let ann = Ann::with(address, &config.server.domain, token.expose());
        Self {
            node,
            ann,
            config,
            clock: clock.clone(),
            doors: Some(doors),
            running: None,
            _folder: folder,
        }
    }

    /// From now on it works by itself, as `whimbrel serve` does.
    pub async fn work(&mut self) {
        self.stop().await;
        self.running = Some(server::start(self.node.clone()).await.unwrap());
    }

    /// Stops answering and working; what is stored stays.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        if let Some(doors) = self.doors.take() {
            doors.close().await;
        }
    }

    /// Starts again from what is stored.
    pub async fn start_again(&mut self) {
        self.stop().await;
        self.node = Node::open(self.config.clone(), self.clock.clone())
            .await
            .unwrap();
        self.doors = Some(server::open_doors(&self.node).await.unwrap());
    }

    /// `ann` posts; gives back the id on the wire.
    pub async fn says(&self, text: &str) -> String {
        let mut connection = Connection::new(self.ann.address).await;
        self.ann.says(&mut connection, text).await
    }

    /// `bob` on a sink follows `ann`.
    pub async fn follow_from(&self, sinks: &Sinks, number: usize) {
        let bob = sinks.actor(number, "bob");
        let follow: Value = json!({ "@context": CONTEXT, "id": format!("{bob}#follow"), "type": "Follow", "actor": bob, "object": self.ann.uri() });
        let post = sinks.sign(&bob, &self.ann.inbox(), &follow, self.clock.now());
        let mut connection = Connection::new(self.ann.address).await;
        assert_eq!(connection.send(&load::signed(&post)).await.0, 202);
        worker::settle(&self.node).await.unwrap();
        assert_eq!(sinks.count(), 1, "the follower has an Accept");
    }
}

fn configure(folder: &std::path::Path, address: SocketAddr) -> Config {
    let mut config = Config::default();
    config.server.domain = format!("here.localhost:{}", address.port());
    config.server.listen = address;
    folder.clone_into(&mut config.server.data);
    config.server.workers = 1;
    config.server.shutdown_timeout_seconds = 1;
    config.federation.allow_http = true;
    config.federation.allow_private_addresses = true;
    config.limits.enabled = false;
    config
}
