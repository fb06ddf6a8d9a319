//! Collections of accounts. The paths of the version before the first answer the same things bare, and say that they
//! are old.
//!
//! Source: <https://docs.joinmastodon.org/methods/collections/>

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::answers;
use super::auth::{MaybeViewer, Viewer};
use super::entities::collections::{
    Collection, Collections, WrappedCollection, WrappedCollectionItem,
};
use super::error::ApiError;
use super::page::{ListAddress, Sizes};
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::render::{self, View};
use super::scopes::{ReadCollections, WriteCollections};
use crate::id::{AccountId, CollectionId, CollectionItemId};
use crate::node::Node;
use crate::social::collections::{self, Cut, Shown, Wish};
use crate::store::Conn;

/// How far lists can be skipped.
const FARTHEST: i64 = 10_000;
/// Since when the older paths are old, in seconds.
const OLD_SINCE: &str = "@1767225600";

/// The routes of this page, under both versions.
pub fn routes(config: &mut ServiceConfig) {
    for base in ["/api/v1", "/api/v1_alpha"] {
        let at = |path: &str| format!("{base}{path}");
        config
            .route(&at("/accounts/{id}/collections"), web::get().to(list_of))
            .route(
                &at("/accounts/{id}/in_collections"),
                web::get().to(list_with),
            )
            .route(&at("/collections"), web::post().to(create))
            .service(
                web::resource(at("/collections/{id}"))
                    .route(web::get().to(get))
                    .route(web::patch().to(update))
                    .route(web::put().to(update))
                    .route(web::delete().to(delete)),
            )
            .route(&at("/collections/{id}/items"), web::post().to(add_item))
            .route(
                &at("/collections/{id}/items/{item}"),
                web::delete().to(delete_item),
            )
            .route(
                &at("/collections/{id}/items/{item}/revoke"),
                web::post().to(revoke),
            );
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Part {
    #[serde(deserialize_with = "blank_as_none")]
    limit: Option<i64>,
    #[serde(deserialize_with = "blank_as_none")]
    offset: Option<i64>,
}

impl Part {
    fn cut(&self) -> Cut {
        let Sizes { default, max } = Sizes::ACCOUNTS;
        Cut {
            limit: self.limit.unwrap_or(default).saturating_abs().min(max),
            offset: self.offset.unwrap_or(0).clamp(0, FARTHEST),
        }
    }
}

/// What a collection shall be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    name: Option<String>,
    description: Option<String>,
    language: Option<String>,
    sensitive: Option<bool>,
    discoverable: Option<bool>,
    tag_name: Option<String>,
    account_ids: Vec<AccountId>,
}

impl Wanted {
    fn wish(self) -> (Wish, Vec<AccountId>) {
        let wish = Wish {
            name: self.name,
            description: self.description,
            language: self.language,
            sensitive: self.sensitive,
            discoverable: self.discoverable,
            tag: self.tag_name,
        };
        (wish, self.account_ids)
    }
}

/// Whom to put into a collection.
#[derive(Debug, Deserialize)]
struct NewItem {
    account_id: AccountId,
}

fn is_old(request: &HttpRequest) -> bool {
    request.path().starts_with("/api/v1_alpha/")
}

/// The answer `wrapped`, or `bare` on the older paths.
fn answer<B: Serialize, W: Serialize>(
    request: &HttpRequest,
    bare: B,
    wrap: impl FnOnce(B) -> W,
) -> HttpResponse {
    if is_old(request) {
        aged(request, answers::json(&bare))
    } else {
        answers::json(&wrap(bare))
    }
}

fn aged(request: &HttpRequest, mut answer: HttpResponse) -> HttpResponse {
    if is_old(request) {
        let name = HeaderName::from_static("deprecation");
        let value = HeaderValue::from_static(OLD_SINCE);
        answer.headers_mut().insert(name, value);
    }
    answer
}

/// Whether it worked is all that these answers say.
fn nothing(request: &HttpRequest) -> HttpResponse {
    aged(request, HttpResponse::Ok().finish())
}

fn list(node: &Node, request: &HttpRequest, cut: Cut, found: Vec<Collection>) -> HttpResponse {
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let link = ListAddress::of(&node.urls, request).offsets(cut.offset, cut.limit, count);
    let answer = answer(request, found, |collections| Collections { collections });
    answers::with_link(answer, link)
}

/// The collections of an account, the newest first.
///
/// Source: <https://docs.joinmastodon.org/methods/collections/#account>
async fn list_of(
    node: Data<Node>,
    viewer: MaybeViewer<ReadCollections>,
    PathId(id): PathId<AccountId>,
    request: HttpRequest,
    params: Params<Part>,
) -> Result<HttpResponse, ApiError> {
    let (cut, view) = (params.cut(), View::of(&node, viewer.id()));
    let read = move |conn: &mut Conn| -> Result<Vec<Collection>, ApiError> {
        let shown = collections::list_of(conn, view.viewer, id, cut)?;
        Ok(render::collections::page(conn, &view, shown)?)
    };
    let found = node.db.read(read).await?;
    Ok(list(&node, &request, cut, found))
}

/// The collections that an account is in, the newest first.
///
/// Source: <https://docs.joinmastodon.org/methods/collections/#in>
async fn list_with(
    node: Data<Node>,
    viewer: Viewer<ReadCollections>,
    PathId(id): PathId<AccountId>,
    request: HttpRequest,
    params: Params<Part>,
) -> Result<HttpResponse, ApiError> {
    let (cut, view) = (params.cut(), View::of(&node, Some(viewer.id())));
    let read = move |conn: &mut Conn| -> Result<Vec<Collection>, ApiError> {
        let shown = collections::list_with(conn, viewer.id(), id, cut)?;
        Ok(render::collections::page(conn, &view, shown)?)
    };
    let found = node.db.read(read).await?;
    Ok(list(&node, &request, cut, found))
}

/// One collection with its accounts.
///
/// Source: <https://docs.joinmastodon.org/methods/collections/#get>
async fn get(
    node: Data<Node>,
    viewer: MaybeViewer<ReadCollections>,
    PathId(id): PathId<CollectionId>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, viewer.id());
    let read = move |conn: &mut Conn| -> Result<_, ApiError> {
        let shown = collections::show(conn, view.viewer, id)?;
        Ok(render::collections::with_accounts(conn, &view, shown)?)
    };
    let found = node.db.read(read).await?;
    Ok(aged(&request, answers::json(&found)))
}

/// A collection as its owner sees it.
async fn show(
    node: &Node,
    request: &HttpRequest,
    viewer: AccountId,
    id: CollectionId,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(node, Some(viewer));
    let read = move |conn: &mut Conn| -> Result<Collection, ApiError> {
        let shown: Shown = collections::show(conn, Some(viewer), id)?;
        let page = render::collections::page(conn, &view, vec![shown])?;
        Ok(render::only(page)?)
    };
    let found = node.db.read(read).await?;
    Ok(answer(request, found, |collection| WrappedCollection {
        collection,
    }))
}

/// Makes a collection.
///
/// Source: <https://docs.joinmastodon.org/methods/collections/#create>
async fn create(
    node: Data<Node>,
    viewer: Viewer<WriteCollections>,
    request: HttpRequest,
    params: Params<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let (wish, accounts) = params.into_inner().wish();
    let id = collections::create(&node, viewer.id(), wish, accounts).await?;
    show(&node, &request, viewer.id(), id).await
}

/// Changes a collection.
///
/// Source: <https://docs.joinmastodon.org/methods/collections/#update>
async fn update(
    node: Data<Node>,
    viewer: Viewer<WriteCollections>,
    PathId(id): PathId<CollectionId>,
    request: HttpRequest,
    params: Params<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let (wish, _) = params.into_inner().wish();
    collections::update(&node, viewer.id(), id, wish).await?;
    show(&node, &request, viewer.id(), id).await
}

/// Removes a collection.
///
/// Source: <https://docs.joinmastodon.org/methods/collections/#delete>
async fn delete(
    node: Data<Node>,
    viewer: Viewer<WriteCollections>,
    PathId(id): PathId<CollectionId>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    collections::remove(&node, viewer.id(), id).await?;
    Ok(nothing(&request))
}

/// Puts an account into a collection.
///
/// Source: <https://docs.joinmastodon.org/methods/collections/#items-create>
async fn add_item(
    node: Data<Node>,
    viewer: Viewer<WriteCollections>,
    PathId(id): PathId<CollectionId>,
    request: HttpRequest,
    params: Params<NewItem>,
) -> Result<HttpResponse, ApiError> {
    let row = collections::add_item(&node, viewer.id(), id, params.account_id).await?;
    let item = render::collections::item(&row);
    Ok(answer(&request, item, |collection_item| {
        WrappedCollectionItem { collection_item }
    }))
}

/// Takes an account out of a collection.
///
/// Source: <https://docs.joinmastodon.org/methods/collections/#items-delete>
async fn delete_item(
    node: Data<Node>,
    viewer: Viewer<WriteCollections>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (id, item) = ids(&path)?;
    collections::remove_item(&node, viewer.id(), id, item).await?;
    Ok(nothing(&request))
}

/// Takes the viewer out of somebody's collection, for good.
///
/// Source: <https://docs.joinmastodon.org/methods/collections/#items-revoke>
async fn revoke(
    node: Data<Node>,
    viewer: Viewer<WriteCollections>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (id, item) = ids(&path)?;
    collections::revoke(&node, viewer.id(), id, item).await?;
    Ok(nothing(&request))
}

fn ids(path: &(String, String)) -> Result<(CollectionId, CollectionItemId), ApiError> {
    match (path.0.parse(), path.1.parse()) {
        (Ok(id), Ok(item)) => Ok((id, item)),
        _ => Err(ApiError::not_found()),
    }
}
