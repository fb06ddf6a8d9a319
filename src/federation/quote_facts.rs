//! Requests to quote, our answers to them, and the end of a consent, told to the servers that they concern.
//!
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/044f/fep-044f.md>.

use super::documents::local;
use super::documents::quotes::{OutgoingAnswer, QuoteAuthorization, request};
use super::portraits;
use super::sending::{Audience, Outgoing, find_with_author, send};
use crate::id::{AccountId, StatusId};
use crate::social::audience;
use crate::store::facts::Fact;
use crate::store::follows::Destination;
use crate::store::spreads::Spread;
use crate::store::{self, DeliveryClass, QueryResult, Tx};
use crate::urls::Urls;

/// Queues what others must hear; gives what is left where there are too many of them for one write.
///
/// # Errors
/// Whatever the database says.
pub(super) fn tell(tx: &mut Tx, urls: &Urls, fact: &Fact) -> QueryResult<Option<Spread>> {
    match fact {
        Fact::QuoteRequested { status } => tell_request(tx, urls, *status),
        Fact::QuoteAnswered {
            account,
            requester,
            uri,
            quoted_uri,
            quoting_uri,
            result,
        } => {
            let answer = Answer {
                request: uri,
                quoted: quoted_uri,
                quoting: quoting_uri,
                result: result.as_deref(),
            };
            tell_answer(tx, (*account, *requester), &answer)
        }
        Fact::QuoteRevoked {
            account,
            uri,
            quoting_uri,
            quoted_uri,
            destinations,
        } => tell_end(
            tx,
            *account,
            (uri, quoting_uri, quoted_uri),
            destinations.clone(),
        ),
        _ => Ok(None),
    }
}

/// The quoted author is asked, and nobody else.
fn tell_request(tx: &mut Tx, urls: &Urls, id: StatusId) -> QueryResult<Option<Spread>> {
    let Some((status, author)) = find_with_author(tx, id)? else {
        return Ok(None);
    };
    let quote = store::quotes::find_by_status(tx, id)?;
    let Some((uri, quoted)) = quote.and_then(|quote| quote.request_uri.zip(quote.quoted_id)) else {
        return Ok(None);
    };
    let Some(quoted) = store::statuses::find(tx, quoted)? else {
        return Ok(None);
    };
    let note = portraits::note(tx, urls, &author, &status)?;
    let outgoing = Outgoing {
        sender: author.id,
        kind: "QuoteRequest",
        undoes: None,
        about: &status.uri,
        document: &request(&uri, &quoted.uri, &note),
        class: DeliveryClass::Personal,
    };
    let destinations = audience::of_accounts(tx, &[quoted.account_id])?;
    send(tx, &outgoing, &Audience::from(destinations))
}

struct Answer<'a> {
    request: &'a str,
    quoted: &'a str,
    quoting: &'a str,
    result: Option<&'a str>,
}

fn tell_answer(
    tx: &mut Tx,
    (account, requester): (AccountId, AccountId),
    answer: &Answer,
) -> QueryResult<Option<Spread>> {
    let (Some(account), Some(requester)) = (
        store::accounts::find(tx, account)?,
        store::accounts::find(tx, requester)?,
    ) else {
        return Ok(None);
    };
    let word = match answer.result {
        Some(_) => "accepts",
        None => "rejects",
    };
    let id = local::quote_answer(&account.uri, word, tx.new_id());
    let document = OutgoingAnswer {
        id: &id,
        actor: &account.uri,
        request: answer.request,
        requester: &requester.uri,
        quoted: answer.quoted,
        quoting: answer.quoting,
        result: answer.result,
    };
    let outgoing = Outgoing {
        sender: account.id,
        kind: document.kind(),
        undoes: None,
        // Whoever got a consent learns of its end after it.
        about: answer.result.unwrap_or(answer.request),
        document: &document.document(),
        class: DeliveryClass::Relations,
    };
    let destinations: Vec<Destination> = audience::of_account(&requester).into_iter().collect();
    send(tx, &outgoing, &Audience::from(destinations))
}

fn tell_end(
    tx: &mut Tx,
    account: AccountId,
    (uri, quoting, quoted): (&str, &str, &str),
    destinations: Vec<Destination>,
) -> QueryResult<Option<Spread>> {
    let Some(author) = store::accounts::find(tx, account)? else {
        return Ok(None);
    };
    let consent = QuoteAuthorization {
        id: uri.to_owned(),
        author: author.uri,
        quoting: quoting.to_owned(),
        quoted: quoted.to_owned(),
    };
    let outgoing = Outgoing {
        sender: author.id,
        kind: "Delete",
        undoes: None,
        about: uri,
        document: &consent.delete(),
        class: DeliveryClass::Relations,
    };
    send(tx, &outgoing, &Audience::from(destinations))
}
