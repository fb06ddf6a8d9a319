//! Reacting to statuses with emoji, as Pleroma and its kin have it: Mastodon has no such thing.
//!
//! Source: <https://docs.pleroma.social/backend/development/API/pleroma_api/#emoji-reactions>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, ServiceConfig};

use super::answers::json;
use super::auth::{MaybeViewer, Viewer};
use super::error::ApiError;
use super::path::PathId;
use super::render::{self, View};
use super::scopes::{ReadStatuses, WriteStatuses};
use super::statuses::show;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::{self, reactions};

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    const ALL: &str = "/api/v1/pleroma/statuses/{id}/reactions";
    config.route(ALL, web::get().to(list)).service(
        web::resource(format!("{ALL}/{{emoji}}"))
            .route(web::get().to(list_with))
            .route(web::put().to(react))
            .route(web::delete().to(unreact)),
    );
}

/// How people react to a status.
///
/// Source: <https://docs.pleroma.social/backend/development/API/pleroma_api/#get-apiv1pleromastatusesidreactions>
async fn list(
    node: Data<Node>,
    viewer: MaybeViewer<ReadStatuses>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    answer(&node, viewer.id(), id, None).await
}

/// Who reacts to a status with one emoji: a list of one, or of none.
///
/// Source: <https://docs.pleroma.social/backend/development/API/pleroma_api/#get-apiv1pleromastatusesidreactionsemoji>
async fn list_with(
    node: Data<Node>,
    viewer: MaybeViewer<ReadStatuses>,
    PathId(id): PathId<StatusId>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (_, emoji) = path.into_inner();
    answer(&node, viewer.id(), id, Some(emoji)).await
}

async fn answer(
    node: &Node,
    viewer: Option<AccountId>,
    id: StatusId,
    emoji: Option<String>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(node, viewer);
    let found = node.db.read(move |conn| {
        let found = reactions::list(conn, viewer, id, emoji.as_deref())?;
        Ok::<_, social::Error>(render::reactions::page(conn, &view, found)?)
    });
    Ok(json(&found.await?))
}

/// Reacts to a status with an emoji.
///
/// Source: <https://docs.pleroma.social/backend/development/API/pleroma_api/#put-apiv1pleromastatusesidreactionsemoji>
async fn react(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(id): PathId<StatusId>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let id = reactions::react(&node, viewer.id(), id, &path.1).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}

/// Takes a reaction back.
///
/// Source: <https://docs.pleroma.social/backend/development/API/pleroma_api/#delete-apiv1pleromastatusesidreactionsemoji>
async fn unreact(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(id): PathId<StatusId>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let id = reactions::unreact(&node, viewer.id(), id, &path.1).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}
