//! A status has appeared: here it reaches home timelines and the people it concerns, whether it was posted
//! here, sent by a peer or fetched.

use std::collections::HashSet;

use super::notifications::{Notice, Told, admits, notify_all, tell};
use super::{conversations, list_fanout, news, tag_fanout, trends};
use crate::id::AccountId;
use crate::store::follows::Follow;
use crate::store::home::Entry;
use crate::store::mentions::Mention;
use crate::store::statuses::Status;
use crate::store::{self, NotificationKind, QueryResult, Tx, Visibility};

/// Whether something comes here as it happens, or was missed and is pulled afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// As it happens.
    Live,
    /// Afterwards, perhaps with much else: it takes its place in timelines, and only those whom it names are told.
    Late,
}

/// Puts a new status or boost into timelines and tells those who want to know.
///
/// # Errors
/// Whatever the database says.
pub fn appeared(tx: &mut Tx, status: &Status, arrival: Arrival) -> QueryResult<()> {
    let mentions = store::mentions::list(tx, &[status.id])?;
    let addressed: HashSet<AccountId> = mentions.iter().map(|mention| mention.account_id).collect();
    enter_homes(tx, status, &addressed, arrival)?;
    tag_fanout::enter(tx, status)?;
    trends::links::note(tx, status)?;
    tell_addressed(tx, status, &mentions, arrival, status.created_at)?;
    if status.is_local && status.boost_of_id.is_none() {
        let is_live = arrival == Arrival::Live;
        conversations::appeared(tx, status, &mentions, status.account_id, is_live)?;
    }
    if arrival == Arrival::Late {
        // What is hours old is no news: it is found where it belongs.
        return Ok(());
    }
    news::appeared(tx, status)
}

/// Tells those whom a status names and who do not mute its thread, and puts it into the conversations of those who hear
/// of it.
fn tell_addressed(
    tx: &mut Tx,
    status: &Status,
    mentions: &[Mention],
    arrival: Arrival,
    at: i64,
) -> QueryResult<()> {
    let is_live = arrival == Arrival::Live;
    let deaf = match mentions {
        [] => Vec::new(),
        _ => store::conversation_mutes::list_of(tx, &[status.conversation_id])?,
    };
    for mention in mentions {
        let mut notice = naming(status, mention.account_id);
        notice.missed_at = (!is_live).then_some(at);
        let is_deaf = deaf.iter().any(|(_, account)| *account == notice.to);
        let is_heard = if mention.is_silent || is_deaf {
            status.visibility == Visibility::Direct && admits(tx, &notice)?
        } else {
            tell(tx, &notice)? == Told::Yes
        };
        if is_heard {
            conversations::appeared(tx, status, mentions, notice.to, is_live)?;
        }
    }
    Ok(())
}

/// The notice that a status names somebody.
fn naming(status: &Status, to: AccountId) -> Notice<'_> {
    Notice {
        to,
        kind: NotificationKind::Mention,
        from: status.account_id,
        status: Some(status.id),
        addressing: Some(status),
        missed_at: None,
    }
}

/// Puts a known status into the timelines of those who are told of it only now.
///
/// # Errors
/// Whatever the database says.
pub fn addressed(tx: &mut Tx, status: &Status, further: &[AccountId]) -> QueryResult<()> {
    if further.is_empty() {
        return Ok(());
    }
    let mut mentions = store::mentions::list(tx, &[status.id])?;
    mentions.retain(|mention| !mention.is_silent || further.contains(&mention.account_id));
    for reader in further {
        if admits(tx, &naming(status, *reader))? {
            conversations::appeared(tx, status, &mentions, *reader, true)?;
        }
    }
    let mut followers = store::follows::list_of(tx, status.account_id, further)?;
    followers.retain(|follow| follow.is_accepted);
    let addressed = further.iter().copied().collect();
    enter_homes_of(tx, status, followers, &addressed).map(drop)
}

/// Tells those whom an edit names for the first time, and those who boosted or quote what was edited.
///
/// # Errors
/// Whatever the database says.
pub fn changed(tx: &mut Tx, status: &Status, arrival: Arrival) -> QueryResult<()> {
    let mut mentions = store::mentions::list(tx, &[status.id])?;
    mentions.retain(|mention| !mention.is_silent);
    let at = status.edited_at.unwrap_or(status.created_at);
    tell_addressed(tx, status, &mentions, arrival, at)?;
    if arrival == Arrival::Late {
        return Ok(());
    }
    let boosters = store::statuses::list_boosters(tx, status.id)?;
    let boosters: Vec<AccountId> = boosters.into_iter().map(|(_, booster)| booster).collect();
    let (kind, from) = (NotificationKind::Update, status.account_id);
    notify_all(tx, &boosters, kind, from, Some(status.id))?;
    let quoters = store::quotes::list_quoters(tx, status.id, true)?;
    let kind = NotificationKind::QuotedUpdate;
    notify_all(tx, &quoters, kind, from, Some(status.id))?;
    news::edited(tx, status)
}

fn enter_homes(
    tx: &mut Tx,
    status: &Status,
    addressed: &HashSet<AccountId>,
    arrival: Arrival,
) -> QueryResult<()> {
    let followers = store::follows::list_local_followers(tx, status.account_id)?;
    let reached = enter_homes_of(tx, status, followers, addressed)?;
    if status.boost_of_id.is_some() || arrival == Arrival::Late {
        return Ok(());
    }
    let curious = reached.iter().filter(|follow| follow.notifies);
    let curious: Vec<AccountId> = curious.map(|follow| follow.account_id).collect();
    let (kind, from) = (NotificationKind::Status, status.account_id);
    notify_all(tx, &curious, kind, from, Some(status.id))
}

/// Writes the home timelines of those followers who want to see it; gives them back.
fn enter_homes_of(
    tx: &mut Tx,
    status: &Status,
    followers: Vec<Follow>,
    addressed: &HashSet<AccountId>,
) -> QueryResult<Vec<Follow>> {
    let reached = keep_interested(tx, status, followers, addressed)?;
    let readers = reached.iter().map(|follow| follow.account_id).collect();
    let elsewhere = list_fanout::enter(tx, status, &readers)?;
    let mut entries: Vec<Entry> = reached
        .iter()
        .filter(|follow| !elsewhere.contains(&follow.account_id))
        .map(|follow| entry(follow.account_id, status))
        .collect();
    if status.is_local {
        entries.push(entry(status.account_id, status));
    }
    store::home::insert(tx, &entries)?;
    Ok(reached)
}

fn entry(account: AccountId, status: &Status) -> Entry {
    Entry {
        account_id: account,
        status_id: status.id,
        author_id: status.account_id,
    }
}

/// The followers whose home timelines a status belongs in.
fn keep_interested(
    tx: &mut Tx,
    status: &Status,
    followers: Vec<Follow>,
    addressed: &HashSet<AccountId>,
) -> QueryResult<Vec<Follow>> {
    let ids: Vec<AccountId> = followers.iter().map(|follow| follow.account_id).collect();
    if ids.is_empty() {
        return Ok(followers);
    }
    let unwilling = list_unwilling(tx, status, &ids)?;
    let original_author = match status.boost_of_id {
        Some(id) => store::statuses::find(tx, id)?.map(|original| original.account_id),
        None => status
            .in_reply_to_account_id
            .filter(|parent| *parent != status.account_id),
    };
    let is_reply_to_other = status.boost_of_id.is_none() && original_author.is_some();
    let knows_parent: HashSet<AccountId> = match original_author {
        Some(parent) if is_reply_to_other => {
            let follows = store::follows::list_of(tx, parent, &ids)?;
            follows
                .into_iter()
                .filter(|follow| follow.is_accepted)
                .map(|follow| follow.account_id)
                .collect()
        }
        _ => HashSet::new(),
    };
    Ok(followers
        .into_iter()
        .filter(|follow| {
            let reader = follow.account_id;
            let reading = Reading {
                other: original_author,
                is_addressed: addressed.contains(&reader),
                knows_other: knows_parent.contains(&reader),
            };
            !unwilling.contains(&reader) && wants(follow, status, reading)
        })
        .collect())
}

/// How one reader stands to a status.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// Of a boost, the original's author; of an answer to somebody else, who is answered.
    pub other: Option<AccountId>,
    /// The status addresses the reader.
    pub is_addressed: bool,
    /// The reader follows that other one.
    pub knows_other: bool,
}

/// Whether a follower's home timeline is to hold a status, as far as the follow and the status tell.
pub(super) fn wants(follow: &Follow, status: &Status, reading: Reading) -> bool {
    let reader = follow.account_id;
    let is_boost = status.boost_of_id.is_some();
    let is_reply_to_other = !is_boost && reading.other.is_some();
    (status.visibility != Visibility::Direct || reading.is_addressed)
        && (!is_boost || (follow.shows_boosts && reading.other != Some(reader)))
        && (!is_reply_to_other
            || reading.knows_other
            || reading.other == Some(reader)
            || reading.is_addressed)
        && speaks(follow, status)
}

/// Whether the follow asks for the language of a status.
fn speaks(follow: &Follow, status: &Status) -> bool {
    match (&follow.languages, &status.language) {
        (Some(wanted), Some(language)) if !wanted.0.is_empty() => wanted.0.contains(language),
        _ => true,
    }
}

/// Who of these readers mutes or blocks the author or the author's domain or, of a boost, those of the original.
fn list_unwilling(
    tx: &mut Tx,
    status: &Status,
    readers: &[AccountId],
) -> QueryResult<HashSet<AccountId>> {
    let mut authors = vec![status.account_id];
    if let Some(id) = status.boost_of_id {
        authors.extend(store::statuses::find(tx, id)?.map(|original| original.account_id));
    }
    let now = tx.now();
    let mut unwilling = HashSet::new();
    for author in authors {
        let mutes = store::mutes::list_of(tx, author, readers)?;
        unwilling.extend(
            mutes
                .iter()
                .filter(|mute| mute.holds(now))
                .map(|mute| mute.account_id),
        );
        unwilling.extend(store::blocks::list_of(tx, author, readers)?);
        let domains = store::user_domain_blocks::list_all_of(tx, &[author])?;
        unwilling.extend(domains.into_iter().map(|(blocker, _)| blocker));
    }
    Ok(unwilling)
}
