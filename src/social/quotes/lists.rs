//! The quotes of a status, and who may make further ones.

use super::policies::set_own;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::slices::Slice;
use crate::social::timelines::{hydrate, keep_wanted};
use crate::social::visibility::find_original;
use crate::social::{Error, Result, news};
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::statuses::Status;
use crate::store::{self, Conn, Page, QueryResult, QuotePolicy, Tx};

/// A page of the quotes of a status that hold, the newest first, as far as the viewer may see them. Whoever is not its
/// author is spared those whom they block or mute.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see the status.
pub fn list(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    id: StatusId,
    page: &Page,
    now: i64,
) -> Result<Slice<Status>> {
    let quoted = find_original(conn, viewer, id)?;
    let rows = store::quotes::page_of(conn, quoted.id, page)?;
    let ids: Vec<StatusId> = rows.iter().map(|row| row.status_id).collect();
    let mut items = hydrate(conn, viewer, &ids)?;
    if viewer != Some(quoted.account_id) {
        items = keep_wanted(conn, viewer, items, now)?;
    }
    Ok(Slice::new(items, &rows, |row| row.id))
}

/// Says who may quote an own status from now on, if anything is said. Quotes that hold stay.
///
/// # Errors
/// [`Error::NotFound`] for what is not the viewer's own.
pub async fn set_policy(
    node: &Node,
    viewer: AccountId,
    id: StatusId,
    policy: Option<QuotePolicy>,
) -> Result<()> {
    node.db
        .write(move |tx| {
            let own = store::statuses::find(tx, id)?
                .filter(|status| status.account_id == viewer && status.boost_of_id.is_none());
            let status = own.ok_or(Error::NotFound)?;
            let Some(policy) = policy else {
                return Ok(());
            };
            Ok(change_policy(tx, &status, policy)?)
        })
        .await
}

/// Says anew who may quote an own status; everybody who has it hears of it, unless nothing changes.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn change_policy(
    tx: &mut Tx,
    status: &Status,
    policy: QuotePolicy,
) -> QueryResult<()> {
    let before = store::quotes::list_terms(tx, &[status.id])?;
    set_own(tx, status, policy)?;
    if store::quotes::list_terms(tx, &[status.id])? == before {
        return Ok(());
    }
    news::edited(tx, status)?;
    tx.queue(&Job::Distribute(Fact::QuoteChanged { status: status.id }))
}
