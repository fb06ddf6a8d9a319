//! Other servers: each has one state, and inboxes that take deliveries.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::follows::Destination;
use super::schema::{deliveries, inboxes, peers};
use super::tx::{Event, Tx};
use crate::clock::MINUTE;
use crate::id::InboxId;

/// How long a peer is not tried once more because it was heard of, in milliseconds.
const HASTE: i64 = MINUTE;

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
    /// Counts its outages, and the times it was heard of in one.
    pub outage: i64,
    /// When its pause was last ended because it was heard of, in milliseconds.
    pub heard_at: i64,
    /// When it last sent something that was truly its own, in milliseconds; exact to a minute.
    pub last_heard_at: Option<i64>,
    /// Since when it is paused, in milliseconds: nothing is sent to it and it is not tried.
    pub paused_at: Option<i64>,
}

/// An inbox and the peer that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownInbox {
    /// The inbox.
    pub id: InboxId,
    /// Where it is.
    pub url: String,
    /// Its peer.
    pub peer_id: i64,
    /// The outage that the peer is in; 0 if it is up.
    pub outage: i64,
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
/// something due, and those that are down and may be tried again; those that are paused are left out.
pub fn list_due(conn: &mut Conn, now: i64) -> QueryResult<Vec<i64>> {
    use diesel::dsl::exists;
    on!(conn, |c| {
        let backlog = || deliveries::table.filter(deliveries::peer_id.eq(peers::id));
        // Two queries: each has its index, one with an OR has none.
        let mut due: Vec<i64> = peers::table
            .filter(peers::next_probe_at.le(now))
            .filter(peers::paused_at.is_null())
            .filter(exists(backlog()))
            .order(peers::next_probe_at.asc())
            .select(peers::id)
            .load(c)?;
        let up: Vec<i64> = peers::table
            .filter(peers::next_probe_at.is_null())
            .filter(peers::paused_at.is_null())
            .filter(exists(backlog().filter(deliveries::due_at.le(now))))
            .select(peers::id)
            .load(c)?;
        due.extend(up);
        Ok(due)
    })
}

/// The servers that are `domain` or lie below it, whatever their port.
pub fn list_below(conn: &mut Conn, domain: &str) -> QueryResult<Vec<Peer>> {
    let below = format!("%.{domain}");
    let (port, below_port) = (format!("{domain}:%"), format!("%.{domain}:%"));
    on!(conn, |c| peers::table
        .filter(
            peers::domain
                .eq(domain)
                .or(peers::domain.like(&below))
                .or(peers::domain.like(&port))
                .or(peers::domain.like(&below_port))
        )
        .select(Peer::as_select())
        .load(c))
}

/// The domains that begin with `prefix`, in their order; all if it is empty.
pub fn list_domains(conn: &mut Conn, prefix: &str, limit: i64) -> QueryResult<Vec<String>> {
    let end = format!("{prefix}\u{10FFFF}");
    on!(conn, |c| peers::table
        .filter(peers::domain.ge(prefix))
        .filter(peers::domain.lt(&end))
        .order(peers::domain.asc())
        .limit(limit)
        .select(peers::domain)
        .load(c))
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
        return Ok(known);
    }
    for destination in destinations {
        if known.iter().any(|inbox| inbox.url == destination.inbox_url) {
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
    list_inboxes(tx, &urls)
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

fn list_inboxes(conn: &mut Conn, urls: &[&str]) -> QueryResult<Vec<KnownInbox>> {
    let rows: Vec<(String, InboxId, i64, Option<i64>, i64)> = on!(conn, |c| inboxes::table
        .inner_join(peers::table.on(peers::id.eq(inboxes::peer_id)))
        .filter(inboxes::url.eq_any(urls))
        .select((
            inboxes::url,
            inboxes::id,
            inboxes::peer_id,
            peers::down_since,
            peers::outage
        ))
        .load(c))?;
    let known = |(url, id, peer_id, down_since, outage): (_, _, _, Option<i64>, _)| KnownInbox {
        id,
        url,
        peer_id,
        outage: down_since.map_or(0, |_| outage),
    };
    Ok(rows.into_iter().map(known).collect())
}

/// The outages that those of these peers are in that are down, and stay in until this write is committed.
pub(super) fn hold_outages(tx: &mut Tx, ids: &[i64]) -> QueryResult<Vec<(i64, i64)>> {
    let down = || {
        peers::table
            .filter(peers::id.eq_any(ids))
            .filter(peers::down_since.is_not_null())
            .order(peers::id.asc())
            .select((peers::id, peers::outage))
    };
    match &mut **tx {
        // Nobody else writes meanwhile.
        Conn::Sqlite(c) => down().load(c),
        Conn::Postgres(c) => down().for_share().load(c),
    }
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
    .set((
        peers::down_since.eq(now),
        peers::outage.eq(peers::outage + 1)
    ))
    .execute(c))
    .map(drop)
}

/// Lets a peer be tried at once and wakes its lane, because it was heard of, at most once a minute; gives it if it was
/// down.
///
/// What it may have fetched meanwhile it may have; so what waits for it counts from now on as tried, as if another
/// outage had begun.
pub fn hasten(tx: &mut Tx, domain: &str) -> QueryResult<Option<i64>> {
    let Some(peer) = find_by_domain(tx, domain)? else {
        return Ok(None);
    };
    let now = tx.now();
    if peer.down_since.is_none() || (0..HASTE).contains(&(now - peer.heard_at)) {
        return Ok(None);
    }
    on!(&mut **tx, |c| diesel::update(peers::table.find(peer.id))
        .set((
            peers::next_probe_at.eq(now),
            peers::heard_at.eq(now),
            peers::outage.eq(peers::outage + 1)
        ))
        .execute(c))?;
    tx.tell(Event::PeerHeard(peer.id));
    Ok(Some(peer.id))
}
