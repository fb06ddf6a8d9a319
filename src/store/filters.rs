//! What people do not want to read as it is: filters, their keywords, and the statuses that they name.
//!
//! A version for each account grows with every change, so that what was read and compiled once can be used until then,
//! in every process.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use diesel::prelude::*;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::columns::{FilterAction, Json};
use super::conn::{Conn, on};
use super::schema_attention::{filter_keywords, filter_statuses, filter_versions, filters};
use super::tx::Tx;
use crate::id::{AccountId, FilterId, FilterKeywordId, FilterStatusId, StatusId};
use crate::text::sieves::{Keyword as Sought, Sieve};

/// One filter.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = filters, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Filter {
    /// Its id.
    pub id: FilterId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What its owner calls it.
    pub title: String,
    /// Where it is applied, in the API's words.
    pub contexts: Json<Vec<String>>,
    /// What clients do with what it matches.
    pub action: FilterAction,
    /// Until when it matches, in milliseconds; for ever if none.
    pub expires_at: Option<i64>,
    /// Since when, in milliseconds.
    pub created_at: i64,
}

/// A keyword of a filter.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = filter_keywords, treat_none_as_default_value = false)]
pub struct Keyword {
    /// Its id.
    pub id: FilterKeywordId,
    /// The filter.
    pub filter_id: FilterId,
    /// What is looked for.
    pub keyword: String,
    /// Whether it must not be part of a longer word.
    pub whole_word: bool,
}

/// A status that a filter names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = filter_statuses)]
pub struct Named {
    /// Its id.
    pub id: FilterStatusId,
    /// The filter.
    pub filter_id: FilterId,
    /// The status.
    pub status_id: StatusId,
}

/// The filters of one account, ready to be applied.
#[derive(Debug)]
pub struct Rules {
    version: i64,
    /// The filters, expired ones included.
    pub filters: Vec<Filter>,
    /// The statuses that each names, in the order of the filters.
    pub named: Vec<HashSet<StatusId>>,
    /// Their keywords; owners are places in `filters`.
    pub sieve: Sieve,
}

/// The rules that were used last, as long as they are valid. Clones are the same shelf.
#[derive(Clone)]
pub struct Shelf {
    rules: Arc<Cache<AccountId, Arc<Rules>, BySize>>,
}

/// Keywords and states that a shelf holds, a hundred bytes each at most.
const SHELF: u64 = 500_000;

#[derive(Clone)]
struct BySize;

impl Weighter<AccountId, Arc<Rules>> for BySize {
    fn weight(&self, _: &AccountId, rules: &Arc<Rules>) -> u64 {
        let named: usize = rules.named.iter().map(HashSet::len).sum();
        u64::try_from(rules.sieve.len() + rules.filters.len() + named).unwrap_or(SHELF)
    }
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            rules: Arc::new(Cache::with_weighter(1_000, SHELF, BySize)),
        }
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

/// The rules of those of these accounts who have filters. Costs one query if they have none or the shelf has them all,
/// and four otherwise.
pub fn load(
    conn: &mut Conn,
    shelf: &Shelf,
    accounts: &[AccountId],
) -> QueryResult<HashMap<AccountId, Arc<Rules>>> {
    let (mut loaded, mut stale) = (HashMap::new(), HashMap::new());
    // SQLite binds at most 32,766 values in a statement.
    for part in accounts.chunks(20_000) {
        for (account, version) in list_versions(conn, part)? {
            match shelf.rules.get(&account) {
                Some(rules) if rules.version == version => drop(loaded.insert(account, rules)),
                _ => drop(stale.insert(account, version)),
            }
        }
    }
    for (account, rules) in compile(conn, &stale)? {
        let rules = Arc::new(rules);
        shelf.rules.insert(account, rules.clone());
        loaded.insert(account, rules);
    }
    Ok(loaded)
}

fn list_versions(conn: &mut Conn, accounts: &[AccountId]) -> QueryResult<Vec<(AccountId, i64)>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| filter_versions::table
        .filter(filter_versions::account_id.eq_any(accounts))
        .select((filter_versions::account_id, filter_versions::version))
        .load(c))
}

fn compile(
    conn: &mut Conn,
    versions: &HashMap<AccountId, i64>,
) -> QueryResult<HashMap<AccountId, Rules>> {
    let accounts: Vec<AccountId> = versions.keys().copied().collect();
    let mut rows: HashMap<AccountId, Vec<Filter>> = HashMap::new();
    for filter in list_of(conn, &accounts)? {
        rows.entry(filter.account_id).or_default().push(filter);
    }
    let ids: Vec<FilterId> = rows.values().flatten().map(|filter| filter.id).collect();
    let mut keywords: HashMap<FilterId, Vec<Keyword>> = HashMap::new();
    for keyword in list_keywords(conn, &ids)? {
        keywords.entry(keyword.filter_id).or_default().push(keyword);
    }
    let mut named: HashMap<FilterId, HashSet<StatusId>> = HashMap::new();
    for one in list_statuses(conn, &ids)? {
        named
            .entry(one.filter_id)
            .or_default()
            .insert(one.status_id);
    }
    let compiled = versions.iter().map(|(account, version)| {
        let filters = rows.remove(account).unwrap_or_default();
        let sought = filters.iter().enumerate().flat_map(|(owner, filter)| {
            let keywords = keywords.get(&filter.id).into_iter().flatten();
            keywords.map(move |keyword| Sought {
                owner,
                text: &keyword.keyword,
                is_whole: keyword.whole_word,
            })
        });
        let rules = Rules {
            version: *version,
            sieve: Sieve::new(sought),
            named: filters
                .iter()
                .map(|filter| named.remove(&filter.id).unwrap_or_default())
                .collect(),
            filters,
        };
        (*account, rules)
    });
    Ok(compiled.collect())
}

/// Says that an account's filters have changed. Every function below that writes calls it.
fn touch(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(filter_versions::table)
        .values((
            filter_versions::account_id.eq(account),
            filter_versions::version.eq(1)
        ))
        .on_conflict(filter_versions::account_id)
        .do_update()
        .set(filter_versions::version.eq(filter_versions::version + 1))
        .execute(c))
    .map(drop)
}

/// All filters of these accounts, oldest first.
pub fn list_of(conn: &mut Conn, accounts: &[AccountId]) -> QueryResult<Vec<Filter>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| filters::table
        .filter(filters::account_id.eq_any(accounts))
        .order((filters::account_id.asc(), filters::id.asc()))
        .select(Filter::as_select())
        .load(c))
}

/// A filter, if it is this account's.
pub fn find_own(conn: &mut Conn, account: AccountId, id: FilterId) -> QueryResult<Option<Filter>> {
    on!(conn, |c| filters::table
        .find(id)
        .filter(filters::account_id.eq(account))
        .select(Filter::as_select())
        .first(c)
        .optional())
}

/// The keywords of these filters, oldest first.
pub fn list_keywords(conn: &mut Conn, ids: &[FilterId]) -> QueryResult<Vec<Keyword>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| filter_keywords::table
        .filter(filter_keywords::filter_id.eq_any(ids))
        .order((filter_keywords::filter_id.asc(), filter_keywords::id.asc()))
        .select(Keyword::as_select())
        .load(c))
}

/// The statuses that these filters name, oldest entry first.
pub fn list_statuses(conn: &mut Conn, ids: &[FilterId]) -> QueryResult<Vec<Named>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| filter_statuses::table
        .filter(filter_statuses::filter_id.eq_any(ids))
        .order((filter_statuses::filter_id.asc(), filter_statuses::id.asc()))
        .select(Named::as_select())
        .load(c))
}

/// A keyword with its filter, if it is this account's.
pub fn find_keyword(
    conn: &mut Conn,
    account: AccountId,
    id: FilterKeywordId,
) -> QueryResult<Option<(Filter, Keyword)>> {
    on!(conn, |c| filter_keywords::table
        .inner_join(filters::table.on(filters::id.eq(filter_keywords::filter_id)))
        .filter(filter_keywords::id.eq(id))
        .filter(filters::account_id.eq(account))
        .select((Filter::as_select(), Keyword::as_select()))
        .first(c)
        .optional())
}

/// A named status, if the filter is this account's.
pub fn find_status(
    conn: &mut Conn,
    account: AccountId,
    id: FilterStatusId,
) -> QueryResult<Option<Named>> {
    on!(conn, |c| filter_statuses::table
        .inner_join(filters::table.on(filters::id.eq(filter_statuses::filter_id)))
        .filter(filter_statuses::id.eq(id))
        .filter(filters::account_id.eq(account))
        .select(Named::as_select())
        .first(c)
        .optional())
}

/// Adds a filter.
pub fn insert(tx: &mut Tx, filter: &Filter) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(filters::table)
        .values(filter)
        .execute(c))?;
    touch(tx, filter.account_id)
}

/// Changes a filter.
pub fn update(tx: &mut Tx, filter: &Filter) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        filters::table.find(filter.id)
    )
    .set(filter)
    .execute(c))?;
    touch(tx, filter.account_id)
}

/// Removes a filter with all that hangs on it.
pub fn delete(tx: &mut Tx, filter: &Filter) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        filters::table.find(filter.id)
    )
    .execute(c))?;
    touch(tx, filter.account_id)
}

/// Adds a keyword to a filter of this account.
pub fn insert_keyword(tx: &mut Tx, account: AccountId, keyword: &Keyword) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(filter_keywords::table)
        .values(keyword)
        .execute(c))?;
    touch(tx, account)
}

/// Changes a keyword of a filter of this account.
pub fn update_keyword(tx: &mut Tx, account: AccountId, keyword: &Keyword) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        filter_keywords::table.find(keyword.id)
    )
    .set(keyword)
    .execute(c))?;
    touch(tx, account)
}

/// Removes a keyword of a filter of this account.
pub fn delete_keyword(tx: &mut Tx, account: AccountId, id: FilterKeywordId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        filter_keywords::table.find(id)
    )
    .execute(c))?;
    touch(tx, account)
}

/// Lets a filter of this account name a status; gives back the entry that is there if it does already.
pub fn insert_status(tx: &mut Tx, account: AccountId, named: Named) -> QueryResult<Named> {
    on!(&mut **tx, |c| diesel::insert_into(filter_statuses::table)
        .values(named)
        .on_conflict_do_nothing()
        .execute(c))?;
    touch(tx, account)?;
    on!(&mut **tx, |c| filter_statuses::table
        .filter(filter_statuses::filter_id.eq(named.filter_id))
        .filter(filter_statuses::status_id.eq(named.status_id))
        .select(Named::as_select())
        .first(c))
}

/// Lets a filter of this account no longer name a status.
pub fn delete_status(tx: &mut Tx, account: AccountId, id: FilterStatusId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        filter_statuses::table.find(id)
    )
    .execute(c))?;
    touch(tx, account)
}
