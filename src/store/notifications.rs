//! What people are told about. Ids are small and sequential.
//!
//! Those that are shown as one share a key. The newest of each group is its head, so that a page of groups is a page of
//! heads; whoever removes notifications makes a new head where one went.

use std::collections::HashMap;

use diesel::dsl::{count_star, min, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use super::columns::{NotificationKind, NotificationPlace};
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::notifications;
use super::tx::Tx;
use crate::id::{AccountId, NotificationId, StatusId};

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = notifications)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// Who is told.
    pub account_id: AccountId,
    /// What about.
    pub kind: NotificationKind,
    /// Who caused it.
    pub from_account_id: AccountId,
    /// Which status it is about.
    pub status_id: Option<StatusId>,
    /// When, in milliseconds.
    pub created_at: i64,
    /// What it shares with others that are shown as one with it.
    pub group_key: Option<String>,
    /// Its place among them.
    pub place: NotificationPlace,
}

/// A notification to be made.
#[derive(Clone, Debug, PartialEq, Eq, Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
pub struct NewNotification {
    /// Who is told.
    pub account_id: AccountId,
    /// What about.
    pub kind: NotificationKind,
    /// Who caused it.
    pub from_account_id: AccountId,
    /// Which status it is about.
    pub status_id: Option<StatusId>,
    /// When, in milliseconds.
    pub created_at: i64,
    /// What it shares with others that are shown as one with it.
    pub group_key: Option<String>,
    /// Its place among them: the head's, or that of what is filtered.
    pub place: NotificationPlace,
}

/// Which notifications are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these kinds; all if none are named.
    pub kinds: Vec<NotificationKind>,
    /// Not these kinds.
    pub excluded: Vec<NotificationKind>,
    /// Only those that this account caused.
    pub from: Option<AccountId>,
    /// Also those that the recipient's policy filtered.
    pub with_filtered: bool,
}

impl Filter {
    /// The kinds that are asked for; none if all are.
    fn wanted(&self) -> Option<Vec<NotificationKind>> {
        if self.kinds.is_empty() && self.excluded.is_empty() {
            return None;
        }
        let mut wanted = NotificationKind::ALL.to_vec();
        wanted.retain(|kind| self.kinds.is_empty() || self.kinds.contains(kind));
        wanted.retain(|kind| !self.excluded.contains(kind));
        Some(wanted)
    }
}

/// A part of an account's notifications that one index holds in order.
#[derive(Clone, Copy, Debug)]
struct Part<'a> {
    account: AccountId,
    places: Places,
    kind: Option<NotificationKind>,
    from: Option<AccountId>,
    /// Not these kinds.
    without: &'a [NotificationKind],
}

/// Which places; written into the statement, as a bound parameter does not prove the condition of an index.
#[derive(Clone, Copy, Debug)]
enum Places {
    Shown,
    Heads,
    Filtered,
}

impl Places {
    fn condition(self) -> &'static str {
        match self {
            Self::Shown => "notifications.place < 2",
            Self::Heads => "notifications.place = 0",
            Self::Filtered => "notifications.place = 2",
        }
    }
}

impl Part<'_> {
    fn load(self, conn: &mut Conn, page: &Page) -> QueryResult<Vec<Notification>> {
        on!(conn, |c| {
            let mut query = notifications::table
                .filter(notifications::account_id.eq(self.account))
                .filter(sql::<Bool>(self.places.condition()))
                .select(Notification::as_select())
                .into_boxed();
            if let Some(kind) = self.kind {
                query = query.filter(notifications::kind.eq(kind));
            }
            if let Some(from) = self.from {
                query = query.filter(notifications::from_account_id.eq(from));
            }
            if !self.without.is_empty() {
                query = query.filter(notifications::kind.ne_all(self.without));
            }
            cut!(c, query, notifications::id, page, Notification)
        })
    }
}

/// One page out of several parts. Costs a query for each.
fn merge(conn: &mut Conn, parts: &[Part<'_>], page: &Page) -> QueryResult<Vec<Notification>> {
    let mut rows = Vec::new();
    for part in parts {
        rows.extend(part.load(conn, page)?);
    }
    rows.sort_unstable_by_key(|row: &Notification| std::cmp::Reverse(row.id));
    rows.dedup_by_key(|row| row.id);
    let limit = usize::try_from(page.limit).unwrap_or_default();
    if page.climbs() {
        rows.drain(..rows.len().saturating_sub(limit));
    } else {
        rows.truncate(limit);
    }
    Ok(rows)
}

/// A page of an account's notifications. Costs one query, or one for each kind if some are left out, and as many again
/// with those that are filtered.
pub fn page(
    conn: &mut Conn,
    account: AccountId,
    filter: &Filter,
    page: &Page,
) -> QueryResult<Vec<Notification>> {
    let mut parts = Vec::new();
    for places in places_of(filter, Places::Shown) {
        parts.extend(parts_of(account, filter, places, &[]));
    }
    merge(conn, &parts, page)
}

/// A page of an account's groups, as their newest notifications; kinds in `alone` are not grouped. Of one sender there
/// are no groups. Costs one query, or one for each kind if some are left out or not grouped, and as many again with
/// those that are filtered.
pub fn page_groups(
    conn: &mut Conn,
    account: AccountId,
    filter: &Filter,
    alone: &[NotificationKind],
    page: &Page,
) -> QueryResult<Vec<Notification>> {
    if filter.from.is_some() {
        return self::page(conn, account, filter, page);
    }
    let mut parts = Vec::new();
    for places in places_of(filter, Places::Heads) {
        parts.extend(parts_of(account, filter, places, alone));
    }
    merge(conn, &parts, page)
}

fn places_of(filter: &Filter, shown: Places) -> Vec<Places> {
    if filter.with_filtered {
        vec![shown, Places::Filtered]
    } else {
        vec![shown]
    }
}

fn parts_of<'a>(
    account: AccountId,
    filter: &Filter,
    places: Places,
    alone: &'a [NotificationKind],
) -> Vec<Part<'a>> {
    let base = Part {
        account,
        places,
        kind: None,
        from: filter.from,
        without: &[],
    };
    let of_kind = |kind: NotificationKind| Part {
        kind: Some(kind),
        places: match places {
            Places::Heads if alone.contains(&kind) => Places::Shown,
            other => other,
        },
        ..base
    };
    if let Some(kinds) = filter.wanted() {
        return kinds.into_iter().map(of_kind).collect();
    }
    let rest = Part {
        without: alone,
        ..base
    };
    let apart = alone.iter().copied().map(of_kind);
    std::iter::once(rest).chain(apart).collect()
}

/// How large a group is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// The group's key.
    pub group_key: String,
    /// How many notifications it has.
    pub count: i64,
    /// The oldest of them from a certain one on.
    pub oldest: NotificationId,
}

/// The sizes of these groups of an account, and the oldest notification of each that is not older than `from`.
pub fn list_sizes(
    conn: &mut Conn,
    account: AccountId,
    keys: &[&str],
    from: NotificationId,
) -> QueryResult<Vec<Size>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let counts: Vec<(Option<String>, i64)> = on!(conn, |c| notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(notifications::group_key.is_not_null())
        .filter(notifications::group_key.eq_any(keys))
        .group_by(notifications::group_key)
        .select((notifications::group_key, count_star()))
        .load(c))?;
    let oldest: Vec<(Option<String>, Option<NotificationId>)> =
        on!(conn, |c| notifications::table
            .filter(notifications::account_id.eq(account))
            .filter(notifications::group_key.is_not_null())
            .filter(notifications::group_key.eq_any(keys))
            .filter(notifications::id.ge(from))
            .group_by(notifications::group_key)
            .select((notifications::group_key, min(notifications::id)))
            .load(c))?;
    let counts: HashMap<Option<String>, i64> = counts.into_iter().collect();
    let sizes = oldest.into_iter().filter_map(|(key, oldest)| {
        Some(Size {
            count: *counts.get(&key)?,
            group_key: key?,
            oldest: oldest?,
        })
    });
    Ok(sizes.collect())
}

/// Somebody of a group.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Sample {
    /// The notification.
    #[diesel(sql_type = BigInt)]
    pub id: NotificationId,
    /// The group's key.
    #[diesel(sql_type = Text)]
    pub group_key: String,
    /// Who caused it.
    #[diesel(sql_type = BigInt)]
    pub from_account_id: AccountId,
}

/// The newest notifications of each of these groups of an account, `each` at most, newest first. One query, whose parts
/// read an index: a group is never read as a whole.
pub fn list_samples(
    conn: &mut Conn,
    account: AccountId,
    keys: &[&str],
    each: u32,
) -> QueryResult<Vec<Sample>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<String> = (1..=keys.len())
        .map(|number| {
            format!(
                "SELECT * FROM (SELECT id, group_key, from_account_id FROM notifications \
                 WHERE account_id = {account} AND group_key = ${number} AND group_key IS NOT NULL \
                 ORDER BY id DESC LIMIT {each}) AS part_{number}"
            )
        })
        .collect();
    let statement = parts.join(" UNION ALL ");
    let mut found: Vec<Sample> = on!(conn, |c| {
        let mut query = diesel::sql_query(statement).into_boxed();
        for key in keys {
            query = query.bind::<Text, _>(*key);
        }
        query.load(c)
    })?;
    found.sort_unstable_by_key(|sample| std::cmp::Reverse(sample.id));
    Ok(found)
}

/// A page of the notifications of one group of an account.
pub fn page_of_group(
    conn: &mut Conn,
    account: AccountId,
    key: &str,
    page: &Page,
) -> QueryResult<Vec<Notification>> {
    on!(conn, |c| {
        let query = notifications::table
            .filter(notifications::account_id.eq(account))
            .filter(notifications::group_key.is_not_null())
            .filter(notifications::group_key.eq(key))
            .select(Notification::as_select())
            .into_boxed();
        cut!(c, query, notifications::id, page, Notification)
    })
}

/// The newest of these groups of an account that is there.
pub fn find_group(
    conn: &mut Conn,
    account: AccountId,
    keys: &[String],
) -> QueryResult<Option<String>> {
    // Not in order: SQLite would look for the newest among all heads.
    let found: Vec<(NotificationId, Option<String>)> = on!(conn, |c| notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(notifications::group_key.is_not_null())
        .filter(notifications::group_key.eq_any(keys))
        .filter(sql::<Bool>(Places::Heads.condition()))
        .select((notifications::id, notifications::group_key))
        .load(c))?;
    Ok(found.into_iter().max().and_then(|(_, key)| key))
}

/// One notification, if it is for this account.
pub fn find_own(
    conn: &mut Conn,
    account: AccountId,
    id: NotificationId,
) -> QueryResult<Option<Notification>> {
    on!(conn, |c| notifications::table
        .find(id)
        .filter(notifications::account_id.eq(account))
        .select(Notification::as_select())
        .first(c)
        .optional())
}

/// How many notifications that are shown are newer than `after`, counted up to `limit`.
pub fn count_after(
    conn: &mut Conn,
    account: AccountId,
    after: i64,
    limit: i64,
) -> QueryResult<i64> {
    let ids: Vec<NotificationId> = on!(conn, |c| notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(sql::<Bool>(Places::Shown.condition()))
        .filter(notifications::id.gt(NotificationId(after)))
        .select(notifications::id)
        .limit(limit)
        .load(c))?;
    Ok(i64::try_from(ids.len()).unwrap_or(limit))
}

/// How many notifications of this account are filtered, counted up to `limit`.
pub fn count_filtered(conn: &mut Conn, account: AccountId, limit: i64) -> QueryResult<i64> {
    let ids: Vec<NotificationId> = on!(conn, |c| notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(sql::<Bool>(Places::Filtered.condition()))
        .select(notifications::id)
        .limit(limit)
        .load(c))?;
    Ok(i64::try_from(ids.len()).unwrap_or(limit))
}

/// How many filtered notifications each of these senders has with an account.
pub fn count_filtered_by(
    conn: &mut Conn,
    account: AccountId,
    senders: &[AccountId],
) -> QueryResult<Vec<(AccountId, i64)>> {
    if senders.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(notifications::from_account_id.eq_any(senders))
        .filter(notifications::place.eq(NotificationPlace::Filtered))
        .group_by(notifications::from_account_id)
        .select((notifications::from_account_id, count_star()))
        .load(c))
}

/// The notifications with these ids, in no order.
pub fn list(conn: &mut Conn, ids: &[NotificationId]) -> QueryResult<Vec<Notification>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| notifications::table
        .filter(notifications::id.eq_any(ids))
        .select(Notification::as_select())
        .load(c))
}

/// Makes a notification unless the same was made before; gives its id if it is new. It is the head of its group then.
pub fn insert(tx: &mut Tx, new: &NewNotification) -> QueryResult<Option<NotificationId>> {
    let id: Option<NotificationId> = on!(&mut **tx, |c| diesel::insert_into(notifications::table)
        .values(new)
        .on_conflict_do_nothing()
        .returning(notifications::id)
        .get_result(c)
        .optional())?;
    if let (Some(id), Some(key)) = (id, &new.group_key) {
        on!(&mut **tx, |c| diesel::update(
            notifications::table
                .filter(notifications::account_id.eq(new.account_id))
                .filter(notifications::group_key.is_not_null())
                .filter(notifications::group_key.eq(key))
                .filter(sql::<Bool>(Places::Heads.condition()))
                .filter(notifications::id.ne(id))
        )
        .set(notifications::place.eq(NotificationPlace::Member))
        .execute(c))?;
    }
    Ok(id)
}

/// What removals give back: whose, and of which group.
type Removed = Vec<(AccountId, Option<String>)>;

/// Gives each group that lost notifications its newest as the head.
fn mend(tx: &mut Tx, mut removed: Removed) -> QueryResult<usize> {
    let count = removed.len();
    removed.sort_unstable();
    removed.dedup();
    for (account, key) in removed {
        let Some(key) = key else { continue };
        let newest = page_of_group(tx, account, &key, &Page::newest(1))?;
        if let Some(newest) = newest.first() {
            on!(&mut **tx, |c| diesel::update(
                notifications::table.find(newest.id)
            )
            .set(notifications::place.eq(NotificationPlace::Head))
            .execute(c))?;
        }
    }
    Ok(count)
}

/// Removes what a condition names.
macro_rules! remove {
    ($tx:expr, $condition:expr) => {{
        let removed: Removed = on!(&mut **$tx, |c| diesel::delete(
            notifications::table.filter($condition)
        )
        .returning((notifications::account_id, notifications::group_key))
        .get_results(c))?;
        mend($tx, removed)
    }};
}

/// Takes back what a withdrawn action caused.
pub fn withdraw(
    tx: &mut Tx,
    account: AccountId,
    kind: NotificationKind,
    from: AccountId,
    status: Option<StatusId>,
) -> QueryResult<()> {
    let of_sender = || {
        notifications::account_id
            .eq(account)
            .and(notifications::kind.eq(kind))
            .and(notifications::from_account_id.eq(from))
    };
    let removed = if let Some(id) = status {
        remove!(tx, of_sender().and(notifications::status_id.eq(id)))
    } else {
        remove!(tx, of_sender().and(notifications::status_id.is_null()))
    };
    removed.map(drop)
}

/// Removes what `from` caused for `account`, as a block does.
pub fn remove_sender(tx: &mut Tx, account: AccountId, from: AccountId) -> QueryResult<()> {
    let condition = || {
        notifications::account_id
            .eq(account)
            .and(notifications::from_account_id.eq(from))
    };
    remove!(tx, condition()).map(drop)
}

/// Removes what `from` caused for anybody, before its account goes.
pub fn remove_all_of(tx: &mut Tx, from: AccountId) -> QueryResult<()> {
    remove!(tx, notifications::from_account_id.eq(from)).map(drop)
}

/// Removes what was filtered of `from`, as its recipient says.
pub fn remove_filtered(tx: &mut Tx, account: AccountId, from: AccountId) -> QueryResult<()> {
    let condition = || {
        notifications::account_id
            .eq(account)
            .and(notifications::from_account_id.eq(from))
            .and(notifications::place.eq(NotificationPlace::Filtered))
    };
    remove!(tx, condition()).map(drop)
}

/// Shows what was filtered of `from`; gives it back.
pub fn show_filtered(
    tx: &mut Tx,
    account: AccountId,
    from: AccountId,
) -> QueryResult<Vec<Notification>> {
    on!(&mut **tx, |c| diesel::update(
        notifications::table
            .filter(notifications::account_id.eq(account))
            .filter(notifications::from_account_id.eq(from))
            .filter(notifications::place.eq(NotificationPlace::Filtered))
    )
    .set(notifications::place.eq(NotificationPlace::Head))
    .returning(Notification::as_returning())
    .get_results(c))
}

/// Removes one notification of this account; tells whether it was there.
pub fn dismiss(tx: &mut Tx, account: AccountId, id: NotificationId) -> QueryResult<bool> {
    let condition = || {
        notifications::id
            .eq(id)
            .and(notifications::account_id.eq(account))
    };
    remove!(tx, condition()).map(|removed| removed > 0)
}

/// Removes a group of this account; tells whether it was there.
pub fn dismiss_group(tx: &mut Tx, account: AccountId, key: &str) -> QueryResult<bool> {
    let condition = || {
        notifications::account_id
            .eq(account)
            .and(notifications::group_key.is_not_null())
            .and(notifications::group_key.eq(key))
    };
    remove!(tx, condition()).map(|removed| removed > 0)
}

/// Removes all notifications of this account that are shown.
pub fn clear(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        notifications::table
            .filter(notifications::account_id.eq(account))
            .filter(sql::<Bool>(Places::Shown.condition()))
    )
    .execute(c))
    .map(drop)
}
