//! Statuses and boosts, with everything that hangs on them.
//!
//! Source: <https://docs.joinmastodon.org/entities/Status/>

use std::collections::{HashMap, HashSet};

use super::accounts::emojis;
use super::cards::Cards;
use super::polls::Polls;
use super::quotes::{Aspect, Quotes};
use super::reactions::Reactions;
use super::tagged_collections::TaggedCollections;
use super::{View, accounts, attachments, filters, only, visibility};
use crate::api::entities;
use crate::api::entities::quotes::Quote;
use crate::api::entities::statuses::{StatusApplication, StatusMention, StatusTag, StatusViewer};
use crate::api::entities::{Instant, MediaAttachment, PreviewCard};
use crate::id::{AccountId, ApplicationId, StatusId};
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, Visibility};

/// These statuses, in their order. Costs some forty queries at most, whatever the length of the page, and two dozen where
/// nothing is quoted and nobody has moved.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    conn: &mut Conn,
    view: &View,
    statuses: Vec<Status>,
) -> QueryResult<Vec<entities::Status>> {
    page_as(conn, view, Aspect::Viewer, statuses).map(|(page, _)| page)
}

/// The same in another aspect, with what is known of the quotes.
///
/// # Errors
/// Whatever the database says.
pub(super) fn page_as(
    conn: &mut Conn,
    view: &View,
    aspect: Aspect,
    statuses: Vec<Status>,
) -> QueryResult<(Vec<entities::Status>, Quotes)> {
    let viewers: Vec<AccountId> = view.viewer.into_iter().collect();
    page_for(conn, view, aspect, statuses, &viewers)
}

/// The same, and who of these viewers may quote what.
///
/// # Errors
/// Whatever the database says.
pub(super) fn page_for(
    conn: &mut Conn,
    view: &View,
    aspect: Aspect,
    statuses: Vec<Status>,
    viewers: &[AccountId],
) -> QueryResult<(Vec<entities::Status>, Quotes)> {
    let originals = load_originals(conn, &statuses)?;
    let named: Vec<&Status> = statuses.iter().chain(&originals).collect();
    let quotes = Quotes::load(conn, view, aspect, &named, viewers)?;
    let inner: Vec<Status> = quotes.quoted().cloned().collect();
    let shown = named.into_iter().chain(&inner);
    let around = Surroundings::load(conn, view, quotes, shown)?;
    let originals: HashMap<StatusId, Status> = originals
        .into_iter()
        .map(|original| (original.id, original))
        .collect();
    let mut page: Vec<entities::Status> = statuses
        .into_iter()
        .filter_map(|status| around.with_original(status, &originals))
        .collect();
    filters::note(conn, view, &mut page)?;
    Ok((page, around.quotes))
}

/// A status for its author, who is about to write it anew: with what it quotes, whatever became of that.
///
/// # Errors
/// Whatever the database says.
pub fn draft(conn: &mut Conn, view: &View, status: Status) -> QueryResult<entities::Status> {
    let (page, _) = page_as(conn, view, Aspect::Draft, vec![status])?;
    only(page)
}

/// One status.
///
/// # Errors
/// Whatever the database says.
pub fn single(conn: &mut Conn, view: &View, status: Status) -> QueryResult<entities::Status> {
    only(page(conn, view, vec![status])?)
}

fn load_originals(conn: &mut Conn, statuses: &[Status]) -> QueryResult<Vec<Status>> {
    let ids: Vec<StatusId> = statuses
        .iter()
        .filter_map(|status| status.boost_of_id)
        .collect();
    store::statuses::list(conn, &ids)
}

/// What hangs on the statuses of one page.
struct Surroundings {
    accounts: HashMap<AccountId, entities::Account>,
    mentions: HashMap<StatusId, Vec<AccountId>>,
    tags: HashMap<StatusId, Vec<StatusTag>>,
    files: HashMap<StatusId, Vec<MediaAttachment>>,
    applications: HashMap<ApplicationId, StatusApplication>,
    polls: Polls,
    quotes: Quotes,
    cards: Cards,
    collections: TaggedCollections,
    reactions: Reactions,
    view: View,
    marks: Option<Marks>,
    /// Whose files count as sensitive, whatever they say.
    sensitized: HashSet<AccountId>,
}

/// What the viewer has done with the statuses of one page.
struct Marks {
    viewer: AccountId,
    favourites: HashSet<StatusId>,
    boosts: HashSet<StatusId>,
    bookmarks: HashSet<StatusId>,
    pins: HashSet<StatusId>,
    /// Those in threads that the viewer mutes.
    muted: HashSet<StatusId>,
}

impl Surroundings {
    fn load<'s>(
        conn: &mut Conn,
        view: &View,
        quotes: Quotes,
        statuses: impl Iterator<Item = &'s Status>,
    ) -> QueryResult<Self> {
        let (mut ids, mut people, mut programs) = (Vec::new(), Vec::new(), Vec::new());
        let mut threads = Vec::new();
        let statuses: Vec<&Status> = statuses.collect();
        for status in &statuses {
            ids.push(status.id);
            threads.push((status.id, status.conversation_id));
            people.push(status.account_id);
            programs.extend(status.application_id);
        }
        let mentions = load_mentions(conn, &ids)?;
        people.extend(mentions.values().flatten());
        people.sort_unstable();
        people.dedup();
        let sensitized = store::standings::list_sensitized(conn, &people)?;
        let accounts = accounts::by_ids(conn, view, &people)?;
        Ok(Self {
            accounts: accounts
                .into_iter()
                .map(|account| (account.id, account))
                .collect(),
            mentions,
            tags: load_tags(conn, view, &ids)?,
            files: load_files(conn, view, &ids)?,
            applications: load_applications(conn, &programs)?,
            polls: Polls::load(conn, view, &ids)?,
            reactions: Reactions::load(conn, view, &ids)?,
            quotes,
            cards: Cards::load(conn, view, statuses.iter().copied())?,
            collections: TaggedCollections::load(conn, view, statuses.into_iter())?,
            view: view.clone(),
            sensitized: sensitized.into_iter().collect(),
            marks: match view.viewer {
                Some(viewer) => Some(Marks::load(conn, viewer, &ids, &threads)?),
                None => None,
            },
        })
    }

    /// A boost without its original, or anything without its author, is nothing that can be shown.
    fn with_original(
        &self,
        status: Status,
        originals: &HashMap<StatusId, Status>,
    ) -> Option<entities::Status> {
        let reblog = match status.boost_of_id {
            None => None,
            Some(id) => Some(Box::new(self.whole(originals.get(&id)?.clone(), None)?)),
        };
        self.whole(status, reblog)
    }

    /// A status with what it quotes.
    fn whole(
        &self,
        status: Status,
        reblog: Option<Box<entities::Status>>,
    ) -> Option<entities::Status> {
        let seen = self.quotes.seen(status.id);
        let quote = seen.map(|(state, quoted)| Quote::Whole {
            state,
            quoted_status: quoted.and_then(|quoted| self.quoted(quoted)).map(Box::new),
        });
        self.one(status, reblog, quote)
    }

    /// A quoted status: what that quotes is named alone.
    fn quoted(&self, status: &Status) -> Option<entities::Status> {
        let seen = self.quotes.seen(status.id);
        let quote = seen.map(|(state, quoted)| Quote::Shallow {
            state,
            quoted_status_id: quoted.map(|quoted| quoted.id),
        });
        self.one(status.clone(), None, quote)
    }

    fn is_sensitized(&self, status: &Status) -> bool {
        self.files.contains_key(&status.id) && self.sensitized.contains(&status.account_id)
    }

    fn one(
        &self,
        status: Status,
        reblog: Option<Box<entities::Status>>,
        quote: Option<Quote>,
    ) -> Option<entities::Status> {
        let account = self.accounts.get(&status.account_id)?.clone();
        let viewer = self.marks.as_ref().map(|marks| marks.on(&status));
        let application = status
            .application_id
            .and_then(|id| self.applications.get(&id).cloned());
        Some(entities::Status {
            id: status.id,
            created_at: Instant(status.created_at),
            in_reply_to_id: status.in_reply_to_id,
            in_reply_to_account_id: status.in_reply_to_account_id,
            sensitive: status.sensitive || self.is_sensitized(&status),
            visibility: visibility(status.visibility),
            replies_count: status.replies_count,
            reblogs_count: status.boosts_count,
            favourites_count: status.favourites_count,
            quotes_count: self.quotes.count(status.id),
            edited_at: status.edited_at.map(Instant),
            text: None,
            reblog,
            application,
            account,
            media_attachments: self.files.get(&status.id).cloned().unwrap_or_default(),
            mentions: self.mentions(status.id),
            tags: self.tags.get(&status.id).cloned().unwrap_or_default(),
            emojis: emojis(&self.view.urls, &status.emojis),
            quote,
            quote_approval: self.quotes.approval(self.view.viewer, &status),
            card: self.card(status.id),
            poll: self.polls.show(&self.view, &status),
            tagged_collections: self.collections.of(status.id),
            reactions: self.reactions.of(status.id),
            viewer,
            spoiler_text: status.spoiler,
            language: status.language,
            uri: status.uri,
            url: status.url,
            content: Some(status.content),
        })
    }

    /// Whoever attaches files wants those to be seen.
    fn card(&self, id: StatusId) -> Option<PreviewCard> {
        let has_files = self.files.contains_key(&id);
        self.cards.of(id).filter(|_| !has_files)
    }

    fn mentions(&self, id: StatusId) -> Vec<StatusMention> {
        let named = self.mentions.get(&id).into_iter().flatten();
        named
            .filter_map(|account| self.accounts.get(account))
            .map(|account| StatusMention {
                id: account.id,
                username: account.username.clone(),
                url: account.url.clone(),
                acct: account.acct.clone(),
            })
            .collect()
    }
}

impl Marks {
    fn load(
        conn: &mut Conn,
        viewer: AccountId,
        ids: &[StatusId],
        threads: &[(StatusId, i64)],
    ) -> QueryResult<Self> {
        let favourites = store::favourites::list_by(conn, viewer, ids)?;
        let boosts = store::statuses::list_boosted(conn, viewer, ids)?;
        let bookmarks = store::bookmarks::list_by(conn, viewer, ids)?;
        let pins = store::pins::list_pinned(conn, ids)?;
        let conversations: Vec<i64> = threads.iter().map(|(_, thread)| *thread).collect();
        let muted = store::conversation_mutes::list_by(conn, viewer, &conversations)?;
        let in_muted = threads.iter().filter(|(_, thread)| muted.contains(thread));
        Ok(Self {
            viewer,
            favourites: favourites.into_iter().collect(),
            boosts: boosts.into_iter().collect(),
            bookmarks: bookmarks.into_iter().collect(),
            pins: pins.into_iter().collect(),
            muted: in_muted.map(|(id, _)| *id).collect(),
        })
    }

    /// A boost carries the marks of its original: clients read them from either.
    fn on(&self, status: &Status) -> StatusViewer {
        let meant = status.boost_of_id.unwrap_or(status.id);
        let may_be_pinned = status.account_id == self.viewer
            && status.boost_of_id.is_none()
            && status.visibility != Visibility::Direct;
        StatusViewer {
            favourited: self.favourites.contains(&meant),
            reblogged: self.boosts.contains(&meant),
            muted: self.muted.contains(&meant),
            bookmarked: self.bookmarks.contains(&meant),
            pinned: may_be_pinned.then(|| self.pins.contains(&status.id)),
            filtered: Vec::new(),
        }
    }
}

fn load_mentions(
    conn: &mut Conn,
    ids: &[StatusId],
) -> QueryResult<HashMap<StatusId, Vec<AccountId>>> {
    let mut mentions: HashMap<StatusId, Vec<AccountId>> = HashMap::new();
    for mention in store::mentions::list(conn, ids)? {
        if !mention.is_silent {
            let named = mentions.entry(mention.status_id).or_default();
            named.push(mention.account_id);
        }
    }
    Ok(mentions)
}

fn load_tags(
    conn: &mut Conn,
    view: &View,
    ids: &[StatusId],
) -> QueryResult<HashMap<StatusId, Vec<StatusTag>>> {
    let mut tags: HashMap<StatusId, Vec<StatusTag>> = HashMap::new();
    for (status, name) in store::tags::list(conn, ids)? {
        let url = view.urls.tag(&name);
        tags.entry(status)
            .or_default()
            .push(StatusTag { name, url });
    }
    Ok(tags)
}

fn load_files(
    conn: &mut Conn,
    view: &View,
    ids: &[StatusId],
) -> QueryResult<HashMap<StatusId, Vec<MediaAttachment>>> {
    let mut files: HashMap<StatusId, Vec<MediaAttachment>> = HashMap::new();
    for file in store::attachments::list(conn, ids)? {
        if let Some(status) = file.status_id {
            let shown = attachments::single(&view.urls, &file);
            files.entry(status).or_default().push(shown);
        }
    }
    Ok(files)
}

fn load_applications(
    conn: &mut Conn,
    ids: &[ApplicationId],
) -> QueryResult<HashMap<ApplicationId, StatusApplication>> {
    let rows = store::applications::list(conn, ids)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let shown = StatusApplication {
                name: row.name,
                website: row.website,
            };
            (row.id, shown)
        })
        .collect())
}
