//! Others ask to quote a status of this node, and answer people of this node who asked them.

use super::settling::{settle, tell_author};
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::quotes::Quote;
use crate::store::statuses::Status;
use crate::store::{self, QueryResult, QuoteState, Tx};
use crate::urls::Urls;

/// What a peer's account asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The activity.
    pub uri: String,
    /// Who asks.
    pub actor: Account,
    /// The status of this node that is to be quoted.
    pub quoted: Status,
    /// The status that quotes, on the wire.
    pub quoting_uri: String,
}

impl Request {
    fn answer(&self, tx: &mut Tx, result: Option<String>) -> QueryResult<()> {
        tx.queue(&Job::Distribute(Fact::QuoteAnswered {
            account: self.quoted.account_id,
            requester: self.actor.id,
            uri: self.uri.clone(),
            quoted_uri: self.quoted.uri.clone(),
            quoting_uri: self.quoting_uri.clone(),
            result,
        }))
    }
}

/// Says no to a request.
///
/// # Errors
/// Whatever the database says.
pub fn refuse(tx: &mut Tx, request: &Request) -> QueryResult<()> {
    request.answer(tx, None)
}

/// Says yes to a request, if the status that is known as the quoting one is the actor's and quotes what the request names.
/// What was revoked once stays so.
///
/// # Errors
/// Whatever the database says.
pub fn accept(tx: &mut Tx, urls: &Urls, request: &Request) -> QueryResult<()> {
    let quoting = store::statuses::find_by_uri(tx, &request.quoting_uri)?
        .filter(|quoting| quoting.account_id == request.actor.id);
    let Some(quoting) = quoting else {
        return Ok(());
    };
    let quote = store::quotes::find_by_status(tx, quoting.id)?
        .filter(|quote| quote.quoted_id == Some(request.quoted.id));
    let author = store::accounts::find(tx, request.quoted.account_id)?;
    let (Some(before), Some(author)) = (quote, author) else {
        return Ok(());
    };
    if before.state == QuoteState::Revoked {
        return refuse(tx, request);
    }
    let uri = urls.quote_authorization(&author.username, before.id);
    let after = Quote {
        state: QuoteState::Accepted,
        approval_uri: Some(uri.clone()),
        request_uri: Some(request.uri.clone()),
        is_legacy: false,
        ..before.clone()
    };
    settle(tx, &before, &after)?;
    request.answer(tx, Some(uri))?;
    if before.state == QuoteState::Accepted {
        return Ok(());
    }
    tell_author(tx, author.id, &quoting, None)
}

/// The quoted author agreed, and `approval_uri` is where that can be read; without it they did not, or do not any more.
/// Nobody else's word counts, and only somebody of this node can have asked.
///
/// # Errors
/// Whatever the database says.
pub fn receive_answer(
    tx: &mut Tx,
    actor: &Account,
    quote: i64,
    approval_uri: Option<&str>,
) -> QueryResult<()> {
    let Some(before) = store::quotes::find(tx, quote)? else {
        return Ok(());
    };
    if !concerns(tx, &before, actor)? {
        return Ok(());
    }
    let state = match (approval_uri, before.state) {
        // What was taken back is not given again by an answer that comes late.
        (_, QuoteState::Revoked | QuoteState::Deleted) => return Ok(()),
        (Some(_), _) => QuoteState::Accepted,
        (None, QuoteState::Accepted) => QuoteState::Revoked,
        (None, _) => QuoteState::Rejected,
    };
    let after = Quote {
        state,
        approval_uri: approval_uri.map(str::to_owned),
        ..before.clone()
    };
    settle(tx, &before, &after)
}

/// Whether a quote is by somebody of this node, and of a status of this actor's.
fn concerns(tx: &mut Tx, quote: &Quote, actor: &Account) -> QueryResult<bool> {
    let Some(quoted) = quote.quoted_id else {
        return Ok(false);
    };
    let statuses = store::statuses::list(tx, &[quoted, quote.status_id])?;
    let is_quoted =
        |status: &Status| status.id == quoted && status.account_id == actor.id && !status.is_local;
    let is_quoting = |status: &Status| status.id == quote.status_id && status.is_local;
    Ok(statuses.iter().any(is_quoted) && statuses.iter().any(is_quoting))
}
