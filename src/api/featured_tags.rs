//! The hashtags on the viewer's profile.
//!
//! Source: <https://docs.joinmastodon.org/methods/featured_tags/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::answers;
use super::auth::Viewer;
use super::error::ApiError;
use super::params::Params;
use super::path::PathId;
use super::render::{self, View};
use super::scopes::{ReadAccounts, WriteAccounts};
use crate::id::AccountId;
use crate::node::Node;
use crate::social;

/// The routes of featured tags.
pub fn routes(config: &mut ServiceConfig) {
    const ALL: &str = "/api/v1/featured_tags";
    config
        .service(
            web::resource(ALL)
                .route(web::get().to(get))
                .route(web::post().to(feature)),
        )
        .route(&format!("{ALL}/suggestions"), web::get().to(suggestions))
        .route(&format!("{ALL}/{{id}}"), web::delete().to(unfeature));
}

/// The answer with the hashtags on a profile.
pub(super) async fn show_all(
    node: &Node,
    viewer: Option<AccountId>,
    account: AccountId,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(node, viewer);
    let shown = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let tags = social::tags::featured(conn, account)?;
            Ok(render::tags::featured(conn, &view, account, tags)?)
        })
        .await?;
    Ok(answers::json(&shown))
}

/// The hashtags on the viewer's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/featured_tags/#get>
async fn get(node: Data<Node>, viewer: Viewer<ReadAccounts>) -> Result<HttpResponse, ApiError> {
    show_all(&node, Some(viewer.id()), viewer.id()).await
}

/// Which hashtag.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    name: String,
}

/// Shows a hashtag on the viewer's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/featured_tags/#feature>
async fn feature(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    params: Params<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let (view, id) = (View::of(&node, Some(viewer.id())), viewer.id());
    let featured = social::tags::feature(&node, id, params.into_inner().name).await?;
    let shown = node
        .db
        .read(move |conn| render::tags::featured(conn, &view, id, vec![featured]))
        .await?;
    Ok(answers::json(&render::only(shown)?))
}

/// Takes a hashtag off the viewer's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/featured_tags/#unfeature>
async fn unfeature(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    social::tags::remove_featured(&node, viewer.id(), id).await?;
    Ok(answers::empty())
}

/// Hashtags that the viewer used most of late, and does not feature.
///
/// Source: <https://docs.joinmastodon.org/methods/featured_tags/#suggestions>
async fn suggestions(
    node: Data<Node>,
    viewer: Viewer<ReadAccounts>,
) -> Result<HttpResponse, ApiError> {
    let (view, id) = (View::of(&node, Some(viewer.id())), viewer.id());
    let shown = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let tags = social::tags::suggest(conn, id)?;
            Ok(render::tags::page(conn, &view, tags)?)
        })
        .await?;
    Ok(answers::json(&shown))
}
