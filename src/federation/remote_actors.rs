//! Accounts of actors elsewhere: known ones from the store, others as the library dereferences their ids.
//!
//! Source: <https://www.w3.org/TR/activitypub/#actor-objects>.

use std::sync::LazyLock;

use activitypub_federation::config::Data;
use activitypub_federation::fetch::object_id::ObjectId;
use activitypub_federation::traits::Object;
use async_trait::async_trait;
use url::Url;

use super::documents::Document;
use super::fetch::{Context, FetchError, Reach, check_source, parse_id, usable};
use super::flights::Flights;
use super::{failures, profiles};
use crate::node::Node;
use crate::social::remote_accounts;
use crate::store::accounts::Account;
use crate::store::{self, Conn};

/// An actor that is known here.
#[derive(Debug)]
struct KnownActor {
    id: Url,
    account: Account,
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
        let read = move |conn: &mut Conn| store::accounts::find_by_uri(conn, &uri);
        let account = data.node.db.read(read).await?;
        Ok(account.map(|account| Self { id, account }))
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
        let profile = profiles::read(data, &json).await?;
        let id = parse_id(&profile.uri)?;
        let account = data
            .node
            .db
            .write(move |tx| remote_accounts::receive(tx, &profile))
            .await?;
        Ok(Self { id, account })
    }
}

/// What is being fetched now.
static FLIGHTS: LazyLock<Flights<Account>> = LazyLock::new(Flights::default);

/// The account of an actor, fetched within the budget of a cause if it is not known.
///
/// # Errors
/// When it does not exist, is not believed, or its server cannot be reached.
pub(super) async fn known_actor(reach: &Reach<'_>, uri: &str) -> Result<Account, FetchError> {
    if let Some(account) = find(reach, uri).await? {
        return Ok(account);
    }
    let fetch = async {
        // Somebody may have fetched it since.
        match find(reach, uri).await? {
            Some(account) => Ok(account),
            None => fetch_alone(reach, uri).await,
        }
    };
    FLIGHTS.join(reach.node, uri, fetch).await
}

async fn find(reach: &Reach<'_>, uri: &str) -> Result<Option<Account>, FetchError> {
    let key = uri.to_owned();
    let look = move |conn: &mut Conn| store::accounts::find_by_uri(conn, &key);
    Ok(reach.node.db.read(look).await?)
}

/// Whether an actor is being fetched now.
pub(super) fn is_under_way(node: &Node, uri: &str) -> bool {
    FLIGHTS.has(node, uri)
}

/// Fetches an actor, known or not. Whoever needs it meanwhile waits for the same answer.
///
/// # Errors
/// As [`known_actor`].
pub(super) async fn fetch_actor(reach: &Reach<'_>, uri: &str) -> Result<Account, FetchError> {
    FLIGHTS.join(reach.node, uri, fetch_alone(reach, uri)).await
}

async fn fetch_alone(reach: &Reach<'_>, uri: &str) -> Result<Account, FetchError> {
    let url = usable(reach.node, uri)?;
    if let Some(error) = failures::find(reach.node, uri) {
        return Err(error);
    }
    failures::spend(reach.node, url.host_str().unwrap_or_default())?;
    let data = reach.data().await?;
    let id: ObjectId<KnownActor> = ObjectId::from(url.clone());
    let fetch = Box::pin(id.dereference_forced(data));
    match reach.knock(&url, fetch).await {
        Ok(known) => Ok(known.account),
        Err(error) => {
            failures::remember(reach.node, uri, &error);
            Err(error)
        }
    }
}

/// Stores the actor that a fetched document shows.
///
/// # Errors
/// When it is not believed.
pub(super) async fn receive_actor(
    reach: &Reach<'_>,
    document: &Document,
) -> Result<Account, FetchError> {
    let profile = profiles::read(reach.data().await?, document).await?;
    let receive = move |tx: &mut store::Tx<'_>| remote_accounts::receive(tx, &profile);
    Ok(reach.node.db.write(receive).await?)
}
