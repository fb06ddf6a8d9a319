//! When a request may have been signed.
//!
//! Every instant that a request gives must lie between 12 hours ago and 1 hour ahead. Peers deliver late after a queue
//! stood still, and clocks go wrong; a replay within the window has no effect as activity ids are remembered.

use super::refusals::Refusal;
use super::requests::SignedRequest;
use crate::clock::{HOUR, SECOND, from_http_date};

/// How far in the past a request may have been signed, in milliseconds.
pub const OLDEST: i64 = 12 * HOUR;
/// How far the clock of a peer may be ahead of ours, or behind it when a signature ends, in milliseconds.
pub const LEEWAY: i64 = HOUR;

/// Every instant that the request gives must be in range, whether it is covered or not: its `Date`, and when the
/// signature says that it was made and ends, in seconds.
///
/// # Errors
/// When one of them is out of range or cannot be read.
pub(super) fn check(
    request: &SignedRequest<'_>,
    created: Option<i64>,
    expires: Option<i64>,
) -> Result<(), Refusal> {
    if let Some(date) = request.find_single("date")? {
        let date = from_http_date(date).ok_or(Refusal::UnreadableDate)?;
        check_age(date, request.now)?;
    }
    let created = created.map(|seconds| seconds.saturating_mul(SECOND));
    let expires = expires.map(|seconds| seconds.saturating_mul(SECOND));
    if let Some(created) = created {
        check_age(created, request.now)?;
    }
    match expires {
        Some(expires) if expires.saturating_add(LEEWAY) < request.now => Err(Refusal::Expired),
        Some(expires) if created.is_some_and(|created| expires < created) => Err(Refusal::Expired),
        _ => Ok(()),
    }
}

fn check_age(instant: i64, now: i64) -> Result<(), Refusal> {
    match now.saturating_sub(instant) {
        age if age > OLDEST => Err(Refusal::TooOld),
        age if age < -LEEWAY => Err(Refusal::InFuture),
        _ => Ok(()),
    }
}
