//! Where something may have been missed: whose posts are read here, which threads people here took part in, and
//! which peers there are relations with.

use diesel::prelude::*;

use super::columns::Visibility;
use super::conn::{Conn, on};
use super::schema::{accounts, follows, status_mentions, statuses};
use crate::id::{AccountId, StatusId, first_at};

/// Threads that are looked at.
const THREADS: i64 = 500;
/// Statuses of these threads.
const STATUSES: i64 = 2_000;

/// Something at a peer: its domain and an id on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Place {
    /// The peer's domain.
    pub host: String,
    /// The id.
    pub uri: String,
}

/// A status of a thread that somebody here took part in.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Thread {
    /// The thread.
    pub conversation_id: i64,
    /// The domain of the author's server.
    pub host: Option<String>,
    /// The status on the wire.
    pub uri: String,
}

/// Somebody here and an inbox of a peer that knows them.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Relation {
    /// The peer's domain.
    pub host: Option<String>,
    /// The inbox for everybody there.
    pub shared_inbox_url: Option<String>,
    /// The inbox of the one who follows or is followed.
    pub inbox_url: String,
    /// The account here.
    pub account_id: AccountId,
}

/// Accounts with an outbox that somebody here follows, on `host` or anywhere.
pub fn list_followed(conn: &mut Conn, host: Option<&str>) -> QueryResult<Vec<Place>> {
    let follower = diesel::alias!(accounts as follower);
    let rows: Vec<(Option<String>, String)> = on!(conn, |c| {
        let mut query = accounts::table
            .inner_join(follows::table.on(follows::target_id.eq(accounts::id)))
            .inner_join(follower.on(follower.field(accounts::id).eq(follows::account_id)))
            .filter(follower.field(accounts::domain).is_null())
            .filter(follows::is_accepted.eq(true))
            .filter(accounts::domain.is_not_null())
            .filter(accounts::suspended_at.is_null())
            .filter(accounts::outbox_url.is_not_null())
            .select((accounts::domain, accounts::uri))
            .distinct()
            .into_boxed();
        if let Some(host) = host {
            query = query.filter(accounts::domain.eq(host));
        }
        query.load(c)
    })?;
    let place = |(host, uri): (Option<String>, String)| Some(Place { host: host?, uri });
    Ok(rows.into_iter().filter_map(place).collect())
}

/// Open statuses from elsewhere in threads in which somebody here posted or was named since the instant `since`
/// (milliseconds), newest first.
pub fn list_threads(conn: &mut Conn, since: i64) -> QueryResult<Vec<Thread>> {
    let since = StatusId(first_at(since));
    on!(conn, |c| {
        let mut threads: Vec<i64> = statuses::table
            .filter(statuses::id.ge(since))
            .filter(statuses::is_local.eq(true))
            .filter(statuses::boost_of_id.is_null())
            .order(statuses::id.desc())
            .limit(THREADS)
            .select(statuses::conversation_id)
            .load(c)?;
        let naming: Vec<i64> = status_mentions::table
            .inner_join(statuses::table.on(statuses::id.eq(status_mentions::status_id)))
            .inner_join(accounts::table.on(accounts::id.eq(status_mentions::account_id)))
            .filter(status_mentions::status_id.ge(since))
            .filter(accounts::domain.is_null())
            .order(status_mentions::status_id.desc())
            .limit(THREADS)
            .select(statuses::conversation_id)
            .load(c)?;
        threads.extend(naming);
        threads.sort_unstable();
        threads.dedup();
        statuses::table
            .inner_join(accounts::table.on(accounts::id.eq(statuses::account_id)))
            .filter(statuses::conversation_id.eq_any(&threads))
            .filter(statuses::is_local.eq(false))
            .filter(statuses::boost_of_id.is_null())
            .filter(statuses::visibility.eq_any([Visibility::Public, Visibility::Unlisted]))
            .filter(accounts::suspended_at.is_null())
            .order(statuses::id.desc())
            .limit(STATUSES)
            .select((statuses::conversation_id, accounts::domain, statuses::uri))
            .load(c)
    })
}

/// Who here follows somebody on a peer or is followed from there, with inboxes there; on `host` or anywhere.
pub fn list_relations(conn: &mut Conn, host: Option<&str>) -> QueryResult<Vec<Relation>> {
    let local = diesel::alias!(accounts as local);
    macro_rules! relations {
        ($c:expr, $here:expr, $there:expr) => {{
            let mut query = follows::table
                .inner_join(accounts::table.on(accounts::id.eq($there)))
                .inner_join(local.on(local.field(accounts::id).eq($here)))
                .filter(follows::is_accepted.eq(true))
                .filter(local.field(accounts::domain).is_null())
                .filter(local.field(accounts::suspended_at).is_null())
                .filter(accounts::domain.is_not_null())
                .filter(accounts::suspended_at.is_null())
                .select((
                    accounts::domain,
                    accounts::shared_inbox_url,
                    accounts::inbox_url,
                    local.field(accounts::id),
                ))
                .distinct()
                .into_boxed();
            if let Some(host) = host {
                query = query.filter(accounts::domain.eq(host));
            }
            query.load($c)?
        }};
    }
    on!(conn, |c| {
        let mut relations: Vec<Relation> = relations!(c, follows::account_id, follows::target_id);
        let followers: Vec<Relation> = relations!(c, follows::target_id, follows::account_id);
        relations.extend(followers);
        Ok(relations)
    })
}

/// The id on the wire, known here, of each of these statuses, with when it was made and last edited (milliseconds).
pub fn list_known(
    conn: &mut Conn,
    uris: &[String],
) -> QueryResult<Vec<(String, i64, Option<i64>)>> {
    on!(conn, |c| statuses::table
        .filter(statuses::uri.eq_any(uris))
        .select((statuses::uri, statuses::created_at, statuses::edited_at))
        .load(c))
}
