//! From where and on which days people use the node: for the staff alone.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::{user_addresses, user_days, users};
use super::tx::Tx;
use crate::id::AccountId;

/// An address of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = user_addresses)]
pub struct UserAddress {
    /// Who.
    pub account_id: AccountId,
    /// From where.
    pub address: String,
    /// The last time, in milliseconds.
    pub used_at: i64,
}

/// Notes an address of somebody.
pub fn note_address(tx: &mut Tx, account: AccountId, address: &str) -> QueryResult<()> {
    let row = UserAddress {
        account_id: account,
        address: address.to_owned(),
        used_at: tx.now(),
    };
    on!(&mut **tx, |c| diesel::insert_into(user_addresses::table)
        .values(&row)
        .on_conflict((user_addresses::account_id, user_addresses::address))
        .do_update()
        .set(user_addresses::used_at.eq(row.used_at))
        .execute(c))
    .map(drop)
}

/// The addresses of these people, the last one of each first.
pub fn list_addresses(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<UserAddress>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| user_addresses::table
        .filter(user_addresses::account_id.eq_any(ids))
        .order(user_addresses::used_at.desc())
        .select(UserAddress::as_select())
        .load(c))
}

/// Who came from an address.
pub fn list_from(conn: &mut Conn, address: &str, limit: i64) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| user_addresses::table
        .filter(user_addresses::address.eq(address))
        .select(user_addresses::account_id)
        .limit(limit)
        .load(c))
}

/// Forgets addresses that were not used since `before` (milliseconds).
pub fn prune_addresses(tx: &mut Tx, before: i64) -> QueryResult<usize> {
    on!(&mut **tx, |c| diesel::delete(
        user_addresses::table.filter(user_addresses::used_at.lt(before))
    )
    .execute(c))
}

/// Notes that somebody used the node on a day (its midnight, in milliseconds).
pub fn note_day(tx: &mut Tx, account: AccountId, day: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(user_days::table)
        .values((user_days::day.eq(day), user_days::account_id.eq(account)))
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// Counts one more like, boost or answer of somebody on a day (its midnight, in milliseconds).
pub fn add_interaction(tx: &mut Tx, account: AccountId, day: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(user_days::table)
        .values((
            user_days::day.eq(day),
            user_days::account_id.eq(account),
            user_days::interactions.eq(1),
        ))
        .on_conflict((user_days::day, user_days::account_id))
        .do_update()
        .set(user_days::interactions.eq(user_days::interactions + 1))
        .execute(c))
    .map(drop)
}

/// How many people used the node on each day from `from` to before `to` (milliseconds); days without anybody are missing.
pub fn count_by_day(conn: &mut Conn, from: i64, to: i64) -> QueryResult<Vec<(i64, i64)>> {
    on!(conn, |c| user_days::table
        .filter(user_days::day.ge(from))
        .filter(user_days::day.lt(to))
        .group_by(user_days::day)
        .select((user_days::day, diesel::dsl::count_star()))
        .order(user_days::day.asc())
        .load(c))
}

/// How many people used the node at all from `from` to before `to` (milliseconds).
pub fn count_people(conn: &mut Conn, from: i64, to: i64) -> QueryResult<i64> {
    on!(conn, |c| user_days::table
        .filter(user_days::day.ge(from))
        .filter(user_days::day.lt(to))
        .select(diesel::dsl::count(user_days::account_id).aggregate_distinct())
        .get_result(c))
}

/// How many of those who signed up from `born_from` to before `born_to` used the node from `from` to before `to`; all
/// in milliseconds.
pub fn count_returning(
    conn: &mut Conn,
    (born_from, born_to): (i64, i64),
    (from, to): (i64, i64),
) -> QueryResult<i64> {
    on!(conn, |c| user_days::table
        .inner_join(users::table.on(users::account_id.eq(user_days::account_id)))
        .filter(users::created_at.ge(born_from))
        .filter(users::created_at.lt(born_to))
        .filter(user_days::day.ge(from))
        .filter(user_days::day.lt(to))
        .select(diesel::dsl::count(user_days::account_id).aggregate_distinct())
        .get_result(c))
}

/// How many people signed up from `from` to before `to` (milliseconds).
pub fn count_sign_ups(conn: &mut Conn, from: i64, to: i64) -> QueryResult<i64> {
    on!(conn, |c| users::table
        .filter(users::created_at.ge(from))
        .filter(users::created_at.lt(to))
        .count()
        .get_result(c))
}

/// Forgets days before `before` (milliseconds).
pub fn prune_days(tx: &mut Tx, before: i64) -> QueryResult<usize> {
    on!(&mut **tx, |c| diesel::delete(
        user_days::table.filter(user_days::day.lt(before))
    )
    .execute(c))
}
