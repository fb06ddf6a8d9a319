//! What other servers sent and what became of it, for the staff: routes of this node's own.
//!
//! Source: <https://www.w3.org/TR/activitypub/#inbox>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answers::{json, json_page};
use super::auth::Viewer;
use super::entities::receipts::Renewed;
use super::error::ApiError;
use super::page::{ListAddress, Paging, Sizes};
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::render;
use super::scopes::{AdminRead, AdminWrite};
use crate::id::ReceiptId;
use crate::node::Node;
use crate::social::receipts;
use crate::social::staff::By;

/// The routes of the inbox.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/whimbrel/v1/inbox", web::get().to(index))
        .route("/api/whimbrel/v1/inbox/retry", web::post().to(retry_failed))
        .route("/api/whimbrel/v1/inbox/{id}", web::get().to(show))
        .route("/api/whimbrel/v1/inbox/{id}/retry", web::post().to(retry));
}

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    #[serde(deserialize_with = "blank_as_none")]
    state: Option<String>,
}

/// What waits, failed or was rejected, the newest first.
///
/// Source: <https://docs.joinmastodon.org/api/guidelines/#pagination>
async fn index(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<AdminRead>,
    params: Params<(Asked, Paging)>,
) -> Result<HttpResponse, ApiError> {
    let by = By::Person(viewer.user.role);
    by.check_look()?;
    let (asked, paging) = params.into_inner();
    let states = receipts::states_of(&asked.state.unwrap_or_default())?;
    let page = paging.page(Sizes::ACCOUNTS)?;
    let rows = receipts::list(&node, by, states, page).await?;
    let (newest, oldest) = (
        rows.first().map(|row| row.id.0),
        rows.last().map(|row| row.id.0),
    );
    let link = ListAddress::of(&node.urls, &request).both_ways(newest, oldest);
    let shown: Vec<_> = rows.into_iter().map(render::receipts::receipt).collect();
    Ok(json_page(&shown, link))
}

/// One of them, with its document.
///
/// Source: <https://www.w3.org/TR/activitypub/#inbox>
async fn show(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    PathId(id): PathId<ReceiptId>,
) -> Result<HttpResponse, ApiError> {
    let by = By::Person(viewer.user.role);
    let shown = receipts::show(&node, by, id).await?;
    Ok(json(&render::receipts::with_body(shown)))
}

/// Lets one be tried again, as if it had never been tried.
///
/// Source: <https://www.w3.org/TR/activitypub/#inbox>
async fn retry(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    PathId(id): PathId<ReceiptId>,
) -> Result<HttpResponse, ApiError> {
    let by = By::Person(viewer.user.role);
    let renewed = receipts::retry(&node, by, id).await?;
    Ok(json(&render::receipts::receipt(renewed)))
}

/// Whose failed activities are meant.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Whose {
    #[serde(deserialize_with = "blank_as_none")]
    host: Option<String>,
}

/// Lets everything be tried again that was given up, of one host or of all.
///
/// Source: <https://www.w3.org/TR/activitypub/#inbox>
async fn retry_failed(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    params: Params<Whose>,
) -> Result<HttpResponse, ApiError> {
    let by = By::Person(viewer.user.role);
    let renewed = receipts::retry_failed(&node, by, params.into_inner().host).await?;
    Ok(json(&Renewed { renewed }))
}
