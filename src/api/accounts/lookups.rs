//! Other people's accounts: by id, by handle, by what was typed.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Deserialize;

use crate::api::auth::{MaybeViewer, Onlooker, Viewer};
use crate::api::error::ApiError;
use crate::api::page::Sizes;
use crate::api::params::{Params, blank_as_none};
use crate::api::path::PathId;
use crate::api::render::{self, View};
use crate::api::scopes::{ReadAccounts, ReadFollows, ReadLists};
use crate::api::{answers, search};
use crate::id::AccountId;
use crate::node::Node;
use crate::social;

/// Most accounts that are given by their ids at once.
const MOST_BY_ID: usize = 40;

/// Ids as clients repeat them; what is no id names nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ids {
    id: Vec<String>,
}

impl Ids {
    /// The ids, each once, in their order.
    pub(super) fn read(&self) -> Vec<AccountId> {
        let mut ids: Vec<AccountId> = Vec::new();
        for id in self.id.iter().filter_map(|id| id.parse().ok()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }
}

/// One account.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#get>
pub(super) async fn get(
    node: Data<Node>,
    viewer: MaybeViewer<ReadAccounts>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, viewer.id());
    let account = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let account = social::accounts::find_shown(conn, id)?;
            Ok(render::accounts::single(conn, &view, account)?)
        })
        .await?;
    Ok(answers::json(&account))
}

/// Several accounts by their ids.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#index>
pub(super) async fn index(
    node: Data<Node>,
    viewer: MaybeViewer<ReadAccounts>,
    params: Params<Ids>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, viewer.id());
    let mut ids = params.read();
    ids.truncate(MOST_BY_ID);
    let accounts = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let accounts = social::accounts::list_shown(conn, &ids)?;
            Ok(render::accounts::page(conn, &view, accounts)?)
        })
        .await?;
    Ok(answers::json(&accounts))
}

/// Which account is looked up.
#[derive(Debug, Deserialize)]
pub(super) struct Lookup {
    acct: String,
}

/// The account that a handle names, if this node knows it.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#lookup>
pub(super) async fn lookup(
    node: Data<Node>,
    viewer: MaybeViewer<ReadAccounts>,
    params: Params<Lookup>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, viewer.id());
    let acct = params.into_inner().acct;
    let account = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let account = social::accounts::find_by_acct(conn, &view.urls, &acct)?;
            Ok(render::accounts::single(conn, &view, account)?)
        })
        .await?;
    Ok(answers::json(&account))
}

/// What is searched among accounts.
#[derive(Debug, Deserialize)]
pub(super) struct AccountQuery {
    q: String,
    #[serde(default, deserialize_with = "blank_as_none")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "blank_as_none")]
    offset: Option<i64>,
    #[serde(default)]
    following: bool,
    #[serde(default)]
    resolve: bool,
}

/// Accounts whose handle or whose names begin with what was typed, those whom the viewer follows first.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#search>
pub(super) async fn search(
    node: Data<Node>,
    viewer: Viewer<ReadAccounts>,
    params: Params<AccountQuery>,
) -> Result<HttpResponse, ApiError> {
    let (view, id) = (View::of(&node, Some(viewer.id())), viewer.id());
    let mut params = params.into_inner();
    if params.resolve {
        params.q = search::resolve(&node, params.q).await;
    }
    let query = social::searches::AccountSearch {
        query: params.q,
        limit: search::limit(params.limit, Sizes::ACCOUNTS)?,
        offset: search::offset(params.offset)?,
        followed_by: params.following.then_some(id),
        viewer: Some(id),
        now: view.now,
    };
    let accounts = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let accounts = social::searches::accounts(conn, &view.urls, &query)?;
            Ok(render::accounts::page(conn, &view, accounts)?)
        })
        .await?;
    Ok(answers::json(&accounts))
}

/// Whom the viewer follows among those who follow each of these accounts.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#familiar_followers>
pub(super) async fn familiar_followers(
    node: Data<Node>,
    viewer: Viewer<ReadFollows>,
    params: Params<Ids>,
) -> Result<HttpResponse, ApiError> {
    let (view, id) = (View::of(&node, Some(viewer.id())), viewer.id());
    let mut ids = params.read();
    ids.truncate(MOST_BY_ID);
    let found = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let found = social::rosters::familiar_followers(conn, id, &ids)?;
            Ok(render::accounts::familiar_followers(conn, &view, found)?)
        })
        .await?;
    Ok(answers::json(&found))
}

/// The tags on an account's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#featured_tags>
pub(super) async fn featured_tags(
    node: Data<Node>,
    viewer: Onlooker<ReadAccounts>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    crate::api::featured_tags::show_all(&node, viewer.id(), id).await
}

/// The viewer's lists that an account is on.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#lists>
pub(super) async fn lists(
    node: Data<Node>,
    viewer: Viewer<ReadLists>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let viewer = viewer.id();
    let found = node
        .db
        .read(move |conn| social::lists::list_holding(conn, viewer, id))
        .await?;
    let shown: Vec<_> = found.into_iter().map(crate::api::lists::show).collect();
    Ok(answers::json(&shown))
}
