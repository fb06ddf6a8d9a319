//! A real node on loopback: real server, real database, stepped clock, and no work in the background: a test
//! says when queued work is done.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use whimbrel::clock::Clock;
use whimbrel::config::{Config, DatabaseUrl};
use whimbrel::http::{Client, ClientSettings};
use whimbrel::keys::Secret;
use whimbrel::node::Node;
use whimbrel::server::{self, Doors};
use whimbrel::social::users::{self, NewUser, create_local};
use whimbrel::social::{setup, tokens};
use whimbrel::store::{Engine, Location, Role};
use whimbrel::worker;

use super::databases::TestDatabase;
use super::people::Person;

/// A node with its own database and files.
pub struct TestNode {
    /// Its handles.
    pub node: Node,
    /// Its domain, with the port.
    pub domain: String,
    config: Config,
    clock: Clock,
    doors: Option<Doors>,
    _database: TestDatabase,
    _folder: tempfile::TempDir,
}

impl TestNode {
    /// Starts a node called `name` on a free port.
    pub async fn start(engine: Engine, name: &str, clock: &Clock) -> Self {
        Self::start_with(engine, name, clock, |_| {}).await
    }

    /// Starts a node with a configuration of its own.
    pub async fn start_with(
        engine: Engine,
        name: &str,
        clock: &Clock,
        adjust: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the node");
        let database = TestDatabase::new(engine).await;
        let port = free_port();
        let domain = format!("{name}.localhost:{port}");
        let mut config = Config::default();
        config.server.domain = domain.clone();
        config.server.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        config.server.data = folder.path().to_owned();
        config.server.workers = 1;
        config.server.shutdown_timeout_seconds = 1;
        config.database.url = Some(match &database.location {
            Location::Sqlite(path) => DatabaseUrl::sqlite(path),
            Location::Postgres(url) => url.parse().expect("a database URL"),
        });
        config.database.readers = 2;
        config.database.connections = 3;
        config.federation.allow_http = true;
        config.federation.allow_private_addresses = true;
        config.limits.enabled = false;
        // Links in the texts of tests lead to servers that are not there.
        config.media.link_previews = false;
        adjust(&mut config);
        let node = open(&config, clock).await;
        let doors = Some(server::open_doors(&node).await.expect("the port is free"));
        Self {
            node,
            domain,
            config,
            clock: clock.clone(),
            doors,
            _database: database,
            _folder: folder,
        }
    }

    /// Its origin.
    pub fn origin(&self) -> &str {
        self.node.urls.origin()
    }

    /// Makes an account with a token for everything.
    pub async fn person(&self, name: &str) -> Person {
        let new = NewUser {
            username: name.to_owned(),
            email: format!("{name}@mail.example"),
            password: Secret::new(format!("the password of {name}")),
            role: Role::User,
            is_confirmed: true,
            is_approved: true,
            reason: None,
            locale: "en".to_owned(),
        };
        let account = create_local(&self.node, new)
            .await
            .expect("the account is made");
        let token =
            tokens::create_for(&self.node, account.id, "tests", "read write follow push").await;
        Person::new(
            self.config.server.listen,
            &self.domain,
            &account,
            token.expect("a token").secret.expose(),
        )
    }

    /// The same person with another token for everything.
    pub async fn again(&self, person: &Person) -> Person {
        let id = person.id.expect("they have an account here");
        let found = users::find_by_id(&self.node, id).await;
        let account = found.expect("a database").expect("they are there").account;
        let token =
            tokens::create_for(&self.node, id, "more tests", "read write follow push").await;
        Person::new(
            self.config.server.listen,
            &self.domain,
            &account,
            token.expect("a token").secret.expose(),
        )
    }

    /// Somebody without a token.
    pub fn anybody(&self) -> Person {
        Person::anonymous(self.config.server.listen, &self.domain)
    }

    /// Does all that is due here; tells how much that was.
    pub async fn settle(&self) -> usize {
        worker::settle(&self.node)
            .await
            .expect("no job dies")
            .total()
    }

    /// Stops answering, as an outage does; what is stored stays.
    pub async fn cut(&mut self) {
        if let Some(doors) = self.doors.take() {
            doors.close().await;
        }
    }

    /// Starts from the stored state with another outgoing client, made of the settings that it would have.
    pub async fn speak_by(&mut self, client: impl FnOnce(ClientSettings, Clock) -> Client) {
        self.cut().await;
        self.node = open(&self.config, &self.clock).await;
        let settings = self.node.http.settings().clone();
        self.node.http = client(settings, self.clock.clone());
        self.doors = Some(
            server::open_doors(&self.node)
                .await
                .expect("the port is free"),
        );
    }

    /// Answers again, after a start from the stored state alone.
    pub async fn mend(&mut self) {
        self.cut().await;
        self.node = open(&self.config, &self.clock).await;
        self.doors = Some(
            server::open_doors(&self.node)
                .await
                .expect("the port is free"),
        );
    }
}

async fn open(config: &Config, clock: &Clock) -> Node {
    let node = Node::open(config.clone(), clock.clone())
        .await
        .expect("the node opens");
    setup::ensure_node_actor(&node)
        .await
        .expect("the node's actor is there");
    node
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
