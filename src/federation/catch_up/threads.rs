//! Reading the replies to a status of a thread that somebody here took part in.

use super::super::documents::collections::IncomingCollection;
use super::super::documents::listings::replies_of;
use super::super::documents::origins::is_same_origin;
use super::super::documents::{Incoming, understand};
use super::super::fetch;
use super::errands::{Errand, Setback};
use crate::store::absences::Task;
use crate::store::{self, Conn, QueryResult, gaps};

/// Pages of one collection of replies that are read.
const PAGES: i64 = 4;
/// Replies of one page that are fetched.
const REPLIES: usize = 50;

/// Does the next step: the status itself, then page by page its replies. Tells where the next page is, if there is one.
///
/// # Errors
/// Why it could not be read.
pub(super) async fn read(errand: &mut Errand<'_>, task: &Task) -> Result<Option<String>, Setback> {
    let Some(place) = &task.cursor else {
        return read_status(errand, &task.target).await;
    };
    let page = errand.page(place, None).await?;
    take(errand, &page).await?;
    let next = if page.items.is_empty() {
        page.first.or(page.next)
    } else {
        page.next
    };
    Ok(next.filter(|next| next != place && task.pages < PAGES))
}

/// The status may have been edited; its document says where its replies are.
async fn read_status(errand: &mut Errand<'_>, uri: &str) -> Result<Option<String>, Setback> {
    let document = errand.document(uri, None).await?;
    let ours = fetch::our_origin(errand.node)?;
    let replies = replies_of(document.properties())
        .filter(|replies| is_same_origin(replies, uri))
        .map(str::to_owned);
    if let Ok(Incoming::Note(note)) = understand(&document, &ours) {
        let author = note.attributed_to.clone();
        let look = move |conn: &mut Conn| store::accounts::find_by_uri(conn, &author);
        if let Some(author) = errand.node.db.read(look).await? {
            errand.revise(&author, *note).await?;
        }
    }
    Ok(replies)
}

/// Replies are anybody's, so each is fetched from its own server. One that cannot be had does not keep the others.
async fn take(errand: &mut Errand<'_>, page: &IncomingCollection) -> Result<(), Setback> {
    for uri in list_unknown(errand, page.ids()).await?.iter().take(REPLIES) {
        match errand.status(uri).await {
            Ok(_) => errand.gain.recovered += 1,
            Err(setback @ (Setback::Spent | Setback::Hindered(_))) => return Err(setback),
            Err(Setback::Later { why, .. } | Setback::Never(why)) => {
                tracing::debug!(uri, why, "a reply that was missed cannot be had");
            }
        }
    }
    Ok(())
}

async fn list_unknown(errand: &Errand<'_>, mut uris: Vec<String>) -> QueryResult<Vec<String>> {
    uris.retain(|uri| !errand.node.urls.is_local(uri));
    let asked = uris.clone();
    let look = move |conn: &mut Conn| gaps::list_known(conn, &asked);
    let known = errand.node.db.read(look).await?;
    uris.retain(|uri| !known.iter().any(|(known, ..)| known == uri));
    Ok(uris)
}
