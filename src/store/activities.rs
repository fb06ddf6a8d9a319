//! Documents on their way to other servers, each kept once whatever its number of recipients.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::conn::{Conn, on};
use super::schema::{activities, deliveries};
use super::tx::Tx;
use crate::id::{AccountId, ActivityId};

/// Types of documents that are kept longer than others while somebody waits for them.
const LASTING: [&str; 3] = ["Delete", "Reject", "Block"];

/// One outgoing document.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize, Deserialize,
)]
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
    /// The JSON document, exactly as it is sent; empty once nobody waits for it.
    pub body: String,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

/// Adds a document, or gives it its body again if all those who were to have it first have it. One that undoes a follow
/// is kept long too, which only its sender knows: `outlives`.
pub(super) fn keep(tx: &mut Tx, activity: &Activity, outlives: bool) -> QueryResult<()> {
    let outlives = outlives || LASTING.contains(&activity.kind.as_str());
    on!(&mut **tx, |c| {
        let added = diesel::insert_into(activities::table)
            .values((activity, activities::outlives.eq(outlives)))
            .on_conflict_do_nothing()
            .execute(c)?;
        if added > 0 {
            return Ok(());
        }
        let settled = activities::table.find(activity.id);
        diesel::update(settled.filter(activities::body.eq("")))
            .set((
                activities::body.eq(&activity.body),
                activities::delivered_at.eq(None::<i64>),
            ))
            .execute(c)
            .map(drop)
    })
}

/// Whether a document's sender said later that what it is about is gone.
pub(super) fn is_deleted_since(conn: &mut Conn, activity: &Activity) -> QueryResult<bool> {
    use diesel::dsl::{exists, select};
    on!(conn, |c| select(exists(
        activities::table
            .filter(activities::object_uri.eq(&activity.object_uri))
            .filter(activities::account_id.eq(activity.account_id))
            .filter(activities::kind.eq("Delete"))
            .filter(activities::id.gt(activity.id))
    ))
    .get_result(c))
}

/// The documents with these ids that still have a body, in no order.
pub fn list(conn: &mut Conn, ids: &[ActivityId]) -> QueryResult<Vec<Activity>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| activities::table
        .filter(activities::id.eq_any(ids))
        .filter(activities::body.ne(""))
        .select(Activity::as_select())
        .load(c))
}

/// How many documents are kept.
pub fn count(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| activities::table.count().get_result(c))
}

/// Notes which of these documents nobody waits for any more; their bodies go, the rows stay as long as people can see
/// what became of them.
pub(super) fn settle(tx: &mut Tx, ids: &[ActivityId]) -> QueryResult<()> {
    use diesel::dsl::{exists, not};
    if ids.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        activities::table
            .filter(activities::id.eq_any(ids))
            .filter(not(exists(
                deliveries::table.filter(deliveries::activity_id.eq(activities::id))
            )))
    )
    .set((activities::delivered_at.eq(now), activities::body.eq("")))
    .execute(c))
    .map(drop)
}

/// Forgets documents that nobody has waited for since the instant `before` (milliseconds), with their outcomes; at most
/// `limit` at a time. Gives the number removed.
pub fn prune_delivered(tx: &mut Tx, before: i64, limit: i64) -> QueryResult<usize> {
    let ids: Vec<ActivityId> = on!(&mut **tx, |c| activities::table
        .filter(activities::delivered_at.le(before))
        .order(activities::delivered_at.asc())
        .limit(limit)
        .select(activities::id)
        .load(c))?;
    delete(tx, &ids)
}

fn delete(tx: &mut Tx, ids: &[ActivityId]) -> QueryResult<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    on!(&mut **tx, |c| diesel::delete(
        activities::table.filter(activities::id.eq_any(ids))
    )
    .execute(c))
}

/// A document's body; empty once nobody waits for it.
pub fn find_body(conn: &mut Conn, id: ActivityId) -> QueryResult<Option<String>> {
    on!(conn, |c| activities::table
        .find(id)
        .select(activities::body)
        .first(c)
        .optional())
}
