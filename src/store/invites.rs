//! Codes by which people sign up, and how each person did.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema_people::{invites, sign_ups};
use super::tx::Tx;
use crate::id::{AccountId, ApplicationId, InviteId};

/// A code by which people may sign up.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invites, treat_none_as_default_value = false)]
pub struct Invite {
    /// Its id.
    pub id: InviteId,
    /// What the link holds.
    pub code: String,
    /// Who invites; none for whoever runs the node, and after the account went.
    pub account_id: Option<AccountId>,
    /// How many may come by it; none is no limit.
    pub max_uses: Option<i64>,
    /// How many came.
    pub uses: i64,
    /// Until when it counts, in milliseconds.
    pub expires_at: Option<i64>,
    /// When it was taken back, in milliseconds.
    pub revoked_at: Option<i64>,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

impl Invite {
    /// Whether somebody may still come by it at the instant `now` (milliseconds).
    #[must_use]
    pub fn is_open(&self, now: i64) -> bool {
        self.revoked_at.is_none()
            && self.expires_at.is_none_or(|end| now < end)
            && self.max_uses.is_none_or(|most| self.uses < most)
    }
}

/// How somebody signed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_ups, treat_none_as_default_value = false)]
pub struct SignedUp {
    /// Who.
    pub account_id: AccountId,
    /// By which invite.
    pub invite_id: Option<InviteId>,
    /// Through which application.
    pub application_id: Option<ApplicationId>,
}

/// The invite with this code.
pub fn find_by_code(conn: &mut Conn, code: &str) -> QueryResult<Option<Invite>> {
    on!(conn, |c| invites::table
        .filter(invites::code.eq(code))
        .select(Invite::as_select())
        .first(c)
        .optional())
}

/// The invites that somebody made, newest first; those of everybody if nobody is named.
pub fn list(conn: &mut Conn, account: Option<AccountId>, limit: i64) -> QueryResult<Vec<Invite>> {
    on!(conn, |c| {
        let newest = invites::table
            .order(invites::id.desc())
            .limit(limit)
            .select(Invite::as_select());
        match account {
            Some(account) => newest.filter(invites::account_id.eq(account)).load(c),
            None => newest.load(c),
        }
    })
}

/// Adds an invite.
pub fn insert(tx: &mut Tx, invite: &Invite) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(invites::table)
        .values(invite)
        .execute(c))
    .map(drop)
}

/// Counts one who comes by an invite that is open; tells whether it was.
pub fn take(tx: &mut Tx, id: InviteId) -> QueryResult<bool> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        invites::table
            .find(id)
            .filter(invites::revoked_at.is_null())
            .filter(
                invites::expires_at
                    .is_null()
                    .or(invites::expires_at.gt(now))
            )
            .filter(
                invites::max_uses
                    .is_null()
                    .or(invites::max_uses.gt(invites::uses.nullable()))
            )
    )
    .set(invites::uses.eq(invites::uses + 1))
    .execute(c))
    .map(|taken| taken > 0)
}

/// Takes an invite back: one of `account`'s, or anybody's if nobody is named. Tells whether it was there.
pub fn revoke(tx: &mut Tx, id: InviteId, account: Option<AccountId>) -> QueryResult<bool> {
    let now = tx.now();
    let revoked = on!(&mut **tx, |c| {
        let wanted = invites::table
            .find(id)
            .filter(invites::revoked_at.is_null());
        let set = invites::revoked_at.eq(now);
        match account {
            Some(account) => diesel::update(wanted.filter(invites::account_id.eq(account)))
                .set(set)
                .execute(c),
            None => diesel::update(wanted).set(set).execute(c),
        }
    })?;
    Ok(revoked > 0)
}

/// Takes back every invite that somebody made.
pub fn revoke_all(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        invites::table
            .filter(invites::account_id.eq(account))
            .filter(invites::revoked_at.is_null())
    )
    .set(invites::revoked_at.eq(now))
    .execute(c))
    .map(drop)
}

/// Notes how somebody signed up.
pub fn note(tx: &mut Tx, signed_up: &SignedUp) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(sign_ups::table)
        .values(signed_up)
        .execute(c))
    .map(drop)
}

/// How somebody signed up, where that was noted.
pub fn find_sign_up(conn: &mut Conn, account: AccountId) -> QueryResult<Option<SignedUp>> {
    on!(conn, |c| sign_ups::table
        .find(account)
        .select(SignedUp::as_select())
        .first(c)
        .optional())
}

/// Through what and by whose invitation somebody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct Origin {
    /// Who came.
    pub account_id: AccountId,
    /// Through which application.
    pub application_id: Option<ApplicationId>,
    /// Who invited them.
    pub inviter_id: Option<AccountId>,
}

/// How these accounts came, as far as that was noted.
pub fn list_origins(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<Origin>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| sign_ups::table
        .left_join(invites::table.on(sign_ups::invite_id.eq(invites::id.nullable())))
        .filter(sign_ups::account_id.eq_any(ids))
        .select((
            sign_ups::account_id,
            sign_ups::application_id,
            invites::account_id.nullable(),
        ))
        .load(c))
}
