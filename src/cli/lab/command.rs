//! `whimbrel lab`: several nodes in one process that federate with each other on this computer alone, for trying
//! things out. No DNS, no TLS, nothing to set up.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use super::globals::{Globals, start_quiet_log};
use super::output;
use super::passwords::generate;
use super::signals::Signals;
use crate::clock::Clock;
use crate::config::Config;
use crate::keys::random;
use crate::node::Node;
use crate::server::{self, Running};
use crate::social::users::{self, NewUser};
use crate::store::Role;

/// The nodes and their people, in the order in which they are made.
const CAST: [(&str, &str); 12] = [
    ("alpha", "alice"),
    ("beta", "bob"),
    ("gamma", "carol"),
    ("delta", "dave"),
    ("epsilon", "erin"),
    ("zeta", "frank"),
    ("eta", "grace"),
    ("theta", "heidi"),
    ("iota", "ivan"),
    ("kappa", "judy"),
    ("lambda", "kim"),
    ("mu", "leo"),
];

/// Where the password of a kept node's account is written down.
const PASSWORD_FILE: &str = "lab-password";

/// Runs several nodes that federate with each other.
#[derive(Debug, Args)]
pub(super) struct Lab {
    /// How many nodes
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=12))]
    nodes: u16,
    /// The port of the first node; the others have those after it
    #[arg(long, default_value_t = 8081, value_parser = clap::value_parser!(u16).range(1..=65_500))]
    port: u16,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// One node of the lab, for the table.
#[derive(Debug, Serialize)]
struct Seat {
    open: String,
    account: String,
    email: String,
    password: String,
}

/// The folder of all nodes; one that nobody named goes at the end.
struct Folder {
    path: PathBuf,
    is_kept: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_kept {
            // What cannot be removed lies among the system's temporary files, which go by themselves.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

impl Lab {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let base = globals.load(Vec::new())?;
        start_quiet_log(&base);
        let mut signals = Signals::new()?;
        let folder = open_folder(globals);
        let mut running = Vec::new();
        let opened = tokio::select! {
            opened = self.open_all(&base, &folder.path, &mut running) => opened,
            () = signals.next() => Err(Failure::failed("stopped while the nodes were being made")),
        };
        let told = opened.and_then(|seats| self.tell(&seats, &folder));
        if told.is_ok() {
            signals.next().await;
            if !self.json {
                output::line("Stopping.")?;
            }
        }
        let stop = async {
            for node in running {
                node.stop().await;
            }
        };
        tokio::select! {
            () = stop => told,
            () = signals.next() => Err(Failure::failed("stopped at once")),
        }
    }

    async fn open_all(
        &self,
        base: &Config,
        folder: &Path,
        running: &mut Vec<Running>,
    ) -> Result<Vec<Seat>, Failure> {
        let mut seats = Vec::new();
        let ports = self.port..;
        for ((name, person), port) in CAST.into_iter().zip(ports).take(self.nodes.into()) {
            let config = configure(base, name, port, &folder.join(name));
            let node = Node::open(config, Clock::real()).await?;
            let password = settle(&node, person).await?;
            let started = server::start(node.clone()).await;
            running.push(started.map_err(|error| {
                let sentence = format!("{error}; `whimbrel lab --port` chooses other ports");
                Failure::failed(sentence.replace(" with --listen", ""))
            })?);
            seats.push(Seat {
                open: node.urls.origin().to_owned(),
                account: format!("@{person}@{}", node.urls.authority()),
                email: email_of(person),
                password,
            });
        }
        Ok(seats)
    }

    fn tell(&self, seats: &[Seat], folder: &Folder) -> Result<(), Failure> {
        if self.json {
            return output::json(&seats);
        }
        let names: Vec<&str> = CAST
            .iter()
            .map(|(name, _)| *name)
            .take(seats.len())
            .collect();
        let rows: Vec<Vec<String>> = seats
            .iter()
            .map(|seat| {
                vec![
                    seat.open.clone(),
                    seat.account.clone(),
                    seat.email.clone(),
                    seat.password.clone(),
                ]
            })
            .collect();
        let place = folder.path.display();
        let fate = if folder.is_kept {
            "kept"
        } else {
            "removed at the end; --data DIR keeps it elsewhere"
        };
        output::text(&format!("The lab is open: {}.\n\n", names.join(", ")))?;
        output::table(&["open", "account", "sign in as", "password"], &rows)?;
        output::text(
            "\nSign in on one of the pages, or with any Mastodon client that accepts http addresses.\n\
             Search for another node's account to follow it; posts then travel between the nodes.\n",
        )?;
        output::line(&format!("Everything lies in {place} ({fate})."))?;
        output::line("Ctrl-C closes the lab.")
    }
}

fn open_folder(globals: &Globals) -> Folder {
    match globals.data_flag() {
        Some(path) => Folder {
            path: PathBuf::from(path),
            is_kept: true,
        },
        None => Folder {
            path: std::env::temp_dir().join(format!("whimbrel-lab-{}", random::hex_name())),
            is_kept: false,
        },
    }
}

/// The configuration of one node: what was configured, but a place of its own and open to its neighbours.
fn configure(base: &Config, name: &str, port: u16, folder: &Path) -> Config {
    let mut config = base.clone();
    config.server.domain = format!("{name}.localhost:{port}");
    config.server.listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    folder.clone_into(&mut config.server.data);
    config.server.https = Some(false);
    config.server.workers = 1;
    config.database.url = None;
    config.database.readers = 2;
    config.media.folder = None;
    config.instance.title = format!("Whimbrel {name}");
    config.federation.enabled = true;
    config.federation.allow_http = true;
    config.federation.allow_private_addresses = true;
    config.limits.enabled = false;
    config
}

fn email_of(person: &str) -> String {
    format!("{person}@example.org")
}

/// Makes the node's account when it is not there yet, and tells its password.
async fn settle(node: &Node, person: &str) -> Result<String, Failure> {
    let file = node.config.server.data.join(PASSWORD_FILE);
    if users::find(node, person).await?.is_some() {
        let kept = fs::read_to_string(&file);
        return Ok(kept.map_or_else(
            |_| "(chosen before)".to_owned(),
            |kept| kept.trim().to_owned(),
        ));
    }
    let password = generate();
    let new = NewUser {
        username: person.to_owned(),
        email: email_of(person),
        password: password.clone().into(),
        role: Role::Owner,
        is_confirmed: true,
        is_approved: true,
        reason: None,
        locale: "en".to_owned(),
    };
    users::create_local(node, new).await?;
    fs::write(&file, format!("{password}\n")).map_err(|error| {
        Failure::Failed(format!("{} cannot be written: {error}", file.display()))
    })?;
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_has_a_valid_place_of_its_own() {
        let mut base = Config::default();
        base.database.url = "postgres://shared/db".parse().ok();
        let mut seen = std::collections::HashSet::new();
        for ((name, _), port) in CAST.into_iter().zip(8081..) {
            let config = configure(&base, name, port, Path::new(name));
            config.check().unwrap();
            assert_eq!(
                config.server.origin(),
                format!("http://{name}.localhost:{port}")
            );
            assert!(seen.insert(config.database_url().expose().to_owned()));
        }
    }
}
