//! Trends: hashtags, statuses and links that more people take up than usual. The schedule counts them every few minutes;
//! requests only read what it wrote.
//!
//! A hashtag or link is as strong as the accounts that use it today exceed those of yesterday, and halves every four or
//! eight hours after its peak. A status is as strong as its likes and boosts, and halves every six hours of its age. Of
//! each author only the strongest is taken, and nothing counts of whom the staff has limited. Nothing is shown that the
//! staff has not let pass, unless `trends.requires_review` is off.

pub mod links;
mod strength;

use std::collections::{HashMap, HashSet};

use self::strength::{Strength, WEAKEST, decayed, rise, surprise};
use super::moderation::staff::{Staff, Target, record};
use super::staff::By;
use super::tags::{Named, day_of};
use super::timelines::{hydrate, keep_unlimited, keep_wanted};
use super::{Error, Result};
use crate::clock::HOUR;
use crate::config::Trends;
use crate::id::{AccountId, StatusId, TagId, first_at};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::reviews::TagReview;
use crate::store::statuses::Status;
use crate::store::trends::{Cut, TrendingStatus, TrendingTag, may_trend};
use crate::store::{self, Conn, Page, QueryResult, Tx};

/// Hashtags that trend at most.
const MOST_TAGS: usize = 100;
/// Statuses that trend at most.
const MOST_STATUSES: usize = 200;
/// Likes and boosts that are looked through at once, each.
const LOOKED_THROUGH: i64 = 2_000;
/// How far back they are looked through, in milliseconds.
const LOOK_BACK: i64 = HOUR;
/// In what time a hashtag loses half of its strength, in milliseconds.
const TAG_HALF_LIFE: i64 = 4 * HOUR;
/// In what time a status loses half of its strength, in milliseconds.
const STATUS_HALF_LIFE: i64 = 6 * HOUR;
/// Counts anew what trends.
///
/// # Errors
/// Whatever the database says.
pub async fn refresh(node: &Node) -> QueryResult<()> {
    let settings = node.config.trends.clone();
    if !settings.enabled {
        return Ok(());
    }
    let now = node.clock.now();
    let requires_review = settings.requires_review;
    let wishes = node.wishes.clone();
    let count = move |conn: &mut Conn| -> QueryResult<_> {
        let tags = count_tags(conn, &settings, now)?;
        let links = links::count(conn, &settings, &wishes, now)?;
        Ok((tags, links, count_statuses(conn, &settings, now)?))
    };
    let (tags, links, statuses) = node.db.read(count).await?;
    let write = move |tx: &mut Tx| {
        // What is gone meanwhile cannot be named any more.
        let ids: Vec<StatusId> = statuses.iter().map(|row| row.status_id).collect();
        let left: HashSet<StatusId> = store::statuses::list(tx, &ids)?
            .into_iter()
            .map(|status| status.id)
            .collect();
        let mut statuses: Vec<TrendingStatus> = statuses
            .iter()
            .filter(|row| left.contains(&row.status_id))
            .copied()
            .collect();
        // What the staff decides while it is counted holds as well.
        let mut tags = tags.clone();
        show_what_may(tx, &mut tags, &mut statuses, requires_review)?;
        let links = links::show_what_may(tx, links.clone(), requires_review)?;
        store::links::replace_trending(tx, &links)?;
        store::trends::replace_tags(tx, &tags)?;
        store::trends::replace_statuses(tx, &statuses)
    };
    node.db.write_later(write).await
}

/// Shows what may be shown as the staff has decided by now.
fn show_what_may(
    conn: &mut Conn,
    tags: &mut [TrendingTag],
    statuses: &mut [TrendingStatus],
    requires_review: bool,
) -> QueryResult<()> {
    let ids: Vec<TagId> = tags.iter().map(|row| row.tag_id).collect();
    let reviews = reviews_of(conn, &ids)?;
    for row in tags {
        row.is_shown = is_tag_shown(reviews.get(&row.tag_id), requires_review);
    }
    let ids: Vec<StatusId> = statuses.iter().map(|row| row.status_id).collect();
    let said: HashMap<StatusId, bool> = store::reviews::list_of_statuses(conn, &ids)?
        .into_iter()
        .collect();
    for row in statuses {
        let said = said.get(&row.status_id).copied();
        row.is_shown = said.unwrap_or(!requires_review);
    }
    Ok(())
}

fn everything(limit: usize) -> Cut {
    Cut {
        limit: i64::try_from(limit).unwrap_or(i64::MAX),
        offset: 0,
        with_hidden: true,
    }
}

fn count_tags(conn: &mut Conn, settings: &Trends, now: i64) -> QueryResult<Vec<TrendingTag>> {
    let today = day_of(now);
    let least = i64::from(settings.tag_accounts);
    let most = i64::try_from(MOST_TAGS).unwrap_or(i64::MAX);
    let used = store::trends::count_accounts(conn, today, least, most)?;
    let ids: Vec<TagId> = used.iter().map(|(id, _)| *id).collect();
    let before: HashMap<TagId, i64> = store::trends::count_accounts_of(conn, today - 1, &ids)?
        .into_iter()
        .collect();
    let peaks = store::trends::list_tags(conn, everything(MOST_TAGS))?;
    let peaks = peaks.into_iter().map(|row| {
        let strength = Strength {
            score: row.score,
            peak_score: row.peak_score,
            peak_at: row.peak_at,
        };
        (row.tag_id, strength)
    });
    let limits = (now, TAG_HALF_LIFE, MOST_TAGS);
    let found = rise(peaks.collect(), used, &before, limits);
    let tag = |(tag_id, strength): (TagId, Strength)| TrendingTag {
        tag_id,
        score: strength.score,
        peak_score: strength.peak_score,
        peak_at: strength.peak_at,
        is_shown: false,
    };
    Ok(found.into_iter().map(tag).collect())
}

fn reviews_of(conn: &mut Conn, ids: &[TagId]) -> QueryResult<HashMap<TagId, TagReview>> {
    let found = store::reviews::list_of_tags(conn, ids)?;
    Ok(found.into_iter().map(|row| (row.tag_id, row)).collect())
}

fn is_tag_shown(review: Option<&TagReview>, requires_review: bool) -> bool {
    let said = review.and_then(|review| review.is_trendable);
    said.unwrap_or(!requires_review) && review.is_none_or(|review| review.is_usable)
}

fn count_statuses(
    conn: &mut Conn,
    settings: &Trends,
    now: i64,
) -> QueryResult<Vec<TrendingStatus>> {
    let since = first_at(now - LOOK_BACK);
    let mut ids = store::trends::list_noticed(conn, since, LOOKED_THROUGH)?;
    let known = store::trends::list_statuses(conn, everything(MOST_STATUSES))?;
    ids.extend(known.iter().map(|row| row.status_id));
    ids.sort_unstable();
    ids.dedup();
    let mut rows = Vec::new();
    for part in ids.chunks(1_000) {
        rows.extend(store::statuses::list(conn, part)?);
    }
    rows.retain(may_trend);
    let authors: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let willing = list_willing(conn, authors)?;
    let mut best: HashMap<AccountId, TrendingStatus> = HashMap::new();
    for status in rows.iter().filter(|row| willing.contains(&row.account_id)) {
        let score = strength(status, settings, now);
        let is_best = best
            .get(&status.account_id)
            .is_none_or(|other| score > other.score);
        if score >= WEAKEST && is_best {
            let row = TrendingStatus {
                status_id: status.id,
                account_id: status.account_id,
                score,
                is_shown: false,
            };
            best.insert(status.account_id, row);
        }
    }
    let mut rows: Vec<TrendingStatus> = best.into_values().collect();
    rows.sort_by(|a, b| b.score.total_cmp(&a.score));
    rows.truncate(MOST_STATUSES);
    Ok(rows)
}

fn strength(status: &Status, settings: &Trends, now: i64) -> f64 {
    let taken_up = status.favourites_count + status.boosts_count;
    if taken_up < i64::from(settings.status_reactions) {
        return 0.0;
    }
    let score = surprise(taken_up, 1);
    decayed(score, now - status.created_at, STATUS_HALF_LIFE)
}

/// Those of these accounts that want to be found, and may be.
fn list_willing(conn: &mut Conn, mut ids: Vec<AccountId>) -> QueryResult<HashSet<AccountId>> {
    ids.sort_unstable();
    ids.dedup();
    let wants =
        |account: &Account| account.suspended_at.is_none() && account.discoverable == Some(true);
    let mut found = HashSet::new();
    for part in ids.chunks(1_000) {
        let accounts = store::accounts::list(conn, part)?;
        let limited = store::standings::list_silenced(conn, part)?;
        let willing = accounts.iter().filter(|one| wants(one));
        found.extend(willing.map(|one| one.id).filter(|id| !limited.contains(id)));
    }
    Ok(found)
}

/// The hashtags that trend, the strongest first.
///
/// # Errors
/// Whatever the database says.
pub fn tags(conn: &mut Conn, cut: Cut) -> QueryResult<Vec<Named>> {
    let rows = store::trends::list_tags(conn, cut)?;
    let ids: Vec<TagId> = rows.iter().map(|row| row.tag_id).collect();
    let mut named = store::tags::list_names(conn, &ids)?;
    named.sort_by_key(|(id, _)| ids.iter().position(|other| other == id));
    Ok(named)
}

/// The statuses that trend, the strongest first, as far as the viewer may and wants to see them; and how many there
/// were.
///
/// # Errors
/// Whatever the database says.
pub fn statuses(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    cut: Cut,
    now: i64,
) -> QueryResult<(Vec<Status>, usize)> {
    let rows = store::trends::list_statuses(conn, cut)?;
    let ids: Vec<StatusId> = rows.iter().map(|row| row.status_id).collect();
    let found = hydrate(conn, viewer, &ids)?;
    // Whoever is limited since the last count is not shown any more, to nobody.
    let found = keep_unlimited(conn, None, found)?;
    Ok((keep_wanted(conn, viewer, found, now)?, rows.len()))
}

/// A hashtag with what the staff thinks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The hashtag.
    pub tag: Named,
    /// What the staff thinks of it.
    pub review: TagReview,
}

/// These hashtags with what the staff thinks of them. Costs one query.
///
/// # Errors
/// Whatever the database says.
pub fn with_reviews(conn: &mut Conn, tags: Vec<Named>) -> QueryResult<Vec<Reviewed>> {
    let ids: Vec<TagId> = tags.iter().map(|(id, _)| *id).collect();
    let reviews = reviews_of(conn, &ids)?;
    Ok(tags
        .into_iter()
        .map(|tag| Reviewed {
            review: reviews
                .get(&tag.0)
                .copied()
                .unwrap_or_else(|| TagReview::none(tag.0)),
            tag,
        })
        .collect())
}

/// What trends, shown or not.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// The hashtags, the strongest first.
    pub tags: Vec<Reviewed>,
    /// The links, the strongest first.
    pub links: Vec<links::Trending>,
    /// The statuses, the strongest first, and what the staff said of each.
    pub statuses: Vec<(Status, Option<bool>)>,
}

/// What trends, for the staff: at most `limit` of each kind.
///
/// # Errors
/// [`Error::Forbidden`] for others.
pub async fn list_waiting(node: &Node, by: By, limit: i64) -> Result<Waiting> {
    by.check_look()?;
    let cut = Cut {
        limit,
        offset: 0,
        with_hidden: true,
    };
    let now = node.clock.now();
    let read = move |conn: &mut Conn| -> QueryResult<Waiting> {
        let named = tags(conn, cut)?;
        let (found, _) = statuses(conn, None, cut, now)?;
        let ids: Vec<StatusId> = found.iter().map(|status| status.id).collect();
        let said: HashMap<StatusId, bool> = store::reviews::list_of_statuses(conn, &ids)?
            .into_iter()
            .collect();
        let (links, _) = links::page(conn, cut, now)?;
        Ok(Waiting {
            tags: with_reviews(conn, named)?,
            links,
            statuses: found
                .into_iter()
                .map(|status| {
                    let said = said.get(&status.id).copied();
                    (status, said)
                })
                .collect(),
        })
    };
    Ok(node.db.read(read).await?)
}

/// A page of all hashtags, for the staff.
///
/// # Errors
/// [`Error::Forbidden`] for others.
pub fn page_tags(conn: &mut Conn, by: By, page: &Page) -> Result<Vec<Reviewed>> {
    by.check_look()?;
    let named = store::reviews::page_tags(conn, page)?;
    Ok(with_reviews(conn, named)?)
}

/// One hashtag, for the staff.
///
/// # Errors
/// [`Error::Forbidden`] for others, [`Error::NotFound`] if there is none.
pub fn show_tag(conn: &mut Conn, by: By, id: TagId) -> Result<Reviewed> {
    by.check_look()?;
    let named = store::tags::list_names(conn, &[id])?;
    with_reviews(conn, named)?.pop().ok_or(Error::NotFound)
}

/// What the staff decides about a hashtag; what is none stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may trend.
    pub is_trendable: Option<bool>,
    /// Whether posts made here may carry it.
    pub is_usable: Option<bool>,
    /// Whether searches find it.
    pub is_listable: Option<bool>,
}

fn said(what: &str, holds: bool) -> String {
    format!("{what}: {}", if holds { "yes" } else { "no" })
}

/// What the staff thinks of a hashtag, in words for the record.
fn describe(review: &TagReview) -> String {
    let trends = review.is_trendable.map(|holds| said("may trend", holds));
    let rest = [
        said("usable", review.is_usable),
        said("listable", review.is_listable),
    ];
    let words: Vec<String> = trends.into_iter().chain(rest).collect();
    words.join(", ")
}

/// Decides about a hashtag; what trends follows at once.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` belongs to it, [`Error::NotFound`] if there is none.
pub async fn decide_tag(node: &Node, staff: Staff, id: TagId, decision: Decision) -> Result<()> {
    staff.by.check_look()?;
    let requires_review = node.config.trends.requires_review;
    let write = move |tx: &mut Tx| -> Result<()> {
        let Reviewed { tag, mut review } = show_tag(tx, staff.by, id)?;
        review.is_trendable = decision.is_trendable.or(review.is_trendable);
        review.is_usable = decision.is_usable.unwrap_or(review.is_usable);
        review.is_listable = decision.is_listable.unwrap_or(review.is_listable);
        review.reviewed_at = Some(tx.now());
        store::reviews::put_tag(tx, &review)?;
        let target = Target::row(id.0, format!("#{}", tag.1));
        record(tx, &staff, "review_tag", target, &describe(&review))?;
        let is_shown = is_tag_shown(Some(&review), requires_review);
        Ok(store::trends::show_tag(tx, id, is_shown)?)
    };
    node.db.write(write).await
}

/// Decides whether a status may trend.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` belongs to it, [`Error::NotFound`] for what is not public.
pub async fn decide_status(
    node: &Node,
    staff: Staff,
    id: StatusId,
    is_trendable: bool,
) -> Result<()> {
    staff.by.check_look()?;
    let write = move |tx: &mut Tx| -> Result<()> {
        let status = store::statuses::find(tx, id)?;
        let status = status.filter(may_trend).ok_or(Error::NotFound)?;
        store::reviews::put_status(tx, id, is_trendable)?;
        let detail = said("may trend", is_trendable);
        record(
            tx,
            &staff,
            "review_status",
            Target::row(id.0, status.uri),
            &detail,
        )?;
        Ok(store::trends::show_status(tx, id, is_trendable)?)
    };
    node.db.write(write).await
}

/// Which of these statuses nobody of the staff has looked at.
///
/// # Errors
/// Whatever the database says.
pub fn list_unreviewed(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<StatusId>> {
    let looked: HashSet<StatusId> = store::reviews::list_of_statuses(conn, ids)?
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    Ok(ids
        .iter()
        .filter(|id| !looked.contains(id))
        .copied()
        .collect())
}
