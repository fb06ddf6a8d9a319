//! How the viewer and other accounts stand to each other.
//!
//! Source: <https://docs.joinmastodon.org/entities/Relationship/>

use super::only;
use crate::api::entities::{Instant, Relationship};
use crate::id::AccountId;
use crate::social;
use crate::store::{Conn, QueryResult};

/// How `viewer` stands to these accounts at `now`, in their order. Ids that no account has are left out.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    conn: &mut Conn,
    viewer: AccountId,
    ids: &[AccountId],
    now: i64,
) -> QueryResult<Vec<Relationship>> {
    let found = social::relationships::list(conn, viewer, ids, now)?;
    Ok(found.iter().map(one).collect())
}

/// How `viewer` stands to one account at `now`.
///
/// # Errors
/// [`crate::store::Error::NotFound`] if there is no such account; else whatever the database says.
pub fn single(
    conn: &mut Conn,
    viewer: AccountId,
    id: AccountId,
    now: i64,
) -> QueryResult<Relationship> {
    only(page(conn, viewer, &[id], now)?)
}

fn one(found: &social::relationships::Relationship) -> Relationship {
    let follow = found.follow.as_ref();
    let is_accepted = |follow: &crate::store::follows::Follow| follow.is_accepted;
    let mute = found.mute.as_ref();
    Relationship {
        id: found.id,
        following: follow.is_some_and(is_accepted),
        showing_reblogs: follow.is_some_and(|follow| follow.shows_boosts),
        notifying: follow.is_some_and(|follow| follow.notifies),
        languages: follow.and_then(|follow| Some(follow.languages.as_ref()?.0.clone())),
        followed_by: found.followed_by.as_ref().is_some_and(is_accepted),
        blocking: found.is_blocking,
        blocked_by: found.is_blocked_by,
        muting: mute.is_some(),
        muting_notifications: mute.is_some_and(|mute| mute.hides_notifications),
        muting_expires_at: mute.and_then(|mute| mute.expires_at).map(Instant),
        requested: follow.is_some_and(|follow| !follow.is_accepted),
        requested_by: found
            .followed_by
            .as_ref()
            .is_some_and(|follow| !follow.is_accepted),
        domain_blocking: found.is_domain_blocked,
        endorsed: found.is_endorsed,
        note: found.note.clone(),
    }
}
