//! Who follows whom, asked for or accepted.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::{Deserialize, Serialize};

use super::columns::Json;
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{accounts, follows};
use super::tx::Tx;
use crate::id::{AccountId, FollowId};

/// One follow, or the request for one.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = follows, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Follow {
    /// Its id here; lists are paged by it.
    pub id: FollowId,
    /// Who follows.
    pub account_id: AccountId,
    /// Whom.
    pub target_id: AccountId,
    /// The Follow activity's id on the wire.
    pub uri: String,
    /// Whether the target agreed; until then it is a request.
    pub is_accepted: bool,
    /// Whether the target's boosts reach the follower's home timeline.
    pub shows_boosts: bool,
    /// Whether each post of the target notifies the follower.
    pub notifies: bool,
    /// Only posts in these languages; all if none.
    pub languages: Option<Json<Vec<String>>>,
    /// When it was asked for, in milliseconds.
    pub created_at: i64,
}

/// Where a remote follower's server takes activities.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Destination {
    /// The server's domain.
    pub domain: String,
    /// The shared inbox, or the account's own.
    pub inbox_url: String,
}

/// The follow of `target` by `account`, accepted or not.
pub fn find(conn: &mut Conn, account: AccountId, target: AccountId) -> QueryResult<Option<Follow>> {
    on!(conn, |c| follows::table
        .filter(follows::account_id.eq(account))
        .filter(follows::target_id.eq(target))
        .select(Follow::as_select())
        .first(c)
        .optional())
}

/// The follow that a Follow activity asked for.
pub fn find_by_uri(conn: &mut Conn, uri: &str) -> QueryResult<Option<Follow>> {
    on!(conn, |c| follows::table
        .filter(follows::uri.eq(uri))
        .select(Follow::as_select())
        .first(c)
        .optional())
}

/// Follows by `account` of any of `targets`.
pub fn list_by(
    conn: &mut Conn,
    account: AccountId,
    targets: &[AccountId],
) -> QueryResult<Vec<Follow>> {
    on!(conn, |c| follows::table
        .filter(follows::account_id.eq(account))
        .filter(follows::target_id.eq_any(targets))
        .select(Follow::as_select())
        .load(c))
}

/// Follows of `target` by any of `accounts`.
pub fn list_of(
    conn: &mut Conn,
    target: AccountId,
    accounts: &[AccountId],
) -> QueryResult<Vec<Follow>> {
    on!(conn, |c| follows::table
        .filter(follows::target_id.eq(target))
        .filter(follows::account_id.eq_any(accounts))
        .select(Follow::as_select())
        .load(c))
}

/// Whether anybody follows somebody of this domain.
pub fn reaches_domain(conn: &mut Conn, domain: &str) -> QueryResult<bool> {
    on!(conn, |c| diesel::select(diesel::dsl::exists(
        follows::table
            .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
            .filter(accounts::domain.eq(domain))
            .filter(follows::is_accepted.eq(true))
    ))
    .get_result(c))
}

/// A page of the follows of `target`: accepted ones are its followers, others ask to be.
pub fn page_of(
    conn: &mut Conn,
    target: AccountId,
    accepted: bool,
    page: &Page,
) -> QueryResult<Vec<Follow>> {
    on!(conn, |c| {
        let query = follows::table
            .filter(follows::target_id.eq(target))
            .filter(follows::is_accepted.eq(accepted))
            .select(Follow::as_select())
            .into_boxed();
        cut!(c, query, follows::id, page, Follow)
    })
}

/// A page of those whom `account` follows.
pub fn page_by(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<Follow>> {
    on!(conn, |c| {
        let query = follows::table
            .filter(follows::account_id.eq(account))
            .filter(follows::is_accepted.eq(true))
            .select(Follow::as_select())
            .into_boxed();
        cut!(c, query, follows::id, page, Follow)
    })
}

/// Somebody who follows an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Familiar {
    /// Whom.
    #[diesel(sql_type = BigInt)]
    pub target_id: AccountId,
    /// Who.
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
}

/// Those who follow one of `targets` and are followed by `account`, `each` of every target at most, the newest accounts
/// first. One query, whose parts read an index.
pub fn list_familiar(
    conn: &mut Conn,
    account: AccountId,
    targets: &[AccountId],
    each: i64,
) -> QueryResult<Vec<Familiar>> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<String> = targets
        .iter()
        .map(|target| {
            format!(
                "SELECT * FROM (SELECT target_id, account_id FROM follows \
                 WHERE target_id = {target} AND is_accepted = TRUE AND account_id IN \
                 (SELECT target_id FROM follows WHERE account_id = {account} AND is_accepted = TRUE) \
                 ORDER BY account_id DESC LIMIT {each}) AS part_{target}"
            )
        })
        .collect();
    let statement = parts.join(" UNION ALL ");
    let mut found: Vec<Familiar> = on!(conn, |c| diesel::sql_query(statement).load(c))?;
    found.sort_unstable_by_key(|one| (one.target_id, std::cmp::Reverse(one.account_id)));
    Ok(found)
}

/// Every accepted follow of `target` by a local account.
pub fn list_local_followers(conn: &mut Conn, target: AccountId) -> QueryResult<Vec<Follow>> {
    on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_id.eq(target))
        .filter(follows::is_accepted.eq(true))
        .filter(accounts::domain.is_null())
        .select(Follow::as_select())
        .load(c))
}

/// The accepted follows of any of `targets` by any of `accounts`: (target, follower).
pub fn list_followers_among(
    conn: &mut Conn,
    targets: &[AccountId],
    accounts: &[AccountId],
) -> QueryResult<Vec<(AccountId, AccountId)>> {
    if targets.is_empty() || accounts.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| follows::table
        .filter(follows::target_id.eq_any(targets))
        .filter(follows::account_id.eq_any(accounts))
        .filter(follows::is_accepted.eq(true))
        .select((follows::target_id, follows::account_id))
        .load(c))
}

/// The distinct inboxes that reach every remote follower of `target`.
pub fn list_follower_destinations(
    conn: &mut Conn,
    target: AccountId,
) -> QueryResult<Vec<Destination>> {
    let rows: Vec<(Option<String>, String, Option<String>)> = on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_id.eq(target))
        .filter(follows::is_accepted.eq(true))
        .filter(accounts::domain.is_not_null())
        .filter(accounts::suspended_at.is_null())
        .select((
            accounts::domain,
            accounts::inbox_url,
            accounts::shared_inbox_url
        ))
        .distinct()
        .load(c))?;
    let mut destinations: Vec<Destination> = rows
        .into_iter()
        .filter_map(|(domain, inbox, shared)| {
            Some(Destination {
                domain: domain?,
                inbox_url: shared.unwrap_or(inbox),
            })
        })
        .collect();
    destinations.sort_unstable_by(|a, b| a.inbox_url.cmp(&b.inbox_url));
    destinations.dedup();
    Ok(destinations)
}

/// Whether any local account follows `target`.
pub fn has_local_follower(conn: &mut Conn, target: AccountId) -> QueryResult<bool> {
    use diesel::dsl::{exists, select};
    on!(conn, |c| select(exists(
        follows::table
            .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
            .filter(follows::target_id.eq(target))
            .filter(follows::is_accepted.eq(true))
            .filter(accounts::domain.is_null())
    ))
    .get_result(c))
}

/// How many ask to follow `target`, counted up to `limit`.
pub fn count_requests(conn: &mut Conn, target: AccountId, limit: i64) -> QueryResult<i64> {
    let ids: Vec<FollowId> = on!(conn, |c| follows::table
        .filter(follows::target_id.eq(target))
        .filter(follows::is_accepted.eq(false))
        .select(follows::id)
        .limit(limit)
        .load(c))?;
    Ok(i64::try_from(ids.len()).unwrap_or(limit))
}

/// Adds a follow unless there is one; tells whether it was added.
pub fn insert(tx: &mut Tx, follow: &Follow) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::insert_into(follows::table)
        .values(follow)
        .on_conflict_do_nothing()
        .execute(c))
    .map(|added| added > 0)
}

/// Writes the whole row of a known follow.
pub fn update(tx: &mut Tx, follow: &Follow) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        follows::table.filter(follows::id.eq(follow.id))
    )
    .set(follow)
    .execute(c))
    .map(drop)
}

/// Removes a follow; tells whether it was there.
pub fn delete(tx: &mut Tx, id: FollowId) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::delete(follows::table.find(id))
        .execute(c))
    .map(|removed| removed > 0)
}
