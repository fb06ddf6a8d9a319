//! The schedule: what is tidied up now and then. Each chore is a plain function that may be done at any time, as often
//! as one likes.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::clock::{DAY, HOUR};
use crate::id::ActivityId;
use crate::node::Node;
use crate::store::jobs::Job;
use crate::store::{QueryResult, Tx, attachments, idempotency, outcomes, receipts};

/// How often the schedule looks at the clock.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How often everything is tidied up, in milliseconds.
const TIDY_EVERY: i64 = HOUR;
/// Rows that one write removes at most, so that other writes do not wait long.
const AT_ONCE: i64 = 500;
/// Documents that one write forgets at most: each goes with an outcome for each of its recipients.
const DOCUMENTS_AT_ONCE: i64 = 25;
/// How long ended items of the inbox are kept, in milliseconds: they make repetitions known, and show what was wrong.
const RECEIPTS_KEPT: i64 = 30 * DAY;
/// How long the keys of repeated requests are kept, in milliseconds.
const IDEMPOTENCY_KEYS_KEPT: i64 = DAY;
/// How long an upload may wait for its post, in milliseconds.
const UPLOADS_KEPT: i64 = DAY;

/// What was tidied up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Deliveries that waited too long.
    pub deliveries: usize,
    /// Documents for which nobody waits any more: their bodies went.
    pub settled: usize,
    /// Documents of which nobody is told any more what became of them.
    pub activities: usize,
    /// Ended items of the inbox.
    pub receipts: usize,
    /// Keys of repeated requests.
    pub idempotency_keys: usize,
    /// Uploads that were never posted.
    pub uploads: usize,
}

/// Tidies up when it is time, until `stop` becomes true.
pub(super) async fn run(node: Node, mut stop: watch::Receiver<bool>) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut due = 0;
    while !*stop.borrow() {
        tokio::select! {
            _ = look.tick() => {
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
        deliveries: expire_deliveries(node).await?,
        settled: settle_activities(node).await?,
        activities: forget_activities(node).await?,
        receipts: prune_receipts(node).await?,
        idempotency_keys: prune_idempotency_keys(node).await?,
        uploads: remove_abandoned_uploads(node).await?,
    })
}

async fn expire_deliveries(node: &Node) -> QueryResult<usize> {
    let kept = i64::from(node.config.federation.delivery_retention_days) * DAY;
    let mut expired = 0;
    loop {
        let expire = move |tx: &mut Tx| {
            let horizon = tx.now() - kept;
            outcomes::expire(tx, horizon, AT_ONCE)
        };
        match node.db.write(expire).await? {
            0 => return Ok(expired),
            some => expired += some,
        }
    }
}

async fn settle_activities(node: &Node) -> QueryResult<usize> {
    let (mut after, mut settled) = (ActivityId(0), 0);
    loop {
        let settle = move |tx: &mut Tx| outcomes::settle(tx, after, AT_ONCE);
        match node.db.write(settle).await? {
            None => return Ok(settled),
            Some((last, some)) => {
                after = last;
                settled += some;
            }
        }
    }
}

async fn forget_activities(node: &Node) -> QueryResult<usize> {
    let kept = i64::from(node.config.federation.receipts_retention_days) * DAY;
    let mut forgotten = 0;
    loop {
        let forget = move |tx: &mut Tx| {
            let before = tx.now() - kept;
            outcomes::forget(tx, before, DOCUMENTS_AT_ONCE)
        };
        match node.db.write(forget).await? {
            0 => return Ok(forgotten),
            some => forgotten += some,
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
