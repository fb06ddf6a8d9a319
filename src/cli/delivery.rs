//! `whimbrel delivery`: what became of a post at other servers.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::api::render;
use crate::id::StatusId;
use crate::node::Node;
use crate::social::Error;
use crate::social::outcomes::{self, Host, Outcomes, Wanted};
use crate::store::Conn;
use crate::text::spans::in_words;
use crate::urls::Place;

/// Servers that are read at once.
const PAGE: usize = 500;

/// What can be asked about deliveries.
#[derive(Debug, Subcommand)]
pub(super) enum DeliveryCommand {
    /// Shows what became of a post of this node, server by server
    Show(Show),
}

/// A post.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Its number, or its address
    post: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl DeliveryCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self {
            Self::Show(command) => show(&node, &command).await,
        }
    }
}

async fn show(node: &Node, command: &Show) -> Result<(), Failure> {
    let id = read_id(node, &command.post)?;
    let now = node.clock.now();
    let read = move |conn: &mut Conn| read_all(conn, id, now);
    let found = node.db.read(read).await.map_err(|error| match error {
        Error::NotFound => Failure::Failed(format!("There is no post {id} of this node.")),
        other => other.into(),
    })?;
    if command.json {
        return output::json(&render::outcomes::delivery(found));
    }
    output::line(&found.totals.in_words())?;
    let rows: Vec<Vec<String>> = found.hosts.iter().map(|host| to_cells(host, now)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    output::table(&["server", "state", "when", ""], &rows)
}

/// A whole post, read page by page.
fn read_all(conn: &mut Conn, id: StatusId, now: i64) -> Result<Outcomes, Error> {
    let status = outcomes::find_any(conn, id)?;
    let mut wanted = Wanted {
        state: None,
        after: String::new(),
        limit: PAGE,
    };
    let mut all = outcomes::show(conn, status.clone(), &wanted, now)?;
    while let Some(after) = all.next.take() {
        wanted.after = after;
        let more = outcomes::show(conn, status.clone(), &wanted, now)?;
        all.hosts.extend(more.hosts);
        all.next = more.next;
    }
    Ok(all)
}

/// The number of a post that is given by number or address.
fn read_id(node: &Node, post: &str) -> Result<StatusId, Failure> {
    if let Ok(id) = post.parse() {
        return Ok(id);
    }
    match node.urls.place(post) {
        Some(Place::Status(_, id)) => Ok(id),
        _ => Err(Failure::Usage(format!(
            "\"{post}\" is neither the number nor the address of a post of this node, such as {}",
            node.urls.status_page("name", StatusId(1))
        ))),
    }
}

fn to_cells(host: &Host, now: i64) -> Vec<String> {
    vec![
        host.domain.clone(),
        host.state.word().to_owned(),
        format!("{} ago", in_words(now - host.at)),
        host.why(now),
    ]
}
