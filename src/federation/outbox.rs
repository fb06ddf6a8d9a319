//! What happened here, told to the servers that it concerns: a fact becomes a document and its deliveries.
//!
//! Runs inside a write, so document and deliveries leave with the commit that ends the job, or puts what is left into
//! its place. Sending is the work of the lanes. Source: <https://www.w3.org/TR/activitypub/#server-to-server-interactions>.

use std::collections::HashSet;

use serde_json::Value;

use super::documents::activities::{self, FollowReference, OutgoingAnnounce, OutgoingVote};
use super::documents::everybody::PUBLIC;
use super::documents::{Visibility, local};
use super::sending::{Audience, Outgoing, find_with_author, send};
use super::{portraits, quote_facts, reaction_facts};
use crate::id::{AccountId, StatusId, made_at};
use crate::social::audience;
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::follows::{Destination, list_follower_destinations};
use crate::store::spreads::Spread;
use crate::store::{self, DeliveryClass, QueryResult, Tx};
use crate::urls::{Place, Urls};

/// Queues what other servers must hear of a fact; gives what is left where there are too many of them for one write. A
/// fact whose rows are gone by now is told by the later fact that removed them, so nothing happens.
///
/// # Errors
/// Whatever the database says.
pub fn distribute(tx: &mut Tx, urls: &Urls, fact: &Fact) -> QueryResult<Option<Spread>> {
    match fact {
        Fact::Posted { status } => tell_status(tx, urls, *status, Told::Posted),
        Fact::Edited { status } => tell_status(tx, urls, *status, Told::Edited),
        Fact::PollChanged { status } => tell_status(tx, urls, *status, Told::Tallied),
        Fact::QuoteChanged { status } => tell_status(tx, urls, *status, Told::Quoted),
        Fact::QuoteRequested { .. } | Fact::QuoteAnswered { .. } | Fact::QuoteRevoked { .. } => {
            quote_facts::tell(tx, urls, fact)
        }
        Fact::Voted {
            account,
            status,
            option,
            uri,
        } => tell_vote(tx, *account, *status, (option, uri)),
        Fact::Pinned { account, status } => tell_pin(tx, *account, *status, true),
        Fact::Unpinned { account, status } => tell_pin(tx, *account, *status, false),
        Fact::Boosted { boost } => tell_boost(tx, *boost),
        Fact::Deleted {
            account,
            uri,
            destinations,
        } => tell_deletion(tx, *account, uri, destinations),
        Fact::Unboosted {
            account,
            uri,
            original_uri,
            destinations,
        } => {
            let end = Unboost {
                account: *account,
                uri,
                original_uri,
            };
            tell_unboost(tx, urls, &end, destinations)
        }
        Fact::Liked {
            account,
            uri,
            status,
        } => tell_like(tx, *account, uri, *status, false),
        Fact::Unliked {
            account,
            uri,
            status,
        } => tell_like(tx, *account, uri, *status, true),
        Fact::Reacted { .. } | Fact::Unreacted { .. } => reaction_facts::tell(tx, urls, fact),
        Fact::Followed { .. }
        | Fact::Unfollowed { .. }
        | Fact::Blocked { .. }
        | Fact::Unblocked { .. }
        | Fact::Accepted { .. }
        | Fact::Rejected { .. } => tell_relation(tx, fact),
        Fact::AccountDeleted { account } => tell_end(tx, *account),
        Fact::Moved { account } => tell_move(tx, *account),
        Fact::ProfileChanged { account } => tell_profile(tx, urls, *account),
        Fact::Reported {
            report,
            destinations,
        } => tell_report(tx, urls, *report, destinations),
        Fact::Returned {
            account,
            destinations,
        } => show_account(tx, urls, *account, destinations.clone()),
    }
}

/// What one account did to another.
fn tell_relation(tx: &mut Tx, fact: &Fact) -> QueryResult<Option<Spread>> {
    match fact {
        Fact::Followed {
            account,
            target,
            uri,
        } => tell_deed(tx, (*account, *target), uri, Deed::Follow),
        Fact::Unfollowed {
            account,
            target,
            uri,
        } => tell_deed(tx, (*account, *target), uri, Deed::Unfollow),
        Fact::Blocked {
            account,
            target,
            uri,
        } => tell_deed(tx, (*account, *target), uri, Deed::Block),
        Fact::Unblocked {
            account,
            target,
            uri,
        } => tell_deed(tx, (*account, *target), uri, Deed::Unblock),
        Fact::Accepted {
            account,
            follower,
            uri,
        } => tell_deed(tx, (*account, *follower), uri, Deed::Accept),
        Fact::Rejected {
            account,
            follower,
            uri,
        } => tell_deed(tx, (*account, *follower), uri, Deed::Reject),
        _ => Ok(None),
    }
}

#[derive(Clone, Copy)]
enum Told {
    Posted,
    Edited,
    /// The numbers of its poll changed.
    Tallied,
    /// What it quotes holds now or not any more, or who may quote it.
    Quoted,
}

fn tell_status(tx: &mut Tx, urls: &Urls, id: StatusId, told: Told) -> QueryResult<Option<Spread>> {
    let Some((status, author)) = find_with_author(tx, id)? else {
        return Ok(None);
    };
    let note = portraits::note(tx, urls, &author, &status)?;
    let (kind, document, destinations) = match told {
        Told::Posted => (
            "Create",
            activities::create(&note),
            audience::of_status(tx, &status)?,
        ),
        Told::Edited => (
            "Update",
            activities::update_note(&note, status.edited_at.unwrap_or(tx.now())),
            audience::of_change(tx, &status)?,
        ),
        Told::Tallied => (
            "Update",
            activities::update_note(&note, tx.now()),
            audience::of_poll(tx, &status)?,
        ),
        Told::Quoted => {
            let mut update = activities::update_note(&note, tx.now());
            // Several things about a quote may change at one instant.
            let id = local::status_update(&note.id, tx.new_id());
            if let Some(update) = update.as_object_mut() {
                update.insert("id".to_owned(), id.into());
            }
            ("Update", update, audience::of_change(tx, &status)?)
        }
    };
    let is_direct = status.visibility == store::Visibility::Direct;
    let outgoing = Outgoing {
        sender: author.id,
        kind,
        undoes: None,
        about: &status.uri,
        document: &document,
        class: if is_direct {
            DeliveryClass::Personal
        } else {
            DeliveryClass::Posts
        },
    };
    let audience = Audience {
        everybody: destinations,
        personal: audience::of_named(tx, &status)?,
    };
    send(tx, &outgoing, &audience)
}

/// Followers hear what is pinned.
fn tell_pin(
    tx: &mut Tx,
    account: AccountId,
    status: StatusId,
    is_pinned: bool,
) -> QueryResult<Option<Spread>> {
    let Some((status, author)) = find_with_author(tx, status)? else {
        return Ok(None);
    };
    let id = local::pin_activity(&author.uri, tx.new_id());
    let outgoing = Outgoing {
        sender: author.id,
        kind: if is_pinned { "Add" } else { "Remove" },
        undoes: None,
        about: &status.uri,
        document: &activities::pin(&id, &author.uri, &status.uri, is_pinned),
        class: DeliveryClass::Relations,
    };
    let destinations = list_follower_destinations(tx, account)?;
    send(tx, &outgoing, &destinations.into())
}

/// A vote goes to the author of the poll alone.
fn tell_vote(
    tx: &mut Tx,
    voter: AccountId,
    status: StatusId,
    (option, uri): (&str, &str),
) -> QueryResult<Option<Spread>> {
    let (Some(voter), Some(status)) = (
        store::accounts::find(tx, voter)?,
        store::statuses::find(tx, status)?,
    ) else {
        return Ok(None);
    };
    let Some(author) = store::accounts::find(tx, status.account_id)? else {
        return Ok(None);
    };
    let vote = OutgoingVote {
        id: uri,
        actor: &voter.uri,
        option,
        poll: &status.uri,
        author: &author.uri,
    };
    let outgoing = Outgoing {
        sender: voter.id,
        kind: "Create",
        undoes: None,
        about: uri,
        document: &activities::vote(&vote),
        class: DeliveryClass::Personal,
    };
    let destinations: Vec<Destination> = audience::of_account(&author).into_iter().collect();
    send(tx, &outgoing, &destinations.into())
}

fn tell_boost(tx: &mut Tx, id: StatusId) -> QueryResult<Option<Spread>> {
    let Some((boost, booster)) = find_with_author(tx, id)? else {
        return Ok(None);
    };
    let Some(announce) = portraits::announce(tx, &booster, &boost)? else {
        return Ok(None);
    };
    let destinations = audience::of_status(tx, &boost)?;
    let outgoing = Outgoing {
        sender: booster.id,
        kind: "Announce",
        undoes: None,
        about: &announce.object,
        document: &activities::announce(&announce),
        class: DeliveryClass::Reactions,
    };
    send(tx, &outgoing, &destinations.into())
}

fn tell_deletion(
    tx: &mut Tx,
    account: AccountId,
    uri: &str,
    destinations: &[Destination],
) -> QueryResult<Option<Spread>> {
    let Some(author) = store::accounts::find(tx, account)? else {
        return Ok(None);
    };
    let outgoing = Outgoing {
        sender: author.id,
        kind: "Delete",
        undoes: None,
        about: uri,
        document: &activities::delete_note(&author.uri, uri, &[PUBLIC.to_owned()]),
        class: DeliveryClass::Relations,
    };
    send(tx, &outgoing, &destinations.to_vec().into())
}

struct Unboost<'a> {
    account: AccountId,
    uri: &'a str,
    original_uri: &'a str,
}

fn tell_unboost(
    tx: &mut Tx,
    urls: &Urls,
    end: &Unboost,
    destinations: &[Destination],
) -> QueryResult<Option<Spread>> {
    let Some(booster) = store::accounts::find(tx, end.account)? else {
        return Ok(None);
    };
    let original = store::statuses::find_by_uri(tx, end.original_uri)?;
    let author = match original {
        Some(original) => store::accounts::find(tx, original.account_id)?,
        None => None,
    };
    let announce = OutgoingAnnounce {
        id: end.uri.to_owned(),
        actor: booster.uri.clone(),
        object: end.original_uri.to_owned(),
        author: author.map_or_else(|| booster.uri.clone(), |author| author.uri),
        published: boosted_at(urls, end.uri).unwrap_or(tx.now()),
        // Whoever had the boost is told by name; the end of it is nobody else's news.
        visibility: Visibility::Private,
    };
    let outgoing = Outgoing {
        sender: booster.id,
        kind: "Undo",
        undoes: Some("Announce"),
        about: end.original_uri,
        document: &activities::undo(&activities::announce(&announce)),
        class: DeliveryClass::Reactions,
    };
    send(tx, &outgoing, &destinations.to_vec().into())
}

/// The id of a boost tells when it was made, also after its row is gone.
fn boosted_at(urls: &Urls, uri: &str) -> Option<i64> {
    match urls.place(uri.strip_suffix("/activity")?)? {
        Place::Status(_, id) => Some(made_at(id.0)),
        Place::Account(_) | Place::NodeActor => None,
    }
}

fn tell_like(
    tx: &mut Tx,
    account: AccountId,
    uri: &str,
    status: StatusId,
    is_undone: bool,
) -> QueryResult<Option<Spread>> {
    let (Some(account), Some(status)) = (
        store::accounts::find(tx, account)?,
        store::statuses::find(tx, status)?,
    ) else {
        return Ok(None);
    };
    let like = activities::like(uri, &account.uri, &status.uri);
    let destinations = audience::of_accounts(tx, &[status.account_id])?;
    let done = finish(like, "Like", is_undone);
    let outgoing = Outgoing {
        sender: account.id,
        kind: done.kind,
        undoes: done.undoes,
        about: &status.uri,
        document: &done.document,
        class: DeliveryClass::Reactions,
    };
    send(tx, &outgoing, &destinations.into())
}

/// A document, its type, and what it takes back.
struct Done {
    kind: &'static str,
    undoes: Option<&'static str>,
    document: Value,
}

/// The deed itself, or its undoing.
fn finish(document: Value, kind: &'static str, is_undone: bool) -> Done {
    if is_undone {
        Done {
            kind: "Undo",
            undoes: Some(kind),
            document: activities::undo(&document),
        }
    } else {
        Done {
            kind,
            undoes: None,
            document,
        }
    }
}

/// What one account does to another.
#[derive(Clone, Copy)]
enum Deed {
    Follow,
    Unfollow,
    Block,
    Unblock,
    Accept,
    Reject,
}

fn tell_deed(
    tx: &mut Tx,
    (account, target): (AccountId, AccountId),
    uri: &str,
    deed: Deed,
) -> QueryResult<Option<Spread>> {
    let (Some(account), Some(target)) = (
        store::accounts::find(tx, account)?,
        store::accounts::find(tx, target)?,
    ) else {
        return Ok(None);
    };
    let (actor, object) = (account.uri.as_str(), target.uri.as_str());
    let number = tx.new_id();
    let answer = |word: &str| local::follow_answer(actor, word, number);
    let reference = FollowReference {
        id: Some(uri.to_owned()),
        follower: Some(target.uri.clone()),
    };
    let done = match deed {
        Deed::Follow | Deed::Unfollow => {
            let follow = activities::follow(uri, actor, object);
            finish(follow, "Follow", matches!(deed, Deed::Unfollow))
        }
        Deed::Block | Deed::Unblock => {
            let block = activities::block(uri, actor, object);
            finish(block, "Block", matches!(deed, Deed::Unblock))
        }
        Deed::Accept => {
            let accept = activities::accept_follow(&answer("accepts"), actor, &reference);
            finish(accept, "Accept", false)
        }
        Deed::Reject => {
            let reject = activities::reject_follow(&answer("rejects"), actor, &reference);
            finish(reject, "Reject", false)
        }
    };
    let outgoing = Outgoing {
        sender: account.id,
        kind: done.kind,
        undoes: done.undoes,
        about: &target.uri,
        document: &done.document,
        class: DeliveryClass::Relations,
    };
    let destinations: Vec<Destination> = audience::of_account(&target).into_iter().collect();
    send(tx, &outgoing, &destinations.into())
}

fn tell_move(tx: &mut Tx, id: AccountId) -> QueryResult<Option<Spread>> {
    let Some((actor, document)) = portraits::moving(tx, id)? else {
        return Ok(None);
    };
    let outgoing = Outgoing {
        sender: id,
        kind: "Move",
        undoes: None,
        about: &actor,
        document: &document,
        class: DeliveryClass::Relations,
    };
    let destinations = list_follower_destinations(tx, id)?;
    send(tx, &outgoing, &destinations.into())
}

fn tell_profile(tx: &mut Tx, urls: &Urls, id: AccountId) -> QueryResult<Option<Spread>> {
    let destinations = list_follower_destinations(tx, id)?;
    show_account(tx, urls, id, destinations)
}

/// Shows an account as it is.
fn show_account(
    tx: &mut Tx,
    urls: &Urls,
    id: AccountId,
    destinations: Vec<Destination>,
) -> QueryResult<Option<Spread>> {
    let Some(account) = store::accounts::find(tx, id)?.filter(Account::is_local) else {
        return Ok(None);
    };
    let Some(actor) = portraits::actor(tx, urls, &account)? else {
        return Ok(None);
    };
    let outgoing = Outgoing {
        sender: account.id,
        kind: "Update",
        undoes: None,
        about: &account.uri,
        document: &activities::update_actor(&actor, tx.now()),
        class: DeliveryClass::Relations,
    };
    send(tx, &outgoing, &destinations.into())
}

/// The staff of other servers hears what was reported, from the node's own actor.
fn tell_report(
    tx: &mut Tx,
    urls: &Urls,
    id: i64,
    destinations: &[Destination],
) -> QueryResult<Option<Spread>> {
    let node_actor = store::accounts::find_by_uri(tx, &urls.node_actor())?;
    let (Some(report), Some(node_actor)) = (store::reports::find(tx, id)?, node_actor) else {
        return Ok(None);
    };
    let Some(target) = store::accounts::find(tx, report.target_id)? else {
        return Ok(None);
    };
    let ids: Vec<StatusId> = report.status_ids.0.iter().copied().map(StatusId).collect();
    let statuses = store::statuses::list(tx, &ids)?;
    let mut objects = vec![target.uri];
    objects.extend(statuses.into_iter().map(|status| status.uri));
    let uri = urls.at(&format!("/reports/{id}"));
    let outgoing = Outgoing {
        sender: node_actor.id,
        kind: "Flag",
        undoes: None,
        about: &uri,
        document: &activities::flag(&uri, &node_actor.uri, &report.comment, &objects),
        class: DeliveryClass::Relations,
    };
    send(tx, &outgoing, &destinations.to_vec().into())
}

/// Everybody who may know the account hears that it is gone: its followers, and every server that was ever written
/// to.
fn tell_end(tx: &mut Tx, id: AccountId) -> QueryResult<Option<Spread>> {
    let Some(account) = store::accounts::find(tx, id)?.filter(Account::is_local) else {
        return Ok(None);
    };
    let mut destinations = list_follower_destinations(tx, account.id)?;
    let mut urls: HashSet<String> = HashSet::new();
    destinations.extend(store::peers::list_destinations(tx)?);
    destinations.retain(|known| urls.insert(known.inbox_url.clone()));
    let outgoing = Outgoing {
        sender: account.id,
        kind: "Delete",
        undoes: None,
        about: &account.uri,
        document: &activities::delete_actor(&account.uri),
        class: DeliveryClass::Relations,
    };
    send(tx, &outgoing, &destinations.into())
}
