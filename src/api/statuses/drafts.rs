//! What clients send to post and to edit, in the words of the rules.
//!
//! Source: <https://docs.joinmastodon.org/methods/statuses/#create>

use serde::Deserialize;

use crate::api::error::ApiError;
use crate::api::media::read_focus;
use crate::api::params::blank_as_none;
use crate::clock::from_rfc3339;
use crate::id::{AccountId, ApplicationId, AttachmentId, StatusId};
use crate::social::attachments::Description;
use crate::social::polls::PollDraft;
use crate::social::statuses::{Draft, FileChange, Revision};
use crate::store::{QuotePolicy, Visibility};

/// A status to be posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewStatus {
    status: String,
    spoiler_text: String,
    #[serde(deserialize_with = "blank_as_none")]
    sensitive: Option<bool>,
    visibility: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    language: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    in_reply_to_id: Option<StatusId>,
    media_ids: Vec<AttachmentId>,
    #[serde(deserialize_with = "blank_as_none")]
    poll: Option<Poll>,
    #[serde(deserialize_with = "blank_as_none")]
    scheduled_at: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    quoted_status_id: Option<StatusId>,
    #[serde(deserialize_with = "blank_as_none")]
    quote_approval_policy: Option<String>,
    allowed_mentions: Option<Vec<String>>,
}

/// An edited status.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EditedStatus {
    status: String,
    spoiler_text: String,
    sensitive: bool,
    #[serde(deserialize_with = "blank_as_none")]
    language: Option<String>,
    media_ids: Vec<AttachmentId>,
    media_attributes: Vec<MediaAttributes>,
    #[serde(deserialize_with = "blank_as_none")]
    poll: Option<Poll>,
    #[serde(deserialize_with = "blank_as_none")]
    quote_approval_policy: Option<String>,
}

/// What is said about a file of an edited status.
#[derive(Debug, Deserialize)]
struct MediaAttributes {
    id: AttachmentId,
    #[serde(default)]
    description: Option<String>,
    #[serde(default, deserialize_with = "blank_as_none")]
    focus: Option<String>,
}

/// A poll to be made.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Poll {
    options: Vec<String>,
    #[serde(deserialize_with = "blank_as_none")]
    expires_in: Option<i64>,
    multiple: bool,
    hide_totals: bool,
}

impl Poll {
    /// The rule's words for it; none if it offers nothing, as forms send polls that nobody filled in.
    fn into_draft(self) -> Option<PollDraft> {
        let draft = PollDraft {
            options: self.options,
            seconds: self.expires_in.unwrap_or_default(),
            multiple: self.multiple,
            hides_totals: self.hide_totals,
        };
        Some(draft.tidy()).filter(|draft| !draft.options.is_empty())
    }
}

impl NewStatus {
    /// The status that it replies to.
    pub(super) fn parent(&self) -> Option<StatusId> {
        self.in_reply_to_id
    }

    /// When it is to be posted, in milliseconds; at once if none.
    ///
    /// # Errors
    /// 422 for what is no time.
    pub(super) fn time(&self) -> Result<Option<i64>, ApiError> {
        self.scheduled_at.as_deref().map(read_time).transpose()
    }

    /// The rule's words for it.
    ///
    /// # Errors
    /// 422 for what this node has no word for.
    pub(super) fn into_draft(
        self,
        application: ApplicationId,
        idempotency_key: Option<String>,
    ) -> Result<Draft, ApiError> {
        Ok(Draft {
            text: self.status,
            spoiler: self.spoiler_text,
            visibility: read_visibility(self.visibility.as_deref())?,
            sensitive: self.sensitive,
            language: self.language,
            in_reply_to: self.in_reply_to_id,
            attachments: self.media_ids,
            poll: self.poll.and_then(Poll::into_draft),
            quoted: self.quoted_status_id,
            quote_policy: read_quote_policy(self.quote_approval_policy.as_deref())?,
            allowed_mentions: self.allowed_mentions.map(|words| read_ids(&words)),
            idempotency_key,
            application: Some(application),
        })
    }
}

impl EditedStatus {
    /// The rule's words for it.
    ///
    /// # Errors
    /// 422 for a focal point that is none, and for a word that names no quote policy.
    pub(super) fn into_revision(self) -> Result<Revision, ApiError> {
        let descriptions = self.media_attributes.into_iter().map(change);
        Ok(Revision {
            text: self.status,
            spoiler: self.spoiler_text,
            sensitive: self.sensitive,
            language: self.language,
            attachments: self.media_ids,
            poll: self.poll.and_then(Poll::into_draft),
            descriptions: descriptions.collect::<Result<_, _>>()?,
            quote_policy: read_quote_policy(self.quote_approval_policy.as_deref())?,
        })
    }
}

fn change(given: MediaAttributes) -> Result<FileChange, ApiError> {
    Ok(FileChange {
        id: given.id,
        description: Description {
            words: given.description,
            focus: given.focus.as_deref().map(read_focus).transpose()?,
        },
    })
}

/// The accounts of a list in which clients say with an empty word that it is empty. What is no id allows nobody.
fn read_ids(words: &[String]) -> Vec<AccountId> {
    let read = |word: &String| word.trim().parse().ok();
    words.iter().filter_map(read).collect()
}

/// Reads when a status is to be posted, in milliseconds.
///
/// # Errors
/// 422 for what is no time.
pub(in crate::api) fn read_time(text: &str) -> Result<i64, ApiError> {
    let text = text.trim();
    let at = from_rfc3339(text).or_else(|| from_rfc3339(&format!("{text}Z")));
    at.ok_or_else(|| ApiError::validation("Scheduled at must be a time as ISO 8601 writes it"))
}

/// Reads who may see a status; an empty word is as good as none.
///
/// # Errors
/// 422 for a word that names no visibility.
pub(super) fn read_visibility(word: Option<&str>) -> Result<Option<Visibility>, ApiError> {
    let word = word.map(str::trim).filter(|word| !word.is_empty());
    word.map(|word| {
        Visibility::from_word(word)
            .ok_or_else(|| ApiError::validation("Visibility is not included in the list"))
    })
    .transpose()
}

/// Reads who may quote a status.
///
/// # Errors
/// 422 for a word that names no policy.
pub(in crate::api) fn read_quote_policy(
    word: Option<&str>,
) -> Result<Option<QuotePolicy>, ApiError> {
    word.map(|word| {
        QuotePolicy::from_word(word.trim())
            .ok_or_else(|| ApiError::validation("Quote policy is not included in the list"))
    })
    .transpose()
}
