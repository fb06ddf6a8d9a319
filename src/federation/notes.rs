//! Notes from elsewhere as statuses that the rules take: the author and everybody addressed known, texts as HTML.

use super::documents::attachments::Media;
use super::documents::conversions::{compose, paragraphs};
use super::documents::everybody::is_public;
use super::documents::notes::{ContentType, IncomingNote};
use super::documents::polls::IncomingPoll;
use super::documents::quotes::IncomingPolicy;
use super::fetch::{FetchError, Reach};
use super::portraits::visibility;
use super::remote_actors::known_actor;
use crate::bans::Bans;
use crate::id::AccountId;
use crate::load::host_of;
use crate::social::polls::RemotePoll;
use crate::social::quotes::arrivals::RemoteQuote;
use crate::social::quotes::policies::{Groups, Policy};
use crate::social::statuses::receive::{self, RemoteAttachment, RemoteStatus};
use crate::store::accounts::{Account, Emoji};
use crate::store::statuses::Status;
use crate::store::{self, AttachmentKind, Conn, QueryResult};
use crate::text::markdown::render_markdown;
use crate::text::scan::normalise_hashtag;

/// Unknown people that one note may make us fetch.
const STRANGERS: usize = 10;
/// Addressees of one note that are looked up.
const ADDRESSEES: usize = 200;

/// Whom a note concerns, as far as they are known here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Circle {
    pub(super) named: Vec<AccountId>,
    pub(super) silent: Vec<AccountId>,
    /// Whether somebody here is among them.
    pub(super) has_local: bool,
}

/// Stores a note that was fetched from its own server.
///
/// # Errors
/// When the author cannot be known or is suspended here, or the note was deleted before.
pub(super) async fn store(reach: &Reach<'_>, note: IncomingNote) -> Result<Status, FetchError> {
    let author = known_actor(reach, &note.attributed_to).await?;
    if author.suspended_at.is_some() {
        return Err(FetchError::Untrue(
            "its author is suspended here".to_owned(),
        ));
    }
    if note.vote.is_some() {
        return Err(FetchError::Untrue("it is a vote and no status".to_owned()));
    }
    let circle = gather(reach, &note).await?;
    let (uri, arrival) = (note.id.clone(), reach.arrival());
    let remote = shape(&reach.node.bans, note, &author, circle);
    let stored = reach
        .node
        .db
        .write(move |tx| receive::receive(tx, &remote, arrival))
        .await?;
    stored.ok_or_else(|| FetchError::Gone(format!("{uri} was deleted")))
}

/// Finds out whom a note names and addresses; a few who are unknown are fetched. Whoever cannot be known is left out.
///
/// # Errors
/// Only of the database.
pub(super) async fn gather(reach: &Reach<'_>, note: &IncomingNote) -> Result<Circle, FetchError> {
    let named: Vec<String> = note
        .mentions
        .iter()
        .map(|mention| mention.href.clone())
        .collect();
    let addressed: Vec<String> = note
        .addressees
        .all()
        .filter(|address| !is_public(address) && *address != note.attributed_to)
        .filter(|address| !named.iter().any(|name| name == address))
        .take(ADDRESSEES)
        .map(str::to_owned)
        .collect();
    for stranger in list_unknown(reach, &named)
        .await?
        .into_iter()
        .take(STRANGERS)
    {
        if let Err(cause) = known_actor(reach, &stranger).await {
            tracing::debug!(%stranger, %cause, "somebody who is mentioned stays unknown");
        }
    }
    let author = note.attributed_to.clone();
    let look = move |conn: &mut Conn| -> QueryResult<Circle> {
        let mut circle = Circle::default();
        for (uris, is_named) in [(&named, true), (&addressed, false)] {
            for uri in uris {
                let Some(account) = find_account(conn, uri)? else {
                    continue;
                };
                if account.uri == author || circle.holds(account.id) {
                    continue;
                }
                circle.has_local |= account.is_local();
                let list = if is_named {
                    &mut circle.named
                } else {
                    &mut circle.silent
                };
                list.push(account.id);
            }
        }
        Ok(circle)
    };
    Ok(reach.node.db.read(look).await?)
}

impl Circle {
    fn holds(&self, id: AccountId) -> bool {
        self.named.contains(&id) || self.silent.contains(&id)
    }

    /// Adds somebody who was told without being addressed.
    pub(super) fn add_silent(&mut self, id: AccountId) {
        if !self.holds(id) {
            self.silent.push(id);
            self.has_local = true;
        }
    }
}

async fn list_unknown(reach: &Reach<'_>, uris: &[String]) -> QueryResult<Vec<String>> {
    let own = reach.node.urls.clone();
    let foreign: Vec<String> = uris
        .iter()
        .filter(|uri| !own.is_local(uri))
        .cloned()
        .collect();
    if foreign.is_empty() {
        return Ok(foreign);
    }
    let look = move |conn: &mut Conn| {
        let mut unknown = Vec::new();
        for uri in foreign {
            if find_account(conn, &uri)?.is_none() {
                unknown.push(uri);
            }
        }
        Ok(unknown)
    };
    reach.node.db.read(look).await
}

/// Some servers name the profile page instead of the actor.
fn find_account(conn: &mut Conn, uri: &str) -> QueryResult<Option<Account>> {
    match store::accounts::find_by_uri(conn, uri)? {
        Some(account) => Ok(Some(account)),
        None => store::accounts::find_by_url(conn, uri),
    }
}

/// A note as a status; without its files if those of the author's server are not wanted.
pub(super) fn shape(
    bans: &Bans,
    mut note: IncomingNote,
    author: &Account,
    circle: Circle,
) -> RemoteStatus {
    if bans.find(host_of(&author.uri)).rejects_media {
        note.attachments.clear();
        note.emojis.clear();
    }
    let content = body(&note);
    RemoteStatus {
        visibility: visibility(note.visibility(author.followers_url.as_deref())),
        author: author.id,
        content,
        spoiler: note.summary.unwrap_or_default(),
        sensitive: note.sensitive,
        language: note.language,
        in_reply_to_uri: note.in_reply_to,
        published: note.published,
        edited: note.updated,
        mentions: circle.named,
        silent_mentions: circle.silent,
        hashtags: hashtags(note.hashtags.iter().map(|tag| tag.name.as_str())),
        emojis: note
            .emojis
            .into_iter()
            .map(|emoji| Emoji {
                shortcode: emoji.shortcode,
                url: emoji.url,
                still: None,
            })
            .collect(),
        attachments: note.attachments.into_iter().map(attachment).collect(),
        poll: note.poll.map(poll),
        quote: note.quote.map(|quote| RemoteQuote {
            uri: quote.id,
            approval_uri: quote.authorization,
            is_legacy: quote.is_legacy,
        }),
        quote_policy: note
            .quote_policy
            .map(|policy| quote_policy(&policy, author))
            .unwrap_or_default(),
        url: Some(note.url),
        uri: note.id,
    }
}

/// The HTML of a note, still to be cleaned.
fn body(note: &IncomingNote) -> String {
    let text = match note.content_type {
        ContentType::Html => note.content.clone(),
        ContentType::Markdown => render_markdown(&note.content),
        ContentType::Plain => paragraphs(&note.content),
    };
    compose(note, &text)
}

/// A policy as the rules take it: whoever is neither everybody nor in a collection of the author's is somebody else.
fn quote_policy(policy: &IncomingPolicy, author: &Account) -> Policy {
    let groups = |names: &[String]| {
        names.iter().fold(Groups::NOBODY, |groups, name| {
            let is = |url: &Option<String>| url.as_deref() == Some(name.as_str());
            groups.and(if is_public(name) {
                Groups::PUBLIC
            } else if is(&author.followers_url) {
                Groups::FOLLOWERS
            } else if is(&author.following_url) {
                Groups::FOLLOWING
            } else if *name == author.uri {
                Groups::NOBODY
            } else {
                Groups::OTHERS
            })
        })
    };
    Policy {
        automatic: groups(&policy.automatic),
        manual: groups(&policy.manual),
    }
}

/// A poll as the rules take it.
pub(super) fn poll(poll: IncomingPoll) -> RemotePoll {
    let options = poll.options.into_iter();
    RemotePoll {
        options: options.map(|option| (option.name, option.votes)).collect(),
        multiple: poll.multiple,
        ends: poll.ends,
        is_closed: poll.closed,
        voters: poll.voters,
    }
}

fn hashtags<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in names.filter_map(normalise_hashtag) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn attachment(media: Media) -> RemoteAttachment {
    let mime = media.media_type.unwrap_or_default();
    let kind = match mime.split('/').next() {
        Some("image") => AttachmentKind::Image,
        Some("video") => AttachmentKind::Video,
        Some("audio") => AttachmentKind::Audio,
        _ => AttachmentKind::Unknown,
    };
    RemoteAttachment {
        url: media.url,
        mime,
        kind,
        description: media.alt,
        blurhash: media.blurhash,
        width: media.width,
        height: media.height,
        focus: media.focus,
        preview: media.preview,
    }
}
