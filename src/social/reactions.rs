//! Reacting to a status with an emoji: of Unicode, of this node, or another server's that somebody reacted with before.
//!
//! Anybody may be shown how many people react with what, so there are bounds on how many different emoji one status
//! collects, and how many one account may add.

use super::notifications::notify;
use super::visibility::find_original;
use super::{Error, Result, emojis};
use crate::id::{AccountId, StatusId};
use crate::load::host_of;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::reactions::{Reaction, ReactionEmoji, Tally};
use crate::store::statuses::Status;
use crate::store::{self, Conn, NotificationKind, QueryResult, Tx};
use crate::text::emojis::{is_emoji, settled};
use crate::urls::Urls;

/// Different emoji with which people can react to one status.
pub const MOST_EMOJI: usize = 20;
/// Different emoji with which one account can react to one status.
pub const MOST_BY_ONE: usize = 5;
/// Accounts that are named of those who react with one emoji, at most.
const MOST_NAMED: i64 = 40;

/// How people react with one emoji, and some of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Reactors {
    /// The emoji, and how many people react with it.
    pub tally: Tally,
    /// Whether the viewer is one of them.
    pub me: bool,
    /// The newest of them, forty at most, without those with whom the viewer has no contact.
    pub accounts: Vec<Account>,
}

/// The name under which people are shown an emoji: with the host of its picture if it is another server's.
#[must_use]
pub fn label(emoji: &ReactionEmoji) -> String {
    match &emoji.url {
        Some(url) => format!("{}@{}", emoji.name, host_of(url)),
        None => emoji.name.clone(),
    }
}

/// Reacts to a status; of a boost, to the original. Gives back the original. Doing it twice is no error.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see it; [`Error::Invalid`] for what is no emoji and for one too many.
pub async fn react(node: &Node, viewer: AccountId, id: StatusId, emoji: &str) -> Result<StatusId> {
    let (urls, asked) = (node.urls.clone(), emoji.to_owned());
    node.db
        .write(move |tx| {
            let status = find_original(tx, Some(viewer), id)?;
            let account = super::follows::require(tx, viewer)?;
            let tallies = store::reactions::list_tallies(tx, &[status.id])?;
            let emoji = choose(tx, &tallies, &asked)?;
            let number = tx.new_id();
            let made = Reaction {
                id: number,
                account_id: viewer,
                status_id: status.id,
                name: emoji.name,
                url: emoji.url,
                uri: format!("{}/reactions/{number}", urls.actor(&account.username)),
                created_at: tx.now(),
            };
            match add(tx, &status, &tallies, &made)? {
                Added::Yes => {}
                Added::Already => return Ok(status.id),
                Added::TooMany => {
                    return Err(Error::invalid(
                        "Validation failed: Limit of different reactions reached",
                    ));
                }
            }
            super::visitors::note_interaction(tx, viewer)?;
            tell(tx, &status, made, false)?;
            Ok(status.id)
        })
        .await
}

/// Takes a reaction back. Gives back the original. Nothing happens if there is none.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see the status.
pub async fn unreact(
    node: &Node,
    viewer: AccountId,
    id: StatusId,
    emoji: &str,
) -> Result<StatusId> {
    let asked = emoji.to_owned();
    node.db
        .write(move |tx| {
            let status = find_original(tx, Some(viewer), id)?;
            let own = store::reactions::list_by(tx, viewer, status.id)?;
            let Some(reaction) = own.into_iter().find(|row| is_meant(&row.emoji(), &asked)) else {
                return Ok(status.id);
            };
            remove(tx, &status, &reaction)?;
            tell(tx, &status, reaction, true)?;
            Ok(status.id)
        })
        .await
}

/// The author of a remote status hears of it.
fn tell(tx: &mut Tx, status: &Status, reaction: Reaction, is_undone: bool) -> QueryResult<()> {
    if status.is_local {
        return Ok(());
    }
    let emoji = reaction.emoji();
    let (account, uri, status) = (reaction.account_id, reaction.uri, status.id);
    let fact = if is_undone {
        Fact::Unreacted {
            account,
            uri,
            status,
            emoji,
        }
    } else {
        Fact::Reacted {
            account,
            uri,
            status,
            emoji,
        }
    };
    tx.queue(&Job::Distribute(fact))
}

/// How people react to a status, each emoji in the order of its first use, with some of them; with one emoji only, if
/// that is named. Costs a fixed number of queries for each emoji, of which there are [`MOST_EMOJI`] at most.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see the status.
pub fn list(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    id: StatusId,
    emoji: Option<&str>,
) -> Result<Vec<Reactors>> {
    let status = find_original(conn, viewer, id)?;
    let own = match viewer {
        Some(viewer) => store::reactions::list_by(conn, viewer, status.id)?,
        None => Vec::new(),
    };
    let mut found = Vec::new();
    for tally in store::reactions::list_tallies(conn, &[status.id])? {
        if emoji.is_some_and(|asked| !is_meant(&tally.emoji, asked)) {
            continue;
        }
        let rows = store::reactions::list_with(conn, status.id, &tally.emoji, MOST_NAMED)?;
        let ids: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
        found.push(Reactors {
            me: own.iter().any(|row| row.emoji() == tally.emoji),
            accounts: super::relationships::list_met(conn, viewer, &ids)?,
            tally,
        });
    }
    Ok(found)
}

/// Whether these words of a client mean this emoji: with or without colons, in any spelling of Unicode.
fn is_meant(emoji: &ReactionEmoji, asked: &str) -> bool {
    let label = label(emoji);
    label == asked || label == asked.trim_matches(':') || label == settled(asked)
}

/// What a client reacts with.
fn choose(tx: &mut Tx, known: &[Tally], asked: &str) -> Result<ReactionEmoji> {
    if let Some(tally) = known.iter().find(|tally| is_meant(&tally.emoji, asked)) {
        return Ok(tally.emoji.clone());
    }
    let name = match asked.trim_matches(':') {
        asked if is_emoji(asked) => settled(asked),
        code if !emojis::list_usable_named(tx, &[code])?.is_empty() => code.to_owned(),
        _ => {
            return Err(Error::invalid(
                "Validation failed: Name is not a recognized emoji",
            ));
        }
    };
    Ok(ReactionEmoji { name, url: None })
}

/// A reaction as a peer sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What the account reacts with.
    pub emoji: ReactionEmoji,
    /// The activity on the wire.
    pub uri: String,
}

/// What a peer means by an emoji whose picture is one of this node.
fn translate(tx: &mut Tx, urls: &Urls, emoji: ReactionEmoji) -> QueryResult<Option<ReactionEmoji>> {
    let is_ours = |url: &String| urls.is_local(url) || url.starts_with(&urls.media(""));
    if !emoji.url.as_ref().is_some_and(is_ours) {
        return Ok(Some(emoji));
    }
    let known = emojis::list_usable_named(tx, &[&emoji.name])?;
    Ok(known.into_iter().next().map(|own| ReactionEmoji {
        name: own.shortcode,
        url: None,
    }))
}

/// A peer's account reacts to a status that it may see. One that was undone before it came stays undone, and one too many
/// has no effect.
///
/// # Errors
/// Whatever the database says.
pub fn receive(
    tx: &mut Tx,
    urls: &Urls,
    account: &Account,
    status: &Status,
    received: Received,
) -> QueryResult<()> {
    if store::tombstones::find(tx, &received.uri)?.is_some_and(|by| by == account.uri) {
        return Ok(());
    }
    let Some(emoji) = translate(tx, urls, received.emoji)? else {
        return Ok(());
    };
    let reaction = Reaction {
        id: tx.new_id(),
        account_id: account.id,
        status_id: status.id,
        name: emoji.name,
        url: emoji.url,
        uri: received.uri,
        created_at: tx.now(),
    };
    let tallies = store::reactions::list_tallies(tx, &[status.id])?;
    add(tx, status, &tallies, &reaction).map(drop)
}

/// A peer's account takes back what has this id on the wire; tells whether that was a reaction.
///
/// # Errors
/// Whatever the database says.
pub fn receive_end(tx: &mut Tx, account: &Account, uri: &str) -> QueryResult<bool> {
    let Some(reaction) = store::reactions::find_by_uri(tx, account.id, uri)? else {
        return Ok(false);
    };
    store::tombstones::insert(tx, uri, &account.uri)?;
    end(tx, &reaction)?;
    Ok(true)
}

/// A peer's account takes back its reaction with this emoji; tells whether there was one.
///
/// # Errors
/// Whatever the database says.
pub fn receive_end_with(
    tx: &mut Tx,
    urls: &Urls,
    account: &Account,
    status: &Status,
    emoji: ReactionEmoji,
) -> QueryResult<bool> {
    let Some(emoji) = translate(tx, urls, emoji)? else {
        return Ok(false);
    };
    let own = store::reactions::list_by(tx, account.id, status.id)?;
    let Some(reaction) = own.into_iter().find(|row| row.emoji() == emoji) else {
        return Ok(false);
    };
    end(tx, &reaction)?;
    Ok(true)
}

fn end(tx: &mut Tx, reaction: &Reaction) -> QueryResult<()> {
    match store::statuses::find(tx, reaction.status_id)? {
        Some(status) => remove(tx, &status, reaction),
        None => Ok(()),
    }
}

/// What became of a new reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Added {
    Yes,
    Already,
    TooMany,
}

fn add(tx: &mut Tx, status: &Status, known: &[Tally], reaction: &Reaction) -> QueryResult<Added> {
    let emoji = reaction.emoji();
    let own = store::reactions::list_by(tx, reaction.account_id, status.id)?;
    if own.iter().any(|row| row.emoji() == emoji) {
        return Ok(Added::Already);
    }
    let is_known = known.iter().any(|tally| tally.emoji == emoji);
    if own.len() >= MOST_BY_ONE || (!is_known && known.len() >= MOST_EMOJI) {
        return Ok(Added::TooMany);
    }
    if !store::reactions::insert(tx, reaction)? {
        return Ok(Added::Already);
    }
    let (to, from) = (status.account_id, reaction.account_id);
    notify(
        tx,
        to,
        NotificationKind::Reaction,
        from,
        Some(reaction.status_id),
    )?;
    Ok(Added::Yes)
}

/// One notification stands for all reactions of an account to a status, and goes with the last of them.
fn remove(tx: &mut Tx, status: &Status, reaction: &Reaction) -> QueryResult<()> {
    if !store::reactions::delete(tx, reaction.id)? {
        return Ok(());
    }
    let (to, from) = (status.account_id, reaction.account_id);
    if store::reactions::list_by(tx, from, status.id)?.is_empty() {
        let kind = NotificationKind::Reaction;
        store::notifications::withdraw(tx, to, kind, from, Some(status.id))?;
    }
    Ok(())
}
