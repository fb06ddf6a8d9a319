//! Changing people: password, role, disabling and deletion. Who is let in is for `moderation` to decide.
//!
//! Whatever takes rights away ends sessions and tokens in the same commit.

use super::super::accounts::keys_of;
use super::super::{Error, Result, passwords};
use super::checks::password_problem;
use super::find::{Person, load};
use crate::id::{AccountId, SessionId};
use crate::keys::Secret;
use crate::node::Node;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::letters::Letter;
use crate::store::{self, Event, Json, LinkPurpose, QueryResult, Role, Tx};

/// Sets a new password, for operators; ends every session and token but the session `kept`.
///
/// # Errors
/// [`Error::Invalid`] when the password is refused, [`Error::NotFound`] when there is no such person.
pub async fn change_password(
    node: &Node,
    account: AccountId,
    password: Secret<String>,
    kept: Option<SessionId>,
) -> Result<()> {
    let person = super::find_by_id(node, account)
        .await?
        .ok_or(Error::NotFound)?;
    let names = [person.account.username.as_str(), &person.user.email];
    if let Some(problem) = password_problem(password.expose(), &names) {
        return Err(Error::invalid(problem.sentence));
    }
    let hash = passwords::hash(password).await?;
    change(node, account, move |tx, person| {
        Ok(write_password(tx, person, hash, kept)?)
    })
    .await
}

/// Writes a new password; sessions but `kept`, tokens and links to a new password end, and its owner is written to.
pub(super) fn write_password(
    tx: &mut Tx,
    person: &mut Person,
    hash: String,
    kept: Option<SessionId>,
) -> QueryResult<()> {
    let account = person.account.id;
    person.user.password_hash = hash;
    store::users::update(tx, &person.user)?;
    store::sessions::delete_all(tx, account, kept)?;
    store::tokens::revoke_all(tx, account)?;
    store::mail_links::end(tx, account, LinkPurpose::Password)?;
    tx.queue(&Job::Mail(Letter::PasswordChanged { account }))
}

/// Sets a new password for somebody who knows the present one; ends every other session and every token.
///
/// # Errors
/// [`Error::Forbidden`] when `current` is wrong, and whatever [`change_password`] says.
pub async fn change_own_password(
    node: &Node,
    person: &Person,
    current: Secret<String>,
    new: Secret<String>,
    kept: SessionId,
) -> Result<()> {
    let stored = person.user.password_hash.clone();
    if !passwords::verify(current, Some(stored)).await? {
        return Err(Error::forbidden("This is not your present password"));
    }
    change_password(node, person.account.id, new, Some(kept)).await
}

/// Gives somebody another role.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn set_role(node: &Node, account: AccountId, role: Role) -> Result<()> {
    change(node, account, move |tx, person| {
        person.user.role = role;
        Ok(store::users::update(tx, &person.user)?)
    })
    .await
}

/// Forgets people who signed up before `before` (milliseconds) and never confirmed their address, at most `limit`; gives
/// their number. Their names are free again.
///
/// # Errors
/// Whatever the database says.
pub fn forget_unconfirmed(tx: &mut Tx, before: i64, limit: i64) -> QueryResult<usize> {
    let ids = store::users::list_unconfirmed(tx, before, limit)?;
    for id in &ids {
        store::accounts::delete(tx, *id)?;
    }
    Ok(ids.len())
}

/// Keeps somebody from using the node and ends their sessions; their tokens are refused until [`enable`].
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn disable(node: &Node, account: AccountId) -> Result<()> {
    change(node, account, move |tx, person| {
        let now = tx.now();
        person.user.disabled_at = person.user.disabled_at.or(Some(now));
        store::users::update(tx, &person.user)?;
        tx.tell(Event::Access);
        Ok(store::sessions::delete_all(tx, account, None)?)
    })
    .await
}

/// Lets somebody use the node again.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person, [`Error::Conflict`] when the account is deleted.
pub async fn enable(node: &Node, account: AccountId) -> Result<()> {
    change(node, account, move |tx, person| {
        if store::tombstones::find(tx, &person.account.uri)?.is_some() {
            let sentence = "This account is deleted and cannot be enabled again";
            return Err(Error::Conflict(sentence.to_owned()));
        }
        person.user.disabled_at = None;
        Ok(store::users::update(tx, &person.user)?)
    })
    .await
}

/// Deletes the account of somebody who knows their password, as [`delete_account`] does.
///
/// # Errors
/// [`Error::Forbidden`] when the password is wrong.
pub async fn delete_own_account(
    node: &Node,
    person: &Person,
    password: Secret<String>,
) -> Result<()> {
    let stored = person.user.password_hash.clone();
    if !passwords::verify(password, Some(stored)).await? {
        return Err(Error::forbidden("This is not your present password"));
    }
    delete_account(node, person.account.id).await
}

/// Takes somebody off the node for good: profile and e-mail address are forgotten, nothing they
/// posted is shown any more, nobody can sign in, and the name stays taken.
///
/// The row and its key stay: other servers are told in the account's name that it is gone, and that message is
/// signed for as long as it takes to reach them. Its actor answers 410 from now on.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn delete_account(node: &Node, account: AccountId) -> Result<()> {
    change(node, account, move |tx, person| {
        let now = tx.now();
        let pictures = [person.account.avatar.take(), person.account.header.take()];
        let keys: Vec<String> = pictures
            .iter()
            .flatten()
            .flat_map(|key| keys_of(key))
            .collect();
        empty_profile(person, now);
        store::accounts::update(tx, &person.account)?;
        store::users::update(tx, &person.user)?;
        store::sessions::delete_all(tx, account, None)?;
        store::tokens::revoke_all(tx, account)?;
        store::collections::forget_account(tx, account)?;
        store::profiles::delete(tx, account)?;
        store::mail_links::delete_change(tx, account)?;
        store::invites::revoke_all(tx, account)?;
        if !keys.is_empty() {
            tx.queue(&Job::RemoveBlobs { keys })?;
        }
        let uri = &person.account.uri;
        store::tombstones::insert(tx, uri, uri)?;
        tx.queue(&Job::Distribute(Fact::AccountDeleted { account }))?;
        tx.queue(&Job::PurgeAccount { account })?;
        Ok(())
    })
    .await
}

fn empty_profile(person: &mut Person, now: i64) {
    let account = &mut person.account;
    account.display_name.clear();
    account.note.clear();
    account.note_source.clear();
    account.fields = Json::default();
    account.emojis = Json::default();
    account.avatar_alt.clear();
    account.header_alt.clear();
    account.discoverable = Some(false);
    account.indexable = false;
    account.updated_at = now;
    account.suspended_at = account.suspended_at.or(Some(now));
    let user = &mut person.user;
    user.email = format!("{}@deleted.invalid", user.account_id);
    user.sign_up_reason = None;
    user.disabled_at = user.disabled_at.or(Some(now));
}

/// Reads a person and changes them in one write.
async fn change(
    node: &Node,
    account: AccountId,
    step: impl FnOnce(&mut Tx, &mut Person) -> Result<()> + Send + 'static,
) -> Result<()> {
    node.db
        .write(move |tx| {
            let mut person = load(tx, account)?.ok_or(Error::NotFound)?;
            step(tx, &mut person)
        })
        .await
}
