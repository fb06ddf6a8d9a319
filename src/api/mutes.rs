//! Whom the viewer mutes. Muting itself is a method of accounts.
//!
//! Source: <https://docs.joinmastodon.org/methods/mutes/>

use std::collections::HashMap;

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Viewer;
use super::entities::{Account, Instant, MutedAccount};
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::Params;
use super::render::{self, View};
use super::rosters;
use super::scopes::ReadMutes;
use crate::id::AccountId;
use crate::node::Node;
use crate::social;
use crate::store::QueryResult;
use crate::store::mutes::Mute;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/mutes", web::get().to(get));
}

/// Whom the viewer mutes, and until when.
///
/// Source: <https://docs.joinmastodon.org/methods/mutes/#get>
async fn get(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<ReadMutes>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::ACCOUNTS)?;
    let (view, id) = (View::of(&node, Some(viewer.id())), viewer.id());
    let slice = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let (found, mutes) = social::rosters::mutes(conn, id, view.now, &page)?;
            Ok(found.try_map(|accounts| -> QueryResult<_> {
                let accounts = render::accounts::page(conn, &view, accounts)?;
                Ok(with_ends(accounts, &mutes))
            })?)
        })
        .await?;
    Ok(rosters::linked(&node, &request, &slice, page))
}

fn with_ends(accounts: Vec<Account>, mutes: &HashMap<AccountId, Mute>) -> Vec<MutedAccount> {
    let end = |id| mutes.get(&id).and_then(|mute| mute.expires_at).map(Instant);
    accounts
        .into_iter()
        .map(|account| MutedAccount {
            mute_expires_at: end(account.id),
            account,
        })
        .collect()
}
