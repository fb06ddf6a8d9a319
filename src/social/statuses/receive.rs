//! A status that a peer sent or that was fetched. The same fan-out as for those posted here.

use super::compose::name;
use super::delete::{remove, remove_files};
use super::edit::{remember, version};
use crate::id::{AccountId, AttachmentId};
use crate::social::fanout::{self, Arrival};
use crate::social::polls::{self, RemotePoll};
use crate::social::quotes::arrivals::{self, RemoteQuote};
use crate::social::quotes::policies::{self, Policy};
use crate::store::accounts::{Account, Emoji};
use crate::store::attachments::Attachment;
use crate::store::jobs::Job;
use crate::store::statuses::Status;
use crate::store::{self, AttachmentKind, Json, QueryResult, Tx, Visibility};
use crate::text::languages::normalise_language;
use crate::text::{clean_html, clean_line};

/// The longest content warning that is kept, in characters.
const LONGEST_SPOILER: usize = 1_000;
/// The longest description of a file that is kept, in characters.
const LONGEST_DESCRIPTION: usize = 10_000;

/// A status as a peer tells it. Its author is known and owns its id; its texts are not yet clean.
#[derive(Clone, Debug)]
pub struct RemoteStatus {
    /// Its id on the wire.
    pub uri: String,
    /// Its page, on the author's server.
    pub url: Option<String>,
    /// Its author.
    pub author: AccountId,
    /// Who may see it.
    pub visibility: Visibility,
    /// HTML of unknown intent.
    pub content: String,
    /// The content warning.
    pub spoiler: String,
    /// Whether files are hidden at first.
    pub sensitive: bool,
    /// A language code of any form.
    pub language: Option<String>,
    /// What it replies to, on the wire.
    pub in_reply_to_uri: Option<String>,
    /// When it was made, in milliseconds.
    pub published: Option<i64>,
    /// When it was edited, in milliseconds.
    pub edited: Option<i64>,
    /// Whom it names.
    pub mentions: Vec<AccountId>,
    /// Whom it addresses without naming them.
    pub silent_mentions: Vec<AccountId>,
    /// Its tags, normalised.
    pub hashtags: Vec<String>,
    /// Emoji that it uses.
    pub emojis: Vec<Emoji>,
    /// Its files.
    pub attachments: Vec<RemoteAttachment>,
    /// Its poll.
    pub poll: Option<RemotePoll>,
    /// What it quotes.
    pub quote: Option<RemoteQuote>,
    /// Who may quote it, as far as that is said.
    pub quote_policy: Policy,
}

/// A file as a peer tells it.
#[derive(Clone, Debug)]
pub struct RemoteAttachment {
    /// Where it is.
    pub url: String,
    /// Its media type.
    pub mime: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// What it shows, in words.
    pub description: Option<String>,
    /// A blurred impression of it.
    pub blurhash: Option<String>,
    /// In pixels.
    pub width: Option<i64>,
    /// In pixels.
    pub height: Option<i64>,
    /// Where to look.
    pub focus: Option<(f64, f64)>,
    /// Where its small picture is.
    pub preview: Option<String>,
}

/// Stores a status that is new here; gives it back, or the one that is there already, or none if it was
/// deleted before it came. Of one that is there, further people who are told of it may see it from now on.
///
/// # Errors
/// Whatever the database says.
pub fn receive(
    tx: &mut Tx,
    remote: &RemoteStatus,
    arrival: Arrival,
) -> QueryResult<Option<Status>> {
    if is_deleted(tx, remote)? {
        return Ok(None);
    }
    if let Some(known) = store::statuses::find_by_uri(tx, &remote.uri)? {
        tell_further(tx, &known, remote)?;
        return Ok(Some(known));
    }
    let parent = find_parent(tx, remote)?;
    let status = shape(tx, remote, parent.as_ref())?;
    store::statuses::insert(tx, &status)?;
    store::mentions::insert(tx, &name(status.id, &remote.mentions, false))?;
    store::mentions::insert(tx, &name(status.id, &remote.silent_mentions, true))?;
    store::tags::set(tx, status.id, &remote.hashtags)?;
    let files = files(tx, &status, &remote.attachments);
    store::attachments::insert(tx, &files)?;
    if let Some(poll) = &remote.poll {
        polls::remote::begin(tx, status.id, poll)?;
    }
    store::accounts::add_statuses(tx, status.account_id, 1, Some(status.created_at))?;
    match (&parent, &status.in_reply_to_uri) {
        (Some(parent), _) => store::statuses::add_replies(tx, parent.id, 1)?,
        (None, Some(uri)) => tx.queue(&Job::FetchParent { uri: uri.clone() })?,
        (None, None) => {}
    }
    policies::begin(tx, &status, remote.quote_policy)?;
    if let Some(quote) = &remote.quote {
        arrivals::begin(tx, &status, quote)?;
    }
    adopt_waiting(tx, &status)?;
    arrivals::adopt(tx, &status)?;
    fanout::appeared(tx, &status, arrival)?;
    Ok(Some(status))
}

/// Whether its author deleted it; what others of the same server say does not count.
fn is_deleted(tx: &mut Tx, remote: &RemoteStatus) -> QueryResult<bool> {
    let Some(by) = store::tombstones::find(tx, &remote.uri)? else {
        return Ok(false);
    };
    let author = store::accounts::find(tx, remote.author)?;
    Ok(author.is_some_and(|author| author.uri == by))
}

/// A direct status can come once for each of those who are told: each may see it, whenever theirs comes.
fn tell_further(tx: &mut Tx, known: &Status, remote: &RemoteStatus) -> QueryResult<()> {
    let is_theirs = known.account_id == remote.author;
    let is_direct = [known.visibility, remote.visibility] == [Visibility::Direct; 2];
    if !is_theirs || !is_direct || remote.silent_mentions.is_empty() {
        return Ok(());
    }
    let addressed = store::mentions::list(tx, &[known.id])?;
    let is_new = |id: &&AccountId| !addressed.iter().any(|mention| mention.account_id == **id);
    let further: Vec<AccountId> = remote
        .silent_mentions
        .iter()
        .filter(is_new)
        .copied()
        .collect();
    store::mentions::insert(tx, &name(known.id, &further, true))?;
    fanout::addressed(tx, known, &further)
}

fn find_parent(tx: &mut Tx, remote: &RemoteStatus) -> QueryResult<Option<Status>> {
    match &remote.in_reply_to_uri {
        Some(uri) => store::statuses::find_by_uri(tx, uri),
        None => Ok(None),
    }
}

/// Replies that came before this status now hang below it.
fn adopt_waiting(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    for reply in store::statuses::list_waiting_for(tx, &status.uri)? {
        store::statuses::set_parent(tx, reply, status)?;
        store::statuses::move_conversation(tx, reply.0, status.conversation_id)?;
        store::conversation_mutes::follow_move(tx, reply.0, status.conversation_id)?;
        store::conversations::move_thread(tx, reply.0, status.conversation_id)?;
        store::statuses::add_replies(tx, status.id, 1)?;
    }
    Ok(())
}

fn shape(tx: &mut Tx, remote: &RemoteStatus, parent: Option<&Status>) -> QueryResult<Status> {
    let created_at = remote.published.unwrap_or(tx.now()).clamp(0, tx.now());
    let id = store::statuses::new_id_at(tx, created_at)?;
    Ok(Status {
        id,
        uri: remote.uri.clone(),
        url: remote.url.clone(),
        account_id: remote.author,
        is_local: false,
        visibility: remote.visibility,
        content: clean_html(&remote.content),
        source: None,
        spoiler: clean_line(&remote.spoiler, LONGEST_SPOILER),
        sensitive: remote.sensitive,
        language: remote
            .language
            .as_deref()
            .and_then(normalise_language)
            .map(str::to_owned),
        emojis: Json(remote.emojis.clone()),
        in_reply_to_id: parent.map(|parent| parent.id),
        in_reply_to_account_id: parent.map(|parent| parent.account_id),
        in_reply_to_uri: remote.in_reply_to_uri.clone(),
        conversation_id: parent.map_or(id.0, |parent| parent.conversation_id),
        boost_of_id: None,
        application_id: None,
        replies_count: 0,
        boosts_count: 0,
        favourites_count: 0,
        created_at,
        edited_at: remote.edited.filter(|edited| *edited > created_at),
        fetched_at: tx.now(),
    })
}

fn files(tx: &Tx, status: &Status, remote: &[RemoteAttachment]) -> Vec<Attachment> {
    (0..)
        .zip(remote)
        .map(|(position, file)| Attachment {
            status_id: Some(status.id),
            position,
            kind: file.kind,
            mime: file.mime.clone(),
            remote_url: Some(file.url.clone()),
            description: file
                .description
                .as_deref()
                .map(|words| words.chars().take(LONGEST_DESCRIPTION).collect()),
            blurhash: file.blurhash.clone(),
            width: file.width,
            height: file.height,
            focus_x: file.focus.map(|(x, _)| x.clamp(-1.0, 1.0)),
            focus_y: file.focus.map(|(_, y)| y.clamp(-1.0, 1.0)),
            remote_preview_url: file.preview.clone(),
            ..Attachment::blank(AttachmentId(tx.new_id()), status.account_id, tx.now())
        })
        .collect()
}

/// Brings a known status up to what its author says now. Only a newer `edited` makes a new version; an older
/// one changes nothing, and its visibility and author never change.
///
/// # Errors
/// Whatever the database says.
pub fn receive_edit(
    tx: &mut Tx,
    known: &Status,
    remote: &RemoteStatus,
    arrival: Arrival,
) -> QueryResult<()> {
    tell_further(tx, known, remote)?;
    if known.account_id != remote.author {
        return Ok(());
    }
    let edited = remote.edited.map(|edited| edited.min(tx.now()));
    let last = known.edited_at.unwrap_or(known.created_at);
    let is_current = remote.edited.is_none_or(|edited| edited >= last);
    let Some(edited) = edited.filter(|edited| *edited > last) else {
        if is_current {
            policies::set(tx, known, remote.quote_policy)?;
            arrivals::renew(tx, known, remote.quote.as_ref(), false)?;
        }
        return match &remote.poll {
            Some(poll) => polls::remote::receive(tx, known, poll, false),
            None => Ok(()),
        };
    };
    let old_files = store::attachments::list(tx, &[known.id])?;
    remember(tx, known, &old_files)?;
    policies::set(tx, known, remote.quote_policy)?;
    arrivals::renew(tx, known, remote.quote.as_ref(), true)?;
    match &remote.poll {
        Some(poll) => polls::remote::receive(tx, known, poll, true)?,
        None => store::polls::delete(tx, known.id)?,
    }
    let after = Status {
        content: clean_html(&remote.content),
        spoiler: clean_line(&remote.spoiler, LONGEST_SPOILER),
        sensitive: remote.sensitive,
        language: remote
            .language
            .as_deref()
            .and_then(normalise_language)
            .map(str::to_owned),
        emojis: Json(remote.emojis.clone()),
        edited_at: Some(edited),
        fetched_at: tx.now(),
        ..known.clone()
    };
    store::statuses::update(tx, &after)?;
    store::mentions::silence(tx, known.id)?;
    for account in &remote.mentions {
        store::mentions::upsert_named(tx, known.id, *account)?;
    }
    store::tags::set(tx, known.id, &remote.hashtags)?;
    let files = replace_files(tx, &after, &old_files, &remote.attachments)?;
    let edit = version(tx, &after, &files, edited)?;
    store::edits::insert(tx, &edit)?;
    fanout::changed(tx, &after, arrival)
}

/// Files are told apart by their URLs: those that stay keep their ids, since old versions name them.
fn replace_files(
    tx: &mut Tx,
    status: &Status,
    old: &[Attachment],
    remote: &[RemoteAttachment],
) -> QueryResult<Vec<Attachment>> {
    store::attachments::detach_all(tx, status.id)?;
    let mut kept = files(tx, status, remote);
    let mut new = Vec::new();
    for file in &mut kept {
        match old.iter().find(|known| known.remote_url == file.remote_url) {
            Some(known) => {
                file.id = known.id;
                store::attachments::update(tx, file)?;
            }
            None => new.push(file.clone()),
        }
    }
    store::attachments::insert(tx, &new)?;
    Ok(kept)
}

/// Its author deleted a status, or something that never came here. It stays deleted.
///
/// # Errors
/// Whatever the database says.
pub fn receive_deletion(tx: &mut Tx, uri: &str, actor: &Account) -> QueryResult<()> {
    let known = store::statuses::find_by_uri(tx, uri)?;
    if known
        .as_ref()
        .is_some_and(|status| status.account_id != actor.id)
    {
        return Ok(());
    }
    store::tombstones::insert(tx, uri, &actor.uri)?;
    match known {
        Some(status) => receive_absence(tx, &status),
        None => Ok(()),
    }
}

/// Its own server has a status no longer. Nobody said that it was deleted, so it may come again.
///
/// # Errors
/// Whatever the database says.
pub fn receive_absence(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    let files = store::attachments::list(tx, &[status.id])?;
    remove(tx, status)?;
    remove_files(tx, &files)
}
