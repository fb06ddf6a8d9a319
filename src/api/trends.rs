//! What trends: hashtags and statuses.
//!
//! Source: <https://docs.joinmastodon.org/methods/trends/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, guard};
use serde::Deserialize;

use super::answers;
use super::auth::{MaybeViewer, Onlooker};
use super::error::ApiError;
use super::page::{ListAddress, Sizes};
use super::params::{Params, blank_as_none};
use super::render::{self, View};
use super::scopes::{Any, ReadStatuses};
use crate::node::Node;
use crate::social::trends;
use crate::store::trends::Cut;
use crate::store::{Conn, QueryResult};

/// How many hashtags are given.
pub(super) const TAGS: Sizes = Sizes::of(10, 20);
/// How far lists can be skipped.
const FARTHEST: i64 = 1_000;

/// Since when what trends has been told by kinds, in seconds.
const UNNAMED_OLD_SINCE: &str = "@1648598400";

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/api/v1/trends")
                .guard(guard::Get())
                .wrap(answers::deprecated(UNNAMED_OLD_SINCE))
                .route(web::get().to(tags)),
        )
        .route("/api/v1/trends/tags", web::get().to(tags))
        .route("/api/v1/trends/statuses", web::get().to(statuses));
}

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    #[serde(deserialize_with = "blank_as_none")]
    limit: Option<i64>,
    #[serde(deserialize_with = "blank_as_none")]
    offset: Option<i64>,
}

impl Part {
    /// The part as the store cuts it.
    pub(super) fn cut(&self, sizes: Sizes, with_hidden: bool) -> Cut {
        Cut {
            limit: self
                .limit
                .unwrap_or(sizes.default)
                .saturating_abs()
                .min(sizes.max),
            offset: self.offset.unwrap_or(0).clamp(0, FARTHEST),
            with_hidden,
        }
    }
}

/// The way to the neighbours of a part with this many rows.
pub(super) fn link(node: &Node, request: &HttpRequest, cut: Cut, rows: usize) -> Option<String> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    ListAddress::of(&node.urls, request).offsets(cut.offset, cut.limit, rows)
}

/// The hashtags that trend, the strongest first.
///
/// Source: <https://docs.joinmastodon.org/methods/trends/#tags>
async fn tags(
    node: Data<Node>,
    viewer: MaybeViewer<Any>,
    request: HttpRequest,
    params: Params<Part>,
) -> Result<HttpResponse, ApiError> {
    let (cut, view) = (params.cut(TAGS, false), View::of(&node, viewer.id()));
    let read = move |conn: &mut Conn| -> QueryResult<_> {
        let named = trends::tags(conn, cut)?;
        render::tags::page(conn, &view, named)
    };
    let page = node.db.read(read).await.map_err(ApiError::internal)?;
    let link = link(&node, &request, cut, page.len());
    Ok(answers::json_page(&page, link))
}

/// The statuses that trend, the strongest first.
///
/// Source: <https://docs.joinmastodon.org/methods/trends/#statuses>
async fn statuses(
    node: Data<Node>,
    viewer: Onlooker<ReadStatuses>,
    request: HttpRequest,
    params: Params<Part>,
) -> Result<HttpResponse, ApiError> {
    let cut = params.cut(Sizes::STATUSES, false);
    let view = View::of(&node, viewer.id());
    let read = move |conn: &mut Conn| -> QueryResult<_> {
        let (found, rows) = trends::statuses(conn, view.viewer, cut, view.now)?;
        Ok((render::statuses::page(conn, &view, found)?, rows))
    };
    let (page, rows) = node.db.read(read).await.map_err(ApiError::internal)?;
    let link = link(&node, &request, cut, rows);
    Ok(answers::json_page(&page, link))
}
