//! How other servers do, for whoever looks after this node: when they were last heard, what they run, what went wrong,
//! and what an administrator decided about them.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::peers;
use super::schema::{deliveries, peers as table};
use super::tx::{Event, Tx};
use crate::id::{ActivityId, first_at};

/// Everything that is known of one peer.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = table)]
pub struct Health {
    /// Its id.
    pub id: i64,
    /// Its domain in lower case, with the port if it has one.
    pub domain: String,
    /// Since when it is known, in milliseconds.
    pub created_at: i64,
    /// When it last took something, in milliseconds.
    pub last_success_at: Option<i64>,
    /// When it last sent something that was truly its own, in milliseconds; exact to a minute.
    pub last_heard_at: Option<i64>,
    /// Since when it takes nothing, in milliseconds.
    pub down_since: Option<i64>,
    /// When it is tried next, in milliseconds.
    pub next_probe_at: Option<i64>,
    /// Failed tries in a row.
    pub failures: i64,
    /// What the last failure was.
    pub last_error: Option<String>,
    /// What it runs, as it says itself.
    pub software: Option<String>,
    /// The version of that.
    pub software_version: Option<String>,
    /// How far its clock is ahead of ours (negative: behind), in milliseconds.
    pub clock_skew_ms: Option<i64>,
    /// Requests in its name that were not believed.
    pub signature_failures: i64,
    /// Why the last of them was not.
    pub signature_failure: Option<String>,
    /// When that was, in milliseconds.
    pub signature_failed_at: Option<i64>,
    /// Since when it is paused: nothing is sent to it, and it is not tried, until an administrator says so.
    pub paused_at: Option<i64>,
}

/// What waits for one peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many deliveries.
    pub deliveries: i64,
    /// The oldest document among them.
    pub oldest: Option<ActivityId>,
}

/// Which peers are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// All of them.
    All,
    /// Those that take deliveries, as far as is known, and are not slow.
    Up,
    /// Those that take none.
    Down,
    /// Those that take deliveries, while something old still waits for them.
    Slow,
    /// Those that are paused.
    Paused,
    /// Those that something waits for.
    WithBacklog,
}

/// The peer with this domain.
pub fn find(conn: &mut Conn, domain: &str) -> QueryResult<Option<Health>> {
    on!(conn, |c| table::table
        .filter(table::domain.eq(domain))
        .select(Health::as_select())
        .first(c)
        .optional())
}

/// Peers by their ids, in no order.
pub fn list_by_id(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Health>> {
    on!(conn, |c| table::table
        .filter(table::id.eq_any(ids))
        .select(Health::as_select())
        .load(c))
}

/// Up to `limit` chosen peers after the domain `after`, by domain. What was made before `slow_before` (milliseconds) and
/// still waits makes a peer slow.
pub fn list(
    conn: &mut Conn,
    chosen: Chosen,
    slow_before: i64,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<Health>> {
    use diesel::dsl::{exists, not};
    on!(conn, |c| {
        let backlog = || deliveries::table.filter(deliveries::peer_id.eq(table::id));
        let bound = ActivityId(first_at(slow_before));
        let old = || exists(backlog().filter(deliveries::activity_id.lt(bound)));
        let query = table::table
            .filter(table::domain.gt(after))
            .order(table::domain.asc())
            .limit(limit)
            .select(Health::as_select())
            .into_boxed();
        let takes = || {
            table::paused_at
                .is_null()
                .and(table::next_probe_at.is_null())
        };
        match chosen {
            Chosen::All => query,
            Chosen::Up => query.filter(takes()).filter(not(old())),
            Chosen::Slow => query.filter(takes()).filter(old()),
            Chosen::Down => query
                .filter(table::paused_at.is_null())
                .filter(table::next_probe_at.is_not_null()),
            Chosen::Paused => query.filter(table::paused_at.is_not_null()),
            Chosen::WithBacklog => query.filter(exists(backlog())),
        }
        .load(c)
    })
}

/// What waits for these peers; those that nothing waits for are left out.
pub fn list_backlogs(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<(i64, Backlog)>> {
    use diesel::dsl::{count_star, min};
    let rows: Vec<(i64, i64, Option<ActivityId>)> = on!(conn, |c| deliveries::table
        .filter(deliveries::peer_id.eq_any(ids))
        .group_by(deliveries::peer_id)
        .select((
            deliveries::peer_id,
            count_star(),
            min(deliveries::activity_id)
        ))
        .load(c))?;
    let backlog = |(peer, deliveries, oldest)| (peer, Backlog { deliveries, oldest });
    Ok(rows.into_iter().map(backlog).collect())
}

/// What was heard of a peer since it was last written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Whether it sent something that was truly its own.
    pub is_heard: bool,
    /// How far its clock is ahead of ours, in milliseconds.
    pub clock_skew_ms: Option<i64>,
    /// Requests in its name that were not believed.
    pub signature_failures: i64,
    /// Why the last of them was not, and when, in milliseconds.
    pub signature_failure: Option<(String, i64)>,
}

/// Writes down what was heard of a peer that is known; whoever is heard becomes known. Gives its id.
pub fn record_news(tx: &mut Tx, domain: &str, news: &News) -> QueryResult<Option<i64>> {
    let now = tx.now();
    let id = if news.is_heard {
        Some(peers::ensure(tx, domain)?)
    } else {
        peers::find_by_domain(tx, domain)?.map(|peer| peer.id)
    };
    let Some(id) = id else {
        return Ok(None);
    };
    let (words, at) = match &news.signature_failure {
        Some((words, at)) => (Some(words.as_str()), Some(*at)),
        None => (None, None),
    };
    on!(&mut **tx, |c| {
        let row = table::table.find(id);
        if news.is_heard {
            diesel::update(row)
                .set(table::last_heard_at.eq(now))
                .execute(c)?;
        }
        if let Some(skew) = news.clock_skew_ms {
            diesel::update(row)
                .set(table::clock_skew_ms.eq(skew))
                .execute(c)?;
        }
        if news.signature_failures > 0 {
            diesel::update(row)
                .set((
                    table::signature_failures
                        .eq(table::signature_failures + news.signature_failures),
                    table::signature_failure.eq(words),
                    table::signature_failed_at.eq(at),
                ))
                .execute(c)?;
        }
        QueryResult::Ok(())
    })?;
    Ok(Some(id))
}

/// Whether it is time to ask a peer what it runs: it was not asked since `before` (milliseconds). If so, that is noted.
pub fn is_to_be_asked(tx: &mut Tx, id: i64, before: i64) -> QueryResult<bool> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        table::table.filter(table::id.eq(id)).filter(
            table::software_asked_at
                .is_null()
                .or(table::software_asked_at.lt(before))
        )
    )
    .set(table::software_asked_at.eq(now))
    .execute(c))
    .map(|changed| changed > 0)
}

/// Notes what a peer runs.
pub fn record_software(
    tx: &mut Tx,
    domain: &str,
    name: &str,
    version: Option<&str>,
) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        table::table.filter(table::domain.eq(domain))
    )
    .set((
        table::software.eq(name),
        table::software_version.eq(version)
    ))
    .execute(c))
    .map(drop)
}

/// Pauses a peer.
pub fn pause(tx: &mut Tx, id: i64) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        table::table
            .filter(table::id.eq(id))
            .filter(table::paused_at.is_null())
    )
    .set(table::paused_at.eq(now))
    .execute(c))
    .map(drop)
}

/// Ends the pause of a peer and wakes its lane; its next try stays when it was.
pub fn resume(tx: &mut Tx, id: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(table::table.find(id))
        .set(table::paused_at.eq(None::<i64>))
        .execute(c))?;
    tx.tell(Event::Peer(id));
    Ok(())
}

/// Lets a peer be tried at once, with what was set aside too, and wakes its lane.
pub fn retry(tx: &mut Tx, id: i64) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| {
        diesel::update(
            table::table
                .filter(table::id.eq(id))
                .filter(table::next_probe_at.is_not_null()),
        )
        .set(table::next_probe_at.eq(now))
        .execute(c)?;
        diesel::update(
            deliveries::table
                .filter(deliveries::peer_id.eq(id))
                .filter(deliveries::due_at.gt(now)),
        )
        .set(deliveries::due_at.eq(now))
        .execute(c)
    })?;
    resume(tx, id)?;
    tx.tell(Event::PeerHeard(id));
    Ok(())
}

/// Makes a peer as it was before anything went wrong.
pub fn reset(tx: &mut Tx, id: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(table::table.find(id))
        .set((
            table::down_since.eq(None::<i64>),
            table::next_probe_at.eq(None::<i64>),
            table::failures.eq(0_i64),
            table::last_error.eq(None::<String>),
            table::signature_failures.eq(0_i64),
            table::signature_failure.eq(None::<String>),
            table::signature_failed_at.eq(None::<i64>),
            table::paused_at.eq(None::<i64>),
        ))
        .execute(c))?;
    tx.tell(Event::PeerHeard(id));
    Ok(())
}

/// How many peers there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// All that are known.
    pub all: i64,
    /// Those that take nothing at the moment and are not paused.
    pub down: i64,
    /// Those that are paused.
    pub paused: i64,
}

/// How many peers there are, by what they do.
pub fn count(conn: &mut Conn) -> QueryResult<Numbers> {
    let all = peers::count(conn)?;
    let (down, paused) = on!(conn, |c| {
        let paused = table::table
            .filter(table::paused_at.is_not_null())
            .count()
            .get_result(c)?;
        let down = table::table
            .filter(table::paused_at.is_null())
            .filter(table::next_probe_at.is_not_null())
            .count()
            .get_result(c)?;
        QueryResult::Ok((down, paused))
    })?;
    Ok(Numbers { all, down, paused })
}
