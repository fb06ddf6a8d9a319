//! What other servers sent, for whoever looks after the node: what waits, failed or was rejected, and another try.

use super::staff::By;
use super::{Error, Result};
use crate::id::{AccountId, ReceiptId};
use crate::node::Node;
use crate::store::receipts::{self, Receipt};
use crate::store::{Conn, Error as StoreError, Page, QueryResult, ReceiptState, Tx};
use crate::store::{jobs, receipt_inboxes};

/// Items that one write makes due at most, so that other writes do not wait long.
const AT_ONCE: i64 = 500;
/// The states in which an item is kept with its document.
pub const STATES: [ReceiptState; 3] = [
    ReceiptState::Waiting,
    ReceiptState::Rejected,
    ReceiptState::Failed,
];

/// An item, and the owners of the personal inboxes that it came through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The item.
    pub receipt: Receipt,
    /// Who is told by it; nobody where it came through the shared inbox alone.
    pub owners: Vec<AccountId>,
}

/// The states that a word means; an empty one means all in which an item is kept.
///
/// # Errors
/// [`Error::Invalid`] that names the words.
pub fn states_of(word: &str) -> Result<Vec<ReceiptState>> {
    if word.is_empty() {
        return Ok(STATES.to_vec());
    }
    let found = STATES.into_iter().find(|state| state.word() == word);
    found.map(|state| vec![state]).ok_or_else(|| {
        let words = STATES.map(ReceiptState::word).join(", ");
        Error::invalid(format!("The state must be one of {words}"))
    })
}

/// A page of what is in one of these states, the newest first.
///
/// # Errors
/// As [`By::check_look`], and whatever the database says.
pub async fn list(
    node: &Node,
    by: By,
    states: Vec<ReceiptState>,
    page: Page,
) -> Result<Vec<Receipt>> {
    by.check_look()?;
    let list = move |conn: &mut Conn| receipts::page(conn, &states, &page);
    Ok(node.db.read(list).await?)
}

/// One item.
///
/// # Errors
/// [`Error::NotFound`], and as [`By::check_look`].
pub async fn show(node: &Node, by: By, id: ReceiptId) -> Result<Shown> {
    by.check_look()?;
    let look = move |conn: &mut Conn| -> Result<Shown> {
        let receipt = receipts::find(conn, id)?.ok_or(Error::NotFound)?;
        let owners = receipt_inboxes::list_owners(conn, &receipt)?;
        Ok(Shown { receipt, owners })
    };
    node.db.read(look).await
}

/// Makes an item due at once, as if it had never been tried.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`] for what has its effect or needs none, and as [`By::check_act`].
pub async fn retry(node: &Node, by: By, id: ReceiptId) -> Result<Receipt> {
    by.check_act()?;
    let renew = move |tx: &mut Tx| -> Result<Receipt> {
        let is_renewed = receipts::renew(tx, id)?;
        let receipt = receipts::find(tx, id)?.ok_or(Error::NotFound)?;
        if is_renewed {
            Ok(receipt)
        } else {
            let state = receipt.state.word();
            Err(Error::invalid(format!(
                "It is {state} and needs no other try"
            )))
        }
    };
    node.db.write(renew).await
}

/// Makes due whatever was given up, of one host (with its port) or of all; tells how many.
///
/// # Errors
/// As [`By::check_act`], and whatever the database says.
pub async fn retry_failed(node: &Node, by: By, host: Option<String>) -> Result<usize> {
    by.check_act()?;
    let mut renewed = 0;
    loop {
        let host = host.as_deref().map(str::to_lowercase);
        let renew = move |tx: &mut Tx| receipts::renew_failed(tx, host.as_deref(), AT_ONCE);
        match node.db.write(renew).await? {
            0 => return Ok(renewed),
            some => renewed += some,
        }
    }
}

/// Makes a job due that was given up.
///
/// # Errors
/// [`Error::NotFound`] if there is none, and as [`By::check_act`].
pub async fn retry_job(node: &Node, by: By, id: crate::id::JobId) -> Result<()> {
    by.check_act()?;
    let revive = move |tx: &mut Tx| -> QueryResult<bool> { jobs::revive(tx, id) };
    if node.db.write::<_, StoreError>(revive).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
