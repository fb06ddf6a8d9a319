//! Links in public statuses: which trend, who publishes the pages, and what the staff thinks of both. Days are counted
//! since 1970.

use diesel::dsl::{count, count_star};
use diesel::prelude::*;

use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{account_standings, link_uses, links, publishers, trending_links};
use super::trends::{Cut, limited};
use super::tx::Tx;
use crate::id::{AccountId, LinkId, PublisherId, StatusId};

/// A link that public statuses have.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = links)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// The address of the page, without a fragment.
    pub url: String,
    /// Who publishes it.
    pub publisher_id: PublisherId,
    /// Whether it may trend; none while nobody has said.
    pub is_trendable: Option<bool>,
    /// When the staff looked, in milliseconds.
    pub reviewed_at: Option<i64>,
}

/// A host whose pages people link to.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = publishers)]
pub struct Publisher {
    /// Its id.
    pub id: PublisherId,
    /// The host.
    pub domain: String,
    /// Whether its pages may trend; none while nobody has said.
    pub is_trendable: Option<bool>,
    /// When the staff looked, in milliseconds.
    pub reviewed_at: Option<i64>,
}

/// A link that trends.
#[derive(Clone, Copy, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = trending_links, treat_none_as_default_value = false)]
pub struct TrendingLink {
    /// Which link.
    pub link_id: LinkId,
    /// How much, when it was last counted.
    pub score: f64,
    /// How much at its peak.
    pub peak_score: f64,
    /// When that was, in milliseconds.
    pub peak_at: i64,
    /// Whether everybody sees it.
    pub is_shown: bool,
}

/// The use of a link on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct DayOfUse {
    /// Which link.
    pub link_id: LinkId,
    /// Which day.
    pub day: i64,
    /// How many statuses have it.
    pub uses: i64,
    /// By how many accounts.
    pub accounts: i64,
}

/// A link and its publisher.
pub type Published = (Link, Publisher);

/// The link to this page.
pub fn find(conn: &mut Conn, url: &str) -> QueryResult<Option<Link>> {
    on!(conn, |c| links::table
        .filter(links::url.eq(url))
        .select(Link::as_select())
        .first(c)
        .optional())
}

/// These links and their publishers.
pub fn list(conn: &mut Conn, ids: &[LinkId]) -> QueryResult<Vec<Published>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| links::table
        .inner_join(publishers::table.on(publishers::id.eq(links::publisher_id)))
        .filter(links::id.eq_any(ids))
        .select((Link::as_select(), Publisher::as_select()))
        .load(c))
}

/// Notes that a status of an account has a link to a page of a host.
pub fn note(
    tx: &mut Tx,
    (url, host): (&str, &str),
    status: StatusId,
    account: AccountId,
    day: i64,
) -> QueryResult<()> {
    let link = ensure(tx, url, host)?;
    on!(&mut **tx, |c| diesel::insert_into(link_uses::table)
        .values((
            link_uses::status_id.eq(status),
            link_uses::link_id.eq(link),
            link_uses::account_id.eq(account),
            link_uses::day.eq(day),
        ))
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// The link to this page, made if nobody used it yet.
fn ensure(tx: &mut Tx, url: &str, host: &str) -> QueryResult<LinkId> {
    if let Some(link) = find(tx, url)? {
        return Ok(link.id);
    }
    on!(&mut **tx, |c| diesel::insert_into(publishers::table)
        .values(publishers::domain.eq(host))
        .on_conflict_do_nothing()
        .execute(c))?;
    let publisher: PublisherId = on!(&mut **tx, |c| publishers::table
        .filter(publishers::domain.eq(host))
        .select(publishers::id)
        .first(c))?;
    on!(&mut **tx, |c| diesel::insert_into(links::table)
        .values((links::url.eq(url), links::publisher_id.eq(publisher)))
        .returning(links::id)
        .get_result(c))
}

/// The accounts that used each link on a day, of those that at least `least` used; the most used first. Those that are
/// limited do not count.
pub fn count_accounts(
    conn: &mut Conn,
    day: i64,
    least: i64,
    limit: i64,
) -> QueryResult<Vec<(LinkId, i64)>> {
    let accounts = || count(link_uses::account_id).aggregate_distinct();
    on!(conn, |c| link_uses::table
        .filter(link_uses::day.eq(day))
        .filter(link_uses::account_id.ne_all(limited!()))
        .group_by(link_uses::link_id)
        .having(accounts().ge(least))
        .order(accounts().desc())
        .limit(limit)
        .select((link_uses::link_id, accounts()))
        .load(c))
}

/// The accounts that used these links on a day, but for those that are limited.
pub fn count_accounts_of(
    conn: &mut Conn,
    day: i64,
    ids: &[LinkId],
) -> QueryResult<Vec<(LinkId, i64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| link_uses::table
        .filter(link_uses::link_id.eq_any(ids))
        .filter(link_uses::day.eq(day))
        .filter(link_uses::account_id.ne_all(limited!()))
        .group_by(link_uses::link_id)
        .select((
            link_uses::link_id,
            count(link_uses::account_id).aggregate_distinct()
        ))
        .load(c))
}

/// The use of these links since a day, that day included.
pub fn list_uses(conn: &mut Conn, ids: &[LinkId], since: i64) -> QueryResult<Vec<DayOfUse>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| link_uses::table
        .filter(link_uses::link_id.eq_any(ids))
        .filter(link_uses::day.ge(since))
        .group_by((link_uses::link_id, link_uses::day))
        .select((
            link_uses::link_id,
            link_uses::day,
            count_star(),
            count(link_uses::account_id).aggregate_distinct(),
        ))
        .load(c))
}

/// The newest status that has a link.
pub fn newest_use(conn: &mut Conn, id: LinkId) -> QueryResult<Option<StatusId>> {
    on!(conn, |c| link_uses::table
        .filter(link_uses::link_id.eq(id))
        .order(link_uses::status_id.desc())
        .select(link_uses::status_id)
        .first(c)
        .optional())
}

/// A page of the statuses that have a link, newest first.
pub fn page_uses(conn: &mut Conn, id: LinkId, page: &Page) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| {
        let query = link_uses::table
            .filter(link_uses::link_id.eq(id))
            .select(link_uses::status_id)
            .into_boxed();
        cut!(c, query, link_uses::status_id, page, StatusId)
    })
}

/// The links that trend, the strongest first.
pub fn list_trending(conn: &mut Conn, cut: Cut) -> QueryResult<Vec<TrendingLink>> {
    on!(conn, |c| {
        let mut query = trending_links::table
            .order((trending_links::score.desc(), trending_links::link_id.desc()))
            .limit(cut.limit)
            .offset(cut.offset)
            .select(TrendingLink::as_select())
            .into_boxed();
        if !cut.with_hidden {
            query = query.filter(trending_links::is_shown.eq(true));
        }
        query.load(c)
    })
}

/// Whether a link trends, and everybody sees it.
pub fn is_shown(conn: &mut Conn, id: LinkId) -> QueryResult<bool> {
    let shown: Option<bool> = on!(conn, |c| trending_links::table
        .find(id)
        .select(trending_links::is_shown)
        .first(c)
        .optional())?;
    Ok(shown.unwrap_or(false))
}

/// Puts these in the place of all links that trend.
pub fn replace_trending(tx: &mut Tx, rows: &[TrendingLink]) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(trending_links::table)
        .execute(c))?;
    if rows.is_empty() {
        return Ok(());
    }
    on!(&mut **tx, |c| diesel::insert_into(trending_links::table)
        .values(rows)
        .execute(c))
    .map(drop)
}

/// Shows or hides a link among those that trend.
pub fn show(tx: &mut Tx, id: LinkId, is_shown: bool) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        trending_links::table.find(id)
    )
    .set(trending_links::is_shown.eq(is_shown))
    .execute(c))
    .map(drop)
}

/// Writes whether a link may trend.
pub fn review(tx: &mut Tx, id: LinkId, is_trendable: bool) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(links::table.find(id))
        .set((
            links::is_trendable.eq(is_trendable),
            links::reviewed_at.eq(now)
        ))
        .execute(c))
    .map(drop)
}

/// A page of the hosts whose pages people link to, the newest first.
pub fn page_publishers(conn: &mut Conn, page: &Page) -> QueryResult<Vec<Publisher>> {
    on!(conn, |c| {
        let query = publishers::table
            .select(Publisher::as_select())
            .into_boxed();
        cut!(c, query, publishers::id, page, Publisher)
    })
}

/// One of the hosts whose pages people link to.
pub fn find_publisher(conn: &mut Conn, id: PublisherId) -> QueryResult<Option<Publisher>> {
    on!(conn, |c| publishers::table
        .find(id)
        .select(Publisher::as_select())
        .first(c)
        .optional())
}

/// Writes whether the pages of a host may trend.
pub fn review_publisher(tx: &mut Tx, id: PublisherId, is_trendable: bool) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(publishers::table.find(id))
        .set((
            publishers::is_trendable.eq(is_trendable),
            publishers::reviewed_at.eq(now)
        ))
        .execute(c))
    .map(drop)
}

/// The links that trend to pages of a host.
pub fn list_trending_of(conn: &mut Conn, publisher: PublisherId) -> QueryResult<Vec<Link>> {
    on!(conn, |c| trending_links::table
        .inner_join(links::table.on(links::id.eq(trending_links::link_id)))
        .filter(links::publisher_id.eq(publisher))
        .select(Link::as_select())
        .load(c))
}

/// Forgets uses before `day`, at most `limit` at a time, and links that nobody uses any more and nobody of the staff has
/// looked at; gives the number of uses.
pub fn prune(tx: &mut Tx, day: i64, limit: i64) -> QueryResult<usize> {
    let old: Vec<(StatusId, LinkId)> = on!(&mut **tx, |c| link_uses::table
        .filter(link_uses::day.lt(day))
        .order(link_uses::day.asc())
        .limit(limit)
        .select((link_uses::status_id, link_uses::link_id))
        .load(c))?;
    let (statuses, mut ids): (Vec<StatusId>, Vec<LinkId>) = old.into_iter().unzip();
    on!(&mut **tx, |c| diesel::delete(
        link_uses::table.filter(link_uses::status_id.eq_any(&statuses))
    )
    .execute(c))?;
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        forget_unused(tx, id)?;
    }
    Ok(statuses.len())
}

/// Forgets a link, and then its publisher, if nothing hangs on them.
fn forget_unused(tx: &mut Tx, id: LinkId) -> QueryResult<()> {
    let link = list(tx, &[id])?.pop();
    let Some((link, publisher)) = link.filter(|(link, _)| link.reviewed_at.is_none()) else {
        return Ok(());
    };
    if newest_use(tx, id)?.is_some() {
        return Ok(());
    }
    on!(&mut **tx, |c| diesel::delete(links::table.find(link.id))
        .execute(c))?;
    let others: Option<LinkId> = on!(&mut **tx, |c| links::table
        .filter(links::publisher_id.eq(publisher.id))
        .select(links::id)
        .first(c)
        .optional())?;
    if others.is_some() || publisher.reviewed_at.is_some() {
        return Ok(());
    }
    on!(&mut **tx, |c| diesel::delete(
        publishers::table.find(publisher.id)
    )
    .execute(c))
    .map(drop)
}
