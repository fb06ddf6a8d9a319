//! `whimbrel domain import`: a list of blocks from a file, as a whole or not at all.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::failure::Failure;
use super::output;
use crate::node::Node;
use crate::social::moderation::block_lists::{self, Fault, MAX_BYTES, Terms};
use crate::social::moderation::imports::{self, Change, Step};
use crate::social::moderation::staff::Staff;
use crate::social::staff::By;
use crate::store::HostSeverity;

/// How little the node has to do with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Severity {
    /// Nothing but what the other flags say
    Noop,
    /// Its accounts are limited
    Silence,
    /// Nothing comes from there or goes there
    Suspend,
}

impl From<Severity> for HostSeverity {
    fn from(word: Severity) -> Self {
        match word {
            Severity::Noop => Self::Noop,
            Severity::Silence => Self::Silence,
            Severity::Suspend => Self::Suspend,
        }
    }
}

/// A list of servers to be blocked.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The list; `-` is what comes in
    file: PathBuf,
    /// Only tells what would change, and how many follows would end
    #[arg(long)]
    dry_run: bool,
    /// Lets the list change blocks that are there
    #[arg(long)]
    overwrite: bool,
    /// How little the node has to do with a server of which the list does not say it
    #[arg(long, value_enum, default_value_t = Severity::Suspend)]
    severity: Severity,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) async fn run(self, node: &Node) -> Result<(), Failure> {
        let bytes = read(&self.file).map_err(|error| {
            Failure::Failed(format!("{} cannot be read: {error}", self.file.display()))
        })?;
        let terms = Terms {
            own: node.urls.authority(),
            severity: self.severity.into(),
        };
        let entries = block_lists::read(&bytes, terms).map_err(|faults| self.refuse(&faults))?;
        let steps = if self.dry_run {
            imports::preview(node, By::Operator, entries, self.overwrite).await?
        } else {
            imports::import(node, Staff::operator(), entries, self.overwrite).await?
        };
        if self.json {
            let shown: Vec<Value> = steps.iter().map(describe).collect();
            return output::json(&json!({ "dry_run": self.dry_run, "servers": shown }));
        }
        let heads = ["domain", "severity", "what", "follows that end"];
        let rows: Vec<Vec<String>> = steps.iter().map(row).collect();
        output::table(&heads, &rows)?;
        output::line(&self.sum(&steps))
    }

    fn refuse(&self, faults: &[Fault]) -> Failure {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let name = self.file.display();
        Failure::Failed(format!(
            "{name} is of no use as it is, and nothing was changed:\n{}",
            lines.join("\n")
        ))
    }

    fn sum(&self, steps: &[Step]) -> String {
        let is_change = |step: &&Step| matches!(step.change, Change::Add | Change::Alter);
        let changed = steps.iter().filter(is_change).count();
        let follows: i64 = steps.iter().map(|step| step.follows).sum();
        let (all, words) = (steps.len(), if self.dry_run { "would be" } else { "are" });
        format!("{changed} of {all} {words} changed; follows that end: {follows}.")
    }
}

/// The list, and one byte more if it is too large.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(MAX_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn word(change: &Change) -> &'static str {
    match change {
        Change::Add => "added",
        Change::Alter => "altered",
        Change::Same => "same",
        Change::Kept => "kept",
        Change::Covered(_) => "covered",
    }
}

fn row(step: &Step) -> Vec<String> {
    let what = match &step.change {
        Change::Kept => "kept as it is".to_owned(),
        Change::Covered(above) => format!("covered by {above}"),
        change => word(change).to_owned(),
    };
    let severity = step.entry.severity.word().to_owned();
    vec![
        step.entry.domain.clone(),
        severity,
        what,
        step.follows.to_string(),
    ]
}

fn describe(step: &Step) -> Value {
    let above = match &step.change {
        Change::Covered(above) => Some(above),
        _ => None,
    };
    json!({
        "line": step.entry.line,
        "domain": step.entry.domain,
        "severity": step.entry.severity.word(),
        "change": word(&step.change),
        "covered_by": above,
        "follows": step.follows,
    })
}
