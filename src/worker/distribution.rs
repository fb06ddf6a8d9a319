//! Facts for other servers, taken strictly in the order in which they happened by one consumer, so that a status is
//! announced before its deletion. Making a document and queueing its deliveries needs no network: it is one write, in
//! which the job ends too.

use std::time::{Duration, Instant};

use super::bell::Bell;
use super::pauses;
use crate::federation::outbox;
use crate::id::JobId;
use crate::node::Node;
use crate::store::facts::Fact;
use crate::store::jobs::{self, Job, Queued};
use crate::store::leases::Duty;
use crate::store::{self, Error, QueryResult, Trouble, Tx};
use crate::urls::Urls;

/// Facts in one write.
const AT_ONCE: i64 = 8;
/// How long one write may go on with the next fact: each may queue thousands of deliveries, and other writes wait.
const TIME: Duration = Duration::from_millis(10);

/// Distributes whenever the bell rings, until it is time to stop.
pub(super) async fn run(node: Node, mut bell: Bell) {
    while bell.ring().await {
        let done = match node.db.has_duty(Duty::Facts).await {
            Ok(true) => work_off(&node).await.map(drop),
            Ok(false) => continue,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            store::report(
                &error,
                "facts for other servers could not be distributed yet",
            );
        }
    }
}

/// Distributes every fact that is due; tells how many it took in hand.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn work_off(node: &Node) -> QueryResult<usize> {
    let mut taken = 0;
    loop {
        let urls = node.urls.clone();
        let batch = node
            .db
            .write_later(move |tx| distribute_batch(tx, &urls))
            .await;
        let done = match batch {
            Ok(done) => done,
            // One of them is at fault, or the database: alone each shows which.
            Err(_) => distribute_singly(node).await?,
        };
        if done == 0 {
            return Ok(taken);
        }
        taken += done;
    }
}

fn list_due(tx: &mut Tx) -> QueryResult<Vec<Queued>> {
    let now = tx.now();
    jobs::list_due(tx, Job::DISTRIBUTE, now, AT_ONCE)
}

fn distribute_batch(tx: &mut Tx, urls: &Urls) -> QueryResult<usize> {
    let began = Instant::now();
    let mut done = 0;
    for queued in list_due(tx)? {
        distribute(tx, urls, &queued)?;
        done += 1;
        if began.elapsed() > TIME {
            break;
        }
    }
    Ok(done)
}

async fn distribute_singly(node: &Node) -> QueryResult<usize> {
    let due = node.db.write_later(list_due).await?;
    let count = due.len();
    for queued in due {
        let (id, attempts, urls) = (queued.id, queued.attempts + 1, node.urls.clone());
        let done = node
            .db
            .write_later(move |tx| distribute(tx, &urls, &queued));
        if let Err(error) = done.await {
            // What passes by itself says nothing about the fact.
            if Trouble::of(&error).is_some() {
                return Err(error);
            }
            postpone(node, id, attempts, error).await?;
        }
    }
    Ok(count)
}

async fn postpone(node: &Node, id: JobId, attempts: i64, error: Error) -> QueryResult<()> {
    let (due, error) = (
        pauses::job_due_after(attempts, node.clock.now()),
        error.to_string(),
    );
    tracing::warn!(
        job = id.0,
        attempts,
        error,
        "a fact could not be distributed"
    );
    let postpone = move |tx: &mut Tx| {
        jobs::count_try(tx, id)?;
        jobs::retry(tx, id, &error, due)
    };
    node.db.write_later(postpone).await
}

/// Ends the job and does it, unless another process has.
fn distribute(tx: &mut Tx, urls: &Urls, queued: &Queued) -> QueryResult<()> {
    let job: Job = serde_json::from_str(&queued.payload)
        .map_err(|error| Error::DeserializationError(Box::new(error)))?;
    match job {
        Job::Distribute(fact) if jobs::take(tx, queued.id)? => outbox::distribute(tx, urls, &fact),
        _ => Ok(()),
    }
}

/// Distributes one fact in a write of its own.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn distribute_one(node: &Node, fact: Fact) -> QueryResult<()> {
    let urls = node.urls.clone();
    let distribute = move |tx: &mut Tx| outbox::distribute(tx, &urls, &fact);
    node.db.write_later(distribute).await
}
