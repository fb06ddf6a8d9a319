//! Pinning own statuses, and muting threads. Every answer is read anew after the write.
//!
//! Source: <https://docs.joinmastodon.org/methods/statuses/>

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::reading::show;
use crate::api::answers::json;
use crate::api::auth::Viewer;
use crate::api::error::ApiError;
use crate::api::path::PathId;
use crate::api::scopes::{WriteAccounts, WriteMutes};
use crate::id::StatusId;
use crate::node::Node;
use crate::social::{conversation_mutes, pins};

/// Pins an own status to the viewer's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#pin>
pub(super) async fn pin(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    pins::pin(&node, viewer.id(), id).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}

/// Pins a status no longer.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#unpin>
pub(super) async fn unpin(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    pins::unpin(&node, viewer.id(), id).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}

/// Mutes the thread of a status.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#mute>
pub(super) async fn mute(
    node: Data<Node>,
    viewer: Viewer<WriteMutes>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let id = conversation_mutes::mute(&node, viewer.id(), id).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}

/// Mutes the thread of a status no longer.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#unmute>
pub(super) async fn unmute(
    node: Data<Node>,
    viewer: Viewer<WriteMutes>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let id = conversation_mutes::unmute(&node, viewer.id(), id).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}
