//! Links that trend: those with a preview that more people post than usual. A link may trend if the staff let it or its
//! publisher pass.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::strength::{Strength, rise};
use super::{Cut, everything, list_willing, said};
use crate::clock::HOUR;
use crate::config::Trends;
use crate::id::{AccountId, LinkId, PublisherId};
use crate::node::Node;
use crate::social::moderation::staff::{Staff, Target, record};
use crate::social::previews::{is_due, read};
use crate::social::slices::Slice;
use crate::social::staff::By;
use crate::social::tags::{DAYS, day_of};
use crate::social::timelines::{hydrate, keep_unlimited, keep_wanted};
use crate::social::{Error, Result};
use crate::store::cards::{self, Card};
use crate::store::links::{self, Published, Publisher, TrendingLink};
use crate::store::statuses::Status;
use crate::store::{Conn, Page, QueryResult, Tx, Visibility};
use crate::text::links::first_link;
use crate::wishes::Wishes;

/// Links that trend at most.
const MOST: usize = 100;
/// In what time a link loses half of its strength, in milliseconds.
const HALF_LIFE: i64 = 8 * HOUR;

/// Counts the link of a status that everybody may see.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn note(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    let day = day_of(status.created_at);
    let is_public = status.visibility == Visibility::Public && status.boost_of_id.is_none();
    if !is_public || day <= day_of(tx.now()) - DAYS {
        return Ok(());
    }
    let Some(url) = first_link(&status.content) else {
        return Ok(());
    };
    let parsed = Url::parse(&url).ok();
    let Some(host) = parsed.as_ref().and_then(Url::host_str) else {
        return Ok(());
    };
    links::note(tx, (&url, host), status.id, status.account_id, day)
}

/// Whether a link is shown where it trends: what the staff says of it, or else of its publisher.
fn may_show((link, publisher): &Published, requires_review: bool) -> bool {
    let said = link.is_trendable.or(publisher.is_trendable);
    said.unwrap_or(!requires_review)
}

/// Counts which links trend, and wishes for the previews of those that could.
pub(super) fn count(
    conn: &mut Conn,
    settings: &Trends,
    wishes: &Wishes,
    now: i64,
) -> QueryResult<Vec<TrendingLink>> {
    let today = day_of(now);
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let used = links::count_accounts(conn, today, i64::from(settings.link_accounts), most)?;
    let ids: Vec<LinkId> = used.iter().map(|(id, _)| *id).collect();
    let before = links::count_accounts_of(conn, today - 1, &ids)?;
    let peaks = links::list_trending(conn, everything(MOST))?;
    let peaks = peaks.into_iter().map(|row| {
        let strength = Strength {
            score: row.score,
            peak_score: row.peak_score,
            peak_at: row.peak_at,
        };
        (row.link_id, strength)
    });
    let before = before.into_iter().collect();
    let found = rise(peaks.collect(), used, &before, (now, HALF_LIFE, MOST));
    let ids: Vec<LinkId> = found.iter().map(|(id, _)| *id).collect();
    let shown = list_with_preview(conn, &ids, wishes, now)?;
    let rows = found.into_iter().filter(|(id, _)| shown.contains(id));
    Ok(rows
        .map(|(link_id, strength)| TrendingLink {
            link_id,
            score: strength.score,
            peak_score: strength.peak_score,
            peak_at: strength.peak_at,
            is_shown: false,
        })
        .collect())
}

/// Those of these links of whose pages there is something to show.
fn list_with_preview(
    conn: &mut Conn,
    ids: &[LinkId],
    wishes: &Wishes,
    now: i64,
) -> QueryResult<HashSet<LinkId>> {
    let links = links::list(conn, ids)?;
    let known = cards_of(conn, &links)?;
    let mut found = HashSet::new();
    for (link, _) in &links {
        let card = known.get(&link.url);
        if is_due(card, now)
            && let Some(status) = links::newest_use(conn, link.id)?
        {
            wishes.add(&link.url, status);
        }
        if card.is_some_and(|card| read(card).is_some()) {
            found.insert(link.id);
        }
    }
    Ok(found)
}

fn cards_of(conn: &mut Conn, links: &[Published]) -> QueryResult<HashMap<String, Card>> {
    let urls: Vec<String> = links.iter().map(|(link, _)| link.url.clone()).collect();
    let found = cards::list(conn, &urls)?;
    Ok(found
        .into_iter()
        .map(|card| (card.url.clone(), card))
        .collect())
}

/// Shows what may be shown as the staff has decided by now; leaves out what is gone.
pub(super) fn show_what_may(
    conn: &mut Conn,
    mut rows: Vec<TrendingLink>,
    requires_review: bool,
) -> QueryResult<Vec<TrendingLink>> {
    let ids: Vec<LinkId> = rows.iter().map(|row| row.link_id).collect();
    let found = links::list(conn, &ids)?;
    let shown: HashMap<LinkId, bool> = found
        .iter()
        .map(|one| (one.0.id, may_show(one, requires_review)))
        .collect();
    rows.retain_mut(|row| {
        let is_shown = shown.get(&row.link_id);
        row.is_shown = is_shown.copied().unwrap_or(false);
        is_shown.is_some()
    });
    Ok(rows)
}

/// A link that trends.
#[derive(Clone, Debug)]
pub struct Trending {
    /// The link and its publisher.
    pub link: Published,
    /// What is known of the page.
    pub card: Card,
    /// How often it was used on each day of late, today first: by how many statuses and accounts.
    pub history: Vec<(i64, i64, i64)>,
}

impl Trending {
    /// The title of the page, or else its address.
    #[must_use]
    pub fn title(&self) -> String {
        let title = read(&self.card).map(|preview| preview.title);
        title
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| self.link.0.url.clone())
    }
}

/// The links that trend, the strongest first; and how many rows there were. Costs four queries.
///
/// # Errors
/// Whatever the database says.
pub fn page(conn: &mut Conn, cut: Cut, now: i64) -> QueryResult<(Vec<Trending>, usize)> {
    let rows = links::list_trending(conn, cut)?;
    let ids: Vec<LinkId> = rows.iter().map(|row| row.link_id).collect();
    Ok((show(conn, &ids, now)?, rows.len()))
}

/// These links, in this order, as far as there is something to show of them.
fn show(conn: &mut Conn, ids: &[LinkId], now: i64) -> QueryResult<Vec<Trending>> {
    let mut links = links::list(conn, ids)?;
    links.sort_by_key(|(link, _)| ids.iter().position(|id| *id == link.id));
    let mut known = cards_of(conn, &links)?;
    let today = day_of(now);
    let uses = links::list_uses(conn, ids, today - DAYS + 1)?;
    let uses: HashMap<(LinkId, i64), (i64, i64)> = uses
        .into_iter()
        .map(|one| ((one.link_id, one.day), (one.uses, one.accounts)))
        .collect();
    let history = |id: LinkId| {
        let day = |day: i64| {
            let (uses, accounts) = uses.get(&(id, day)).copied().unwrap_or_default();
            (day, uses, accounts)
        };
        (0..DAYS).map(|back| day(today - back)).collect()
    };
    let trending = |link: Published| {
        Some(Trending {
            card: known.remove(&link.0.url)?,
            history: history(link.0.id),
            link,
        })
    };
    Ok(links.into_iter().filter_map(trending).collect())
}

/// What was posted with a link that trends, by people who want to be found; the address is as people give it.
///
/// # Errors
/// [`Error::NotFound`] unless it trends and everybody sees it.
pub fn timeline(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    url: &str,
    page: &Page,
    now: i64,
) -> Result<Slice<Status>> {
    let url = url.split('#').next().unwrap_or_default();
    let link = links::find(conn, url)?.ok_or(Error::NotFound)?;
    if !links::is_shown(conn, link.id)? {
        return Err(Error::NotFound);
    }
    let ids = links::page_uses(conn, link.id, page)?;
    let found = hydrate(conn, viewer, &ids)?;
    let authors = found.iter().map(|status| status.account_id).collect();
    let willing = list_willing(conn, authors)?;
    let mut found = keep_unlimited(conn, viewer, found)?;
    found.retain(|status| willing.contains(&status.account_id));
    let kept = keep_wanted(conn, viewer, found, now)?;
    Ok(Slice::new(kept, &ids, |id| id.0))
}

/// Decides whether a link may trend, whoever publishes it; gives it as it is now.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` belongs to it, [`Error::NotFound`] if there is no such link with a preview.
pub async fn decide(node: &Node, staff: Staff, id: LinkId, is_trendable: bool) -> Result<Trending> {
    staff.by.check_look()?;
    let write = move |tx: &mut Tx| -> Result<Trending> {
        links::review(tx, id, is_trendable)?;
        links::show(tx, id, is_trendable)?;
        let now = tx.now();
        let shown = show(tx, &[id], now)?.pop().ok_or(Error::NotFound)?;
        let target = Target::row(id.0, shown.link.0.url.clone());
        let detail = said("may trend", is_trendable);
        record(tx, &staff, "review_link", target, &detail)?;
        Ok(shown)
    };
    node.db.write(write).await
}

/// A page of the hosts whose pages people link to, for the staff.
///
/// # Errors
/// [`Error::Forbidden`] for others.
pub fn page_publishers(conn: &mut Conn, by: By, page: &Page) -> Result<Vec<Publisher>> {
    by.check_look()?;
    Ok(links::page_publishers(conn, page)?)
}

/// Decides whether the pages of a host may trend; what the staff says of one link holds against it.
///
/// # Errors
/// [`Error::Forbidden`] unless `staff` belongs to it, [`Error::NotFound`] if there is none.
pub async fn decide_publisher(
    node: &Node,
    staff: Staff,
    id: PublisherId,
    is_trendable: bool,
) -> Result<Publisher> {
    staff.by.check_look()?;
    let write = move |tx: &mut Tx| -> Result<Publisher> {
        links::review_publisher(tx, id, is_trendable)?;
        let publisher = links::find_publisher(tx, id)?.ok_or(Error::NotFound)?;
        for link in links::list_trending_of(tx, id)? {
            links::show(tx, link.id, link.is_trendable.unwrap_or(is_trendable))?;
        }
        let target = Target::row(id.0, publisher.domain.clone());
        let detail = said("its pages may trend", is_trendable);
        record(tx, &staff, "review_publisher", target, &detail)?;
        Ok(publisher)
    };
    node.db.write(write).await
}
