//! Moving from one account to another, and the aliases that let it: an account may be moved to only if it names the other
//! as the same person's. Here and elsewhere alike, and not again within a week.
//!
//! Source: <https://docs.joinmastodon.org/user/moving/>

use super::users::Person;
use super::{Error, Result, follows, passwords};
use crate::clock::DAY;
use crate::id::AccountId;
use crate::keys::Secret;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::profiles::Profile;
use crate::store::{self, Conn, QueryResult, Tx};
use crate::urls::Urls;

/// How long after a move nobody moves again, in milliseconds.
const REST: i64 = 7 * DAY;
/// Most aliases of an account of this node.
const MOST_ALIASES: usize = 20;
/// Followers that one write takes along.
const AT_ONCE: usize = 50;

/// What somebody has said about their other accounts.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Their other accounts, as far as they are known here.
    pub aliases: Vec<Account>,
    /// Where they have moved to.
    pub moved_to: Option<Account>,
}

/// What somebody has said about their other accounts.
///
/// # Errors
/// Only of the database.
pub async fn show(node: &Node, account: AccountId) -> Result<Standing> {
    let look = move |conn: &mut Conn| -> QueryResult<Standing> {
        let profile = store::profiles::find(conn, account)?;
        let mut aliases = Vec::new();
        for uri in &profile.also_known_as.0 {
            aliases.extend(store::accounts::find_by_uri(conn, uri)?);
        }
        let moved_to = match profile.moved_to_id {
            Some(target) => store::accounts::find(conn, target)?,
            None => None,
        };
        Ok(Standing { aliases, moved_to })
    };
    node.db.read(look).await.map_err(Error::Internal)
}

/// Names another account as the same person's, so that it can be moved from.
///
/// # Errors
/// [`Error::Invalid`] for oneself, and for too many.
pub async fn add_alias(node: &Node, account: AccountId, other: &Account) -> Result<()> {
    if other.id == account {
        return Err(Error::invalid("This is the account itself"));
    }
    let uri = other.uri.clone();
    change(node, account, move |profile| {
        let aliases = &mut profile.also_known_as.0;
        if aliases.contains(&uri) {
            return Ok(());
        }
        if aliases.len() >= MOST_ALIASES {
            let sentence = format!("An account has at most {MOST_ALIASES} aliases");
            return Err(Error::invalid(sentence));
        }
        aliases.push(uri);
        Ok(())
    })
    .await
}

/// Names an account no longer as the same person's.
///
/// # Errors
/// Only of the database.
pub async fn remove_alias(node: &Node, account: AccountId, uri: String) -> Result<()> {
    change(node, account, move |profile| {
        profile.also_known_as.0.retain(|known| *known != uri);
        Ok(())
    })
    .await
}

/// Says no longer that the account has moved. Followers do not come back by it.
///
/// # Errors
/// Only of the database.
pub async fn stay(node: &Node, account: AccountId) -> Result<()> {
    change(node, account, |profile| {
        profile.moved_to_id = None;
        Ok(())
    })
    .await
}

/// Changes a profile, and tells others if it did.
async fn change(
    node: &Node,
    account: AccountId,
    step: impl FnOnce(&mut Profile) -> Result<()> + Send + 'static,
) -> Result<()> {
    node.db
        .write(move |tx| {
            let before = store::profiles::find(tx, account)?;
            let mut after = before.clone();
            step(&mut after)?;
            if after != before {
                store::profiles::save(tx, &after)?;
                tx.queue(&Job::Distribute(Fact::ProfileChanged { account }))?;
            }
            Ok(())
        })
        .await
}

/// Moves somebody who knows their password to another account, which must have been fetched just now: followers are told,
/// and those of this node follow it instead.
///
/// # Errors
/// [`Error::Forbidden`] when the password is wrong, [`Error::Invalid`] when the other account does not name this one as an
/// alias, and within a week of the last move.
pub async fn move_away(
    node: &Node,
    person: &Person,
    password: Secret<String>,
    target: AccountId,
) -> Result<()> {
    let stored = person.user.password_hash.clone();
    if !passwords::verify(password, Some(stored)).await? {
        return Err(Error::forbidden("This is not your present password"));
    }
    let account = person.account.clone();
    node.db
        .write(move |tx| {
            let target = follows::require(tx, target)?;
            let now = tx.now();
            if let Some(refusal) = check(tx, &account, &target, now)? {
                return Err(Error::invalid(refusal));
            }
            let account = account.id;
            depart(tx, account, target.id)?;
            // The profile says so first, as others look there before they believe it.
            tx.queue(&Job::Distribute(Fact::ProfileChanged { account }))?;
            tx.queue(&Job::Distribute(Fact::Moved { account }))?;
            Ok(())
        })
        .await
}

/// An account elsewhere moved to another one, which was fetched just now, and [`check`] had nothing against it.
///
/// # Errors
/// Whatever the database says.
pub fn receive(tx: &mut Tx, account: &Account, target: &Account) -> QueryResult<()> {
    // Other messages may have come between.
    let now = tx.now();
    if check(tx, account, target, now)?.is_none() {
        depart(tx, account.id, target.id)?;
    }
    Ok(())
}

/// Why an account cannot move to another one at the instant `now` (milliseconds); none if it can.
///
/// # Errors
/// Whatever the database says.
pub fn check(
    conn: &mut Conn,
    account: &Account,
    target: &Account,
    now: i64,
) -> QueryResult<Option<String>> {
    let profile = store::profiles::find(conn, account.id)?;
    let other = store::profiles::find(conn, target.id)?;
    if account.id == target.id || target.suspended_at.is_some() || other.moved_to_id.is_some() {
        return Ok(Some("Nobody can move to this account".to_owned()));
    }
    if !other.also_known_as.0.contains(&account.uri) {
        return Ok(Some(format!(
            "The other account does not name this one as an alias: add {} there first",
            account.uri
        )));
    }
    let rests = profile.moved_at.map(|moved| moved + REST);
    let is_resting = rests.is_some_and(|end| now < end);
    Ok(is_resting.then(|| "An account moves at most once a week".to_owned()))
}

/// Notes a move; followers of this node go along later.
fn depart(tx: &mut Tx, account: AccountId, target: AccountId) -> QueryResult<()> {
    let now = tx.now();
    let mut profile = store::profiles::find(tx, account)?;
    profile.moved_to_id = Some(target);
    profile.moved_at = Some(now);
    store::profiles::save(tx, &profile)?;
    tx.queue(&Job::CarryFollowers { account })
}

/// Lets the followers of this node follow where an account moved to, a few at a time.
///
/// # Errors
/// Only of the database.
pub async fn carry_followers(node: &Node, account: AccountId) -> QueryResult<()> {
    loop {
        let urls = node.urls.clone();
        let carry = move |tx: &mut Tx| carry_some(tx, &urls, account);
        if !node.db.write_later(carry).await? {
            return Ok(());
        }
    }
}

/// Takes some followers along; tells whether there may be more.
fn carry_some(tx: &mut Tx, urls: &Urls, account: AccountId) -> QueryResult<bool> {
    let target = store::profiles::find(tx, account)?.moved_to_id;
    let target = match target {
        Some(target) => store::accounts::find(tx, target)?,
        None => None,
    };
    let (Some(former), Some(target)) = (store::accounts::find(tx, account)?, target) else {
        return Ok(false);
    };
    let followers = store::follows::list_local_followers(tx, account)?;
    let has_more = followers.len() > AT_ONCE;
    for follow in followers.iter().take(AT_ONCE) {
        follows::follow_instead(tx, urls, follow, (&former, &target))?;
    }
    Ok(has_more)
}
