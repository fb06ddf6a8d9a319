//! Posts that wait for their time.

use serde::Serialize;

use super::accounts::QuotePolicy;
use super::{Instant, MediaAttachment};
use crate::id::{AttachmentId, ScheduledId, StatusId};

/// A post that waits for its time.
///
/// Source: <https://docs.joinmastodon.org/entities/ScheduledStatus/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScheduledStatus {
    /// Its id, which is not the one of the status that it becomes.
    pub id: ScheduledId,
    /// When it is posted.
    pub scheduled_at: Instant,
    /// What it will be made of.
    pub params: ScheduledParams,
    /// Its media.
    pub media_attachments: Vec<MediaAttachment>,
    /// Why it could not be posted when its time came; this node's own key, left out as long as nothing failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// What a post that waits will be made of.
///
/// Source: <https://docs.joinmastodon.org/entities/ScheduledStatus/#params>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduledParams {
    /// The text as typed.
    pub text: String,
    /// Its poll.
    pub poll: Option<ScheduledPoll>,
    /// The ids of its media; null without any.
    pub media_ids: Option<Vec<AttachmentId>>,
    /// Whether media are hidden until asked for; null as the person prefers.
    pub sensitive: Option<bool>,
    /// The content warning; null when there is none.
    pub spoiler_text: Option<String>,
    /// Who may see it.
    pub visibility: String,
    /// What it replies to: a number and no text, unlike everywhere else.
    pub in_reply_to_id: Option<i64>,
    /// The language as an ISO 639 code; null as the person prefers.
    pub language: Option<String>,
    /// The application that it was written with: a number and no text; 0 for none.
    pub application_id: i64,
    /// Always null: a post is scheduled once.
    pub scheduled_at: Option<Instant>,
    /// The key of the request.
    pub idempotency: Option<String>,
    /// Always false.
    pub with_rate_limit: bool,
    /// What it quotes.
    pub quoted_status_id: Option<StatusId>,
    /// Who may quote it.
    pub quote_approval_policy: QuotePolicy,
}

/// The poll of a post that waits.
///
/// Source: <https://docs.joinmastodon.org/entities/ScheduledStatus/#params-poll>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduledPoll {
    /// The texts of the options.
    pub options: Vec<String>,
    /// How long it runs, in seconds.
    pub expires_in: i64,
    /// Whether several options may be chosen.
    pub multiple: bool,
    /// Whether nobody is shown the numbers before it ends.
    pub hide_totals: bool,
}
