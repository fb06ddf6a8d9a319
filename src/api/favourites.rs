//! What the viewer likes.
//!
//! Source: <https://docs.joinmastodon.org/methods/favourites/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Viewer;
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::Params;
use super::render::View;
use super::scopes::ReadFavourites;
use super::slices;
use crate::node::Node;
use crate::social::favourites;

/// The route of favourites.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/favourites", web::get().to(get));
}

/// What the viewer likes, the newest like first.
///
/// Source: <https://docs.joinmastodon.org/methods/favourites/#get>
async fn get(
    node: Data<Node>,
    viewer: Viewer<ReadFavourites>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::STATUSES)?;
    let view = View::of(&node, Some(viewer.id()));
    let found = node.db.read(move |conn| {
        let slice = favourites::list(conn, viewer.id(), &page)?;
        slices::render(conn, &view, slice)
    });
    slices::answer(&node, &request, found.await)
}
