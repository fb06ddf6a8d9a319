//! What a local account has beyond a remote one: sign-in, role, preferences.

use diesel::prelude::*;

use super::columns::{QuotePolicy, Role, Visibility};
use super::conn::{Conn, on};
use super::schema::users;
use super::tx::Tx;
use crate::id::AccountId;

/// The person behind a local account.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct User {
    /// Their account.
    pub account_id: AccountId,
    /// In lower case; unique.
    pub email: String,
    /// Argon2id, in PHC form.
    pub password_hash: String,
    /// What they may do to the node.
    pub role: Role,
    /// The language of pages and errors.
    pub locale: String,
    /// For statuses that do not say.
    pub default_visibility: Visibility,
    /// For statuses that do not say.
    pub default_sensitive: bool,
    /// For statuses that do not say.
    pub default_language: Option<String>,
    /// For statuses that do not say.
    pub default_quote_policy: QuotePolicy,
    /// When the e-mail address was confirmed, in milliseconds.
    pub confirmed_at: Option<i64>,
    /// When the sign-up was approved, in milliseconds.
    pub approved_at: Option<i64>,
    /// Since when they may not sign in, in milliseconds.
    pub disabled_at: Option<i64>,
    /// Why they want to be here, for whoever approves sign-ups.
    pub sign_up_reason: Option<String>,
    /// When they last used the node, in milliseconds, to the day.
    pub last_active_at: Option<i64>,
    /// When they signed up, in milliseconds.
    pub created_at: i64,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User")
            .field("account_id", &self.account_id)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// The user of this account.
pub fn find(conn: &mut Conn, id: AccountId) -> QueryResult<Option<User>> {
    on!(conn, |c| users::table
        .find(id)
        .select(User::as_select())
        .first(c)
        .optional())
}

/// The user with this e-mail address (lower case).
pub fn find_by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<User>> {
    on!(conn, |c| users::table
        .filter(users::email.eq(email))
        .select(User::as_select())
        .first(c)
        .optional())
}

/// The users of these accounts, in no order.
pub fn list(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<User>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| users::table
        .filter(users::account_id.eq_any(ids))
        .select(User::as_select())
        .load(c))
}

/// The first of those with ids after this one, in their order, up to `limit`.
pub fn list_after(conn: &mut Conn, after: AccountId, limit: i64) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| users::table
        .filter(users::account_id.gt(after))
        .order(users::account_id.asc())
        .limit(limit)
        .select(users::account_id)
        .load(c))
}

/// How many users there are.
pub fn count(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| users::table.count().get_result(c))
}

/// How many users have used the node since `since` (milliseconds).
pub fn count_active(conn: &mut Conn, since: i64) -> QueryResult<i64> {
    on!(conn, |c| users::table
        .filter(users::last_active_at.ge(since))
        .count()
        .get_result(c))
}

/// The account of the node's owner, if it has one.
pub fn find_owner(conn: &mut Conn) -> QueryResult<Option<AccountId>> {
    on!(conn, |c| users::table
        .filter(users::role.eq(Role::Owner))
        .order(users::account_id.asc())
        .select(users::account_id)
        .first(c)
        .optional())
}

/// Users whose sign-up waits for the staff, the oldest first.
pub fn list_unapproved(conn: &mut Conn, limit: i64) -> QueryResult<Vec<User>> {
    on!(conn, |c| users::table
        .filter(users::approved_at.is_null())
        .order(users::account_id.asc())
        .limit(limit)
        .select(User::as_select())
        .load(c))
}

/// Users whose address was never confirmed and who signed up before `before` (milliseconds), at most `limit`.
pub fn list_unconfirmed(conn: &mut Conn, before: i64, limit: i64) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| users::table
        .filter(users::confirmed_at.is_null())
        .filter(users::created_at.lt(before))
        .order(users::created_at.asc())
        .limit(limit)
        .select(users::account_id)
        .load(c))
}

/// The accounts of the staff who may use the node at present.
pub fn list_staff(conn: &mut Conn) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| users::table
        .filter(users::role.ge(Role::Moderator))
        .filter(users::disabled_at.is_null())
        .order(users::account_id.asc())
        .select(users::account_id)
        .load(c))
}

/// Adds a user.
pub fn insert(tx: &mut Tx, user: &User) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(users::table)
        .values(user)
        .execute(c))
    .map(drop)
}

/// Writes the whole row of a known user.
pub fn update(tx: &mut Tx, user: &User) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        users::table.find(user.account_id)
    )
    .set(user)
    .execute(c))
    .map(drop)
}

/// Notes that a user was here.
pub fn touch(tx: &mut Tx, id: AccountId, instant: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(users::table.find(id))
        .set(users::last_active_at.eq(instant))
        .execute(c))
    .map(drop)
}
