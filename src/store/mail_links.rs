//! Links in mails. Only the digests of their secrets are kept.

use diesel::prelude::*;

use super::columns::LinkPurpose;
use super::conn::{Conn, on};
use super::schema_people::{email_changes, mail_links};
use super::tx::Tx;
use crate::id::AccountId;

/// A link that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mail_links)]
pub struct MailLink {
    /// SHA-256 of its secret.
    pub digest: String,
    /// Whom it is for.
    pub account_id: AccountId,
    /// What it opens.
    pub purpose: LinkPurpose,
    /// Where it was sent, in lower case; it counts for this address alone.
    pub email: String,
    /// When it was sent, in milliseconds.
    pub created_at: i64,
    /// Until when it counts, in milliseconds.
    pub expires_at: i64,
}

/// The link of this purpose with this digest, unless it has ended by `now` (milliseconds).
pub fn find(
    conn: &mut Conn,
    purpose: LinkPurpose,
    digest: &str,
    now: i64,
) -> QueryResult<Option<MailLink>> {
    on!(conn, |c| mail_links::table
        .find(digest)
        .filter(mail_links::purpose.eq(purpose))
        .filter(mail_links::expires_at.gt(now))
        .select(MailLink::as_select())
        .first(c)
        .optional())
}

/// How many links went to an address since `since` (milliseconds).
pub fn count_sent(conn: &mut Conn, email: &str, since: i64) -> QueryResult<i64> {
    on!(conn, |c| mail_links::table
        .filter(mail_links::email.eq(email))
        .filter(mail_links::created_at.gt(since))
        .count()
        .get_result(c))
}

/// Adds a link.
pub fn insert(tx: &mut Tx, link: &MailLink) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(mail_links::table)
        .values(link)
        .execute(c))
    .map(drop)
}

/// Forgets a link as if it had not been sent.
pub fn delete(tx: &mut Tx, digest: &str) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        mail_links::table.find(digest)
    )
    .execute(c))
    .map(drop)
}

/// Ends the links of this purpose that an account was sent. They go on counting among those that were sent.
pub fn end(tx: &mut Tx, account: AccountId, purpose: LinkPurpose) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        mail_links::table
            .filter(mail_links::account_id.eq(account))
            .filter(mail_links::purpose.eq(purpose))
    )
    .set(mail_links::expires_at.eq(0_i64))
    .execute(c))
    .map(drop)
}

/// Forgets links that were sent before `before` (milliseconds) and have ended, at most `limit`; gives their number.
pub fn prune(tx: &mut Tx, before: i64, limit: i64) -> QueryResult<usize> {
    let now = tx.now();
    on!(&mut **tx, |c| {
        let digests: Vec<String> = mail_links::table
            .filter(mail_links::expires_at.le(now))
            .filter(mail_links::created_at.lt(before))
            .order(mail_links::expires_at.asc())
            .limit(limit)
            .select(mail_links::digest)
            .load(c)?;
        diesel::delete(mail_links::table.filter(mail_links::digest.eq_any(&digests))).execute(c)
    })
}

/// The address that somebody wants instead of theirs.
pub fn find_change(conn: &mut Conn, account: AccountId) -> QueryResult<Option<String>> {
    on!(conn, |c| email_changes::table
        .find(account)
        .select(email_changes::email)
        .first(c)
        .optional())
}

/// Notes the address that somebody wants instead of theirs.
pub fn set_change(tx: &mut Tx, account: AccountId, email: &str) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::insert_into(email_changes::table)
        .values((
            email_changes::account_id.eq(account),
            email_changes::email.eq(email),
            email_changes::created_at.eq(now),
        ))
        .on_conflict(email_changes::account_id)
        .do_update()
        .set((
            email_changes::email.eq(email),
            email_changes::created_at.eq(now)
        ))
        .execute(c))
    .map(drop)
}

/// Forgets the address that somebody wanted.
pub fn delete_change(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        email_changes::table.find(account)
    )
    .execute(c))
    .map(drop)
}
