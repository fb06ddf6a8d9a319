//! Routes that newer servers have removed, for programs that still call them.
//!
//! Source: <https://docs.joinmastodon.org/methods/>

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::auth::{Onlooker, Viewer};
use super::entities::{Account, Nothing, Status};
use super::error::ApiError;
use super::params::Params;
use super::path::PathId;
use super::render::{self, View};
use super::scopes::{Any, ReadSearch, ReadStatuses, WriteFollows};
use super::{answers, search};
use crate::federation::resolve;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::accounts::find_shown;
use crate::social::follows::{self, Wishes};
use crate::social::visibility::find_visible;
use crate::social::{self, searches};
use crate::store::Conn;
use crate::text::Handle;
use serde::Serialize;

/// Since when identity proofs are old, in seconds.
const PROOFS_OLD_SINCE: &str = "@1647907200";

/// The routes of this file.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/follows", web::post().to(follow))
        .route("/api/v1/search", web::get().to(find))
        .route("/api/v1/statuses/{id}/card", web::get().to(card))
        .route(
            "/api/v1/accounts/{id}/identity_proofs",
            web::get().to(proofs),
        );
}

/// Whom to follow.
#[derive(Debug, Deserialize)]
struct Whom {
    uri: String,
}

/// Follows the account with this handle, and gives the account.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#follow>
async fn follow(
    node: Data<Node>,
    viewer: Viewer<WriteFollows>,
    params: Params<Whom>,
) -> Result<HttpResponse, ApiError> {
    let handle = Handle::parse(&params.uri).map_err(|_| ApiError::not_found())?;
    let account = resolve::handle(&node, &handle).await;
    let account = account.map_err(|_| ApiError::not_found())?;
    follows::follow(&node, viewer.id(), account.id, Wishes::default()).await?;
    let view = View::of(&node, Some(viewer.id()));
    let read = move |conn: &mut Conn| -> Result<Account, social::Error> {
        let account = find_shown(conn, account.id)?;
        Ok(render::accounts::single(conn, &view, account)?)
    };
    Ok(answers::json(&node.db.read(read).await?))
}

/// What a search has found, its hashtags by their names.
#[derive(Debug, Serialize)]
struct OldSearch {
    accounts: Vec<Account>,
    statuses: Vec<Status>,
    hashtags: Vec<String>,
}

/// Searches as the newer version does.
///
/// Source: <https://docs.joinmastodon.org/methods/search/#v1>
async fn find(
    node: Data<Node>,
    viewer: Viewer<ReadSearch>,
    params: Params<search::Query>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, Some(viewer.id()));
    let wanted = search::settle(&node, &view, params.into_inner()).await?;
    let read = move |conn: &mut Conn| -> Result<OldSearch, ApiError> {
        let found = searches::everything(conn, &view.urls, &wanted)?;
        Ok(OldSearch {
            accounts: render::accounts::page(conn, &view, found.accounts)?,
            statuses: render::statuses::page(conn, &view, found.statuses)?,
            hashtags: found.tags.into_iter().map(|(_, name)| name).collect(),
        })
    };
    Ok(answers::json(&node.db.read(read).await?))
}

/// The preview card of a status; newer clients read it from the status itself.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#card>
async fn card(
    node: Data<Node>,
    viewer: Onlooker<ReadStatuses>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, viewer.id());
    let read = move |conn: &mut Conn| -> Result<Status, social::Error> {
        let status = find_visible(conn, view.viewer, id)?;
        Ok(render::statuses::single(conn, &view, status)?)
    };
    let card = node.db.read(read).await?.card;
    let card = card.ok_or_else(ApiError::not_found)?;
    Ok(answers::json(&card))
}

/// Proofs of identity by a service that is no more: there are none.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#identity_proofs>
async fn proofs(
    node: Data<Node>,
    _viewer: Viewer<Any>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    node.db.read(move |conn| find_shown(conn, id)).await?;
    let mut answer = answers::json::<[Nothing]>(&[]);
    let name = HeaderName::from_static("deprecation");
    let value = HeaderValue::from_static(PROOFS_OLD_SINCE);
    answer.headers_mut().insert(name, value);
    Ok(answer)
}
