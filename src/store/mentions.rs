//! Whom a status addresses.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::status_mentions;
use super::tx::Tx;
use crate::id::{AccountId, StatusId};

/// One addressee of a status.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = status_mentions, treat_none_as_default_value = false)]
pub struct Mention {
    /// The status.
    pub status_id: StatusId,
    /// Whom it addresses.
    pub account_id: AccountId,
    /// Addressed without being named in the text: may see it, is not notified.
    pub is_silent: bool,
}

/// The addressees of these statuses, in the order of account ids.
pub fn list(conn: &mut Conn, statuses: &[StatusId]) -> QueryResult<Vec<Mention>> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| status_mentions::table
        .filter(status_mentions::status_id.eq_any(statuses))
        .order((
            status_mentions::status_id.asc(),
            status_mentions::account_id.asc()
        ))
        .select(Mention::as_select())
        .load(c))
}

/// Which of these statuses address this account.
pub fn list_addressed(
    conn: &mut Conn,
    account: AccountId,
    statuses: &[StatusId],
) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| status_mentions::table
        .filter(status_mentions::account_id.eq(account))
        .filter(status_mentions::status_id.eq_any(statuses))
        .select(status_mentions::status_id)
        .load(c))
}

/// Adds addressees that are not there yet.
pub fn insert(tx: &mut Tx, mentions: &[Mention]) -> QueryResult<()> {
    if mentions.is_empty() {
        return Ok(());
    }
    on!(&mut **tx, |c| diesel::insert_into(status_mentions::table)
        .values(mentions)
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// Makes every addressee of a status a silent one, before an edit names them anew.
pub fn silence(tx: &mut Tx, status: StatusId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        status_mentions::table.filter(status_mentions::status_id.eq(status))
    )
    .set(status_mentions::is_silent.eq(true))
    .execute(c))
    .map(drop)
}

/// Names an addressee in the text, whether or not it was addressed before.
pub fn upsert_named(tx: &mut Tx, status: StatusId, account: AccountId) -> QueryResult<()> {
    let row = Mention {
        status_id: status,
        account_id: account,
        is_silent: false,
    };
    on!(&mut **tx, |c| diesel::insert_into(status_mentions::table)
        .values(&row)
        .on_conflict((status_mentions::status_id, status_mentions::account_id))
        .do_update()
        .set(status_mentions::is_silent.eq(false))
        .execute(c))
    .map(drop)
}
