//! Announcements with what they name and how people react.
//!
//! Source: <https://docs.joinmastodon.org/entities/Announcement/>

use std::collections::{HashMap, HashSet};

use super::accounts::emojis;
use super::custom_emojis;
use super::{View, accounts, statuses};
use crate::api::entities::announcements::Reaction;
use crate::api::entities::statuses::{StatusMention, StatusTag};
use crate::api::entities::{self, CustomEmoji, Instant};
use crate::id::{AccountId, AnnouncementId, StatusId};
use crate::social::timelines;
use crate::store::accounts::Emoji;
use crate::store::announcements::{Announcement, Tally};
use crate::store::{self, Conn, Json, QueryResult};

/// These announcements, in their order. Costs a fixed number of queries, whatever the length of the page.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    conn: &mut Conn,
    view: &View,
    rows: Vec<Announcement>,
) -> QueryResult<Vec<entities::announcements::Announcement>> {
    let around = Surroundings::load(conn, view, &rows)?;
    Ok(rows.into_iter().map(|row| around.one(view, row)).collect())
}

/// What hangs on the announcements of one page.
struct Surroundings {
    mentions: HashMap<AccountId, StatusMention>,
    statuses: HashMap<StatusId, entities::Status>,
    reactions: HashMap<AnnouncementId, Vec<Reaction>>,
    read: Option<HashSet<AnnouncementId>>,
}

impl Surroundings {
    fn load(conn: &mut Conn, view: &View, rows: &[Announcement]) -> QueryResult<Self> {
        let ids: Vec<AnnouncementId> = rows.iter().map(|row| row.id).collect();
        let named = |list: fn(&Announcement) -> &[i64]| {
            let mut all: Vec<i64> = rows.iter().flat_map(list).copied().collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let people = named(|row| &row.named.0.accounts);
        let people: Vec<AccountId> = people.into_iter().map(AccountId).collect();
        let linked = named(|row| &row.named.0.statuses);
        let linked: Vec<StatusId> = linked.into_iter().map(StatusId).collect();
        let linked = timelines::hydrate(conn, view.viewer, &linked)?;
        let read = match view.viewer {
            Some(viewer) => Some(store::announcements::list_dismissed(conn, viewer, &ids)?),
            None => None,
        };
        Ok(Self {
            mentions: accounts::by_ids(conn, view, &people)?
                .into_iter()
                .map(|account| (account.id, mention(account)))
                .collect(),
            statuses: statuses::page(conn, view, linked)?
                .into_iter()
                .map(|status| (status.id, status))
                .collect(),
            reactions: load_reactions(conn, view, &ids)?,
            read: read.map(|ids| ids.into_iter().collect()),
        })
    }

    fn one(&self, view: &View, row: Announcement) -> entities::announcements::Announcement {
        let named = row.named.0;
        let mentions = named.accounts.iter().map(|id| AccountId(*id));
        let linked = named.statuses.iter().map(|id| StatusId(*id));
        entities::announcements::Announcement {
            id: row.id,
            content: row.content,
            starts_at: row.starts_at.map(Instant),
            ends_at: row.ends_at.map(Instant),
            all_day: row.all_day,
            published_at: Instant(row.published_at.unwrap_or(row.created_at)),
            updated_at: Instant(row.updated_at),
            read: self.read.as_ref().map(|read| read.contains(&row.id)),
            mentions: mentions
                .filter_map(|id| self.mentions.get(&id).cloned())
                .collect(),
            statuses: linked
                .filter_map(|id| self.statuses.get(&id).cloned())
                .collect(),
            tags: named
                .tags
                .into_iter()
                .map(|name| StatusTag {
                    url: view.urls.tag(&name),
                    name,
                })
                .collect(),
            emojis: emojis(&view.urls, &Json::<Vec<Emoji>>(named.emojis)),
            reactions: self.reactions.get(&row.id).cloned().unwrap_or_default(),
        }
    }
}

fn mention(account: entities::Account) -> StatusMention {
    StatusMention {
        id: account.id,
        username: account.username,
        url: account.url,
        acct: account.acct,
    }
}

/// How people react to these, without custom emoji that are no more. Costs three queries at most.
///
/// # Errors
/// Whatever the database says.
pub fn load_reactions(
    conn: &mut Conn,
    view: &View,
    ids: &[AnnouncementId],
) -> QueryResult<HashMap<AnnouncementId, Vec<Reaction>>> {
    let tallies = store::announcements::list_tallies(conn, ids)?;
    let names: Vec<&str> = tallies.iter().map(|tally| tally.name.as_str()).collect();
    let custom = custom_emojis::by_names(conn, view, &names)?;
    let mine: Option<HashSet<(AnnouncementId, String)>> = match view.viewer {
        Some(viewer) => {
            let mine = store::announcements::list_reactions_by(conn, viewer, ids)?;
            Some(mine.into_iter().collect())
        }
        None => None,
    };
    let mut found: HashMap<AnnouncementId, Vec<Reaction>> = HashMap::new();
    for tally in tallies {
        let id = tally.announcement_id;
        let key = (id, tally.name.clone());
        let me = mine.as_ref().map(|mine| mine.contains(&key));
        found
            .entry(id)
            .or_default()
            .extend(reaction(tally, me, &custom));
    }
    Ok(found)
}

/// One reaction; none for a custom emoji that is no more.
fn reaction(
    tally: Tally,
    me: Option<bool>,
    custom: &HashMap<String, CustomEmoji>,
) -> Option<Reaction> {
    let picture = custom.get(&tally.name);
    if picture.is_none() && tally.name.is_ascii() {
        // Emoji of Unicode are no ASCII, but for keycaps, which end in something else.
        return None;
    }
    Some(Reaction {
        count: tally.count,
        me,
        url: picture.map(|emoji| emoji.url.clone()),
        static_url: picture.map(|emoji| emoji.static_url.clone()),
        name: tally.name,
    })
}
