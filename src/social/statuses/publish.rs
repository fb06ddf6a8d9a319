//! A local account posts: everything that follows from it is in one commit.

use super::compose::{Caps, Carried, check, claim_attachments, compose, name, settle_text, words};
use super::groups;
use crate::clock::HOUR;
use crate::id::{AccountId, ApplicationId, AttachmentId, StatusId};
use crate::node::Node;
use crate::social::emojis;
use crate::social::fanout::{self, Arrival};
use crate::social::polls::{self, PollDraft};
use crate::social::quotes::{making, policies};
use crate::social::visibility::find_visible;
use crate::social::{Error, Result, visitors};
use crate::store::accounts::Account;
use crate::store::attachments::Attachment;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::statuses::Status;
use crate::store::users::User;
use crate::store::{self, Json, QuotePolicy, Tx, Visibility};
use crate::text::languages::normalise_language;
use crate::urls::Urls;

/// How long a client may repeat a request without posting twice.
const IDEMPOTENCY_WINDOW: i64 = HOUR;

/// What a person wants to post. What is none is as their preferences say.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// As typed.
    pub text: String,
    /// The content warning.
    pub spoiler: String,
    /// Who may see it.
    pub visibility: Option<Visibility>,
    /// Whether files are hidden at first.
    pub sensitive: Option<bool>,
    /// An ISO 639 code; others count as none. Without one it is the author's default, or what they read the node in.
    pub language: Option<String>,
    /// What it replies to.
    pub in_reply_to: Option<StatusId>,
    /// Files uploaded before, in order.
    pub attachments: Vec<AttachmentId>,
    /// Its poll; tidy.
    pub poll: Option<PollDraft>,
    /// What it quotes.
    pub quoted: Option<StatusId>,
    /// Who may quote it.
    pub quote_policy: Option<QuotePolicy>,
    /// Whom it may name, if its author said; naming anybody else is an error then.
    pub allowed_mentions: Option<Vec<AccountId>>,
    /// Repeats with the same key give back the first status.
    pub idempotency_key: Option<String>,
    /// What it is posted with.
    pub application: Option<ApplicationId>,
}

/// Posts a status; gives back its id. Remote accounts that the text names must be known by now.
///
/// # Errors
/// [`Error::Invalid`] says what is wrong with the draft; [`Error::NotFound`] if the parent is not visible,
/// [`Error::Missing`] if what it quotes is not, or may not be quoted; [`Error::UnexpectedMentions`] if it names somebody
/// whom it may not.
pub async fn publish(node: &Node, author: AccountId, draft: Draft) -> Result<StatusId> {
    check_draft(node, &draft)?;
    let urls = node.urls.clone();
    node.db
        .write(move |tx| post(tx, &urls, author, &draft))
        .await
}

/// Checks what needs no rows.
pub(super) fn check_draft(node: &Node, draft: &Draft) -> Result<()> {
    let carried = Carried {
        attachments: draft.attachments.len(),
        poll: draft.poll.as_ref(),
        has_quote: draft.quoted.is_some(),
    };
    let caps = Caps::of(&node.config);
    check(&draft.text, &draft.spoiler, carried, caps)
}

/// The number of what an earlier request with the draft's key made.
pub(super) fn find_first(tx: &mut Tx, author: AccountId, draft: &Draft) -> Result<Option<i64>> {
    let Some(key) = &draft.idempotency_key else {
        return Ok(None);
    };
    let since = tx.now() - IDEMPOTENCY_WINDOW;
    let first = store::idempotency::find(tx, author, key, since)?;
    Ok(first.map(|first| first.0))
}

pub(super) fn post(tx: &mut Tx, urls: &Urls, author: AccountId, draft: &Draft) -> Result<StatusId> {
    if let Some(first) = find_first(tx, author, draft)? {
        return Ok(StatusId(first));
    }
    post_anew(tx, urls, author, draft)
}

/// Posts, whatever was posted with the draft's key before.
pub(super) fn post_anew(
    tx: &mut Tx,
    urls: &Urls,
    author: AccountId,
    draft: &Draft,
) -> Result<StatusId> {
    let account = crate::social::follows::require(tx, author)?;
    let user = store::users::find(tx, author)?.ok_or(Error::NotFound)?;
    let parent = match draft.in_reply_to {
        Some(id) => Some(find_parent(tx, author, id)?),
        None => None,
    };
    let quoted = match draft.quoted {
        Some(id) => Some(making::find_quotable(tx, author, id)?),
        None => None,
    };
    let files = claim_attachments(tx, author, &draft.attachments, None)?;
    let composed = compose(tx, urls, &settle_text(&draft.text, &draft.spoiler))?;
    check_mentions(draft, &composed.mentions)?;
    let writer = Author { account, user };
    let mut status = shape(tx, urls, &writer, draft, parent.as_ref(), composed.content);
    let words = words(&draft.text, &draft.spoiler, draft.poll.as_ref());
    status.emojis = Json(emojis::find_used(tx, urls, &words)?);
    if let Some(quoted) = &quoted {
        status.visibility = making::narrow(status.visibility, quoted);
        making::check_addressees(&status, quoted, &composed.mentions)?;
    }
    store::statuses::insert(tx, &status)?;
    let policy = draft.quote_policy;
    let policy = policy.unwrap_or(writer.user.default_quote_policy);
    let policy = policies::own(status.visibility, policy);
    policies::begin(tx, &status, policy.into())?;
    store::mentions::insert(tx, &name(status.id, &composed.mentions, false))?;
    if let Some(parent) = &parent {
        groups::join(tx, &status, parent)?;
    }
    store::tags::set(tx, status.id, &composed.hashtags)?;
    attach(tx, status.id, &files)?;
    if let Some(poll) = &draft.poll {
        polls::drafts::begin(tx, status.id, poll)?;
    }
    if let Some(parent) = &parent {
        store::statuses::add_replies(tx, parent.id, 1)?;
        if parent.account_id != author {
            visitors::note_interaction(tx, author)?;
        }
    }
    store::accounts::add_statuses(tx, author, 1, Some(status.created_at))?;
    fanout::appeared(tx, &status, Arrival::Live)?;
    tx.queue(&Job::Distribute(Fact::Posted { status: status.id }))?;
    if let Some(quoted) = &quoted {
        making::begin(tx, urls, &writer.account, (&status, quoted))?;
    }
    if let Some(key) = &draft.idempotency_key {
        store::idempotency::insert(tx, author, key, status.id)?;
    }
    Ok(status.id)
}

/// Whether a text names nobody but those whom its author meant.
fn check_mentions(draft: &Draft, named: &[AccountId]) -> Result<()> {
    let Some(allowed) = &draft.allowed_mentions else {
        return Ok(());
    };
    let unexpected: Vec<AccountId> = named
        .iter()
        .filter(|account| !allowed.contains(account))
        .copied()
        .collect();
    if unexpected.is_empty() {
        Ok(())
    } else {
        Err(Error::UnexpectedMentions(unexpected))
    }
}

/// The same for a text that is posted later; who becomes known until then is looked at then.
pub(super) fn check_planned_mentions(tx: &mut Tx, urls: &Urls, draft: &Draft) -> Result<()> {
    if draft.allowed_mentions.is_none() {
        return Ok(());
    }
    let composed = compose(tx, urls, &settle_text(&draft.text, &draft.spoiler))?;
    check_mentions(draft, &composed.mentions)
}

pub(super) fn find_parent(tx: &mut Tx, author: AccountId, id: StatusId) -> Result<Status> {
    let parent = find_visible(tx, Some(author), id)?;
    match parent.boost_of_id {
        Some(original) => find_visible(tx, Some(author), original),
        None => Ok(parent),
    }
}

/// Who posts, and what they prefer.
struct Author {
    account: Account,
    user: User,
}

fn shape(
    tx: &Tx,
    urls: &Urls,
    Author { account, user }: &Author,
    draft: &Draft,
    parent: Option<&Status>,
    content: String,
) -> Status {
    let id = StatusId(tx.new_id());
    let language = draft
        .language
        .as_deref()
        .and_then(normalise_language)
        .map(str::to_owned);
    let spoiler = draft.spoiler.trim().to_owned();
    Status {
        id,
        uri: urls.status(&account.username, id),
        url: Some(urls.status_page(&account.username, id)),
        account_id: account.id,
        is_local: true,
        visibility: draft.visibility.unwrap_or(user.default_visibility),
        content,
        source: Some(settle_text(&draft.text, &draft.spoiler)),
        sensitive: draft.sensitive.unwrap_or(user.default_sensitive) || !spoiler.is_empty(),
        spoiler,
        language: language
            .or_else(|| user.default_language.clone())
            .or_else(|| normalise_language(&user.locale).map(str::to_owned)),
        emojis: Json(Vec::new()),
        in_reply_to_id: parent.map(|parent| parent.id),
        in_reply_to_account_id: parent.map(|parent| parent.account_id),
        in_reply_to_uri: parent.map(|parent| parent.uri.clone()),
        conversation_id: parent.map_or(id.0, |parent| parent.conversation_id),
        boost_of_id: None,
        application_id: draft.application,
        replies_count: 0,
        boosts_count: 0,
        favourites_count: 0,
        created_at: tx.now(),
        edited_at: None,
        fetched_at: tx.now(),
    }
}

pub(super) fn attach(
    tx: &mut Tx,
    status: StatusId,
    files: &[Attachment],
) -> store::QueryResult<()> {
    for (position, file) in (0..).zip(files) {
        store::attachments::attach(tx, file.id, status, position)?;
    }
    Ok(())
}
