//! From where people come, noted for the staff: addresses of sign-ups and sign-ins, for some months.

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
