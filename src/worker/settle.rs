//! Does everything that is due, to its end: for tests and commands, which want to know when nothing is left to do.

use std::fmt;

use super::{absences, distribution, jobs, pushes, receipts};
use crate::federation::activities;
use crate::federation::delivery::{self, Tally};
use crate::node::Node;
use crate::social::previews;
use crate::store::Error;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Facts that became deliveries.
    pub facts: usize,
    /// Other jobs that were tried.
    pub jobs: usize,
    /// Received activities that were tried.
    pub receipts: usize,
    /// Peers that were asked for what was missed.
    pub visits: usize,
    /// Messages to push services that were tried.
    pub pushes: usize,
    /// What became of deliveries.
    pub deliveries: Tally,
}

impl Settled {
    /// How many things were done or tried.
    #[must_use]
    pub fn total(&self) -> usize {
        let here = self.facts + self.jobs + self.receipts + self.visits + self.pushes;
        here + self.deliveries.attempts()
    }
}

/// Why not everything could be done.
#[derive(Debug)]
pub enum Unsettled {
    /// The database failed.
    Database(Error),
    /// Jobs were given up: their kinds and reasons.
    Dead(Vec<(String, String)>),
}

impl fmt::Display for Unsettled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::Dead(jobs) => {
                f.write_str("jobs were given up:")?;
                jobs.iter()
                    .try_for_each(|(kind, reason)| write!(f, " {kind} ({reason})"))
            }
        }
    }
}

impl std::error::Error for Unsettled {}

impl From<Error> for Unsettled {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

/// Does all jobs, received activities and deliveries that are due, and what follows from them, until none are left.
/// Deliveries wait for peers to answer, so a test of two nodes settles them in turn until both say that nothing was
/// done.
///
/// # Errors
/// When the database fails, or when jobs were given up; everything else is done then.
pub async fn settle(node: &Node) -> Result<Settled, Unsettled> {
    let mut settled = Settled::default();
    let mut dead = Vec::new();
    loop {
        previews::grant(node).await?;
        let performed = jobs::work_off(node).await?;
        dead.extend(performed.dead);
        let apply = |node: Node, receipt| async move { activities::apply(&node, &receipt).await };
        let done = Settled {
            jobs: performed.tried,
            receipts: receipts::work_off(node, apply).await?,
            facts: distribution::work_off(node).await?,
            visits: absences::work_off(node).await?,
            pushes: pushes::work_off(node).await?,
            deliveries: delivery::deliver_all_due(node).await?,
        };
        if done.total() == 0 {
            break;
        }
        settled.jobs += done.jobs;
        settled.receipts += done.receipts;
        settled.facts += done.facts;
        settled.visits += done.visits;
        settled.pushes += done.pushes;
        settled.deliveries += done.deliveries;
    }
    if dead.is_empty() {
        Ok(settled)
    } else {
        Err(Unsettled::Dead(dead))
    }
}
