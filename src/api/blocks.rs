//! Whom the viewer blocks. Blocking itself is a method of accounts.
//!
//! Source: <https://docs.joinmastodon.org/methods/blocks/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Viewer;
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::Params;
use super::rosters;
use super::scopes::ReadBlocks;
use crate::node::Node;
use crate::social;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/blocks", web::get().to(get));
}

/// Whom the viewer blocks.
///
/// Source: <https://docs.joinmastodon.org/methods/blocks/#get>
async fn get(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<ReadBlocks>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::ACCOUNTS)?;
    let id = viewer.id();
    rosters::answer(&node, &request, Some(id), page, move |conn| {
        Ok(social::rosters::blocks(conn, id, &page)?)
    })
    .await
}
