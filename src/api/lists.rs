//! The viewer's lists, and who is on them. What they hold is a timeline.
//!
//! Source: <https://docs.joinmastodon.org/methods/lists/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::auth::Viewer;
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::scopes::{ReadLists, WriteLists};
use super::{answers, entities, rosters};
use crate::id::{AccountId, ListId};
use crate::node::Node;
use crate::social;
use crate::social::lists::Wishes;
use crate::store::lists::List;
use crate::store::{ListReplies, Page};

/// The routes of lists.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/api/v1/lists")
                .route(web::get().to(get))
                .route(web::post().to(create)),
        )
        .service(
            web::resource("/api/v1/lists/{id}")
                .route(web::get().to(get_one))
                .route(web::put().to(update))
                .route(web::patch().to(update))
                .route(web::delete().to(delete)),
        )
        .service(
            web::resource("/api/v1/lists/{id}/accounts")
                .route(web::get().to(accounts))
                .route(web::post().to(accounts_add))
                .route(web::delete().to(accounts_remove)),
        );
}

/// A list as clients know it.
pub(super) fn show(list: List) -> entities::List {
    entities::List {
        id: list.id,
        title: list.title,
        replies_policy: list.replies.word(),
        exclusive: list.is_exclusive,
    }
}

/// The viewer's lists.
///
/// Source: <https://docs.joinmastodon.org/methods/lists/#get>
async fn get(node: Data<Node>, viewer: Viewer<ReadLists>) -> Result<HttpResponse, ApiError> {
    let id = viewer.id();
    let found = node.db.read(move |conn| social::lists::list(conn, id));
    let shown: Vec<_> = found.await?.into_iter().map(show).collect();
    Ok(answers::json(&shown))
}

/// One of the viewer's lists.
///
/// Source: <https://docs.joinmastodon.org/methods/lists/#get-one>
async fn get_one(
    node: Data<Node>,
    viewer: Viewer<ReadLists>,
    PathId(id): PathId<ListId>,
) -> Result<HttpResponse, ApiError> {
    let viewer = viewer.id();
    let found = node
        .db
        .read(move |conn| social::lists::find(conn, viewer, id));
    Ok(answers::json(&show(found.await?)))
}

/// What a list is to be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    title: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    replies_policy: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    exclusive: Option<bool>,
}

impl Asked {
    fn read(self) -> Result<Wishes, ApiError> {
        let replies = match self.replies_policy.as_deref().map(ListReplies::from_word) {
            Some(None) => {
                let sentence = "Replies policy is not included in the list";
                return Err(ApiError::validation(sentence));
            }
            Some(known) => known,
            None => None,
        };
        Ok(Wishes {
            title: self.title,
            replies,
            is_exclusive: self.exclusive,
        })
    }
}

/// Makes a list.
///
/// Source: <https://docs.joinmastodon.org/methods/lists/#create>
async fn create(
    node: Data<Node>,
    viewer: Viewer<WriteLists>,
    params: Params<Asked>,
) -> Result<HttpResponse, ApiError> {
    let wishes = params.into_inner().read()?;
    let list = social::lists::create(&node, viewer.id(), wishes).await?;
    Ok(answers::json(&show(list)))
}

/// Changes one of the viewer's lists.
///
/// Source: <https://docs.joinmastodon.org/methods/lists/#update>
async fn update(
    node: Data<Node>,
    viewer: Viewer<WriteLists>,
    PathId(id): PathId<ListId>,
    params: Params<Asked>,
) -> Result<HttpResponse, ApiError> {
    let wishes = params.into_inner().read()?;
    let list = social::lists::update(&node, viewer.id(), id, wishes).await?;
    Ok(answers::json(&show(list)))
}

/// Removes one of the viewer's lists.
///
/// Source: <https://docs.joinmastodon.org/methods/lists/#delete>
async fn delete(
    node: Data<Node>,
    viewer: Viewer<WriteLists>,
    PathId(id): PathId<ListId>,
) -> Result<HttpResponse, ApiError> {
    social::lists::delete(&node, viewer.id(), id).await?;
    Ok(answers::empty())
}

/// Who is on one of the viewer's lists; all of them for the limit 0.
///
/// Source: <https://docs.joinmastodon.org/methods/lists/#accounts>
async fn accounts(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<ReadLists>,
    PathId(id): PathId<ListId>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = page_or_all(&params)?;
    let viewer = viewer.id();
    rosters::answer(&node, &request, Some(viewer), page, move |conn| {
        Ok(social::lists::members(conn, viewer, id, &page)?)
    })
    .await
}

/// A page of accounts; of the two lists where the limit 0 means all of them.
///
/// # Errors
/// 400 when an id is no decimal number.
pub(super) fn page_or_all(paging: &Paging) -> Result<Page, ApiError> {
    let mut page = paging.page(Sizes::ACCOUNTS)?;
    if page.limit == 0 {
        page.limit = i64::MAX;
    }
    Ok(page)
}

/// Whom to put on a list, or to take off.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    account_ids: Vec<String>,
}

impl Named {
    /// The ids, each once; what is no id names nobody.
    fn read(&self) -> Result<Vec<AccountId>, ApiError> {
        let mut ids: Vec<AccountId> = Vec::new();
        for id in &self.account_ids {
            let id = id.parse().map_err(|_| ApiError::not_found())?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }
}

/// Puts accounts on one of the viewer's lists.
///
/// Source: <https://docs.joinmastodon.org/methods/lists/#accounts-add>
async fn accounts_add(
    node: Data<Node>,
    viewer: Viewer<WriteLists>,
    PathId(id): PathId<ListId>,
    params: Params<Named>,
) -> Result<HttpResponse, ApiError> {
    social::lists::add(&node, viewer.id(), id, params.read()?).await?;
    Ok(answers::empty())
}

/// Takes accounts off one of the viewer's lists.
///
/// Source: <https://docs.joinmastodon.org/methods/lists/#accounts-remove>
async fn accounts_remove(
    node: Data<Node>,
    viewer: Viewer<WriteLists>,
    PathId(id): PathId<ListId>,
    params: Params<Named>,
) -> Result<HttpResponse, ApiError> {
    social::lists::remove(&node, viewer.id(), id, params.read()?).await?;
    Ok(answers::empty())
}
