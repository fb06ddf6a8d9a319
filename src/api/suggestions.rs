//! Whom the viewer may want to follow, and the directory of those who want to be found.
//!
//! Source: <https://docs.joinmastodon.org/methods/suggestions/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, guard};
use serde::Deserialize;

use super::auth::{Onlooker, Viewer};
use super::entities::Suggestion;
use super::error::ApiError;
use super::page::Sizes;
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::render::{self, View};
use super::scopes::{ReadAccounts, WriteAccounts};
use super::{answers, search};
use crate::id::AccountId;
use crate::node::Node;
use crate::social::suggestions::{self, Order, Source};
use crate::store::accounts::Account;
use crate::store::directories::Part;
use crate::store::{Conn, QueryResult};

/// Since when suggestions have said why they are made, in seconds.
const V1_OLD_SINCE: &str = "@1621123200";

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/api/v1/suggestions")
                .guard(guard::Get())
                .wrap(answers::deprecated(V1_OLD_SINCE))
                .route(web::get().to(get_v1)),
        )
        .route("/api/v2/suggestions", web::get().to(get))
        .route("/api/v1/suggestions/{id}", web::delete().to(remove))
        .route("/api/v1/directory", web::get().to(directory));
}

/// Which part of a list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Cut {
    #[serde(deserialize_with = "blank_as_none")]
    limit: Option<i64>,
    #[serde(deserialize_with = "blank_as_none")]
    offset: Option<i64>,
}

impl Cut {
    /// How many at most, and how many to skip.
    fn read(&self) -> Result<(i64, i64), ApiError> {
        let limit = search::limit(self.limit.map(i64::saturating_abs), Sizes::ACCOUNTS)?;
        Ok((limit, search::offset(self.offset)?))
    }
}

type Suggested = (Account, Vec<Source>);

fn load(
    conn: &mut Conn,
    viewer: AccountId,
    (limit, offset): (i64, i64),
    now: i64,
) -> QueryResult<Vec<Suggested>> {
    let size = |number: i64| usize::try_from(number).unwrap_or(0);
    let found = suggestions::list(conn, viewer, now)?.into_iter();
    Ok(found.skip(size(offset)).take(size(limit)).collect())
}

/// Whom the viewer may want to follow.
///
/// Source: <https://docs.joinmastodon.org/methods/suggestions/#v1>
async fn get_v1(
    node: Data<Node>,
    viewer: Viewer<ReadAccounts>,
    params: Params<Cut>,
) -> Result<HttpResponse, ApiError> {
    let (view, id) = (View::of(&node, Some(viewer.id())), viewer.id());
    let cut = params.read()?;
    let accounts = node
        .db
        .read(move |conn| {
            let found = load(conn, id, cut, view.now)?;
            let accounts = found.into_iter().map(|(account, _)| account).collect();
            render::accounts::page(conn, &view, accounts)
        })
        .await?;
    Ok(answers::json(&accounts))
}

/// Whom the viewer may want to follow, and why.
///
/// Source: <https://docs.joinmastodon.org/methods/suggestions/#v2>
async fn get(
    node: Data<Node>,
    viewer: Viewer<ReadAccounts>,
    params: Params<Cut>,
) -> Result<HttpResponse, ApiError> {
    let (view, id) = (View::of(&node, Some(viewer.id())), viewer.id());
    let cut = params.read()?;
    let shown = node
        .db
        .read(move |conn| {
            let found = load(conn, id, cut, view.now)?;
            let (accounts, sources): (Vec<_>, Vec<_>) = found.into_iter().unzip();
            let accounts = render::accounts::page(conn, &view, accounts)?;
            let pairs = accounts.into_iter().zip(sources);
            QueryResult::Ok(pairs.map(suggestion).collect::<Vec<_>>())
        })
        .await?;
    Ok(answers::json(&shown))
}

fn suggestion((account, sources): (super::entities::Account, Vec<Source>)) -> Suggestion {
    let source = match sources.first() {
        Some(Source::FriendsOfFriends) => "past_interactions",
        Some(Source::MostFollowed) | None => "global",
    };
    let word = |source: &Source| match source {
        Source::FriendsOfFriends => "friends_of_friends",
        Source::MostFollowed => "most_followed",
    };
    Suggestion {
        source,
        sources: sources.iter().map(word).collect(),
        account,
    }
}

/// Does not suggest an account again.
///
/// Source: <https://docs.joinmastodon.org/methods/suggestions/#remove>
async fn remove(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    suggestions::dismiss(&node, viewer.id(), id).await?;
    Ok(answers::empty())
}

/// Which accounts of the directory are asked for, and in which order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    #[serde(deserialize_with = "blank_as_none")]
    order: Option<String>,
    local: bool,
}

/// Those who want to be found.
///
/// Source: <https://docs.joinmastodon.org/methods/directory/#get>
async fn directory(
    node: Data<Node>,
    viewer: Onlooker<ReadAccounts>,
    params: Params<(Cut, Wanted)>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, viewer.id());
    let (cut, wanted) = params.into_inner();
    let (limit, offset) = cut.read()?;
    let order = match wanted.order.as_deref() {
        Some("new") => Order::Newest,
        _ => Order::Active,
    };
    let part = Part {
        only_local: wanted.local,
        limit,
        offset,
    };
    let shown = node
        .db
        .read(move |conn| {
            let found = suggestions::directory(conn, view.viewer, order, part, view.now)?;
            render::accounts::page(conn, &view, found)
        })
        .await?;
    Ok(answers::json(&shown))
}
