//! `whimbrel peers`: how other servers do, and what is decided about them. Works on the database beside a running node,
//! which finds what was decided within some seconds.

use clap::{Args, Subcommand, ValueEnum};

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::api::render;
use crate::clock::to_rfc3339;
use crate::node::Node;
use crate::social::Error;
use crate::social::peers::{self, Decision, Listing, Peer, Wanted};
use crate::social::staff::By;
use crate::store::peer_health::Chosen;
use crate::text::spans::in_words;

/// Peers that are read at once.
const PAGE: i64 = 200;

/// How other servers do, and what is decided about them.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Peers {
    #[command(subcommand)]
    command: Option<PeersCommand>,
    #[command(flatten)]
    list: List,
}

/// What can be done with other servers.
#[derive(Debug, Subcommand)]
enum PeersCommand {
    /// Lists them, by domain
    List(List),
    /// Shows one of them
    Show(Named),
    /// Tries one at once, with everything that waits for it; ends its pause
    Retry(Named),
    /// Sends nothing to one and does not try it until `resume`; what is for it waits
    Pause(Named),
    /// Goes on after `pause`
    Resume(Named),
    /// Drops what waits for one, for good, and begins with it anew
    Forget(Forget),
}

/// A list of peers.
#[derive(Debug, Args)]
struct List {
    /// Only those that are so
    #[arg(long, value_enum)]
    state: Option<StateWord>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Which peer.
#[derive(Debug, Args)]
struct Named {
    /// Its domain, with the port if it has one
    domain: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A peer whose backlog is dropped.
#[derive(Debug, Args)]
struct Forget {
    #[command(flatten)]
    named: Named,
    /// Says that this is meant: what waits for the server is lost
    #[arg(long)]
    yes: bool,
}

/// How peers may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StateWord {
    /// They take deliveries
    Up,
    /// They take none
    Down,
    /// They take some, but something waits for long
    Slow,
    /// An administrator has paused them
    Paused,
    /// Something waits for them
    Backlog,
}

impl From<StateWord> for Chosen {
    fn from(word: StateWord) -> Self {
        match word {
            StateWord::Up => Self::Up,
            StateWord::Down => Self::Down,
            StateWord::Slow => Self::Slow,
            StateWord::Paused => Self::Paused,
            StateWord::Backlog => Self::WithBacklog,
        }
    }
}

impl Peers {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self.command.unwrap_or(PeersCommand::List(self.list)) {
            PeersCommand::List(command) => list(&node, &command).await,
            PeersCommand::Show(named) => {
                let found = peers::show(&node, By::Operator, &named.domain).await;
                tell(&node, found, &named)
            }
            PeersCommand::Retry(named) => decide(&node, &named, Decision::Retry).await,
            PeersCommand::Pause(named) => decide(&node, &named, Decision::Pause).await,
            PeersCommand::Resume(named) => decide(&node, &named, Decision::Resume).await,
            PeersCommand::Forget(command) => forget(&node, &command).await,
        }
    }
}

async fn list(node: &Node, command: &List) -> Result<(), Failure> {
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let wanted = Wanted {
            chosen: command.state.map_or(Chosen::All, Chosen::from),
            after,
            limit: PAGE,
        };
        let Listing { peers, next } = peers::list(node, By::Operator, wanted).await?;
        found.extend(peers);
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    let now = node.clock.now();
    if command.json {
        let shown: Vec<_> = found
            .into_iter()
            .map(|peer| render::peers::peer(peer, now))
            .collect();
        return output::json(&shown);
    }
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|peer| {
            vec![
                peer.health.domain.clone(),
                peer.state.word().to_owned(),
                peer.backlog.deliveries.to_string(),
                peer.in_words(now),
            ]
        })
        .collect();
    output::table(&["domain", "state", "backlog", ""], &rows)
}

async fn decide(node: &Node, named: &Named, decision: Decision) -> Result<(), Failure> {
    let decided = peers::decide(node, By::Operator, &named.domain, decision).await;
    tell(node, decided, named)
}

async fn forget(node: &Node, command: &Forget) -> Result<(), Failure> {
    let named = &command.named;
    if !command.yes {
        let found = peers::show(node, By::Operator, &named.domain).await;
        let peer = found.map_err(|error| failure(error, &named.domain))?;
        return Err(Failure::Usage(format!(
            "{} deliveries wait for {} and would be dropped for good; add --yes if that is meant.",
            peer.backlog.deliveries, peer.health.domain
        )));
    }
    decide(node, named, Decision::Forget).await
}

fn failure(error: Error, domain: &str) -> Failure {
    match error {
        Error::NotFound => Failure::Failed(format!(
            "Nothing was ever exchanged with \"{domain}\"; `whimbrel peers` lists the known servers."
        )),
        other => other.into(),
    }
}

fn tell(node: &Node, found: Result<Peer, Error>, named: &Named) -> Result<(), Failure> {
    let found = found.map_err(|error| failure(error, &named.domain))?;
    let now = node.clock.now();
    if named.json {
        return output::json(&render::peers::peer(found, now));
    }
    output::table(&["", ""], &to_lines(&found, now))
}

fn to_lines(peer: &Peer, now: i64) -> Vec<Vec<String>> {
    let health = &peer.health;
    let ago = |at: Option<i64>| {
        at.map_or_else(
            || "never".to_owned(),
            |at| format!("{} ago", in_words(now - at)),
        )
    };
    let software = health.software.as_ref().map(|name| {
        let version = health.software_version.as_deref().unwrap_or_default();
        format!("{name} {version}").trim_end().to_owned()
    });
    let skew = health.clock_skew_ms.map(|skew| format!("{skew} ms"));
    let unknown = || "not known".to_owned();
    let lines = [
        ("domain", health.domain.clone()),
        ("state", peer.in_words(now)),
        ("backlog", peer.backlog.deliveries.to_string()),
        ("took something", ago(health.last_success_at)),
        ("was heard", ago(health.last_heard_at)),
        ("software", software.unwrap_or_else(unknown)),
        ("clock ahead by", skew.unwrap_or_else(unknown)),
        ("refused signatures", refused_signatures(peer, now)),
        ("known since", to_rfc3339(health.created_at)),
    ];
    let line = |(name, value): (&str, String)| vec![name.to_owned(), value];
    lines.into_iter().map(line).collect()
}

fn refused_signatures(peer: &Peer, now: i64) -> String {
    let health = &peer.health;
    match (&health.signature_failure, health.signature_failed_at) {
        (Some(reason), Some(at)) => format!(
            "{}, the last {} ago: {reason}",
            health.signature_failures,
            in_words(now - at)
        ),
        _ => health.signature_failures.to_string(),
    }
}
