//! `whimbrel migrate`: brings the database up to date without running the node.

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::globals::Globals;
use super::output;

/// Brings the database up to date.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl Migrate {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        let done = node.db.migrated();
        if self.json {
            return output::json(&json!({"migrations": done}));
        }
        if done.is_empty() {
            return output::line("The database is up to date.");
        }
        for name in done {
            output::line(&format!("Migrated: {name}"))?;
        }
        Ok(())
    }
}
