//! From whom the viewer wants to be notified, in both versions.
//!
//! Source: <https://docs.joinmastodon.org/methods/notifications/#get-policy>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::answers::json;
use super::auth::Viewer;
use super::error::ApiError;
use super::params::{Params, blank_as_none};
use super::render::notification_policies::{show, show_v1};
use super::scopes::{ReadNotifications, WriteNotifications};
use crate::id::AccountId;
use crate::node::Node;
use crate::social::notification_policies::{self, Change, Summary};
use crate::store::Treatment;
use crate::store::notification_policies::Policy;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    let newer = web::resource("/api/v2/notifications/policy")
        .route(web::get().to(get))
        .route(web::put().to(update))
        .route(web::patch().to(update));
    let older = web::resource("/api/v1/notifications/policy")
        .route(web::get().to(get_v1))
        .route(web::put().to(update_v1))
        .route(web::patch().to(update_v1));
    config.service(newer).service(older);
}

/// What is to be changed, in words.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Given {
    #[serde(rename = "for_not_following")]
    not_following: Option<String>,
    #[serde(rename = "for_not_followers")]
    not_followers: Option<String>,
    #[serde(rename = "for_new_accounts")]
    new_accounts: Option<String>,
    #[serde(rename = "for_private_mentions")]
    private_mentions: Option<String>,
    #[serde(rename = "for_limited_accounts")]
    limited_accounts: Option<String>,
}

/// What is to be changed, as clients say it that know two answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GivenV1 {
    #[serde(rename = "filter_not_following", deserialize_with = "blank_as_none")]
    not_following: Option<bool>,
    #[serde(rename = "filter_not_followers", deserialize_with = "blank_as_none")]
    not_followers: Option<bool>,
    #[serde(rename = "filter_new_accounts", deserialize_with = "blank_as_none")]
    new_accounts: Option<bool>,
    #[serde(rename = "filter_private_mentions", deserialize_with = "blank_as_none")]
    private_mentions: Option<bool>,
}

impl Given {
    fn change(&self) -> Result<Change, ApiError> {
        Ok(Change {
            not_following: treatment("for_not_following", self.not_following.as_deref())?,
            not_followers: treatment("for_not_followers", self.not_followers.as_deref())?,
            new_accounts: treatment("for_new_accounts", self.new_accounts.as_deref())?,
            private_mentions: treatment("for_private_mentions", self.private_mentions.as_deref())?,
            limited_accounts: treatment("for_limited_accounts", self.limited_accounts.as_deref())?,
        })
    }
}

impl GivenV1 {
    fn change(&self) -> Change {
        let treatment = |is_filtered: Option<bool>| {
            is_filtered.map(|is_filtered| {
                if is_filtered {
                    Treatment::Filter
                } else {
                    Treatment::Accept
                }
            })
        };
        Change {
            not_following: treatment(self.not_following),
            not_followers: treatment(self.not_followers),
            new_accounts: treatment(self.new_accounts),
            private_mentions: treatment(self.private_mentions),
            limited_accounts: None,
        }
    }
}

fn treatment(name: &str, word: Option<&str>) -> Result<Option<Treatment>, ApiError> {
    let Some(word) = word.filter(|word| !word.trim().is_empty()) else {
        return Ok(None);
    };
    let known = Treatment::from_word(word.trim());
    let sentence = || format!("Validation failed: {name} must be one of accept, filter, drop");
    known.map(Some).ok_or_else(|| ApiError::invalid(sentence()))
}

async fn load(node: &Node, viewer: AccountId) -> Result<(Policy, Summary), ApiError> {
    let found = node
        .db
        .read(move |conn| notification_policies::find(conn, viewer));
    found.await.map_err(ApiError::internal)
}

/// The viewer's policy.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#get-policy>
async fn get(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
) -> Result<HttpResponse, ApiError> {
    let (policy, summary) = load(&node, viewer.id()).await?;
    Ok(json(&show(&policy, summary)))
}

/// Changes the viewer's policy.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#update-the-filtering-policy-for-notifications>
async fn update(
    node: Data<Node>,
    viewer: Viewer<WriteNotifications>,
    params: Params<Given>,
) -> Result<HttpResponse, ApiError> {
    notification_policies::update(&node, viewer.id(), params.change()?).await?;
    let (policy, summary) = load(&node, viewer.id()).await?;
    Ok(json(&show(&policy, summary)))
}

/// The viewer's policy in two answers.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#get-policy>
async fn get_v1(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
) -> Result<HttpResponse, ApiError> {
    let (policy, summary) = load(&node, viewer.id()).await?;
    Ok(json(&show_v1(&policy, summary)))
}

/// Changes the viewer's policy in two answers.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#update-the-filtering-policy-for-notifications>
async fn update_v1(
    node: Data<Node>,
    viewer: Viewer<WriteNotifications>,
    params: Params<GivenV1>,
) -> Result<HttpResponse, ApiError> {
    notification_policies::update(&node, viewer.id(), params.change()).await?;
    let (policy, summary) = load(&node, viewer.id()).await?;
    Ok(json(&show_v1(&policy, summary)))
}
