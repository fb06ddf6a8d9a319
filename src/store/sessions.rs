//! Browser sessions. Only the digest of a session's secret is kept.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::sessions;
use super::tx::Tx;
use crate::id::{AccountId, SessionId};

/// One browser session.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// SHA-256 of the cookie's secret.
    pub digest: String,
    /// Who is signed in.
    pub account_id: AccountId,
    /// What forms of this session must carry.
    pub csrf: String,
    /// When it began, in milliseconds.
    pub created_at: i64,
    /// When it ends, in milliseconds.
    pub expires_at: i64,
}

/// The session with this digest, unless it has ended by `now`.
pub fn find(conn: &mut Conn, digest: &str, now: i64) -> QueryResult<Option<Session>> {
    on!(conn, |c| sessions::table
        .filter(sessions::digest.eq(digest))
        .filter(sessions::expires_at.gt(now))
        .select(Session::as_select())
        .first(c)
        .optional())
}

/// Adds a session.
pub fn insert(tx: &mut Tx, session: &Session) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(sessions::table)
        .values(session)
        .execute(c))
    .map(drop)
}

/// Ends a session.
pub fn delete(tx: &mut Tx, id: SessionId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(sessions::table.find(id))
        .execute(c))
    .map(drop)
}

/// Ends every session of an account, but for `kept`.
pub fn delete_all(tx: &mut Tx, account: AccountId, kept: Option<SessionId>) -> QueryResult<()> {
    let kept = kept.unwrap_or(SessionId(0));
    on!(&mut **tx, |c| diesel::delete(
        sessions::table
            .filter(sessions::account_id.eq(account))
            .filter(sessions::id.ne(kept))
    )
    .execute(c))
    .map(drop)
}

/// Forgets the sessions that have ended by `now`.
pub fn delete_ended(tx: &mut Tx, now: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        sessions::table.filter(sessions::expires_at.le(now))
    )
    .execute(c))
    .map(drop)
}
