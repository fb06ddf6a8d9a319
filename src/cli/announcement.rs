//! `whimbrel announcement`: what everybody on this node is told. Works on the database beside a running node, whose
//! streams hear of it at once.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::clock::{from_rfc3339, to_rfc3339};
use crate::id::AnnouncementId;
use crate::node::Node;
use crate::social::announcements::{self, Draft};
use crate::social::moderation::staff::Staff;
use crate::social::staff::By;
use crate::store::announcements::Announcement;

/// Announcements that are listed at most.
const MOST: i64 = 1_000;

/// What can be done with announcements.
#[derive(Debug, Subcommand)]
pub(super) enum AnnouncementCommand {
    /// Lists them, the newest first
    List(List),
    /// Makes one and shows it at once, or at the time that --at names
    Add(Add),
    /// Says something else in one
    Change(Change),
    /// Shows one at once
    Publish(Named),
    /// Shows one no longer; it can be published again
    Withdraw(Named),
    /// Removes one for good
    Remove(Named),
}

/// A list.
#[derive(Debug, Args)]
pub(super) struct List {
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

/// When.
#[derive(Debug, Args)]
struct When {
    /// When what it tells of begins: 2026-08-08T12:34:00Z
    #[arg(long, value_parser = instant)]
    starts: Option<i64>,
    /// When what it tells of ends; it is shown until then
    #[arg(long, value_parser = instant)]
    ends: Option<i64>,
    /// Says that both stand for whole days
    #[arg(long, requires = "ends")]
    all_day: bool,
}

/// A new one.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// What it says
    text: String,
    #[command(flatten)]
    when: When,
    /// When it is shown
    #[arg(long, value_parser = instant, conflicts_with = "draft")]
    at: Option<i64>,
    /// Shows it to nobody until `publish`
    #[arg(long)]
    draft: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// What one says from now on.
#[derive(Debug, Args)]
pub(super) struct Change {
    #[command(flatten)]
    named: Named,
    /// What it says
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    when: When,
}

fn instant(text: &str) -> Result<i64, String> {
    from_rfc3339(text).ok_or_else(|| "an instant is written like 2026-08-08T12:34:00Z".to_owned())
}

impl AnnouncementCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self {
            Self::List(command) => list(&node, &command).await,
            Self::Add(command) => add(&node, command).await,
            Self::Change(command) => change(&node, command).await,
            Self::Publish(named) => {
                announcements::publish(&node, Staff::operator(), AnnouncementId(named.id)).await?;
                show(&node, &named).await
            }
            Self::Withdraw(named) => {
                announcements::withdraw(&node, Staff::operator(), AnnouncementId(named.id)).await?;
                show(&node, &named).await
            }
            Self::Remove(named) => {
                announcements::remove(&node, Staff::operator(), AnnouncementId(named.id)).await?;
                if named.json {
                    return output::json(&json!({ "removed": named.id.to_string() }));
                }
                output::line("It is removed.")
            }
        }
    }
}

async fn list(node: &Node, command: &List) -> Result<(), Failure> {
    let found = announcements::list_all(node, By::Operator, MOST).await?;
    if command.json {
        let shown: Vec<Value> = found.iter().map(describe).collect();
        return output::json(&shown);
    }
    let heads = ["ID", "STATE", "ENDS", "TEXT"];
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|row| {
            vec![
                row.id.to_string(),
                state(row),
                row.ends_at.map(to_rfc3339).unwrap_or_default(),
                row.text.clone(),
            ]
        })
        .collect();
    output::table(&heads, &rows)
}

fn state(row: &Announcement) -> String {
    match (row.published_at, row.scheduled_at) {
        (Some(_), _) => "shown".to_owned(),
        (None, Some(at)) => format!("waits until {}", to_rfc3339(at)),
        (None, None) => "hidden".to_owned(),
    }
}

fn describe(row: &Announcement) -> Value {
    json!({
        "id": row.id.to_string(),
        "text": row.text,
        "starts_at": row.starts_at.map(to_rfc3339),
        "ends_at": row.ends_at.map(to_rfc3339),
        "all_day": row.all_day,
        "scheduled_at": row.scheduled_at.map(to_rfc3339),
        "published_at": row.published_at.map(to_rfc3339),
        "updated_at": to_rfc3339(row.updated_at),
    })
}

async fn add(node: &Node, command: Add) -> Result<(), Failure> {
    let draft = Draft {
        text: command.text,
        starts_at: command.when.starts,
        ends_at: command.when.ends,
        all_day: command.when.all_day,
        scheduled_at: command.at,
    };
    let publishes = !command.draft && command.at.is_none();
    let made = announcements::create(node, Staff::operator(), draft, publishes).await?;
    tell(&made, command.json)
}

async fn change(node: &Node, command: Change) -> Result<(), Failure> {
    let id = AnnouncementId(command.named.id);
    let before = announcements::show(node, By::Operator, id).await?;
    let mut draft = Draft::of(&before);
    if let Some(text) = command.text {
        draft.text = text;
    }
    draft.starts_at = command.when.starts.or(draft.starts_at);
    draft.ends_at = command.when.ends.or(draft.ends_at);
    draft.all_day |= command.when.all_day;
    let changed = announcements::update(node, Staff::operator(), id, draft).await?;
    tell(&changed, command.named.json)
}

async fn show(node: &Node, named: &Named) -> Result<(), Failure> {
    let row = announcements::show(node, By::Operator, AnnouncementId(named.id)).await?;
    tell(&row, named.json)
}

fn tell(row: &Announcement, is_json: bool) -> Result<(), Failure> {
    if is_json {
        return output::json(&describe(row));
    }
    output::line(&format!("{}: {}", row.id, state(row)))
}
