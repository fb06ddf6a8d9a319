//! How one account stands to others, for a whole page at once.

use std::collections::{HashMap, HashSet};

use super::visibility::is_listed;
use crate::id::AccountId;
use crate::store::accounts::Account;
use crate::store::follows::Follow;
use crate::store::mutes::Mute;
use crate::store::{self, Conn, QueryResult};

/// How a viewer stands to one account.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and clients are told each by its name"
)]
pub struct Relationship {
    /// The other account.
    pub id: AccountId,
    /// The viewer's follow of it, accepted or asked for.
    pub follow: Option<Follow>,
    /// Its follow of the viewer, accepted or asked for.
    pub followed_by: Option<Follow>,
    /// The viewer blocks it.
    pub is_blocking: bool,
    /// It blocks the viewer.
    pub is_blocked_by: bool,
    /// The viewer's mute of it, if that holds.
    pub mute: Option<Mute>,
    /// The viewer blocks its domain.
    pub is_domain_blocked: bool,
    /// The viewer features it.
    pub is_endorsed: bool,
    /// What the viewer noted about it; may be empty.
    pub note: String,
}

/// How `viewer` stands to each of these accounts, in the order asked for. Ids that no account has are left out.
///
/// # Errors
/// Whatever the database says.
pub fn list(
    conn: &mut Conn,
    viewer: AccountId,
    ids: &[AccountId],
    now: i64,
) -> QueryResult<Vec<Relationship>> {
    let known: HashSet<AccountId> = store::accounts::list(conn, ids)?
        .into_iter()
        .map(|account| account.id)
        .collect();
    let mut follows: HashMap<AccountId, Follow> = store::follows::list_by(conn, viewer, ids)?
        .into_iter()
        .map(|follow| (follow.target_id, follow))
        .collect();
    let mut followed_by: HashMap<AccountId, Follow> = store::follows::list_of(conn, viewer, ids)?
        .into_iter()
        .map(|follow| (follow.account_id, follow))
        .collect();
    let blocking: HashSet<AccountId> = store::blocks::list_by(conn, viewer, ids)?
        .into_iter()
        .collect();
    let blocked_by: HashSet<AccountId> = store::blocks::list_of(conn, viewer, ids)?
        .into_iter()
        .collect();
    let mut mutes: HashMap<AccountId, Mute> = store::mutes::list_by(conn, viewer, ids)?
        .into_iter()
        .filter(|mute| mute.holds(now))
        .map(|mute| (mute.target_id, mute))
        .collect();
    let domain_blocked: HashSet<AccountId> = store::user_domain_blocks::list_by(conn, viewer, ids)?
        .into_iter()
        .collect();
    let endorsed: HashSet<AccountId> = store::endorsements::list_by(conn, viewer, ids)?
        .into_iter()
        .collect();
    let mut notes: HashMap<AccountId, String> = store::account_notes::list_by(conn, viewer, ids)?
        .into_iter()
        .collect();
    let mut seen = HashSet::new();
    Ok(ids
        .iter()
        .filter(|id| known.contains(id) && seen.insert(**id))
        .map(|id| Relationship {
            id: *id,
            follow: follows.remove(id),
            followed_by: followed_by.remove(id),
            is_blocking: blocking.contains(id),
            is_blocked_by: blocked_by.contains(id),
            mute: mutes.remove(id),
            is_domain_blocked: domain_blocked.contains(id),
            is_endorsed: endorsed.contains(id),
            note: notes.remove(id).unwrap_or_default(),
        })
        .collect())
}

/// The accounts with these ids, in their order, without suspended ones and without those that block the viewer
/// or that the viewer blocks.
///
/// # Errors
/// Whatever the database says.
pub fn list_met(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    ids: &[AccountId],
) -> QueryResult<Vec<Account>> {
    let mut avoided: HashSet<AccountId> = HashSet::new();
    if let Some(viewer) = viewer {
        avoided.extend(store::blocks::list_by(conn, viewer, ids)?);
        avoided.extend(store::blocks::list_of(conn, viewer, ids)?);
    }
    Ok(super::accounts::list_shown(conn, ids)?
        .into_iter()
        .filter(|account| is_listed(account) && !avoided.contains(&account.id))
        .collect())
}

/// Whose posts a viewer does not want to see, of these accounts: whom the viewer blocks or mutes, and who lives on a
/// domain that the viewer blocks.
///
/// # Errors
/// Whatever the database says.
pub(super) fn list_unwanted(
    conn: &mut Conn,
    viewer: AccountId,
    others: &[AccountId],
    now: i64,
) -> QueryResult<HashSet<AccountId>> {
    let mut unwanted: HashSet<AccountId> = store::blocks::list_by(conn, viewer, others)?
        .into_iter()
        .collect();
    let mutes = store::mutes::list_by(conn, viewer, others)?;
    let holding = mutes.iter().filter(|mute| mute.holds(now));
    unwanted.extend(holding.map(|mute| mute.target_id));
    unwanted.extend(store::user_domain_blocks::list_by(conn, viewer, others)?);
    Ok(unwanted)
}

/// Leaves out those whom the viewer does not want to see, and those who block the viewer.
///
/// # Errors
/// Whatever the database says.
pub(super) fn keep_wanted_accounts(
    conn: &mut Conn,
    viewer: AccountId,
    accounts: Vec<Account>,
    now: i64,
) -> QueryResult<Vec<Account>> {
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
    let mut avoided = list_unwanted(conn, viewer, &ids, now)?;
    avoided.extend(store::blocks::list_of(conn, viewer, &ids)?);
    Ok(accounts
        .into_iter()
        .filter(|account| !avoided.contains(&account.id))
        .collect())
}
