//! A quote begins or ceases to hold: numbers, streams and, for quotes of this node, those who have them.

use crate::id::{AccountId, StatusId};
use crate::social::news;
use crate::social::notifications::{Notice, tell};
use crate::social::visibility::keep_visible;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::quotes::Quote;
use crate::store::statuses::Status;
use crate::store::{self, NotificationKind, QueryResult, QuoteState, Tx};

/// The status whose number of quotes this one is part of.
fn counted(quote: &Quote) -> Option<StatusId> {
    quote
        .quoted_id
        .filter(|_| quote.state == QuoteState::Accepted)
}

/// Brings the numbers from how a quote was to how it is.
pub(super) fn recount(
    tx: &mut Tx,
    before: Option<&Quote>,
    after: Option<&Quote>,
) -> QueryResult<()> {
    let (before, after) = (before.and_then(counted), after.and_then(counted));
    if before == after {
        return Ok(());
    }
    if let Some(id) = before {
        store::quotes::add_quotes(tx, id, -1)?;
    }
    match after {
        Some(id) => store::quotes::add_quotes(tx, id, 1),
        None => Ok(()),
    }
}

/// Writes how a known quote is now. Who sees it in streams is told and, of a status of this node, so is everybody else who
/// has it.
pub(super) fn settle(tx: &mut Tx, before: &Quote, after: &Quote) -> QueryResult<()> {
    if before == after {
        return Ok(());
    }
    store::quotes::update(tx, after)?;
    recount(tx, Some(before), Some(after))?;
    if (before.state, &before.approval_uri) == (after.state, &after.approval_uri) {
        return Ok(());
    }
    let Some(quoting) = store::statuses::find(tx, after.status_id)? else {
        return Ok(());
    };
    if before.state != after.state {
        news::edited(tx, &quoting)?;
    }
    if quoting.is_local {
        let status = quoting.id;
        tx.queue(&Job::Distribute(Fact::QuoteChanged { status }))?;
    }
    Ok(())
}

/// Tells an author of this node that they are quoted, if they may see it. What was missed bears the instant at which it
/// happened (milliseconds).
pub(super) fn tell_author(
    tx: &mut Tx,
    author: AccountId,
    quoting: &Status,
    missed_at: Option<i64>,
) -> QueryResult<()> {
    if keep_visible(tx, Some(author), vec![quoting.clone()])?.is_empty() {
        return Ok(());
    }
    let notice = Notice {
        to: author,
        kind: NotificationKind::Quote,
        from: quoting.account_id,
        status: Some(quoting.id),
        addressing: None,
        missed_at,
    };
    tell(tx, &notice).map(drop)
}

/// A status is about to go: it quotes nothing any more.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn removing(tx: &mut Tx, status: StatusId) -> QueryResult<()> {
    let quote = store::quotes::find_by_status(tx, status)?;
    recount(tx, quote.as_ref(), None)
}
