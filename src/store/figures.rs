//! Figures for the staff, day by day: one query for each, however many days there are. A day is its midnight, in
//! milliseconds; days without anything are missing.

use diesel::dsl::{count, count_star, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::conn::{Conn, on};
use super::schema::{
    accounts, follows, remote_files, reports, statuses, tag_uses, user_days, users,
};
use crate::id::TagId;

/// Days and how much there was on each.
pub type Daily = Vec<(i64, i64)>;

/// The midnight before the instant in a column.
macro_rules! day_of {
    ($column:literal) => {
        number(concat!("(", $column, " / 86400000) * 86400000"))
    };
}

/// The midnight before the instant at which the id in a column was made.
macro_rules! day_of_id {
    ($column:literal) => {
        number(concat!("((", $column, " >> 16) / 86400000) * 86400000"))
    };
}

/// The midnight of the day in a column that counts days since 1970.
const TAG_DAY: &str = "tag_uses.day * 86400000";

fn number(sql_text: &str) -> SqlLiteral<BigInt> {
    sql::<BigInt>(sql_text)
}

/// A sum as a whole number, which PostgreSQL would widen.
macro_rules! sum {
    ($column:literal) => {
        number(concat!("CAST(COALESCE(SUM(", $column, "), 0) AS BIGINT)"))
    };
}

/// How many people signed up on each day from `from` to before `to` (milliseconds).
pub fn sign_ups(conn: &mut Conn, from: i64, to: i64) -> QueryResult<Daily> {
    on!(conn, |c| users::table
        .filter(users::created_at.ge(from))
        .filter(users::created_at.lt(to))
        .group_by(day_of!("users.created_at"))
        .select((day_of!("users.created_at"), count_star()))
        .load(c))
}

/// How often people here liked, boosted or answered others on each day from `from` to before `to` (milliseconds).
pub fn interactions(conn: &mut Conn, from: i64, to: i64) -> QueryResult<Daily> {
    on!(conn, |c| user_days::table
        .filter(user_days::day.ge(from))
        .filter(user_days::day.lt(to))
        .group_by(user_days::day)
        .select((user_days::day, sum!("user_days.interactions")))
        .load(c))
}

/// How many reports were made on each day from `from` to before `to` (milliseconds).
pub fn opened_reports(conn: &mut Conn, from: i64, to: i64) -> QueryResult<Daily> {
    on!(conn, |c| reports::table
        .filter(reports::created_at.ge(from))
        .filter(reports::created_at.lt(to))
        .group_by(day_of!("reports.created_at"))
        .select((day_of!("reports.created_at"), count_star()))
        .load(c))
}

/// How many reports were resolved on each day from `from` to before `to` (milliseconds).
pub fn resolved_reports(conn: &mut Conn, from: i64, to: i64) -> QueryResult<Daily> {
    on!(conn, |c| reports::table
        .filter(reports::action_taken_at.ge(from))
        .filter(reports::action_taken_at.lt(to))
        .group_by(day_of!("reports.action_taken_at"))
        .select((day_of!("reports.action_taken_at"), count_star()))
        .load(c))
}

/// How many statuses used a tag on each day from `from` to before `to` (days since 1970).
pub fn tag_uses(conn: &mut Conn, tag: TagId, from: i64, to: i64) -> QueryResult<Daily> {
    on!(conn, |c| tag_uses::table
        .filter(tag_uses::tag_id.eq(tag))
        .filter(tag_uses::day.ge(from))
        .filter(tag_uses::day.lt(to))
        .group_by(tag_uses::day)
        .select((number(TAG_DAY), sum!("tag_uses.uses")))
        .load(c))
}

/// How many accounts used a tag on each day from `from` to before `to` (days since 1970).
pub fn tag_accounts(conn: &mut Conn, tag: TagId, from: i64, to: i64) -> QueryResult<Daily> {
    on!(conn, |c| tag_uses::table
        .filter(tag_uses::tag_id.eq(tag))
        .filter(tag_uses::day.ge(from))
        .filter(tag_uses::day.lt(to))
        .group_by(tag_uses::day)
        .select((number(TAG_DAY), count_star()))
        .load(c))
}

/// How many accounts used a tag at all from `from` to before `to` (days since 1970).
pub fn count_tag_accounts(conn: &mut Conn, tag: TagId, from: i64, to: i64) -> QueryResult<i64> {
    on!(conn, |c| tag_uses::table
        .filter(tag_uses::tag_id.eq(tag))
        .filter(tag_uses::day.ge(from))
        .filter(tag_uses::day.lt(to))
        .select(count(tag_uses::account_id).aggregate_distinct())
        .get_result(c))
}

/// Different servers, this one among them.
const SERVERS: &str = "COUNT(DISTINCT COALESCE(accounts.domain, ''))";

/// From how many servers a tag was used on each day from `from` to before `to` (days since 1970).
pub fn tag_servers(conn: &mut Conn, tag: TagId, from: i64, to: i64) -> QueryResult<Daily> {
    on!(conn, |c| tag_uses::table
        .inner_join(accounts::table.on(accounts::id.eq(tag_uses::account_id)))
        .filter(tag_uses::tag_id.eq(tag))
        .filter(tag_uses::day.ge(from))
        .filter(tag_uses::day.lt(to))
        .group_by(tag_uses::day)
        .select((number(TAG_DAY), number(SERVERS)))
        .load(c))
}

/// From how many servers a tag was used at all from `from` to before `to` (days since 1970).
pub fn count_tag_servers(conn: &mut Conn, tag: TagId, from: i64, to: i64) -> QueryResult<i64> {
    on!(conn, |c| tag_uses::table
        .inner_join(accounts::table.on(accounts::id.eq(tag_uses::account_id)))
        .filter(tag_uses::tag_id.eq(tag))
        .filter(tag_uses::day.ge(from))
        .filter(tag_uses::day.lt(to))
        .select(number(SERVERS))
        .get_result(c))
}

/// How many accounts of these domains came to be known on each day.
pub fn accounts_of(conn: &mut Conn, domains: &[String]) -> QueryResult<Daily> {
    on!(conn, |c| accounts::table
        .filter(accounts::domain.eq_any(domains))
        .group_by(day_of_id!("accounts.id"))
        .select((day_of_id!("accounts.id"), count_star()))
        .load(c))
}

/// How many known statuses accounts of these domains made on each day.
pub fn statuses_of(conn: &mut Conn, domains: &[String]) -> QueryResult<Daily> {
    on!(conn, |c| statuses::table
        .inner_join(accounts::table.on(accounts::id.eq(statuses::account_id)))
        .filter(accounts::domain.eq_any(domains))
        .group_by(day_of_id!("statuses.id"))
        .select((day_of_id!("statuses.id"), count_star()))
        .load(c))
}

/// How many reports of accounts of these domains were made on each day.
pub fn reports_of(conn: &mut Conn, domains: &[String]) -> QueryResult<Daily> {
    on!(conn, |c| reports::table
        .inner_join(accounts::table.on(accounts::id.eq(reports::target_id)))
        .filter(accounts::domain.eq_any(domains))
        .group_by(day_of!("reports.created_at"))
        .select((day_of!("reports.created_at"), count_star()))
        .load(c))
}

/// How many of the follows of accounts of these domains began on each day.
pub fn follows_of(conn: &mut Conn, domains: &[String]) -> QueryResult<Daily> {
    on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .filter(accounts::domain.eq_any(domains))
        .filter(follows::is_accepted.eq(true))
        .group_by(day_of_id!("follows.id"))
        .select((day_of_id!("follows.id"), count_star()))
        .load(c))
}

/// How many of the follows by accounts of these domains began on each day.
pub fn follows_by(conn: &mut Conn, domains: &[String]) -> QueryResult<Daily> {
    on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(accounts::domain.eq_any(domains))
        .filter(follows::is_accepted.eq(true))
        .group_by(day_of_id!("follows.id"))
        .select((day_of_id!("follows.id"), count_star()))
        .load(c))
}

/// How many bytes the files have that are kept of servers from `from` to before `to` (names with their labels turned
/// round), by the day on which they were fetched.
pub fn bytes_of(conn: &mut Conn, from: &str, to: &str) -> QueryResult<Daily> {
    on!(conn, |c| remote_files::table
        .filter(remote_files::host.ge(from))
        .filter(remote_files::host.lt(to))
        .group_by(day_of!("remote_files.fetched_at"))
        .select((
            day_of!("remote_files.fetched_at"),
            sum!("remote_files.bytes")
        ))
        .load(c))
}
