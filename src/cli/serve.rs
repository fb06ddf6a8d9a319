//! `whimbrel serve`: runs the node until it is told to stop.

use std::{io, thread};

use clap::Args;
use tokio::sync::oneshot;

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use super::signals::Signals;
use crate::clock::Clock;
use crate::config::Config;
use crate::node::Node;
use crate::server::{self, Running};
use crate::social::setup;
use crate::telemetry;

/// Runs the node.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The address and port to listen on; a proxy in front adds TLS [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Also stops when standard input is closed, as it is when whoever started this process is gone
    #[arg(long, hide = true)]
    until_stdin_closes: bool,
}

impl Serve {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let listen = self.listen.map(|listen| ("server.listen", listen));
        let config = globals.load(listen.into_iter().collect())?;
        telemetry::start(&config.log);
        warn_of_other_port(&config);
        // From here on a signal is waited for and not obeyed at once.
        let mut signals = Signals::new()?;
        let mut input = Input::open(self.until_stdin_closes);
        let node = Node::open(config, Clock::real()).await?;
        let running = server::start(node).await?;
        greet(&running).await?;
        tokio::select! {
            () = signals.next() => {}
            () = input.closed() => {}
        }
        output::line("Stopping: requests under way are finished. Once more stops at once.")?;
        tokio::select! {
            () = running.stop() => Ok(()),
            () = signals.next() => Err(Failure::failed("stopped at once")),
        }
    }
}

/// Standard input, if its end means something.
struct Input(Option<oneshot::Receiver<()>>);

impl Input {
    /// Begins to listen, on a thread that nobody waits for: a read cannot be called off.
    fn open(counts: bool) -> Self {
        Self(counts.then(|| {
            let (ended, end) = oneshot::channel();
            thread::spawn(move || {
                // An input that cannot be read says as much as one that is closed.
                let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
                let _ = ended.send(());
            });
            end
        }))
    }

    /// Waits for its end; for ever when that means nothing.
    async fn closed(&mut self) {
        match &mut self.0 {
            Some(end) => {
                let _ = end.await;
            }
            None => std::future::pending().await,
        }
    }
}

async fn greet(running: &Running) -> Result<(), Failure> {
    let link = setup::new_owner_link(&running.node).await?;
    output::line(&format!(
        "Whimbrel {} is {}, listening on {}. Ctrl-C stops it.",
        env!("CARGO_PKG_VERSION"),
        running.node.urls.origin(),
        running.address,
    ))?;
    let Some(link) = link else { return Ok(()) };
    output::line("It has no account yet. This link, which works once, makes the owner's:")?;
    output::line(&format!("  {link}"))
}

/// On one's own computer the domain carries the port, and whoever changes one forgets the other.
fn warn_of_other_port(config: &Config) {
    let (server, listen) = (&config.server, config.server.listen);
    let is_here = !server.is_https() && listen.ip().is_loopback() && listen.port() != 0;
    let port = server.port().unwrap_or(80);
    if is_here && port != listen.port() {
        tracing::warn!(
            "the node is named {} but listens on port {}: unless a proxy stands between, \
             --domain {}:{} makes its addresses work",
            server.origin(),
            listen.port(),
            server.host(),
            listen.port(),
        );
    }
}
