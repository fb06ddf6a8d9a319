//! Replies in the threads of groups: the group's server passes on only what is addressed to the group.
//!
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/1b12/fep-1b12.md>.

use super::compose::name;
use crate::id::AccountId;
use crate::store::statuses::Status;
use crate::store::{self, AccountKind, QueryResult, Tx, Visibility};

/// Groups of one thread that a reply is addressed to.
const MOST: usize = 3;

/// Addresses a reply to the groups that its parent is addressed to, without naming them, if both are for everybody.
///
/// # Errors
/// Whatever the database says.
pub(super) fn join(tx: &mut Tx, status: &Status, parent: &Status) -> QueryResult<()> {
    let is_open =
        |status: &Status| matches!(status.visibility, Visibility::Public | Visibility::Unlisted);
    if !is_open(status) || !is_open(parent) {
        return Ok(());
    }
    let addressed: Vec<AccountId> = store::mentions::list(tx, &[parent.id])?
        .into_iter()
        .map(|mention| mention.account_id)
        .collect();
    let groups: Vec<AccountId> = store::accounts::list(tx, &addressed)?
        .into_iter()
        .filter(|account| account.kind == AccountKind::Group && !account.is_local())
        .map(|account| account.id)
        .take(MOST)
        .collect();
    store::mentions::insert(tx, &name(status.id, &groups, true))
}
