//! Other servers, for the staff: routes of this node's own.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc8288> for the way from page to page.

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answers::{json, json_page};
use super::auth::Viewer;
use super::error::ApiError;
use super::page::{ListAddress, Sizes};
use super::params::{Params, blank_as_none};
use super::render;
use super::scopes::{AdminRead, AdminWrite};
use crate::node::Node;
use crate::social::peers::{self, Decision, Wanted};
use crate::social::staff::By;

/// The routes of peers.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/whimbrel/v1/peers", web::get().to(index))
        .route("/api/whimbrel/v1/peers/{domain}", web::get().to(show))
        .route(
            "/api/whimbrel/v1/peers/{domain}/{decision:retry|pause|resume|forget}",
            web::post().to(decide),
        );
}

/// Which peers are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    #[serde(deserialize_with = "blank_as_none")]
    state: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    after: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    limit: Option<i64>,
}

/// Peers by domain.
async fn index(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    params: Params<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (asked, sizes, now) = (params.into_inner(), Sizes::HUNDREDS, node.clock.now());
    let limit = asked.limit.unwrap_or(sizes.default).saturating_abs();
    let by = By::Person(viewer.user.role);
    by.check_look()?;
    let wanted = Wanted {
        chosen: peers::filter_of(&asked.state.unwrap_or_default())?,
        after: asked.after.unwrap_or_default(),
        limit: limit.clamp(1, sizes.max),
    };
    let listing = peers::list(&node, by, wanted).await?;
    let address = ListAddress::of(&node.urls, &request);
    let link = listing
        .next
        .as_deref()
        .map(|after| address.next_after(after));
    let found = listing.peers.into_iter();
    let shown: Vec<_> = found.map(|peer| render::peers::peer(peer, now)).collect();
    Ok(json_page(&shown, link))
}

/// One peer.
async fn show(
    node: Data<Node>,
    viewer: Viewer<AdminRead>,
    domain: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let by = By::Person(viewer.user.role);
    let found = peers::show(&node, by, &domain).await?;
    Ok(json(&render::peers::peer(found, node.clock.now())))
}

/// Tries a peer at once, pauses it, ends its pause, or drops what waits for it.
async fn decide(
    node: Data<Node>,
    viewer: Viewer<AdminWrite>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (domain, word) = path.into_inner();
    let decision = Decision::from_word(&word).ok_or_else(ApiError::not_found)?;
    let by = By::Person(viewer.user.role);
    let decided = peers::decide(&node, by, &domain, decision).await?;
    Ok(json(&render::peers::peer(decided, node.clock.now())))
}
