//! Threads: what a status replies to and what replies to it.

use std::collections::{HashMap, HashSet};

use super::Result;
use super::timelines::keep_wanted;
use super::visibility::{find_visible, keep_visible};
use crate::id::{AccountId, StatusId};
use crate::store::statuses::Status;
use crate::store::threads::Link;
use crate::store::{self, Conn};

/// How much of a thread is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Statuses above.
    pub ancestors: usize,
    /// Statuses below.
    pub descendants: usize,
    /// Replies to replies to replies ...
    pub depth: usize,
}

/// Statuses of one conversation that are looked at, at most.
const LARGEST_CONVERSATION: i64 = 4_096;

impl Limits {
    /// What a viewer gets; people who are signed in get more.
    #[must_use]
    pub fn of(viewer: Option<AccountId>) -> Self {
        match viewer {
            Some(_) => Self {
                ancestors: 4_096,
                descendants: 4_096,
                depth: 4_096,
            },
            None => Self {
                ancestors: 40,
                descendants: 60,
                depth: 20,
            },
        }
    }
}

/// The surroundings of a status: ancestors oldest first, descendants in the order of the tree.
#[derive(Clone, Debug, Default)]
pub struct Thread {
    /// What it replies to, the first of the thread first.
    pub ancestors: Vec<Status>,
    /// What replies to it; each reply stands before its own replies.
    pub descendants: Vec<Status>,
}

/// The thread around a status, as far as this viewer may see it, without those whom they block or mute.
///
/// # Errors
/// [`super::Error::NotFound`] if the viewer may not see the status.
pub fn show(conn: &mut Conn, viewer: Option<AccountId>, id: StatusId, now: i64) -> Result<Thread> {
    let status = find_visible(conn, viewer, id)?;
    let links = store::threads::list(conn, status.conversation_id, LARGEST_CONVERSATION)?;
    let limits = Limits::of(viewer);
    let (above, below) = (walk_up(&links, id, limits), walk_down(&links, id, limits));
    let ids: Vec<StatusId> = above.iter().chain(&below).copied().collect();
    let mut known: HashMap<StatusId, Status> = HashMap::new();
    for part in ids.chunks(500) {
        let found = store::statuses::list(conn, part)?;
        let seen = keep_visible(conn, viewer, found)?;
        let wanted = keep_wanted(conn, viewer, seen, now)?;
        known.extend(wanted.into_iter().map(|status| (status.id, status)));
    }
    let mut take =
        |ids: Vec<StatusId>| ids.into_iter().filter_map(|id| known.remove(&id)).collect();
    Ok(Thread {
        ancestors: take(above),
        descendants: take(below),
    })
}

/// Parents from the top down to the one directly above `id`.
fn walk_up(links: &[Link], id: StatusId, limits: Limits) -> Vec<StatusId> {
    let parents: HashMap<StatusId, Option<StatusId>> =
        links.iter().map(|link| (link.id, link.parent)).collect();
    let mut seen = HashSet::from([id]);
    let mut above = Vec::new();
    let mut at = id;
    while let Some(Some(parent)) = parents.get(&at).copied() {
        if above.len() >= limits.ancestors || !seen.insert(parent) {
            break;
        }
        above.push(parent);
        at = parent;
    }
    above.reverse();
    above
}

/// Replies below `id`, each before its own replies, oldest first among siblings.
fn walk_down(links: &[Link], id: StatusId, limits: Limits) -> Vec<StatusId> {
    let mut children: HashMap<StatusId, Vec<StatusId>> = HashMap::new();
    for link in links.iter().rev() {
        if let Some(parent) = link.parent {
            children.entry(parent).or_default().push(link.id);
        }
    }
    let mut below = Vec::new();
    let mut waiting: Vec<(StatusId, usize)> = children
        .remove(&id)
        .unwrap_or_default()
        .into_iter()
        .map(|child| (child, 1))
        .collect();
    while let Some((next, depth)) = waiting.pop() {
        if below.len() >= limits.descendants {
            break;
        }
        below.push(next);
        if depth < limits.depth {
            let replies = children.remove(&next).unwrap_or_default();
            waiting.extend(replies.into_iter().map(|child| (child, depth + 1)));
        }
    }
    below
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Vec<Link> {
        [
            (1, None),
            (2, Some(1)),
            (3, Some(2)),
            (4, Some(2)),
            (5, Some(3)),
            (6, Some(1)),
            (7, Some(4)),
        ]
        .into_iter()
        .map(|(id, parent)| Link {
            id: StatusId(id),
            parent: parent.map(StatusId),
        })
        .collect()
    }

    fn numbers(ids: Vec<StatusId>) -> Vec<i64> {
        ids.into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn walks_in_the_order_of_the_tree() {
        let all = Limits::of(Some(AccountId(1)));
        assert_eq!(numbers(walk_up(&tree(), StatusId(5), all)), [1, 2, 3]);
        assert_eq!(
            numbers(walk_down(&tree(), StatusId(1), all)),
            [2, 3, 5, 4, 7, 6]
        );
        assert_eq!(
            numbers(walk_down(&tree(), StatusId(2), Limits { depth: 1, ..all })),
            [3, 4]
        );
        assert_eq!(
            numbers(walk_down(
                &tree(),
                StatusId(1),
                Limits {
                    descendants: 2,
                    ..all
                }
            )),
            [2, 3]
        );
    }

    #[test]
    fn a_circle_ends() {
        let circle = [(1, 2), (2, 1)].map(|(id, parent)| Link {
            id: StatusId(id),
            parent: Some(StatusId(parent)),
        });
        assert_eq!(
            numbers(walk_up(&circle, StatusId(1), Limits::of(None))),
            [2]
        );
    }
}
