//! From where people come and how much they do, noted for the staff: addresses of sign-ups and sign-ins, and the
//! number of likes, boosts and answers of a day, for a year.

use std::net::IpAddr;

use super::Result;
use crate::id::AccountId;
use crate::node::Node;
use crate::store::{self, QueryResult, Tx};

/// Notes from where somebody signed in.
///
/// # Errors
/// Only of the database.
pub async fn note(node: &Node, account: AccountId, from: Option<IpAddr>) -> Result<()> {
    Ok(node.db.write(move |tx| note_in(tx, account, from)).await?)
}

/// The same inside a write.
///
/// # Errors
/// Whatever the database says.
pub fn note_in(tx: &mut Tx, account: AccountId, from: Option<IpAddr>) -> QueryResult<()> {
    let Some(from) = from else { return Ok(()) };
    let today = crate::clock::midnight(tx.now());
    store::visitors::note_day(tx, account, today)?;
    store::visitors::note_address(tx, account, &from.to_canonical().to_string())
}

/// Counts a like, a boost or an answer to somebody else.
///
/// # Errors
/// Whatever the database says.
pub(super) fn note_interaction(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    let today = crate::clock::midnight(tx.now());
    store::visitors::add_interaction(tx, account, today)
}
