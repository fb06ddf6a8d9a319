//! Posts that wait for their time. Each is a row and a job that is due then: a node that is away at that time posts as
//! soon as it is back, and whichever process takes the row out is the one that posts.

use serde::{Deserialize, Serialize};

use super::compose::claim_attachments;
use super::publish::{
    Draft, check_draft, check_planned_mentions, find_first, find_parent, post_anew,
};
use crate::clock::{DAY, MINUTE, midnight};
use crate::id::{AccountId, ApplicationId, AttachmentId, ScheduledId, StatusId};
use crate::node::Node;
use crate::social::polls::PollDraft;
use crate::social::quotes::{making, policies};
use crate::social::slices::Slice;
use crate::social::{Error, Result, users};
use crate::store::attachments::Attachment;
use crate::store::jobs::Job;
use crate::store::scheduled_statuses::Scheduled;
use crate::store::{self, Conn, Page, QueryResult, QuotePolicy, Tx, Visibility};
use crate::urls::Urls;

/// How far ahead a post is scheduled at least, in milliseconds.
pub const LEAST_AHEAD: i64 = 5 * MINUTE;
/// Posts of one person that wait at the same time.
const MOST: i64 = 300;
/// Posts of one person that wait for the same day.
const MOST_A_DAY: i64 = 25;

/// What a post will be made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// As typed.
    pub text: String,
    /// The content warning.
    pub spoiler: String,
    /// The word for who may see it.
    pub visibility: String,
    /// Whether files are hidden at first.
    pub sensitive: Option<bool>,
    /// An ISO 639 code.
    pub language: Option<String>,
    /// What it replies to.
    pub in_reply_to: Option<i64>,
    /// Its files, in order.
    pub attachments: Vec<i64>,
    /// Its poll.
    pub poll: Option<PollDraft>,
    /// What it quotes.
    pub quoted: Option<i64>,
    /// The word for who may quote it.
    pub quote_policy: Option<String>,
    /// Whom it may name.
    #[serde(default)]
    pub allowed_mentions: Option<Vec<i64>>,
    /// The key of the request.
    pub idempotency_key: Option<String>,
    /// What it was written with.
    pub application: Option<i64>,
}

/// A post that waits, with what it will be made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Its row.
    pub row: Scheduled,
    /// What it will be made of.
    pub params: Params,
    /// Its files, in order.
    pub files: Vec<Attachment>,
}

/// What became of a draft that was given a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planned {
    /// It waits.
    Waits(ScheduledId),
    /// It was posted: a repeated request comes after its time.
    Posted(StatusId),
}

/// Schedules a post for the instant `at` (milliseconds).
///
/// # Errors
/// [`Error::Invalid`] says what is wrong with the draft or its time; [`Error::NotFound`] if the parent is not visible,
/// [`Error::Missing`] if what it quotes is not, or may not be quoted; [`Error::UnexpectedMentions`] if it names somebody
/// whom it may not.
pub async fn schedule(node: &Node, author: AccountId, draft: Draft, at: i64) -> Result<Planned> {
    check_draft(node, &draft)?;
    let urls = node.urls.clone();
    node.db
        .write(move |tx| {
            if let Some(planned) = find_planned(tx, author, &draft)? {
                return Ok(planned);
            }
            let user = store::users::find(tx, author)?.ok_or(Error::NotFound)?;
            check_time(tx, author, at, None)?;
            if store::scheduled_statuses::count_by(tx, author)? >= MOST {
                let sentence = format!("You cannot schedule more than {MOST} posts");
                return Err(Error::Invalid(format!("Validation failed: {sentence}")));
            }
            if let Some(parent) = draft.in_reply_to {
                find_parent(tx, author, parent)?;
            }
            if let Some(quoted) = draft.quoted {
                making::find_quotable(tx, author, quoted)?;
            }
            claim_attachments(tx, author, &draft.attachments, None)?;
            check_planned_mentions(tx, &urls, &draft)?;
            let visibility = draft.visibility.unwrap_or(user.default_visibility);
            let policy = draft.quote_policy.unwrap_or(user.default_quote_policy);
            let draft = Draft {
                visibility: Some(visibility),
                quote_policy: Some(policies::own(visibility, policy)),
                ..draft
            };
            let id = ScheduledId(tx.new_id());
            let row = Scheduled {
                id,
                account_id: author,
                scheduled_at: at,
                params: to_json(&params_of(&draft))?,
                failure: None,
                created_at: tx.now(),
            };
            store::scheduled_statuses::insert(tx, &row, &draft.attachments)?;
            if let Some(key) = &draft.idempotency_key {
                // Numbers are given once, whatever they are for.
                store::idempotency::insert(tx, author, key, StatusId(id.0))?;
            }
            plan(tx, id, at)?;
            Ok(Planned::Waits(id))
        })
        .await
}

/// What became of an earlier request with the same key; none if that is gone.
fn find_planned(tx: &mut Tx, author: AccountId, draft: &Draft) -> Result<Option<Planned>> {
    let Some(first) = find_first(tx, author, draft)? else {
        return Ok(None);
    };
    let (waiting, posted) = (ScheduledId(first), StatusId(first));
    if store::scheduled_statuses::find(tx, waiting)?.is_some() {
        return Ok(Some(Planned::Waits(waiting)));
    }
    let status = store::statuses::find(tx, posted)?;
    Ok(status.map(|status| Planned::Posted(status.id)))
}

fn check_time(tx: &mut Tx, author: AccountId, at: i64, of: Option<ScheduledId>) -> Result<()> {
    if at < tx.now() + LEAST_AHEAD {
        return Err(Error::invalid(
            "Validation failed: A post is scheduled at least five minutes ahead",
        ));
    }
    let day = midnight(at);
    let that_day = (day, day + DAY);
    if store::scheduled_statuses::count_between(tx, author, that_day, of)? >= MOST_A_DAY {
        let sentence = format!("You cannot schedule more than {MOST_A_DAY} posts for one day");
        return Err(Error::Invalid(format!("Validation failed: {sentence}")));
    }
    Ok(())
}

fn plan(tx: &mut Tx, id: ScheduledId, at: i64) -> QueryResult<()> {
    tx.queue_at(&Job::PublishScheduled { scheduled: id, at }, at)
}

/// A page of what an account has scheduled, the last one written first.
///
/// # Errors
/// Whatever the database says.
pub fn list(conn: &mut Conn, viewer: AccountId, page: &Page) -> Result<Slice<Waiting>> {
    let rows = store::scheduled_statuses::page_by(conn, viewer, page)?;
    let items = with_files(conn, rows.clone())?;
    Ok(Slice::new(items, &rows, |row| row.id.0))
}

/// One post that this account has scheduled.
///
/// # Errors
/// [`Error::NotFound`] for everything else.
pub fn find(conn: &mut Conn, viewer: AccountId, id: ScheduledId) -> Result<Waiting> {
    let row = store::scheduled_statuses::find(conn, id)?;
    let own = row.filter(|row| row.account_id == viewer);
    with_files(conn, own.into_iter().collect())?
        .pop()
        .ok_or(Error::NotFound)
}

fn with_files(conn: &mut Conn, rows: Vec<Scheduled>) -> Result<Vec<Waiting>> {
    let ids: Vec<ScheduledId> = rows.iter().map(|row| row.id).collect();
    let mut files = store::scheduled_statuses::list_files(conn, &ids)?;
    let waiting = rows.into_iter().map(|row| {
        let own = files.extract_if(.., |(id, _)| *id == row.id);
        Ok(Waiting {
            files: own.map(|(_, file)| file).collect(),
            params: from_json(&row.params)?,
            row,
        })
    });
    waiting.collect()
}

/// Moves a post of this account to another time (milliseconds); one that failed is tried again then.
///
/// # Errors
/// [`Error::NotFound`] for everything else, [`Error::Invalid`] says what is wrong with the time.
pub async fn postpone(node: &Node, viewer: AccountId, id: ScheduledId, at: i64) -> Result<()> {
    node.db
        .write(move |tx| {
            find(tx, viewer, id)?;
            check_time(tx, viewer, at, Some(id))?;
            store::scheduled_statuses::postpone(tx, viewer, id, at)?;
            Ok(plan(tx, id, at)?)
        })
        .await
}

/// Does not post what this account has scheduled.
///
/// # Errors
/// [`Error::NotFound`] for everything else.
pub async fn cancel(node: &Node, viewer: AccountId, id: ScheduledId) -> Result<()> {
    node.db
        .write(move |tx| {
            if store::scheduled_statuses::delete(tx, viewer, id)? {
                Ok(())
            } else {
                Err(Error::NotFound)
            }
        })
        .await
}

/// The text of what is to be posted at `at` (milliseconds); none if there is nothing any more.
///
/// # Errors
/// Whatever the database says.
pub fn find_text(conn: &mut Conn, id: ScheduledId, at: i64) -> Result<Option<String>> {
    let row = store::scheduled_statuses::find(conn, id)?;
    match row.filter(|row| row.scheduled_at == at) {
        Some(row) => Ok(Some(from_json(&row.params)?.text)),
        None => Ok(None),
    }
}

/// Posts what is to be posted at `at` (milliseconds), once, whoever else tries; nothing if its author moved or removed
/// it. What cannot be posted stays, with the reason.
///
/// # Errors
/// Why it could not be posted.
pub async fn fire(node: &Node, id: ScheduledId, at: i64) -> Result<Option<StatusId>> {
    let urls = node.urls.clone();
    let posted = node.db.write(move |tx| take_out(tx, &urls, id, at)).await;
    let Err(error) = posted else {
        return posted;
    };
    let passes = matches!(&error, Error::Internal(cause) if store::Trouble::of(cause).is_some());
    if !passes {
        let reason = match &error {
            Error::NotFound => "What it replies to is not there any more".to_owned(),
            Error::Internal(_) => "The server could not post it, and tries again".to_owned(),
            other => other.to_string(),
        };
        node.db
            .write(move |tx| store::scheduled_statuses::set_failure(tx, id, &reason))
            .await?;
    }
    Err(error)
}

fn take_out(tx: &mut Tx, urls: &Urls, id: ScheduledId, at: i64) -> Result<Option<StatusId>> {
    let Some(row) = store::scheduled_statuses::take(tx, id, at)? else {
        return Ok(None);
    };
    let author = row.account_id;
    let person = users::load(tx, author)?.ok_or(Error::NotFound)?;
    users::check_active(&person)?;
    let draft = draft_of(from_json(&row.params)?);
    let posted = post_anew(tx, urls, author, &draft)?;
    Ok(Some(posted))
}

fn params_of(draft: &Draft) -> Params {
    let visibility = draft.visibility.unwrap_or(Visibility::Public);
    Params {
        text: draft.text.clone(),
        spoiler: draft.spoiler.clone(),
        visibility: visibility.word().to_owned(),
        sensitive: draft.sensitive,
        language: draft.language.clone(),
        in_reply_to: draft.in_reply_to.map(|id| id.0),
        attachments: draft.attachments.iter().map(|id| id.0).collect(),
        poll: draft.poll.clone(),
        quoted: draft.quoted.map(|id| id.0),
        quote_policy: draft.quote_policy.map(|policy| policy.word().to_owned()),
        allowed_mentions: draft
            .allowed_mentions
            .as_ref()
            .map(|allowed| allowed.iter().map(|id| id.0).collect()),
        idempotency_key: draft.idempotency_key.clone(),
        application: draft.application.map(|id| id.0),
    }
}

fn draft_of(params: Params) -> Draft {
    Draft {
        text: params.text,
        spoiler: params.spoiler,
        visibility: Visibility::from_word(&params.visibility),
        sensitive: params.sensitive,
        language: params.language,
        in_reply_to: params.in_reply_to.map(StatusId),
        attachments: params.attachments.into_iter().map(AttachmentId).collect(),
        poll: params.poll,
        quoted: params.quoted.map(StatusId),
        quote_policy: params
            .quote_policy
            .as_deref()
            .and_then(QuotePolicy::from_word),
        allowed_mentions: params
            .allowed_mentions
            .map(|allowed| allowed.into_iter().map(AccountId).collect()),
        idempotency_key: params.idempotency_key,
        application: params.application.map(ApplicationId),
    }
}

fn to_json(params: &Params) -> Result<String> {
    serde_json::to_string(params).map_err(|error| Error::Broken(error.to_string()))
}

fn from_json(text: &str) -> Result<Params> {
    serde_json::from_str(text).map_err(|error| Error::Broken(error.to_string()))
}
