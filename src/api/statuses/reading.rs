//! Reading statuses and what is around them.
//!
//! Source: <https://docs.joinmastodon.org/methods/statuses/>

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::api::answers::json;
use crate::api::async_refreshes;
use crate::api::auth::{MaybeViewer, Viewer};
use crate::api::entities::{self, Context};
use crate::api::error::ApiError;
use crate::api::page::{Paging, Sizes};
use crate::api::params::Params;
use crate::api::path::PathId;
use crate::api::render::{self, View};
use crate::api::rosters;
use crate::api::scopes::{ReadAccounts, ReadStatuses};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::visibility::find_visible;
use crate::social::{self, boosts, favourites, refreshes, threads, timelines};

/// Most statuses that are asked for at once.
const MOST_AT_ONCE: usize = 20;

/// A status as this viewer sees it now.
///
/// # Errors
/// 404 if the viewer may not see it.
pub(in crate::api) async fn show(
    node: &Node,
    viewer: Option<AccountId>,
    id: StatusId,
) -> Result<entities::Status, ApiError> {
    let view = View::of(node, viewer);
    let shown = node.db.read(move |conn| {
        let status = find_visible(conn, view.viewer, id)?;
        Ok::<_, social::Error>(render::statuses::single(conn, &view, status)?)
    });
    Ok(shown.await?)
}

/// One status.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#get>
pub(super) async fn get(
    node: Data<Node>,
    viewer: MaybeViewer<ReadStatuses>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    Ok(json(&show(&node, viewer.id(), id).await?))
}

/// The statuses that are asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Index {
    #[serde(default)]
    id: Vec<StatusId>,
}

/// Several statuses at once; what the viewer may not see is left out.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#index>
pub(super) async fn index(
    node: Data<Node>,
    viewer: MaybeViewer<ReadStatuses>,
    params: Params<Index>,
) -> Result<HttpResponse, ApiError> {
    let ids = params.into_inner().id;
    if ids.len() > MOST_AT_ONCE {
        let sentence = format!("Cannot ask for more than {MOST_AT_ONCE} posts at once");
        return Err(ApiError::invalid(sentence));
    }
    let view = View::of(&node, viewer.id());
    let page = node.db.read(move |conn| {
        let found = timelines::hydrate(conn, view.viewer, &ids)?;
        Ok::<_, social::Error>(render::statuses::page(conn, &view, found)?)
    });
    Ok(json(&page.await?))
}

/// What stands above and below a status. Replies that other servers have and this one has not are fetched meanwhile for
/// people who are signed in; the answer names the work, and holds what is known.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#context>
pub(super) async fn context(
    node: Data<Node>,
    viewer: MaybeViewer<ReadStatuses>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, viewer.id());
    let context = node.db.read(move |conn| {
        let thread = threads::show(conn, view.viewer, id, view.now)?;
        Ok::<_, social::Error>(Context {
            ancestors: render::statuses::page(conn, &view, thread.ancestors)?,
            descendants: render::statuses::page(conn, &view, thread.descendants)?,
        })
    });
    let mut answer = json(&context.await?);
    if viewer.viewer.is_some()
        && let Some(refresh) = refreshes::begin(&node, id).await?
    {
        async_refreshes::announce(&mut answer, &refresh);
    }
    Ok(answer)
}

/// Every version of a status.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#history>
pub(super) async fn history(
    node: Data<Node>,
    viewer: MaybeViewer<ReadStatuses>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, viewer.id());
    let versions = node.db.read(move |conn| {
        let status = find_visible(conn, view.viewer, id)?;
        Ok::<_, social::Error>(render::edits::history(conn, &view, &status)?)
    });
    Ok(json(&versions.await?))
}

/// A status as its author typed it, for everybody who may see it.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#source>
pub(super) async fn source(
    node: Data<Node>,
    viewer: Viewer<ReadStatuses>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    let viewer = Some(viewer.id());
    let found = node.db.read(move |conn| find_visible(conn, viewer, id));
    Ok(json(&render::edits::source(found.await?)))
}

/// Who boosted a status.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#reblogged_by>
pub(super) async fn reblogged_by(
    node: Data<Node>,
    viewer: MaybeViewer<ReadAccounts>,
    PathId(id): PathId<StatusId>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let (viewer, page) = (viewer.id(), params.page(Sizes::ACCOUNTS)?);
    rosters::answer(&node, &request, viewer, page, move |conn| {
        Ok(boosts::list_boosters(conn, viewer, id, &page)?)
    })
    .await
}

/// Who likes a status.
///
/// Source: <https://docs.joinmastodon.org/methods/statuses/#favourited_by>
pub(super) async fn favourited_by(
    node: Data<Node>,
    viewer: MaybeViewer<ReadAccounts>,
    PathId(id): PathId<StatusId>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let (viewer, page) = (viewer.id(), params.page(Sizes::ACCOUNTS)?);
    rosters::answer(&node, &request, viewer, page, move |conn| {
        Ok(favourites::list_fans(conn, viewer, id, &page)?)
    })
    .await
}
