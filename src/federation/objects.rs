//! What the library dereferences: actors become accounts, notes become statuses.
//!
//! Source: <https://www.w3.org/TR/activitypub/#obj>.

use activitypub_federation::config::Data;
use activitypub_federation::protocol::verification::verify_domains_match;
use activitypub_federation::traits::Object;
use async_trait::async_trait;
use url::Url;

use super::documents::{Document, Incoming, understand};
use super::fetch::{Context, FetchError, Reach};
use super::{notes, profiles};
use crate::social::remote_accounts;
use crate::store;
use crate::store::accounts::Account;
use crate::store::statuses::Status;

/// An actor that is known here.
#[derive(Debug)]
pub(super) struct KnownActor {
    id: Url,
    pub(super) account: Account,
}

/// A note that is known here.
#[derive(Debug)]
pub(super) struct KnownNote {
    id: Url,
    pub(super) status: Status,
}

fn parse(id: &str) -> Result<Url, FetchError> {
    Url::parse(id).map_err(|_| FetchError::Untrue(format!("{id} is no URL")))
}

/// The id, checked against where the document came from.
fn check(json: &Document, from: &Url) -> Result<(), FetchError> {
    let id = parse(json.id().unwrap_or_default())?;
    if id.origin() != from.origin() {
        return Err(FetchError::Untrue(format!("{from} speaks of {id}")));
    }
    Ok(verify_domains_match(&id, from)?)
}

#[async_trait]
impl Object for KnownActor {
    type DataType = Context;
    type Kind = Document;
    type Error = FetchError;

    fn id(&self) -> &Url {
        &self.id
    }

    async fn read_from_id(id: Url, data: &Data<Context>) -> Result<Option<Self>, FetchError> {
        let uri = id.to_string();
        let read = move |conn: &mut store::Conn| store::accounts::find_by_uri(conn, &uri);
        let account = data.node.db.read(read).await?;
        Ok(account.map(|account| Self { id, account }))
    }

    async fn into_json(self, _: &Data<Context>) -> Result<Document, FetchError> {
        Err(FetchError::Untrue(
            "our documents are built by the rooms that serve them".to_owned(),
        ))
    }

    async fn verify(json: &Document, from: &Url, _: &Data<Context>) -> Result<(), FetchError> {
        check(json, from)
    }

    async fn from_json(json: Document, data: &Data<Context>) -> Result<Self, FetchError> {
        let profile = profiles::read(data, &json).await?;
        let id = parse(&profile.uri)?;
        let account = data
            .node
            .db
            .write(move |tx| remote_accounts::receive(tx, &profile))
            .await?;
        Ok(Self { id, account })
    }
}

#[async_trait]
impl Object for KnownNote {
    type DataType = Context;
    type Kind = Document;
    type Error = FetchError;

    fn id(&self) -> &Url {
        &self.id
    }

    async fn read_from_id(id: Url, data: &Data<Context>) -> Result<Option<Self>, FetchError> {
        let uri = id.to_string();
        let read = move |conn: &mut store::Conn| store::statuses::find_by_uri(conn, &uri);
        let status = data.node.db.read(read).await?;
        Ok(status.map(|status| Self { id, status }))
    }

    async fn into_json(self, _: &Data<Context>) -> Result<Document, FetchError> {
        Err(FetchError::Untrue(
            "our documents are built by the rooms that serve them".to_owned(),
        ))
    }

    async fn verify(json: &Document, from: &Url, _: &Data<Context>) -> Result<(), FetchError> {
        check(json, from)
    }

    async fn from_json(json: Document, data: &Data<Context>) -> Result<Self, FetchError> {
        let note = match understand(&json, &data.ours)? {
            Incoming::Note(note) => *note,
            Incoming::Tombstone { id } => {
                return Err(FetchError::Gone(format!("{id} was deleted")));
            }
            _ => return Err(FetchError::Untrue("it is no status".to_owned())),
        };
        let id = parse(&note.id)?;
        let status = notes::store(&Reach::within(data), note).await?;
        Ok(Self { id, status })
    }
}
