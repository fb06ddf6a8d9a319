//! Follow, Accept, Reject and Block, and what undoes them.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#supported-activities-for-profiles>.

use super::super::documents::activities::{FollowReference, Undone};
use super::cases::{Case, Outcome, ignored, rejected};
use super::quotes;
use crate::id::AccountId;
use crate::social::{blocks, follows};
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::{self, AccountKind, Conn, QueryResult, Tx, tombstones};

/// The local account with this id on the wire.
async fn find_local(case: &Case<'_>, uri: &str) -> Outcome<Account> {
    let uri = uri.to_owned();
    let look = move |conn: &mut Conn| store::accounts::find_by_uri(conn, &uri);
    match case.read(look).await? {
        Some(account) if account.is_local() => Ok(account),
        _ => ignored("it concerns nobody here"),
    }
}

pub(super) async fn follow(case: &Case<'_>, object: &str) -> Outcome {
    let target = find_local(case, object).await?;
    if target.suspended_at.is_some() {
        return ignored("it concerns a suspended account");
    }
    let (actor, uri) = (case.actor.clone(), case.uri());
    case.write(move |tx| {
        if target.kind == AccountKind::Application {
            // The node itself posts nothing.
            let fact = Fact::Rejected {
                account: target.id,
                follower: actor.id,
                uri,
            };
            return tx.queue(&Job::Distribute(fact));
        }
        follows::receive(tx, &actor, &target, &uri)
    })
    .await
}

/// Accept or Reject: only the followed actor's own word counts, and only for a follow that was asked for.
pub(super) async fn answer(
    case: &Case<'_>,
    reference: &FollowReference,
    is_accepted: bool,
) -> Outcome {
    let (actor, reference) = (case.actor.id, reference.clone());
    let id = reference.id.clone();
    let follower = case
        .read(move |conn| find_follower(conn, actor, &reference))
        .await?;
    let Some(follower) = follower else {
        // An answer that gives no more than an id may be one to another request.
        return quotes::answer_by_id(case, id.as_deref(), is_accepted).await;
    };
    let actor = case.actor.clone();
    case.write(move |tx| follows::receive_answer(tx, &actor, &follower, is_accepted))
        .await
}

/// Who here asked to follow `actor`: by the follow's id, else by who is said to have asked.
fn find_follower(
    conn: &mut Conn,
    actor: AccountId,
    reference: &FollowReference,
) -> QueryResult<Option<Account>> {
    if let Some(id) = &reference.id
        && let Some(follow) = store::follows::find_by_uri(conn, id)?
    {
        if follow.target_id != actor {
            return Ok(None);
        }
        let follower = store::accounts::find(conn, follow.account_id)?;
        return Ok(follower.filter(Account::is_local));
    }
    let Some(uri) = &reference.follower else {
        return Ok(None);
    };
    let follower = store::accounts::find_by_uri(conn, uri)?.filter(Account::is_local);
    let Some(follower) = follower else {
        return Ok(None);
    };
    let follow = store::follows::find(conn, follower.id, actor)?;
    Ok(follow.map(|_| follower))
}

pub(super) async fn undo_follow(case: &Case<'_>, undone: &Undone) -> Outcome {
    let (actor, id, object) = (case.actor.clone(), undone.id.clone(), undone.object.clone());
    case.write(move |tx| {
        let mut target = match &object {
            Some(uri) => store::accounts::find_by_uri(tx, uri)?.map(|target| target.id),
            None => None,
        };
        if target.is_none()
            && let Some(id) = &id
        {
            let follow = store::follows::find_by_uri(tx, id)?;
            target = follow
                .filter(|follow| follow.account_id == actor.id)
                .map(|follow| follow.target_id);
        }
        end_follow(tx, &actor, target, id.as_deref())
    })
    .await
}

/// Ends the follow of a local account, and remembers that it ended.
pub(super) fn end_follow(
    tx: &mut Tx,
    actor: &Account,
    target: Option<AccountId>,
    uri: Option<&str>,
) -> QueryResult<()> {
    let target = match target {
        Some(id) => store::accounts::find(tx, id)?.filter(Account::is_local),
        None => None,
    };
    match (target, uri) {
        (Some(target), _) => follows::receive_end(tx, actor, &target, uri),
        (None, Some(uri)) => tombstones::insert(tx, uri, &actor.uri),
        (None, None) => Ok(()),
    }
}

/// An accepted follower is accepted no longer.
pub(super) async fn undo_accept(case: &Case<'_>, undone: &Undone) -> Outcome {
    let Some(follower) = &undone.object else {
        return ignored("whose acceptance ends is not said");
    };
    let follower = find_local(case, follower).await?;
    let actor = case.actor.clone();
    case.write(move |tx| follows::receive_answer(tx, &actor, &follower, false))
        .await
}

pub(super) async fn block(case: &Case<'_>, object: &str, target: Option<&str>) -> Outcome {
    if target.is_some() {
        return ignored("it is a ban from a group");
    }
    let blocked = find_local(case, object).await?;
    if blocked.kind == AccountKind::Application {
        return ignored("it blocks the node itself");
    }
    let (actor, uri) = (case.actor.clone(), case.uri());
    case.write(move |tx| blocks::receive(tx, &actor, &blocked, &uri))
        .await
}

pub(super) async fn undo_block(case: &Case<'_>, undone: &Undone) -> Outcome {
    let Some(object) = &undone.object else {
        return rejected("whom it unblocks is not said");
    };
    let blocked = find_local(case, object).await?;
    let (actor, id) = (case.actor.clone(), undone.id.clone());
    case.write(move |tx| blocks::receive_end(tx, &actor, &blocked, id.as_deref()))
        .await
}
