//! What trends, as it was last counted, and what is counted for it.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::columns::Visibility;
use super::conn::{Conn, on};
use super::schema::{
    account_standings, favourites, statuses, tag_uses, trending_statuses, trending_tags,
};
use super::tx::Tx;
use crate::id::{AccountId, StatusId, TagId};

/// A hashtag that trends.
#[derive(Clone, Copy, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = trending_tags, treat_none_as_default_value = false)]
pub struct TrendingTag {
    /// Which tag.
    pub tag_id: TagId,
    /// How much, when it was last counted.
    pub score: f64,
    /// How much at its peak.
    pub peak_score: f64,
    /// When that was, in milliseconds.
    pub peak_at: i64,
    /// Whether everybody sees it.
    pub is_shown: bool,
}

/// A status that trends.
#[derive(Clone, Copy, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = trending_statuses, treat_none_as_default_value = false)]
pub struct TrendingStatus {
    /// Which status.
    pub status_id: StatusId,
    /// Its author.
    pub account_id: AccountId,
    /// How much, when it was last counted.
    pub score: f64,
    /// Whether everybody sees it.
    pub is_shown: bool,
}

/// Which part of a list of trends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many at most.
    pub limit: i64,
    /// How many to skip.
    pub offset: i64,
    /// Also those that nobody has let pass yet.
    pub with_hidden: bool,
}

/// Accounts that the staff has limited: what they use does not trend.
macro_rules! limited {
    () => {
        account_standings::table
            .filter(account_standings::silenced_at.is_not_null())
            .select(account_standings::account_id)
    };
}

pub(super) use limited;

/// The accounts that used each hashtag on a day, of those that at least `least` used; the most used first. Those that
/// are limited do not count.
pub fn count_accounts(
    conn: &mut Conn,
    day: i64,
    least: i64,
    limit: i64,
) -> QueryResult<Vec<(TagId, i64)>> {
    on!(conn, |c| tag_uses::table
        .filter(tag_uses::day.eq(day))
        .filter(tag_uses::account_id.ne_all(limited!()))
        .group_by(tag_uses::tag_id)
        .having(count_star().ge(least))
        .order(count_star().desc())
        .limit(limit)
        .select((tag_uses::tag_id, count_star()))
        .load(c))
}

/// The accounts that used these hashtags on a day, but for those that are limited.
pub fn count_accounts_of(
    conn: &mut Conn,
    day: i64,
    tags: &[TagId],
) -> QueryResult<Vec<(TagId, i64)>> {
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| tag_uses::table
        .filter(tag_uses::tag_id.eq_any(tags))
        .filter(tag_uses::day.eq(day))
        .filter(tag_uses::account_id.ne_all(limited!()))
        .group_by(tag_uses::tag_id)
        .select((tag_uses::tag_id, count_star()))
        .load(c))
}

/// The statuses that somebody liked or boosted since an instant, whose smallest id is `since`; each once, at most
/// `limit` of each kind.
pub fn list_noticed(conn: &mut Conn, since: i64, limit: i64) -> QueryResult<Vec<StatusId>> {
    let liked: Vec<StatusId> = on!(conn, |c| favourites::table
        .filter(favourites::id.ge(since))
        .order(favourites::id.desc())
        .limit(limit)
        .select(favourites::status_id)
        .load(c))?;
    let boosted: Vec<Option<StatusId>> = on!(conn, |c| statuses::table
        .filter(statuses::id.ge(since))
        .filter(statuses::boost_of_id.is_not_null())
        .order(statuses::id.desc())
        .limit(limit)
        .select(statuses::boost_of_id)
        .load(c))?;
    let mut found = liked;
    found.extend(boosted.into_iter().flatten());
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Whether a status has what it takes to trend, whatever its figures: public, no boost, no answer, uncovered.
#[must_use]
pub fn may_trend(status: &super::statuses::Status) -> bool {
    status.visibility == Visibility::Public
        && status.boost_of_id.is_none()
        && status.in_reply_to_uri.is_none()
        && !status.sensitive
        && status.spoiler.is_empty()
}

/// The hashtags that trend, the strongest first.
pub fn list_tags(conn: &mut Conn, cut: Cut) -> QueryResult<Vec<TrendingTag>> {
    on!(conn, |c| {
        let mut query = trending_tags::table
            .order((trending_tags::score.desc(), trending_tags::tag_id.desc()))
            .limit(cut.limit)
            .offset(cut.offset)
            .select(TrendingTag::as_select())
            .into_boxed();
        if !cut.with_hidden {
            query = query.filter(trending_tags::is_shown.eq(true));
        }
        query.load(c)
    })
}

/// The statuses that trend, the strongest first.
pub fn list_statuses(conn: &mut Conn, cut: Cut) -> QueryResult<Vec<TrendingStatus>> {
    on!(conn, |c| {
        let mut query = trending_statuses::table
            .order((
                trending_statuses::score.desc(),
                trending_statuses::status_id.desc(),
            ))
            .limit(cut.limit)
            .offset(cut.offset)
            .select(TrendingStatus::as_select())
            .into_boxed();
        if !cut.with_hidden {
            query = query.filter(trending_statuses::is_shown.eq(true));
        }
        query.load(c)
    })
}

/// Puts these in the place of all hashtags that trend.
pub fn replace_tags(tx: &mut Tx, rows: &[TrendingTag]) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(trending_tags::table)
        .execute(c))?;
    if rows.is_empty() {
        return Ok(());
    }
    on!(&mut **tx, |c| diesel::insert_into(trending_tags::table)
        .values(rows)
        .execute(c))
    .map(drop)
}

/// Puts these in the place of all statuses that trend.
pub fn replace_statuses(tx: &mut Tx, rows: &[TrendingStatus]) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(trending_statuses::table)
        .execute(c))?;
    if rows.is_empty() {
        return Ok(());
    }
    on!(&mut **tx, |c| diesel::insert_into(trending_statuses::table)
        .values(rows)
        .execute(c))
    .map(drop)
}

/// Shows or hides a hashtag among those that trend.
pub fn show_tag(tx: &mut Tx, tag: TagId, is_shown: bool) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        trending_tags::table.find(tag)
    )
    .set(trending_tags::is_shown.eq(is_shown))
    .execute(c))
    .map(drop)
}

/// Shows or hides a status among those that trend.
pub fn show_status(tx: &mut Tx, status: StatusId, is_shown: bool) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        trending_statuses::table.find(status)
    )
    .set(trending_statuses::is_shown.eq(is_shown))
    .execute(c))
    .map(drop)
}
