//! The schedule: what is tidied up now and then. Each chore is a plain function that may be done at any time, as often
//! as one likes.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::absences;
use crate::clock::{DAY, HOUR};
use crate::node::Node;
use crate::store::jobs::Job;
use crate::store::{self, QueryResult, Tx, activities, attachments, idempotency, receipts};

/// How often the schedule looks at the clock.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How often everything is tidied up, in milliseconds.
const TIDY_EVERY: i64 = HOUR;
/// Rows that one write removes at most, so that other writes do not wait long.
const AT_ONCE: i64 = 500;
/// How long ended items of the inbox are kept, in milliseconds: they make repetitions known, and show what was wrong.
const RECEIPTS_KEPT: i64 = 30 * DAY;
/// How long the keys of repeated requests are kept, in milliseconds.
const IDEMPOTENCY_KEYS_KEPT: i64 = DAY;
/// How long it is remembered what an absence came to, in milliseconds.
const ABSENCES_KEPT: i64 = 90 * DAY;
/// How long an upload may wait for its post, in milliseconds.
const UPLOADS_KEPT: i64 = DAY;

/// What was tidied up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Documents that everybody has, or that waited too long.
    pub activities: usize,
    /// Ended items of the inbox.
    pub receipts: usize,
    /// Keys of repeated requests.
    pub idempotency_keys: usize,
    /// Uploads that were never posted.
    pub uploads: usize,
    /// Absences of long ago.
    pub absences: usize,
}

/// Tidies up when it is time, until `stop` becomes true.
pub(super) async fn run(node: Node, mut stop: watch::Receiver<bool>) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut due = 0;
    while !*stop.borrow() {
        tokio::select! {
            _ = look.tick() => {
                if let Err(error) = absences::beat(&node).await {
                    tracing::error!(%error, "that this node lives could not be noted");
                }
                let now = node.clock.now();
                if now >= due {
                    due = now + TIDY_EVERY;
                    if let Err(error) = tidy(&node).await {
                        tracing::error!(%error, "tidying up failed");
                    }
                }
            }
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}

/// Does every chore once.
///
/// # Errors
/// Whatever the database says.
pub async fn tidy(node: &Node) -> QueryResult<Tidied> {
    Ok(Tidied {
        activities: prune_activities(node).await?,
        receipts: prune_receipts(node).await?,
        idempotency_keys: prune_idempotency_keys(node).await?,
        uploads: remove_abandoned_uploads(node).await?,
        absences: prune_absences(node).await?,
    })
}

async fn prune_activities(node: &Node) -> QueryResult<usize> {
    let kept = i64::from(node.config.federation.delivery_retention_days) * DAY;
    let mut pruned = 0;
    loop {
        let prune = move |tx: &mut Tx| {
            let horizon = tx.now() - kept;
            activities::prune(tx, horizon, AT_ONCE)
        };
        match node.db.write(prune).await? {
            0 => return Ok(pruned),
            some => pruned += some,
        }
    }
}

async fn prune_receipts(node: &Node) -> QueryResult<usize> {
    let prune = |tx: &mut Tx| {
        let before = tx.now() - RECEIPTS_KEPT;
        receipts::prune(tx, before)
    };
    node.db.write(prune).await
}

async fn prune_absences(node: &Node) -> QueryResult<usize> {
    let prune = |tx: &mut Tx| {
        let before = tx.now() - ABSENCES_KEPT;
        store::absences::prune(tx, before)
    };
    node.db.write(prune).await
}

async fn prune_idempotency_keys(node: &Node) -> QueryResult<usize> {
    let prune = |tx: &mut Tx| {
        let before = tx.now() - IDEMPOTENCY_KEYS_KEPT;
        idempotency::prune(tx, before)
    };
    node.db.write(prune).await
}

async fn remove_abandoned_uploads(node: &Node) -> QueryResult<usize> {
    let mut removed = 0;
    loop {
        let remove = |tx: &mut Tx| {
            let before = tx.now() - UPLOADS_KEPT;
            let abandoned = attachments::list_abandoned(tx, before, AT_ONCE)?;
            for attachment in &abandoned {
                attachments::delete(tx, attachment.id)?;
            }
            let count = abandoned.len();
            let keys: Vec<String> = abandoned
                .into_iter()
                .flat_map(|attachment| [attachment.file_key, attachment.preview_key])
                .flatten()
                .collect();
            if !keys.is_empty() {
                tx.queue(&Job::RemoveBlobs { keys })?;
            }
            QueryResult::Ok(count)
        };
        match node.db.write(remove).await? {
            0 => return Ok(removed),
            some => removed += some,
        }
    }
}
