//! Deliveries: a row exists until the peer has taken the document. How rows come to be stands in `mailings`.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::activities as documents;
use super::columns::DeliveryClass;
use super::conn::{Conn, on};
use super::schema::{activities, deliveries};
use super::tx::Tx;
use crate::id::{ActivityId, InboxId};

/// Which document goes to which inbox, and when its turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Queryable, Selectable, Insertable)]
#[diesel(table_name = deliveries, treat_none_as_default_value = false)]
pub struct Delivery {
    /// The peer whose lane it waits in.
    pub peer_id: i64,
    /// The class in the lane. All that waits about one thing for one inbox has the same.
    pub class: DeliveryClass,
    /// The document.
    pub activity_id: ActivityId,
    /// The inbox.
    pub inbox_id: InboxId,
}

/// A delivery with what became of it so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct Waiting {
    /// The row.
    #[diesel(embed)]
    pub delivery: Delivery,
    /// How often the peer said no to this one while it took others.
    pub refusals: i64,
    /// Since when it does, in milliseconds.
    pub refused_since: Option<i64>,
    /// When it was last tried in vain, in milliseconds; 0 if it never was.
    #[diesel(column_name = due_at)]
    pub tried_at: i64,
}

/// What became of a delivery that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The row.
    pub delivery: Delivery,
    /// Not tried again before this instant, in milliseconds, unless it is all that waits.
    pub until: i64,
    /// Whether the peer said no to this one while it takes others.
    pub is_refusal: bool,
}

impl Delivery {
    /// A place before every delivery of one class to a peer.
    #[must_use]
    pub fn before_all(peer: i64, class: DeliveryClass) -> Self {
        Self {
            peer_id: peer,
            class,
            activity_id: ActivityId(0),
            inbox_id: InboxId(0),
        }
    }
}

/// What may be sent now of the class and to the peer of the row `after`, behind that row, oldest first.
pub fn list_due(
    conn: &mut Conn,
    after: Delivery,
    now: i64,
    limit: i64,
) -> QueryResult<Vec<Waiting>> {
    on!(conn, |c| deliveries::table
        .filter(deliveries::peer_id.eq(after.peer_id))
        .filter(deliveries::class.eq(after.class))
        .filter(deliveries::due_at.le(now))
        // Says nothing new to people, but lets SQLite begin its search here.
        .filter(deliveries::activity_id.ge(after.activity_id))
        .filter(
            deliveries::activity_id
                .gt(after.activity_id)
                .or(deliveries::activity_id
                    .eq(after.activity_id)
                    .and(deliveries::inbox_id.gt(after.inbox_id))),
        )
        .order((deliveries::activity_id.asc(), deliveries::inbox_id.asc()))
        .limit(limit)
        .select(Waiting::as_select())
        .load(c))
}

/// What waits for a peer, whether it may be sent now or not: what was never tried first, then what was tried
/// longest ago, then what is set aside.
pub fn list_by_last_try(conn: &mut Conn, peer: i64, limit: i64) -> QueryResult<Vec<Waiting>> {
    // Two queries, each in the order of an index: a long backlog is not sorted.
    let mut waiting: Vec<Waiting> = on!(conn, |c| deliveries::table
        .filter(deliveries::peer_id.eq(peer))
        .filter(deliveries::due_at.eq(0_i64))
        .order((
            deliveries::class.asc(),
            deliveries::activity_id.asc(),
            deliveries::inbox_id.asc()
        ))
        .limit(limit)
        .select(Waiting::as_select())
        .load(c))?;
    let found = i64::try_from(waiting.len()).unwrap_or(limit);
    if found < limit {
        let tried: Vec<Waiting> = on!(conn, |c| deliveries::table
            .filter(deliveries::peer_id.eq(peer))
            .filter(was_tried())
            .order((
                deliveries::due_at.asc(),
                deliveries::class.asc(),
                deliveries::activity_id.asc(),
                deliveries::inbox_id.asc()
            ))
            .limit(limit - found)
            .select(Waiting::as_select())
            .load(c))?;
        waiting.extend(tried);
    }
    Ok(waiting)
}

/// In the words of the partial index: a bound number would not show the planner that the index serves.
fn was_tried() -> diesel::expression::SqlLiteral<Bool> {
    sql::<Bool>("deliveries.due_at > 0")
}

/// What is set aside at the instant `now` (milliseconds): the document, the inbox, and what it is about.
pub fn list_set_aside(
    conn: &mut Conn,
    peer: i64,
    now: i64,
) -> QueryResult<Vec<(ActivityId, InboxId, String)>> {
    on!(conn, |c| deliveries::table
        .inner_join(activities::table.on(activities::id.eq(deliveries::activity_id)))
        .filter(deliveries::peer_id.eq(peer))
        .filter(was_tried())
        .filter(deliveries::due_at.gt(now))
        .select((
            deliveries::activity_id,
            deliveries::inbox_id,
            activities::object_uri
        ))
        .load(c))
}

/// Whether something older than this delivery, about the same thing, waits for the same inbox.
pub fn is_behind(conn: &mut Conn, delivery: Delivery, object_uri: &str) -> QueryResult<bool> {
    use diesel::dsl::{exists, select};
    on!(conn, |c| {
        let older = activities::table
            .filter(activities::object_uri.eq(object_uri))
            .filter(activities::id.lt(delivery.activity_id))
            .select(activities::id);
        select(exists(
            deliveries::table
                .filter(deliveries::inbox_id.eq(delivery.inbox_id))
                .filter(deliveries::activity_id.eq_any(older)),
        ))
        .get_result(c)
    })
}

/// Notes that a delivery is about to be tried; tells whether it still waits.
pub fn mark_tried(tx: &mut Tx, delivery: Delivery) -> QueryResult<bool> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        deliveries::table.find(key(delivery))
    )
    .set(deliveries::due_at.eq(now))
    .execute(c))
    .map(|marked| marked > 0)
}

/// Keeps a delivery that was not taken.
pub fn hold(tx: &mut Tx, hold: Hold) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| {
        let row = || deliveries::table.find(key(hold.delivery));
        if !hold.is_refusal {
            return diesel::update(row())
                .set(deliveries::due_at.eq(hold.until))
                .execute(c)
                .map(drop);
        }
        diesel::update(row())
            .set((
                deliveries::due_at.eq(hold.until),
                deliveries::refusals.eq(deliveries::refusals + 1),
            ))
            .execute(c)?;
        diesel::update(row().filter(deliveries::refused_since.is_null()))
            .set(deliveries::refused_since.eq(now))
            .execute(c)
            .map(drop)
    })
}

fn key(delivery: Delivery) -> (i64, DeliveryClass, ActivityId, InboxId) {
    (
        delivery.peer_id,
        delivery.class,
        delivery.activity_id,
        delivery.inbox_id,
    )
}

/// How many different deliveries a peer has begun to refuse at `since` (milliseconds) or later.
pub fn count_refused(conn: &mut Conn, peer: i64, since: i64) -> QueryResult<i64> {
    on!(conn, |c| deliveries::table
        .filter(deliveries::peer_id.eq(peer))
        .filter(deliveries::refused_since.ge(since))
        .count()
        .get_result(c))
}

/// How many deliveries wait, for one peer or for all.
pub fn count(conn: &mut Conn, peer: Option<i64>) -> QueryResult<i64> {
    on!(conn, |c| match peer {
        Some(id) => deliveries::table
            .filter(deliveries::peer_id.eq(id))
            .count()
            .get_result(c),
        None => deliveries::table.count().get_result(c),
    })
}

/// Removes deliveries that peers have taken, or refused for good: one statement for all of a class to an inbox.
pub fn remove(tx: &mut Tx, gone: &[Delivery]) -> QueryResult<()> {
    let mut groups: HashMap<(i64, DeliveryClass, InboxId), Vec<ActivityId>> = HashMap::new();
    for delivery in gone {
        let place = (delivery.peer_id, delivery.class, delivery.inbox_id);
        groups.entry(place).or_default().push(delivery.activity_id);
    }
    for ((peer, class, inbox), mut activities) in groups {
        activities.sort_unstable();
        let (Some(first), Some(last)) = (activities.first(), activities.last()) else {
            continue;
        };
        on!(&mut **tx, |c| diesel::delete(
            deliveries::table
                .filter(deliveries::peer_id.eq(peer))
                .filter(deliveries::class.eq(class))
                .filter(deliveries::inbox_id.eq(inbox))
                // Keeps PostgreSQL, which plans without the numbers, from walking through the whole class.
                .filter(deliveries::activity_id.between(*first, *last))
                .filter(deliveries::activity_id.eq_any(&activities))
        )
        .execute(c))?;
        documents::settle(tx, &activities)?;
    }
    Ok(())
}
