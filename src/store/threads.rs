//! Threads: which statuses belong to one conversation, and how they hang together.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::statuses;
use crate::id::StatusId;

/// One status of a thread: its id and what it replies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct Link {
    /// The status.
    pub id: StatusId,
    /// Its parent.
    pub parent: Option<StatusId>,
}

/// The statuses of a conversation, oldest first, at most `limit`.
pub fn list(conn: &mut Conn, conversation: i64, limit: i64) -> QueryResult<Vec<Link>> {
    on!(conn, |c| statuses::table
        .filter(statuses::conversation_id.eq(conversation))
        .filter(statuses::boost_of_id.is_null())
        .order(statuses::id.asc())
        .limit(limit)
        .select((statuses::id, statuses::in_reply_to_id))
        .load(c))
}

/// Ids of public or unlisted replies to a status, oldest first, from `after` on.
pub fn page_replies(
    conn: &mut Conn,
    parent: StatusId,
    after: i64,
    limit: i64,
) -> QueryResult<Vec<(StatusId, String)>> {
    use super::columns::Visibility;
    on!(conn, |c| statuses::table
        .filter(statuses::in_reply_to_id.eq(parent))
        .filter(statuses::id.gt(StatusId(after)))
        .filter(statuses::visibility.eq_any([Visibility::Public, Visibility::Unlisted]))
        .order(statuses::id.asc())
        .limit(limit)
        .select((statuses::id, statuses::uri))
        .load(c))
}
