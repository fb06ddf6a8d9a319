//! Documents on their way to other servers, each kept once whatever its number of recipients.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::activities;
use super::tx::Tx;
use crate::id::{AccountId, ActivityId};

/// One outgoing document.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = activities)]
pub struct Activity {
    /// Its id; deliveries go out in this order.
    pub id: ActivityId,
    /// Who signs it.
    pub account_id: AccountId,
    /// Its type: Create, Delete, ...
    pub kind: String,
    /// What it is about, on the wire.
    pub object_uri: String,
    /// The JSON document, exactly as it is sent.
    pub body: String,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

/// Adds a document.
pub fn insert(tx: &mut Tx, activity: &Activity) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(activities::table)
        .values(activity)
        .execute(c))
    .map(drop)
}

/// How many documents wait.
pub fn count(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| activities::table.count().get_result(c))
}

/// A document's body; empty once nobody waits for it.
pub fn find_body(conn: &mut Conn, id: ActivityId) -> QueryResult<Option<String>> {
    on!(conn, |c| activities::table
        .find(id)
        .select(activities::body)
        .first(c)
        .optional())
}
