//! How accounts stand with the node, where that is not as usual. Since when one is suspended stands in its own row.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::columns::Cause;
use super::conn::{Conn, on};
use super::schema::{account_standings, accounts, follows};
use super::tx::Tx;
use crate::id::AccountId;

/// Follows with accounts of one domain.
type Count = (Option<String>, i64);

/// How one account stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = account_standings, primary_key(account_id))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Standing {
    /// The account.
    pub account_id: AccountId,
    /// Who suspended it; none if it is not suspended, or deleted.
    pub suspension: Option<Cause>,
    /// Since when it is limited, in milliseconds.
    pub silenced_at: Option<i64>,
    /// Who limited it.
    pub silence: Option<Cause>,
    /// Since when all its media count as sensitive, in milliseconds.
    pub sensitized_at: Option<i64>,
}

impl Standing {
    /// As usual.
    #[must_use]
    pub fn usual(account: AccountId) -> Self {
        Self {
            account_id: account,
            suspension: None,
            silenced_at: None,
            silence: None,
            sensitized_at: None,
        }
    }
}

/// How an account stands.
pub fn find(conn: &mut Conn, id: AccountId) -> QueryResult<Standing> {
    let found = on!(conn, |c| account_standings::table
        .find(id)
        .select(Standing::as_select())
        .first(c)
        .optional())?;
    Ok(found.unwrap_or_else(|| Standing::usual(id)))
}

/// How those of these accounts stand that do not stand as usual, in no order.
pub fn list(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<Standing>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| account_standings::table
        .filter(account_standings::account_id.eq_any(ids))
        .select(Standing::as_select())
        .load(c))
}

/// Which of these accounts are limited.
pub fn list_silenced(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<AccountId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| account_standings::table
        .filter(account_standings::account_id.eq_any(ids))
        .filter(account_standings::silenced_at.is_not_null())
        .select(account_standings::account_id)
        .load(c))
}

/// Which of these accounts' media count as sensitive.
pub fn list_sensitized(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<AccountId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| account_standings::table
        .filter(account_standings::account_id.eq_any(ids))
        .filter(account_standings::sensitized_at.is_not_null())
        .select(account_standings::account_id)
        .load(c))
}

/// Whether an account is limited.
pub fn is_silenced(conn: &mut Conn, id: AccountId) -> QueryResult<bool> {
    Ok(find(conn, id)?.silenced_at.is_some())
}

/// Writes how an account stands.
pub fn save(tx: &mut Tx, standing: &Standing) -> QueryResult<()> {
    let id = standing.account_id;
    if *standing == Standing::usual(id) {
        return on!(&mut **tx, |c| diesel::delete(
            account_standings::table.find(id)
        )
        .execute(c))
        .map(drop);
    }
    on!(&mut **tx, |c| diesel::insert_into(account_standings::table)
        .values(standing)
        .on_conflict(account_standings::account_id)
        .do_update()
        .set(standing)
        .execute(c))
    .map(drop)
}

/// Suspends an account since `at` (milliseconds), or no longer.
pub fn set_suspended(tx: &mut Tx, id: AccountId, at: Option<i64>) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(accounts::table.find(id))
        .set(accounts::suspended_at.eq(at))
        .execute(c))
    .map(drop)
}

/// The domains of known accounts that are `domain` or lie below it.
pub fn list_domains_below(conn: &mut Conn, domain: &str) -> QueryResult<Vec<String>> {
    let below = format!("%.{domain}");
    let (port, below_port) = (format!("{domain}:%"), format!("%.{domain}:%"));
    let found: Vec<Option<String>> = on!(conn, |c| accounts::table
        .filter(
            accounts::domain
                .eq(domain)
                .or(accounts::domain.like(&below))
                .or(accounts::domain.like(&port))
                .or(accounts::domain.like(&below_port))
        )
        .select(accounts::domain)
        .distinct()
        .order(accounts::domain.asc())
        .load(c))?;
    Ok(found.into_iter().flatten().collect())
}

/// The accounts of a domain behind the id `after`, by id: at most `limit`.
pub fn list_of_domain(
    conn: &mut Conn,
    domain: &str,
    after: AccountId,
    limit: i64,
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| accounts::table
        .filter(accounts::domain.eq(domain))
        .filter(accounts::id.gt(after))
        .order(accounts::id.asc())
        .limit(limit)
        .select(accounts::id)
        .load(c))
}

/// How many follows there are with accounts of each other server, in both directions, in no order. It looks at every
/// follow, so it is for what the staff does now and then.
pub fn count_follows(conn: &mut Conn) -> QueryResult<Vec<(String, i64)>> {
    let (out, back): (Vec<Count>, Vec<Count>) = on!(conn, |c| {
        let out = follows::table
            .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
            .filter(follows::is_accepted.eq(true))
            .filter(accounts::domain.is_not_null())
            .group_by(accounts::domain)
            .select((accounts::domain, count_star()))
            .load(c)?;
        let back = follows::table
            .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
            .filter(follows::is_accepted.eq(true))
            .filter(accounts::domain.is_not_null())
            .group_by(accounts::domain)
            .select((accounts::domain, count_star()))
            .load(c)?;
        QueryResult::Ok((out, back))
    })?;
    let all = out.into_iter().chain(back);
    Ok(all
        .filter_map(|(domain, number)| Some((domain?, number)))
        .collect())
}
