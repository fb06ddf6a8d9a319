//! The answer of everything that changes how the viewer stands to an account.
//!
//! Source: <https://docs.joinmastodon.org/entities/Relationship/>

use actix_web::HttpResponse;

use super::error::ApiError;
use super::{answers, render};
use crate::id::AccountId;
use crate::node::Node;

/// How the viewer stands to an account now.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn show(
    node: &Node,
    viewer: AccountId,
    id: AccountId,
) -> Result<HttpResponse, ApiError> {
    let now = node.clock.now();
    let found = node
        .db
        .read(move |conn| render::relationships::single(conn, viewer, id, now))
        .await?;
    Ok(answers::json(&found))
}
