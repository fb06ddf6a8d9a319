//! Statuses from elsewhere that quote. Their authors only claim that they may: a quote holds if the quoted author's own
//! server says so, if it is of the author's own, or if this node has agreed.

use super::settling::{recount, settle};
use crate::load::host_of;
use crate::store::jobs::Job;
use crate::store::quotes::Quote;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, QuoteState, Tx};

/// What a status quotes, as a peer tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteQuote {
    /// What is quoted, on the wire; none if it is gone.
    pub uri: Option<String>,
    /// Where the quoted author is said to agree.
    pub approval_uri: Option<String>,
    /// Whether it is quoted in a way that asks nobody.
    pub is_legacy: bool,
}

/// Hangs what it quotes onto a status that has come here.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn begin(
    tx: &mut Tx,
    quoting: &Status,
    remote: &RemoteQuote,
) -> QueryResult<()> {
    let uri = remote.uri.clone().unwrap_or_default();
    if uri == quoting.uri {
        return Ok(());
    }
    let quoted = store::statuses::find_by_uri(tx, &uri)?;
    let quoted = quoted.filter(|quoted| quoted.boost_of_id.is_none());
    let is_own = |quoted: &Status| quoted.account_id == quoting.account_id;
    let state = match (&quoted, &remote.uri) {
        (_, None) => QuoteState::Deleted,
        (Some(quoted), _) if is_own(quoted) => QuoteState::Accepted,
        _ => QuoteState::Pending,
    };
    let is_local = quoted.as_ref().is_some_and(|quoted| quoted.is_local);
    let quote = Quote {
        id: tx.new_id(),
        status_id: quoting.id,
        quoted_id: quoted.map(|quoted| quoted.id),
        quoted_uri: uri,
        state,
        // What people of this node agree with is known here.
        approval_uri: remote.approval_uri.clone().filter(|_| !is_local),
        request_uri: None,
        is_legacy: remote.is_legacy,
        created_at: tx.now(),
    };
    if store::quotes::insert(tx, &quote)? {
        recount(tx, None, Some(&quote))?;
        look_into(tx, quoting, &quote)?;
    }
    Ok(())
}

/// Lets it be found out whether a quote holds, where that can be found out: by the word of the quoted author, or because
/// what is quoted may be of the same author.
fn look_into(tx: &mut Tx, quoting: &Status, quote: &Quote) -> QueryResult<()> {
    let may_be_own =
        quote.quoted_id.is_none() && host_of(&quote.quoted_uri) == host_of(&quoting.uri);
    let is_open = quote.state == QuoteState::Pending;
    if is_open && (may_be_own || quote.approval_uri.is_some()) {
        let status = quoting.id;
        return tx.queue(&Job::VerifyQuote { status });
    }
    Ok(())
}

/// Statuses that quote this one and came before it.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn adopt(tx: &mut Tx, quoted: &Status) -> QueryResult<()> {
    for adopted in store::quotes::adopt(tx, &quoted.uri, quoted.id)? {
        recount(tx, None, Some(&adopted))?;
        let Some(quoting) = store::statuses::find(tx, adopted.status_id)? else {
            continue;
        };
        if !accept_own(tx, &adopted, &quoting, quoted)? {
            look_into(tx, &quoting, &adopted)?;
        }
    }
    Ok(())
}

/// People need nobody's consent to quote themselves; tells whether somebody does.
fn accept_own(tx: &mut Tx, quote: &Quote, quoting: &Status, quoted: &Status) -> QueryResult<bool> {
    if quoting.account_id != quoted.account_id || quote.state != QuoteState::Pending {
        return Ok(false);
    }
    let after = Quote {
        state: QuoteState::Accepted,
        ..quote.clone()
    };
    settle(tx, quote, &after)?;
    Ok(true)
}

/// Brings what a known status quotes up to what its author says now. Only a true edit changes what is quoted; the word of
/// the quoted author may come at any time.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn renew(
    tx: &mut Tx,
    quoting: &Status,
    remote: Option<&RemoteQuote>,
    is_edit: bool,
) -> QueryResult<()> {
    let known = store::quotes::find_by_status(tx, quoting.id)?;
    match (known, remote) {
        (Some(known), Some(remote)) if is_same(&known, remote) => {
            renew_approval(tx, quoting, &known, remote)
        }
        (known, remote) if is_edit => {
            if let Some(known) = known {
                recount(tx, Some(&known), None)?;
                store::quotes::delete(tx, known.id)?;
            }
            match remote {
                Some(remote) => begin(tx, quoting, remote),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Whether a status still quotes what it quoted; what is gone has no name any more.
fn is_same(known: &Quote, remote: &RemoteQuote) -> bool {
    remote
        .uri
        .as_ref()
        .is_none_or(|uri| *uri == known.quoted_uri)
}

fn renew_approval(
    tx: &mut Tx,
    quoting: &Status,
    known: &Quote,
    remote: &RemoteQuote,
) -> QueryResult<()> {
    if remote.uri.is_none() {
        let after = Quote {
            state: QuoteState::Deleted,
            approval_uri: None,
            ..known.clone()
        };
        return settle(tx, known, &after);
    }
    let quoted = find_quoted(tx, known)?;
    let needs_no_word =
        |quoted: &Status| quoted.is_local || quoted.account_id == quoting.account_id;
    if quoted.as_ref().is_some_and(needs_no_word) || remote.approval_uri == known.approval_uri {
        return Ok(());
    }
    let is_open = remote.approval_uri.is_some() || known.state == QuoteState::Accepted;
    let after = Quote {
        state: if is_open {
            QuoteState::Pending
        } else {
            known.state
        },
        approval_uri: remote.approval_uri.clone(),
        is_legacy: known.is_legacy && remote.is_legacy,
        ..known.clone()
    };
    settle(tx, known, &after)?;
    look_into(tx, quoting, &after)
}

fn find_quoted(conn: &mut Conn, quote: &Quote) -> QueryResult<Option<Status>> {
    match quote.quoted_id {
        Some(id) => store::statuses::find(conn, id),
        None => Ok(None),
    }
}

/// What is quoted was found under another name, or has come meanwhile. Gives the quote as it is then.
///
/// # Errors
/// Whatever the database says.
pub fn receive_quoted(tx: &mut Tx, quote: i64, quoted: &Status) -> QueryResult<Option<Quote>> {
    let Some(before) = store::quotes::find(tx, quote)? else {
        return Ok(None);
    };
    let mut known = before.clone();
    if before.quoted_id.is_none() && quoted.boost_of_id.is_none() {
        known.quoted_id = Some(quoted.id);
        settle(tx, &before, &known)?;
    }
    if let Some(quoting) = store::statuses::find(tx, known.status_id)? {
        accept_own(tx, &known, &quoting, quoted)?;
    }
    store::quotes::find(tx, quote)
}

/// The place where the quoted author is said to agree was looked at: the word holds, or there is none. What was revoked
/// since, or is said to stand elsewhere by now, stays as it is.
///
/// # Errors
/// Whatever the database says.
pub fn receive_word(tx: &mut Tx, quote: i64, approval_uri: &str, holds: bool) -> QueryResult<()> {
    let before = store::quotes::find(tx, quote)?.filter(|quote| {
        quote.state == QuoteState::Pending && quote.approval_uri.as_deref() == Some(approval_uri)
    });
    let Some(before) = before else {
        return Ok(());
    };
    let Some(quoted) = find_quoted(tx, &before)? else {
        return Ok(());
    };
    let author = store::accounts::find(tx, quoted.account_id)?;
    let revoked_by = store::tombstones::find(tx, approval_uri)?;
    let is_revoked = author.is_some_and(|author| Some(author.uri) == revoked_by);
    let state = match (holds, is_revoked) {
        (_, true) => QuoteState::Revoked,
        (true, false) => QuoteState::Accepted,
        (false, false) => QuoteState::Rejected,
    };
    let after = Quote {
        state,
        ..before.clone()
    };
    settle(tx, &before, &after)
}
