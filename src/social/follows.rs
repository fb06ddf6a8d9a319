//! Following: asked for here or by a peer, accepted, refused, ended.

use super::notifications::notify;
use super::{Error, Result};
use crate::id::{AccountId, FollowId};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::follows::Follow;
use crate::store::jobs::Job;
use crate::store::{self, Json, NotificationKind, QueryResult, Tx};
use crate::text::languages::normalise_language;
use crate::urls::Urls;

/// What a follower wishes of a follow; what is none stays as it is, or as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Boosts too.
    pub boosts: Option<bool>,
    /// A notification for each post.
    pub notifies: Option<bool>,
    /// Only these languages; all if the list is empty.
    pub languages: Option<Vec<String>>,
}

/// What every refused contact is told.
const NOT_ALLOWED: &str = "This action is not allowed";

/// Follows an account, or asks to, or changes what is wished of a follow that is there.
///
/// # Errors
/// [`Error::NotFound`] for an unknown target, [`Error::Forbidden`] for oneself, for whoever has moved away, and where one
/// blocks the other or the other's domain, [`Error::Invalid`] for a language that nobody knows.
pub async fn follow(
    node: &Node,
    viewer: AccountId,
    target: AccountId,
    wishes: Wishes,
) -> Result<()> {
    let wishes = wishes.checked()?;
    let urls = node.urls.clone();
    node.db
        .write(move |tx| {
            let (account, target) = (require(tx, viewer)?, require(tx, target)?);
            if account.id == target.id
                || is_either_blocked(tx, account.id, target.id)?
                || shuns(tx, account.id, &target)?
            {
                return Err(Error::forbidden(NOT_ALLOWED));
            }
            match store::follows::find(tx, account.id, target.id)? {
                Some(mut known) => {
                    wishes.apply(&mut known);
                    Ok(store::follows::update(tx, &known)?)
                }
                None if store::profiles::find(tx, target.id)?.moved_to_id.is_some() => {
                    Err(Error::forbidden(NOT_ALLOWED))
                }
                None => Ok(ask(tx, &urls, &account, &target, &wishes)?),
            }
        })
        .await
}

impl Wishes {
    /// The same with languages as statuses bear them, each once.
    fn checked(mut self) -> Result<Self> {
        let Some(given) = self.languages.take() else {
            return Ok(self);
        };
        let mut languages: Vec<String> = Vec::new();
        for tag in given.iter().filter(|tag| !tag.trim().is_empty()) {
            let sentence = || Error::invalid("Validation failed: Languages: one is not known");
            let language = normalise_language(tag.trim()).ok_or_else(sentence)?;
            if !languages.iter().any(|known| known == language) {
                languages.push(language.to_owned());
            }
        }
        self.languages = Some(languages);
        Ok(self)
    }

    fn apply(&self, follow: &mut Follow) {
        follow.shows_boosts = self.boosts.unwrap_or(follow.shows_boosts);
        follow.notifies = self.notifies.unwrap_or(follow.notifies);
        if let Some(languages) = &self.languages {
            follow.languages = (!languages.is_empty()).then(|| Json(languages.clone()));
        }
    }
}

fn ask(
    tx: &mut Tx,
    urls: &Urls,
    account: &Account,
    target: &Account,
    wishes: &Wishes,
) -> QueryResult<()> {
    // Whoever is limited asks, also those who let everybody else follow.
    let waits = target.locked || store::standings::is_silenced(tx, account.id)?;
    let id = tx.new_id();
    let mut follow = Follow {
        id: FollowId(id),
        account_id: account.id,
        target_id: target.id,
        uri: format!("{}/follows/{id}", urls.actor(&account.username)),
        is_accepted: target.is_local() && !waits,
        shows_boosts: true,
        notifies: false,
        languages: None,
        created_at: tx.now(),
    };
    wishes.apply(&mut follow);
    store::follows::insert(tx, &follow)?;
    if target.is_local() {
        return welcome(tx, &follow);
    }
    let fact = Fact::Followed {
        account: account.id,
        target: target.id,
        uri: follow.uri,
    };
    tx.queue(&Job::Distribute(fact))
}

/// Lets a local follower of `former` follow `target` instead, with the same wishes, unless one blocks the other.
pub(super) fn follow_instead(
    tx: &mut Tx,
    urls: &Urls,
    follow: &Follow,
    (former, target): (&Account, &Account),
) -> QueryResult<()> {
    let follower = store::accounts::find(tx, follow.account_id)?;
    let follower = follower.filter(|one| one.id != target.id && one.suspended_at.is_none());
    if let Some(follower) = follower
        && store::follows::find(tx, follower.id, target.id)?.is_none()
        && !is_either_blocked(tx, follower.id, target.id)?
    {
        let wishes = Wishes {
            boosts: Some(follow.shows_boosts),
            notifies: Some(follow.notifies),
            languages: follow.languages.as_ref().map(|all| all.0.clone()),
        };
        ask(tx, urls, &follower, target, &wishes)?;
    }
    end_own(tx, follow.account_id, former)
}

/// Counts a new follow if it is accepted, and tells its target.
fn welcome(tx: &mut Tx, follow: &Follow) -> QueryResult<()> {
    if follow.is_accepted {
        count(tx, follow, 1)?;
        return notify(
            tx,
            follow.target_id,
            NotificationKind::Follow,
            follow.account_id,
            None,
        );
    }
    notify(
        tx,
        follow.target_id,
        NotificationKind::FollowRequest,
        follow.account_id,
        None,
    )
}

/// Adds `by` to the numbers of both who are concerned by a follow.
pub(super) fn count(tx: &mut Tx, follow: &Follow, by: i64) -> QueryResult<()> {
    store::accounts::add_following(tx, follow.account_id, by)?;
    store::accounts::add_followers(tx, follow.target_id, by)
}

/// Follows an account no longer, or takes the request back. Nothing happens if there is neither.
///
/// # Errors
/// [`Error::NotFound`] for an unknown target.
pub async fn unfollow(node: &Node, viewer: AccountId, target: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let target = require_any(tx, target)?;
            Ok(end_own(tx, viewer, &target)?)
        })
        .await
}

/// Ends the follow of `target` by the local `account`, and tells the target's server.
pub(super) fn end_own(tx: &mut Tx, account: AccountId, target: &Account) -> QueryResult<()> {
    let Some(follow) = store::follows::find(tx, account, target.id)? else {
        return Ok(());
    };
    end(tx, &follow)?;
    if target.is_local() {
        return Ok(());
    }
    let fact = Fact::Unfollowed {
        account,
        target: target.id,
        uri: follow.uri,
    };
    tx.queue(&Job::Distribute(fact))
}

/// Ends the follow of the local `account` by `follower`, and tells the follower's server.
pub(super) fn end_theirs(tx: &mut Tx, account: AccountId, follower: &Account) -> QueryResult<()> {
    let Some(follow) = store::follows::find(tx, follower.id, account)? else {
        return Ok(());
    };
    end(tx, &follow)?;
    if follower.is_local() {
        return Ok(());
    }
    let fact = Fact::Rejected {
        account,
        follower: follower.id,
        uri: follow.uri,
    };
    tx.queue(&Job::Distribute(fact))
}

/// Removes a follow with all that it brought.
pub(super) fn end(tx: &mut Tx, follow: &Follow) -> QueryResult<()> {
    if !store::follows::delete(tx, follow.id)? {
        return Ok(());
    }
    if follow.is_accepted {
        count(tx, follow, -1)?;
    }
    store::home::remove_author(tx, follow.account_id, follow.target_id)?;
    super::list_fanout::drop_member(tx, follow.account_id, follow.target_id)?;
    store::endorsements::delete(tx, follow.account_id, follow.target_id)?;
    for kind in [NotificationKind::Follow, NotificationKind::FollowRequest] {
        store::notifications::withdraw(tx, follow.target_id, kind, follow.account_id, None)?;
    }
    Ok(())
}

/// Lets an account follow that asked for it.
///
/// # Errors
/// [`Error::NotFound`] if it did not ask.
pub async fn authorise(node: &Node, viewer: AccountId, follower: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let follow = store::follows::find(tx, follower, viewer)?.ok_or(Error::NotFound)?;
            Ok(accept(tx, follow)?)
        })
        .await
}

/// Marks a follow of a local account accepted, and tells the follower's server.
fn accept(tx: &mut Tx, mut follow: Follow) -> QueryResult<()> {
    if !follow.is_accepted {
        follow.is_accepted = true;
        store::follows::update(tx, &follow)?;
        count(tx, &follow, 1)?;
        store::notifications::withdraw(
            tx,
            follow.target_id,
            NotificationKind::FollowRequest,
            follow.account_id,
            None,
        )?;
        notify(
            tx,
            follow.target_id,
            NotificationKind::Follow,
            follow.account_id,
            None,
        )?;
    }
    tell_accepted(tx, &follow)
}

fn tell_accepted(tx: &mut Tx, follow: &Follow) -> QueryResult<()> {
    let is_remote =
        store::accounts::find(tx, follow.account_id)?.is_some_and(|follower| !follower.is_local());
    if !is_remote {
        return Ok(());
    }
    let fact = Fact::Accepted {
        account: follow.target_id,
        follower: follow.account_id,
        uri: follow.uri.clone(),
    };
    tx.queue(&Job::Distribute(fact))
}

/// Refuses an account that asked to follow, or ends its follow.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account.
pub async fn refuse(node: &Node, viewer: AccountId, follower: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let follower = require_any(tx, follower)?;
            Ok(end_theirs(tx, viewer, &follower)?)
        })
        .await
}

/// A peer's account asks to follow a local one.
///
/// # Errors
/// Whatever the database says.
pub fn receive(tx: &mut Tx, follower: &Account, target: &Account, uri: &str) -> QueryResult<()> {
    if store::tombstones::find(tx, uri)?.is_some_and(|by| by == follower.uri) {
        return Ok(());
    }
    if is_either_blocked(tx, follower.id, target.id)? || shuns(tx, target.id, follower)? {
        let fact = Fact::Rejected {
            account: target.id,
            follower: follower.id,
            uri: uri.to_owned(),
        };
        return tx.queue(&Job::Distribute(fact));
    }
    if let Some(mut known) = store::follows::find(tx, follower.id, target.id)? {
        // Asked again, perhaps because our answer was lost: the answer names the new request.
        uri.clone_into(&mut known.uri);
        store::follows::update(tx, &known)?;
        return if known.is_accepted {
            tell_accepted(tx, &known)
        } else {
            Ok(())
        };
    }
    let is_limited = store::standings::is_silenced(tx, follower.id)?;
    let follow = Follow {
        id: FollowId(tx.new_id()),
        account_id: follower.id,
        target_id: target.id,
        uri: uri.to_owned(),
        is_accepted: !target.locked && !is_limited,
        shows_boosts: true,
        notifies: false,
        languages: None,
        created_at: tx.now(),
    };
    store::follows::insert(tx, &follow)?;
    welcome(tx, &follow)?;
    if follow.is_accepted {
        tell_accepted(tx, &follow)
    } else {
        Ok(())
    }
}

/// The answer of a peer's account to the follow of a local one; answers to what nobody asked change nothing.
///
/// # Errors
/// Whatever the database says.
pub fn receive_answer(
    tx: &mut Tx,
    by: &Account,
    follower: &Account,
    is_accepted: bool,
) -> QueryResult<()> {
    let Some(mut follow) = store::follows::find(tx, follower.id, by.id)? else {
        return Ok(());
    };
    if !is_accepted {
        return end(tx, &follow);
    }
    if follow.is_accepted {
        return Ok(());
    }
    follow.is_accepted = true;
    store::follows::update(tx, &follow)?;
    count(tx, &follow, 1)
}

/// A peer's account follows a local one no longer. An Undo that comes before its Follow is remembered.
///
/// # Errors
/// Whatever the database says.
pub fn receive_end(
    tx: &mut Tx,
    follower: &Account,
    target: &Account,
    uri: Option<&str>,
) -> QueryResult<()> {
    if let Some(uri) = uri {
        store::tombstones::insert(tx, uri, &follower.uri)?;
    }
    match store::follows::find(tx, follower.id, target.id)? {
        Some(follow) => end(tx, &follow),
        None => Ok(()),
    }
}

/// A peer's account counts a local one among its followers that does not follow it: its server is told so.
///
/// # Errors
/// Whatever the database says.
pub fn disown(tx: &mut Tx, urls: &Urls, account: &Account, target: &Account) -> QueryResult<()> {
    let id = tx.new_id();
    let fact = Fact::Unfollowed {
        account: account.id,
        target: target.id,
        uri: format!("{}/follows/{id}", urls.actor(&account.username)),
    };
    tx.queue(&Job::Distribute(fact))
}

/// Whether one of two accounts blocks the other.
///
/// # Errors
/// Whatever the database says.
pub fn is_either_blocked(tx: &mut Tx, a: AccountId, b: AccountId) -> QueryResult<bool> {
    Ok(store::blocks::find(tx, a, b)?.is_some() || store::blocks::find(tx, b, a)?.is_some())
}

/// Whether a local account blocks the domain of another one.
fn shuns(tx: &mut Tx, account: AccountId, other: &Account) -> QueryResult<bool> {
    match &other.domain {
        Some(domain) => store::user_domain_blocks::holds(tx, account, domain),
        None => Ok(false),
    }
}

/// An account that exists, suspended or not: what was begun with it can be ended.
pub(super) fn require_any(tx: &mut Tx, id: AccountId) -> Result<Account> {
    store::accounts::find(tx, id)?.ok_or(Error::NotFound)
}

/// An account that exists and is not suspended.
pub(super) fn require(tx: &mut Tx, id: AccountId) -> Result<Account> {
    store::accounts::find(tx, id)?
        .filter(super::visibility::is_listed)
        .ok_or(Error::NotFound)
}
