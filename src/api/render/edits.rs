//! The versions of a status, and its text as typed.
//!
//! Source: <https://docs.joinmastodon.org/entities/StatusEdit/>

use std::collections::HashMap;

use super::accounts::emojis;
use super::{View, accounts, attachments, statuses};
use crate::api::entities::edits::{EditedPoll, EditedPollOption};
use crate::api::entities::quotes::Quote;
use crate::api::entities::{self, Instant, StatusEdit, StatusSource};
use crate::id::AttachmentId;
use crate::store::attachments::Attachment;
use crate::store::edits::Edit;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult};

/// Every version of a status, the original first; one that was never edited has one version.
///
/// # Errors
/// Whatever the database says.
pub fn history(conn: &mut Conn, view: &View, status: &Status) -> QueryResult<Vec<StatusEdit>> {
    let Some(author) = accounts::by_ids(conn, view, &[status.account_id])?.pop() else {
        return Ok(Vec::new());
    };
    let quote = quote_of(conn, view, status)?;
    let with_quote = |version: StatusEdit| StatusEdit {
        quote: quote.clone(),
        ..version
    };
    let edits = store::edits::list(conn, status.id)?;
    if edits.is_empty() {
        let files = store::attachments::list(conn, &[status.id])?;
        let files = files.iter().collect::<Vec<_>>();
        let options = store::polls::list_options(conn, &[status.id])?;
        let only = unedited(status, options.into_iter().map(|option| option.title));
        return Ok(vec![with_quote(version(view, &author, &only, &files))]);
    }
    let ids: Vec<AttachmentId> = edits.iter().flat_map(Edit::attachment_ids).collect();
    let files: HashMap<AttachmentId, Attachment> = store::attachments::list_by_id(conn, &ids)?
        .into_iter()
        // What has moved to another status since is that one's to show.
        .filter(|file| file.status_id.is_none_or(|id| id == status.id))
        .map(|file| (file.id, file))
        .collect();
    Ok(edits
        .iter()
        .map(|edit| {
            let ids = edit.attachment_ids();
            let files: Vec<&Attachment> = ids.filter_map(|id| files.get(&id)).collect();
            with_quote(version(view, &author, edit, &files))
        })
        .collect())
}

/// What a status quotes: an edit leaves that as it is.
fn quote_of(conn: &mut Conn, view: &View, status: &Status) -> QueryResult<Option<Quote>> {
    match store::quotes::find_by_status(conn, status.id)? {
        Some(_) => Ok(statuses::single(conn, view, status.clone())?.quote),
        None => Ok(None),
    }
}

/// A status that was never edited, as its only version.
fn unedited(status: &Status, options: impl Iterator<Item = String>) -> Edit {
    let options: Vec<String> = options.collect();
    Edit {
        status_id: status.id,
        content: status.content.clone(),
        spoiler: status.spoiler.clone(),
        sensitive: status.sensitive,
        emojis: status.emojis.clone(),
        attachments: store::Json::default(),
        created_at: status.created_at,
        poll_options: (!options.is_empty()).then_some(store::Json(options)),
    }
}

fn version(
    view: &View,
    author: &entities::Account,
    edit: &Edit,
    files: &[&Attachment],
) -> StatusEdit {
    StatusEdit {
        content: edit.content.clone(),
        spoiler_text: edit.spoiler.clone(),
        sensitive: edit.sensitive,
        created_at: Instant(edit.created_at),
        account: author.clone(),
        poll: edit.poll_options.as_ref().map(|titles| EditedPoll {
            options: titles.0.iter().map(|title| edited_option(title)).collect(),
        }),
        media_attachments: files
            .iter()
            .map(|file| attachments::single(&view.urls, file))
            .collect(),
        emojis: emojis(&view.urls, &edit.emojis),
        quote: None,
    }
}

fn edited_option(title: &str) -> EditedPollOption {
    EditedPollOption {
        title: title.to_owned(),
    }
}

/// A status as its author typed it; what came from elsewhere was never typed here, so its HTML stands in.
#[must_use]
pub fn source(status: Status) -> StatusSource {
    StatusSource {
        id: status.id,
        text: status.source.unwrap_or(status.content),
        spoiler_text: status.spoiler,
    }
}
