//! What the staff did: one row for each deed. Rows are never changed.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::audit_entries;
use super::tx::Tx;
use crate::id::AccountId;

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub struct AuditEntry {
    /// Its id; lists are paged by it.
    pub id: i64,
    /// Who did it; none for whoever runs the program.
    pub account_id: Option<AccountId>,
    /// Their name at that time.
    pub actor: String,
    /// What was done, in a word such as `suspend_account`.
    pub action: String,
    /// The id of what it was done to, if it has one.
    pub target_id: Option<i64>,
    /// Whom or what, in words such as a handle or a domain.
    pub target: String,
    /// Whatever else there is to know.
    pub detail: String,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// Adds a deed.
pub fn insert(tx: &mut Tx, entry: &AuditEntry) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(audit_entries::table)
        .values(entry)
        .execute(c))
    .map(drop)
}

/// A page of deeds, of one of the staff if one is named.
pub fn page(conn: &mut Conn, by: Option<AccountId>, page: &Page) -> QueryResult<Vec<AuditEntry>> {
    on!(conn, |c| {
        let mut query = audit_entries::table
            .select(AuditEntry::as_select())
            .into_boxed();
        if let Some(by) = by {
            query = query.filter(audit_entries::account_id.eq(by));
        }
        cut!(c, query, audit_entries::id, page, AuditEntry)
    })
}
