//! What attempts change in the database: rows that were taken go, others stay, the peer's state is kept.

use std::ops::AddAssign;

use super::answers::{Refusal, Refused, is_final};
use super::attempts::{Attempt, Outcome};
use super::{outcomes, pauses};
use crate::clock::{DAY, HOUR, MINUTE};
use crate::federation::heard::Ear;
use crate::federation::softwares;
use crate::social::absences;
use crate::store::deliveries::{self, Delivery, Hold};
use crate::store::jobs::Job;
use crate::store::peers::{self, Peer};
use crate::store::{QueryResult, Tx, inboxes, signature_forms};

/// A peer that refuses so many different messages and takes none in between takes nothing at the moment.
const REFUSALS_OF_AN_OUTAGE: i64 = 3;
/// The instant of a peer's last success is written again after this time, in milliseconds.
const SUCCESS_AGE: i64 = MINUTE;
/// How long a message is set aside that could not be signed, in milliseconds.
const UNSIGNED_PAUSE: i64 = HOUR;

/// After this time a peer that takes nothing may have moved, in milliseconds.
const LOST: i64 = DAY;
/// How often it is asked whether those who use an inbox have another, in milliseconds.
const CHECK_EVERY: i64 = DAY;

/// What became of a number of attempts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that peers took.
    pub taken: usize,
    /// Messages that were not taken and stay.
    pub kept: usize,
    /// Messages that were refused for good, or that nobody can send.
    pub dropped: usize,
}

impl Tally {
    /// How many attempts these were.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.taken + self.kept + self.dropped
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.taken += more.taken;
        self.kept += more.kept;
        self.dropped += more.dropped;
    }
}

/// Writes what became of these attempts at one peer, of which `ear` may have heard meanwhile; tells whether the peer is
/// left alone now.
pub(super) fn record(
    tx: &mut Tx,
    peer: i64,
    attempts: &[Attempt],
    ear: &Ear,
) -> QueryResult<(Tally, bool)> {
    let Some(peer) = peers::find(tx, peer)? else {
        return Ok((Tally::default(), true));
    };
    let mut tally = Tally::default();
    let mut ended = Vec::new();
    for attempt in attempts {
        if matches!(attempt.outcome, Outcome::Taken | Outcome::Undeliverable)
            || is_refused_for_good(tx, &peer, attempt)
        {
            ended.push(attempt);
            if attempt.outcome == Outcome::Taken {
                tally.taken += 1;
            } else {
                tally.dropped += 1;
                log_dropped(&peer, attempt);
            }
        } else {
            tally.kept += 1;
            if let Some(hold) = hold_of(tx, &peer, attempt) {
                deliveries::hold(tx, hold)?;
            }
        }
    }
    let gone: Vec<Delivery> = ended
        .iter()
        .map(|attempt| attempt.parcel.row.delivery)
        .collect();
    deliveries::remove(tx, &gone)?;
    outcomes::record(tx, &ended)?;
    let learned = attempts
        .iter()
        .rev()
        .find_map(|attempt| attempt.learned.as_ref());
    if let Some(learned) = learned {
        signature_forms::record_of_peer(tx, peer.id, learned.form)?;
    }
    let peer = record_success(tx, peer, tally.taken > 0)?;
    let is_down = match failure_of(tx, &peer, attempts, tally.taken > 0)? {
        Some(failure) => {
            record_failure(tx, &peer, &failure, ear)?;
            true
        }
        None => peer.next_probe_at.is_some_and(|at| at > tx.now()),
    };
    look_for_others(tx, &peer, attempts)?;
    Ok((tally, is_down || peer.paused_at.is_some()))
}

/// Asks, once a day for each inbox, whether those who use it have another: when it was not there twice, or its peer has
/// not been there for long.
fn look_for_others(tx: &mut Tx, peer: &Peer, attempts: &[Attempt]) -> QueryResult<()> {
    let now = tx.now();
    let is_long = peer.down_since.is_some_and(|since| now - since >= LOST);
    for attempt in attempts {
        let row = &attempt.parcel.row;
        let is_missing = match attempt.outcome {
            Outcome::Refused(Refusal::Gone | Refusal::Missing) => row.tried_at > 0,
            _ => false,
        };
        let is_lost = is_missing || (is_long && attempt.outcome != Outcome::Taken);
        let inbox = row.delivery.inbox_id;
        if is_lost && inboxes::claim_check(tx, inbox, now - CHECK_EVERY)? {
            tx.queue(&Job::CheckInbox { inbox })?;
        }
    }
    Ok(())
}

fn is_refused_for_good(tx: &Tx, peer: &Peer, attempt: &Attempt) -> bool {
    let Outcome::Refused(refusal) = attempt.outcome else {
        return false;
    };
    let refused = Refused {
        refusal,
        times: attempt.parcel.row.refusals + 1,
        since: attempt.parcel.row.refused_since.unwrap_or_else(|| tx.now()),
        last_success_at: peer.last_success_at,
    };
    peer.next_probe_at.is_none() && is_final(&refused, tx.now())
}

/// How a message is kept that was not taken; none when there is nothing to write: it never left this node, which says
/// nothing about it.
fn hold_of(tx: &Tx, peer: &Peer, attempt: &Attempt) -> Option<Hold> {
    let (row, now) = (&attempt.parcel.row, tx.now());
    // Another message was taken since this one was last tried in vain: it may be what the peer stumbles over.
    let is_suspect = row.tried_at > 0
        && peer
            .last_success_at
            .is_some_and(|success| success > row.tried_at);
    let hold = |until, is_refusal| Hold {
        delivery: row.delivery,
        until,
        is_refusal,
    };
    let sets_aside = match attempt.outcome {
        Outcome::Refused(_) => peer.next_probe_at.is_none(),
        Outcome::Unavailable { was_reached, .. } if was_reached => is_suspect,
        Outcome::Unsigned => return Some(hold(now + UNSIGNED_PAUSE, false)),
        // It was not tried after all.
        _ => return attempt.is_marked.then(|| hold(row.tried_at, false)),
    };
    Some(if sets_aside {
        hold(now + pauses::of_message(row.refusals + 1), true)
    } else {
        hold(now, false)
    })
}

fn record_success(tx: &mut Tx, mut peer: Peer, took_any: bool) -> QueryResult<Peer> {
    let now = tx.now();
    let is_old = peer
        .last_success_at
        .is_none_or(|success| now - success >= SUCCESS_AGE);
    if took_any && (is_old || peer.down_since.is_some()) {
        if let Some(since) = peer.down_since {
            tracing::info!(peer = peer.domain, since, "a peer takes deliveries again");
            absences::peer_returned(tx, &peer.domain, since)?;
        }
        peers::record_success(tx, peer.id)?;
        softwares::ask_now_and_then(tx, peer.id, &peer.domain)?;
        peer = Peer {
            last_success_at: Some(now),
            down_since: None,
            next_probe_at: None,
            failures: 0,
            last_error: None,
            ..peer
        };
    }
    Ok(peer)
}

/// What says that a peer takes nothing.
struct Failure {
    words: String,
    /// How long it asks to be left alone, in milliseconds.
    retry_after: Option<i64>,
    /// When the last of the attempts that failed began, in milliseconds.
    began: i64,
}

/// Writes that the peer takes nothing.
fn record_failure(tx: &mut Tx, peer: &Peer, failure: &Failure, ear: &Ear) -> QueryResult<()> {
    let now = tx.now();
    // Requests that were under way when the peer failed, or when its pause was ended because it was heard of, say
    // nothing new.
    let is_old = |probe: i64| probe > now || failure.began < peer.heard_at;
    if peer.next_probe_at.is_some_and(is_old) {
        return Ok(());
    }
    let down_for = peer.down_since.map_or(0, |since| now - since);
    let pause = pauses::of_peer(peer.failures + 1, down_for, failure.retry_after);
    let words = &failure.words;
    if peer.down_since.is_none() {
        tracing::info!(peer = peer.domain, words, "a peer takes no deliveries");
    }
    peers::record_failure(tx, peer.id, words, now + pause)?;
    let heard_at = peer.last_heard_at.max(ear.heard_at(&peer.domain));
    let is_back = heard_at.is_some_and(|at| at > failure.began && at <= now);
    if is_back && failure.retry_after.is_none() {
        // It called while this was under way, so it may well be there again.
        peers::hasten(tx, &peer.domain)?;
    }
    Ok(())
}

fn failure_of(
    tx: &mut Tx,
    peer: &Peer,
    attempts: &[Attempt],
    took_any: bool,
) -> QueryResult<Option<Failure>> {
    let failure = |attempt: &Attempt, words: String, retry_after| {
        let is_failed = |other: &&Attempt| other.outcome != Outcome::Taken;
        let began = attempts.iter().filter(is_failed).map(|other| other.began);
        Failure {
            words,
            retry_after,
            began: began.max().unwrap_or(attempt.began),
        }
    };
    let unavailable = attempts.iter().find_map(|attempt| match attempt.outcome {
        Outcome::Unavailable { retry_after, .. } => {
            Some(failure(attempt, attempt.words.clone(), retry_after))
        }
        _ => None,
    });
    if unavailable.is_some() || took_any {
        return Ok(unavailable);
    }
    let refused = attempts
        .iter()
        .find(|attempt| matches!(attempt.outcome, Outcome::Refused(_)));
    let Some(refused) = refused else {
        return Ok(None);
    };
    if peer.next_probe_at.is_some() {
        return Ok(Some(failure(refused, refused.words.clone(), None)));
    }
    let others = deliveries::count_refused(tx, peer.id, peer.last_success_at.unwrap_or(0))?;
    Ok((others >= REFUSALS_OF_AN_OUTAGE).then(|| {
        let words = format!("{others} messages in a row were refused: {}", refused.words);
        failure(refused, words, None)
    }))
}

fn log_dropped(peer: &Peer, attempt: &Attempt) {
    let parcel = &attempt.parcel;
    tracing::warn!(
        peer = peer.domain,
        inbox = parcel.inbox.text,
        kind = parcel.document.kind,
        about = &*parcel.document.about,
        refusals = parcel.row.refusals,
        words = attempt.words,
        "a delivery is given up"
    );
}
