//! Links that trend, what is posted with them, and what the staff thinks of them and their publishers.
//!
//! Source: <https://docs.joinmastodon.org/methods/trends/#links>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::answers;
use super::auth::{MaybeViewer, Viewer};
use super::entities::{Instant, PreviewCard, TagUse};
use super::error::ApiError;
use super::page::{ListAddress, Paging, Sizes};
use super::params::Params;
use super::path::PathId;
use super::render::{self, View};
use super::scopes::{AdminRead, AdminWrite, ReadStatuses};
use super::slices;
use super::trends::{Part, link};
use crate::clock::{DAY, SECOND};
use crate::id::{LinkId, PublisherId};
use crate::node::Node;
use crate::social::moderation::staff::Staff;
use crate::social::staff::By;
use crate::social::trends::links::{self, Trending};
use crate::store::cards::Card;
use crate::store::links::Publisher;
use crate::store::trends::Cut;
use crate::store::{Conn, QueryResult};

/// How many links are given.
const LINKS: Sizes = Sizes::of(10, 20);

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    let at = |path: &str| format!("/api/v1/admin/trends/links{path}");
    config
        .route("/api/v1/trends/links", web::get().to(list))
        .route("/api/v1/timelines/link", web::get().to(timeline))
        .route(&at(""), web::get().to(list_all))
        .route(&at("/publishers"), web::get().to(list_publishers))
        .route(
            &at("/publishers/{id}/approve"),
            web::post().to(approve_publisher),
        )
        .route(
            &at("/publishers/{id}/reject"),
            web::post().to(reject_publisher),
        )
        .route(&at("/{id}/approve"), web::post().to(approve))
        .route(&at("/{id}/reject"), web::post().to(reject));
}

/// A link that trends.
///
/// Source: <https://docs.joinmastodon.org/entities/PreviewCard/#trends-link>
#[derive(Debug, Serialize)]
struct TrendsLink {
    #[serde(flatten)]
    card: PreviewCard,
    history: Vec<TagUse>,
}

/// A link that trends, for the staff.
#[derive(Debug, Serialize)]
struct AdminLink {
    id: i64,
    #[serde(flatten)]
    link: TrendsLink,
    requires_review: bool,
}

/// A host whose pages people link to, for the staff.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#links>
#[derive(Debug, Serialize)]
struct AdminPublisher {
    id: i64,
    domain: String,
    trendable: Option<bool>,
    reviewed_at: Option<Instant>,
    requested_review_at: Option<Instant>,
    requires_review: bool,
}

impl AdminPublisher {
    /// Nobody is asked for a review by mail, so that never happened.
    fn of(publisher: Publisher) -> Self {
        Self {
            id: publisher.id.0,
            domain: publisher.domain,
            trendable: publisher.is_trendable,
            reviewed_at: publisher.reviewed_at.map(Instant),
            requested_review_at: None,
            requires_review: publisher.reviewed_at.is_none(),
        }
    }
}

/// These links, as far as there is something to show of them, with what the staff is told besides.
fn show(conn: &mut Conn, view: &View, found: Vec<Trending>) -> QueryResult<Vec<AdminLink>> {
    let cards: Vec<Card> = found.iter().map(|one| one.card.clone()).collect();
    let mut known = render::cards::page(conn, view, &cards)?;
    let use_of = |(day, uses, accounts): (i64, i64, i64)| TagUse {
        day: day * (DAY / SECOND),
        uses,
        accounts,
    };
    let shown = found.into_iter().filter_map(|one| {
        let (link, publisher) = one.link;
        Some(AdminLink {
            id: link.id.0,
            requires_review: link.reviewed_at.or(publisher.reviewed_at).is_none(),
            link: TrendsLink {
                card: known.remove(&link.url)?,
                history: one.history.into_iter().map(use_of).collect(),
            },
        })
    });
    Ok(shown.collect())
}

/// The links that trend, the strongest first, and how many rows there were.
async fn read(node: &Node, view: View, cut: Cut) -> Result<(Vec<AdminLink>, usize), ApiError> {
    let read = move |conn: &mut Conn| -> QueryResult<_> {
        let (found, rows) = links::page(conn, cut, view.now)?;
        Ok((show(conn, &view, found)?, rows))
    };
    node.db.read(read).await.map_err(ApiError::internal)
}

/// The links that trend, the strongest first.
///
/// Source: <https://docs.joinmastodon.org/methods/trends/#links>
async fn list(
    node: Data<Node>,
    request: HttpRequest,
    params: Params<Part>,
) -> Result<HttpResponse, ApiError> {
    let (cut, view) = (params.cut(LINKS, false), View::of(&node, None));
    let (found, rows) = read(&node, view, cut).await?;
    let page: Vec<TrendsLink> = found.into_iter().map(|one| one.link).collect();
    let link = link(&node, &request, cut, rows);
    Ok(answers::json_page(&page, link))
}

/// Which link is meant.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Address {
    url: String,
}

/// What was posted with a link that trends.
///
/// Source: <https://docs.joinmastodon.org/methods/timelines/#link>
async fn timeline(
    node: Data<Node>,
    viewer: MaybeViewer<ReadStatuses>,
    request: HttpRequest,
    params: Params<(Paging, Address)>,
) -> Result<HttpResponse, ApiError> {
    let (paging, address) = params.into_inner();
    let page = paging.page(Sizes::STATUSES)?;
    let view = View::of(&node, viewer.id());
    let read = move |conn: &mut Conn| -> Result<_, ApiError> {
        let found = links::timeline(conn, view.viewer, &address.url, &page, view.now)?;
        Ok(slices::render(conn, &view, found)?)
    };
    let found = node.db.read(read).await?;
    slices::answer(&node, &request, Ok(found))
}

/// The links that trend, shown or not.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#links>
async fn list_all(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    request: HttpRequest,
    params: Params<Part>,
) -> Result<HttpResponse, ApiError> {
    By::Person(viewer.user.role).check_look()?;
    let cut = params.cut(LINKS, true);
    let view = View::of(&node, Some(viewer.id()));
    let (page, rows) = read(&node, view, cut).await?;
    let link = link(&node, &request, cut, rows);
    Ok(answers::json_page(&page, link))
}

async fn decide(
    node: &Node,
    viewer: &Viewer<AdminWrite>,
    id: LinkId,
    is_trendable: bool,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let decided = links::decide(node, staff, id, is_trendable).await?;
    let view = View::of(node, Some(viewer.id()));
    let read = move |conn: &mut Conn| show(conn, &view, vec![decided]);
    let shown = node.db.read(read).await.map_err(ApiError::internal)?;
    let shown = shown.first().ok_or_else(ApiError::not_found)?;
    Ok(answers::json(shown))
}

/// Lets a link trend.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#approve-link>
async fn approve(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    PathId(id): PathId<LinkId>,
) -> Result<HttpResponse, ApiError> {
    decide(&node, &viewer, id, true).await
}

/// Keeps a link from trending.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#reject-link>
async fn reject(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    PathId(id): PathId<LinkId>,
) -> Result<HttpResponse, ApiError> {
    decide(&node, &viewer, id, false).await
}

/// The hosts whose pages people link to, the newest first.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#links>
async fn list_publishers(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::HUNDREDS)?;
    let by = By::Person(viewer.user.role);
    let read = move |conn: &mut Conn| links::page_publishers(conn, by, &page);
    let found = node.db.read(read).await?;
    let end = |one: Option<&Publisher>| one.map(|one| one.id.0);
    let link =
        ListAddress::of(&node.urls, &request).both_ways(end(found.first()), end(found.last()));
    let page: Vec<AdminPublisher> = found.into_iter().map(AdminPublisher::of).collect();
    Ok(answers::json_page(&page, link))
}

async fn decide_publisher(
    node: &Node,
    viewer: &Viewer<AdminWrite>,
    id: PublisherId,
    is_trendable: bool,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let decided = links::decide_publisher(node, staff, id, is_trendable).await?;
    Ok(answers::json(&AdminPublisher::of(decided)))
}

/// Lets the pages of a host trend.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#approve-publisher>
async fn approve_publisher(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    PathId(id): PathId<PublisherId>,
) -> Result<HttpResponse, ApiError> {
    decide_publisher(&node, &viewer, id, true).await
}

/// Keeps the pages of a host from trending.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/trends/#reject-publisher>
async fn reject_publisher(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    PathId(id): PathId<PublisherId>,
) -> Result<HttpResponse, ApiError> {
    decide_publisher(&node, &viewer, id, false).await
}
