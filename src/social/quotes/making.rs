//! People of this node quote: a status of this node by its policy at once, one from elsewhere after its author was asked.

use super::policies::{Verdict, find_verdict};
use super::settling::{recount, tell_author};
use crate::id::{AccountId, StatusId};
use crate::social::visibility::find_original;
use crate::social::{Error, Result};
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::quotes::Quote;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, QuoteState, Tx, Visibility};
use crate::urls::Urls;

/// The answer to everybody who may not quote a status, or may not know of it.
const MISSING: &str = "The post you are trying to quote does not appear to exist.";

/// The status that is meant by this id, if this account may quote it or ask for that; of a boost, what it boosts.
///
/// # Errors
/// [`Error::Missing`] alike for what is not there, what is hidden, and what may not be quoted.
pub(in crate::social) fn find_quotable(
    conn: &mut Conn,
    author: AccountId,
    id: StatusId,
) -> Result<Status> {
    let missing = || Error::Missing(MISSING.to_owned());
    let quoted = match find_original(conn, Some(author), id) {
        Err(Error::NotFound) => return Err(missing()),
        found => found?,
    };
    match find_verdict(conn, author, &quoted)? {
        Verdict::Denied => Err(missing()),
        Verdict::Automatic | Verdict::Manual | Verdict::Unknown => Ok(quoted),
    }
}

/// Whoever sees a quote of what is for followers must be a follower.
#[must_use]
pub(in crate::social) fn narrow(visibility: Visibility, quoted: &Status) -> Visibility {
    match (visibility, quoted.visibility) {
        (Visibility::Public | Visibility::Unlisted, Visibility::Private) => Visibility::Private,
        (visibility, _) => visibility,
    }
}

/// The author of what is quoted in a message to certain people must be one of them.
///
/// # Errors
/// [`Error::Invalid`] says so.
pub(in crate::social) fn check_addressees(
    quoting: &Status,
    quoted: &Status,
    named: &[AccountId],
) -> Result<()> {
    let author = quoted.account_id;
    let is_told = author == quoting.account_id || named.contains(&author);
    if quoting.visibility == Visibility::Direct && !is_told {
        let sentence = "Validation failed: A post for mentioned people alone can quote only them";
        return Err(Error::invalid(sentence));
    }
    Ok(())
}

/// Hangs what it quotes onto a status that was just posted.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn begin(
    tx: &mut Tx,
    urls: &Urls,
    author: &Account,
    (quoting, quoted): (&Status, &Status),
) -> QueryResult<()> {
    let id = tx.new_id();
    let is_own = quoted.account_id == author.id;
    let quoted_author = store::accounts::find(tx, quoted.account_id)?;
    let local = quoted_author.filter(|_| quoted.is_local && !is_own);
    let is_asked = !is_own && !quoted.is_local;
    let quote = Quote {
        id,
        status_id: quoting.id,
        quoted_id: Some(quoted.id),
        quoted_uri: quoted.uri.clone(),
        state: if is_asked {
            QuoteState::Pending
        } else {
            QuoteState::Accepted
        },
        approval_uri: local.map(|local| urls.quote_authorization(&local.username, id)),
        request_uri: is_asked.then(|| urls.quote_request(&author.username, id)),
        is_legacy: false,
        created_at: tx.now(),
    };
    store::quotes::insert(tx, &quote)?;
    recount(tx, None, Some(&quote))?;
    if is_asked {
        let status = quoting.id;
        return tx.queue(&Job::Distribute(Fact::QuoteRequested { status }));
    }
    tell_author(tx, quoted.account_id, quoting, None)
}
