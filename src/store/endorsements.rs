//! Whom people feature on their profiles.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::endorsements;
use super::tx::Tx;
use crate::id::AccountId;

/// Somebody on a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = endorsements)]
pub struct Endorsement {
    /// Pages are cut by it.
    pub id: i64,
    /// Whose profile.
    pub account_id: AccountId,
    /// Who is featured.
    pub target_id: AccountId,
}

/// Whom of `targets` an account features.
pub fn list_by(
    conn: &mut Conn,
    account: AccountId,
    targets: &[AccountId],
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| endorsements::table
        .filter(endorsements::account_id.eq(account))
        .filter(endorsements::target_id.eq_any(targets))
        .select(endorsements::target_id)
        .load(c))
}

/// A page of those whom an account features, the last one first.
pub fn page(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<Endorsement>> {
    on!(conn, |c| {
        let query = endorsements::table
            .filter(endorsements::account_id.eq(account))
            .select(Endorsement::as_select())
            .into_boxed();
        cut!(c, query, endorsements::id, page, Endorsement)
    })
}

/// Adds one unless it is there.
pub fn insert(tx: &mut Tx, endorsement: &Endorsement) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(endorsements::table)
        .values(endorsement)
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// Removes one if it is there.
pub fn delete(tx: &mut Tx, account: AccountId, target: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        endorsements::table
            .filter(endorsements::account_id.eq(account))
            .filter(endorsements::target_id.eq(target))
    )
    .execute(c))
    .map(drop)
}
