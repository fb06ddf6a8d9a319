//! Registering client applications.
//!
//! Source: <https://docs.joinmastodon.org/methods/apps/>

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::answers::json;
use super::auth::AppToken;
use super::entities;
use super::error::ApiError;
use super::params::Params;
use super::scopes::Any;
use crate::node::Node;
use crate::social::applications::{self, NewApplication};
use crate::social::push::keys;
use crate::store::applications::Application;

/// The routes of this file.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/api/v1/apps", web::post().to(create)).route(
        "/api/v1/apps/verify_credentials",
        web::get().to(verify_credentials),
    );
}

/// The parameters of [`create`].
#[derive(Debug, Deserialize)]
pub struct Registration {
    #[serde(default)]
    client_name: String,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    scopes: Vec<String>,
    website: Option<String>,
}

/// `POST /api/v1/apps`: registers an application; anybody may.
///
/// Source: <https://docs.joinmastodon.org/methods/apps/#create>
///
/// # Errors
/// 422 when something is missing or not accepted.
pub async fn create(
    node: web::Data<Node>,
    params: Params<Registration>,
) -> Result<HttpResponse, ApiError> {
    let params = params.into_inner();
    let new = NewApplication {
        name: params.client_name,
        website: params.website,
        redirect_uris: params.redirect_uris,
        scopes: params.scopes.join(" "),
    };
    let registered = applications::register(&node, new).await?;
    let vapid_key = keys::ensure_public(&node).await?;
    Ok(json(&entities::CredentialApplication {
        client_id: registered.application.client_id.clone(),
        client_secret: registered.secret.into_inner(),
        client_secret_expires_at: 0,
        application: entity(registered.application, vapid_key),
    }))
}

/// `GET /api/v1/apps/verify_credentials`: the application of the token; any token will do.
///
/// Source: <https://docs.joinmastodon.org/methods/apps/#verify_credentials>
///
/// # Errors
/// 401 without a valid token.
pub async fn verify_credentials(
    node: web::Data<Node>,
    token: AppToken<Any>,
) -> Result<HttpResponse, ApiError> {
    let found = applications::find(&node, token.viewer.application_id).await?;
    let application = found.ok_or_else(ApiError::unauthorised)?;
    let vapid_key = keys::ensure_public(&node).await?;
    Ok(json(&entity(application, vapid_key)))
}

fn entity(application: Application, vapid_key: String) -> entities::Application {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    entities::Application {
        id: application.id,
        name: application.name,
        website: application.website,
        scopes: words(&application.scopes),
        redirect_uris: words(&application.redirect_uris),
        redirect_uri: application.redirect_uris,
        vapid_key,
    }
}
