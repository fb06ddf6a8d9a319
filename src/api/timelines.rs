//! Timelines: home, public, and by hashtag.
//!
//! Source: <https://docs.joinmastodon.org/methods/timelines/>

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::auth::{MaybeViewer, Viewer};
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::Params;
use super::path::PathId;
use super::render::View;
use super::scopes::{ReadLists, ReadStatuses};
use super::slices;
use crate::id::ListId;
use crate::node::Node;
use crate::social::lists;
use crate::social::slices::Slice;
use crate::social::timelines::{self, TagNames};
use crate::store::timelines::PublicFilter;

/// Most hashtags of each sort that are asked for beside the one in the path.
const MOST_TAGS: usize = 4;

/// The routes of timelines.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/timelines/home", web::get().to(home))
        .route("/api/v1/timelines/public", web::get().to(public))
        .route("/api/v1/timelines/tag/{hashtag}", web::get().to(tag))
        .route("/api/v1/timelines/list/{id}", web::get().to(list));
}

/// Which part of a public timeline is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct Part {
    local: bool,
    remote: bool,
    only_media: bool,
}

impl Part {
    /// Asking for both is asking for neither.
    fn filter(self) -> PublicFilter {
        PublicFilter {
            is_local: (self.local != self.remote).then_some(self.local),
            only_media: self.only_media,
        }
    }
}

/// The statuses of those whom the viewer follows, and the viewer's own.
///
/// Source: <https://docs.joinmastodon.org/methods/timelines/#home>
async fn home(
    node: Data<Node>,
    viewer: Viewer<ReadStatuses>,
    request: HttpRequest,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::STATUSES)?;
    let view = View::of(&node, Some(viewer.id()));
    let found = node.db.read(move |conn| {
        let found = timelines::home(conn, viewer.id(), &page, view.now)?;
        slices::render(conn, &view, found)
    });
    slices::answer(&node, &request, found.await)
}

/// Public statuses that no reply to others and no boost is among.
///
/// Source: <https://docs.joinmastodon.org/methods/timelines/#public>
async fn public(
    node: Data<Node>,
    viewer: MaybeViewer<ReadStatuses>,
    request: HttpRequest,
    params: Params<(Paging, Part)>,
) -> Result<HttpResponse, ApiError> {
    let (paging, part) = params.into_inner();
    let page = paging.page(Sizes::STATUSES)?;
    let view = View::of(&node, viewer.id());
    let found = node.db.read(move |conn| {
        let found = timelines::public(conn, view.viewer, part.filter(), &page, view.now)?;
        slices::render(conn, &view, found)
    });
    slices::answer(&node, &request, found.await)
}

/// What one of the viewer's lists holds.
///
/// Source: <https://docs.joinmastodon.org/methods/timelines/#list>
async fn list(
    node: Data<Node>,
    viewer: Viewer<ReadLists>,
    request: HttpRequest,
    PathId(id): PathId<ListId>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::STATUSES)?;
    let view = View::of(&node, Some(viewer.id()));
    let found = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let found = lists::timeline(conn, viewer.id(), id, &page, view.now)?;
            Ok(slices::render(conn, &view, found)?)
        })
        .await?;
    slices::answer(&node, &request, Ok(found))
}

/// The hashtags that are asked for beside the one in the path.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Tags {
    any: Vec<String>,
    all: Vec<String>,
    none: Vec<String>,
}

impl Tags {
    fn names(self, name: String) -> TagNames {
        let cut = |names: Vec<String>| names.into_iter().take(MOST_TAGS).collect();
        let mut any: Vec<String> = cut(self.any);
        any.push(name);
        TagNames {
            any,
            all: cut(self.all),
            none: cut(self.none),
        }
    }
}

/// Public statuses with a hashtag.
///
/// Source: <https://docs.joinmastodon.org/methods/timelines/#tag>
async fn tag(
    node: Data<Node>,
    viewer: MaybeViewer<ReadStatuses>,
    hashtag: Path<String>,
    request: HttpRequest,
    params: Params<(Paging, Part, Tags)>,
) -> Result<HttpResponse, ApiError> {
    let (paging, part, tags) = params.into_inner();
    let page = paging.page(Sizes::STATUSES)?;
    let names = tags.names(hashtag.into_inner());
    let view = View::of(&node, viewer.id());
    let found = node.db.read(move |conn| {
        let Some(tags) = timelines::find_tags(conn, &names)? else {
            return Ok(Slice::empty());
        };
        let (viewer, filter) = (view.viewer, part.filter());
        let found = timelines::tagged(conn, viewer, &tags, filter, &page, view.now)?;
        slices::render(conn, &view, found)
    });
    slices::answer(&node, &request, found.await)
}
