//! Search for accounts, hashtags, and for what has a given address.
//!
//! Source: <https://docs.joinmastodon.org/methods/search/>

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::answers;
use super::auth::MaybeViewer;
use super::entities::Search;
use super::error::ApiError;
use super::page::Sizes;
use super::params::{Params, blank_as_none};
use super::render::{self, View};
use super::scopes::ReadSearch;
use crate::federation::resolve::{self, Resolved};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::searches::{self, AccountSearch, Found, Kind, StatusFilter};
use crate::store::{Conn, QueryResult};
use crate::text::Handle;

/// Things of each kind: by default and at most.
const SIZES: Sizes = Sizes::of(20, 40);
/// How far results can be skipped.
const FARTHEST: i64 = 10_000;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v2/search", web::get().to(v2));
}

/// What is searched.
#[derive(Debug, Deserialize)]
pub(super) struct Query {
    q: String,
    #[serde(rename = "type", default, deserialize_with = "blank_as_none")]
    kind: Option<KindWord>,
    #[serde(default)]
    resolve: bool,
    #[serde(default)]
    following: bool,
    #[serde(default, deserialize_with = "blank_as_none")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "blank_as_none")]
    offset: Option<i64>,
    #[serde(default)]
    exclude_unreviewed: bool,
    #[serde(default, deserialize_with = "blank_as_none")]
    account_id: Option<AccountId>,
    #[serde(default, deserialize_with = "blank_as_none")]
    min_id: Option<StatusId>,
    #[serde(default, deserialize_with = "blank_as_none")]
    max_id: Option<StatusId>,
}

/// A kind of things, as clients spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindWord {
    Accounts,
    Statuses,
    Hashtags,
    Collections,
}

/// Searches for accounts and collections by the words of their names, for hashtags by how their names begin, and for all
/// of them and statuses by their address.
///
/// Source: <https://docs.joinmastodon.org/methods/search/#v2>
async fn v2(
    node: Data<Node>,
    viewer: MaybeViewer<ReadSearch>,
    params: Params<Query>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, viewer.id());
    let search = settle(&node, &view, params.into_inner()).await?;
    let found = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let found = searches::everything(conn, &view.urls, &search)?;
            Ok(show(conn, &view, found)?)
        })
        .await?;
    Ok(answers::json(&found))
}

/// The search that a query asks for, after what it names was made known.
///
/// # Errors
/// 400 and 401 for what may not be asked.
pub(super) async fn settle(
    node: &Node,
    view: &View,
    mut query: Query,
) -> Result<searches::Search, ApiError> {
    query.check(view.viewer.is_some())?;
    if query.resolve {
        query.q = resolve(node, query.q).await;
    }
    query.read(view)
}

/// Makes known what a typed handle or address names, if its server tells; gives back what is to be searched for
/// then. What cannot be resolved is searched for as it was typed.
pub(super) async fn resolve(node: &Node, typed: String) -> String {
    if searches::is_address(&typed) {
        return match resolve::url(node, typed.trim()).await {
            Ok(Resolved::Account(account)) => account.uri,
            Ok(Resolved::Status(status)) => status.uri,
            Err(_) => typed,
        };
    }
    if let Ok(handle) = Handle::parse(&typed)
        && handle.domain.is_some()
    {
        // Whether it worked shows in what is found.
        let _ = resolve::handle(node, &handle).await;
    }
    typed
}

impl Query {
    /// Checks what only people may ask.
    fn check(&self, is_person: bool) -> Result<(), ApiError> {
        let refuse =
            |sentence: &'static str| Err(ApiError::new(StatusCode::UNAUTHORIZED, sentence));
        if self.q.trim().is_empty() {
            return Err(ApiError::bad_request("Parameter \"q\" must not be empty"));
        }
        if self.resolve && !is_person {
            return refuse(
                "Search queries that resolve remote resources are not supported without authentication",
            );
        }
        if self.offset.is_some_and(|offset| offset > 0) && !is_person {
            return refuse("Search queries pagination is not supported without authentication");
        }
        Ok(())
    }

    /// The search that the rules understand.
    fn read(self, view: &View) -> Result<searches::Search, ApiError> {
        Ok(searches::Search {
            accounts: AccountSearch {
                query: self.q,
                limit: limit(self.limit, SIZES)?,
                offset: offset(self.offset)?,
                followed_by: view.viewer.filter(|_| self.following),
                viewer: view.viewer,
                now: view.now,
            },
            viewer: view.viewer,
            kind: self.kind.map(|word| match word {
                KindWord::Accounts => Kind::Accounts,
                KindWord::Statuses => Kind::Statuses,
                KindWord::Hashtags => Kind::Tags,
                KindWord::Collections => Kind::Collections,
            }),
            only_reviewed: self.exclude_unreviewed,
            statuses: StatusFilter {
                by: self.account_id,
                after: self.min_id,
                before: self.max_id,
            },
        })
    }
}

/// How many things are wanted; capped silently.
///
/// # Errors
/// 400 for a negative number.
pub(super) fn limit(given: Option<i64>, sizes: Sizes) -> Result<i64, ApiError> {
    let limit = given.unwrap_or(sizes.default);
    if limit < 0 {
        return Err(ApiError::bad_request(
            "Parameter \"limit\" must not be negative",
        ));
    }
    Ok(limit.min(sizes.max))
}

/// How many things are skipped; capped silently.
///
/// # Errors
/// 400 for a negative number.
pub(super) fn offset(given: Option<i64>) -> Result<i64, ApiError> {
    let offset = given.unwrap_or(0);
    if offset < 0 {
        return Err(ApiError::bad_request(
            "Parameter \"offset\" must not be negative",
        ));
    }
    Ok(offset.min(FARTHEST))
}

fn show(conn: &mut Conn, view: &View, found: Found) -> QueryResult<Search> {
    Ok(Search {
        accounts: render::accounts::page(conn, view, found.accounts)?,
        statuses: render::statuses::page(conn, view, found.statuses)?,
        hashtags: render::tags::page(conn, view, found.tags)?,
        collections: render::collections::page(conn, view, found.collections)?,
    })
}
