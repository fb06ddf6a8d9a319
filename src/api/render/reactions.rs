//! How people react to statuses.

use std::collections::{HashMap, HashSet};

use super::{View, accounts, custom_emojis};
use crate::api::entities::reactions::{EmojiReaction, StatusReaction, StatusReactions};
use crate::api::entities::{self, CustomEmoji};
use crate::id::{AccountId, StatusId};
use crate::social::reactions::{Reactors, label};
use crate::store::notifications::Notification;
use crate::store::reactions::{ReactionEmoji, Tally};
use crate::store::{self, Conn, NotificationKind, QueryResult};

/// The pictures of the custom emoji of one page.
#[derive(Default)]
struct Pictures(HashMap<String, CustomEmoji>);

impl Pictures {
    /// Costs one query, or none where there is no emoji of this node.
    fn load<'e>(
        conn: &mut Conn,
        view: &View,
        emojis: impl Iterator<Item = &'e ReactionEmoji>,
    ) -> QueryResult<Self> {
        let own = emojis.filter(|emoji| is_own(emoji));
        let names: Vec<&str> = own.map(|emoji| emoji.name.as_str()).collect();
        custom_emojis::by_names(conn, view, &names).map(Self)
    }

    /// A reaction; none with a custom emoji of this node that is no more.
    fn show(&self, view: &View, tally: &Tally, me: bool) -> Option<StatusReaction> {
        let emoji = &tally.emoji;
        let (url, static_url) = match &emoji.url {
            Some(url) => (Some(view.urls.shown(url)), Some(view.urls.shown(url))),
            None if is_own(emoji) => {
                let own = self.0.get(&emoji.name)?;
                (Some(own.url.clone()), Some(own.static_url.clone()))
            }
            None => (None, None),
        };
        Some(StatusReaction {
            name: label(emoji),
            count: tally.count,
            me,
            url,
            static_url,
        })
    }
}

/// Whether this is a custom emoji of this node: emoji of Unicode are no ASCII.
fn is_own(emoji: &ReactionEmoji) -> bool {
    emoji.url.is_none() && emoji.name.is_ascii()
}

/// How people react to the statuses of one page.
pub(super) struct Reactions(HashMap<StatusId, Vec<StatusReaction>>);

impl Reactions {
    /// Costs one query, and two more at most where anybody reacts to any of these.
    pub(super) fn load(conn: &mut Conn, view: &View, ids: &[StatusId]) -> QueryResult<Self> {
        let tallies = store::reactions::list_tallies(conn, ids)?;
        let mut found: HashMap<StatusId, Vec<StatusReaction>> = HashMap::new();
        if tallies.is_empty() {
            return Ok(Self(found));
        }
        let pictures = Pictures::load(conn, view, tallies.iter().map(|tally| &tally.emoji))?;
        let viewers: Vec<AccountId> = view.viewer.into_iter().collect();
        let mine: HashSet<(StatusId, ReactionEmoji)> =
            store::reactions::list_among(conn, &viewers, ids)?
                .into_iter()
                .map(|row| (row.status_id, row.emoji()))
                .collect();
        for tally in tallies {
            let me = mine.contains(&(tally.status_id, tally.emoji.clone()));
            let of_status = found.entry(tally.status_id).or_default();
            of_status.extend(pictures.show(view, &tally, me));
        }
        Ok(Self(found))
    }

    pub(super) fn of(&self, id: StatusId) -> StatusReactions {
        StatusReactions(self.0.get(&id).cloned().unwrap_or_default())
    }
}

/// With what these viewers react to these statuses, which were rendered for nobody: a bit for each place in the list of
/// reactions. Costs one query, or none where nobody reacts.
pub(super) fn load_places<'s>(
    conn: &mut Conn,
    view: &View,
    viewers: &[AccountId],
    shown: impl Iterator<Item = &'s entities::Status>,
) -> QueryResult<HashMap<(StatusId, AccountId), u64>> {
    let reacted = shown.filter(|status| !status.reactions.0.is_empty());
    let lists: HashMap<StatusId, &[StatusReaction]> = reacted
        .map(|status| (status.id, status.reactions.0.as_slice()))
        .collect();
    let ids: Vec<StatusId> = lists.keys().copied().collect();
    let mut places = HashMap::new();
    for row in store::reactions::list_among(conn, viewers, &ids)? {
        let emoji = row.emoji();
        let (name, url) = (label(&emoji), emoji.url.map(|url| view.urls.shown(&url)));
        let is_it = |one: &StatusReaction| one.name == name && (url.is_none() || one.url == url);
        let list = lists.get(&row.status_id).copied().unwrap_or_default();
        let place = list.iter().position(is_it);
        let bit = place.and_then(|place| 1_u64.checked_shl(u32::try_from(place).ok()?));
        *places.entry((row.status_id, row.account_id)).or_default() |= bit.unwrap_or_default();
    }
    Ok(places)
}

/// How people react to one status. Costs a fixed number of queries.
///
/// # Errors
/// Whatever the database says.
pub fn page(conn: &mut Conn, view: &View, found: Vec<Reactors>) -> QueryResult<Vec<EmojiReaction>> {
    let pictures = Pictures::load(conn, view, found.iter().map(|one| &one.tally.emoji))?;
    let mut people: Vec<AccountId> = found
        .iter()
        .flat_map(|one| one.accounts.iter().map(|account| account.id))
        .collect();
    people.sort_unstable();
    people.dedup();
    let people: HashMap<AccountId, entities::Account> = accounts::by_ids(conn, view, &people)?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let show = |one: Reactors| {
        let accounts = one.accounts.iter();
        Some(EmojiReaction {
            reaction: pictures.show(view, &one.tally, one.me)?,
            accounts: accounts
                .filter_map(|account| people.get(&account.id).cloned())
                .collect(),
        })
    };
    Ok(found.into_iter().filter_map(show).collect())
}

/// With what was reacted where the notifications of one page tell of it.
#[derive(Default)]
pub(super) struct Noticed(HashMap<(AccountId, StatusId), StatusReaction>);

impl Noticed {
    /// Costs two queries at most.
    pub(super) fn load(conn: &mut Conn, view: &View, rows: &[Notification]) -> QueryResult<Self> {
        let told = rows
            .iter()
            .filter(|row| row.kind == NotificationKind::Reaction);
        let (senders, statuses): (Vec<AccountId>, Vec<Option<StatusId>>) =
            told.map(|row| (row.from_account_id, row.status_id)).unzip();
        let statuses: Vec<StatusId> = statuses.into_iter().flatten().collect();
        let rows = store::reactions::list_among(conn, &senders, &statuses)?;
        let tallies = rows.into_iter().map(|row| {
            let tally = Tally {
                status_id: row.status_id,
                emoji: row.emoji(),
                count: 1,
            };
            (row.account_id, tally)
        });
        let tallies: Vec<(AccountId, Tally)> = tallies.collect();
        let pictures = Pictures::load(conn, view, tallies.iter().map(|(_, tally)| &tally.emoji))?;
        let shown = tallies.into_iter().filter_map(|(account, tally)| {
            let shown = pictures.show(view, &tally, false)?;
            Some(((account, tally.status_id), shown))
        });
        // Of several the last one is kept.
        Ok(Self(shown.collect()))
    }

    /// The emoji as it was sent, and the picture of a custom one.
    pub(super) fn of(&self, told: &Notification) -> (Option<String>, Option<String>) {
        let key = told.status_id.map(|status| (told.from_account_id, status));
        let is_reaction = told.kind == NotificationKind::Reaction;
        let shown = key.filter(|_| is_reaction).and_then(|key| self.0.get(&key));
        let name = shown.map(|one| match one.url {
            Some(_) => format!(":{}:", one.name),
            None => one.name.clone(),
        });
        (name, shown.and_then(|one| one.url.clone()))
    }
}
