//! Other servers: each has one state, and inboxes that take deliveries.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::follows::Destination;
use super::schema::{deliveries, inboxes, peers};
use super::tx::Tx;
use crate::id::InboxId;

/// One other server.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = peers)]
pub struct Peer {
    /// Its id.
    pub id: i64,
    /// Its domain in lower case, with the port if it has one.
    pub domain: String,
    /// Since when it is known, in milliseconds.
    pub created_at: i64,
    /// When it last took something, in milliseconds.
    pub last_success_at: Option<i64>,
    /// Since when it takes nothing, in milliseconds.
    pub down_since: Option<i64>,
    /// When it is tried next, in milliseconds.
    pub next_probe_at: Option<i64>,
    /// Failed tries in a row.
    pub failures: i64,
    /// What the last failure was.
    pub last_error: Option<String>,
    /// Since when it is paused, in milliseconds: nothing is sent to it and it is not tried.
    pub paused_at: Option<i64>,
}

/// An inbox and the peer that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownInbox {
    /// The inbox.
    pub id: InboxId,
    /// Its peer.
    pub peer_id: i64,
}

/// The peer with this id.
pub fn find(conn: &mut Conn, id: i64) -> QueryResult<Option<Peer>> {
    on!(conn, |c| peers::table
        .find(id)
        .select(Peer::as_select())
        .first(c)
        .optional())
}

/// The peer with this domain.
pub fn find_by_domain(conn: &mut Conn, domain: &str) -> QueryResult<Option<Peer>> {
    on!(conn, |c| peers::table
        .filter(peers::domain.eq(domain))
        .select(Peer::as_select())
        .first(c)
        .optional())
}

/// Every peer that something waits for.
pub fn list_with_backlog(conn: &mut Conn) -> QueryResult<Vec<Peer>> {
    use diesel::dsl::exists;
    on!(conn, |c| peers::table
        .filter(exists(
            deliveries::table.filter(deliveries::peer_id.eq(peers::id))
        ))
        .select(Peer::as_select())
        .load(c))
}

/// The ids of the peers that can be sent something at the instant `now` (milliseconds): those that are up and have
/// something due, and those that are down and may be tried again.
pub fn list_due(conn: &mut Conn, now: i64) -> QueryResult<Vec<i64>> {
    use diesel::dsl::exists;
    on!(conn, |c| {
        let backlog = || deliveries::table.filter(deliveries::peer_id.eq(peers::id));
        let is_up = peers::next_probe_at
            .is_null()
            .and(exists(backlog().filter(deliveries::due_at.le(now))));
        let may_be_probed = peers::next_probe_at
            .is_not_null()
            .and(peers::next_probe_at.assume_not_null().le(now))
            .and(exists(backlog()));
        peers::table
            .filter(peers::paused_at.is_null())
            .filter(is_up.or(may_be_probed))
            .order(peers::next_probe_at.asc())
            .select(peers::id)
            .load(c)
    })
}

/// How many peers are known.
pub fn count(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| peers::table.count().get_result(c))
}

/// The rows of these inboxes, made where they are missing, in no order.
pub fn ensure_inboxes(tx: &mut Tx, destinations: &[Destination]) -> QueryResult<Vec<KnownInbox>> {
    let urls: Vec<&str> = destinations
        .iter()
        .map(|destination| destination.inbox_url.as_str())
        .collect();
    let known = list_inboxes(tx, &urls)?;
    if known.len() == destinations.len() {
        return Ok(known.into_iter().map(|(_, inbox)| inbox).collect());
    }
    for destination in destinations {
        if known.iter().any(|(url, _)| *url == destination.inbox_url) {
            continue;
        }
        let peer = ensure(tx, &destination.domain)?;
        on!(&mut **tx, |c| diesel::insert_into(inboxes::table)
            .values((
                inboxes::url.eq(&destination.inbox_url),
                inboxes::peer_id.eq(peer)
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(list_inboxes(tx, &urls)?
        .into_iter()
        .map(|(_, inbox)| inbox)
        .collect())
}

/// Every inbox that something was ever addressed to.
pub fn list_destinations(conn: &mut Conn) -> QueryResult<Vec<Destination>> {
    let rows: Vec<(String, String)> = on!(conn, |c| inboxes::table
        .inner_join(peers::table.on(peers::id.eq(inboxes::peer_id)))
        .order(inboxes::id.asc())
        .select((peers::domain, inboxes::url))
        .load(c))?;
    let destination = |(domain, inbox_url)| Destination { domain, inbox_url };
    Ok(rows.into_iter().map(destination).collect())
}

/// The id of the peer with this domain, made if it is not known yet.
pub fn ensure(tx: &mut Tx, domain: &str) -> QueryResult<i64> {
    let find = |tx: &mut Tx| -> QueryResult<Option<i64>> {
        on!(&mut **tx, |c| peers::table
            .filter(peers::domain.eq(domain))
            .select(peers::id)
            .first(c)
            .optional())
    };
    if let Some(id) = find(tx)? {
        return Ok(id);
    }
    let now = tx.now();
    on!(&mut **tx, |c| diesel::insert_into(peers::table)
        .values((
            peers::domain.eq(domain),
            peers::created_at.eq(now),
            peers::failures.eq(0_i64)
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    find(tx)?.ok_or(diesel::result::Error::NotFound)
}

fn list_inboxes(conn: &mut Conn, urls: &[&str]) -> QueryResult<Vec<(String, KnownInbox)>> {
    let rows: Vec<(String, InboxId, i64)> = on!(conn, |c| inboxes::table
        .filter(inboxes::url.eq_any(urls))
        .select((inboxes::url, inboxes::id, inboxes::peer_id))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(url, id, peer_id)| (url, KnownInbox { id, peer_id }))
        .collect())
}

/// Notes that a peer took something: whatever was wrong is over.
pub fn record_success(tx: &mut Tx, id: i64) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(peers::table.find(id))
        .set((
            peers::last_success_at.eq(now),
            peers::down_since.eq(None::<i64>),
            peers::next_probe_at.eq(None::<i64>),
            peers::failures.eq(0_i64),
            peers::last_error.eq(None::<String>),
        ))
        .execute(c))
    .map(drop)
}

/// Notes that a peer took nothing, why, and when it is tried next.
pub fn record_failure(tx: &mut Tx, id: i64, error: &str, next_probe_at: i64) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(peers::table.find(id))
        .set((
            peers::next_probe_at.eq(next_probe_at),
            peers::failures.eq(peers::failures + 1),
            peers::last_error.eq(error),
        ))
        .execute(c))?;
    on!(&mut **tx, |c| diesel::update(
        peers::table.find(id).filter(peers::down_since.is_null())
    )
    .set(peers::down_since.eq(now))
    .execute(c))
    .map(drop)
}

/// Lets a peer be tried at once, because it was heard of; tells whether it was down.
pub fn hasten(tx: &mut Tx, domain: &str) -> QueryResult<Option<i64>> {
    let Some(peer) = find_by_domain(tx, domain)? else {
        return Ok(None);
    };
    if peer.down_since.is_none() {
        return Ok(None);
    }
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(peers::table.find(peer.id))
        .set(peers::next_probe_at.eq(now))
        .execute(c))?;
    Ok(Some(peer.id))
}
