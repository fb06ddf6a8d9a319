//! Documents on their way to other servers, each kept once whatever its number of recipients.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::{activities, deliveries};
use super::tx::Tx;
use crate::id::{AccountId, ActivityId};

/// One outgoing document.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = activities)]
pub struct Activity {
    /// Its id; deliveries go out in this order.
    pub id: ActivityId,
    /// Who signs it.
    pub account_id: AccountId,
    /// Its type: Create, Delete, ...
    pub kind: String,
    /// What it is about, on the wire.
    pub object_uri: String,
    /// The JSON document, exactly as it is sent.
    pub body: String,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

/// Adds a document.
pub fn insert(tx: &mut Tx, activity: &Activity) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(activities::table)
        .values(activity)
        .execute(c))
    .map(drop)
}

/// How many documents wait.
pub fn count(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| activities::table.count().get_result(c))
}

/// Removes documents that every recipient has taken, and with their deliveries those older than `horizon`
/// (milliseconds); at most `limit` at a time. Gives the number removed.
pub fn prune(tx: &mut Tx, horizon: i64, limit: i64) -> QueryResult<usize> {
    use diesel::dsl::{exists, not};
    let ids: Vec<ActivityId> = on!(&mut **tx, |c| activities::table
        .filter(activities::created_at.lt(horizon).or(not(exists(
            deliveries::table.filter(deliveries::activity_id.eq(activities::id))
        ))),)
        .order(activities::created_at.asc())
        .limit(limit)
        .select(activities::id)
        .load(c))?;
    on!(&mut **tx, |c| diesel::delete(
        activities::table.filter(activities::id.eq_any(&ids))
    )
    .execute(c))
}
