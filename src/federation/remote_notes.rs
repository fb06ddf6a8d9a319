//! Statuses elsewhere: known ones from the store, others as the library dereferences their ids.
//!
//! Source: <https://www.w3.org/TR/activitypub/#obj>.

use std::sync::LazyLock;

use activitypub_federation::config::Data;
use activitypub_federation::fetch::object_id::ObjectId;
use activitypub_federation::traits::Object;
use async_trait::async_trait;
use url::Url;

use super::documents::{Document, Incoming, understand};
use super::fetch::{Context, FetchError, Reach, check_source, parse_id, usable};
use super::flights::Flights;
use super::{failures, notes};
use crate::store::statuses::Status;
use crate::store::{self, Conn};

/// A note that is known here.
#[derive(Debug)]
struct KnownNote {
    id: Url,
    status: Status,
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
        let read = move |conn: &mut Conn| store::statuses::find_by_uri(conn, &uri);
        let status = data.node.db.read(read).await?;
        Ok(status.map(|status| Self { id, status }))
    }

    async fn into_json(self, _: &Data<Context>) -> Result<Document, FetchError> {
        Err(FetchError::Untrue(
            "our documents are built by the rooms that serve them".to_owned(),
        ))
    }

    async fn verify(json: &Document, from: &Url, _: &Data<Context>) -> Result<(), FetchError> {
        check_source(json, from)
    }

    async fn from_json(json: Document, data: &Data<Context>) -> Result<Self, FetchError> {
        let note = match understand(&json, &data.ours)? {
            Incoming::Note(note) => *note,
            Incoming::Tombstone { id } => {
                return Err(FetchError::Gone(format!("{id} was deleted")));
            }
            _ => return Err(FetchError::Untrue("it is no status".to_owned())),
        };
        let id = parse_id(&note.id)?;
        let status = notes::store(&Reach::within(data), note).await?;
        Ok(Self { id, status })
    }
}

/// What is being fetched now.
static FLIGHTS: LazyLock<Flights<Status>> = LazyLock::new(Flights::default);

/// The status with this id, fetched within the budget of a cause if it is not known. Whoever needs it meanwhile waits for
/// the same answer.
///
/// # Errors
/// When it does not exist, is not believed, or its server cannot be reached.
pub(super) async fn known_status(reach: &Reach<'_>, uri: &str) -> Result<Status, FetchError> {
    if let Some(status) = find(reach, uri).await? {
        return Ok(status);
    }
    let fetch = async {
        // Somebody may have fetched it since.
        match find(reach, uri).await? {
            Some(status) => Ok(status),
            None => fetch_alone(reach, uri).await,
        }
    };
    FLIGHTS.join(reach.node, uri, fetch).await
}

async fn find(reach: &Reach<'_>, uri: &str) -> Result<Option<Status>, FetchError> {
    let key = uri.to_owned();
    let look = move |conn: &mut Conn| store::statuses::find_by_uri(conn, &key);
    Ok(reach.node.db.read(look).await?)
}

async fn fetch_alone(reach: &Reach<'_>, uri: &str) -> Result<Status, FetchError> {
    let url = usable(reach.node, uri)?;
    if let Some(error) = failures::find(reach.node, uri) {
        return Err(error);
    }
    failures::spend(reach.node, url.host_str().unwrap_or_default())?;
    let data = reach.data().await?;
    let id: ObjectId<KnownNote> = ObjectId::from(url.clone());
    let fetch = Box::pin(id.dereference_forced(data));
    match reach.knock(&url, fetch).await {
        Ok(known) => Ok(known.status),
        Err(error) => {
            failures::remember(reach.node, uri, &error);
            Err(error)
        }
    }
}
