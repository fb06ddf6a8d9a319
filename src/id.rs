//! Time-ordered 64-bit ids: milliseconds since the Unix epoch in the upper 48 bits, a sequence in the lower 16.
//!
//! Clients page by them and some turn instants into ids, so the layout is part of the interface.
//! One newtype per noun keeps an account's id from being taken for a status's.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How many low bits an id keeps for the sequence within its millisecond.
pub const SEQUENCE_BITS: u32 = 16;

/// Makes ids that never repeat and never go backwards within one process.
///
/// Processes that share a database are kept apart by a `lane` in the sequence's upper bits.
#[derive(Debug)]
pub struct IdMaker {
    last: AtomicI64,
    lane: AtomicI64,
}

/// Bits of the sequence that tell processes apart.
const LANE_BITS: u32 = 6;
/// Ids that one process can make in a millisecond before it borrows from the next one.
const PER_MILLISECOND: i64 = 1 << (SEQUENCE_BITS - LANE_BITS);

impl IdMaker {
    /// A maker for the process number `lane`; only its lowest 6 bits count.
    #[must_use]
    pub fn new(lane: u16) -> Self {
        Self {
            last: AtomicI64::new(0),
            lane: AtomicI64::new(bits_of(lane)),
        }
    }

    /// From now on this process has another number. Nothing is made meanwhile: callers see to that.
    pub fn set_lane(&self, lane: u16) {
        // What is left of this millisecond is left out, so that ids grow although the number may be smaller.
        let last = self.last.load(Ordering::Relaxed);
        let end = (last / PER_MILLISECOND + 1) * PER_MILLISECOND - 1;
        self.last.fetch_max(end, Ordering::Relaxed);
        self.lane.store(bits_of(lane), Ordering::Relaxed);
    }

    /// The next id at the instant `now` (milliseconds).
    pub fn make(&self, now: i64) -> i64 {
        let earliest = now.max(0).saturating_mul(PER_MILLISECOND);
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            let next = earliest.max(last + 1);
            match self
                .last
                .compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return self.compose(next),
                Err(seen) => last = seen,
            }
        }
    }

    fn compose(&self, ticket: i64) -> i64 {
        let (millis, sequence) = (ticket / PER_MILLISECOND, ticket % PER_MILLISECOND);
        let lane = self.lane.load(Ordering::Relaxed);
        (millis << SEQUENCE_BITS) | (lane << (SEQUENCE_BITS - LANE_BITS)) | sequence
    }
}

fn bits_of(lane: u16) -> i64 {
    i64::from(lane) & ((1 << LANE_BITS) - 1)
}

/// The smallest id of the instant `millis`: everything made earlier is below it.
#[must_use]
pub fn first_at(millis: i64) -> i64 {
    millis.clamp(0, i64::MAX >> SEQUENCE_BITS) << SEQUENCE_BITS
}

/// The instant at which an id was made, in milliseconds.
#[must_use]
pub fn made_at(id: i64) -> i64 {
    id >> SEQUENCE_BITS
}

/// A text that is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is a positive decimal number")
    }
}

impl std::error::Error for NotAnId {}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        // As text: clients in JavaScript lose digits of large numbers.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                match text.parse() {
                    Ok(number) if digits => Ok(Self(number)),
                    _ => Err(NotAnId),
                }
            }
        }
    )*};
}

ids! {
    /// An account, local or remote.
    AccountId;
    /// A status or a boost.
    StatusId;
    /// A media attachment.
    AttachmentId;
    /// A registered client application.
    ApplicationId;
    /// An access token.
    TokenId;
    /// A notification: small and sequential, as clients parse it as a 32-bit number.
    NotificationId;
    /// A peer's inbox URL that deliveries go to.
    InboxId;
    /// An activity that waits for delivery.
    ActivityId;
    /// A durable job.
    JobId;
    /// A received activity.
    ReceiptId;
    /// A hashtag.
    TagId;
    /// A link in public statuses.
    LinkId;
    /// A host whose pages people link to.
    PublisherId;
    /// A list of accounts.
    ListId;
    /// A follow, or the request for one.
    FollowId;
    /// A post that waits for its time.
    ScheduledId;
    /// One time that the replies to a status are asked for.
    RefreshId;
    /// A browser session.
    SessionId;
    /// A code by which people sign up.
    InviteId;
    /// A time in which something may have been missed.
    AbsenceId;
    /// What the staff tells everybody.
    AnnouncementId;
    /// A custom emoji of this node.
    EmojiId;
    /// A collection of accounts.
    CollectionId;
    /// An account in a collection.
    CollectionItemId;
    /// A filter.
    FilterId;
    /// A keyword of a filter.
    FilterKeywordId;
    /// A status that a filter names.
    FilterStatusId;
    /// Notifications of one sender that wait for the recipient's word.
    NotificationRequestId;
    /// A conversation as one of those in it has it.
    ConversationId;
    /// A subscription to Web Push: small and sequential, as clients read it as a number.
    SubscriptionId;
    /// A message that is to be sent by Web Push.
    PushId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_stands_still() {
        let maker = IdMaker::new(3);
        let made: Vec<i64> = (0..5_000).map(|_| maker.make(1_000)).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
        assert!(made.iter().all(|id| *id >= first_at(1_000)));
        assert!(made_at(made[0]) == 1_000);
    }

    #[test]
    fn makers_of_different_lanes_never_meet() {
        let (a, b) = (IdMaker::new(1), IdMaker::new(2));
        let mut all: Vec<i64> = (0..3_000).flat_map(|_| [a.make(7), b.make(7)]).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 6_000);
    }

    #[test]
    fn ids_grow_also_when_the_lane_changes() {
        let maker = IdMaker::new(60);
        let mut made = vec![maker.make(7)];
        for lane in [3, 61, 0] {
            maker.set_lane(lane);
            made.extend((0..3).map(|_| maker.make(7)));
        }
        assert!(made.is_sorted_by(|a, b| a < b), "{made:?}");
    }

    #[test]
    fn reads_only_plain_decimal_numbers() {
        for (text, expected) in [
            ("12", Ok(StatusId(12))),
            ("", Err(NotAnId)),
            ("-1", Err(NotAnId)),
            ("+1", Err(NotAnId)),
            ("1e3", Err(NotAnId)),
            ("99999999999999999999", Err(NotAnId)),
        ] {
            assert_eq!(text.parse::<StatusId>(), expected, "{text}");
        }
    }
}
