//! Inboxes: where they are, who uses them, and what becomes of their backlog when a peer moves.

use diesel::prelude::*;

use super::accounts::Account;
use super::columns::{DeliveryClass, OutcomeState};
use super::conn::{Conn, on};
use super::deliveries::Delivery;
use super::follows::Destination;
use super::schema::{accounts, activities, deliveries, inboxes};
use super::tx::{Event, Tx};
use super::{activities as documents, jobs, outcomes, peers};
use crate::id::{ActivityId, InboxId};

/// Rows that one statement moves at most.
const AT_ONCE: usize = 500;
/// Documents of which one write forgets who does not get them any more.
const ABANDONED_AT_ONCE: i64 = 200;
/// Why nothing more is sent to an inbox that serves nobody.
const UNUSED: &str = "nobody uses this inbox any more";

/// An address that something was sent to.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = inboxes)]
pub struct Inbox {
    /// Its id.
    pub id: InboxId,
    /// Where it is.
    pub url: String,
    /// Its peer.
    pub peer_id: i64,
}

/// The inbox with this id.
pub fn find(conn: &mut Conn, id: InboxId) -> QueryResult<Option<Inbox>> {
    on!(conn, |c| inboxes::table
        .find(id)
        .select(Inbox::as_select())
        .first(c)
        .optional())
}

/// The inbox at this address.
pub fn find_by_url(conn: &mut Conn, url: &str) -> QueryResult<Option<Inbox>> {
    on!(conn, |c| inboxes::table
        .filter(inboxes::url.eq(url))
        .select(Inbox::as_select())
        .first(c)
        .optional())
}

/// The inboxes with these ids, in no order.
pub fn list(conn: &mut Conn, ids: &[InboxId]) -> QueryResult<Vec<Inbox>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| inboxes::table
        .filter(inboxes::id.eq_any(ids))
        .select(Inbox::as_select())
        .load(c))
}

/// Notes that those who use an inbox are asked whether they have another, unless that was noted at the instant `after`
/// (milliseconds) or later; tells whether it was noted now.
pub fn claim_check(tx: &mut Tx, id: InboxId, after: i64) -> QueryResult<bool> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        inboxes::table
            .find(id)
            .filter(inboxes::checked_at.lt(after))
    )
    .set(inboxes::checked_at.eq(now))
    .execute(c))
    .map(|claimed| claimed > 0)
}

/// Accounts of other servers that this inbox serves, those that were fetched longest ago first.
pub fn list_users(conn: &mut Conn, url: &str, limit: i64) -> QueryResult<Vec<Account>> {
    on!(conn, |c| {
        let remote = || accounts::table.filter(accounts::domain.is_not_null());
        let mut users: Vec<Account> = remote()
            .filter(accounts::shared_inbox_url.eq(url))
            .order(accounts::fetched_at.asc())
            .limit(limit)
            .select(Account::as_select())
            .load(c)?;
        let own: Vec<Account> = remote()
            .filter(accounts::inbox_url.eq(url))
            .filter(accounts::shared_inbox_url.is_null())
            .order(accounts::fetched_at.asc())
            .limit(limit)
            .select(Account::as_select())
            .load(c)?;
        users.extend(own);
        Ok(users)
    })
}

/// Whether an inbox serves any account.
pub fn is_used(conn: &mut Conn, url: &str) -> QueryResult<bool> {
    use diesel::dsl::{exists, select};
    on!(conn, |c| {
        let shared = accounts::table.filter(accounts::shared_inbox_url.eq(url));
        let is_shared: bool = select(exists(shared)).get_result(c)?;
        if is_shared {
            return Ok(true);
        }
        let own = accounts::table
            .filter(accounts::inbox_url.eq(url))
            .filter(accounts::shared_inbox_url.is_null());
        select(exists(own)).get_result(c)
    })
}

/// An account that was served by the inbox `former` is served by another now: if it was the last, what waits for it
/// there goes on waiting for the new one.
pub fn follow_move(tx: &mut Tx, former: &str, new: &Destination) -> QueryResult<()> {
    if former == new.inbox_url || new.inbox_url.is_empty() || is_used(tx, former)? {
        return Ok(());
    }
    jobs::follow_move(tx, former, new)?;
    let Some(old) = find_by_url(tx, former)? else {
        return Ok(());
    };
    let peer = match find_by_url(tx, &new.inbox_url)? {
        Some(known) => {
            merge(tx, &old, &known)?;
            known.peer_id
        }
        None => rename(tx, &old, new)?,
    };
    tx.tell(Event::Peer(peer));
    Ok(())
}

/// The row gets the new address; its deliveries are touched only if the address is another peer's.
fn rename(tx: &mut Tx, old: &Inbox, new: &Destination) -> QueryResult<i64> {
    let peer = peers::ensure(tx, &new.domain)?;
    on!(&mut **tx, |c| {
        diesel::update(inboxes::table.find(old.id))
            .set((inboxes::url.eq(&new.inbox_url), inboxes::peer_id.eq(peer)))
            .execute(c)?;
        if peer != old.peer_id {
            diesel::update(deliveries::table.filter(deliveries::inbox_id.eq(old.id)))
                .set((deliveries::peer_id.eq(peer), deliveries::outage.eq(0_i64)))
                .execute(c)?;
        }
        Ok(peer)
    })
}

fn merge(tx: &mut Tx, old: &Inbox, known: &Inbox) -> QueryResult<()> {
    let waiting = list_waiting(tx, old.id)?;
    let is_empty = list_waiting(tx, known.id)?.is_empty();
    for part in waiting.chunks(AT_ONCE) {
        on!(&mut **tx, |c| {
            let rows = || {
                deliveries::table
                    .filter(deliveries::inbox_id.eq(old.id))
                    .filter(deliveries::activity_id.eq_any(part))
            };
            // What waits there already waits once.
            let there: Vec<ActivityId> = deliveries::table
                .filter(deliveries::inbox_id.eq(known.id))
                .filter(deliveries::activity_id.eq_any(part))
                .select(deliveries::activity_id)
                .load(c)?;
            diesel::delete(rows().filter(deliveries::activity_id.eq_any(&there))).execute(c)?;
            diesel::update(rows())
                .set((
                    deliveries::inbox_id.eq(known.id),
                    deliveries::peer_id.eq(known.peer_id),
                    deliveries::outage.eq(0_i64),
                ))
                .execute(c)?;
        });
        if !is_empty {
            unite_classes(tx, known.id, part)?;
        }
    }
    on!(&mut **tx, |c| diesel::delete(inboxes::table.find(old.id))
        .execute(c))
    .map(drop)
}

fn list_waiting(conn: &mut Conn, inbox: InboxId) -> QueryResult<Vec<ActivityId>> {
    on!(conn, |c| deliveries::table
        .filter(deliveries::inbox_id.eq(inbox))
        .order(deliveries::activity_id.asc())
        .select(deliveries::activity_id)
        .load(c))
}

/// Where two backlogs came together, what is about one thing comes into one class again.
fn unite_classes(tx: &mut Tx, inbox: InboxId, moved: &[ActivityId]) -> QueryResult<()> {
    let topics: Vec<String> = on!(&mut **tx, |c| activities::table
        .filter(activities::id.eq_any(moved))
        .select(activities::object_uri)
        .distinct()
        .load(c))?;
    for topic in topics {
        on!(&mut **tx, |c| {
            let rows = || {
                let about = activities::table
                    .filter(activities::object_uri.eq(&topic))
                    .select(activities::id);
                deliveries::table
                    .filter(deliveries::inbox_id.eq(inbox))
                    .filter(deliveries::activity_id.eq_any(about))
            };
            let classes: Vec<DeliveryClass> = rows().select(deliveries::class).load(c)?;
            if let (Some(first), Some(last)) = (classes.iter().min(), classes.iter().max())
                && first != last
            {
                diesel::update(rows())
                    .set(deliveries::class.eq(*last))
                    .execute(c)?;
            }
        });
    }
    Ok(())
}

/// Removes what waits for an inbox that serves nobody any more, except what outlives: deletions and the like, in case
/// somebody there still has what they end. It looks at some documents after `after` only, so that one write is short;
/// gives the last of them, none when there are no more.
pub fn abandon(tx: &mut Tx, url: &str, after: ActivityId) -> QueryResult<Option<ActivityId>> {
    if is_used(tx, url)? {
        return Ok(None);
    }
    let Some(inbox) = find_by_url(tx, url)? else {
        return Ok(None);
    };
    let waiting: Vec<ActivityId> = on!(&mut **tx, |c| deliveries::table
        .filter(deliveries::inbox_id.eq(inbox.id))
        .filter(deliveries::activity_id.gt(after))
        .order(deliveries::activity_id.asc())
        .limit(ABANDONED_AT_ONCE)
        .select(deliveries::activity_id)
        .load(c))?;
    let gone: Vec<Delivery> = on!(&mut **tx, |c| {
        let ordinary = activities::table
            .filter(activities::id.eq_any(&waiting))
            .filter(activities::outlives.eq(false))
            .select(activities::id);
        diesel::delete(
            deliveries::table
                .filter(deliveries::inbox_id.eq(inbox.id))
                .filter(deliveries::activity_id.eq_any(ordinary)),
        )
        .returning(Delivery::as_returning())
        .get_results(c)
    })?;
    outcomes::remember(tx, &gone, OutcomeState::Refused, Some(UNUSED))?;
    documents::settle(tx, &waiting)?;
    Ok(waiting.last().copied())
}
