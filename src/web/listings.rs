//! From rows to what pages show of statuses: a whole page of them in a fixed number of queries.

use std::collections::HashMap;

use super::pages::{
    AccountCard, Media, MediaKind, Paging, Poll, PollOption, Quote, Reaction, ReplyTarget,
    Status as Shown, Visibility as Audience,
};
use super::visits::card;
use super::{quotes, reactions};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::slices::Slice;
use crate::store::accounts::Account;
use crate::store::attachments::Attachment;
use crate::store::statuses::Status;
use crate::store::{self, AttachmentKind, Conn, Page, QueryResult, Visibility};

/// Statuses on a page.
pub(super) const PAGE: i64 = 20;

/// Which part of a list a query asks for: `max_id` for older ones, `min_id` for newer ones.
pub(super) fn asked_page(query: &super::fields::Fields) -> Page {
    let id = |name| query.get(name).parse::<StatusId>().ok().map(|id| id.0);
    Page {
        limit: PAGE,
        max_id: id("max_id"),
        since_id: None,
        min_id: id("min_id"),
    }
}

/// Where a list at `path` goes on from this part of it.
pub(super) fn paging(path: &str, page: &Page, part: &Slice<Status>) -> Paging {
    let is_whole = usize::try_from(page.limit).is_ok_and(|limit| part.rows >= limit);
    let is_first = page.max_id.is_none() && page.min_id.is_none();
    let older = part.oldest.filter(|_| is_whole || page.climbs());
    let newer = part
        .newest
        .filter(|_| !is_first && (is_whole || !page.climbs()));
    Paging {
        newer_url: newer.map(|id| format!("{path}?min_id={id}")),
        older_url: older.map(|id| format!("{path}?max_id={id}")),
    }
}

/// What else must be read to show statuses.
struct Surroundings<'a> {
    node: &'a Node,
    statuses: HashMap<StatusId, Status>,
    accounts: HashMap<AccountId, Account>,
    attachments: HashMap<StatusId, Vec<Attachment>>,
    polls: HashMap<StatusId, Poll>,
    quotes: HashMap<StatusId, Quote>,
    reactions: HashMap<StatusId, Vec<Reaction>>,
}

/// These statuses as pages show them, in their order. What may be seen was decided before.
pub(super) fn show_all(
    conn: &mut Conn,
    node: &Node,
    statuses: &[Status],
) -> QueryResult<Vec<Shown>> {
    let surroundings = Surroundings::gather(conn, node, statuses)?;
    Ok(statuses
        .iter()
        .filter_map(|status| surroundings.show(status))
        .collect())
}

impl<'a> Surroundings<'a> {
    fn gather(conn: &mut Conn, node: &'a Node, statuses: &[Status]) -> QueryResult<Self> {
        let originals: Vec<StatusId> = statuses.iter().filter_map(|one| one.boost_of_id).collect();
        let mut known = store::statuses::list(conn, &originals)?;
        known.extend_from_slice(statuses);
        let parents: Vec<StatusId> = known.iter().filter_map(|one| one.in_reply_to_id).collect();
        let shown: Vec<StatusId> = known.iter().map(|one| one.id).collect();
        known.extend(store::statuses::list(conn, &parents)?);
        let authors: Vec<AccountId> = known.iter().map(|one| one.account_id).collect();
        let accounts = store::accounts::list(conn, &authors)?;
        let mut attachments: HashMap<StatusId, Vec<Attachment>> = HashMap::new();
        for attachment in store::attachments::list(conn, &shown)? {
            if let Some(status) = attachment.status_id {
                attachments.entry(status).or_default().push(attachment);
            }
        }
        Ok(Self {
            node,
            statuses: known.into_iter().map(|one| (one.id, one)).collect(),
            accounts: accounts.into_iter().map(|one| (one.id, one)).collect(),
            attachments,
            polls: load_polls(conn, &shown, node.clock.now())?,
            quotes: quotes::load(conn, node, &shown)?,
            reactions: reactions::load(conn, node, &shown)?,
        })
    }

    fn card(&self, id: AccountId) -> Option<AccountCard> {
        Some(card(self.node, self.accounts.get(&id)?))
    }

    /// The status, or for a boost what it boosts.
    fn show(&self, row: &Status) -> Option<Shown> {
        let status = match row.boost_of_id {
            Some(original) => self.statuses.get(&original)?,
            None => row,
        };
        let boosted_by = match row.boost_of_id {
            Some(_) => self.card(row.account_id),
            None => None,
        };
        let media = self.attachments.get(&status.id);
        Some(Shown {
            id: row.id.to_string(),
            author: self.card(status.account_id)?,
            boosted_by,
            in_reply_to: self.reply_target(status),
            url: url_of(status),
            published_at: status.created_at,
            edited_at: status.edited_at,
            language: status.language.clone(),
            visibility: audience(status.visibility),
            content_warning: status.spoiler.clone(),
            content_html: status.content.clone(),
            sensitive: status.sensitive,
            media: media
                .into_iter()
                .flatten()
                .filter_map(|one| self.media(one))
                .collect(),
            poll: self.polls.get(&status.id).cloned(),
            quote: self.quotes.get(&status.id).cloned(),
            replies: status.replies_count,
            boosts: status.boosts_count,
            favourites: status.favourites_count,
            reactions: self.reactions.get(&status.id).cloned().unwrap_or_default(),
        })
    }

    /// What a status answers, where everybody may see it.
    fn reply_target(&self, status: &Status) -> Option<ReplyTarget> {
        let parent = self.statuses.get(&status.in_reply_to_id?)?;
        let is_open = matches!(parent.visibility, Visibility::Public | Visibility::Unlisted);
        let author = self.card(parent.account_id).filter(|_| is_open)?;
        Some(ReplyTarget {
            handle: author.handle,
            url: url_of(parent),
        })
    }

    fn media(&self, row: &Attachment) -> Option<Media> {
        let local = |key: &String| self.node.urls.media(key);
        let shown = |url: &str| self.node.urls.shown(url);
        let file = row.file_key.as_ref().map(local);
        let number = |side: Option<i64>| u32::try_from(side?).ok();
        Some(Media {
            kind: match row.kind {
                AttachmentKind::Image => MediaKind::Image,
                AttachmentKind::Gifv => MediaKind::Gifv,
                AttachmentKind::Video => MediaKind::Video,
                AttachmentKind::Audio => MediaKind::Audio,
                AttachmentKind::Unknown => MediaKind::Unknown,
            },
            media_type: row.mime.clone(),
            url: file.or_else(|| row.remote_url.as_deref().map(shown))?,
            preview_url: row
                .preview_key
                .as_ref()
                .map(local)
                .or_else(|| row.remote_preview_url.as_deref().map(shown)),
            description: row.description.clone(),
            size: number(row.width).zip(number(row.height)),
        })
    }
}

fn load_polls(conn: &mut Conn, ids: &[StatusId], now: i64) -> QueryResult<HashMap<StatusId, Poll>> {
    let rows = store::polls::list(conn, ids)?;
    let ids: Vec<StatusId> = rows.iter().map(|row| row.status_id).collect();
    let mut options: HashMap<StatusId, Vec<store::polls::PollOption>> = HashMap::new();
    for option in store::polls::list_options(conn, &ids)? {
        options.entry(option.status_id).or_default().push(option);
    }
    let show = |row: store::polls::Poll| {
        let options = options.remove(&row.status_id).unwrap_or_default();
        let votes: i64 = options.iter().map(|option| option.votes).sum();
        let is_over = row.is_over(now);
        let is_hidden = row.hides_totals && !is_over;
        let shown = |option: store::polls::PollOption| PollOption {
            title: option.title,
            votes: (!is_hidden).then_some(option.votes),
        };
        let poll = Poll {
            options: options.into_iter().map(shown).collect(),
            multiple: row.multiple,
            voters: row.voters.unwrap_or(votes),
            ends_at: row.expires_at,
            is_over,
        };
        (row.status_id, poll)
    };
    Ok(rows.into_iter().map(show).collect())
}

fn url_of(status: &Status) -> String {
    status.url.clone().unwrap_or_else(|| status.uri.clone())
}

fn audience(visibility: Visibility) -> Audience {
    match visibility {
        Visibility::Public => Audience::Public,
        Visibility::Unlisted => Audience::Unlisted,
        Visibility::Private => Audience::Private,
        Visibility::Direct => Audience::Direct,
    }
}
