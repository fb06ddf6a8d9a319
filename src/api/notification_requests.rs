//! Those whose notifications were put aside.
//!
//! Source: <https://docs.joinmastodon.org/methods/notifications/#get-requests>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answers::{empty, json};
use super::auth::Viewer;
use super::entities::notification_policies::NotificationsMerged;
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::Params;
use super::path::PathId;
use super::render::{self, View};
use super::scopes::{ReadNotifications, WriteNotifications};
use super::slices;
use crate::id::NotificationRequestId;
use crate::node::Node;
use crate::social::{self, notification_requests};

/// The routes of this page. They come before those of single notifications, whose paths are like theirs.
pub fn routes(config: &mut ServiceConfig) {
    const ALL: &str = "/api/v1/notifications/requests";
    config
        .route(ALL, web::get().to(get))
        .route(&format!("{ALL}/merged"), web::get().to(merged))
        .route(&format!("{ALL}/accept"), web::post().to(accept_some))
        .route(&format!("{ALL}/dismiss"), web::post().to(dismiss_some))
        .route(&format!("{ALL}/{{id}}"), web::get().to(get_one))
        .route(&format!("{ALL}/{{id}}/accept"), web::post().to(accept))
        .route(&format!("{ALL}/{{id}}/dismiss"), web::post().to(dismiss));
}

/// Which requests are meant.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    id: Vec<NotificationRequestId>,
}

/// Those who wait for the viewer.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#get-requests>
async fn get(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::ACCOUNTS)?;
    let view = View::of(&node, Some(viewer.id()));
    let found = node.db.read(move |conn| {
        let slice = notification_requests::list(conn, viewer.id(), &page)?;
        slice.try_map(|rows| render::notification_requests::page(conn, &view, &rows))
    });
    slices::answer(&node, &request, found.await)
}

/// One who waits.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#get-one-request>
async fn get_one(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
    PathId(id): PathId<NotificationRequestId>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, Some(viewer.id()));
    let found = node.db.read(move |conn| {
        let row = notification_requests::find(conn, viewer.id(), id)?;
        Ok::<_, social::Error>(render::notification_requests::single(conn, &view, row)?)
    });
    Ok(json(&found.await?))
}

/// Accepts a sender for good.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#accept-request>
async fn accept(
    node: Data<Node>,
    viewer: Viewer<WriteNotifications>,
    PathId(id): PathId<NotificationRequestId>,
) -> Result<HttpResponse, ApiError> {
    notification_requests::accept(&node, viewer.id(), vec![id]).await?;
    Ok(empty())
}

/// Removes what was put aside of a sender.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#dismiss-request>
async fn dismiss(
    node: Data<Node>,
    viewer: Viewer<WriteNotifications>,
    PathId(id): PathId<NotificationRequestId>,
) -> Result<HttpResponse, ApiError> {
    notification_requests::dismiss(&node, viewer.id(), vec![id]).await?;
    Ok(empty())
}

/// Accepts several senders.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#accept-multiple-requests>
async fn accept_some(
    node: Data<Node>,
    viewer: Viewer<WriteNotifications>,
    params: Params<Chosen>,
) -> Result<HttpResponse, ApiError> {
    notification_requests::accept(&node, viewer.id(), params.into_inner().id).await?;
    Ok(empty())
}

/// Removes what was put aside of several senders.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#dismiss-multiple-requests>
async fn dismiss_some(
    node: Data<Node>,
    viewer: Viewer<WriteNotifications>,
    params: Params<Chosen>,
) -> Result<HttpResponse, ApiError> {
    notification_requests::dismiss(&node, viewer.id(), params.into_inner().id).await?;
    Ok(empty())
}

/// Whether all that was accepted is shown: it is with the acceptance itself.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#requests-merged>
async fn merged(_viewer: Viewer<ReadNotifications>) -> HttpResponse {
    json(&NotificationsMerged { merged: true })
}
