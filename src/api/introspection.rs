//! What a token is, for whoever holds it and for the application that it was given to.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc7662>

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::answers::json;
use super::auth::AppToken;
use super::error::ApiError;
use super::oauth::{Grant, UNKNOWN_CLIENT, authenticate};
use super::params::Params;
use super::scopes::Any;
use crate::id::AccountId;
use crate::node::Node;
use crate::social::tokens::{self, Told};

/// The routes of this file.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/oauth/introspect", web::post().to(introspect))
        .route("/oauth/token/info", web::get().to(info));
}

/// What a token is, as long as it is good.
#[derive(Debug, Serialize)]
struct Introspection {
    active: bool,
    scope: String,
    client_id: String,
    token_type: &'static str,
    iat: i64,
}

/// That a token is not good, which says nothing else about it.
#[derive(Debug, Serialize)]
struct Inactive {
    active: bool,
}

/// `POST /oauth/introspect`: what a token of the application that asks is.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc7662#section-2>
async fn introspect(
    request: HttpRequest,
    node: Data<Node>,
    params: Params<Grant>,
) -> Result<HttpResponse, ApiError> {
    let grant = params.into_inner();
    let application = authenticate(&request, &node, &grant).await?;
    let application = application.ok_or_else(|| {
        ApiError::oauth(StatusCode::UNAUTHORIZED, "invalid_client", UNKNOWN_CLIENT)
    })?;
    let told = tokens::tell(&node, grant.token().expose()).await?;
    let told = told.filter(|told| told.application.id == application.id);
    Ok(match told {
        Some(Told { token, application }) => json(&Introspection {
            active: true,
            scope: token.scopes,
            client_id: application.client_id,
            token_type: "Bearer",
            iat: token.created_at / 1_000,
        }),
        None => json(&Inactive { active: false }),
    })
}

/// What the token that a request carries is.
#[derive(Debug, Serialize)]
struct Info {
    resource_owner_id: Option<AccountId>,
    scope: Vec<String>,
    /// Tokens do not end by themselves.
    expires_in: Option<i64>,
    application: Uid,
    created_at: i64,
}

/// An application by its public name.
#[derive(Debug, Serialize)]
struct Uid {
    uid: String,
}

/// `GET /oauth/token/info`: what the request's own token is.
///
/// Source: <https://docs.joinmastodon.org/methods/oauth/>
async fn info(node: Data<Node>, asker: AppToken<Any>) -> Result<HttpResponse, ApiError> {
    let told = tokens::tell_by_id(&node, asker.viewer.token_id).await?;
    let Told { token, application } = told.ok_or_else(ApiError::revoked)?;
    Ok(json(&Info {
        resource_owner_id: token.account_id,
        scope: token.scopes.split(' ').map(str::to_owned).collect(),
        expires_in: None,
        application: Uid {
            uid: application.client_id,
        },
        created_at: token.created_at / 1_000,
    }))
}
