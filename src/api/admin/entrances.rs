//! Who may not sign up, or not come at all: domains of e-mail addresses, e-mail addresses, addresses of computers.
//!
//! Source: <https://docs.joinmastodon.org/methods/admin/ip_blocks/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::api::answers::{empty, json, json_page};
use crate::api::auth::Viewer;
use crate::api::entities::admin::AdminEmailDomainBlock;
use crate::api::error::ApiError;
use crate::api::page::{ListAddress, Paging, Sizes};
use crate::api::params::{Params, blank_as_none};
use crate::api::path::PathId;
use crate::api::render::admin::{email_block, email_domain_blocks, ip_block};
use crate::api::scopes::{
    AdminReadEmailBlocks, AdminReadEmailDomainBlocks, AdminReadIpBlocks, AdminWriteEmailBlocks,
    AdminWriteEmailDomainBlocks, AdminWriteIpBlocks,
};
use crate::clock::SECOND;
use crate::node::Node;
use crate::social::moderation::blocked_sign_ups;
use crate::social::moderation::entrances::{self, IpWish, List};
use crate::social::moderation::staff::Staff;
use crate::social::staff::By;
use crate::store::IpSeverity;
use crate::store::staff_lists::EmailDomainBlock;

/// The routes of this file.
pub(super) fn routes(config: &mut ServiceConfig) {
    let emails = "/api/v1/admin/canonical_email_blocks";
    let domains = "/api/v1/admin/email_domain_blocks";
    let addresses = "/api/v1/admin/ip_blocks";
    let one = |list: &str| format!("{list}/{{id}}");
    config
        .route(domains, web::get().to(list_domains))
        .route(domains, web::post().to(create_domain))
        .route(&one(domains), web::get().to(get_domain))
        .route(&one(domains), web::delete().to(delete_domain))
        .route(emails, web::get().to(list_emails))
        .route(emails, web::post().to(create_email))
        .route(&format!("{emails}/test"), web::post().to(test_email))
        .route(&one(emails), web::get().to(get_email))
        .route(&one(emails), web::delete().to(delete_email))
        .route(addresses, web::get().to(list_ips))
        .route(addresses, web::post().to(create_ip))
        .route(&one(addresses), web::get().to(get_ip))
        .route(&one(addresses), web::put().to(update_ip))
        .route(&one(addresses), web::patch().to(update_ip))
        .route(&one(addresses), web::delete().to(delete_ip));
}

/// A page of a list with the way to its neighbours.
fn answer<R, E: Serialize>(
    node: &Node,
    request: &HttpRequest,
    rows: Vec<R>,
    id: fn(&R) -> i64,
    show: fn(R) -> E,
) -> HttpResponse {
    let (newest, oldest) = (rows.first().map(id), rows.last().map(id));
    let link = ListAddress::of(&node.urls, request).both_ways(newest, oldest);
    let shown: Vec<E> = rows.into_iter().map(show).collect();
    json_page(&shown, link)
}

/// Blocked domains of e-mail addresses.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/email_domain_blocks/#get>
async fn list_domains(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<AdminReadEmailDomainBlocks>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let (by, page) = (By::Person(viewer.user.role), params.page(Sizes::HUNDREDS)?);
    let rows = entrances::page_email_domains(&node, by, page).await?;
    let (newest, oldest) = (
        rows.first().map(|row| row.id),
        rows.last().map(|row| row.id),
    );
    let link = ListAddress::of(&node.urls, &request).both_ways(newest, oldest);
    Ok(json_page(&show_domains(&node, rows).await?, link))
}

/// Blocked domains with how often they were met.
async fn show_domains(
    node: &Node,
    rows: Vec<EmailDomainBlock>,
) -> Result<Vec<AdminEmailDomainBlock>, ApiError> {
    let ids = rows.iter().map(|row| row.id).collect();
    let met = blocked_sign_ups::list(node, ids).await?;
    Ok(email_domain_blocks(rows, &met, node.clock.now()))
}

/// One of them.
async fn show_domain(node: &Node, row: EmailDomainBlock) -> Result<HttpResponse, ApiError> {
    let shown = show_domains(node, vec![row]).await?;
    let one = shown.first().ok_or_else(ApiError::not_found)?;
    Ok(json(one))
}

/// One of them.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/email_domain_blocks/#get-one>
async fn get_domain(
    node: Data<Node>,
    viewer: Viewer<AdminReadEmailDomainBlocks>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let row = entrances::find_email_domain(&node, By::Person(viewer.user.role), id).await?;
    show_domain(&node, row).await
}

/// A domain of e-mail addresses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Domain {
    #[serde(deserialize_with = "blank_as_none")]
    domain: Option<String>,
    allow_with_approval: bool,
}

/// Blocks a domain of e-mail addresses.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/email_domain_blocks/#create>
async fn create_domain(
    node: Data<Node>,
    viewer: Viewer<AdminWriteEmailDomainBlocks>,
    params: Params<Domain>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let wanted = params.into_inner();
    let domain = wanted.domain.unwrap_or_default();
    let by_consent = wanted.allow_with_approval;
    let row = entrances::block_email_domain(&node, staff, &domain, by_consent).await?;
    show_domain(&node, row).await
}

/// Takes one out of the list.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/email_domain_blocks/#delete>
async fn delete_domain(
    node: Data<Node>,
    viewer: Viewer<AdminWriteEmailDomainBlocks>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    entrances::unblock(&node, staff, List::EmailDomains, id).await?;
    Ok(empty())
}

/// Blocked e-mail addresses.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/canonical_email_blocks/#get>
async fn list_emails(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<AdminReadEmailBlocks>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let (by, page) = (By::Person(viewer.user.role), params.page(Sizes::HUNDREDS)?);
    let rows = entrances::page_emails(&node, by, page).await?;
    Ok(answer(&node, &request, rows, |row| row.id, email_block))
}

/// One of them.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/canonical_email_blocks/#get-one>
async fn get_email(
    node: Data<Node>,
    viewer: Viewer<AdminReadEmailBlocks>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let row = entrances::find_email(&node, By::Person(viewer.user.role), id).await?;
    Ok(json(&email_block(row)))
}

/// An e-mail address, or the digest of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Email {
    #[serde(deserialize_with = "blank_as_none")]
    email: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    canonical_email_hash: Option<String>,
}

/// Blocks an e-mail address.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/canonical_email_blocks/#create>
async fn create_email(
    node: Data<Node>,
    viewer: Viewer<AdminWriteEmailBlocks>,
    params: Params<Email>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let Email {
        email,
        canonical_email_hash,
    } = params.into_inner();
    let row = entrances::block_email(&node, staff, email, canonical_email_hash).await?;
    Ok(json(&email_block(row)))
}

/// The blocks that an e-mail address falls under.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/canonical_email_blocks/#test>
async fn test_email(
    node: Data<Node>,
    viewer: Viewer<AdminReadEmailBlocks>,
    params: Params<Email>,
) -> Result<HttpResponse, ApiError> {
    let email = params.into_inner().email.unwrap_or_default();
    let rows = entrances::test_email(&node, By::Person(viewer.user.role), &email).await?;
    let shown: Vec<_> = rows.into_iter().map(email_block).collect();
    Ok(json(&shown))
}

/// Takes one out of the list.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/canonical_email_blocks/#delete>
async fn delete_email(
    node: Data<Node>,
    viewer: Viewer<AdminWriteEmailBlocks>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    entrances::unblock(&node, staff, List::Emails, id).await?;
    Ok(empty())
}

/// Addresses from which people may do less.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/ip_blocks/#get>
async fn list_ips(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<AdminReadIpBlocks>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let (by, page) = (By::Person(viewer.user.role), params.page(Sizes::HUNDREDS)?);
    let rows = entrances::page_ips(&node, by, page).await?;
    Ok(answer(&node, &request, rows, |row| row.id, ip_block))
}

/// One of them.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/ip_blocks/#get-one>
async fn get_ip(
    node: Data<Node>,
    viewer: Viewer<AdminReadIpBlocks>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let row = entrances::find_ip(&node, By::Person(viewer.user.role), id).await?;
    Ok(json(&ip_block(row)))
}

/// What is decided about addresses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Given {
    #[serde(deserialize_with = "blank_as_none")]
    ip: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    severity: Option<String>,
    comment: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    expires_in: Option<i64>,
}

impl Given {
    fn wish(self) -> Result<IpWish, ApiError> {
        let read = |word: &str| {
            IpSeverity::from_word(word)
                .ok_or_else(|| ApiError::validation("Severity is not included in the list"))
        };
        Ok(IpWish {
            network: self.ip,
            severity: self.severity.as_deref().map(read).transpose()?,
            comment: self.comment,
            lasts: self
                .expires_in
                .map(|seconds| seconds.saturating_mul(SECOND)),
        })
    }
}

/// Lets people at an address do less.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/ip_blocks/#create>
async fn create_ip(
    node: Data<Node>,
    viewer: Viewer<AdminWriteIpBlocks>,
    params: Params<Given>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let row = entrances::block_ip(&node, staff, params.into_inner().wish()?).await?;
    Ok(json(&ip_block(row)))
}

/// Changes that.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/ip_blocks/#update>
async fn update_ip(
    node: Data<Node>,
    viewer: Viewer<AdminWriteIpBlocks>,
    PathId(id): PathId<i64>,
    params: Params<Given>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let row = entrances::change_ip(&node, staff, id, params.into_inner().wish()?).await?;
    Ok(json(&ip_block(row)))
}

/// Takes one out of the list.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/ip_blocks/#delete>
async fn delete_ip(
    node: Data<Node>,
    viewer: Viewer<AdminWriteIpBlocks>,
    PathId(id): PathId<i64>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    entrances::unblock(&node, staff, List::Ips, id).await?;
    Ok(empty())
}
