//! Filters as older clients know them: one keyword each, whose id is the filter's.
//!
//! Source: <https://docs.joinmastodon.org/methods/filters/#v1>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::answers::{deprecated, empty, json};
use super::auth::Viewer;
use super::error::ApiError;
use super::filters::given;
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::render;
use super::scopes::{ReadFilters, WriteFilters};
use crate::id::{AccountId, FilterKeywordId};
use crate::node::Node;
use crate::social::filters::{self, Change, Expiry, KeywordChange};
use crate::store::FilterAction;

/// Since when filters have had several keywords, in seconds.
const OLD_SINCE: &str = "@1668384000";

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    const ALL: &str = "/api/v1/filters";
    let all = web::resource(ALL)
        .wrap(deprecated(OLD_SINCE))
        .route(web::get().to(get))
        .route(web::post().to(create));
    let one = web::resource(format!("{ALL}/{{id}}"))
        .wrap(deprecated(OLD_SINCE))
        .route(web::get().to(get_one))
        .route(web::put().to(update))
        .route(web::patch().to(update))
        .route(web::delete().to(delete));
    config.service(all).service(one);
}

/// What is said of a filter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Given {
    phrase: Option<String>,
    context: Option<Vec<String>>,
    #[serde(deserialize_with = "blank_as_none")]
    irreversible: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    whole_word: Option<bool>,
    #[serde(deserialize_with = "given")]
    expires_in: Expiry,
}

impl Given {
    /// A filter of one keyword is called by it, as far as a title can be that long.
    fn change(self, id: Option<FilterKeywordId>) -> Change {
        let title = self.phrase.as_ref();
        Change {
            title: title.map(|phrase| phrase.chars().take(256).collect()),
            contexts: self.context,
            action: self.irreversible.map(|is_hidden| {
                if is_hidden {
                    FilterAction::Hide
                } else {
                    FilterAction::Warn
                }
            }),
            expires: self.expires_in,
            keywords: vec![KeywordChange {
                id,
                keyword: self.phrase,
                whole_word: self.whole_word,
                is_removed: false,
            }],
        }
    }
}

async fn show(
    node: &Node,
    viewer: AccountId,
    id: FilterKeywordId,
) -> Result<HttpResponse, ApiError> {
    let found = node
        .db
        .read(move |conn| filters::find_keyword(conn, viewer, id));
    let (filter, keyword) = found.await?;
    Ok(json(&render::filters::single(&filter, &keyword)))
}

/// The viewer's keywords.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#get-v1>
async fn get(node: Data<Node>, viewer: Viewer<ReadFilters>) -> Result<HttpResponse, ApiError> {
    let found = node.db.read(move |conn| filters::list(conn, viewer.id()));
    let found = found.await.map_err(ApiError::internal)?;
    let shown: Vec<_> = found
        .iter()
        .flat_map(|whole| {
            let keywords = whole.keywords.iter();
            keywords.map(|keyword| render::filters::single(&whole.filter, keyword))
        })
        .collect();
    Ok(json(&shown))
}

/// One keyword.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#get-one-v1>
async fn get_one(
    node: Data<Node>,
    viewer: Viewer<ReadFilters>,
    PathId(id): PathId<FilterKeywordId>,
) -> Result<HttpResponse, ApiError> {
    show(&node, viewer.id(), id).await
}

/// Makes a filter of one keyword.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#create-v1>
async fn create(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    params: Params<Given>,
) -> Result<HttpResponse, ApiError> {
    let change = params.into_inner().change(None);
    if change
        .title
        .as_deref()
        .unwrap_or_default()
        .trim()
        .is_empty()
    {
        return Err(ApiError::validation("Phrase can't be blank"));
    }
    let id = filters::create(&node, viewer.id(), change).await?;
    let made = node
        .db
        .read(move |conn| filters::find(conn, viewer.id(), id))
        .await?;
    let keyword = made.keywords.first().ok_or_else(ApiError::not_found)?;
    Ok(json(&render::filters::single(&made.filter, keyword)))
}

/// Changes a filter that has one keyword.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#update-v1>
async fn update(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    PathId(id): PathId<FilterKeywordId>,
    params: Params<Given>,
) -> Result<HttpResponse, ApiError> {
    let change = params.into_inner().change(Some(id));
    filters::update_single(&node, viewer.id(), id, change).await?;
    show(&node, viewer.id(), id).await
}

/// Removes a keyword, and its filter if nothing is left of it.
///
/// Source: <https://docs.joinmastodon.org/methods/filters/#delete-v1>
async fn delete(
    node: Data<Node>,
    viewer: Viewer<WriteFilters>,
    PathId(id): PathId<FilterKeywordId>,
) -> Result<HttpResponse, ApiError> {
    filters::delete_keyword(&node, viewer.id(), id, true).await?;
    Ok(empty())
}
