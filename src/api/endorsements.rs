//! Whom people feature on their profiles, and what they note about others.
//!
//! Source: <https://docs.joinmastodon.org/methods/endorsements/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::auth::{MaybeViewer, Viewer};
use super::error::ApiError;
use super::lists::page_or_all;
use super::page::Paging;
use super::params::Params;
use super::path::PathId;
use super::scopes::{ReadAccounts, WriteAccounts};
use super::{relationships, rosters};
use crate::id::AccountId;
use crate::node::Node;
use crate::social;

/// The routes of endorsements and notes. `pin` and `unpin` are the older names, which some clients still use.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/endorsements", web::get().to(get));
    for (deed, route) in [
        ("endorse", web::post().to(endorse)),
        ("pin", web::post().to(endorse)),
        ("unendorse", web::post().to(unendorse)),
        ("unpin", web::post().to(unendorse)),
        ("note", web::post().to(note)),
        ("endorsements", web::get().to(get_of)),
    ] {
        config.route(&format!("/api/v1/accounts/{{id}}/{deed}"), route);
    }
}

/// Whom the viewer features; all of them for the limit 0.
///
/// Source: <https://docs.joinmastodon.org/methods/endorsements/#get>
async fn get(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<ReadAccounts>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = page_or_all(&params)?;
    let id = viewer.id();
    rosters::answer(&node, &request, Some(id), page, move |conn| {
        Ok(social::endorsements::list(conn, id, &page)?)
    })
    .await
}

/// Whom an account features.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#endorsements>
async fn get_of(
    node: Data<Node>,
    request: HttpRequest,
    viewer: MaybeViewer<ReadAccounts>,
    PathId(id): PathId<AccountId>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = page_or_all(&params)?;
    rosters::answer(&node, &request, viewer.id(), page, move |conn| {
        Ok(social::endorsements::list(conn, id, &page)?)
    })
    .await
}

/// Features an account on the viewer's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#endorse>
async fn endorse(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    social::endorsements::endorse(&node, viewer.id(), id).await?;
    relationships::show(&node, viewer.id(), id).await
}

/// Takes an account off the viewer's profile.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#unendorse>
async fn unendorse(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    social::endorsements::unendorse(&node, viewer.id(), id).await?;
    relationships::show(&node, viewer.id(), id).await
}

/// What is noted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Noted {
    comment: Option<String>,
}

/// Notes something about an account for the viewer alone.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#note>
async fn note(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    PathId(id): PathId<AccountId>,
    params: Params<Noted>,
) -> Result<HttpResponse, ApiError> {
    let text = params.into_inner().comment.unwrap_or_default();
    social::endorsements::note(&node, viewer.id(), id, text).await?;
    relationships::show(&node, viewer.id(), id).await
}
