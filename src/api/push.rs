//! Web Push: where the holder of a token is told of notifications, and of which.
//!
//! Source: <https://docs.joinmastodon.org/methods/push/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answers::{empty, json};
use super::auth::{self, Viewer};
use super::error::ApiError;
use super::params::Params;
use super::render;
use super::scopes::Push;
use crate::keys::Secret;
use crate::node::Node;
use crate::social::push::keys;
use crate::social::push::subscriptions::{self, Place, Subscriber, Terms};
use crate::store::PushPolicy;
use crate::store::push_subscriptions::{Alerts, Subscription};

/// The routes of Web Push.
pub fn routes(config: &mut ServiceConfig) {
    let resource = web::resource("/api/v1/push/subscription")
        .route(web::get().to(get))
        .route(web::post().to(create))
        .route(web::put().to(update))
        .route(web::patch().to(update))
        .route(web::delete().to(delete));
    config.service(resource);
}

/// What is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    data: Wanted,
}

/// What somebody wants to be told.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    policy: String,
    alerts: Alerts,
}

/// Where they want to be told.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Given {
    subscription: GivenPlace,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GivenPlace {
    endpoint: String,
    keys: GivenKeys,
    standard: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GivenKeys {
    p256dh: String,
    auth: String,
}

impl Wanted {
    fn terms(self) -> Result<Terms, ApiError> {
        let policy = match self.policy.as_str() {
            "" => PushPolicy::All,
            word => PushPolicy::from_word(word).ok_or_else(|| {
                let words: Vec<&str> = PushPolicy::ALL.iter().map(|known| known.word()).collect();
                ApiError::invalid(format!("The policy must be one of {}", words.join(", ")))
            })?,
        };
        Ok(Terms {
            policy,
            alerts: self.alerts,
        })
    }
}

/// The token's subscription.
///
/// Source: <https://docs.joinmastodon.org/methods/push/#get>
async fn get(node: Data<Node>, viewer: Viewer<Push>) -> Result<HttpResponse, ApiError> {
    let found = subscriptions::find(&node, viewer.token_id).await?;
    answer(&node, found).await
}

/// Makes the token's subscription, or replaces it.
///
/// Source: <https://docs.joinmastodon.org/methods/push/#create>
async fn create(
    node: Data<Node>,
    viewer: Viewer<Push>,
    request: HttpRequest,
    params: Params<(Given, Asked)>,
) -> Result<HttpResponse, ApiError> {
    let (given, asked) = params.into_inner();
    let secret = auth::find_token(&request).ok_or_else(ApiError::unauthorised)?;
    let subscriber = Subscriber {
        account: viewer.id(),
        token: viewer.token_id,
        secret: Secret::new(secret),
    };
    let place = Place {
        endpoint: given.subscription.endpoint,
        public_key: given.subscription.keys.p256dh,
        secret: given.subscription.keys.auth,
        is_standard: given.subscription.standard,
    };
    let terms = asked.data.terms()?;
    let made = subscriptions::subscribe(&node, subscriber, place, terms).await?;
    answer(&node, made).await
}

/// Changes what the token's subscription asks for, as a whole.
///
/// Source: <https://docs.joinmastodon.org/methods/push/#update>
async fn update(
    node: Data<Node>,
    viewer: Viewer<Push>,
    params: Params<Asked>,
) -> Result<HttpResponse, ApiError> {
    let terms = params.into_inner().data.terms()?;
    let changed = subscriptions::change(&node, viewer.token_id, terms).await?;
    answer(&node, changed).await
}

/// Ends the token's subscription.
///
/// Source: <https://docs.joinmastodon.org/methods/push/#delete>
async fn delete(node: Data<Node>, viewer: Viewer<Push>) -> Result<HttpResponse, ApiError> {
    subscriptions::end(&node, viewer.token_id).await?;
    Ok(empty())
}

async fn answer(node: &Node, row: Subscription) -> Result<HttpResponse, ApiError> {
    let server_key = keys::ensure_public(node).await?;
    Ok(json(&render::push::subscription(row, server_key)))
}
