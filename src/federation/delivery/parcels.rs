//! Parcels: deliveries with all that sending them needs, put together for many rows at once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use url::Url;

use super::documents::{Document, Documents};
use crate::federation::identities::{self, NoIdentity};
use crate::federation::signatures::sign::SigningIdentity;
use crate::id::{AccountId, ActivityId, InboxId};
use crate::store::deliveries::Waiting;
use crate::store::{Conn, QueryResult, inboxes};

/// Who signs, or why nobody can.
pub(super) type Signer = Result<SigningIdentity, NoIdentity>;

/// A delivery with all that sending it needs.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    /// The row.
    pub(super) row: Waiting,
    /// Where to.
    pub(super) inbox: Arc<Address>,
    /// What.
    pub(super) document: Arc<Document>,
    /// Who signs.
    pub(super) signer: Arc<Signer>,
}

/// Where an inbox is.
#[derive(Debug)]
pub(super) struct Address {
    /// As it is stored.
    pub(super) text: String,
    /// As it is called, or why it cannot be.
    pub(super) url: Result<Url, url::ParseError>,
}

/// What must stay in order: messages about one thing to one inbox.
pub(super) type Topic = (InboxId, Arc<str>);

impl Parcel {
    /// What this is about, and where.
    pub(super) fn topic(&self) -> Topic {
        (self.row.delivery.inbox_id, self.document.about.clone())
    }
}

/// Adds to rows what sending them needs, in the same order; an inbox is read, a document looked up and a key found once
/// for all of them.
pub(super) fn pack(
    conn: &mut Conn,
    documents: &Documents,
    rows: &[Waiting],
) -> QueryResult<Vec<Parcel>> {
    let mut ids: Vec<ActivityId> = rows.iter().map(|row| row.delivery.activity_id).collect();
    ids.dedup();
    let documents = documents.list(conn, &ids)?;
    let addresses = list_addresses(conn, rows)?;
    let mut signers: HashMap<AccountId, Arc<Signer>> = HashMap::new();
    let mut parcels = Vec::with_capacity(rows.len());
    for row in rows {
        // Whoever removed one of them in between removed the row with it.
        let (Some(document), Some(inbox)) = (
            documents.get(&row.delivery.activity_id),
            addresses.get(&row.delivery.inbox_id),
        ) else {
            continue;
        };
        let signer = match signers.entry(document.account_id) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let found = identities::find(conn, document.account_id)?;
                place.insert(Arc::new(found)).clone()
            }
        };
        parcels.push(Parcel {
            row: *row,
            inbox: inbox.clone(),
            document: document.clone(),
            signer,
        });
    }
    Ok(parcels)
}

fn list_addresses(
    conn: &mut Conn,
    rows: &[Waiting],
) -> QueryResult<HashMap<InboxId, Arc<Address>>> {
    let mut ids: Vec<InboxId> = rows.iter().map(|row| row.delivery.inbox_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let known = inboxes::list(conn, &ids)?.into_iter().map(|inbox| {
        let url = Url::parse(&inbox.url);
        let text = inbox.url;
        (inbox.id, Arc::new(Address { text, url }))
    });
    Ok(known.collect())
}
