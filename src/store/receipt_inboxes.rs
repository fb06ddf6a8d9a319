//! Through which personal inboxes an activity came: it is applied once, and for the owner of each.

use diesel::prelude::*;

use super::columns::ReceiptState;
use super::conn::{Conn, on};
use super::receipts::{self, Receipt};
use super::schema::{receipt_inboxes, receipts as rows};
use super::tx::{Event, Tx};
use crate::id::AccountId;

/// The owners of all personal inboxes that an activity came through.
pub fn list_owners(conn: &mut Conn, receipt: &Receipt) -> QueryResult<Vec<AccountId>> {
    let further: Vec<AccountId> = on!(conn, |c| receipt_inboxes::table
        .filter(receipt_inboxes::receipt_id.eq(receipt.id))
        .order(receipt_inboxes::account_id.asc())
        .select(receipt_inboxes::account_id)
        .load(c))?;
    Ok(receipt
        .inbox_account_id
        .into_iter()
        .chain(further)
        .collect())
}

/// Remembers that an activity that is known already came through the inbox of one more account. What is ended, with or
/// without effect, is due once more for that account's sake; whoever has it in hand loses the lease and does it again.
/// Tells whether the inbox is new.
pub fn arrive_again(tx: &mut Tx, arrived: &Receipt) -> QueryResult<bool> {
    let Some(owner) = arrived.inbox_account_id else {
        return Ok(false);
    };
    let known = receipts::find_by_uri(tx, &arrived.activity_uri)?;
    let known = known.filter(|known| {
        known.actor_uri == arrived.actor_uri && known.inbox_account_id != Some(owner)
    });
    let Some(known) = known else {
        return Ok(false);
    };
    let added = on!(&mut **tx, |c| diesel::insert_into(receipt_inboxes::table)
        .values((
            receipt_inboxes::receipt_id.eq(known.id),
            receipt_inboxes::account_id.eq(owner),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 0 {
        return Ok(false);
    }
    renew(tx, arrived)?;
    tx.tell(Event::Receipts);
    Ok(true)
}

/// Each statement asks for the state anew, so that an end that another process writes meanwhile is seen.
fn renew(tx: &mut Tx, arrived: &Receipt) -> QueryResult<()> {
    let now = tx.now();
    let known = || rows::table.filter(rows::activity_uri.eq(&arrived.activity_uri));
    on!(&mut **tx, |c| {
        let waiting = known().filter(rows::state.eq(ReceiptState::Waiting));
        let renewed = diesel::update(waiting)
            .set(rows::due_at.eq(now))
            .execute(c)?;
        if renewed > 0 {
            return Ok(());
        }
        // What was refused or given up stays so until somebody asks for it; then it counts for this inbox too.
        let ended = [ReceiptState::Applied, ReceiptState::Ignored];
        diesel::update(known().filter(rows::state.eq_any(ended)))
            .set((
                rows::state.eq(ReceiptState::Waiting),
                rows::body.eq(&arrived.body),
                rows::reason.eq(None::<String>),
                rows::attempts.eq(0_i64),
                rows::due_at.eq(now),
            ))
            .execute(c)
            .map(drop)
    })
}
