//! Reporting something to the staff, and what one reported.
//!
//! Source: <https://docs.joinmastodon.org/methods/reports/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answers::{json, json_page};
use super::auth::Viewer;
use super::error::ApiError;
use super::page::{ListAddress, Paging, Sizes};
use super::params::{Params, blank_as_none};
use super::render::{self, View, only};
use super::scopes::{Read, WriteReports};
use crate::id::{AccountId, CollectionId, StatusId};
use crate::node::Node;
use crate::social::reports::{self, NewReport, review};
use crate::store::ReportCategory;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/reports", web::post().to(post))
        .route("/api/v1/reports", web::get().to(index));
}

/// What is reported.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    #[serde(deserialize_with = "blank_as_none")]
    account_id: Option<AccountId>,
    status_ids: Vec<StatusId>,
    collection_ids: Vec<CollectionId>,
    #[serde(deserialize_with = "blank_as_none")]
    comment: Option<String>,
    forward: bool,
    forward_to_domains: Option<Vec<String>>,
    #[serde(deserialize_with = "blank_as_none")]
    category: Option<String>,
    rule_ids: Vec<i64>,
}

/// Reports an account, and which of its statuses and collections.
///
/// Source: <https://docs.joinmastodon.org/methods/reports/#post>
async fn post(
    node: Data<Node>,
    viewer: Viewer<WriteReports>,
    params: Params<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let wanted = params.into_inner();
    let new = NewReport {
        target: wanted.account_id,
        statuses: wanted.status_ids,
        collections: wanted.collection_ids,
        comment: wanted.comment.unwrap_or_default(),
        category: category(wanted.category.as_deref())?,
        rules: wanted.rule_ids,
        forward: wanted.forward,
        forward_to: wanted.forward_to_domains,
    };
    let report = reports::make(&node, viewer.id(), new).await?;
    let view = View::of(&node, Some(viewer.id()));
    let shown = node
        .db
        .read(move |conn| only(render::moderation::reports(conn, &view, vec![report])?))
        .await?;
    Ok(json(&shown))
}

/// The category that a word names.
///
/// # Errors
/// 422 for other words.
pub(super) fn category(word: Option<&str>) -> Result<Option<ReportCategory>, ApiError> {
    let read = |word: &str| {
        ReportCategory::from_word(word)
            .ok_or_else(|| ApiError::validation("Category is not included in the list"))
    };
    word.map(read).transpose()
}

/// What the viewer reported, the newest first.
///
/// Source: <https://docs.joinmastodon.org/methods/reports/>
async fn index(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<Read>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::STATUSES)?;
    let rows = review::page_own(&node, viewer.id(), page).await?;
    let (newest, oldest) = (
        rows.first().map(|row| row.id),
        rows.last().map(|row| row.id),
    );
    let link = ListAddress::of(&node.urls, &request).both_ways(newest, oldest);
    let view = View::of(&node, Some(viewer.id()));
    let shown = node
        .db
        .read(move |conn| render::moderation::reports(conn, &view, rows))
        .await?;
    Ok(json_page(&shown, link))
}
