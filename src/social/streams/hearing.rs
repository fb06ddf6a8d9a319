//! From news to who hears it: a fixed number of queries for a whole batch, however many listen.

use std::collections::{HashMap, HashSet};

use super::feeds::{Directory, Ear, Place};
use super::standings::Standings;
use crate::id::{AccountId, ConversationId, ListId, NotificationId, StatusId};
use crate::social::news::answers_others;
use crate::store::conversations::Conversation;
use crate::store::news::{News, Remains};
use crate::store::notifications::Notification;
use crate::store::statuses::Status;
use crate::store::{self, Conn, NewsKind, QueryResult, Visibility};

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A status or boost appeared.
    Appeared(StatusId),
    /// A status was edited.
    Edited(StatusId),
    /// A status or boost is gone.
    Gone(StatusId),
    /// Somebody was notified.
    Notified(Notification),
    /// A status came into somebody's conversation.
    Conversed(Conversation),
    /// What was put aside of somebody's notifications is shown now.
    Merged,
}

/// One piece of news, and who hears it: at least one.
#[derive(Clone, Debug)]
pub struct Tiding {
    /// The piece of news.
    pub news: i64,
    /// What is told.
    pub what: What,
    /// Who hears it, and where.
    pub ears: Vec<(AccountId, Place)>,
}

/// What is to be told of a batch of news.
#[derive(Debug, Default)]
pub struct Hearing {
    /// The rows of the statuses that are told of, and of what boosts among them repeat.
    pub statuses: HashMap<StatusId, Status>,
    /// What is told, in the order of the news.
    pub tidings: Vec<Tiding>,
}

/// Who of a directory hears which of these news.
///
/// # Errors
/// Whatever the database says.
pub fn hear(
    conn: &mut Conn,
    directory: &Directory,
    news: &[News],
    now: i64,
) -> QueryResult<Hearing> {
    let facts = Facts::load(conn, directory, news, now)?;
    let tidings = news
        .iter()
        .filter_map(|piece| facts.tiding(directory, piece))
        .collect();
    Ok(Hearing {
        statuses: facts.statuses,
        tidings,
    })
}

/// What the rows say around a batch of news.
struct Facts {
    statuses: HashMap<StatusId, Status>,
    notifications: HashMap<NotificationId, Notification>,
    conversations: HashMap<ConversationId, Conversation>,
    readers: HashMap<StatusId, Vec<AccountId>>,
    lists: HashMap<StatusId, Vec<ListId>>,
    tags: HashMap<StatusId, Vec<String>>,
    with_media: HashSet<StatusId>,
    standings: Standings,
    followers: HashMap<AccountId, Vec<AccountId>>,
    holders: HashMap<AccountId, Vec<ListId>>,
    tag_followers: HashMap<String, Vec<AccountId>>,
}

impl Facts {
    fn load(conn: &mut Conn, directory: &Directory, news: &[News], now: i64) -> QueryResult<Self> {
        let notifications = load_notifications(conn, directory, news)?;
        let conversations = load_conversations(conn, directory, news)?;
        let mut shown: Vec<StatusId> = news
            .iter()
            .filter(|piece| matches!(piece.kind, NewsKind::Appeared | NewsKind::Edited))
            .map(|piece| StatusId(piece.subject_id))
            .collect();
        shown.sort_unstable();
        shown.dedup();
        let mut ids = shown.clone();
        ids.extend(notifications.iter().filter_map(|told| told.status_id));
        ids.extend(conversations.iter().map(|one| one.last_status_id));
        let statuses = load_statuses(conn, &ids)?;
        let senders = notifications.iter().map(|told| told.from_account_id);
        let viewers = directory.viewers();
        let standings = Standings::gather(conn, &statuses, senders, viewers, now)?;
        let open = |id: &&StatusId| statuses.get(*id).is_some_and(is_open);
        let open: Vec<StatusId> = shown.iter().filter(open).copied().collect();
        Ok(Self {
            readers: load_readers(conn, directory, &shown)?,
            lists: load_lists(conn, directory, &shown)?,
            tags: load_tags(conn, directory, &open)?,
            with_media: load_media(conn, directory, &open)?,
            followers: load_followers(conn, directory, news)?,
            holders: load_holders(conn, directory, news)?,
            tag_followers: load_tag_followers(conn, directory, news)?,
            notifications: notifications
                .into_iter()
                .map(|told| (told.id, told))
                .collect(),
            conversations: conversations.into_iter().map(|one| (one.id, one)).collect(),
            statuses,
            standings,
        })
    }

    fn tiding(&self, directory: &Directory, piece: &News) -> Option<Tiding> {
        let (what, ears) = match piece.kind {
            NewsKind::Appeared | NewsKind::Edited => {
                let status = self.statuses.get(&StatusId(piece.subject_id))?;
                let what = if piece.kind == NewsKind::Appeared {
                    What::Appeared(status.id)
                } else {
                    What::Edited(status.id)
                };
                (what, self.ears_for_status(directory, status))
            }
            NewsKind::Gone => {
                let remains = &piece.remains.as_ref()?.0;
                let ears = self.ears_for_remains(directory, piece.account_id, remains);
                (What::Gone(StatusId(piece.subject_id)), ears)
            }
            NewsKind::Notified => {
                let told = self.notifications.get(&NotificationId(piece.subject_id))?;
                let ears = self.ears_for_notification(directory, told);
                (What::Notified(told.clone()), ears)
            }
            NewsKind::Conversed => {
                let one = self.conversations.get(&ConversationId(piece.subject_id))?;
                let status = self.statuses.get(&one.last_status_id)?;
                let is_shown = self.standings.allow(one.account_id, status);
                let places = directory.conversing.get(&one.account_id).into_iter();
                let ears = places.flatten().filter(|_| is_shown);
                let ears = ears.map(|place| (one.account_id, *place)).collect();
                (What::Conversed(one.clone()), ears)
            }
            NewsKind::Merged => {
                let viewer = piece.account_id;
                let places = directory.notified.get(&viewer).into_iter().flatten();
                (What::Merged, places.map(|place| (viewer, *place)).collect())
            }
        };
        (!ears.is_empty()).then_some(Tiding {
            news: piece.id,
            what,
            ears,
        })
    }

    fn ears_for_status(&self, directory: &Directory, status: &Status) -> Vec<Ear> {
        let mut ears = Vec::new();
        let mut readers = self.readers.get(&status.id).cloned().unwrap_or_default();
        if !readers.contains(&status.account_id) {
            readers.push(status.account_id);
        }
        for reader in readers {
            ears.extend(at_home(directory, reader));
        }
        let lists = self.lists.get(&status.id);
        ears.extend(on_lists(directory, lists));
        if is_open(status) {
            let mut unasked = Vec::new();
            if !answers_others(status) {
                let has_media = self.with_media.contains(&status.id);
                unasked.extend(in_public(directory, status.is_local, has_media));
            }
            let tags = self.tags.get(&status.id);
            let tags = tags.map_or(&[][..], Vec::as_slice);
            unasked.extend(under_tags(directory, tags, status.is_local));
            let author = status.account_id;
            unasked.retain(|(viewer, _)| self.standings.is_shown_unasked(*viewer, author));
            ears.extend(unasked);
        }
        ears.retain(|(viewer, _)| self.shows(*viewer, status));
        ears
    }

    /// Whether the viewer may and wants to see a status, and what it repeats.
    fn shows(&self, viewer: AccountId, status: &Status) -> bool {
        let is_fine = |status: &Status| {
            self.standings.allow(viewer, status)
                && self.standings.is_wanted(viewer, status.account_id)
        };
        is_fine(status)
            && status
                .boost_of_id
                .is_none_or(|id| self.statuses.get(&id).is_some_and(is_fine))
    }

    fn ears_for_notification(&self, directory: &Directory, told: &Notification) -> Vec<Ear> {
        let viewer = told.account_id;
        let may_see = told.status_id.is_none_or(|id| {
            let status = self.statuses.get(&id);
            status.is_some_and(|status| self.standings.allow(viewer, status))
        });
        if !may_see || !self.standings.is_heard(viewer, told.from_account_id) {
            return Vec::new();
        }
        let places = directory.notified.get(&viewer).into_iter().flatten();
        places.map(|place| (viewer, *place)).collect()
    }

    /// A bare id is told, so whoever may have had the status in a timeline may hear it.
    fn ears_for_remains(
        &self,
        directory: &Directory,
        author: AccountId,
        remains: &Remains,
    ) -> Vec<Ear> {
        let mut readers: HashSet<AccountId> =
            remains.addressed.iter().map(|id| AccountId(*id)).collect();
        readers.insert(author);
        if remains.for_followers {
            readers.extend(self.followers.get(&author).into_iter().flatten());
        }
        let followers = remains
            .tags
            .iter()
            .filter_map(|tag| self.tag_followers.get(tag));
        readers.extend(followers.flatten());
        let mut ears: Vec<Ear> = readers
            .into_iter()
            .flat_map(|reader| at_home(directory, reader))
            .collect();
        ears.extend(on_lists(directory, self.holders.get(&author)));
        if remains.is_listed {
            ears.extend(in_public(directory, remains.is_local, remains.has_media));
        }
        ears.extend(under_tags(directory, &remains.tags, remains.is_local));
        ears
    }
}

/// Whether everybody may find a status: public, and no boost.
fn is_open(status: &Status) -> bool {
    status.visibility == Visibility::Public && status.boost_of_id.is_none()
}

fn at_home(directory: &Directory, reader: AccountId) -> impl Iterator<Item = Ear> {
    let places = directory.homes.get(&reader).into_iter().flatten();
    places.map(move |place| (reader, *place))
}

fn on_lists<'d>(
    directory: &'d Directory,
    lists: Option<&'d Vec<ListId>>,
) -> impl Iterator<Item = Ear> + 'd {
    lists
        .into_iter()
        .flatten()
        .filter_map(|list| directory.lists.get(list))
        .flatten()
        .copied()
}

fn in_public(directory: &Directory, is_local: bool, has_media: bool) -> impl Iterator<Item = Ear> {
    let ears = directory.public.iter();
    ears.filter(move |(filter, _)| {
        filter.is_local.is_none_or(|wanted| wanted == is_local) && (has_media || !filter.only_media)
    })
    .map(|(_, ear)| *ear)
}

fn under_tags<'d>(
    directory: &'d Directory,
    tags: &'d [String],
    is_local: bool,
) -> impl Iterator<Item = Ear> + 'd {
    tags.iter()
        .filter_map(|tag| directory.tags.get(tag))
        .flatten()
        .filter(move |(only_local, _)| is_local || !only_local)
        .map(|(_, ear)| *ear)
}

/// These statuses, and what boosts among them repeat.
fn load_statuses(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<HashMap<StatusId, Status>> {
    let mut rows = store::statuses::list(conn, ids)?;
    let originals: Vec<StatusId> = rows.iter().filter_map(|row| row.boost_of_id).collect();
    rows.extend(store::statuses::list(conn, &originals)?);
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The notifications among these news that somebody hears of.
fn load_notifications(
    conn: &mut Conn,
    directory: &Directory,
    news: &[News],
) -> QueryResult<Vec<Notification>> {
    let told: Vec<NotificationId> = news
        .iter()
        .filter(|piece| piece.kind == NewsKind::Notified)
        .filter(|piece| directory.notified.contains_key(&piece.account_id))
        .map(|piece| NotificationId(piece.subject_id))
        .collect();
    store::notifications::list(conn, &told)
}

/// The conversations among these news that somebody hears of.
fn load_conversations(
    conn: &mut Conn,
    directory: &Directory,
    news: &[News],
) -> QueryResult<Vec<Conversation>> {
    let ids: Vec<ConversationId> = news
        .iter()
        .filter(|piece| piece.kind == NewsKind::Conversed)
        .filter(|piece| directory.conversing.contains_key(&piece.account_id))
        .map(|piece| ConversationId(piece.subject_id))
        .collect();
    store::conversations::list(conn, &ids)
}

/// Who of those who listen at home has these statuses there.
fn load_readers(
    conn: &mut Conn,
    directory: &Directory,
    ids: &[StatusId],
) -> QueryResult<HashMap<StatusId, Vec<AccountId>>> {
    let mut readers: HashMap<StatusId, Vec<AccountId>> = HashMap::new();
    if directory.homes.is_empty() {
        return Ok(readers);
    }
    for (status, reader) in store::home::list_readers(conn, ids)? {
        if directory.homes.contains_key(&reader) {
            readers.entry(status).or_default().push(reader);
        }
    }
    Ok(readers)
}

/// On which of the lists that are listened to these statuses are.
fn load_lists(
    conn: &mut Conn,
    directory: &Directory,
    ids: &[StatusId],
) -> QueryResult<HashMap<StatusId, Vec<ListId>>> {
    let mut lists: HashMap<StatusId, Vec<ListId>> = HashMap::new();
    if directory.lists.is_empty() {
        return Ok(lists);
    }
    for (status, list) in store::list_entries::list_places(conn, ids)? {
        if directory.lists.contains_key(&list) {
            lists.entry(status).or_default().push(list);
        }
    }
    Ok(lists)
}

/// Which of the lists that are listened to the authors of what is gone are on.
fn load_holders(
    conn: &mut Conn,
    directory: &Directory,
    news: &[News],
) -> QueryResult<HashMap<AccountId, Vec<ListId>>> {
    let listened: Vec<ListId> = directory.lists.keys().copied().collect();
    let mut holders: HashMap<AccountId, Vec<ListId>> = HashMap::new();
    let authors = authors_of_gone(news);
    for (list, author) in store::lists::list_members_among(conn, &listened, &authors)? {
        holders.entry(author).or_default().push(list);
    }
    Ok(holders)
}

/// Who of those who listen at home follows the tags of what is gone.
fn load_tag_followers(
    conn: &mut Conn,
    directory: &Directory,
    news: &[News],
) -> QueryResult<HashMap<String, Vec<AccountId>>> {
    let mut followers: HashMap<String, Vec<AccountId>> = HashMap::new();
    if directory.homes.is_empty() {
        return Ok(followers);
    }
    let remains = news.iter().filter_map(|piece| piece.remains.as_ref());
    let mut names: Vec<String> = remains.flat_map(|remains| remains.0.tags.clone()).collect();
    names.sort_unstable();
    names.dedup();
    for (name, follower) in store::tag_follows::list_followers_by_name(conn, &names)? {
        if directory.homes.contains_key(&follower) {
            followers.entry(name).or_default().push(follower);
        }
    }
    Ok(followers)
}

fn authors_of_gone(news: &[News]) -> Vec<AccountId> {
    let mut authors: Vec<AccountId> = news
        .iter()
        .filter(|piece| piece.kind == NewsKind::Gone)
        .map(|piece| piece.account_id)
        .collect();
    authors.sort_unstable();
    authors.dedup();
    authors
}

fn load_tags(
    conn: &mut Conn,
    directory: &Directory,
    ids: &[StatusId],
) -> QueryResult<HashMap<StatusId, Vec<String>>> {
    let mut tags: HashMap<StatusId, Vec<String>> = HashMap::new();
    if directory.tags.is_empty() {
        return Ok(tags);
    }
    for (status, name) in store::tags::list(conn, ids)? {
        tags.entry(status).or_default().push(name);
    }
    Ok(tags)
}

fn load_media(
    conn: &mut Conn,
    directory: &Directory,
    ids: &[StatusId],
) -> QueryResult<HashSet<StatusId>> {
    if !directory.asks_for_media() {
        return Ok(HashSet::new());
    }
    let files = store::attachments::list(conn, ids)?;
    Ok(files
        .into_iter()
        .filter_map(|file| file.status_id)
        .collect())
}

/// Who of those who listen at home follows the authors of what is gone.
fn load_followers(
    conn: &mut Conn,
    directory: &Directory,
    news: &[News],
) -> QueryResult<HashMap<AccountId, Vec<AccountId>>> {
    let authors = authors_of_gone(news);
    let listeners: Vec<AccountId> = directory.homes.keys().copied().collect();
    let mut followers: HashMap<AccountId, Vec<AccountId>> = HashMap::new();
    for (author, follower) in store::follows::list_followers_among(conn, &authors, &listeners)? {
        followers.entry(author).or_default().push(follower);
    }
    Ok(followers)
}
