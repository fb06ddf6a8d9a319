//! What accounts of this node were told by the staff.

use diesel::prelude::*;

use super::columns::WarningAction;
use super::conn::{Conn, on};
use super::schema::account_warnings;
use super::tx::Tx;
use crate::id::AccountId;

/// One warning.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_warnings, treat_none_as_default_value = false)]
pub struct Warning {
    /// Its id.
    pub id: i64,
    /// Who of the staff; none for whoever runs the program.
    pub account_id: Option<AccountId>,
    /// Whom.
    pub target_id: AccountId,
    /// What was done.
    pub action: WarningAction,
    /// The words, plain text.
    pub text: String,
    /// Because of which report.
    pub report_id: Option<i64>,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// The warnings with these ids, in no order.
pub fn list(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Warning>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| account_warnings::table
        .filter(account_warnings::id.eq_any(ids))
        .select(Warning::as_select())
        .load(c))
}

/// The newest warnings of an account: at most `limit`.
pub fn list_of(conn: &mut Conn, target: AccountId, limit: i64) -> QueryResult<Vec<Warning>> {
    on!(conn, |c| account_warnings::table
        .filter(account_warnings::target_id.eq(target))
        .order(account_warnings::id.desc())
        .limit(limit)
        .select(Warning::as_select())
        .load(c))
}

/// Adds a warning.
pub fn insert(tx: &mut Tx, warning: &Warning) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(account_warnings::table)
        .values(warning)
        .execute(c))
    .map(drop)
}
