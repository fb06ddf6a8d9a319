//! Servers that are blocked or allowed.
//!
//! Source: <https://docs.joinmastodon.org/methods/admin/domain_blocks/>

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::api::answers::{empty, json, json_page, json_with};
use crate::api::auth::Viewer;
use crate::api::entities::admin::{AdminDomainAllow, AdminDomainBlock, BlockConflict};
use crate::api::error::ApiError;
use crate::api::page::{ListAddress, Paging, Sizes};
use crate::api::params::{Params, blank_as_none};
use crate::api::path::PathId;
use crate::api::render::admin::{domain_allow, domain_block};
use crate::api::scopes::{
    AdminReadDomainAllows, AdminReadDomainBlocks, AdminWriteDomainAllows, AdminWriteDomainBlocks,
};
use crate::node::Node;
use crate::social::moderation::hosts::{self, Blocked, Wish};
use crate::social::moderation::staff::Staff;
use crate::social::staff::By;
use crate::store::HostSeverity;

/// Lists of blocked and allowed servers may be longer than others.
const SIZES: Sizes = Sizes::of(100, 500);

/// The routes of this file.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/admin/domain_blocks", web::get().to(list_blocks))
        .route("/api/v1/admin/domain_blocks", web::post().to(create_block))
        .route("/api/v1/admin/domain_blocks/{id}", web::get().to(get_block))
        .route(
            "/api/v1/admin/domain_blocks/{id}",
            web::put().to(update_block),
        )
        .route(
            "/api/v1/admin/domain_blocks/{id}",
            web::patch().to(update_block),
        )
        .route(
            "/api/v1/admin/domain_blocks/{id}",
            web::delete().to(delete_block),
        )
        .route("/api/v1/admin/domain_allows", web::get().to(list_allows))
        .route("/api/v1/admin/domain_allows", web::post().to(create_allow))
        .route("/api/v1/admin/domain_allows/{id}", web::get().to(get_allow))
        .route(
            "/api/v1/admin/domain_allows/{id}",
            web::delete().to(delete_allow),
        );
}

/// What is decided about a server.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    #[serde(deserialize_with = "blank_as_none")]
    domain: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    severity: Option<String>,
    reject_media: Option<bool>,
    reject_reports: Option<bool>,
    obfuscate: Option<bool>,
    private_comment: Option<String>,
    public_comment: Option<String>,
}

impl Wanted {
    fn wish(self) -> Result<Wish, ApiError> {
        let severity = match self.severity.as_deref() {
            None => None,
            Some(word) => Some(HostSeverity::from_word(word).ok_or_else(|| {
                ApiError::validation("Severity is not one of noop, silence and suspend")
            })?),
        };
        Ok(Wish {
            severity,
            reject_media: self.reject_media,
            reject_reports: self.reject_reports,
            obfuscate: self.obfuscate,
            private_comment: self.private_comment,
            public_comment: self.public_comment,
        })
    }
}

/// Blocked servers, the newest first.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/domain_blocks/#get>
async fn list_blocks(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<AdminReadDomainBlocks>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(SIZES)?;
    let rows = hosts::page(&node, By::Person(viewer.user.role), page).await?;
    let (newest, oldest) = (
        rows.first().map(|row| row.id),
        rows.last().map(|row| row.id),
    );
    let link = ListAddress::of(&node.urls, &request).both_ways(newest, oldest);
    let shown: Vec<AdminDomainBlock> = rows.into_iter().map(domain_block).collect();
    Ok(json_page(&shown, link))
}

/// One of them.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/domain_blocks/#get-one>
async fn get_block(
    node: Data<Node>,
    viewer: Viewer<AdminReadDomainBlocks>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let row = hosts::find(&node, By::Person(viewer.user.role), id).await?;
    Ok(json(&domain_block(row)))
}

/// Blocks a server.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/domain_blocks/#create>
async fn create_block(
    node: Data<Node>,
    viewer: Viewer<AdminWriteDomainBlocks>,
    params: Params<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let mut wanted = params.into_inner();
    let domain = wanted.domain.take().unwrap_or_default();
    match hosts::block(&node, staff, &domain, wanted.wish()?).await? {
        Blocked::New(row) => Ok(json(&domain_block(row))),
        Blocked::Known(row) => {
            let conflict = BlockConflict {
                error: "The domain, or one above it, is blocked already".to_owned(),
                existing_domain_block: domain_block(row),
            };
            Ok(json_with(StatusCode::UNPROCESSABLE_ENTITY, &conflict))
        }
    }
}

/// Changes a block.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/domain_blocks/#update>
async fn update_block(
    node: Data<Node>,
    viewer: Viewer<AdminWriteDomainBlocks>,
    PathId(id): PathId<i64>,
    params: Params<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let row = hosts::change(&node, staff, id, params.into_inner().wish()?).await?;
    Ok(json(&domain_block(row)))
}

/// Ends a block.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/domain_blocks/#delete>
async fn delete_block(
    node: Data<Node>,
    viewer: Viewer<AdminWriteDomainBlocks>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    hosts::unblock(&node, staff, id).await?;
    Ok(empty())
}

/// Allowed servers, the newest first.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/domain_allows/#get>
async fn list_allows(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<AdminReadDomainAllows>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(SIZES)?;
    let rows = hosts::page_allows(&node, By::Person(viewer.user.role), page).await?;
    let (newest, oldest) = (
        rows.first().map(|row| row.id),
        rows.last().map(|row| row.id),
    );
    let link = ListAddress::of(&node.urls, &request).both_ways(newest, oldest);
    let shown: Vec<AdminDomainAllow> = rows.into_iter().map(domain_allow).collect();
    Ok(json_page(&shown, link))
}

/// One of them.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/domain_allows/#get-one>
async fn get_allow(
    node: Data<Node>,
    viewer: Viewer<AdminReadDomainAllows>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let row = hosts::find_allow(&node, By::Person(viewer.user.role), id).await?;
    Ok(json(&domain_allow(row)))
}

/// Allows a server.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/domain_allows/#create>
async fn create_allow(
    node: Data<Node>,
    viewer: Viewer<AdminWriteDomainAllows>,
    params: Params<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let domain = params.into_inner().domain.unwrap_or_default();
    let row = hosts::allow(&node, staff, &domain).await?;
    Ok(json(&domain_allow(row)))
}

/// Takes an allowance back.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/domain_allows/#delete>
async fn delete_allow(
    node: Data<Node>,
    viewer: Viewer<AdminWriteDomainAllows>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    hosts::disallow(&node, staff, id).await?;
    Ok(empty())
}
