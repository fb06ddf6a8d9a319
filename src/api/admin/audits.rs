//! What the staff did, a route of this node's own.
//!
//! Source: <https://docs.joinmastodon.org/api/guidelines/#pagination>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::api::answers::json_page;
use crate::api::auth::Viewer;
use crate::api::entities::admin::AuditEntry;
use crate::api::error::ApiError;
use crate::api::page::{ListAddress, Paging, Sizes};
use crate::api::params::{Params, blank_as_none};
use crate::api::render::admin::audit_entry;
use crate::api::scopes::AdminRead;
use crate::id::AccountId;
use crate::node::Node;
use crate::social::moderation::staff;
use crate::social::staff::By;

/// The routes of this file.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/api/whimbrel/v1/audits", web::get().to(index));
}

/// Whose deeds are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Whose {
    #[serde(deserialize_with = "blank_as_none")]
    account_id: Option<AccountId>,
}

/// What the staff did, the newest first.
async fn index(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<AdminRead>,
    params: Params<(Whose, Paging)>,
) -> Result<HttpResponse, ApiError> {
    let by = By::Person(viewer.user.role);
    by.check_look()?;
    let (whose, paging) = params.into_inner();
    let page = paging.page(Sizes::HUNDREDS)?;
    let rows = staff::list(&node, by, whose.account_id, page).await?;
    let (newest, oldest) = (
        rows.first().map(|row| row.id),
        rows.last().map(|row| row.id),
    );
    let link = ListAddress::of(&node.urls, &request).both_ways(newest, oldest);
    let shown: Vec<AuditEntry> = rows.into_iter().map(audit_entry).collect();
    Ok(json_page(&shown, link))
}
