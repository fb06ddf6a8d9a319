//! What people here, and other servers, reported to the staff.

use diesel::prelude::*;

use super::columns::{Json, ReportCategory};
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::reports;
use super::tx::Tx;
use crate::id::AccountId;

/// One report.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = reports, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Report {
    /// Its id.
    pub id: i64,
    /// The Flag activity's id on the wire, of one that came from elsewhere.
    pub uri: Option<String>,
    /// Who reports.
    pub account_id: AccountId,
    /// Whom.
    pub target_id: AccountId,
    /// The server that sent it, of one that came from elsewhere.
    pub host: Option<String>,
    /// What it is about.
    pub category: ReportCategory,
    /// The words, plain text.
    pub comment: String,
    /// The statuses that it is about.
    pub status_ids: Json<Vec<i64>>,
    /// The numbers of the rules that were broken.
    pub rule_ids: Json<Vec<i64>>,
    /// Whether other servers were told.
    pub forwarded: bool,
    /// Who of the staff looks after it.
    pub assigned_id: Option<AccountId>,
    /// When it was resolved, in milliseconds.
    pub action_taken_at: Option<i64>,
    /// Who resolved it.
    pub action_taken_by_id: Option<AccountId>,
    /// When it was made, in milliseconds.
    pub created_at: i64,
    /// When it last changed, in milliseconds.
    pub updated_at: i64,
    /// The collections that it is about.
    pub collection_ids: Json<Vec<i64>>,
}

/// Which reports are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only resolved ones, or only open ones.
    pub is_resolved: Option<bool>,
    /// Only those by this account.
    pub by: Option<AccountId>,
    /// Only those of this account.
    pub of: Option<AccountId>,
}

/// The report with this id.
pub fn find(conn: &mut Conn, id: i64) -> QueryResult<Option<Report>> {
    on!(conn, |c| reports::table
        .find(id)
        .select(Report::as_select())
        .first(c)
        .optional())
}

/// The reports with these ids, in no order.
pub fn list(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Report>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| reports::table
        .filter(reports::id.eq_any(ids))
        .select(Report::as_select())
        .load(c))
}

/// A page of reports.
pub fn page(conn: &mut Conn, filter: Filter, page: &Page) -> QueryResult<Vec<Report>> {
    on!(conn, |c| {
        let mut query = reports::table.select(Report::as_select()).into_boxed();
        if let Some(by) = filter.by {
            query = query.filter(reports::account_id.eq(by));
        }
        if let Some(of) = filter.of {
            query = query.filter(reports::target_id.eq(of));
        }
        query = match filter.is_resolved {
            Some(true) => query.filter(reports::action_taken_at.is_not_null()),
            Some(false) => query.filter(reports::action_taken_at.is_null()),
            None => query,
        };
        cut!(c, query, reports::id, page, Report)
    })
}

/// Adds a report unless one of the same address is there; tells whether it was added.
pub fn insert(tx: &mut Tx, report: &Report) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::insert_into(reports::table)
        .values(report)
        .on_conflict_do_nothing()
        .execute(c))
    .map(|added| added > 0)
}

/// Writes the whole row of a known report.
pub fn update(tx: &mut Tx, report: &Report) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        reports::table.find(report.id)
    )
    .set(report)
    .execute(c))
    .map(drop)
}

/// How many reports a server sent since `since` (milliseconds), of this account if one is named; counted up to `limit`.
pub fn count_from(
    conn: &mut Conn,
    host: &str,
    of: Option<AccountId>,
    since: i64,
    limit: i64,
) -> QueryResult<i64> {
    let found: Vec<i64> = on!(conn, |c| {
        let mut query = reports::table
            .filter(reports::host.eq(host))
            .filter(reports::created_at.ge(since))
            .select(reports::id)
            .into_boxed();
        if let Some(of) = of {
            query = query.filter(reports::target_id.eq(of));
        }
        query.limit(limit).load(c)
    })?;
    Ok(i64::try_from(found.len()).unwrap_or(limit))
}
