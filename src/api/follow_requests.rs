//! Who asks to follow the viewer, and the viewer's consent.
//!
//! Source: <https://docs.joinmastodon.org/methods/follow_requests/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Viewer;
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::Params;
use super::path::PathId;
use super::scopes::{ReadFollows, WriteFollows};
use super::{relationships, rosters};
use crate::id::AccountId;
use crate::node::Node;
use crate::social;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/follow_requests", web::get().to(get))
        .route(
            "/api/v1/follow_requests/{id}/authorize",
            web::post().to(accept),
        )
        .route(
            "/api/v1/follow_requests/{id}/reject",
            web::post().to(reject),
        );
}

/// Who asks to follow the viewer.
///
/// Source: <https://docs.joinmastodon.org/methods/follow_requests/#get>
async fn get(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<ReadFollows>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::ACCOUNTS)?;
    let id = viewer.id();
    rosters::answer(&node, &request, Some(id), page, move |conn| {
        Ok(social::rosters::follow_requests(conn, id, &page)?)
    })
    .await
}

/// Lets an account follow.
///
/// Source: <https://docs.joinmastodon.org/methods/follow_requests/#accept>
async fn accept(
    node: Data<Node>,
    viewer: Viewer<WriteFollows>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    social::follows::authorise(&node, viewer.id(), id).await?;
    relationships::show(&node, viewer.id(), id).await
}

/// Does not let an account follow.
///
/// Source: <https://docs.joinmastodon.org/methods/follow_requests/#reject>
async fn reject(
    node: Data<Node>,
    viewer: Viewer<WriteFollows>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    social::follows::refuse(&node, viewer.id(), id).await?;
    relationships::show(&node, viewer.id(), id).await
}
