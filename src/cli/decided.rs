//! What an operator decides about accounts, here and elsewhere, and the record of what the staff did.

use clap::Args;

use super::failure::Failure;
use super::output;
use crate::api::render::admin::audit_entry;
use crate::clock::to_rfc3339;
use crate::node::Node;
use crate::social::accounts::find_by_acct;
use crate::social::moderation::accounts::{self, Action, Relief};
use crate::social::moderation::staff::{self, Staff};
use crate::social::staff::By;
use crate::store::accounts::Account;
use crate::store::{Page, WarningAction};

/// An account about which something is decided.
#[derive(Debug, Args)]
pub(super) struct Decided {
    /// The username, or name@domain for an account elsewhere
    name: String,
    /// What an account of this node is told
    #[arg(long, default_value = "")]
    text: String,
}

/// A part of the record.
#[derive(Debug, Args)]
pub(super) struct Audit {
    /// How many deeds
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=1_000))]
    limit: i64,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

async fn find(node: &Node, name: &str) -> Result<Account, Failure> {
    let (urls, name) = (node.urls.clone(), name.to_owned());
    let shown = name.clone();
    let found = node
        .db
        .read(move |conn| find_by_acct(conn, &urls, &name))
        .await;
    found.map_err(|_| Failure::Failed(format!("No account \"{shown}\" is known here.")))
}

/// Does something to an account.
pub(super) async fn act(node: &Node, command: Decided, kind: WarningAction) -> Result<(), Failure> {
    let account = find(node, &command.name).await?;
    let action = Action {
        kind,
        text: command.text,
        report: None,
    };
    accounts::act(node, Staff::operator(), account.id, action).await?;
    tell(&account, kind.word())
}

/// Ends what was done to an account.
pub(super) async fn relieve(node: &Node, command: &Decided, relief: Relief) -> Result<(), Failure> {
    let account = find(node, &command.name).await?;
    accounts::relieve(node, Staff::operator(), account.id, relief).await?;
    tell(&account, relief.word())
}

fn tell(account: &Account, what: &str) -> Result<(), Failure> {
    output::table(
        &["", ""],
        &[
            vec!["account".to_owned(), account.acct()],
            vec!["done".to_owned(), what.to_owned()],
        ],
    )
}

/// Shows what the staff did.
pub(super) async fn show_audits(node: &Node, command: &Audit) -> Result<(), Failure> {
    let page = Page::newest(command.limit);
    let rows = staff::list(node, By::Operator, None, page).await?;
    if command.json {
        let shown: Vec<_> = rows.into_iter().map(audit_entry).collect();
        return output::json(&shown);
    }
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| {
            vec![
                to_rfc3339(row.created_at),
                row.actor,
                row.action,
                row.target,
                row.detail,
            ]
        })
        .collect();
    output::table(&["when", "who", "what", "to", ""], &rows)
}
