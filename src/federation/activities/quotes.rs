//! Requests to quote a status of this node, and answers to those of people of this node.
//!
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/044f/fep-044f.md>.

use super::super::documents::activities::{QuoteReference, QuoteRequested};
use super::super::fetch::Reach;
use super::super::notes;
use super::super::remote_notes::known_status;
use super::cases::{Case, Outcome, ignored, rejected};
use crate::id::AccountId;
use crate::social::quotes::answering::{self, Request};
use crate::social::quotes::policies::{Verdict, find_verdict};
use crate::store::quotes::Quote;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, Visibility};

/// Somebody asks to quote. What quotes is taken from the request, which its author has signed, or from its own server.
pub(super) async fn request(case: &Case<'_>, asked: &QuoteRequested) -> Outcome {
    let (uri, actor) = (asked.quoted.clone(), case.actor.id);
    let look = move |conn: &mut Conn| find_quotable(conn, actor, &uri);
    let Some((quoted, verdict)) = case.read(look).await? else {
        return ignored("it asks to quote nothing of ours");
    };
    let request = Request {
        uri: case.uri(),
        actor: case.actor.clone(),
        quoted,
        quoting_uri: asked.quoting.clone(),
    };
    if verdict != Verdict::Automatic {
        return case.write(move |tx| answering::refuse(tx, &request)).await;
    }
    let quoting = match find(case, &asked.quoting).await? {
        Some(known) => known,
        None => take_in(case, asked).await?,
    };
    let (quoted, id) = (request.quoted.id, quoting.id);
    let quote = case
        .read(move |conn| store::quotes::find_by_status(conn, id))
        .await?;
    let quotes_it = quote.is_some_and(|quote| quote.quoted_id == Some(quoted));
    if quoting.account_id != actor || !quotes_it {
        return rejected("the quoting status is not the actor's, or quotes something else");
    }
    let urls = case.node.urls.clone();
    case.write(move |tx| answering::accept(tx, &urls, &request))
        .await
}

/// A status of this node that everybody may see, and whether the actor may quote it.
fn find_quotable(
    conn: &mut Conn,
    actor: AccountId,
    uri: &str,
) -> QueryResult<Option<(Status, Verdict)>> {
    let is_open =
        |status: &Status| matches!(status.visibility, Visibility::Public | Visibility::Unlisted);
    let status = store::statuses::find_by_uri(conn, uri)?;
    let status =
        status.filter(|status| status.is_local && status.boost_of_id.is_none() && is_open(status));
    let Some(status) = status else {
        return Ok(None);
    };
    let verdict = find_verdict(conn, actor, &status)?;
    Ok(Some((status, verdict)))
}

async fn find(case: &Case<'_>, uri: &str) -> Outcome<Option<Status>> {
    let uri = uri.to_owned();
    case.read(move |conn| store::statuses::find_by_uri(conn, &uri))
        .await
}

async fn take_in(case: &Case<'_>, asked: &QuoteRequested) -> Outcome<Status> {
    let reach = Reach::new(case.node);
    Ok(match &asked.note {
        Some(note) => notes::store(&reach, (**note).clone()).await?,
        None => known_status(&reach, &asked.quoting).await?,
    })
}

/// Only the quoted author's own word counts, and only for what somebody here asked.
pub(super) async fn answer(
    case: &Case<'_>,
    reference: &QuoteReference,
    is_accepted: bool,
) -> Outcome {
    let reference = reference.clone();
    let quote = case.read(move |conn| find_asked(conn, &reference)).await?;
    take_answer(case, quote, is_accepted).await
}

/// An answer that names a request by its id alone.
pub(super) async fn answer_by_id(case: &Case<'_>, id: Option<&str>, is_accepted: bool) -> Outcome {
    let reference = QuoteReference {
        id: id.map(str::to_owned),
        ..QuoteReference::default()
    };
    answer(case, &reference, is_accepted).await
}

async fn take_answer(case: &Case<'_>, quote: Option<Quote>, is_accepted: bool) -> Outcome {
    let Some(quote) = quote else {
        return ignored("it answers something that nobody here asked for");
    };
    let result = case.activity.result.clone().filter(|_| is_accepted);
    if is_accepted && result.is_none() {
        return rejected("it agrees without saying where that stands");
    }
    let actor = case.actor.clone();
    case.write(move |tx| answering::receive_answer(tx, &actor, quote.id, result.as_deref()))
        .await
}

/// What was asked: by the request's id, else by the two statuses.
fn find_asked(conn: &mut Conn, reference: &QuoteReference) -> QueryResult<Option<Quote>> {
    if let Some(id) = &reference.id
        && let Some(quote) = store::quotes::find_by_request(conn, id)?
    {
        return Ok(Some(quote));
    }
    let (Some(quoted), Some(quoting)) = (&reference.quoted, &reference.quoting) else {
        return Ok(None);
    };
    let Some(quoting) = store::statuses::find_by_uri(conn, quoting)? else {
        return Ok(None);
    };
    let quote = store::quotes::find_by_status(conn, quoting.id)?;
    Ok(quote.filter(|quote| quote.quoted_uri == *quoted && quote.request_uri.is_some()))
}
