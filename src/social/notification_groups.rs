//! Notifications that are shown as one: many people like a status, boost it, or follow.

use std::collections::{HashMap, HashSet};

use super::markers::{self, Timeline};
use super::notification_keys::GROUPABLE;
use super::notifications::keep_visible;
use super::slices::Slice;
use super::{Error, Result};
use crate::id::{AccountId, NotificationId};
use crate::node::Node;
use crate::store::notifications::{Filter, Notification};
use crate::store::{self, Conn, NotificationKind, Page, QueryResult};

/// Senders that are shown of a group.
const SAMPLES: u32 = 8;
/// What a notification that stands alone is called.
const ALONE: &str = "ungrouped-";

/// A group as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its key.
    pub key: String,
    /// The newest notification of it.
    pub newest: Notification,
    /// How many notifications it has.
    pub count: i64,
    /// The oldest of them that is not older than the page.
    pub oldest: NotificationId,
    /// Who caused the newest, newest first.
    pub senders: Vec<AccountId>,
}

/// The key under which a notification is shown: its group's, or one of its own.
#[must_use]
pub fn key_of(told: &Notification) -> String {
    let own = || format!("{ALONE}{}", told.id);
    told.group_key.clone().unwrap_or_else(own)
}

/// A page of what an account was told, in groups of the kinds `grouped`; whatever it may no longer see is left out. Costs
/// a fixed number of queries.
///
/// # Errors
/// Whatever the database says.
pub fn list(
    conn: &mut Conn,
    viewer: AccountId,
    filter: &Filter,
    grouped: &[NotificationKind],
    page: &Page,
) -> QueryResult<Slice<Group>> {
    let alone = alone(grouped);
    let found = store::notifications::page_groups(conn, viewer, filter, &alone, page)?;
    let mut kept = keep_visible(conn, viewer, found.clone())?;
    // Two processes can have made heads of one group at the same moment: the newer one stands for it.
    let mut seen = HashSet::new();
    kept.retain(|told| match &told.group_key {
        Some(key) if filter.from.is_none() && !alone.contains(&told.kind) => {
            seen.insert(key.clone())
        }
        _ => true,
    });
    let oldest = found.last().map_or(0, |told| told.id.0);
    // Of one sender there are no groups.
    let stands_alone = |told: &Notification| filter.from.is_some() || alone.contains(&told.kind);
    let groups = complete(conn, viewer, kept, NotificationId(oldest), stands_alone)?;
    Ok(Slice::new(groups, &found, |told| told.id.0))
}

fn alone(grouped: &[NotificationKind]) -> Vec<NotificationKind> {
    let kinds = GROUPABLE.into_iter();
    kinds.filter(|kind| !grouped.contains(kind)).collect()
}

/// Adds to each head what is shown of its group.
fn complete(
    conn: &mut Conn,
    viewer: AccountId,
    heads: Vec<Notification>,
    page_oldest: NotificationId,
    stands_alone: impl Fn(&Notification) -> bool,
) -> QueryResult<Vec<Group>> {
    let shared = heads.iter().filter(|told| !stands_alone(told));
    let keys: Vec<&str> = shared
        .filter_map(|told| told.group_key.as_deref())
        .collect();
    let sizes: HashMap<String, (i64, NotificationId)> =
        store::notifications::list_sizes(conn, viewer, &keys, page_oldest)?
            .into_iter()
            .map(|size| (size.group_key, (size.count, size.oldest)))
            .collect();
    let mut senders: HashMap<String, Vec<AccountId>> = HashMap::new();
    for sample in store::notifications::list_samples(conn, viewer, &keys, SAMPLES)? {
        let of_group = senders.entry(sample.group_key).or_default();
        of_group.push(sample.from_account_id);
    }
    let groups = heads.into_iter().map(|newest| {
        let key = newest.group_key.as_ref();
        let known = key.and_then(|key| Some((key.clone(), sizes.get(key)?, senders.get(key)?)));
        match known {
            Some((key, (count, oldest), senders)) => Group {
                key,
                count: *count,
                oldest: *oldest,
                senders: senders.clone(),
                newest,
            },
            None => Group {
                key: format!("{ALONE}{}", newest.id),
                count: 1,
                oldest: newest.id,
                senders: vec![newest.from_account_id],
                newest,
            },
        }
    });
    Ok(groups.collect())
}

/// One group of this account.
///
/// # Errors
/// [`Error::NotFound`] if there is no such group, or it is about something that they may no longer see.
pub fn find(conn: &mut Conn, viewer: AccountId, key: &str) -> Result<Group> {
    let head = page_of(conn, viewer, key, &Page::newest(1))?;
    let kept = keep_visible(conn, viewer, head)?;
    let is_single = key.starts_with(ALONE);
    let groups = complete(conn, viewer, kept, NotificationId(0), |_| is_single)?;
    groups.into_iter().next().ok_or(Error::NotFound)
}

fn page_of(
    conn: &mut Conn,
    viewer: AccountId,
    key: &str,
    page: &Page,
) -> QueryResult<Vec<Notification>> {
    let Some(id) = key.strip_prefix(ALONE) else {
        return store::notifications::page_of_group(conn, viewer, key, page);
    };
    let Ok(id) = id.parse() else {
        return Ok(Vec::new());
    };
    let found = store::notifications::find_own(conn, viewer, id)?;
    let is_within = |told: &Notification| told.id.0 < page.below() && told.id.0 > page.above();
    Ok(found.into_iter().filter(is_within).collect())
}

/// A page of those who caused a group, newest first.
///
/// # Errors
/// [`Error::NotFound`] if there is no such group.
pub fn list_senders(
    conn: &mut Conn,
    viewer: AccountId,
    key: &str,
    page: &Page,
) -> Result<Slice<AccountId>> {
    if page_of(conn, viewer, key, &Page::newest(1))?.is_empty() {
        return Err(Error::NotFound);
    }
    let rows = page_of(conn, viewer, key, page)?;
    let senders = rows.iter().map(|told| told.from_account_id).collect();
    Ok(Slice::new(senders, &rows, |told| told.id.0))
}

/// Removes a group of this account. Nothing happens if there is no such group.
///
/// # Errors
/// Only of the database.
pub async fn dismiss(node: &Node, viewer: AccountId, key: String) -> Result<()> {
    node.db
        .write(move |tx| {
            match key.strip_prefix(ALONE) {
                Some(id) => {
                    if let Ok(id) = id.parse() {
                        store::notifications::dismiss(tx, viewer, id)?;
                    }
                }
                None => {
                    store::notifications::dismiss_group(tx, viewer, &key)?;
                }
            }
            Ok(())
        })
        .await
}

/// How many groups have something after the reading position, counted up to `limit`.
///
/// # Errors
/// Whatever the database says.
pub fn count_unread(
    conn: &mut Conn,
    viewer: AccountId,
    filter: &Filter,
    grouped: &[NotificationKind],
    limit: i64,
) -> QueryResult<i64> {
    let read = markers::find(conn, viewer, Timeline::Notifications)?;
    let page = Page {
        since_id: read.map(|marker| marker.last_read_id),
        ..Page::newest(limit)
    };
    let alone = alone(grouped);
    let found = store::notifications::page_groups(conn, viewer, filter, &alone, &page)?;
    Ok(i64::try_from(found.len()).unwrap_or(limit))
}
