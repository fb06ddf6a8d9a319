//! Who may see which status. The table is pure; the gathering costs a fixed number of queries for a whole page.

use std::collections::{HashMap, HashSet};

use super::{Error, Result};
use crate::id::{AccountId, StatusId};
use crate::store::accounts::Account;
use crate::store::statuses::Status;
use crate::store::{self, Conn, Visibility};

/// How a viewer stands to the author of a status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and the table names them"
)]
pub struct Standing {
    /// The viewer wrote it.
    pub is_author: bool,
    /// The viewer's follow of the author was accepted.
    pub is_follower: bool,
    /// The status addresses the viewer.
    pub is_addressed: bool,
    /// The author blocks the viewer.
    pub is_blocked: bool,
    /// The author is suspended here.
    pub is_author_suspended: bool,
}

/// Whether somebody who stands like this may see a status.
#[must_use]
pub fn may_see(visibility: Visibility, standing: Standing) -> bool {
    if standing.is_author {
        return true;
    }
    if standing.is_blocked || standing.is_author_suspended {
        return false;
    }
    match visibility {
        Visibility::Public | Visibility::Unlisted => true,
        Visibility::Private => standing.is_follower || standing.is_addressed,
        Visibility::Direct => standing.is_addressed,
    }
}

/// Whether a status may be boosted by somebody who may see it.
#[must_use]
pub fn may_boost(visibility: Visibility, is_author: bool) -> bool {
    match visibility {
        Visibility::Public | Visibility::Unlisted => true,
        Visibility::Private => is_author,
        Visibility::Direct => false,
    }
}

/// Keeps what this viewer may see; a boost needs its original to be visible too. The order stays.
///
/// # Errors
/// Whatever the database says.
pub fn keep_visible(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    statuses: Vec<Status>,
) -> store::QueryResult<Vec<Status>> {
    let original_ids: Vec<StatusId> = statuses
        .iter()
        .filter_map(|status| status.boost_of_id)
        .collect();
    let originals: HashMap<StatusId, Status> = store::statuses::list(conn, &original_ids)?
        .into_iter()
        .map(|status| (status.id, status))
        .collect();
    let judge = Judge::gather(conn, viewer, statuses.iter().chain(originals.values()))?;
    Ok(statuses
        .into_iter()
        .filter(|status| {
            judge.allows(status)
                && status.boost_of_id.is_none_or(|id| {
                    originals
                        .get(&id)
                        .is_some_and(|original| judge.allows(original))
                })
        })
        .collect())
}

/// The status with this id, if this viewer may see it.
///
/// # Errors
/// [`Error::NotFound`] alike for what is missing and for what is hidden.
pub fn find_visible(conn: &mut Conn, viewer: Option<AccountId>, id: StatusId) -> Result<Status> {
    let found = store::statuses::find(conn, id)?.ok_or(Error::NotFound)?;
    keep_visible(conn, viewer, vec![found])?
        .pop()
        .ok_or(Error::NotFound)
}

/// The status that is meant by this id, if this viewer may see it: of a boost, what it boosts.
///
/// # Errors
/// [`Error::NotFound`] alike for what is missing and for what is hidden.
pub fn find_original(conn: &mut Conn, viewer: Option<AccountId>, id: StatusId) -> Result<Status> {
    let found = find_visible(conn, viewer, id)?;
    match found.boost_of_id {
        Some(original) => find_visible(conn, viewer, original),
        None => Ok(found),
    }
}

/// What one viewer's relations say of the authors on one page.
pub(super) struct Judge {
    viewer: Option<AccountId>,
    followed: HashSet<AccountId>,
    blocked_by: HashSet<AccountId>,
    suspended: HashSet<AccountId>,
    addressed: HashSet<StatusId>,
}

impl Judge {
    pub(super) fn gather<'a>(
        conn: &mut Conn,
        viewer: Option<AccountId>,
        statuses: impl Iterator<Item = &'a Status>,
    ) -> store::QueryResult<Self> {
        let (mut authors, mut limited) = (Vec::new(), Vec::new());
        let mut ids = Vec::new();
        for status in statuses {
            authors.push(status.account_id);
            if matches!(status.visibility, Visibility::Private | Visibility::Direct) {
                limited.push(status.account_id);
                ids.push(status.id);
            }
        }
        authors.sort_unstable();
        authors.dedup();
        let suspended = store::accounts::list_suspended(conn, &authors)?
            .into_iter()
            .collect();
        let mut judge = Self {
            viewer,
            followed: HashSet::new(),
            blocked_by: HashSet::new(),
            suspended,
            addressed: HashSet::new(),
        };
        let Some(viewer) = viewer else {
            return Ok(judge);
        };
        judge.blocked_by = store::blocks::list_of(conn, viewer, &authors)?
            .into_iter()
            .collect();
        if !limited.is_empty() {
            let follows = store::follows::list_by(conn, viewer, &limited)?;
            judge.followed = follows
                .into_iter()
                .filter(|follow| follow.is_accepted)
                .map(|follow| follow.target_id)
                .collect();
            judge.addressed = store::mentions::list_addressed(conn, viewer, &ids)?
                .into_iter()
                .collect();
        }
        Ok(judge)
    }

    /// Whether the viewer may see one of these statuses.
    pub(super) fn allows(&self, status: &Status) -> bool {
        let author = status.account_id;
        may_see(
            status.visibility,
            Standing {
                is_author: self.viewer == Some(author),
                is_follower: self.followed.contains(&author),
                is_addressed: self.addressed.contains(&status.id),
                is_blocked: self.blocked_by.contains(&author),
                is_author_suspended: self.suspended.contains(&author),
            },
        )
    }
}

/// Which of these accounts a viewer is not shown unasked, because the staff has limited them and the viewer does not
/// follow them.
///
/// # Errors
/// Whatever the database says.
pub fn list_limited(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    accounts: &[AccountId],
) -> store::QueryResult<HashSet<AccountId>> {
    let limited = store::standings::list_silenced(conn, accounts)?;
    let mut limited: HashSet<AccountId> = limited.into_iter().collect();
    let Some(viewer) = viewer.filter(|_| !limited.is_empty()) else {
        return Ok(limited);
    };
    limited.remove(&viewer);
    let asked: Vec<AccountId> = limited.iter().copied().collect();
    for follow in store::follows::list_by(conn, viewer, &asked)? {
        if follow.is_accepted {
            limited.remove(&follow.target_id);
        }
    }
    Ok(limited)
}

/// Whether an account may be shown at all: suspended ones are blank elsewhere and absent from lists.
#[must_use]
pub fn is_listed(account: &Account) -> bool {
    account.suspended_at.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Visibility::{Direct, Private, Public, Unlisted};

    #[test]
    fn the_table_of_who_sees_what() {
        let stranger = Standing::default();
        let follower = Standing {
            is_follower: true,
            ..stranger
        };
        let addressed = Standing {
            is_addressed: true,
            ..stranger
        };
        let blocked = Standing {
            is_blocked: true,
            is_follower: true,
            is_addressed: true,
            ..stranger
        };
        let author = Standing {
            is_author: true,
            ..stranger
        };
        for (standing, seen) in [
            (stranger, vec![Public, Unlisted]),
            (follower, vec![Public, Unlisted, Private]),
            (addressed, vec![Public, Unlisted, Private, Direct]),
            (blocked, vec![]),
            (
                Standing {
                    is_author_suspended: true,
                    ..addressed
                },
                vec![],
            ),
            (author, vec![Public, Unlisted, Private, Direct]),
        ] {
            for visibility in Visibility::ALL {
                assert_eq!(
                    may_see(*visibility, standing),
                    seen.contains(visibility),
                    "{visibility:?} {standing:?}"
                );
            }
        }
    }

    #[test]
    fn only_authors_boost_what_is_private_and_nobody_what_is_direct() {
        for (visibility, others, author) in [
            (Public, true, true),
            (Unlisted, true, true),
            (Private, false, true),
            (Direct, false, false),
        ] {
            assert_eq!(
                (may_boost(visibility, false), may_boost(visibility, true)),
                (others, author)
            );
        }
    }
}
