//! Domains of which the viewer wants to see nothing.
//!
//! Source: <https://docs.joinmastodon.org/methods/domain_blocks/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::auth::Viewer;
use super::entities::DomainBlockPreview;
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::Params;
use super::scopes::{ReadBlocks, WriteBlocks};
use super::{answers, rosters};
use crate::node::Node;
use crate::social::user_domain_blocks;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    const ALL: &str = "/api/v1/domain_blocks";
    config
        .service(
            web::resource(ALL)
                .route(web::get().to(get))
                .route(web::post().to(block))
                .route(web::delete().to(unblock)),
        )
        .route(&format!("{ALL}/preview"), web::get().to(preview));
}

/// The domains that the viewer blocks.
///
/// Source: <https://docs.joinmastodon.org/methods/domain_blocks/#get>
async fn get(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<ReadBlocks>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::HUNDREDS)?;
    let id = viewer.id();
    let found = node
        .db
        .read(move |conn| user_domain_blocks::list(conn, id, &page))
        .await?;
    Ok(rosters::linked(&node, &request, &found, page))
}

/// Which domain.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    domain: String,
}

/// Blocks a domain.
///
/// Source: <https://docs.joinmastodon.org/methods/domain_blocks/#block>
async fn block(
    node: Data<Node>,
    viewer: Viewer<WriteBlocks>,
    params: Params<Named>,
) -> Result<HttpResponse, ApiError> {
    user_domain_blocks::block(&node, viewer.id(), &params.domain).await?;
    Ok(answers::empty())
}

/// Blocks a domain no longer.
///
/// Source: <https://docs.joinmastodon.org/methods/domain_blocks/#unblock>
async fn unblock(
    node: Data<Node>,
    viewer: Viewer<WriteBlocks>,
    params: Params<Named>,
) -> Result<HttpResponse, ApiError> {
    user_domain_blocks::unblock(&node, viewer.id(), &params.domain).await?;
    Ok(answers::empty())
}

/// What the viewer would lose by blocking a domain.
///
/// Source: <https://docs.joinmastodon.org/methods/domain_blocks/>
async fn preview(
    node: Data<Node>,
    viewer: Viewer<WriteBlocks>,
    params: Params<Named>,
) -> Result<HttpResponse, ApiError> {
    let (id, domain) = (viewer.id(), params.into_inner().domain);
    let loss = node
        .db
        .read(move |conn| user_domain_blocks::preview(conn, id, &domain))
        .await?;
    Ok(answers::json(&DomainBlockPreview {
        following_count: loss.following,
        followers_count: loss.followers,
    }))
}
