//! Forgotten passwords: a link by mail to a page that sets a new one.
//!
//! Asking does the same for every address, in the same time: whether somebody has it is found out when the letter is
//! written.

use super::super::{Error, Result, passwords};
use super::change::write_password;
use super::checks::{email_problem, password_problem};
use super::find::{Person, load};
use crate::keys::Secret;
use crate::keys::digests::sha256_hex;
use crate::node::Node;
use crate::store::jobs::Job;
use crate::store::letters::Letter;
use crate::store::{self, Conn, LinkPurpose, QueryResult};

/// Sends a link to a new password to an address, if anybody has it.
///
/// # Errors
/// [`Error::Invalid`] for what is no e-mail address; else only of the database.
pub async fn ask_for_reset(node: &Node, email: &str) -> Result<()> {
    let email = email.trim().to_lowercase();
    if let Some(problem) = email_problem(&email) {
        return Err(Error::invalid(problem.sentence));
    }
    node.db
        .write(move |tx| tx.queue(&Job::Mail(Letter::Reset { email })))
        .await
        .map_err(Error::Internal)
}

/// Whose password the link with this secret sets.
///
/// # Errors
/// [`Error::NotFound`] when the link does not count, or not any more.
pub async fn find_reset(node: &Node, secret: &str) -> Result<Person> {
    let digest = sha256_hex(secret.as_bytes());
    let now = node.clock.now();
    let found = node.db.read(move |conn| find(conn, &digest, now)).await?;
    found.ok_or(Error::NotFound)
}

fn find(conn: &mut Conn, digest: &str, now: i64) -> QueryResult<Option<Person>> {
    let link = store::mail_links::find(conn, LinkPurpose::Password, digest, now)?;
    let Some(link) = link else { return Ok(None) };
    let person = load(conn, link.account_id)?;
    Ok(
        person
            .filter(|person| person.user.email == link.email && person.user.disabled_at.is_none()),
    )
}

/// Sets a new password by the link's secret; every session, every token and every such link ends.
///
/// # Errors
/// [`Error::NotFound`] when the link does not count, or not any more; [`Error::Invalid`] when the password is refused,
/// and the link still counts.
pub async fn reset_password(node: &Node, secret: &str, password: Secret<String>) -> Result<()> {
    let person = find_reset(node, secret).await?;
    let names = [person.account.username.as_str(), &person.user.email];
    if let Some(problem) = password_problem(password.expose(), &names) {
        return Err(Error::invalid(problem.sentence));
    }
    let hash = passwords::hash(password).await?;
    let digest = sha256_hex(secret.as_bytes());
    node.db
        .write(move |tx| {
            let now = tx.now();
            let mut person = find(tx, &digest, now)?.ok_or(Error::NotFound)?;
            Ok(write_password(tx, &mut person, hash, None)?)
        })
        .await
}
