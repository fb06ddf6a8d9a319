//! Consents to being quoted: ours, as they are served, and those of others, as they are looked at.
//!
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/044f/fep-044f.md>.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::answers::{self, Absence};
use super::documents::quotes::QuoteAuthorization;
use super::fetch::{FetchError, Reach};
use super::remote_notes::known_status;
use super::resolve::JobError;
use super::{actors, readers};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::quotes::arrivals;
use crate::social::visibility::keep_visible;
use crate::store::quotes::Quote;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, QuoteState};
use crate::urls::Urls;

/// How far quotes of quotes are followed: a chain of this many statuses above the one that is not known yet.
const LONGEST_CHAIN: usize = 3;
/// Statuses of one thread that are looked at for what it was fetched for.
const LARGEST_THREAD: i64 = 1_000;

/// `GET /users/{name}/quote_authorizations/{id}`: the consent of somebody here, as long as it holds.
///
/// # Errors
/// [`Absence::Missing`] for what does not hold, or is not for the reader.
pub async fn show_authorization(
    node: Data<Node>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Absence> {
    let reader = readers::of(&node, &request).await?;
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| find(conn, &urls, &path, reader.account);
    let consent = node.db.read(read).await?;
    Ok(answers::document(&consent.document(), reader.keep()))
}

/// A consent that holds; whoever may not see what quotes is not told that it is there.
fn find(
    conn: &mut Conn,
    urls: &Urls,
    (name, id): &(String, String),
    reader: Option<AccountId>,
) -> Result<QuoteAuthorization, Absence> {
    let author = actors::find_open(conn, urls, name)?;
    let id: i64 = id.parse().map_err(|_| Absence::Missing)?;
    let uri = urls.quote_authorization(&author.username, id);
    let quote = store::quotes::find(conn, id)?
        .filter(|quote| quote.state == QuoteState::Accepted)
        .filter(|quote| quote.approval_uri.as_ref() == Some(&uri));
    let quote = quote.ok_or(Absence::Missing)?;
    let quoting = store::statuses::list(conn, &[quote.status_id])?;
    let quoting = keep_visible(conn, reader, quoting)?.pop();
    let quoted = match quote.quoted_id {
        Some(id) => store::statuses::find(conn, id)?,
        None => None,
    };
    let quoted = quoted.filter(|quoted| quoted.account_id == author.id);
    Ok(QuoteAuthorization {
        id: uri,
        author: author.uri,
        quoting: quoting.ok_or(Absence::Missing)?.uri,
        quoted: quoted.ok_or(Absence::Missing)?.uri,
    })
}

/// Finds out whether what a status from elsewhere quotes may be quoted: fetches it if it is not known, and looks at the
/// place where its author is said to agree.
///
/// # Errors
/// [`JobError::Retry`] while a server cannot be reached, [`JobError::Fail`] if something is not to be had.
pub async fn verify(node: &Node, status: StatusId) -> Result<(), JobError> {
    let look = move |conn: &mut Conn| find_open(conn, status);
    let Some(open) = node.db.read(look).await? else {
        return Ok(());
    };
    let reach = Reach::new(node);
    let quoted = match open.quoted {
        Some(known) => known,
        None if open.chain >= LONGEST_CHAIN => {
            return Err(JobError::Fail(format!(
                "it is quoted in a chain of more than {LONGEST_CHAIN}"
            )));
        }
        None => known_status(&reach, &open.quote.quoted_uri).await?,
    };
    let (id, found) = (open.quote.id, quoted.clone());
    let receive = move |tx: &mut store::Tx<'_>| arrivals::receive_quoted(tx, id, &found);
    let quote = node.db.write_later(receive).await?;
    let open_still = quote.filter(|quote| quote.state == QuoteState::Pending);
    let Some(uri) = open_still.and_then(|quote| quote.approval_uri) else {
        return Ok(());
    };
    let author = quoted.account_id;
    let look = move |conn: &mut Conn| store::accounts::find(conn, author);
    let Some(author) = node.db.read(look).await? else {
        return Ok(());
    };
    let expected = QuoteAuthorization {
        id: uri.clone(),
        author: author.uri,
        quoting: open.quoting.uri,
        quoted: quoted.uri,
    };
    let Some(holds) = look_at(&reach, &expected).await? else {
        return Ok(());
    };
    let receive = move |tx: &mut store::Tx<'_>| arrivals::receive_word(tx, id, &uri, holds);
    Ok(node.db.write_later(receive).await?)
}

/// Whether an author agrees: no if there is nothing, unclear if what is there says something else, as a genuine word may
/// still come.
async fn look_at(
    reach: &Reach<'_>,
    expected: &QuoteAuthorization,
) -> Result<Option<bool>, FetchError> {
    let document = match reach.document(&expected.id).await {
        Ok(document) => document,
        Err(FetchError::Missing(_) | FetchError::Gone(_)) => return Ok(Some(false)),
        Err(error) => return Err(error),
    };
    let found = QuoteAuthorization::parse(document.properties());
    let holds = found.is_some_and(|found| found.holds_for(expected));
    if !holds {
        tracing::debug!(uri = expected.id, "a consent says something else");
    }
    Ok(holds.then_some(true))
}

/// A quote that is not settled.
struct Open {
    quote: Quote,
    quoting: Status,
    quoted: Option<Status>,
    /// How many statuses quote one another, or a reply to one another, down to it.
    chain: usize,
}

fn find_open(conn: &mut Conn, status: StatusId) -> QueryResult<Option<Open>> {
    let quote = store::quotes::find_by_status(conn, status)?
        .filter(|quote| quote.state == QuoteState::Pending);
    let (Some(quote), Some(quoting)) = (quote, store::statuses::find(conn, status)?) else {
        return Ok(None);
    };
    let quoted = match quote.quoted_id {
        Some(id) => store::statuses::find(conn, id)?,
        None => None,
    };
    let (mut chain, mut below) = (1, status);
    while chain < LONGEST_CHAIN
        && let Some(above) = find_cause(conn, below)?
    {
        chain += 1;
        below = above;
    }
    Ok(Some(Open {
        quote,
        quoting,
        quoted,
        chain,
    }))
}

/// The status for whose quote this one may have come here: it quotes it, or a reply to it. A chain of quotes and replies by
/// turns is a chain, too, or it would be followed for ever.
fn find_cause(conn: &mut Conn, status: StatusId) -> QueryResult<Option<StatusId>> {
    let Some(found) = store::statuses::find(conn, status)? else {
        return Ok(None);
    };
    let links = store::threads::list(conn, found.conversation_id, LARGEST_THREAD)?;
    let mut thread = vec![status];
    let mut looked_at = 0;
    while let Some(parent) = thread.get(looked_at).copied() {
        for link in links.iter().filter(|link| link.parent == Some(parent)) {
            if !thread.contains(&link.id) {
                thread.push(link.id);
            }
        }
        looked_at += 1;
    }
    store::quotes::find_quoting(conn, &thread)
}
