//! What the staff tells everybody, and how people react.
//!
//! Source: <https://docs.joinmastodon.org/methods/announcements/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, ServiceConfig};
use serde::Deserialize;

use super::auth::Viewer;
use super::error::ApiError;
use super::params::Params;
use super::path::PathId;
use super::render::View;
use super::scopes::{Any, WriteAccounts, WriteFavourites};
use super::{answers, render};
use crate::id::AnnouncementId;
use crate::node::Node;
use crate::social::announcements;
use crate::store::{Conn, QueryResult};

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/announcements", web::get().to(list))
        .route(
            "/api/v1/announcements/{id}/dismiss",
            web::post().to(dismiss),
        )
        .service(
            web::resource("/api/v1/announcements/{id}/reactions/{name}")
                .route(web::put().to(react))
                .route(web::patch().to(react))
                .route(web::delete().to(unreact)),
        );
}

/// Which announcements are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    with_dismissed: bool,
}

/// The announcements that are shown, the oldest first.
///
/// Source: <https://docs.joinmastodon.org/methods/announcements/#get>
async fn list(
    node: Data<Node>,
    viewer: Viewer<Any>,
    params: Params<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, Some(viewer.id()));
    let with_read = params.with_dismissed;
    let read = move |conn: &mut Conn| -> QueryResult<_> {
        let shown = announcements::list_shown(conn, viewer.id(), with_read)?;
        render::announcements::page(conn, &view, shown)
    };
    let page = node.db.read(read).await.map_err(ApiError::internal)?;
    Ok(answers::json(&page))
}

/// Notes that the viewer has read one.
///
/// Source: <https://docs.joinmastodon.org/methods/announcements/#dismiss>
async fn dismiss(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    PathId(id): PathId<AnnouncementId>,
) -> Result<HttpResponse, ApiError> {
    announcements::dismiss(&node, viewer.id(), id).await?;
    Ok(answers::empty())
}

/// Reacts to one with an emoji.
///
/// Source: <https://docs.joinmastodon.org/methods/announcements/#put-reactions>
async fn react(
    node: Data<Node>,
    viewer: Viewer<WriteFavourites>,
    PathId(id): PathId<AnnouncementId>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    announcements::react(&node, viewer.id(), id, &path.1).await?;
    Ok(answers::empty())
}

/// Takes a reaction back.
///
/// Source: <https://docs.joinmastodon.org/methods/announcements/#delete-reactions>
async fn unreact(
    node: Data<Node>,
    viewer: Viewer<WriteFavourites>,
    PathId(id): PathId<AnnouncementId>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    announcements::unreact(&node, viewer.id(), id, &path.1).await?;
    Ok(answers::empty())
}
