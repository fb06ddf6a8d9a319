//! What peers sent: stored before it is acknowledged, applied later, kept with its outcome.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::columns::ReceiptState;
use super::conn::{Conn, on};
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

/// No process has this number.
const NOBODY: i64 = -1;

/// What other processes than `own` are at, of the actor of the row that is looked at.
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
                    .ne($own),
            )
            .select(others.field(receipts::id))
    }};
}

/// Takes up to `limit` due items, oldest first, and leaves them to the caller until `lease_end`
/// (milliseconds), when they are due again if nothing became of them.
pub fn claim(tx: &mut Tx, limit: i64, lease_end: i64) -> QueryResult<Vec<Receipt>> {
    let (now, process) = (tx.now(), tx.process());
    let mut claimed: Vec<Receipt> = on!(&mut **tx, |c| {
        let due: Vec<ReceiptId> = receipts::table
            .filter(receipts::state.eq(ReceiptState::Waiting))
            .filter(receipts::due_at.le(now))
            // One actor's activities are applied in order, by one process at a time.
            .filter(not(exists(claimed_by_another!(process.unwrap_or(NOBODY)))))
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

/// Makes due at once what was claimed and never failed by somebody who is gone. What a living process claimed stays its
/// own.
pub fn release(tx: &mut Tx) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        receipts::table
            .filter(receipts::state.eq(ReceiptState::Waiting))
            .filter(receipts::due_at.gt(now))
            .filter(receipts::claimed_by.is_null())
            .filter(receipts::attempts.gt(0_i64))
            .filter(receipts::reason.is_null())
    )
    .set(receipts::due_at.eq(now))
    .execute(c))
    .map(drop)
}

/// Ends an item; what was applied or ignored needs its document no longer.
pub fn finish(
    tx: &mut Tx,
    id: ReceiptId,
    state: ReceiptState,
    reason: Option<&str>,
) -> QueryResult<()> {
    let keeps_body = matches!(state, ReceiptState::Rejected | ReceiptState::Failed);
    on!(&mut **tx, |c| diesel::update(receipts::table.find(id))
        .set((
            receipts::state.eq(state),
            receipts::reason.eq(reason),
            receipts::claimed_by.eq(None::<i64>),
        ))
        .execute(c))?;
    if !keeps_body {
        on!(&mut **tx, |c| diesel::update(receipts::table.find(id))
            .set(receipts::body.eq(""))
            .execute(c))?;
    }
    Ok(())
}

/// Lets an item be tried again at `due_at` (milliseconds).
pub fn retry(tx: &mut Tx, id: ReceiptId, reason: &str, due_at: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(receipts::table.find(id))
        .set((
            receipts::reason.eq(reason),
            receipts::due_at.eq(due_at),
            receipts::claimed_by.eq(None::<i64>),
        ))
        .execute(c))
    .map(drop)
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

/// Forgets ended items that came before `before` (milliseconds).
pub fn prune(tx: &mut Tx, before: i64) -> QueryResult<usize> {
    on!(&mut **tx, |c| diesel::delete(
        receipts::table
            .filter(receipts::received_at.lt(before))
            .filter(receipts::state.ne(ReceiptState::Waiting))
    )
    .execute(c))
}
