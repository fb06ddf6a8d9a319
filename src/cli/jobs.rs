//! `whimbrel jobs`: work that was given up, and another try. Works on the database beside a running node.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::clock::to_rfc3339;
use crate::id::JobId;
use crate::node::Node;
use crate::social::receipts::retry_job;
use crate::social::staff::By;
use crate::store::jobs::{self, Queued};

/// What can be done with jobs.
#[derive(Debug, Subcommand)]
pub(super) enum JobsCommand {
    /// Lists jobs, the newest first
    List(List),
    /// Lets one be tried again that was given up
    Retry(Retry),
}

/// A list.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Those that were given up, instead of those that wait
    #[arg(long)]
    dead: bool,
    /// How many, at most
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Which one.
#[derive(Debug, Args)]
pub(super) struct Retry {
    /// Its id, as `list` shows it
    id: i64,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl JobsCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self {
            Self::List(command) => list(&node, &command).await,
            Self::Retry(command) => retry(&node, &command).await,
        }
    }
}

async fn list(node: &Node, command: &List) -> Result<(), Failure> {
    let (is_dead, limit) = (command.dead, command.limit);
    let rows = node
        .db
        .read(move |conn| jobs::list(conn, is_dead, limit))
        .await
        .map_err(Failure::failed)?;
    if command.json {
        let shown: Vec<Value> = rows.iter().map(describe).collect();
        return output::json(&shown);
    }
    let heads = ["ID", "KIND", "QUEUED", "TRIES", "REASON"];
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|job| {
            vec![
                job.id.0.to_string(),
                job.kind,
                to_rfc3339(job.created_at),
                job.attempts.to_string(),
                job.last_error.unwrap_or_default(),
            ]
        })
        .collect();
    output::table(&heads, &rows)
}

fn describe(job: &Queued) -> Value {
    let payload: Value = serde_json::from_str(&job.payload).unwrap_or_default();
    json!({
        "id": job.id.0.to_string(),
        "kind": job.kind,
        "payload": payload,
        "reason": job.last_error,
        "attempts": job.attempts,
        "is_dead": job.is_dead,
        "queued_at": to_rfc3339(job.created_at),
        "due_at": (!job.is_dead).then(|| to_rfc3339(job.due_at)),
    })
}

async fn retry(node: &Node, command: &Retry) -> Result<(), Failure> {
    retry_job(node, By::Operator, JobId(command.id)).await?;
    if command.json {
        return output::json(&json!({ "renewed": 1 }));
    }
    output::line("It is tried again within some seconds.")
}
