//! Starting and stopping: the address, the threads, and the order in which things end.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{NormalizePath, from_fn};
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use tokio::task::JoinHandle;

use super::gate::{self, Gate};
use super::lock::Lock;
use super::rates::Rates;
use super::{bodies, connections, routes};
use crate::api::streaming::{self, Caps, Hub, Reading};
use crate::node::Node;
use crate::social::attempts::Attempts;
use crate::social::push;
use crate::social::setup;
use crate::social::vitals::Gauges;
use crate::worker::Worker;

/// Connections that may wait for being taken.
const BACKLOG: u32 = 1_024;

/// How long a caller may take for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next request.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How long a caller may take to close a connection.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The doors of a node: it answers, and does nothing by itself.
#[must_use = "doors that nobody closes lose the requests that are under way"]
pub struct Doors {
    /// Where they are; the port is the real one when port 0 was asked for.
    pub address: SocketAddr,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
    streams: Option<Streams>,
}

/// The open streams, and what tells them the news.
struct Streams {
    hub: Hub,
    telling: JoinHandle<()>,
}

/// A node that answers and works.
#[must_use = "a node that nobody stops loses the requests that are under way"]
pub struct Running {
    /// Where it listens; the port is the real one when port 0 was asked for.
    pub address: SocketAddr,
    /// Its handles.
    pub node: Node,
    doors: Doors,
    worker: Worker,
    lock: Lock,
}

/// Why a node cannot answer, as a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError(String);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl StartError {
    pub(super) fn of_page(error: &io::Error) -> Self {
        Self(format!("the page of the lab cannot be answered: {error}"))
    }

    fn of_address(address: SocketAddr, error: &io::Error) -> Self {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "another program uses it: stop that program, or choose another address with --listen"
            }
            io::ErrorKind::PermissionDenied => {
                "ports below 1024 are kept for the system: choose another with --listen, and let a \
                 proxy pass requests on"
            }
            io::ErrorKind::AddrNotAvailable => {
                "this computer has no such address: choose one that it has with --listen"
            }
            _ => "choose another address with --listen",
        };
        Self(format!(
            "the node cannot listen on {address} ({error}); {advice}"
        ))
    }
}

/// Starts answering on `server.listen` and carrying out what is queued.
///
/// # Errors
/// When the address cannot be had, or the computer grants no threads.
pub async fn start(node: Node) -> Result<Running, StartError> {
    let lock = Lock::take(&node).map_err(StartError)?;
    let doors = open_doors(&node).await?;
    let worker = Worker::start(node.clone())
        .await
        .map_err(|error| StartError(format!("what is queued cannot be taken up: {error}")))?;
    Ok(Running {
        address: doors.address,
        node,
        doors,
        worker,
        lock,
    })
}

/// Starts answering on `server.listen`; what requests queue stays queued.
///
/// # Errors
/// When the address cannot be had, or the computer grants no threads.
#[expect(
    clippy::disallowed_methods,
    reason = "the task is awaited in Doors::close"
)]
pub async fn open_doors(node: &Node) -> Result<Doors, StartError> {
    let wanted = node.config.server.listen;
    let workers = node.config.server.worker_count();
    let gate = Data::new(Gate {
        node: node.clone(),
        rates: Arc::new(Rates::new()),
        largest_body: bodies::largest(&node.config),
    });
    let inside = node.clone();
    let attempts = Attempts::new(node.clock.clone(), node.config.limits.clone());
    let hub = new_hub(node);
    let streams = hub.clone();
    let gauges = Gauges::new();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(gate.clone())
            .wrap(from_fn(gate::pass))
            .wrap(NormalizePath::trim())
            .configure(|config| routes::configure(config, &inside, &attempts, &streams, &gauges))
    });
    let server = server
        .workers(workers)
        .max_connections(connections::for_each_worker(workers))
        .backlog(BACKLOG)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_TIMEOUT)
        .client_disconnect_timeout(CLOSE_TIMEOUT)
        .shutdown_timeout(node.config.server.shutdown_timeout_seconds)
        .disable_signals()
        .bind(wanted)
        .map_err(|error| StartError::of_address(wanted, &error))?;
    let address = server.addrs().first().copied().unwrap_or(wanted);
    prepare(node).await?;
    let reading = Reading::begin(&hub, node)
        .await
        .map_err(|error| StartError(format!("what streams tell cannot be read: {error}")))?;
    let telling = tokio::spawn(streaming::run(hub.clone(), node.clone(), reading));
    tracing::info!(%address, origin = node.urls.origin(), "listening");
    Ok(Doors {
        streams: Some(Streams { hub, telling }),
        ..Doors::open(address, server.run())
    })
}

/// The hub of streams, within its limits.
fn new_hub(node: &Node) -> Hub {
    let limits = &node.config.limits;
    let capped = |cap: usize| if limits.enabled { cap } else { usize::MAX };
    Hub::new(Caps {
        all: connections::for_streams(),
        per_account: capped(limits.streams_per_account),
        per_address: capped(limits.streams_per_address),
    })
}

/// What must be there before the first request.
async fn prepare(node: &Node) -> Result<(), StartError> {
    node.blobs.remove_leftovers().map_err(|error| {
        StartError(format!(
            "the folder of uploaded files cannot be read: {error}"
        ))
    })?;
    setup::ensure_node_actor(node)
        .await
        .map_err(|error| StartError(format!("the node's own actor cannot be made: {error}")))?;
    push::keys::ensure(node)
        .await
        .map_err(|error| StartError(format!("the node cannot send pushes: {error}")))?;
    Ok(())
}

impl Doors {
    /// The doors of a server that is bound to `address`, without streams.
    #[expect(clippy::disallowed_methods, reason = "the task is awaited in close")]
    pub(super) fn open(address: SocketAddr, server: Server) -> Self {
        Self {
            address,
            handle: server.handle(),
            server: tokio::spawn(server),
            streams: None,
        }
    }

    /// Ends all streams, takes no new requests and finishes those under way (as long as
    /// `server.shutdown_timeout_seconds`).
    pub async fn close(self) {
        if let Some(Streams { hub, telling }) = self.streams {
            hub.close();
            if let Err(error) = telling.await {
                tracing::error!(%error, "what tells streams the news broke");
            }
        }
        self.handle.stop(true).await;
        match self.server.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the server ended with an error"),
            Err(error) => tracing::error!(%error, "the server broke"),
        }
    }
}

impl Running {
    /// Stops gracefully: closes the doors, then what runs behind them, then lets go of the database.
    pub async fn stop(self) {
        tracing::info!("stopping");
        self.doors.close().await;
        self.worker.stop().await;
        drop(self.node);
        drop(self.lock);
        tracing::info!("stopped");
    }
}
