//! What the staff thinks of hashtags and of what trends.
//!
//! Source: <https://docs.joinmastodon.org/methods/admin/trends/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::answers;
use super::auth::Viewer;
use super::entities::{Status, Tag};
use super::error::ApiError;
use super::page::{ListAddress, Paging, Sizes};
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::render::{self, View};
use super::scopes::{AdminRead, AdminWrite};
use super::trends::{Part, TAGS, link};
use crate::id::{StatusId, TagId};
use crate::node::Node;
use crate::social::moderation::staff::Staff;
use crate::social::staff::By;
use crate::social::trends::{self, Decision, Reviewed};
use crate::store::{Conn, QueryResult};

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    let at = |path: &str| format!("/api/v1/admin/{path}");
    config
        .route(&at("tags"), web::get().to(list_tags))
        .service(
            web::resource(at("tags/{id}"))
                .route(web::get().to(get_tag))
                .route(web::put().to(update_tag))
                .route(web::patch().to(update_tag)),
        )
        .route(&at("trends/tags"), web::get().to(trending_tags))
        .route(&at("trends/tags/{id}/approve"), web::post().to(approve_tag))
        .route(&at("trends/tags/{id}/reject"), web::post().to(reject_tag))
        .route(&at("trends/statuses"), web::get().to(trending_statuses))
        .route(
            &at("trends/statuses/{id}/approve"),
            web::post().to(approve_status),
        )
        .route(
            &at("trends/statuses/{id}/reject"),
            web::post().to(reject_status),
        );
}

/// A hashtag for the staff.
///
/// Source: <https://docs.joinmastodon.org/entities/Tag/#admin>
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of the documented entity"
)]
#[derive(Debug, Serialize)]
struct AdminTag {
    #[serde(flatten)]
    tag: Tag,
    trendable: bool,
    usable: bool,
    requires_review: bool,
    listable: bool,
}

/// A status for the staff.
#[derive(Debug, Serialize)]
struct AdminStatus {
    #[serde(flatten)]
    status: Status,
    requires_review: bool,
}

fn show_tags(
    conn: &mut Conn,
    view: &View,
    usual: bool,
    found: Vec<Reviewed>,
) -> QueryResult<Vec<AdminTag>> {
    let (named, reviews): (Vec<_>, Vec<_>) =
        found.into_iter().map(|one| (one.tag, one.review)).unzip();
    let tags = render::tags::page(conn, view, named)?;
    Ok(tags
        .into_iter()
        .zip(reviews)
        .map(|(tag, review)| AdminTag {
            tag,
            trendable: review.is_trendable.unwrap_or(usual),
            usable: review.is_usable,
            requires_review: review.reviewed_at.is_none(),
            listable: review.is_listable,
        })
        .collect())
}

/// Whether what nobody looked at may trend.
fn usual(node: &Node) -> bool {
    !node.config.trends.requires_review
}

/// All hashtags, the newest first.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/>
async fn list_tags(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::HUNDREDS)?;
    let (by, usual) = (By::Person(viewer.user.role), usual(&node));
    let view = View::of(&node, Some(viewer.id()));
    let read = move |conn: &mut Conn| -> Result<Vec<AdminTag>, ApiError> {
        let found = trends::page_tags(conn, by, &page)?;
        Ok(show_tags(conn, &view, usual, found)?)
    };
    let found = node.db.read(read).await?;
    let end = |tag: Option<&AdminTag>| tag.map(|one| one.tag.id.0);
    let link =
        ListAddress::of(&node.urls, &request).both_ways(end(found.first()), end(found.last()));
    Ok(answers::json_page(&found, link))
}

async fn show_tag(
    node: &Node,
    viewer: crate::id::AccountId,
    by: By,
    id: TagId,
) -> Result<HttpResponse, ApiError> {
    let (view, usual) = (View::of(node, Some(viewer)), usual(node));
    let read = move |conn: &mut Conn| -> Result<AdminTag, ApiError> {
        let found = trends::show_tag(conn, by, id)?;
        Ok(render::only(show_tags(conn, &view, usual, vec![found])?)?)
    };
    Ok(answers::json(&node.db.read(read).await?))
}

/// One hashtag.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/>
async fn get_tag(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    PathId(id): PathId<TagId>,
) -> Result<HttpResponse, ApiError> {
    show_tag(&node, viewer.id(), By::Person(viewer.user.role), id).await
}

/// What is decided about a hashtag.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    #[serde(deserialize_with = "blank_as_none")]
    trendable: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    usable: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    listable: Option<bool>,
}

/// Decides about a hashtag.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/>
async fn update_tag(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    PathId(id): PathId<TagId>,
    params: Params<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let decision = Decision {
        is_trendable: params.trendable,
        is_usable: params.usable,
        is_listable: params.listable,
    };
    decide_tag(&node, &viewer, id, decision).await
}

async fn decide_tag(
    node: &Node,
    viewer: &Viewer<AdminWrite>,
    id: TagId,
    decision: Decision,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let by = staff.by;
    trends::decide_tag(node, staff, id, decision).await?;
    show_tag(node, viewer.id(), by, id).await
}

fn trendable(is_trendable: bool) -> Decision {
    Decision {
        is_trendable: Some(is_trendable),
        ..Decision::default()
    }
}

/// Lets a hashtag trend.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#approve-tag>
async fn approve_tag(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    PathId(id): PathId<TagId>,
) -> Result<HttpResponse, ApiError> {
    decide_tag(&node, &viewer, id, trendable(true)).await
}

/// Keeps a hashtag from trending.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#reject-tag>
async fn reject_tag(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    PathId(id): PathId<TagId>,
) -> Result<HttpResponse, ApiError> {
    decide_tag(&node, &viewer, id, trendable(false)).await
}

/// The hashtags that trend, shown or not.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#tags>
async fn trending_tags(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    request: HttpRequest,
    params: Params<Part>,
) -> Result<HttpResponse, ApiError> {
    By::Person(viewer.user.role).check_look()?;
    let (cut, usual) = (params.cut(TAGS, true), usual(&node));
    let view = View::of(&node, Some(viewer.id()));
    let read = move |conn: &mut Conn| -> QueryResult<Vec<AdminTag>> {
        let named = trends::tags(conn, cut)?;
        let found = trends::with_reviews(conn, named)?;
        show_tags(conn, &view, usual, found)
    };
    let page = node.db.read(read).await.map_err(ApiError::internal)?;
    let link = link(&node, &request, cut, page.len());
    Ok(answers::json_page(&page, link))
}

fn show_statuses(
    conn: &mut Conn,
    view: &View,
    found: Vec<crate::store::statuses::Status>,
) -> QueryResult<Vec<AdminStatus>> {
    let ids: Vec<StatusId> = found.iter().map(|status| status.id).collect();
    let waiting = trends::list_unreviewed(conn, &ids)?;
    let page = render::statuses::page(conn, view, found)?;
    Ok(page
        .into_iter()
        .map(|status| AdminStatus {
            requires_review: waiting.contains(&status.id),
            status,
        })
        .collect())
}

/// The statuses that trend, shown or not.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#statuses>
async fn trending_statuses(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    request: HttpRequest,
    params: Params<Part>,
) -> Result<HttpResponse, ApiError> {
    By::Person(viewer.user.role).check_look()?;
    let cut = params.cut(Sizes::STATUSES, true);
    let view = View::of(&node, Some(viewer.id()));
    let read = move |conn: &mut Conn| -> QueryResult<_> {
        let (found, rows) = trends::statuses(conn, view.viewer, cut, view.now)?;
        Ok((show_statuses(conn, &view, found)?, rows))
    };
    let (page, rows) = node.db.read(read).await.map_err(ApiError::internal)?;
    let link = link(&node, &request, cut, rows);
    Ok(answers::json_page(&page, link))
}

async fn decide_status(
    node: &Node,
    viewer: &Viewer<AdminWrite>,
    id: StatusId,
    is_trendable: bool,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    trends::decide_status(node, staff, id, is_trendable).await?;
    let view = View::of(node, Some(viewer.id()));
    let read = move |conn: &mut Conn| -> Result<AdminStatus, ApiError> {
        let found = crate::social::timelines::hydrate(conn, view.viewer, &[id])?;
        Ok(render::only(show_statuses(conn, &view, found)?)?)
    };
    Ok(answers::json(&node.db.read(read).await?))
}

/// Lets a status trend.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#approve-status>
async fn approve_status(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    decide_status(&node, &viewer, id, true).await
}

/// Keeps a status from trending.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#reject-status>
async fn reject_status(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    PathId(id): PathId<StatusId>,
) -> Result<HttpResponse, ApiError> {
    decide_status(&node, &viewer, id, false).await
}
