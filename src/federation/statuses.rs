//! Local statuses and the activities that made them, for other servers.
//!
//! Strangers see what is public or unlisted. A server that signs as a follower sees what that follower sees.
//! Source: <https://www.w3.org/TR/activitypub/#retrieving-objects>.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::answers::{self, Absence};
use super::documents::activities;
use super::documents::collections::build_whole;
use super::documents::context::Terms;
use super::documents::local;
use super::{actors, portraits, readers};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::visibility::keep_visible;
use crate::store::accounts::Account;
use crate::store::statuses::Status;
use crate::store::threads::page_replies;
use crate::store::{self, Conn, tombstones};
use crate::urls::Urls;

/// Replies that are listed of one status.
const REPLIES: i64 = 200;

/// A status as a path names it.
type Named = Path<(String, String)>;

/// `GET /users/{name}/statuses/{id}`: a note.
///
/// Source: <https://docs.joinmastodon.org/spec/activitypub/#status>.
pub async fn show(
    node: Data<Node>,
    request: HttpRequest,
    path: Named,
) -> Result<HttpResponse, Absence> {
    let reader = readers::of(&node, &request).await?;
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| {
        let (author, status) = find(conn, &urls, &path, reader.account)?;
        if status.boost_of_id.is_some() {
            return Err(Absence::Missing);
        }
        Ok(portraits::note(conn, &urls, &author, &status)?)
    };
    let shown = node.db.read(read).await?;
    if answers::wants_page(&request) {
        return Ok(answers::to_page(&shown.url));
    }
    Ok(answers::document(&shown.document(), reader.keep()))
}

/// `GET /users/{name}/statuses/{id}/activity`: the Create of a status, or the Announce that a boost is.
///
/// Source: <https://docs.joinmastodon.org/spec/activitypub/#supported-activities-for-statuses>.
pub async fn show_activity(
    node: Data<Node>,
    request: HttpRequest,
    path: Named,
) -> Result<HttpResponse, Absence> {
    let reader = readers::of(&node, &request).await?;
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| {
        let (author, status) = find(conn, &urls, &path, reader.account)?;
        if status.boost_of_id.is_none() {
            let made = portraits::note(conn, &urls, &author, &status)?;
            return Ok(activities::create(&made));
        }
        let announce = portraits::announce(conn, &author, &status)?;
        Ok::<_, Absence>(activities::announce(&announce.ok_or(Absence::Missing)?))
    };
    let activity = node.db.read(read).await?;
    Ok(answers::document(&activity, reader.keep()))
}

/// `GET /users/{name}/statuses/{id}/replies`: the ids of public replies that are known here.
///
/// Source: <https://www.w3.org/TR/activitystreams-vocabulary/#dfn-replies>.
pub async fn list_replies(
    node: Data<Node>,
    request: HttpRequest,
    path: Named,
) -> Result<HttpResponse, Absence> {
    let reader = readers::of(&node, &request).await?;
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| {
        let (_, status) = find(conn, &urls, &path, reader.account)?;
        let known = page_replies(conn, status.id, 0, REPLIES)?;
        let ids: Vec<StatusId> = known.iter().map(|(id, _)| *id).collect();
        let replies = store::statuses::list(conn, &ids)?;
        let seen = keep_visible(conn, None, replies)?;
        let mut found: Vec<(StatusId, Value)> = seen
            .into_iter()
            .map(|reply| (reply.id, reply.uri.into()))
            .collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        let items: Vec<Value> = found.into_iter().map(|(_, uri)| uri).collect();
        let id = local::replies(&status.uri);
        Ok::<_, Absence>(build_whole(&id, &items, Terms::Plain))
    };
    let replies = node.db.read(read).await?;
    Ok(answers::document(&replies, reader.keep()))
}

/// The status or boost that a path names, if the reader may see it.
fn find(
    conn: &mut Conn,
    urls: &Urls,
    (name, id): &(String, String),
    reader: Option<AccountId>,
) -> Result<(Account, Status), Absence> {
    let author = actors::find_open(conn, urls, name)?;
    let id: StatusId = id.parse().map_err(|_| Absence::Missing)?;
    let status = store::statuses::find(conn, id)?.filter(|status| status.account_id == author.id);
    let Some(status) = status else {
        let uri = urls.status(&author.username, id);
        return Err(match tombstones::find(conn, &uri)? {
            Some(_) => Absence::Gone(uri),
            None => Absence::Missing,
        });
    };
    let seen = keep_visible(conn, reader, vec![status])?.pop();
    Ok((author, seen.ok_or(Absence::Missing)?))
}
