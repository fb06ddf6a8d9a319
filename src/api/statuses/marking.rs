//! Favouriting, boosting and bookmarking, and taking it back. Every answer is read anew after the write.
//!
//! Source: <https://docs.joinmastodon.org/methods/statuses/>

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Deserialize;

use super::drafts::read_visibility;
use super::reading::show;
use crate::api::answers::json;
use crate::api::auth::Viewer;
use crate::api::error::ApiError;
use crate::api::params::Params;
use crate::api::path::PathId;
use crate::api::scopes::{WriteBookmarks, WriteFavourites, WriteStatuses};
use crate::id::StatusId;
use crate::node::Node;
use crate::social::{boosts, favourites};

/// Likes a status.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#favourite>
pub(super) async fn favourite(
    node: Data<Node>,
    viewer: Viewer<WriteFavourites>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let id = favourites::favourite(&node, viewer.id(), id).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}

/// Likes a status no longer.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#unfavourite>
pub(super) async fn unfavourite(
    node: Data<Node>,
    viewer: Viewer<WriteFavourites>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let id = favourites::unfavourite(&node, viewer.id(), id).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}

/// How a status is boosted.
#[derive(Debug, Deserialize)]
pub(super) struct Boost {
    #[serde(default)]
    visibility: Option<String>,
}

/// Boosts a status; the answer is the boost, with the original inside.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#boost>
pub(super) async fn boost(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(id): PathId<StatusId>,
    params: Params<Boost>,
) -> Result<HttpResponse, ApiError> {
    let visibility = read_visibility(params.visibility.as_deref())?;
    let boost = boosts::boost(&node, viewer.id(), id, visibility).await?;
    Ok(json(&show(&node, Some(viewer.id()), boost).await?))
}

/// Takes a boost back; the answer is the original.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#unreblog>
pub(super) async fn unreblog(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let original = boosts::unboost(&node, viewer.id(), id).await?;
    Ok(json(&show(&node, Some(viewer.id()), original).await?))
}

/// Keeps a status for later.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#bookmark>
pub(super) async fn bookmark(
    node: Data<Node>,
    viewer: Viewer<WriteBookmarks>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let id = favourites::bookmark(&node, viewer.id(), id).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}

/// Keeps a status no longer.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#unbookmark>
pub(super) async fn unbookmark(
    node: Data<Node>,
    viewer: Viewer<WriteBookmarks>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let id = favourites::unbookmark(&node, viewer.id(), id).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}
