//! The quotes of a status: who quotes it, who may, and the end of a consent.
//!
//! Source: <https://docs.joinmastodon.org/methods/statuses/>

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::drafts::read_quote_policy;
use super::reading::show;
use crate::api::answers::json;
use crate::api::auth::Viewer;
use crate::api::error::ApiError;
use crate::api::page::{Paging, Sizes};
use crate::api::params::{Params, blank_as_none};
use crate::api::path::PathId;
use crate::api::render::View;
use crate::api::scopes::{ReadStatuses, WriteStatuses};
use crate::api::{rosters, slices};
use crate::id::StatusId;
use crate::node::Node;
use crate::social;
use crate::social::quotes::{lists, revoking};

/// The quotes of a status, the newest first.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#quotes>
pub(super) async fn list(
    node: Data<Node>,
    viewer: Viewer<ReadStatuses>,
    PathId(id): PathId<StatusId>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::STATUSES)?;
    let view = View::of(&node, Some(viewer.id()));
    let found = node.db.read(move |conn| {
        let slice = lists::list(conn, view.viewer, id, &page, view.now)?;
        Ok::<_, social::Error>(slices::render(conn, &view, slice)?)
    });
    Ok(rosters::linked(&node, &request, &found.await?, page))
}

/// The author of a status does not agree any more that another one quotes it; the answer is that one.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#revoke_quote>
pub(super) async fn revoke(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(quoted): PathId<StatusId>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let quoting = request.match_info().get("quoting_status_id");
    let quoting = quoting.and_then(|id| id.parse().ok());
    let quoting: StatusId = quoting.ok_or_else(ApiError::not_found)?;
    revoking::revoke(&node, viewer.id(), quoted, quoting).await?;
    Ok(json(&show(&node, Some(viewer.id()), quoting).await?))
}

/// Who may do what with a status.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InteractionPolicy {
    #[serde(deserialize_with = "blank_as_none")]
    quote_approval_policy: Option<String>,
}

/// Changes who may quote an own status; what is not said stays.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#edit_interaction_policy>
pub(super) async fn set_policy(
    node: Data<Node>,
    viewer: Viewer<WriteStatuses>,
    PathId(id): PathId<StatusId>,
    params: Params<InteractionPolicy>,
) -> Result<HttpResponse, ApiError> {
    let policy = read_quote_policy(params.quote_approval_policy.as_deref())?;
    lists::set_policy(&node, viewer.id(), id, policy).await?;
    Ok(json(&show(&node, Some(viewer.id()), id).await?))
}
