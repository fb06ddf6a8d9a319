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
    /// How often the peer said no to this one while it took others.
    pub refusals: i64,
    /// Since when it does, in milliseconds.
    pub refused_since: Option<i64>,
    /// When it was last tried in vain, in milliseconds; 0 if it never was.
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

/// The query of a [`Parcel`].
macro_rules! parcels {
    () => {
        deliveries::table
            .inner_join(activities::table.on(activities::id.eq(deliveries::activity_id)))
            .inner_join(inboxes::table.on(inboxes::id.eq(deliveries::inbox_id)))
            .select((
                Delivery::as_select(),
                inboxes::url,
                activities::account_id,
                activities::kind,
                activities::object_uri,
                activities::body,
                activities::created_at,
                deliveries::refusals,
                deliveries::refused_since,
                deliveries::due_at,
            ))
    };
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

/// What may be sent to a peer now, after the row `after`, oldest first.
pub fn list_due(
    conn: &mut Conn,
    peer: i64,
    now: i64,
    after: (ActivityId, InboxId),
    limit: i64,
) -> QueryResult<Vec<Parcel>> {
    let (activity, inbox) = after;
    on!(conn, |c| parcels!()
        .filter(deliveries::peer_id.eq(peer))
        .filter(deliveries::due_at.le(now))
        // Says nothing new to people, but lets SQLite begin its search here.
        .filter(deliveries::activity_id.ge(activity))
        .filter(
            deliveries::activity_id
                .gt(activity)
                .or(deliveries::activity_id
                    .eq(activity)
                    .and(deliveries::inbox_id.gt(inbox))),
        )
        .order((deliveries::activity_id.asc(), deliveries::inbox_id.asc()))
        .limit(limit)
        .load(c))
}

/// What waits for a peer, whether it may be sent now or not: what was never tried first, then what was tried
/// longest ago, then what is set aside.
pub fn list_by_last_try(conn: &mut Conn, peer: i64, limit: i64) -> QueryResult<Vec<Parcel>> {
    // Keys first: a long backlog is sorted without its documents.
    let keys: Vec<Delivery> = on!(conn, |c| deliveries::table
        .filter(deliveries::peer_id.eq(peer))
        .order((
            deliveries::due_at.asc(),
            deliveries::activity_id.asc(),
            deliveries::inbox_id.asc()
        ))
        .limit(limit)
        .select(Delivery::as_select())
        .load(c))?;
    let ids: Vec<ActivityId> = keys.iter().map(|key| key.activity_id).collect();
    let mut parcels: Vec<Parcel> = on!(conn, |c| parcels!()
        .filter(deliveries::peer_id.eq(peer))
        .filter(deliveries::activity_id.eq_any(&ids))
        .load(c))?;
    let place = |parcel: &Parcel| keys.iter().position(|key| *key == parcel.delivery);
    parcels.retain(|parcel| place(parcel).is_some());
    parcels.sort_by_key(place);
    Ok(parcels)
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
        .filter(deliveries::due_at.gt(now))
        .select((
            deliveries::activity_id,
            deliveries::inbox_id,
            activities::object_uri
        ))
        .load(c))
}

/// Whether something older than this delivery, about the same thing, waits for the same inbox.
pub fn is_behind(conn: &mut Conn, parcel: &Parcel) -> QueryResult<bool> {
    use diesel::dsl::{exists, select};
    let Delivery {
        peer_id,
        activity_id,
        inbox_id,
    } = parcel.delivery;
    on!(conn, |c| select(exists(
        deliveries::table
            .inner_join(activities::table.on(activities::id.eq(deliveries::activity_id)))
            .filter(deliveries::peer_id.eq(peer_id))
            .filter(deliveries::inbox_id.eq(inbox_id))
            .filter(deliveries::activity_id.lt(activity_id))
            .filter(activities::object_uri.eq(&parcel.object_uri))
    ))
    .get_result(c))
}

/// Keeps a delivery that was not taken.
pub fn hold(tx: &mut Tx, hold: Hold) -> QueryResult<()> {
    let now = tx.now();
    let Delivery {
        peer_id,
        activity_id,
        inbox_id,
    } = hold.delivery;
    on!(&mut **tx, |c| {
        let row = deliveries::table.find((peer_id, activity_id, inbox_id));
        diesel::update(row)
            .set(deliveries::due_at.eq(hold.until))
            .execute(c)?;
        if hold.is_refusal {
            diesel::update(row)
                .set(deliveries::refusals.eq(deliveries::refusals + 1))
                .execute(c)?;
            diesel::update(
                deliveries::table
                    .filter(deliveries::peer_id.eq(peer_id))
                    .filter(deliveries::activity_id.eq(activity_id))
                    .filter(deliveries::inbox_id.eq(inbox_id))
                    .filter(deliveries::refused_since.is_null()),
            )
            .set(deliveries::refused_since.eq(now))
            .execute(c)?;
        }
        Ok(())
    })
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
