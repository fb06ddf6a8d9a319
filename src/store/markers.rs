//! How far an account has read its timelines.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::markers;
use super::tx::Tx;
use crate::id::AccountId;

/// One reading position.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = markers)]
pub struct Marker {
    /// Whose.
    pub account_id: AccountId,
    /// `home` or `notifications`.
    pub timeline: String,
    /// The newest item that was read.
    pub last_read_id: i64,
    /// Grows with each change.
    pub version: i64,
    /// When it was set, in milliseconds.
    pub updated_at: i64,
}

/// The positions of this account.
pub fn list(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<Marker>> {
    on!(conn, |c| markers::table
        .filter(markers::account_id.eq(account))
        .select(Marker::as_select())
        .load(c))
}

/// Sets a position; gives back the row as it is now.
pub fn set(
    tx: &mut Tx,
    account: AccountId,
    timeline: &str,
    last_read_id: i64,
) -> QueryResult<Marker> {
    let known = list(tx, account)?
        .into_iter()
        .find(|marker| marker.timeline == timeline);
    let marker = Marker {
        account_id: account,
        timeline: timeline.to_owned(),
        last_read_id,
        version: known.map_or(0, |marker| marker.version) + 1,
        updated_at: tx.now(),
    };
    on!(&mut **tx, |c| diesel::insert_into(markers::table)
        .values(&marker)
        .on_conflict((markers::account_id, markers::timeline))
        .do_update()
        .set(&marker)
        .execute(c))?;
    Ok(marker)
}
