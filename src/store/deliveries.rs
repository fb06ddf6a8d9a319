//! Deliveries: a row exists until the peer has taken the document.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::follows::Destination;
use super::peers;
use super::schema::{activities, deliveries, inboxes};
use super::tx::{Event, Tx};
use crate::id::{AccountId, ActivityId, InboxId};

/// Which document goes to which inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Queryable, Selectable, Insertable)]
#[diesel(table_name = deliveries, treat_none_as_default_value = false)]
pub struct Delivery {
    /// The peer whose lane it waits in.
    pub peer_id: i64,
    /// The document.
    pub activity_id: ActivityId,
    /// The inbox.
    pub inbox_id: InboxId,
}

/// A delivery with all that sending it needs.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Parcel {
    /// The row.
    pub delivery: Delivery,
    /// Where to.
    pub inbox_url: String,
    /// Who signs.
    pub account_id: AccountId,
    /// The document's type.
    pub kind: String,
    /// What it is about, on the wire.
    pub object_uri: String,
    /// The document.
    pub body: String,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

/// Queues a document for these destinations; each inbox gets it once.
pub fn queue(tx: &mut Tx, activity: ActivityId, destinations: &[Destination]) -> QueryResult<()> {
    for part in destinations.chunks(500) {
        let known = peers::ensure_inboxes(tx, part)?;
        let rows: Vec<Delivery> = known
            .iter()
            .map(|inbox| Delivery {
                peer_id: inbox.peer_id,
                activity_id: activity,
                inbox_id: inbox.id,
            })
            .collect();
        on!(&mut **tx, |c| diesel::insert_into(deliveries::table)
            .values(&rows)
            .on_conflict_do_nothing()
            .execute(c))?;
        for inbox in known {
            tx.tell(Event::Peer(inbox.peer_id));
        }
    }
    Ok(())
}

/// What waits in a peer's lane after the document `after`, oldest first.
pub fn list_waiting(
    conn: &mut Conn,
    peer: i64,
    after: (ActivityId, InboxId),
    limit: i64,
) -> QueryResult<Vec<Parcel>> {
    let (activity, inbox) = after;
    on!(conn, |c| deliveries::table
        .inner_join(activities::table.on(activities::id.eq(deliveries::activity_id)))
        .inner_join(inboxes::table.on(inboxes::id.eq(deliveries::inbox_id)))
        .filter(deliveries::peer_id.eq(peer))
        .filter(
            deliveries::activity_id
                .gt(activity)
                .or(deliveries::activity_id
                    .eq(activity)
                    .and(deliveries::inbox_id.gt(inbox))),
        )
        .order((deliveries::activity_id.asc(), deliveries::inbox_id.asc()))
        .limit(limit)
        .select((
            Delivery::as_select(),
            inboxes::url,
            activities::account_id,
            activities::kind,
            activities::object_uri,
            activities::body,
            activities::created_at,
        ))
        .load(c))
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

/// Removes a delivery that the peer has taken, or refused for good.
pub fn remove(tx: &mut Tx, delivery: Delivery) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        deliveries::table
            .filter(deliveries::peer_id.eq(delivery.peer_id))
            .filter(deliveries::activity_id.eq(delivery.activity_id))
            .filter(deliveries::inbox_id.eq(delivery.inbox_id))
    )
    .execute(c))
    .map(drop)
}
