//! Access tokens and the codes that become tokens. Only digests are kept.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::push_subscriptions;
use super::schema::{accounts, authorization_codes, tokens, users};
use super::tx::{Event, Tx};
use crate::id::{AccountId, ApplicationId, TokenId};

/// One access token.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens, treat_none_as_default_value = false)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// SHA-256 of the token.
    pub digest: String,
    /// What it was given to.
    pub application_id: ApplicationId,
    /// For whom it acts; none for an application by itself.
    pub account_id: Option<AccountId>,
    /// What it may do, separated by spaces.
    pub scopes: String,
    /// When it was given, in milliseconds.
    pub created_at: i64,
    /// When it was last used, in milliseconds, to the day.
    pub last_used_at: Option<i64>,
    /// Since when it is void, in milliseconds.
    pub revoked_at: Option<i64>,
}

/// One authorization code.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = authorization_codes, treat_none_as_default_value = false)]
pub struct Code {
    /// SHA-256 of the code.
    pub digest: String,
    /// The application that may redeem it.
    pub application_id: ApplicationId,
    /// Who authorised.
    pub account_id: AccountId,
    /// Where it was sent.
    pub redirect_uri: String,
    /// What was authorised, separated by spaces.
    pub scopes: String,
    /// The PKCE challenge (S256).
    pub challenge: Option<String>,
    /// When, in milliseconds.
    pub created_at: i64,
    /// The token that it was redeemed for.
    pub token_id: Option<TokenId>,
}

/// The token with this digest, void or not.
pub fn find_by_digest(conn: &mut Conn, digest: &str) -> QueryResult<Option<Token>> {
    on!(conn, |c| tokens::table
        .filter(tokens::digest.eq(digest))
        .select(Token::as_select())
        .first(c)
        .optional())
}

/// How a token stands, and whoever it acts for: what decides whether a stream stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct Holding {
    /// The token.
    pub token_id: TokenId,
    /// Since when it is void, in milliseconds.
    pub revoked_at: Option<i64>,
    /// When the person's e-mail address was confirmed, in milliseconds.
    pub confirmed_at: Option<i64>,
    /// When the person's sign-up was approved, in milliseconds.
    pub approved_at: Option<i64>,
    /// Since when the person may not sign in, in milliseconds.
    pub disabled_at: Option<i64>,
    /// Since when the account is suspended, in milliseconds.
    pub suspended_at: Option<i64>,
}

/// How these tokens stand, in no order; those that are gone are missing, and so are those of nobody.
pub fn list_holdings(conn: &mut Conn, ids: &[TokenId]) -> QueryResult<Vec<Holding>> {
    let mut found = Vec::with_capacity(ids.len());
    // SQLite binds at most 32,766 values in a statement.
    for part in ids.chunks(10_000) {
        let some: Vec<Holding> = on!(conn, |c| tokens::table
            .inner_join(users::table.on(users::account_id.nullable().eq(tokens::account_id)))
            .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
            .filter(tokens::id.eq_any(part))
            .select((
                tokens::id,
                tokens::revoked_at,
                users::confirmed_at,
                users::approved_at,
                users::disabled_at,
                accounts::suspended_at,
            ))
            .load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// The valid tokens that act for an account, newest first.
pub fn list_valid(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<Token>> {
    on!(conn, |c| tokens::table
        .filter(tokens::account_id.eq(account))
        .filter(tokens::revoked_at.is_null())
        .order(tokens::id.desc())
        .select(Token::as_select())
        .load(c))
}

/// Adds a token.
pub fn insert(tx: &mut Tx, token: &Token) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(tokens::table)
        .values(token)
        .execute(c))
    .map(drop)
}

/// Makes a token void; tells whether it was valid.
pub fn revoke(tx: &mut Tx, id: TokenId) -> QueryResult<bool> {
    let now = tx.now();
    tx.tell(Event::Access);
    push_subscriptions::delete(tx, id)?;
    on!(&mut **tx, |c| diesel::update(
        tokens::table
            .filter(tokens::id.eq(id))
            .filter(tokens::revoked_at.is_null())
    )
    .set(tokens::revoked_at.eq(now))
    .execute(c))
    .map(|changed| changed > 0)
}

/// Makes every token of an account void.
pub fn revoke_all(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    let now = tx.now();
    tx.tell(Event::Access);
    on!(&mut **tx, |c| diesel::update(
        tokens::table
            .filter(tokens::account_id.eq(account))
            .filter(tokens::revoked_at.is_null())
    )
    .set(tokens::revoked_at.eq(now))
    .execute(c))?;
    push_subscriptions::delete_void(tx, account)?;
    on!(&mut **tx, |c| diesel::delete(
        authorization_codes::table.filter(authorization_codes::account_id.eq(account))
    )
    .execute(c))
    .map(drop)
}

/// Makes every token that this application has for this account void.
pub fn revoke_application(
    tx: &mut Tx,
    account: AccountId,
    application: ApplicationId,
) -> QueryResult<()> {
    let now = tx.now();
    tx.tell(Event::Access);
    on!(&mut **tx, |c| diesel::update(
        tokens::table
            .filter(tokens::account_id.eq(account))
            .filter(tokens::application_id.eq(application))
            .filter(tokens::revoked_at.is_null())
    )
    .set(tokens::revoked_at.eq(now))
    .execute(c))?;
    push_subscriptions::delete_void(tx, account)
}

/// Notes that a token was used.
pub fn touch(tx: &mut Tx, id: TokenId, instant: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(tokens::table.find(id))
        .set(tokens::last_used_at.eq(instant))
        .execute(c))
    .map(drop)
}

/// Adds a code.
pub fn insert_code(tx: &mut Tx, code: &Code) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(
        authorization_codes::table
    )
    .values(code)
    .execute(c))
    .map(drop)
}

/// The code with this digest, redeemed or not.
pub fn find_code(conn: &mut Conn, digest: &str) -> QueryResult<Option<Code>> {
    on!(conn, |c| authorization_codes::table
        .find(digest)
        .select(Code::as_select())
        .first(c)
        .optional())
}

/// Notes what a code was redeemed for.
pub fn redeem_code(tx: &mut Tx, digest: &str, token: TokenId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        authorization_codes::table.find(digest)
    )
    .set(authorization_codes::token_id.eq(token))
    .execute(c))
    .map(drop)
}

/// Forgets the codes that were given before `instant` (milliseconds).
pub fn delete_codes(tx: &mut Tx, instant: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        authorization_codes::table.filter(authorization_codes::created_at.lt(instant))
    )
    .execute(c))
    .map(drop)
}
