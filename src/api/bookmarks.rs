//! What the viewer keeps for later.
//!
//! Source: <https://docs.joinmastodon.org/methods/bookmarks/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Viewer;
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::Params;
use super::render::View;
use super::scopes::ReadBookmarks;
use super::slices;
use crate::node::Node;
use crate::social::favourites;

/// The route of bookmarks.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/bookmarks", web::get().to(get));
}

/// What the viewer keeps for later, the last one kept first.
///
/// Source: <https://docs.joinmastodon.org/methods/bookmarks/#get>
async fn get(
    node: Data<Node>,
    viewer: Viewer<ReadBookmarks>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::STATUSES)?;
    let view = View::of(&node, Some(viewer.id()));
    let found = node.db.read(move |conn| {
        let slice = favourites::list_bookmarks(conn, viewer.id(), &page)?;
        slices::render(conn, &view, slice)
    });
    slices::answer(&node, &request, found.await)
}
