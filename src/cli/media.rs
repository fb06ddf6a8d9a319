//! `whimbrel media`: brings uploaded files from one store to another.

use clap::{Args, Subcommand};
use serde_json::json;
use tokio::task::spawn_blocking;

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::blobs::Blobs;

/// Looks after uploaded files.
#[derive(Debug, Subcommand)]
pub(super) enum MediaCommand {
    /// Copies files from the folder to the bucket that the configuration names; those that are there already stay
    Move(Move),
}

/// Copies files from a folder to a bucket.
#[derive(Debug, Args)]
pub(super) struct Move {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl MediaCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        match self {
            Self::Move(command) => command.run(globals).await,
        }
    }
}

impl Move {
    async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        if node.config.storage.bucket.is_none() {
            return Err(Failure::failed(
                "no bucket is set (storage.bucket), so there is nowhere to copy files to",
            ));
        }
        let folder = Blobs::folder(&node.config.media_folder()).map_err(Failure::failed)?;
        let target = node.blobs.clone();
        let copied = spawn_blocking(move || folder.copy_to(&target)).await;
        let copied = copied.map_err(Failure::failed)?.map_err(Failure::failed)?;
        if self.json {
            return output::json(&json!({"copied": copied.copied, "there": copied.there}));
        }
        output::line(&format!(
            "Copied {} files; {} were there already.",
            copied.copied, copied.there
        ))
    }
}
