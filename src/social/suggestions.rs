//! Whom somebody may want to follow: those whom the people that they follow follow, and those of this node with the
//! most followers; and the directory of those who want to be found. Nobody is among them who does not want to be
//! found, and nobody whom the viewer has anything against.

use std::collections::{HashMap, HashSet};

use super::accounts::list_shown;
use super::follows::require;
use super::visibility::is_listed;
use super::{Result, relationships};
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::directories::Part;
use crate::store::{self, Conn, QueryResult};

/// How many of those whom the viewer followed last are asked whom they follow.
const FRIENDS: i64 = 100;
/// How many of their follows are read at most.
const PAIRS: i64 = 5_000;
/// How many are considered of each source.
const CONSIDERED: usize = 200;

/// Why somebody is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Those whom the viewer follows follow them.
    FriendsOfFriends,
    /// Many on this node follow them.
    MostFollowed,
}

/// Whom the viewer may want to follow, and why: friends of friends first, those with most friends in common before all.
///
/// # Errors
/// Whatever the database says.
pub fn list(
    conn: &mut Conn,
    viewer: AccountId,
    now: i64,
) -> QueryResult<Vec<(Account, Vec<Source>)>> {
    let mut sources: HashMap<AccountId, Vec<Source>> = HashMap::new();
    let mut order = Vec::new();
    let friends = rank(store::suggestions::list_followed_by_friends(
        conn, viewer, FRIENDS, PAIRS,
    )?);
    let most = i64::try_from(CONSIDERED).unwrap_or(i64::MAX);
    let followed = store::suggestions::list_most_followed(conn, most)?;
    for (ids, source) in [
        (friends, Source::FriendsOfFriends),
        (followed, Source::MostFollowed),
    ] {
        for id in ids {
            let known = sources.entry(id).or_default();
            if known.is_empty() {
                order.push(id);
            }
            known.push(source);
        }
    }
    order.retain(|id| *id != viewer);
    let dismissed: HashSet<AccountId> = store::suggestions::list_dismissed(conn, viewer, &order)?
        .into_iter()
        .collect();
    order.retain(|id| !dismissed.contains(id));
    let shown = list_shown(conn, &order)?;
    let mut accounts = keep_unknown(conn, viewer, shown, now)?;
    accounts.retain(|account| is_listed(account) && account.discoverable == Some(true));
    let why = |account: Account| {
        let sources = sources.remove(&account.id).unwrap_or_default();
        (account, sources)
    };
    Ok(accounts.into_iter().map(why).collect())
}

/// Each id once, the most frequent first.
fn rank(ids: Vec<AccountId>) -> Vec<AccountId> {
    let mut counts: HashMap<AccountId, usize> = HashMap::new();
    for id in ids {
        *counts.entry(id).or_default() += 1;
    }
    let mut ranked: Vec<(AccountId, usize)> = counts.into_iter().collect();
    ranked.sort_unstable_by(|(a, times), (b, others)| others.cmp(times).then(b.cmp(a)));
    let ids = ranked.into_iter().map(|(id, _)| id);
    ids.take(CONSIDERED).collect()
}

/// Leaves out whom the viewer follows or asked to.
fn keep_unknown(
    conn: &mut Conn,
    viewer: AccountId,
    accounts: Vec<Account>,
    now: i64,
) -> QueryResult<Vec<Account>> {
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
    let followed: HashSet<AccountId> = store::follows::list_by(conn, viewer, &ids)?
        .into_iter()
        .map(|follow| follow.target_id)
        .collect();
    let mut kept = relationships::keep_wanted_accounts(conn, viewer, accounts, now)?;
    kept.retain(|account| !followed.contains(&account.id));
    Ok(kept)
}

/// Does not suggest an account to the viewer again.
///
/// # Errors
/// [`Error::NotFound`](super::Error::NotFound) for an unknown account.
pub async fn dismiss(node: &Node, viewer: AccountId, target: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let target = require(tx, target)?;
            Ok(store::suggestions::dismiss(tx, viewer, target.id)?)
        })
        .await
}

/// In which order the directory lists accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Who posted last first.
    Active,
    /// The newest first.
    Newest,
}

/// A part of the directory, without those whom the viewer blocks or mutes or who block the viewer.
///
/// # Errors
/// Whatever the database says.
pub fn directory(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    order: Order,
    part: Part,
    now: i64,
) -> QueryResult<Vec<Account>> {
    let ids = match order {
        Order::Active => store::directories::list_active(conn, part)?,
        Order::Newest => store::directories::list_newest(conn, part)?,
    };
    let accounts = list_shown(conn, &ids)?;
    match viewer {
        Some(viewer) => relationships::keep_wanted_accounts(conn, viewer, accounts, now),
        None => Ok(accounts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_named_most_comes_first() {
        let ids = |ids: &[i64]| ids.iter().map(|id| AccountId(*id)).collect::<Vec<_>>();
        assert_eq!(rank(ids(&[3, 1, 2, 1, 3, 1])), ids(&[1, 3, 2]));
        assert_eq!(rank(ids(&[5, 7])), ids(&[7, 5]));
        assert_eq!(rank(ids(&[])), ids(&[]));
    }
}
