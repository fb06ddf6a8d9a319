//! A visit at a peer: what is left to be read there is read, page by page, each page a step that is written down.

use super::errands::{Errand, Pace, Setback};
use super::{outboxes, threads};
use crate::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::node::Node;
use crate::social::absences;
use crate::store::absences::{Absence, Gain, Host, Task};
use crate::store::{self, QueryResult, TaskKind, Tx};

/// How long a peer belongs to whoever claimed it, from the last page read on, in milliseconds.
const LEASE: i64 = 10 * MINUTE;
/// The pauses after the first, second, ... failure of a peer, the last of them again and again, in milliseconds.
const PAUSES: [i64; 6] = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR];
/// The longest pause that a peer may ask for, and the shortest, in milliseconds.
const ASKED: (i64, i64) = (SECOND, 6 * HOUR);
/// How long a peer is tried that cannot be reached, in milliseconds.
const PATIENCE: i64 = DAY;

/// Takes up to `limit` peers that are to be asked.
///
/// # Errors
/// Whatever the database says.
pub async fn claim(node: &Node, limit: i64) -> QueryResult<Vec<Host>> {
    let claim = move |tx: &mut Tx| {
        let lease_end = tx.now() + LEASE;
        store::absences::claim(tx, limit, lease_end)
    };
    node.db.write(claim).await
}

/// Reads what is left to be read at a peer, until nothing is, it cannot be reached, or `is_stopping`.
///
/// # Errors
/// Whatever the database says.
pub async fn visit(
    node: &Node,
    host: &Host,
    pace: Pace,
    is_stopping: impl Fn() -> bool,
) -> QueryResult<()> {
    let (id, name) = (host.absence_id, host.host.clone());
    loop {
        let (key, stops) = (name.clone(), is_stopping());
        let look = move |tx: &mut Tx| {
            let now = tx.now();
            if stops {
                store::absences::postpone(tx, id, &key, now, None)?;
                return Ok(None);
            }
            let Some(host) = store::absences::find_host(tx, id, &key)? else {
                return Ok(None);
            };
            let absence = store::absences::find(tx, id)?;
            let task = store::absences::next_task(tx, &host)?;
            Ok::<_, store::Error>(absence.map(|absence| (absence, host, task)))
        };
        let Some((absence, host, task)) = node.db.write(look).await? else {
            return Ok(());
        };
        let Some(task) = task else {
            return finish(node, &host, Gain::default(), None).await;
        };
        if Box::pin(step(node, &absence, &host, &task, pace)).await? {
            return Ok(());
        }
    }
}

/// Reads one page and writes what came of it; tells whether that ends the visit.
async fn step(
    node: &Node,
    absence: &Absence,
    host: &Host,
    task: &Task,
    pace: Pace,
) -> QueryResult<bool> {
    let mut errand = Errand::new(node, absence, host, pace);
    let read = match task.kind {
        TaskKind::Outbox => Box::pin(outboxes::read(&mut errand, task)).await,
        TaskKind::Replies => threads::read(&mut errand, task).await,
    };
    let gain = errand.gain;
    let next = match read {
        Ok(next) => next,
        Err(Setback::Never(why)) => {
            tracing::debug!(
                peer = host.host,
                target = task.target,
                why,
                "cannot be read"
            );
            None
        }
        Err(Setback::Spent) => {
            let why = format!("it was asked {} times, which is the most", host.budget);
            return finish(node, host, gain, Some(why)).await.map(|()| true);
        }
        Err(Setback::Hindered(trouble)) => {
            // The requests were made, whatever came of them; if that cannot be written either, so be it.
            let (id, name) = (host.absence_id, host.host.clone());
            let write = move |tx: &mut Tx| store::absences::add(tx, id, &name, gain);
            let _ = node.db.write(write).await;
            return Err(trouble.error());
        }
        Err(Setback::Later { why, pause }) => {
            return fail(node, host, gain, (why, pause)).await.map(|()| true);
        }
    };
    let task = task.clone();
    let write = move |tx: &mut Tx| {
        let lease_end = tx.now() + LEASE;
        store::absences::advance(tx, &task, next.as_deref(), lease_end)?;
        store::absences::add(tx, task.absence_id, &task.host, gain)
    };
    node.db.write(write).await?;
    Ok(false)
}

/// The peer cannot be reached: it is tried again later, for a day.
async fn fail(
    node: &Node,
    host: &Host,
    gain: Gain,
    (why, asked): (String, Option<i64>),
) -> QueryResult<()> {
    let now = node.clock.now();
    let failing_for = host.failing_since.map_or(0, |since| now - since);
    if failing_for >= PATIENCE {
        return finish(node, host, gain, Some(why)).await;
    }
    let due_at = now + pause_after(host.failures, asked);
    tracing::debug!(peer = host.host, why, due_at, "tried again later");
    let (id, name) = (host.absence_id, host.host.clone());
    let write = move |tx: &mut Tx| {
        store::absences::add(tx, id, &name, gain)?;
        store::absences::postpone(tx, id, &name, due_at, Some(&why))
    };
    node.db.write(write).await
}

fn pause_after(failures: i64, asked: Option<i64>) -> i64 {
    let (shortest, longest) = ASKED;
    let usual = || {
        let place = usize::try_from(failures).unwrap_or(0);
        PAUSES.get(place).copied().unwrap_or(2 * HOUR)
    };
    asked.map_or_else(usual, |asked| asked.clamp(shortest, longest))
}

/// Ends the asking of a peer; with the last one the absence ends, and the log says what it came to.
async fn finish(node: &Node, host: &Host, gain: Gain, failure: Option<String>) -> QueryResult<()> {
    let (id, name) = (host.absence_id, host.host.clone());
    let write = move |tx: &mut Tx| {
        store::absences::add(tx, id, &name, gain)?;
        if store::absences::finish_host(tx, id, &name, failure.as_deref())? {
            return absences::find(tx, id);
        }
        Ok(None)
    };
    if let Some(report) = node.db.write(write).await? {
        tracing::info!("{}", report.sentence());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_a_peers_own_wish_counts() {
        for (failures, asked, expected) in [
            (0, None, MINUTE),
            (1, None, 5 * MINUTE),
            (5, None, 2 * HOUR),
            (50, None, 2 * HOUR),
            (0, Some(90 * SECOND), 90 * SECOND),
            (50, Some(90 * SECOND), 90 * SECOND),
            (0, Some(0), SECOND),
            (0, Some(9 * DAY), 6 * HOUR),
        ] {
            assert_eq!(
                pause_after(failures, asked),
                expected,
                "{failures} {asked:?}"
            );
        }
    }
}
