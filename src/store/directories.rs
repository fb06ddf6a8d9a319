//! Those who want to be found.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::{account_counts, accounts};
use crate::id::AccountId;

/// Which part of the directory is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Only accounts of this node.
    pub only_local: bool,
    /// How many at most.
    pub limit: i64,
    /// How many to skip.
    pub offset: i64,
}

/// Those who posted last first; who never posted is not among them.
pub fn list_active(conn: &mut Conn, part: Part) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| {
        let mut query = account_counts::table
            .inner_join(accounts::table.on(accounts::id.eq(account_counts::account_id)))
            .filter(account_counts::last_status_at.is_not_null())
            .filter(accounts::discoverable.eq(true))
            .filter(accounts::suspended_at.is_null())
            .order(account_counts::last_status_at.desc())
            .limit(part.limit)
            .offset(part.offset)
            .select(accounts::id)
            .into_boxed();
        if part.only_local {
            query = query.filter(accounts::domain.is_null());
        }
        query.load(c)
    })
}

/// The newest first.
pub fn list_newest(conn: &mut Conn, part: Part) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| {
        let mut query = accounts::table
            .filter(accounts::discoverable.eq(true))
            .filter(accounts::suspended_at.is_null())
            .order(accounts::id.desc())
            .limit(part.limit)
            .offset(part.offset)
            .select(accounts::id)
            .into_boxed();
        if part.only_local {
            query = query.filter(accounts::domain.is_null());
        }
        query.load(c)
    })
}
