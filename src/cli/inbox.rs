//! `whimbrel inbox`: what other servers sent, and what became of it. Works on the database beside a running node, which
//! finds within some seconds what is to be tried again.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::clock::to_rfc3339;
use crate::id::ReceiptId;
use crate::node::Node;
use crate::social::receipts::{self, STATES};
use crate::social::staff::By;
use crate::store::receipts::Receipt;
use crate::store::{Page, ReceiptState};

/// Rows that are read at once.
const PAGE: i64 = 200;

/// What can be done with what other servers sent.
#[derive(Debug, Subcommand)]
pub(super) enum InboxCommand {
    /// Lists what waits, failed or was rejected, the newest first
    List(List),
    /// Shows one of them, with its document
    Show(Named),
    /// Lets it be tried again, as if it had never been tried
    Retry(Retry),
}

/// A list.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Only those that are so
    #[arg(long, value_enum)]
    state: Option<StateWord>,
    /// How many, at most
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Which one.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// Its id, as `list` shows it
    id: i64,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// What is to be tried again.
#[derive(Debug, Args)]
pub(super) struct Retry {
    /// Its id, as `list` shows it
    #[arg(required_unless_present = "failed", conflicts_with = "failed")]
    id: Option<i64>,
    /// Everything that was given up
    #[arg(long)]
    failed: bool,
    /// Only what this host sent, with its port if it has one
    #[arg(long, requires = "failed", conflicts_with = "id")]
    host: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// How received activities may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum StateWord {
    /// Given up after the last try
    Failed,
    /// Untrue or malformed
    Rejected,
    /// Not yet applied
    Waiting,
}

impl From<StateWord> for ReceiptState {
    fn from(word: StateWord) -> Self {
        match word {
            StateWord::Failed => Self::Failed,
            StateWord::Rejected => Self::Rejected,
            StateWord::Waiting => Self::Waiting,
        }
    }
}

impl InboxCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self {
            Self::List(command) => list(&node, &command).await,
            Self::Show(named) => show(&node, &named).await,
            Self::Retry(command) => retry(&node, command).await,
        }
    }
}

async fn list(node: &Node, command: &List) -> Result<(), Failure> {
    let states = command
        .state
        .map_or(STATES.to_vec(), |word| vec![word.into()]);
    let mut found: Vec<Receipt> = Vec::new();
    loop {
        let left = command.limit - i64::try_from(found.len()).unwrap_or(i64::MAX);
        let page = Page {
            max_id: found.last().map(|receipt| receipt.id.0),
            ..Page::newest(left.min(PAGE))
        };
        let rows = receipts::list(node, By::Operator, states.clone(), page).await?;
        if rows.is_empty() {
            break;
        }
        found.extend(rows);
    }
    if command.json {
        let shown: Vec<Value> = found.iter().map(describe).collect();
        return output::json(&shown);
    }
    let heads = ["ID", "STATE", "RECEIVED", "TRIES", "ACTIVITY", "REASON"];
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|receipt| {
            vec![
                receipt.id.0.to_string(),
                receipt.state.word().to_owned(),
                to_rfc3339(receipt.received_at),
                receipt.attempts.to_string(),
                receipt.activity_uri.clone(),
                receipt.reason.clone().unwrap_or_default(),
            ]
        })
        .collect();
    output::table(&heads, &rows)
}

fn describe(receipt: &Receipt) -> Value {
    let waits = receipt.state == ReceiptState::Waiting;
    json!({
        "id": receipt.id.0.to_string(),
        "activity": receipt.activity_uri,
        "actor": receipt.actor_uri,
        "state": receipt.state.word(),
        "reason": receipt.reason,
        "attempts": receipt.attempts,
        "received_at": to_rfc3339(receipt.received_at),
        "due_at": waits.then(|| to_rfc3339(receipt.due_at)),
    })
}

async fn show(node: &Node, named: &Named) -> Result<(), Failure> {
    let shown = receipts::show(node, By::Operator, ReceiptId(named.id)).await?;
    let receipt = &shown.receipt;
    if named.json {
        let owners = shown.owners.iter().map(|owner| owner.0.to_string());
        let mut value = describe(receipt);
        if let Some(object) = value.as_object_mut() {
            object.insert("inboxes".to_owned(), owners.collect());
            object.insert("body".to_owned(), receipt.body.as_str().into());
        }
        return output::json(&value);
    }
    let waits = receipt.state == ReceiptState::Waiting;
    let due = waits.then(|| to_rfc3339(receipt.due_at));
    for (name, value) in [
        ("Activity", Some(receipt.activity_uri.clone())),
        ("Actor", Some(receipt.actor_uri.clone())),
        ("State", Some(receipt.state.word().to_owned())),
        ("Reason", receipt.reason.clone()),
        ("Tries", Some(receipt.attempts.to_string())),
        ("Received", Some(to_rfc3339(receipt.received_at))),
        ("Due", due),
        ("Document", Some(receipt.body.clone())),
    ] {
        if let Some(value) = value {
            output::line(&format!("{name}: {value}"))?;
        }
    }
    Ok(())
}

async fn retry(node: &Node, command: Retry) -> Result<(), Failure> {
    let renewed = match command.id {
        Some(id) => {
            receipts::retry(node, By::Operator, ReceiptId(id)).await?;
            1
        }
        None => receipts::retry_failed(node, By::Operator, command.host).await?,
    };
    if command.json {
        return output::json(&json!({ "renewed": renewed }));
    }
    output::line(&format!(
        "To be tried again within some seconds: {renewed}."
    ))
}
