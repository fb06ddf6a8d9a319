//! E-mail addresses: confirming that one belongs to whoever gave it, and changing it.
//!
//! A link counts for the address that it was sent to, and for nothing else.

use super::super::{Error, Result, passwords};
use super::checks::email_problem;
use super::create::email_taken_problem;
use super::find::{Person, load};
use super::signing_up::tell_staff;
use crate::id::{AccountId, ApplicationId};
use crate::keys::Secret;
use crate::keys::digests::sha256_hex;
use crate::node::Node;
use crate::store::jobs::Job;
use crate::store::letters::Letter;
use crate::store::users::User;
use crate::store::{self, Conn, LinkPurpose, QueryResult, Tx};

/// The address that the link with this secret would confirm.
///
/// # Errors
/// [`Error::NotFound`] when the link does not count, or not any more.
pub async fn find_confirmation(node: &Node, secret: &str) -> Result<String> {
    let digest = sha256_hex(secret.as_bytes());
    let now = node.clock.now();
    let found = node.db.read(move |conn| find(conn, &digest, now)).await?;
    found.map(|(_, email)| email).ok_or(Error::NotFound)
}

/// The person and the address of a link that counts.
fn find(conn: &mut Conn, digest: &str, now: i64) -> QueryResult<Option<(Person, String)>> {
    let link = store::mail_links::find(conn, LinkPurpose::Confirmation, digest, now)?;
    let Some(link) = link else { return Ok(None) };
    let Some(person) = load(conn, link.account_id)? else {
        return Ok(None);
    };
    let wanted = wanted_address(conn, &person.user)?;
    Ok(wanted
        .filter(|email| *email == link.email && person.user.disabled_at.is_none())
        .map(|email| (person, email)))
}

/// The address that somebody has still to confirm.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn wanted_address(
    conn: &mut Conn,
    user: &User,
) -> QueryResult<Option<String>> {
    if user.confirmed_at.is_none() {
        return Ok(Some(user.email.clone()));
    }
    store::mail_links::find_change(conn, user.account_id)
}

/// Confirms an address by the link's secret; gives the person as they are now. If it replaces another, that one is
/// written to.
///
/// # Errors
/// [`Error::NotFound`] when the link does not count, or not any more; [`Error::Conflict`] when somebody else has the
/// address meanwhile.
pub async fn confirm(node: &Node, secret: &str) -> Result<Person> {
    let digest = sha256_hex(secret.as_bytes());
    node.db
        .write(move |tx| {
            let now = tx.now();
            let (mut person, email) = find(tx, &digest, now)?.ok_or(Error::NotFound)?;
            if person.user.confirmed_at.is_none() {
                note_confirmation(tx, &mut person)?;
            } else {
                replace_email(tx, &mut person, email)?;
            }
            Ok(person)
        })
        .await
}

/// Gives somebody another address; the one before is written to, and links that went there end.
fn replace_email(tx: &mut Tx, person: &mut Person, email: String) -> Result<()> {
    if let Some(problem) = email_taken_problem(tx, &email)? {
        return Err(Error::Conflict(problem.sentence));
    }
    let account = person.account.id;
    let former = std::mem::replace(&mut person.user.email, email);
    store::users::update(tx, &person.user)?;
    store::mail_links::delete_change(tx, account)?;
    for purpose in LinkPurpose::ALL {
        store::mail_links::end(tx, account, *purpose)?;
    }
    tx.queue(&Job::Mail(Letter::AddressChanged { account, former }))?;
    Ok(())
}

/// Sends another link to an address, if the account of anybody with it waits for the confirmation. Asking does the same
/// for every address.
///
/// # Errors
/// [`Error::Invalid`] for what is no e-mail address; else only of the database.
pub async fn ask_for_another_link(node: &Node, email: &str) -> Result<()> {
    let email = email.trim().to_lowercase();
    if let Some(problem) = email_problem(&email) {
        return Err(Error::invalid(problem.sentence));
    }
    node.db
        .write(move |tx| tx.queue(&Job::Mail(Letter::ConfirmAgain { email })))
        .await
        .map_err(Error::Internal)
}

/// Counts somebody's address as confirmed, for operators: where no mail reaches them. Nothing happens if it is already.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn confirm_by_hand(node: &Node, account: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let mut person = load(tx, account)?.ok_or(Error::NotFound)?;
            if person.user.confirmed_at.is_none() {
                note_confirmation(tx, &mut person)?;
            }
            Ok(())
        })
        .await
}

/// The address of somebody who signed up is theirs: now the staff hears of them.
fn note_confirmation(tx: &mut Tx, person: &mut Person) -> QueryResult<()> {
    person.user.confirmed_at = Some(tx.now());
    store::users::update(tx, &person.user)?;
    store::mail_links::end(tx, person.account.id, LinkPurpose::Confirmation)?;
    tell_staff(tx, person.account.id)
}

/// Sends somebody who has not confirmed their address another link, to another address if they give one. Only what they
/// signed up through may ask for it.
///
/// # Errors
/// [`Error::Forbidden`] for another application and for somebody whose address is confirmed, [`Error::Invalid`] for an address that cannot be used.
pub async fn ask_for_confirmation(
    node: &Node,
    account: AccountId,
    through: ApplicationId,
    email: Option<String>,
) -> Result<()> {
    let email = email.map(|email| email.trim().to_lowercase());
    if let Some(problem) = email.as_deref().and_then(email_problem) {
        return Err(Error::invalid(problem.sentence));
    }
    node.db
        .write(move |tx| {
            let mut person = load(tx, account)?.ok_or(Error::NotFound)?;
            if person.user.confirmed_at.is_some() {
                return Err(Error::forbidden(
                    "This method is only available while the e-mail is awaiting confirmation",
                ));
            }
            let signed_up = store::invites::find_sign_up(tx, account)?;
            if signed_up.and_then(|one| one.application_id) != Some(through) {
                return Err(Error::forbidden(
                    "This method is only available to the application the user originally signed-up with",
                ));
            }
            if let Some(email) = email.filter(|email| *email != person.user.email) {
                if let Some(problem) = email_taken_problem(tx, &email)? {
                    return Err(Error::invalid(problem.sentence));
                }
                person.user.email = email;
                store::users::update(tx, &person.user)?;
                store::mail_links::end(tx, account, LinkPurpose::Confirmation)?;
            }
            tx.queue(&Job::Mail(Letter::Confirm { account }))?;
            Ok(())
        })
        .await
}

/// Changes the address of somebody who knows their password: once they have confirmed it, or at once where no mail is
/// sent. Tells whether it has changed.
///
/// # Errors
/// [`Error::Forbidden`] when the password is wrong, [`Error::Invalid`] for an address that cannot be used.
pub async fn change_email(
    node: &Node,
    person: &Person,
    password: Secret<String>,
    email: &str,
) -> Result<bool> {
    let stored = person.user.password_hash.clone();
    if !passwords::verify(password, Some(stored)).await? {
        return Err(Error::forbidden("This is not your present password"));
    }
    let email = email.trim().to_lowercase();
    if let Some(problem) = email_problem(&email) {
        return Err(Error::invalid(problem.sentence));
    }
    let (account, is_mailed) = (person.account.id, node.mail.is_on());
    node.db
        .write(move |tx| {
            let mut person = load(tx, account)?.ok_or(Error::NotFound)?;
            if email == person.user.email {
                store::mail_links::delete_change(tx, account)?;
                return Ok(true);
            }
            if let Some(problem) = email_taken_problem(tx, &email)? {
                return Err(Error::invalid(problem.sentence));
            }
            if !is_mailed {
                replace_email(tx, &mut person, email)?;
                return Ok(true);
            }
            store::mail_links::end(tx, account, LinkPurpose::Confirmation)?;
            store::mail_links::set_change(tx, account, &email)?;
            tx.queue(&Job::Mail(Letter::Confirm { account }))?;
            Ok(false)
        })
        .await
}
