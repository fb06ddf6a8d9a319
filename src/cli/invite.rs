//! `whimbrel invite`: codes by which people sign up. The rules are those of `social::invites`.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::clock::{DAY, to_rfc3339};
use crate::id::InviteId;
use crate::node::Node;
use crate::social::invites::{self, Terms};
use crate::store::invites::Invite;

/// What can be done with invitations.
#[derive(Debug, Subcommand)]
pub(super) enum InviteCommand {
    /// Makes an invitation and prints its address
    Create(Create),
    /// Lists the newest invitations, those of people included
    List(List),
    /// Takes an invitation back
    Revoke(Revoke),
}

/// A new invitation.
#[derive(Debug, Args)]
pub(super) struct Create {
    /// How many may come by it; without it any number
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    uses: Option<u32>,
    /// For how many days it counts; without it for ever
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: Option<u32>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A list of invitations.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// An invitation to be taken back.
#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// Its number, as the list shows it
    id: InviteId,
}

impl InviteCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self {
            Self::Create(command) => create(&node, &command).await,
            Self::List(command) => list(&node, &command).await,
            Self::Revoke(command) => {
                let revoked = invites::revoke(&node, None, command.id).await;
                revoked.map_err(|error| match error {
                    crate::social::Error::NotFound => Failure::Failed(format!(
                        "No open invitation has the number {}; `whimbrel invite list` shows them.",
                        command.id
                    )),
                    other => other.into(),
                })?;
                output::line("The invitation is taken back.")
            }
        }
    }
}

async fn create(node: &Node, command: &Create) -> Result<(), Failure> {
    let terms = Terms {
        max_uses: command.uses,
        lasts: command.days.map(|days| i64::from(days) * DAY),
    };
    let invite = invites::create(node, None, terms).await?;
    if command.json {
        return output::json(&Shown::of(node, &invite));
    }
    output::line(&invites::url(node, &invite))
}

async fn list(node: &Node, command: &List) -> Result<(), Failure> {
    let made = invites::list(node, None).await?;
    let shown: Vec<Shown> = made.iter().map(|invite| Shown::of(node, invite)).collect();
    if command.json {
        return output::json(&shown);
    }
    let rows: Vec<Vec<String>> = shown.into_iter().map(Shown::into_cells).collect();
    output::table(
        &["number", "state", "came by it", "until", "address"],
        &rows,
    )
}

/// An invitation as the terminal shows it.
#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    url: String,
    is_open: bool,
    uses: i64,
    max_uses: Option<i64>,
    expires_at: Option<String>,
    /// The account of whoever made it; none for whoever runs the node.
    account_id: Option<String>,
}

impl Shown {
    fn of(node: &Node, invite: &Invite) -> Self {
        Self {
            id: invite.id.to_string(),
            url: invites::url(node, invite),
            is_open: invite.is_open(node.clock.now()),
            uses: invite.uses,
            max_uses: invite.max_uses,
            expires_at: invite.expires_at.map(to_rfc3339),
            account_id: invite.account_id.map(|id| id.to_string()),
        }
    }

    fn into_cells(self) -> Vec<String> {
        let state = if self.is_open { "open" } else { "ended" };
        let came = match self.max_uses {
            Some(most) => format!("{} of {most}", self.uses),
            None => self.uses.to_string(),
        };
        let until = self.expires_at.unwrap_or_default();
        vec![self.id, state.to_owned(), came, until, self.url]
    }
}
