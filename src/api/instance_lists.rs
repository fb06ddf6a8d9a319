//! What the node tells of other servers and of its own life, as far as its operator wants that.
//!
//! Source: <https://docs.joinmastodon.org/methods/instance/#peers>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::answers::json;
use super::auth::Onlooker;
use super::entities::moderation::{Activity, DomainBlock};
use super::error::ApiError;
use super::params::Params;
use super::scopes::Read;
use crate::clock::SECOND;
use crate::config::Audience;
use crate::node::Node;
use crate::social::figures;
use crate::social::moderation::hosts;
use crate::social::peers;
use crate::store::Role;

/// The routes of this file.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route(
            "/api/v1/instance/domain_blocks",
            web::get().to(domain_blocks),
        )
        .route("/api/v1/instance/peers", web::get().to(list_peers))
        .route("/api/v1/instance/activity", web::get().to(activity))
        .route("/api/v1/peers/search", web::get().to(search_peers));
}

/// Whether somebody belongs to an audience; the staff belongs to each.
fn belongs(viewer: &Onlooker<Read>, audience: Audience) -> bool {
    let role = viewer.viewer.as_ref().map(|viewer| viewer.user.role);
    match audience {
        Audience::Everybody => true,
        Audience::People => role.is_some(),
        Audience::Nobody => role >= Some(Role::Moderator),
    }
}

/// The servers that the node blocks.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#domain_blocks>
async fn domain_blocks(node: Data<Node>, viewer: Onlooker<Read>) -> Result<HttpResponse, ApiError> {
    let config = &node.config.instance;
    if !belongs(&viewer, config.show_blocked_servers) {
        return Err(ApiError::not_found());
    }
    let with_reasons = belongs(&viewer, config.show_block_reasons);
    let found = node.db.read(hosts::list_public).await?;
    let shown: Vec<DomainBlock> = found
        .into_iter()
        .map(|block| DomainBlock {
            domain: block.domain,
            digest: block.digest,
            severity: block.severity.word(),
            comment: with_reasons.then(|| block.comment.unwrap_or_default()),
        })
        .collect();
    Ok(json(&shown))
}

/// The servers that the node knows.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#peers>
async fn list_peers(node: Data<Node>) -> Result<HttpResponse, ApiError> {
    if !node.config.instance.show_peers {
        return Err(ApiError::not_found());
    }
    Ok(json(&peers::list_domains(&node, String::new()).await?))
}

/// The beginning of a domain.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Beginning {
    q: String,
}

/// The first servers whose domain begins so.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/>
async fn search_peers(
    node: Data<Node>,
    params: Params<Beginning>,
) -> Result<HttpResponse, ApiError> {
    if !node.config.instance.show_peers {
        return Err(ApiError::not_found());
    }
    let beginning = params.into_inner().q.trim().to_lowercase();
    if beginning.is_empty() {
        return Ok(json::<[String]>(&[]));
    }
    let mut found = peers::list_domains(&node, beginning).await?;
    found.truncate(10);
    Ok(json(&found))
}

/// What happened here in each of the last twelve weeks.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#activity>
async fn activity(node: Data<Node>) -> Result<HttpResponse, ApiError> {
    if !node.config.instance.show_activity {
        return Err(ApiError::not_found());
    }
    let now = node.clock.now();
    let weeks = node
        .db
        .read(move |conn| figures::list_weeks(conn, now))
        .await?;
    let shown: Vec<Activity> = weeks
        .into_iter()
        .map(|week| Activity {
            week: week.begins / SECOND,
            statuses: week.statuses,
            logins: week.people,
            registrations: week.sign_ups,
        })
        .collect();
    Ok(json(&shown))
}
