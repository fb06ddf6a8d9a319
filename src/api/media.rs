//! Uploads for statuses. Images are done when the answer is sent, so nothing is ever "being processed".
//!
//! Source: <https://docs.joinmastodon.org/methods/media/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::auth::Viewer;
use super::error::ApiError;
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::scopes::WriteMedia;
use super::{answers, render};
use crate::id::AttachmentId;
use crate::node::Node;
use crate::social;
use crate::social::attachments::Description;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/media", web::post().to(create))
        .route("/api/v2/media", web::post().to(create))
        .service(
            web::resource("/api/v1/media/{id}")
                .route(web::get().to(get))
                .route(web::put().to(update))
                .route(web::delete().to(delete)),
        );
}

/// What is said about a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Words {
    description: Option<String>,
    /// `x,y`, each from -1 to 1.
    #[serde(deserialize_with = "blank_as_none")]
    focus: Option<String>,
}

impl Words {
    fn read(self) -> Result<Description, ApiError> {
        Ok(Description {
            words: self.description,
            focus: self.focus.as_deref().map(read_focus).transpose()?,
        })
    }
}

/// Reads a focal point, `x,y`.
///
/// # Errors
/// 422 for what is not two numbers.
///
/// Source: <https://docs.joinmastodon.org/api/guidelines/#focal-points>
pub(super) fn read_focus(text: &str) -> Result<(f64, f64), ApiError> {
    let point = text
        .split_once(',')
        .and_then(|(x, y)| Some((x.trim().parse().ok()?, y.trim().parse().ok()?)));
    point.ok_or_else(|| ApiError::validation("Focus is invalid"))
}

/// Takes a file; in both versions it is ready at once.
///
/// Source: <https://docs.joinmastodon.org/methods/media/#v2>
async fn create(
    node: Data<Node>,
    viewer: Viewer<WriteMedia>,
    mut params: Params<Words>,
) -> Result<HttpResponse, ApiError> {
    let Some(file) = params.take_file("file") else {
        return Err(ApiError::validation("File can't be blank"));
    };
    let description = params.into_inner().read()?;
    let bytes = file.bytes.to_vec();
    let made = social::attachments::upload(&node, viewer.id(), bytes, description).await?;
    let entity = render::attachments::single(&node.urls, &made);
    Ok(answers::json(&entity))
}

/// A file that no status has yet.
///
/// Source: <https://docs.joinmastodon.org/methods/media/#get>
async fn get(
    node: Data<Node>,
    viewer: Viewer<WriteMedia>,
    PathId(id): PathId<AttachmentId>,
) -> Result<HttpResponse, ApiError> {
    let viewer = viewer.id();
    let found = node
        .db
        .read(move |conn| social::attachments::find(conn, viewer, id))
        .await?;
    let entity = render::attachments::single(&node.urls, &found);
    Ok(answers::json(&entity))
}

/// Changes what is said about a file that no status has yet.
///
/// Source: <https://docs.joinmastodon.org/methods/media/#update>
async fn update(
    node: Data<Node>,
    viewer: Viewer<WriteMedia>,
    PathId(id): PathId<AttachmentId>,
    params: Params<Words>,
) -> Result<HttpResponse, ApiError> {
    let description = params.into_inner().read()?;
    let changed = social::attachments::describe(&node, viewer.id(), id, description).await?;
    let entity = render::attachments::single(&node.urls, &changed);
    Ok(answers::json(&entity))
}

/// Removes a file that no status has.
///
/// Source: <https://docs.joinmastodon.org/methods/media/#delete>
async fn delete(
    node: Data<Node>,
    viewer: Viewer<WriteMedia>,
    PathId(id): PathId<AttachmentId>,
) -> Result<HttpResponse, ApiError> {
    social::attachments::remove(&node, viewer.id(), id).await?;
    Ok(answers::empty())
}
