//! What peers sent: stored before it is acknowledged, applied later, kept with its outcome.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::columns::ReceiptState;
use super::conn::{Conn, on};
use super::membership::ALONE;
use super::page::{Page, cut};
use super::schema::receipts;
use super::tx::{Event, Tx};
use crate::id::{AccountId, ReceiptId};

/// One received activity.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipts, treat_none_as_default_value = false)]
pub struct Receipt {
    /// Its id; activities are applied in this order where it can be.
    pub id: ReceiptId,
    /// The activity's id on the wire; unique, so that each has one effect.
    pub activity_uri: String,
    /// Whose signature it carried.
    pub actor_uri: String,
    /// The owner of the inbox that it came through; none for the shared inbox.
    pub inbox_account_id: Option<AccountId>,
    /// The document as it came; emptied once it was applied.
    pub body: String,
    /// How far it has come.
    pub state: ReceiptState,
    /// Why it had no effect, or why it is tried again.
    pub reason: Option<String>,
    /// Tries so far.
    pub attempts: i64,
    /// When it is tried next, in milliseconds.
    pub due_at: i64,
    /// When it came, in milliseconds.
    pub received_at: i64,
}

/// The right of whoever claimed an item to say what became of it. It is lost when the item is claimed again, or when
/// the activity comes through one more inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    id: ReceiptId,
    attempts: i64,
    due_at: i64,
}

impl Receipt {
    /// The lease with which this item was claimed.
    #[must_use]
    pub fn lease(&self) -> Lease {
        Lease {
            id: self.id,
            attempts: self.attempts,
            due_at: self.due_at,
        }
    }
}

/// The item that a lease is about, as long as it holds.
macro_rules! leased {
    ($lease:expr) => {
        receipts::table
            .filter(receipts::id.eq($lease.id))
            .filter(receipts::state.eq(ReceiptState::Waiting))
            .filter(receipts::attempts.eq($lease.attempts))
            .filter(receipts::due_at.eq($lease.due_at))
    };
}

/// Stores an activity unless it was received before; tells whether it is new.
pub fn insert(tx: &mut Tx, receipt: &Receipt) -> QueryResult<bool> {
    let added = on!(&mut **tx, |c| diesel::insert_into(receipts::table)
        .values(receipt)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added > 0 {
        tx.tell(Event::Receipts);
    }
    Ok(added > 0)
}

/// What other processes than `own` are at, of the actor of the row that is looked at. What was claimed without a number,
/// as in the last moment of a process that ends, belongs to nobody.
macro_rules! claimed_by_another {
    ($own:expr) => {{
        let others = diesel::alias!(receipts as others);
        others
            .filter(others.field(receipts::actor_uri).eq(receipts::actor_uri))
            .filter(others.field(receipts::claimed_by).is_not_null())
            .filter(
                others
                    .field(receipts::claimed_by)
                    .assume_not_null()
                    .ge(0_i64),
            )
            .filter(
                others
                    .field(receipts::claimed_by)
                    .assume_not_null()
                    .ne($own),
            )
            .select(others.field(receipts::id))
    }};
}

/// Takes up to `limit` due items, oldest first, and leaves them to the caller until `lease_end`
/// (milliseconds), when they are due again if nothing became of them.
pub fn claim(tx: &mut Tx, limit: i64, lease_end: i64) -> QueryResult<Vec<Receipt>> {
    let (now, process) = (tx.now(), tx.claimant());
    let mut claimed: Vec<Receipt> = on!(&mut **tx, |c| {
        let due: Vec<ReceiptId> = receipts::table
            .filter(receipts::state.eq(ReceiptState::Waiting))
            .filter(receipts::due_at.le(now))
            // One actor's activities are applied in order, by one process at a time.
            .filter(not(exists(claimed_by_another!(process))))
            .order((receipts::due_at.asc(), receipts::id.asc()))
            .limit(limit)
            .select(receipts::id)
            .load(c)?;
        diesel::update(
            receipts::table
                .filter(receipts::id.eq_any(&due))
                .filter(receipts::due_at.le(now)),
        )
        .set((
            receipts::due_at.eq(lease_end),
            receipts::attempts.eq(receipts::attempts + 1),
            receipts::claimed_by.eq(process),
        ))
        .returning(Receipt::as_returning())
        .get_results(c)
    })?;
    claimed.sort_unstable_by_key(|receipt| receipt.id);
    Ok(claimed)
}

/// Makes due at once what this process had claimed before it ended. What another one claimed stays its own.
pub fn release(tx: &mut Tx) -> QueryResult<()> {
    let (now, process) = (tx.now(), tx.claimant());
    on!(&mut **tx, |c| diesel::update(
        receipts::table
            .filter(receipts::claimed_by.eq_any([process, ALONE]))
            .filter(receipts::state.eq(ReceiptState::Waiting))
    )
    .set((
        receipts::due_at.eq(now),
        receipts::claimed_by.eq(None::<i64>),
    ))
    .execute(c))
    .map(drop)
}

/// Takes back a claim of which it is not known whether it was made: what it may have taken, with this end of its lease
/// (milliseconds), is due at once, as if it had not been tried.
pub fn take_back(tx: &mut Tx, lease_end: i64) -> QueryResult<()> {
    let (now, process) = (tx.now(), tx.claimant());
    on!(&mut **tx, |c| diesel::update(
        receipts::table
            .filter(receipts::claimed_by.eq(process))
            .filter(receipts::state.eq(ReceiptState::Waiting))
            .filter(receipts::due_at.eq(lease_end))
    )
    .set((
        receipts::due_at.eq(now),
        receipts::attempts.eq(receipts::attempts - 1),
        receipts::claimed_by.eq(None::<i64>),
    ))
    .execute(c))
    .map(drop)
}

/// Makes an item due at `due_at` (milliseconds), as if it had not been tried, if its lease holds: what stood in the way was
/// this node's own.
pub fn give_back(tx: &mut Tx, lease: Lease, due_at: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(leased!(lease))
        .set((
            receipts::due_at.eq(due_at),
            receipts::attempts.eq(receipts::attempts - 1),
            receipts::claimed_by.eq(None::<i64>),
        ))
        .execute(c))
    .map(drop)
}

/// Ends an item for whoever holds its lease; tells whether that was so. What was applied or ignored needs its document
/// no longer.
pub fn finish(
    tx: &mut Tx,
    lease: Lease,
    state: ReceiptState,
    reason: Option<&str>,
) -> QueryResult<bool> {
    let keeps_body = matches!(state, ReceiptState::Rejected | ReceiptState::Failed);
    let held = leased!(lease);
    let end = (
        receipts::state.eq(state),
        receipts::reason.eq(reason),
        receipts::claimed_by.eq(None::<i64>),
    );
    on!(&mut **tx, |c| if keeps_body {
        diesel::update(held).set(end).execute(c)
    } else {
        diesel::update(held)
            .set((end, receipts::body.eq("")))
            .execute(c)
    })
    .map(|ended| ended > 0)
}

/// Lets an item be tried again at `due_at` (milliseconds), if its lease holds.
pub fn retry(tx: &mut Tx, lease: Lease, reason: &str, due_at: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(leased!(lease))
        .set((
            receipts::reason.eq(reason),
            receipts::due_at.eq(due_at),
            receipts::claimed_by.eq(None::<i64>),
        ))
        .execute(c))
    .map(drop)
}

/// A page of the items in these states.
pub fn page(conn: &mut Conn, states: &[ReceiptState], page: &Page) -> QueryResult<Vec<Receipt>> {
    on!(conn, |c| {
        let query = receipts::table
            .filter(receipts::state.eq_any(states))
            .select(Receipt::as_select())
            .into_boxed();
        cut!(c, query, receipts::id, page, Receipt)
    })
}

/// One item.
pub fn find(conn: &mut Conn, id: ReceiptId) -> QueryResult<Option<Receipt>> {
    on!(conn, |c| receipts::table
        .find(id)
        .select(Receipt::as_select())
        .first(c)
        .optional())
}

/// The states in which an item still has its document, so that it can be tried again.
const UNDONE: [ReceiptState; 3] = [
    ReceiptState::Waiting,
    ReceiptState::Rejected,
    ReceiptState::Failed,
];

/// Makes an item due at once, as if it had never been tried; tells whether that could be.
pub fn renew(tx: &mut Tx, id: ReceiptId) -> QueryResult<bool> {
    renew_all(tx, &[id]).map(|renewed| renewed > 0)
}

/// Makes up to `limit` items due that were given up, of one host (with its port) or of all, as if they had never been
/// tried. Gives the number.
pub fn renew_failed(tx: &mut Tx, host: Option<&str>, limit: i64) -> QueryResult<usize> {
    let ids: Vec<ReceiptId> = on!(&mut **tx, |c| {
        let mut failed = receipts::table
            .filter(receipts::state.eq(ReceiptState::Failed))
            .order(receipts::id.asc())
            .limit(limit)
            .select(receipts::id)
            .into_boxed();
        if let Some(host) = host {
            let host = host.replace(['\\', '%', '_'], "");
            let theirs = receipts::actor_uri
                .like(format!("https://{host}/%"))
                .or(receipts::actor_uri.like(format!("http://{host}/%")));
            failed = failed.filter(theirs);
        }
        failed.load(c)?
    });
    renew_all(tx, &ids)
}

fn renew_all(tx: &mut Tx, ids: &[ReceiptId]) -> QueryResult<usize> {
    let now = tx.now();
    let renewed = on!(&mut **tx, |c| diesel::update(
        receipts::table
            .filter(receipts::id.eq_any(ids))
            .filter(receipts::state.eq_any(UNDONE))
    )
    .set((
        receipts::state.eq(ReceiptState::Waiting),
        receipts::reason.eq(None::<String>),
        receipts::attempts.eq(0_i64),
        receipts::due_at.eq(now),
        receipts::claimed_by.eq(None::<i64>),
    ))
    .execute(c))?;
    if renewed > 0 {
        tx.tell(Event::Receipts);
    }
    Ok(renewed)
}

/// When the next waiting item is due, in milliseconds.
pub fn next_due(conn: &mut Conn) -> QueryResult<Option<i64>> {
    on!(conn, |c| receipts::table
        .filter(receipts::state.eq(ReceiptState::Waiting))
        .order(receipts::due_at.asc())
        .select(receipts::due_at)
        .first(c)
        .optional())
}

/// How many items are due and in nobody's hand, and since when the oldest is, in milliseconds.
pub fn count_due(conn: &mut Conn, now: i64) -> QueryResult<(i64, Option<i64>)> {
    on!(conn, |c| receipts::table
        .filter(receipts::state.eq(ReceiptState::Waiting))
        .filter(receipts::due_at.le(now))
        .select((
            diesel::dsl::count_star(),
            diesel::dsl::min(receipts::due_at)
        ))
        .first(c))
}

/// How many items are due and in nobody's hand, for each actor.
pub fn count_due_by_actor(conn: &mut Conn, now: i64) -> QueryResult<Vec<(String, i64)>> {
    on!(conn, |c| receipts::table
        .filter(receipts::state.eq(ReceiptState::Waiting))
        .filter(receipts::due_at.le(now))
        .group_by(receipts::actor_uri)
        .select((receipts::actor_uri, diesel::dsl::count_star()))
        .load(c))
}

/// The item with this wire id.
pub fn find_by_uri(conn: &mut Conn, uri: &str) -> QueryResult<Option<Receipt>> {
    on!(conn, |c| receipts::table
        .filter(receipts::activity_uri.eq(uri))
        .select(Receipt::as_select())
        .first(c)
        .optional())
}

/// How many items are in each state.
pub fn count(conn: &mut Conn, state: ReceiptState) -> QueryResult<i64> {
    on!(conn, |c| receipts::table
        .filter(receipts::state.eq(state))
        .count()
        .get_result(c))
}

/// Forgets ended items that came before `before` (milliseconds), at most `limit` at a time. Gives the number removed.
pub fn prune(tx: &mut Tx, before: i64, limit: i64) -> QueryResult<usize> {
    on!(&mut **tx, |c| {
        let ids: Vec<ReceiptId> = receipts::table
            .filter(receipts::received_at.lt(before))
            .filter(receipts::state.ne(ReceiptState::Waiting))
            .order(receipts::received_at.asc())
            .limit(limit)
            .select(receipts::id)
            .load(c)?;
        diesel::delete(receipts::table.filter(receipts::id.eq_any(&ids))).execute(c)
    })
}
