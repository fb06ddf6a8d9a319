//! Posts that wait for their time.
//!
//! Source: <https://docs.joinmastodon.org/entities/ScheduledStatus/>

use super::attachments;
use super::words::quote_policy;
use crate::api::entities::Instant;
use crate::api::entities::scheduled_statuses::{ScheduledParams, ScheduledPoll, ScheduledStatus};
use crate::id::{AttachmentId, StatusId};
use crate::social::polls::PollDraft;
use crate::social::statuses::schedule::{Params, Waiting};
use crate::store;
use crate::urls::Urls;

/// One post that waits; all that it needs is there.
#[must_use]
pub fn single(urls: &Urls, waiting: &Waiting) -> ScheduledStatus {
    let files = waiting.files.iter();
    ScheduledStatus {
        id: waiting.row.id,
        scheduled_at: Instant(waiting.row.scheduled_at),
        params: params(&waiting.params),
        media_attachments: files.map(|file| attachments::single(urls, file)).collect(),
        failure: waiting.row.failure.clone(),
    }
}

fn params(kept: &Params) -> ScheduledParams {
    let policy = kept.quote_policy.as_deref();
    let policy = policy.and_then(store::QuotePolicy::from_word);
    let ids = kept.attachments.iter().copied().map(AttachmentId);
    ScheduledParams {
        text: kept.text.clone(),
        poll: kept.poll.as_ref().map(poll),
        media_ids: Some(ids.collect::<Vec<_>>()).filter(|ids| !ids.is_empty()),
        sensitive: kept.sensitive,
        spoiler_text: Some(kept.spoiler.clone()).filter(|text| !text.is_empty()),
        visibility: kept.visibility.clone(),
        in_reply_to_id: kept.in_reply_to,
        language: kept.language.clone(),
        application_id: kept.application.unwrap_or_default(),
        scheduled_at: None,
        idempotency: kept.idempotency_key.clone(),
        with_rate_limit: false,
        quoted_status_id: kept.quoted.map(StatusId),
        quote_approval_policy: quote_policy(policy.unwrap_or(store::QuotePolicy::Nobody)),
    }
}

fn poll(draft: &PollDraft) -> ScheduledPoll {
    ScheduledPoll {
        options: draft.options.clone(),
        expires_in: draft.seconds,
        multiple: draft.multiple,
        hide_totals: draft.hides_totals,
    }
}
