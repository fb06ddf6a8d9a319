//! Accounts as the staff looks for them.

use super::super::staff::By;
use super::super::{Error, Result};
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::people::{self, Filter};
use crate::store::{self, AccountKind, Conn, Page};

/// A page of accounts, the newest first.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff.
pub async fn page(node: &Node, by: By, filter: Filter, page: Page) -> Result<Vec<Account>> {
    by.check_look()?;
    let read = move |conn: &mut Conn| people::page(conn, &filter, &page);
    Ok(node.db.read(read).await?)
}

/// One account, however it stands.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff, [`Error::NotFound`] if there is none.
pub async fn find(node: &Node, by: By, id: AccountId) -> Result<Account> {
    by.check_look()?;
    let read = move |conn: &mut Conn| store::accounts::find(conn, id);
    node.db
        .read(read)
        .await?
        .filter(|account| !account.is_local() || account.kind != AccountKind::Application)
        .ok_or(Error::NotFound)
}
