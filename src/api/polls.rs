//! Polls: looking at one, and voting.
//!
//! Source: <https://docs.joinmastodon.org/methods/polls/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::answers::json;
use super::auth::{MaybeViewer, Viewer};
use super::error::ApiError;
use super::params::Params;
use super::path::PathId;
use super::render::{self, View};
use super::scopes::{ReadStatuses, WriteStatuses};
use crate::federation::remote_polls;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social;
use crate::social::polls::voting;
use crate::social::visibility::find_visible;

/// The routes of polls.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/polls/{id}", web::get().to(get))
        .route("/api/v1/polls/{id}/votes", web::post().to(vote));
}

/// A poll. For somebody who is signed in, the numbers of a poll elsewhere are asked for anew if they are old.
///
/// Source: <https://docs.joinmastodon.org/methods/polls/#get>
async fn get(
    node: Data<Node>,
    viewer: MaybeViewer<ReadStatuses>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let viewer = viewer.id();
    if viewer.is_some() {
        let status = node.db.read(move |conn| find_visible(conn, viewer, id));
        remote_polls::refresh(&node, &status.await?).await?;
    }
    show(&node, viewer, id).await
}

/// What is chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choices {
    choices: Vec<usize>,
}

/// Votes in a poll.
///
/// Source: <https://docs.joinmastodon.org/methods/polls/#vote>
async fn vote(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(id): PathId<StatusId>,
    params: Params<Choices>,
) -> Result<HttpResponse, ApiError> {
    voting::vote(&node, viewer.id(), id, params.into_inner().choices).await?;
    show(&node, Some(viewer.id()), id).await
}

async fn show(
    node: &Node,
    viewer: Option<AccountId>,
    id: StatusId,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(node, viewer);
    let shown = node.db.read(move |conn| {
        let status = find_visible(conn, view.viewer, id)?;
        render::polls::single(conn, &view, &status)?.ok_or(social::Error::NotFound)
    });
    Ok(json(&shown.await?))
}
