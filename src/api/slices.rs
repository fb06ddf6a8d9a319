//! How slices of lists are answered: with links to both neighbours unless there are no rows.
//!
//! Source: <https://docs.joinmastodon.org/api/guidelines/#pagination>

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::answers::json_page;
use super::entities;
use super::error::ApiError;
use super::page::ListAddress;
use super::render::{self, View};
use crate::node::Node;
use crate::social::slices::Slice;
use crate::store::statuses::Status;
use crate::store::{Conn, QueryResult};

/// A slice of statuses as entities, with the same cursors.
///
/// # Errors
/// Whatever the database says.
pub(super) fn render(
    conn: &mut Conn,
    view: &View,
    slice: Slice<Status>,
) -> QueryResult<Slice<entities::Status>> {
    slice.try_map(|rows| render::statuses::page(conn, view, rows))
}

/// The slice and the way to its neighbours.
///
/// # Errors
/// 500 for whatever the database said.
pub(super) fn answer<T: Serialize>(
    node: &Node,
    request: &HttpRequest,
    found: QueryResult<Slice<T>>,
) -> Result<HttpResponse, ApiError> {
    let slice = found.map_err(ApiError::internal)?;
    let link = ListAddress::of(&node.urls, request).both_ways(slice.newest, slice.oldest);
    Ok(json_page(&slice.items, link))
}
