//! Reactions with an emoji and their end, told to the author of the status.

use super::documents::activities;
use super::portraits;
use super::sending::{Outgoing, send};
use crate::id::{AccountId, StatusId};
use crate::social::{audience, emojis};
use crate::store::accounts::Emoji;
use crate::store::facts::Fact;
use crate::store::reactions::ReactionEmoji;
use crate::store::spreads::Spread;
use crate::store::{self, DeliveryClass, QueryResult, Tx};
use crate::urls::Urls;

/// Queues what the author must hear.
///
/// # Errors
/// Whatever the database says.
pub(super) fn tell(tx: &mut Tx, urls: &Urls, fact: &Fact) -> QueryResult<Option<Spread>> {
    match fact {
        Fact::Reacted {
            account,
            uri,
            status,
            emoji,
        } => tell_reaction(tx, urls, (*account, *status), (uri, emoji), false),
        Fact::Unreacted {
            account,
            uri,
            status,
            emoji,
        } => tell_reaction(tx, urls, (*account, *status), (uri, emoji), true),
        _ => Ok(None),
    }
}

fn tell_reaction(
    tx: &mut Tx,
    urls: &Urls,
    (account, status): (AccountId, StatusId),
    (uri, emoji): (&str, &ReactionEmoji),
    is_undone: bool,
) -> QueryResult<Option<Spread>> {
    let (Some(account), Some(status)) = (
        store::accounts::find(tx, account)?,
        store::statuses::find(tx, status)?,
    ) else {
        return Ok(None);
    };
    let used = find_picture(tx, urls, emoji)?;
    let picture = portraits::emojis(&used);
    let like = activities::react(uri, &account.uri, &status.uri, &emoji.name, picture.first());
    let outgoing = Outgoing {
        sender: account.id,
        kind: if is_undone { "Undo" } else { "Like" },
        undoes: is_undone.then_some("Like"),
        // Not the status: the end of one reaction must not end others, nor a like.
        about: uri,
        document: &if is_undone {
            activities::unreact(&like)
        } else {
            like
        },
        class: DeliveryClass::Reactions,
    };
    let destinations = audience::of_accounts(tx, &[status.account_id])?;
    send(tx, &outgoing, &destinations.into())
}

/// The picture of a custom emoji; none for others, and for what is no more.
fn find_picture(tx: &mut Tx, urls: &Urls, emoji: &ReactionEmoji) -> QueryResult<Vec<Emoji>> {
    match &emoji.url {
        Some(url) => Ok(vec![Emoji {
            shortcode: emoji.name.clone(),
            url: url.clone(),
            still: None,
        }]),
        None if emoji.name.is_ascii() => {
            emojis::find_used(tx, urls, &[&format!(":{}:", emoji.name)])
        }
        None => Ok(Vec::new()),
    }
}
