//! `whimbrel doctor`: looks whether everything that the node needs is there, and says what to do where it is not.

use clap::Args;
use serde_json::json;

use super::checks;
use super::failure::Failure;
use super::findings::{Finding, Outcome};
use super::globals::{Globals, start_quiet_log};
use super::output;
use crate::clock::Clock;
use crate::node::Node;

/// Looks whether everything that the node needs is there.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  everything is well
  2  the command or the configuration is not right
  3  something needs a look")]
pub(super) struct Doctor {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let config = globals.load(Vec::new())?;
        start_quiet_log(&config);
        let mut findings = vec![checks::settings(&config), checks::open_files()];
        match Node::open(config, Clock::real()).await {
            Ok(node) => {
                findings.push(checks::database(&node).await);
                findings.push(checks::clock(&node).await);
                findings.push(checks::files(&node));
                findings.push(checks::disk(&node.config.server.data));
                findings.push(checks::texts(&node));
                findings.push(checks::mail(&node).await);
                findings.push(checks::domain(&node).await);
            }
            Err(error) => findings.push(Finding::new("node", Outcome::Fail, error.to_string())),
        }
        self.tell(&findings)?;
        let is_fine = |finding: &Finding| matches!(finding.outcome, Outcome::Ok | Outcome::Skip);
        if findings.iter().all(is_fine) {
            Ok(())
        } else {
            Err(Failure::Found)
        }
    }

    fn tell(&self, findings: &[Finding]) -> Result<(), Failure> {
        if self.json {
            return output::json(&json!({ "checks": findings }));
        }
        let rows: Vec<Vec<String>> = findings
            .iter()
            .map(|finding| {
                let outcome = finding.outcome.word().to_owned();
                vec![finding.check.to_owned(), outcome, finding.detail.clone()]
            })
            .collect();
        output::table(&["check", "", "what was found"], &rows)
    }
}
