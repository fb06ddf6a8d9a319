//! Posts that wait for their time.
//!
//! Source: <https://docs.joinmastodon.org/methods/scheduled_statuses/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answers::{empty, json};
use super::auth::Viewer;
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::scopes::{ReadStatuses, WriteStatuses};
use super::statuses::read_time;
use super::{render, slices};
use crate::id::{AccountId, ScheduledId};
use crate::node::Node;
use crate::social::statuses::schedule;
use crate::store;

/// The routes of scheduled statuses.
pub fn routes(config: &mut ServiceConfig) {
    const ALL: &str = "/api/v1/scheduled_statuses";
    let one = web::resource(format!("{ALL}/{{id}}"))
        .route(web::get().to(get_one))
        .route(web::put().to(update))
        .route(web::patch().to(update))
        .route(web::delete().to(cancel));
    config.route(ALL, web::get().to(get)).service(one);
}

/// What the viewer has scheduled, the last one written first.
///
/// Source: <https://docs.joinmastodon.org/methods/scheduled_statuses/#get>
async fn get(
    node: Data<Node>,
    viewer: Viewer<ReadStatuses>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::STATUSES)?;
    let found = node
        .db
        .read(move |conn| schedule::list(conn, viewer.id(), &page))
        .await?;
    let show = |waiting: Vec<_>| {
        let shown = waiting
            .iter()
            .map(|one| render::scheduled_statuses::single(&node.urls, one));
        Ok::<_, store::Error>(shown.collect())
    };
    slices::answer(&node, &request, found.try_map(show))
}

/// One post that the viewer has scheduled.
///
/// Source: <https://docs.joinmastodon.org/methods/scheduled_statuses/#get-one>
async fn get_one(
    node: Data<Node>,
    viewer: Viewer<ReadStatuses>,
    PathId(id): PathId<ScheduledId>,
) -> Result<HttpResponse, ApiError> {
    show(&node, viewer.id(), id).await
}

/// What may be changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Change {
    #[serde(deserialize_with = "blank_as_none")]
    scheduled_at: Option<String>,
}

/// Moves a post to another time.
///
/// Source: <https://docs.joinmastodon.org/methods/scheduled_statuses/#update>
async fn update(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(id): PathId<ScheduledId>,
    params: Params<Change>,
) -> Result<HttpResponse, ApiError> {
    if let Some(text) = &params.scheduled_at {
        schedule::postpone(&node, viewer.id(), id, read_time(text)?).await?;
    }
    show(&node, viewer.id(), id).await
}

/// Does not post what was scheduled.
///
/// Source: <https://docs.joinmastodon.org/methods/scheduled_statuses/#cancel>
async fn cancel(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(id): PathId<ScheduledId>,
) -> Result<HttpResponse, ApiError> {
    schedule::cancel(&node, viewer.id(), id).await?;
    Ok(empty())
}

/// The answer with a post that waits.
///
/// # Errors
/// 404 if it is not the viewer's.
pub(super) async fn show(
    node: &Node,
    viewer: AccountId,
    id: ScheduledId,
) -> Result<HttpResponse, ApiError> {
    let found = node
        .db
        .read(move |conn| schedule::find(conn, viewer, id))
        .await?;
    Ok(json(&render::scheduled_statuses::single(
        &node.urls, &found,
    )))
}
