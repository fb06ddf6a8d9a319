//! Hashtags: how much they are used, following and featuring them.
//!
//! Source: <https://docs.joinmastodon.org/methods/tags/>

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::{MaybeViewer, Viewer};
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::Params;
use super::render::{self, View};
use super::scopes::{Any, ReadFollows, WriteAccounts, WriteFollows};
use super::{answers, rosters};
use crate::id::AccountId;
use crate::node::Node;
use crate::social;

/// The routes of tags.
pub fn routes(config: &mut ServiceConfig) {
    const ONE: &str = "/api/v1/tags/{hashtag}";
    config
        .route(ONE, web::get().to(get))
        .route(&format!("{ONE}/follow"), web::post().to(follow))
        .route(&format!("{ONE}/unfollow"), web::post().to(unfollow))
        .route(&format!("{ONE}/feature"), web::post().to(feature))
        .route(&format!("{ONE}/unfeature"), web::post().to(unfeature))
        .route("/api/v1/followed_tags", web::get().to(followed));
}

/// The tag as the viewer sees it now.
async fn show(
    node: &Node,
    viewer: Option<AccountId>,
    name: String,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(node, viewer);
    let shown = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let tag = social::tags::find(conn, &name)?;
            Ok(render::only(render::tags::page(conn, &view, vec![tag])?)?)
        })
        .await?;
    Ok(answers::json(&shown))
}

/// A hashtag, whether anybody used it or not.
///
/// Source: <https://docs.joinmastodon.org/methods/tags/#get>
async fn get(
    node: Data<Node>,
    viewer: MaybeViewer<Any>,
    name: Path<String>,
) -> Result<HttpResponse, ApiError> {
    show(&node, viewer.id(), name.into_inner()).await
}

/// Follows a hashtag.
///
/// Source: <https://docs.joinmastodon.org/methods/tags/#follow>
async fn follow(
    node: Data<Node>,
    viewer: Viewer<WriteFollows>,
    name: Path<String>,
) -> Result<HttpResponse, ApiError> {
    social::tags::follow(&node, viewer.id(), name.clone()).await?;
    show(&node, Some(viewer.id()), name.into_inner()).await
}

/// Follows a hashtag no longer.
///
/// Source: <https://docs.joinmastodon.org/methods/tags/#unfollow>
async fn unfollow(
    node: Data<Node>,
    viewer: Viewer<WriteFollows>,
    name: Path<String>,
) -> Result<HttpResponse, ApiError> {
    social::tags::unfollow(&node, viewer.id(), name.clone()).await?;
    show(&node, Some(viewer.id()), name.into_inner()).await
}

/// Shows a hashtag on the viewer's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/tags/#feature>
async fn feature(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    name: Path<String>,
) -> Result<HttpResponse, ApiError> {
    social::tags::feature(&node, viewer.id(), name.clone()).await?;
    show(&node, Some(viewer.id()), name.into_inner()).await
}

/// Takes a hashtag off the viewer's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/tags/#unfeature>
async fn unfeature(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    name: Path<String>,
) -> Result<HttpResponse, ApiError> {
    social::tags::unfeature(&node, viewer.id(), name.clone()).await?;
    show(&node, Some(viewer.id()), name.into_inner()).await
}

/// The hashtags that the viewer follows.
///
/// Source: <https://docs.joinmastodon.org/methods/followed_tags/#get>
async fn followed(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<ReadFollows>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::HUNDREDS)?;
    let view = View::of(&node, Some(viewer.id()));
    let slice = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let found = social::tags::followed(conn, viewer.id(), &page)?;
            Ok(found.try_map(|tags| render::tags::page(conn, &view, tags))?)
        })
        .await?;
    Ok(rosters::linked(&node, &request, &slice, page))
}
