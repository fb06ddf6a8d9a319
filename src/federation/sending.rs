//! A document on its way out: stored once, and queued for its inboxes.

use serde_json::Value;

use super::integrity;
use crate::id::{AccountId, ActivityId, StatusId};
use crate::store::accounts::Account;
use crate::store::activities::Activity;
use crate::store::follows::Destination;
use crate::store::mailings::Mailing;
use crate::store::spreads::{self, Spread};
use crate::store::statuses::Status;
use crate::store::{self, DeliveryClass, QueryResult, Tx};

/// One document on its way.
pub(super) struct Outgoing<'a> {
    pub(super) sender: AccountId,
    pub(super) kind: &'a str,
    /// The type of what it takes back, if it is an Undo.
    pub(super) undoes: Option<&'a str>,
    /// What must arrive in order has the same here: the status, or whom a follow or block concerns.
    pub(super) about: &'a str,
    pub(super) document: &'a Value,
    pub(super) class: DeliveryClass,
}

/// Where a document goes, and where it names somebody.
pub(super) struct Audience {
    pub(super) everybody: Vec<Destination>,
    pub(super) personal: Vec<Destination>,
}

impl From<Vec<Destination>> for Audience {
    fn from(everybody: Vec<Destination>) -> Self {
        let personal = Vec::new();
        Self {
            everybody,
            personal,
        }
    }
}

/// Stores a document once, with a proof if it is public, and queues it for its inboxes; gives what is left of them. Documents for nobody are not
/// stored.
pub(super) fn send(
    tx: &mut Tx,
    outgoing: &Outgoing,
    audience: &Audience,
) -> QueryResult<Option<Spread>> {
    if audience.everybody.is_empty() {
        return Ok(None);
    }
    let document = integrity::prove_public(tx, outgoing.sender, outgoing.document)?;
    let activity = Activity {
        id: ActivityId(tx.new_id()),
        account_id: outgoing.sender,
        kind: outgoing.kind.to_owned(),
        object_uri: outgoing.about.to_owned(),
        body: document.to_string(),
        created_at: tx.now(),
    };
    let mailing = Mailing {
        activity: &activity,
        undoes: outgoing.undoes,
        class: outgoing.class,
        personal: &audience.personal,
        destinations: &audience.everybody,
    };
    spreads::begin(tx, &mailing)
}

/// A status of somebody here, with them.
pub(super) fn find_with_author(
    tx: &mut Tx,
    id: StatusId,
) -> QueryResult<Option<(Status, Account)>> {
    let Some(status) = store::statuses::find(tx, id)? else {
        return Ok(None);
    };
    let author = store::accounts::find(tx, status.account_id)?;
    Ok(author
        .filter(Account::is_local)
        .map(|author| (status, author)))
}
