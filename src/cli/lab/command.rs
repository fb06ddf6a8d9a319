//! The command: opens everything, tells where it is, and closes it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::places::find_places;
use super::seats::Seat;
use super::stage::{Board, Nodes};
use crate::cli::failure::Failure;
use crate::cli::globals::{Globals, start_quiet_log};
use crate::cli::output;
use crate::cli::signals::Signals;
use crate::keys::random;
use crate::server;

/// Runs several nodes that federate with each other, and a page to watch them.
#[derive(Debug, Args)]
pub(in crate::cli) struct Lab {
    /// How many nodes
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=12))]
    nodes: u16,
    /// The port of the first node, the others have those after it; 0 takes any free ones
    #[arg(long, default_value_t = 8081, value_parser = clap::value_parser!(u16).range(0..=65_500))]
    port: u16,
    /// The port of the page [default: the one before the first node's, or any free one where that is taken]
    #[arg(long, value_name = "PORT")]
    page_port: Option<u16>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// The lab, for programs.
#[derive(Debug, Serialize)]
struct Opened {
    page: String,
    nodes: Vec<Entry>,
}

/// One node of the lab, for the table.
#[derive(Debug, Serialize)]
struct Entry {
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
    pub(in crate::cli) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        start_quiet_log(&globals.load(Vec::new())?);
        let mut signals = Signals::new()?;
        let folder = open_folder(globals)?;
        let listener = self.listen()?;
        let page = page_address(&listener)?;
        if !self.json {
            output::line(&format!("Open {page} to watch."))?;
        }
        let seats = tokio::select! {
            seats = self.set(globals, &folder.path) => seats?,
            () = signals.next() => return Err(too_early()),
        };
        let nodes = Arc::new(Nodes::new(seats));
        let (board, asked) = Board::new(nodes.clone());
        let doors = server::open_lab_page(listener, Arc::new(board))?;
        let show = async {
            self.open(&nodes, &page, &folder).await?;
            nodes.clone().play(asked).await;
            Ok(())
        };
        let told = tokio::select! {
            told = show => told,
            () = signals.next() => if self.json { Ok(()) } else { output::line("Stopping.") },
        };
        let stop = async {
            doors.close().await;
            nodes.stop().await;
        };
        tokio::select! {
            () = stop => told,
            () = signals.next() => Err(Failure::failed("stopped at once")),
        }
    }

    /// Takes the page's port.
    fn listen(&self) -> Result<TcpListener, Failure> {
        let wanted = self.page_port.unwrap_or(self.port.saturating_sub(1));
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted));
        let bound = match bound {
            Err(_) if self.page_port.is_none() => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)),
            other => other,
        };
        bound.map_err(|error| {
            Failure::Failed(format!(
                "the page cannot listen on port {wanted} ({error}): --page-port chooses another"
            ))
        })
    }

    /// Makes the databases and accounts of all nodes.
    async fn set(&self, globals: &Globals, folder: &Path) -> Result<Vec<Seat>, Failure> {
        let places = find_places(self.nodes, self.port, folder)?;
        let file = globals.config_flag();
        let seats = places.into_iter().map(|place| async {
            let config = globals.load_beside(place.settings())?;
            Seat::set(place, config, file.map(Path::to_owned)).await
        });
        let seats = futures_util::future::join_all(seats).await;
        seats.into_iter().collect()
    }

    /// Starts the nodes, makes them known to each other, and tells where they are.
    async fn open(&self, nodes: &Nodes, page: &str, folder: &Folder) -> Result<(), Failure> {
        nodes.start().await.map_err(Failure::Failed)?;
        nodes.acquaint().await.map_err(Failure::Failed)?;
        nodes.say("All nodes run, and everybody follows everybody.".to_owned());
        let entries = nodes.seats.iter().map(|seat| Entry {
            open: seat.node.urls.origin().to_owned(),
            account: seat.handle(),
            email: seat.email(),
            password: seat.password.clone(),
        });
        let opened = Opened {
            page: page.to_owned(),
            nodes: entries.collect(),
        };
        if self.json {
            return output::json(&opened);
        }
        let names: Vec<&str> = nodes.seats.iter().map(|seat| seat.place.name).collect();
        tell(&opened, &names, folder)
    }
}

fn tell(opened: &Opened, names: &[&str], folder: &Folder) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = opened
        .nodes
        .iter()
        .map(|node| {
            vec![
                node.open.clone(),
                node.account.clone(),
                node.email.clone(),
                node.password.clone(),
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
    output::text(&format!(
        "\nEverybody follows everybody: what one posts reaches all. {} shows it, kills nodes and revives them.\n\
         Sign in on one of the nodes, or with any Mastodon client that accepts http addresses.\n",
        opened.page,
    ))?;
    output::line(&format!("Everything lies in {place} ({fate})."))?;
    output::line("Ctrl-C closes the lab.")
}

fn too_early() -> Failure {
    Failure::failed("stopped while the nodes were being made")
}

fn page_address(listener: &TcpListener) -> Result<String, Failure> {
    let address = listener.local_addr().map_err(Failure::failed)?;
    Ok(format!("http://localhost:{}", address.port()))
}

/// The folder that was named, or a new one; absolute, since the nodes are told.
fn open_folder(globals: &Globals) -> Result<Folder, Failure> {
    match globals.data_flag() {
        Some(path) => Ok(Folder {
            path: std::path::absolute(path).map_err(Failure::failed)?,
            is_kept: true,
        }),
        None => Ok(Folder {
            path: std::env::temp_dir().join(format!("whimbrel-lab-{}", random::hex_name())),
            is_kept: false,
        }),
    }
}
