//! Collections and pages elsewhere, read as they stand. The library is not asked: it wants the id of a document to be
//! the URL that was asked for, letter by letter, which pages often miss, and would ask twice.
//!
//! Source: <https://www.w3.org/TR/activitypub/#collections>.

use super::documents::collections::IncomingCollection;
use super::documents::origins::is_same_origin;
use super::documents::read;
use super::fetch::{FetchError, Reach, usable};
use crate::http::Judge as _;

const ACCEPT: &str = "application/activity+json, \
    application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

/// The collection, or the page of one, at this URL. It must come from there, and name no other origin as its own.
///
/// # Errors
/// When there is none, it is not believed, or its server cannot be reached.
pub(super) async fn collection(
    reach: &Reach<'_>,
    url: &str,
) -> Result<IncomingCollection, FetchError> {
    let asked = usable(reach.node, url)?;
    let data = reach.data().await?;
    let client = &reach.node.http;
    let get = client.get(&asked, ACCEPT, data.signer.as_deref());
    let answer = reach.knock(&asked, Box::pin(get)).await?;
    data.judge().judge(&answer)?;
    if !is_same_origin(answer.final_url.as_str(), url) {
        let from = &answer.final_url;
        return Err(FetchError::Untrue(format!("{url} leads away to {from}")));
    }
    let document = read(&answer.body)?;
    let found = IncomingCollection::parse(document.properties(), &data.ours)?;
    if found.id.as_ref().is_some_and(|id| !is_same_origin(id, url)) {
        return Err(FetchError::Untrue(format!(
            "{url} speaks of another origin"
        )));
    }
    Ok(found)
}
