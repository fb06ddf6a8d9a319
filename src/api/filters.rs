//! What the viewer does not want to read as it is.
//!
//! Source: <https://docs.joinmastodon.org/methods/filters/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::{Deserialize, Deserializer};

use super::answers::{empty, json};
use super::auth::Viewer;
use super::error::ApiError;
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::render;
use super::scopes::{ReadFilters, WriteFilters};
use crate::clock::SECOND;
use crate::id::{AccountId, FilterId, FilterKeywordId, FilterStatusId, StatusId};
use crate::node::Node;
use crate::social::filters::{self, Change, Expiry, KeywordChange};
use crate::store::FilterAction;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    const ALL: &str = "/api/v2/filters";
    let all = web::resource(ALL)
        .route(web::get().to(get))
        .route(web::post().to(create));
    let keyword = web::resource(format!("{ALL}/keywords/{{id}}"))
        .route(web::get().to(get_keyword))
        .route(web::put().to(update_keyword))
        .route(web::patch().to(update_keyword))
        .route(web::delete().to(delete_keyword));
    let status = web::resource(format!("{ALL}/statuses/{{id}}"))
        .route(web::get().to(get_status))
        .route(web::delete().to(delete_status));
    let keywords = web::resource(format!("{ALL}/{{id}}/keywords"))
        .route(web::get().to(get_keywords))
        .route(web::post().to(create_keyword));
    let statuses = web::resource(format!("{ALL}/{{id}}/statuses"))
        .route(web::get().to(get_statuses))
        .route(web::post().to(create_status));
    let one = web::resource(format!("{ALL}/{{id}}"))
        .route(web::get().to(get_one))
        .route(web::put().to(update))
        .route(web::patch().to(update))
        .route(web::delete().to(delete));
    config
        .service(all)
        .service(keyword)
        .service(status)
        .service(keywords)
        .service(statuses)
        .service(one);
}

/// What is said of a filter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Given {
    title: Option<String>,
    context: Option<Vec<String>>,
    filter_action: Option<String>,
    #[serde(deserialize_with = "given")]
    expires_in: Expiry,
    keywords_attributes: Vec<GivenKeyword>,
}

/// What is said of a keyword.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GivenKeyword {
    #[serde(deserialize_with = "blank_as_none")]
    id: Option<FilterKeywordId>,
    keyword: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    whole_word: Option<bool>,
    #[serde(rename = "_destroy")]
    is_removed: bool,
}

/// What is said of a keyword by its own address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GivenWord {
    keyword: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    whole_word: Option<bool>,
}

/// Which status is to be named.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GivenStatus {
    #[serde(deserialize_with = "blank_as_none")]
    status_id: Option<StatusId>,
}

/// Seconds from now; nothing between quotes is never.
///
/// # Errors
/// Whatever the reader says.
pub(super) fn given<'de, D: Deserializer<'de>>(reader: D) -> Result<Expiry, D::Error> {
    let seconds: Option<i64> = blank_as_none(reader)?;
    Ok(seconds.map_or(Expiry::Never, |seconds| {
        Expiry::In(seconds.saturating_mul(SECOND))
    }))
}

impl Given {
    fn change(self) -> Result<Change, ApiError> {
        let action = self.filter_action.map(|word| {
            FilterAction::from_word(&word)
                .ok_or_else(|| ApiError::validation("Action must be one of warn, hide, blur"))
        });
        Ok(Change {
            title: self.title,
            contexts: self.context,
            action: action.transpose()?,
            expires: self.expires_in,
            keywords: self
                .keywords_attributes
                .into_iter()
                .map(GivenKeyword::change)
                .collect(),
        })
    }
}

impl GivenKeyword {
    fn change(self) -> KeywordChange {
        KeywordChange {
            id: self.id,
            keyword: self.keyword,
            whole_word: self.whole_word,
            is_removed: self.is_removed,
        }
    }
}

impl GivenWord {
    fn change(self) -> KeywordChange {
        KeywordChange {
            id: None,
            keyword: self.keyword,
            whole_word: self.whole_word,
            is_removed: false,
        }
    }
}

async fn show(node: &Node, viewer: AccountId, id: FilterId) -> Result<HttpResponse, ApiError> {
    let found = node.db.read(move |conn| filters::find(conn, viewer, id));
    Ok(json(&render::filters::whole(found.await?)))
}

/// The viewer's filters.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#get>
async fn get(node: Data<Node>, viewer: Viewer<ReadFilters>) -> Result<HttpResponse, ApiError> {
    let found = node.db.read(move |conn| filters::list(conn, viewer.id()));
    let found = found.await.map_err(ApiError::internal)?.into_iter();
    let shown: Vec<_> = found.map(render::filters::whole).collect();
    Ok(json(&shown))
}

/// One filter.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#get-one>
async fn get_one(
    node: Data<Node>,
    viewer: Viewer<ReadFilters>,
    PathId(id): PathId<FilterId>,
) -> Result<HttpResponse, ApiError> {
    show(&node, viewer.id(), id).await
}

/// Makes a filter.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#create>
async fn create(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    params: Params<Given>,
) -> Result<HttpResponse, ApiError> {
    let change = params.into_inner().change()?;
    let id = filters::create(&node, viewer.id(), change).await?;
    show(&node, viewer.id(), id).await
}

/// Changes a filter.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#update>
async fn update(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    PathId(id): PathId<FilterId>,
    params: Params<Given>,
) -> Result<HttpResponse, ApiError> {
    let change = params.into_inner().change()?;
    filters::update(&node, viewer.id(), id, change).await?;
    show(&node, viewer.id(), id).await
}

/// Removes a filter.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#delete>
async fn delete(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    PathId(id): PathId<FilterId>,
) -> Result<HttpResponse, ApiError> {
    filters::delete(&node, viewer.id(), id).await?;
    Ok(empty())
}

/// The keywords of a filter.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#keywords-get>
async fn get_keywords(
    node: Data<Node>,
    viewer: Viewer<ReadFilters>,
    PathId(id): PathId<FilterId>,
) -> Result<HttpResponse, ApiError> {
    let found = node
        .db
        .read(move |conn| filters::find(conn, viewer.id(), id));
    Ok(json(&render::filters::whole(found.await?).keywords))
}

/// Adds a keyword to a filter.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#keywords-create>
async fn create_keyword(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    PathId(id): PathId<FilterId>,
    params: Params<GivenWord>,
) -> Result<HttpResponse, ApiError> {
    let change = params.into_inner().change();
    let keyword = filters::add_keyword(&node, viewer.id(), id, change).await?;
    Ok(json(&render::filters::keyword(keyword)))
}

/// One keyword.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#keywords-get-one>
async fn get_keyword(
    node: Data<Node>,
    viewer: Viewer<ReadFilters>,
    PathId(id): PathId<FilterKeywordId>,
) -> Result<HttpResponse, ApiError> {
    let found = node
        .db
        .read(move |conn| filters::find_keyword(conn, viewer.id(), id));
    let (_, keyword) = found.await?;
    Ok(json(&render::filters::keyword(keyword)))
}

/// Changes a keyword.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#keywords-update>
async fn update_keyword(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    PathId(id): PathId<FilterKeywordId>,
    params: Params<GivenWord>,
) -> Result<HttpResponse, ApiError> {
    let change = params.into_inner().change();
    let keyword = filters::update_keyword(&node, viewer.id(), id, change).await?;
    Ok(json(&render::filters::keyword(keyword)))
}

/// Removes a keyword from its filter.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#keywords-delete>
async fn delete_keyword(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    PathId(id): PathId<FilterKeywordId>,
) -> Result<HttpResponse, ApiError> {
    filters::delete_keyword(&node, viewer.id(), id, false).await?;
    Ok(empty())
}

/// The statuses that a filter names.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#statuses-get>
async fn get_statuses(
    node: Data<Node>,
    viewer: Viewer<ReadFilters>,
    PathId(id): PathId<FilterId>,
) -> Result<HttpResponse, ApiError> {
    let found = node
        .db
        .read(move |conn| filters::find(conn, viewer.id(), id));
    Ok(json(&render::filters::whole(found.await?).statuses))
}

/// Lets a filter name a status.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#statuses-add>
async fn create_status(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    PathId(id): PathId<FilterId>,
    params: Params<GivenStatus>,
) -> Result<HttpResponse, ApiError> {
    let missing = || ApiError::bad_request("Parameter \"status_id\" is missing");
    let status = params.status_id.ok_or_else(missing)?;
    let named = filters::add_status(&node, viewer.id(), id, status).await?;
    Ok(json(&render::filters::named(named)))
}

/// One entry of a status in a filter.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#statuses-get-one>
async fn get_status(
    node: Data<Node>,
    viewer: Viewer<ReadFilters>,
    PathId(id): PathId<FilterStatusId>,
) -> Result<HttpResponse, ApiError> {
    let found = node
        .db
        .read(move |conn| filters::find_status(conn, viewer.id(), id));
    Ok(json(&render::filters::named(found.await?)))
}

/// Takes a status out of a filter.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#statuses-remove>
async fn delete_status(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    PathId(id): PathId<FilterStatusId>,
) -> Result<HttpResponse, ApiError> {
    filters::delete_status(&node, viewer.id(), id).await?;
    Ok(empty())
}
