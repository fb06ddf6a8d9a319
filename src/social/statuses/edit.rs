//! A local author edits a status: the earlier version stays readable, and everybody who has it hears of it.

use super::compose::{Caps, Carried, check, claim_attachments, compose, settle_text, words};
use super::publish::attach;
use crate::id::{AccountId, AttachmentId, StatusId};
use crate::node::Node;
use crate::social::attachments::Description;
use crate::social::emojis;
use crate::social::fanout::{self, Arrival};
use crate::social::news;
use crate::social::polls::PollDraft;
use crate::social::polls::drafts::{self, Change};
use crate::social::quotes::lists::change_policy;
use crate::social::{Error, Result};
use crate::store::attachments::Attachment;
use crate::store::edits::Edit;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::statuses::Status;
use crate::store::{self, Json, QueryResult, QuotePolicy, Tx};
use crate::text::languages::normalise_language;
use crate::urls::Urls;

/// What a status shall say from now on; what is missing is removed.
#[derive(Clone, Debug, Default)]
pub struct Revision {
    /// As typed.
    pub text: String,
    /// The content warning.
    pub spoiler: String,
    /// Whether files are hidden at first.
    pub sensitive: bool,
    /// An ISO 639 code; none keeps the language.
    pub language: Option<String>,
    /// Its files, in order.
    pub attachments: Vec<AttachmentId>,
    /// Its poll; tidy.
    pub poll: Option<PollDraft>,
    /// New words and focal points for files.
    pub descriptions: Vec<FileChange>,
    /// Who may quote it; none leaves that as it is.
    pub quote_policy: Option<QuotePolicy>,
}

/// What changes about a file.
#[derive(Clone, Debug)]
pub struct FileChange {
    /// Which file.
    pub id: AttachmentId,
    /// What its owner says about it from now on.
    pub description: Description,
}

/// Edits an own status. An edit that changes nothing leaves no trace.
///
/// # Errors
/// [`Error::NotFound`] for what is not the author's own, [`Error::Invalid`] says what is wrong with the text.
pub async fn edit(node: &Node, author: AccountId, id: StatusId, revision: Revision) -> Result<()> {
    let look = node
        .db
        .read(move |conn| store::quotes::find_by_status(conn, id));
    let quote = look.await?;
    let carried = Carried {
        attachments: revision.attachments.len(),
        poll: revision.poll.as_ref(),
        has_quote: quote.is_some(),
    };
    let caps = Caps::of(&node.config);
    check(&revision.text, &revision.spoiler, carried, caps)?;
    for change in &revision.descriptions {
        change.description.check()?;
    }
    let urls = node.urls.clone();
    node.db
        .write(move |tx| revise(tx, &urls, author, id, &revision))
        .await
}

fn revise(
    tx: &mut Tx,
    urls: &Urls,
    author: AccountId,
    id: StatusId,
    revision: &Revision,
) -> Result<()> {
    let before = find_own(tx, author, id)?;
    if let Some(policy) = revision.quote_policy {
        change_policy(tx, &before, policy)?;
    }
    let old_files = store::attachments::list(tx, &[id])?;
    let files = claim_attachments(tx, author, &revision.attachments, Some(id))?;
    let described = describe(tx, &files, &revision.descriptions)?;
    let text = settle_text(&revision.text, &revision.spoiler);
    let composed = compose(tx, urls, &text)?;
    let spoiler = revision.spoiler.trim().to_owned();
    let language = revision
        .language
        .as_deref()
        .and_then(normalise_language)
        .map(str::to_owned);
    let words = words(&revision.text, &revision.spoiler, revision.poll.as_ref());
    let mut after = Status {
        content: composed.content,
        source: Some(text),
        sensitive: revision.sensitive || !spoiler.is_empty(),
        spoiler,
        language: language.or_else(|| before.language.clone()),
        emojis: Json(emojis::find_used(tx, urls, &words)?),
        ..before.clone()
    };
    let (poll, is_same) = (revision.poll.as_ref(), is_same(&old_files, &files));
    let change = drafts::compare(tx, id, poll)?;
    if after == before && !described && is_same && change != Change::Choices {
        if change == Change::Terms {
            drafts::revise(tx, id, poll, change)?;
            tx.queue(&Job::Distribute(Fact::PollChanged { status: id }))?;
            news::edited(tx, &before)?;
        }
        return Ok(());
    }
    after.edited_at = Some(tx.now());
    remember(tx, &before, &old_files)?;
    drafts::revise(tx, id, poll, change)?;
    store::statuses::update(tx, &after)?;
    store::attachments::detach_all(tx, id)?;
    attach(tx, id, &files)?;
    store::mentions::silence(tx, id)?;
    for account in &composed.mentions {
        store::mentions::upsert_named(tx, id, *account)?;
    }
    store::tags::set(tx, id, &composed.hashtags)?;
    let edit = version(tx, &after, &files, tx.now())?;
    store::edits::insert(tx, &edit)?;
    fanout::changed(tx, &after, Arrival::Live)?;
    Ok(tx.queue(&Job::Distribute(Fact::Edited { status: id }))?)
}

/// The author's own status; boosts cannot be edited.
pub(super) fn find_own(tx: &mut Tx, author: AccountId, id: StatusId) -> Result<Status> {
    store::statuses::find(tx, id)?
        .filter(|status| status.account_id == author && status.boost_of_id.is_none())
        .ok_or(Error::NotFound)
}

/// Before the first edit the original becomes the first version.
pub(super) fn remember(tx: &mut Tx, original: &Status, files: &[Attachment]) -> QueryResult<()> {
    if store::edits::list(tx, original.id)?.is_empty() {
        let edit = version(tx, original, files, original.created_at)?;
        store::edits::insert(tx, &edit)?;
    }
    Ok(())
}

/// A status with the poll that it has now, as one of its versions.
pub(super) fn version(
    tx: &mut Tx,
    status: &Status,
    files: &[Attachment],
    since: i64,
) -> QueryResult<Edit> {
    Ok(Edit {
        status_id: status.id,
        content: status.content.clone(),
        spoiler: status.spoiler.clone(),
        sensitive: status.sensitive,
        emojis: status.emojis.clone(),
        attachments: Json(files.iter().map(|file| file.id.0).collect()),
        created_at: since,
        poll_options: drafts::titles(tx, status.id)?.map(Json),
    })
}

fn is_same(old: &[Attachment], new: &[Attachment]) -> bool {
    old.iter()
        .map(|file| file.id)
        .eq(new.iter().map(|file| file.id))
}

/// Gives files new words and focal points; tells whether anything changed.
fn describe(tx: &mut Tx, files: &[Attachment], changes: &[FileChange]) -> QueryResult<bool> {
    let mut is_new = false;
    for file in files {
        let Some(change) = changes.iter().find(|change| change.id == file.id) else {
            continue;
        };
        let mut described = file.clone();
        change.description.apply(&mut described);
        if described != *file {
            store::attachments::update(tx, &described)?;
            is_new = true;
        }
    }
    Ok(is_new)
}
