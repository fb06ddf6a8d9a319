//! Reports, as the staff works on them.
//!
//! Source: <https://docs.joinmastodon.org/methods/admin/reports/>

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::api::answers::{json, json_page};
use crate::api::auth::Viewer;
use crate::api::error::ApiError;
use crate::api::instance::show_rules;
use crate::api::page::{ListAddress, Paging, Sizes};
use crate::api::params::{Params, blank_as_none};
use crate::api::path::PathId;
use crate::api::render::{self, View, only};
use crate::api::reports::category;
use crate::api::scopes::{AdminReadReports, AdminWriteReports};
use crate::id::AccountId;
use crate::node::Node;
use crate::social::moderation::staff::Staff;
use crate::social::reports::review::{self, Step};
use crate::social::staff::By;
use crate::store::reports::{Filter, Report};

/// The routes of this file.
pub(super) fn routes(config: &mut ServiceConfig) {
    let step = "{step:assign_to_self|unassign|resolve|reopen}";
    config
        .route("/api/v1/admin/reports", web::get().to(index))
        .route("/api/v1/admin/reports/{id}", web::get().to(get_one))
        .route("/api/v1/admin/reports/{id}", web::put().to(update))
        .route("/api/v1/admin/reports/{id}", web::patch().to(update))
        .route(
            &format!("/api/v1/admin/reports/{{id}}/{step}"),
            web::post().to(take),
        );
}

/// Which reports are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    resolved: bool,
    #[serde(deserialize_with = "blank_as_none")]
    account_id: Option<AccountId>,
    #[serde(deserialize_with = "blank_as_none")]
    target_account_id: Option<AccountId>,
}

/// Open reports, or resolved ones, the newest first.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/reports/#get>
async fn index(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<AdminReadReports>,
    params: Params<(Wanted, Paging)>,
) -> Result<HttpResponse, ApiError> {
    let (wanted, paging) = params.into_inner();
    let filter = Filter {
        is_resolved: Some(wanted.resolved),
        by: wanted.account_id,
        of: wanted.target_account_id,
    };
    let page = paging.page(Sizes::HUNDREDS)?;
    let rows = review::page(&node, By::Person(viewer.user.role), filter, page).await?;
    let (newest, oldest) = (
        rows.first().map(|row| row.id),
        rows.last().map(|row| row.id),
    );
    let link = ListAddress::of(&node.urls, &request).both_ways(newest, oldest);
    let (view, rules) = (View::of(&node, Some(viewer.id())), show_rules(&node));
    let shown = node
        .db
        .read(move |conn| render::admin::reports(conn, &view, &rules, rows))
        .await?;
    Ok(json_page(&shown, link))
}

/// One report.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/reports/#get-one>
async fn get_one(
    node: Data<Node>,
    viewer: Viewer<AdminReadReports>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let row = review::find(&node, By::Person(viewer.user.role), id).await?;
    show(&node, viewer.id(), row).await
}

async fn show(node: &Node, viewer: AccountId, row: Report) -> Result<HttpResponse, ApiError> {
    let (view, rules) = (View::of(node, Some(viewer)), show_rules(node));
    let shown = node
        .db
        .read(move |conn| only(render::admin::reports(conn, &view, &rules, vec![row])?))
        .await?;
    Ok(json(&shown))
}

/// What a report is about after all.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Change {
    #[serde(deserialize_with = "blank_as_none")]
    category: Option<String>,
    rule_ids: Option<Vec<i64>>,
}

/// Changes what a report is about.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/reports/#update>
async fn update(
    node: Data<Node>,
    viewer: Viewer<AdminWriteReports>,
    PathId(id): PathId<i64>,
    params: Params<Change>,
) -> Result<HttpResponse, ApiError> {
    let change = params.into_inner();
    let step = Step::Change {
        category: category(change.category.as_deref())?,
        rules: change.rule_ids,
    };
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let row = review::take(&node, staff, id, step).await?;
    show(&node, viewer.id(), row).await
}

/// Assigns a report to the viewer or to nobody, resolves it, or opens it again.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/reports/#assign_to_self>
async fn take(
    node: Data<Node>,
    viewer: Viewer<AdminWriteReports>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (id, word) = path.into_inner();
    let id: i64 = id.parse().map_err(|_| ApiError::not_found())?;
    let step = match word.as_str() {
        "assign_to_self" => Step::Assign,
        "unassign" => Step::Unassign,
        "resolve" => Step::Resolve,
        _ => Step::Reopen,
    };
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let row = review::take(&node, staff, id, step).await?;
    show(&node, viewer.id(), row).await
}
