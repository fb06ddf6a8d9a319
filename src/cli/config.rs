//! `whimbrel config`: the documented example, the check, and what is in force.

use clap::{Args, Subcommand};
use serde_json::json;

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::config;

/// What can be asked of the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Prints a documented file with every key and its default
    Example,
    /// Says whether the configuration is right, and everything that is wrong with it
    Check(Form),
    /// Prints the configuration in force, from the file, the environment and the flags together
    Show(Form),
}

/// For people or for programs.
#[derive(Debug, Args)]
pub(super) struct Form {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl ConfigCommand {
    pub(super) fn run(self, globals: &Globals) -> Result<(), Failure> {
        match self {
            Self::Example => output::text(&config::example()),
            Self::Check(form) => check(globals, &form),
            Self::Show(form) => show(globals, &form),
        }
    }
}

fn check(globals: &Globals, form: &Form) -> Result<(), Failure> {
    match globals.load(Vec::new()) {
        Ok(_) if form.json => output::json(&json!({"ok": true, "problems": []})),
        Ok(config) => output::line(&format!(
            "The configuration is right: a node at {}.",
            config.server.origin()
        )),
        Err(failure) => {
            if form.json {
                let sentences = failure.sentence().unwrap_or_default();
                let problems: Vec<&str> = sentences.lines().collect();
                output::json(&json!({"ok": false, "problems": problems}))?;
            }
            Err(failure)
        }
    }
}

fn show(globals: &Globals, form: &Form) -> Result<(), Failure> {
    let config = globals.load(Vec::new())?;
    let shown = config::show(&config);
    if form.json {
        let table: toml::Table = toml::from_str(&shown).map_err(Failure::failed)?;
        return output::json(&table);
    }
    output::text(&shown)
}
