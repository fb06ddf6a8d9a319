//! Authors who do not agree any more with being quoted: here at once, elsewhere as their servers hear of it.

use super::settling::settle;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::visibility::find_original;
use crate::social::{Error, Result, audience};
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::quotes::Quote;
use crate::store::statuses::Status;
use crate::store::{self, QueryResult, QuoteState, Tx};

/// Quotes that one revoked word may be given for; all but one are forged.
const FORGED: i64 = 100;

/// The author of `quoted` does not agree any more that `quoting` quotes it. Doing it twice is no error.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see what is quoted, or it is not quoted by that; [`Error::Forbidden`] for
/// everybody but its author.
pub async fn revoke(
    node: &Node,
    viewer: AccountId,
    quoted: StatusId,
    quoting: StatusId,
) -> Result<()> {
    node.db
        .write(move |tx| {
            let quoted = find_original(tx, Some(viewer), quoted)?;
            if quoted.account_id != viewer {
                return Err(Error::forbidden("This action is not allowed"));
            }
            let quote = store::quotes::find_by_status(tx, quoting)?
                .filter(|quote| quote.quoted_id == Some(quoted.id));
            let before = quote.ok_or(Error::NotFound)?;
            Ok(end(tx, &quoted, &before)?)
        })
        .await
}

fn end(tx: &mut Tx, quoted: &Status, before: &Quote) -> QueryResult<()> {
    let state = match before.state {
        QuoteState::Accepted => QuoteState::Revoked,
        QuoteState::Pending => QuoteState::Rejected,
        QuoteState::Rejected | QuoteState::Revoked | QuoteState::Deleted => return Ok(()),
    };
    let quoting = store::statuses::find(tx, before.status_id)?;
    let mut destinations = audience::of_change(tx, quoted)?;
    if let Some(quoting) = &quoting {
        destinations.extend(audience::of_accounts(tx, &[quoting.account_id])?);
        audience::tidy(&mut destinations);
    }
    let after = Quote {
        state,
        approval_uri: None,
        ..before.clone()
    };
    settle(tx, before, &after)?;
    match (&before.approval_uri, quoting) {
        (Some(uri), Some(quoting)) => tx.queue(&Job::Distribute(Fact::QuoteRevoked {
            account: quoted.account_id,
            uri: uri.clone(),
            quoting_uri: quoting.uri,
            quoted_uri: quoted.uri.clone(),
            destinations,
        })),
        _ => Ok(()),
    }
}

/// An author elsewhere took back the word that stood at `uri`, which is on their own server. It stays so, also if whoever
/// points at it comes later.
///
/// # Errors
/// Whatever the database says.
pub fn receive(tx: &mut Tx, actor: &Account, uri: &str) -> QueryResult<()> {
    for before in store::quotes::list_by_approval(tx, uri, FORGED)? {
        let quoted = match before.quoted_id {
            Some(id) => store::statuses::find(tx, id)?,
            None => None,
        };
        if quoted.is_some_and(|quoted| quoted.account_id == actor.id) {
            let after = Quote {
                state: QuoteState::Revoked,
                approval_uri: None,
                ..before.clone()
            };
            settle(tx, &before, &after)?;
        }
    }
    Ok(())
}
