//! What an inbox's answer means for the message and for the peer, and when a refusal is final.
//!
//! In doubt a message is kept: a wrong refusal costs a row, a wrong removal a post. The reasons stand in
//! `docs/decisions/0010-what-an-inbox-answer-means.md`.

use crate::clock::{DAY, HOUR};

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The peer has the message.
    Taken,
    /// The peer does not want this message, or for the moment none at all: one answer cannot tell.
    Refused(Refusal),
    /// The peer takes nothing at the moment.
    Unavailable,
}

/// How much a refusal says about the message itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The document is wrong or too large.
    Message,
    /// The inbox is gone.
    Gone,
    /// There is no inbox.
    Missing,
    /// The door is shut: to the signer, to us all, or by a mistake in front of the peer.
    Door,
    /// The peer breaks over it.
    Trouble,
}

/// What the status of an answer to a POST means.
pub(super) fn meaning(status: u16) -> Meaning {
    match status {
        200..=299 => Meaning::Taken,
        400 | 413 | 414 | 415 | 422 => Meaning::Refused(Refusal::Message),
        404 | 405 => Meaning::Refused(Refusal::Missing),
        410 => Meaning::Refused(Refusal::Gone),
        // Request timeout, too early, too many requests: all say "later".
        408 | 425 | 429 => Meaning::Unavailable,
        401..=499 => Meaning::Refused(Refusal::Door),
        500 | 501 => Meaning::Refused(Refusal::Trouble),
        // A redirect of a POST cannot be followed safely; 502 and up are the words of a proxy before a peer
        // that is down.
        _ => Meaning::Unavailable,
    }
}

/// What is known of a message that was refused once more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused {
    /// What the peer says now.
    pub(super) refusal: Refusal,
    /// How often it said no, this time included.
    pub(super) times: i64,
    /// When it first said no, in milliseconds.
    pub(super) since: i64,
    /// When the peer last took some message, in milliseconds.
    pub(super) last_success_at: Option<i64>,
}

/// Whether a refusal is final at the instant `now` (milliseconds): repeated, over a time in which a mistake would have
/// been noticed, by a peer that has taken other messages since it first said no.
pub(super) fn is_final(refused: &Refused, now: i64) -> bool {
    let (times, time) = match refused.refusal {
        Refusal::Message => (3, HOUR),
        Refusal::Gone => (4, DAY),
        Refusal::Missing | Refusal::Door => (8, 2 * DAY),
        Refusal::Trouble => return false,
    };
    let takes_others = refused
        .last_success_at
        .is_some_and(|success| success > refused.since);
    takes_others && refused.times >= times && now - refused.since >= time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_status() {
        use Meaning::{Refused, Taken, Unavailable};
        for (statuses, meant) in [
            (&[200, 201, 202, 204, 299][..], Taken),
            (&[400, 413, 414, 415, 422], Refused(Refusal::Message)),
            (&[404, 405], Refused(Refusal::Missing)),
            (&[410], Refused(Refusal::Gone)),
            (
                &[401, 402, 403, 406, 407, 409, 418, 421, 451, 499],
                Refused(Refusal::Door),
            ),
            (&[500, 501], Refused(Refusal::Trouble)),
            (
                &[
                    100, 301, 302, 303, 304, 307, 308, 408, 425, 429, 502, 503, 504, 520, 530, 600,
                ],
                Unavailable,
            ),
        ] {
            for status in statuses {
                assert_eq!(meaning(*status), meant, "{status}");
            }
        }
    }

    #[test]
    fn only_a_repeated_refusal_by_a_peer_that_takes_others_is_final() {
        let took = Some(1);
        for (refusal, times, last_success_at, now, expected) in [
            (Refusal::Message, 3, took, HOUR, true),
            (Refusal::Message, 2, took, HOUR, false),
            (Refusal::Message, 3, took, HOUR - 1, false),
            (Refusal::Message, 99, None, 99 * DAY, false),
            (Refusal::Message, 99, Some(0), 99 * DAY, false),
            (Refusal::Gone, 4, took, DAY, true),
            (Refusal::Gone, 4, took, HOUR, false),
            (Refusal::Missing, 8, took, 2 * DAY, true),
            (Refusal::Missing, 4, took, 2 * DAY, false),
            (Refusal::Door, 8, took, 2 * DAY, true),
            (Refusal::Door, 7, took, 2 * DAY, false),
            (Refusal::Door, 8, took, DAY, false),
            (Refusal::Trouble, 99, took, 99 * DAY, false),
        ] {
            let refused = Refused {
                refusal,
                times,
                since: 0,
                last_success_at,
            };
            assert_eq!(is_final(&refused, now), expected, "{refused:?} at {now}");
        }
    }
}
