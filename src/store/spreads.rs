//! Mailings in pieces: a document for thousands of inboxes is queued for some hundreds of them in each write, so that
//! nobody who posts meanwhile waits behind all of it. What is left of a mailing is a job in the place of the fact that it
//! tells, so the next fact waits for its end, and a process that is killed in between goes on where it was.

use diesel::result::Error;
use serde::{Deserialize, Serialize};

use super::activities::{self as documents, Activity};
use super::columns::DeliveryClass;
use super::follows::Destination;
use super::mailings::{self, AT_ONCE, Mailing};
use super::tx::Tx;
use diesel::QueryResult;

/// What is left of a mailing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// The document with its body: those who were first may all have it by now, and then its row has no body any more.
    activity: Activity,
    undoes: Option<String>,
    /// The word of its class.
    class: String,
    personal: Vec<Destination>,
    /// Where it still has to go.
    destinations: Vec<Destination>,
}

impl Spread {
    /// The inboxes that it names: the personal ones among them, and where it still has to go.
    pub(super) fn destinations(&mut self) -> [&mut Vec<Destination>; 2] {
        [&mut self.personal, &mut self.destinations]
    }
}

/// Queues a document for the first of its inboxes; gives what is left.
///
/// # Errors
/// Whatever the database says.
pub fn begin(tx: &mut Tx, mailing: &Mailing) -> QueryResult<Option<Spread>> {
    let (first, left) = mailing
        .destinations
        .split_at(mailing.destinations.len().min(AT_ONCE));
    mailings::queue_for(tx, mailing, first)?;
    if left.is_empty() {
        return Ok(None);
    }
    Ok(Some(Spread {
        activity: mailing.activity.clone(),
        undoes: mailing.undoes.map(str::to_owned),
        class: mailing.class.word().to_owned(),
        personal: mailing.personal.to_vec(),
        destinations: left.to_vec(),
    }))
}

/// Queues it for the next of its inboxes; gives what is then left. Whoever has not got what was deleted meanwhile need
/// not get it any more.
///
/// # Errors
/// Whatever the database says; also if this was not written by [`begin`].
pub fn go_on(tx: &mut Tx, spread: &Spread) -> QueryResult<Option<Spread>> {
    let class = DeliveryClass::from_word(&spread.class)
        .ok_or_else(|| Error::DeserializationError("a class that is none".into()))?;
    if documents::is_deleted_since(tx, &spread.activity)? {
        return Ok(None);
    }
    let mailing = Mailing {
        activity: &spread.activity,
        undoes: spread.undoes.as_deref(),
        class,
        personal: &spread.personal,
        destinations: &spread.destinations,
    };
    begin(tx, &mailing)
}
