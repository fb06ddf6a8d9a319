//! Conversations by direct statuses.
//!
//! Source: <https://docs.joinmastodon.org/methods/conversations/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::answers::{empty, json};
use super::auth::Viewer;
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::Params;
use super::path::PathId;
use super::render::{self, View};
use super::scopes::{ReadStatuses, WriteConversations};
use super::slices;
use crate::id::{AccountId, ConversationId};
use crate::node::Node;
use crate::social::conversations;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    const ALL: &str = "/api/v1/conversations";
    config
        .route(ALL, web::get().to(get))
        .route(&format!("{ALL}/{{id}}"), web::delete().to(delete))
        .route(&format!("{ALL}/{{id}}/read"), web::post().to(read))
        .route(&format!("{ALL}/{{id}}/unread"), web::post().to(unread));
}

/// The viewer's conversations, those with the newest statuses first.
///
/// Source: <https://docs.joinmastodon.org/methods/conversations/#get>
async fn get(
    node: Data<Node>,
    viewer: Viewer<ReadStatuses>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::STATUSES)?;
    let view = View::of(&node, Some(viewer.id()));
    let found = node.db.read(move |conn| {
        let slice = conversations::list(conn, viewer.id(), &page)?;
        slice.try_map(|rows| render::conversations::page(conn, &view, &rows))
    });
    slices::answer(&node, &request, found.await)
}

/// Removes a conversation from the viewer's list.
///
/// Source: <https://docs.joinmastodon.org/methods/conversations/#delete>
async fn delete(
    node: Data<Node>,
    viewer: Viewer<WriteConversations>,
    PathId(id): PathId<ConversationId>,
) -> Result<HttpResponse, ApiError> {
    conversations::delete(&node, viewer.id(), id).await?;
    Ok(empty())
}

/// Notes that the viewer has read a conversation.
///
/// Source: <https://docs.joinmastodon.org/methods/conversations/#read>
async fn read(
    node: Data<Node>,
    viewer: Viewer<WriteConversations>,
    PathId(id): PathId<ConversationId>,
) -> Result<HttpResponse, ApiError> {
    set_unread(&node, viewer.id(), id, false).await
}

/// Notes that the viewer wants to read a conversation again.
///
/// Source: <https://docs.joinmastodon.org/methods/conversations/>
async fn unread(
    node: Data<Node>,
    viewer: Viewer<WriteConversations>,
    PathId(id): PathId<ConversationId>,
) -> Result<HttpResponse, ApiError> {
    set_unread(&node, viewer.id(), id, true).await
}

async fn set_unread(
    node: &Node,
    viewer: AccountId,
    id: ConversationId,
    is_unread: bool,
) -> Result<HttpResponse, ApiError> {
    let row = conversations::set_unread(node, viewer, id, is_unread).await?;
    let view = View::of(node, Some(viewer));
    let shown = node
        .db
        .read(move |conn| render::conversations::single(conn, &view, row));
    Ok(json(&shown.await.map_err(ApiError::internal)?))
}
