//! What the figures of the staff are made of: the largest parts first, each with its size. Instants are in
//! milliseconds; spans go from the first instant to before the second.

use diesel::dsl::{count, count_star, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::conn::{Conn, on};
use super::schema::{accounts, applications, follows, status_tags, statuses, user_days, users};
use super::schema_people::sign_ups;
use crate::id::{StatusId, TagId, first_at};

/// Parts by their names, and how much there is of each.
pub type Parts = Vec<(Option<String>, i64)>;

/// By size, then by name.
fn by_size() -> SqlLiteral<BigInt> {
    sql::<BigInt>("2 DESC, 1")
}

fn named(column: &str) -> SqlLiteral<Nullable<Text>> {
    sql::<Nullable<Text>>(column)
}

/// The statuses that were made in a span, by their ids.
macro_rules! made_in {
    ($column:expr, $span:ident) => {
        $column
            .ge(StatusId(first_at($span.0)))
            .and($column.lt(StatusId(first_at($span.1))))
    };
}

/// The languages of the pages of those who used the node in a span.
pub fn languages(conn: &mut Conn, span: (i64, i64), limit: i64) -> QueryResult<Parts> {
    on!(conn, |c| user_days::table
        .inner_join(users::table.on(users::account_id.eq(user_days::account_id)))
        .filter(user_days::day.ge(span.0))
        .filter(user_days::day.lt(span.1))
        .group_by(named("users.locale"))
        .order(by_size())
        .limit(limit)
        .select((
            named("users.locale"),
            count(user_days::account_id).aggregate_distinct()
        ))
        .load(c))
}

/// The applications through which people signed up in a span; none for the node's own pages.
pub fn sources(conn: &mut Conn, span: (i64, i64), limit: i64) -> QueryResult<Parts> {
    on!(conn, |c| users::table
        .left_join(sign_ups::table.on(sign_ups::account_id.eq(users::account_id)))
        .left_join(applications::table.on(sign_ups::application_id.eq(applications::id.nullable())))
        .filter(users::created_at.ge(span.0))
        .filter(users::created_at.lt(span.1))
        .group_by(named("applications.name"))
        .order(by_size())
        .limit(limit)
        .select((named("applications.name"), count_star()))
        .load(c))
}

/// The servers of the newest statuses of a span, `most` of them at most; none for this one.
pub fn servers(conn: &mut Conn, span: (i64, i64), most: i64, limit: i64) -> QueryResult<Parts> {
    let first: Option<StatusId> = on!(conn, |c| statuses::table
        .filter(made_in!(statuses::id, span))
        .order(statuses::id.desc())
        .offset(most - 1)
        .limit(1)
        .select(statuses::id)
        .first(c)
        .optional())?;
    let first = first.unwrap_or(StatusId(first_at(span.0)));
    on!(conn, |c| statuses::table
        .inner_join(accounts::table.on(accounts::id.eq(statuses::account_id)))
        .filter(statuses::id.ge(first))
        .filter(statuses::id.lt(StatusId(first_at(span.1))))
        .group_by(named("accounts.domain"))
        .order(by_size())
        .limit(limit)
        .select((named("accounts.domain"), count_star()))
        .load(c))
}

/// The servers of the statuses of a span with a tag; none for this one.
pub fn tag_servers(
    conn: &mut Conn,
    tag: TagId,
    span: (i64, i64),
    limit: i64,
) -> QueryResult<Parts> {
    on!(conn, |c| status_tags::table
        .inner_join(statuses::table.on(statuses::id.eq(status_tags::status_id)))
        .inner_join(accounts::table.on(accounts::id.eq(statuses::account_id)))
        .filter(status_tags::tag_id.eq(tag))
        .filter(made_in!(status_tags::status_id, span))
        .group_by(named("accounts.domain"))
        .order(by_size())
        .limit(limit)
        .select((named("accounts.domain"), count_star()))
        .load(c))
}

/// The languages of the statuses of a span with a tag; none where it is not known.
pub fn tag_languages(
    conn: &mut Conn,
    tag: TagId,
    span: (i64, i64),
    limit: i64,
) -> QueryResult<Parts> {
    on!(conn, |c| status_tags::table
        .inner_join(statuses::table.on(statuses::id.eq(status_tags::status_id)))
        .filter(status_tags::tag_id.eq(tag))
        .filter(made_in!(status_tags::status_id, span))
        .group_by(named("statuses.language"))
        .order(by_size())
        .limit(limit)
        .select((named("statuses.language"), count_star()))
        .load(c))
}

/// The accounts of these domains that people here follow, by the number of those people.
pub fn accounts_of(conn: &mut Conn, domains: &[String], limit: i64) -> QueryResult<Parts> {
    on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .filter(accounts::domain.eq_any(domains))
        .filter(follows::is_accepted.eq(true))
        .group_by(named("accounts.username, accounts.id"))
        .order(by_size())
        .limit(limit)
        .select((named("accounts.username"), count_star()))
        .load(c))
}

/// The languages of the statuses that accounts of these domains made in a span; none where it is not known.
pub fn languages_of(
    conn: &mut Conn,
    domains: &[String],
    span: (i64, i64),
    limit: i64,
) -> QueryResult<Parts> {
    on!(conn, |c| statuses::table
        .inner_join(accounts::table.on(accounts::id.eq(statuses::account_id)))
        .filter(accounts::domain.eq_any(domains))
        .filter(made_in!(statuses::id, span))
        .group_by(named("statuses.language"))
        .order(by_size())
        .limit(limit)
        .select((named("statuses.language"), count_star()))
        .load(c))
}

/// How many bytes the database takes.
pub fn database_bytes(conn: &mut Conn) -> QueryResult<i64> {
    match conn {
        Conn::Sqlite(c) => diesel::select(sql::<BigInt>(
            "(SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)",
        ))
        .get_result(c),
        Conn::Postgres(c) => {
            diesel::select(sql::<BigInt>("pg_database_size(current_database())")).get_result(c)
        }
    }
}

/// The version of the database.
pub fn database_version(conn: &mut Conn) -> QueryResult<String> {
    match conn {
        Conn::Sqlite(c) => diesel::select(sql::<Text>("sqlite_version()")).get_result(c),
        Conn::Postgres(c) => {
            diesel::select(sql::<Text>("current_setting('server_version')")).get_result(c)
        }
    }
}
