//! The endpoints of OAuth that applications call by themselves. The consent page is a page: see `web`.
//!
//! Source: <https://docs.joinmastodon.org/methods/oauth/>

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use url::form_urlencoded;

use super::answers::{empty, json};
use super::auth::Viewer;
use super::entities::{OauthServer, Token, UserInfo};
use super::error::ApiError;
use super::params::Params;
use super::scopes::Profile;
use crate::keys::Secret;
use crate::node::Node;
use crate::social::authorizations::{self, Redemption};
use crate::social::scopes::{self, Scopes};
use crate::social::tokens::{self, Issued};
use crate::social::{self, applications};
use crate::store::applications::Application;

/// The routes of this file.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/oauth/token", web::post().to(token))
        .route("/oauth/revoke", web::post().to(revoke))
        .route("/oauth/userinfo", web::get().to(userinfo))
        .route("/oauth/userinfo", web::post().to(userinfo))
        .route(
            "/.well-known/oauth-authorization-server",
            web::get().to(metadata),
        );
}

/// The parameters of [`token`] and [`revoke`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Grant {
    #[serde(rename = "grant_type")]
    kind: String,
    client_id: String,
    client_secret: Secret<String>,
    code: Secret<String>,
    redirect_uri: String,
    code_verifier: Secret<String>,
    scope: Vec<String>,
    token: Secret<String>,
}

impl Grant {
    /// The token that is asked about.
    pub(super) fn token(&self) -> &Secret<String> {
        &self.token
    }
}

/// `POST /oauth/token`: gives a token for a code, or to an application for itself.
///
/// Source: <https://docs.joinmastodon.org/methods/oauth/#token>
///
/// # Errors
/// 401 for an unknown application, 400 for a code that counts no more, another grant or scopes beyond those
/// registered.
pub async fn token(
    request: HttpRequest,
    node: web::Data<Node>,
    params: Params<Grant>,
) -> Result<HttpResponse, ApiError> {
    let grant = params.into_inner();
    if !matches!(
        grant.kind.as_str(),
        "authorization_code" | "client_credentials"
    ) {
        return Err(bad_request("unsupported_grant_type", UNSUPPORTED_GRANT));
    }
    let application = authenticate(&request, &node, &grant).await?;
    let application = application.ok_or_else(|| {
        ApiError::oauth(StatusCode::UNAUTHORIZED, "invalid_client", UNKNOWN_CLIENT)
    })?;
    let issued = if grant.kind == "client_credentials" {
        give_to_application(&node, &application, &grant).await?
    } else {
        give_for_code(&node, &application, grant).await?
    };
    Ok(answer(issued))
}

const UNSUPPORTED_GRANT: &str = "The grant type must be authorization_code or client_credentials";
pub(super) const UNKNOWN_CLIENT: &str = "The client id is not known or the client secret is wrong";
const INVALID_GRANT: &str = "The code is unknown, expired or used, or it was given for another client, \
     redirect URI or code verifier";

async fn give_to_application(
    node: &Node,
    application: &Application,
    grant: &Grant,
) -> Result<Issued, ApiError> {
    let invalid_scope = |error: social::Error| match error {
        social::Error::Invalid(sentence) => bad_request("invalid_scope", sentence),
        other => other.into(),
    };
    let scopes = Scopes::parse(&grant.scope.join(" ")).map_err(invalid_scope)?;
    tokens::issue_to_application(node, application, scopes)
        .await
        .map_err(invalid_scope)
}

async fn give_for_code(
    node: &Node,
    application: &Application,
    grant: Grant,
) -> Result<Issued, ApiError> {
    let redirect_uri = match application
        .redirect_uris
        .lines()
        .collect::<Vec<_>>()
        .as_slice()
    {
        // It may be left out where there is nothing to choose.
        [only] if grant.redirect_uri.is_empty() => (*only).to_owned(),
        _ => grant.redirect_uri,
    };
    let verifier = Some(grant.code_verifier).filter(|verifier| !verifier.expose().is_empty());
    let brought = Redemption {
        code: grant.code,
        redirect_uri,
        verifier,
    };
    authorizations::redeem(node, application, brought)
        .await?
        .ok_or_else(|| bad_request("invalid_grant", INVALID_GRANT))
}

/// Source: <https://www.rfc-editor.org/rfc/rfc6749#section-5.1>
fn answer(issued: Issued) -> HttpResponse {
    let mut answer = json(&Token::bearer(
        issued.secret.into_inner(),
        issued.token.scopes,
        issued.token.created_at,
    ));
    let no_store = header::HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, no_store);
    answer
}

/// `POST /oauth/revoke`: takes back a token of the application that asks.
///
/// Source: <https://docs.joinmastodon.org/methods/oauth/#revoke>
///
/// # Errors
/// 403 when the application is unknown or the token is another's.
pub async fn revoke(
    request: HttpRequest,
    node: web::Data<Node>,
    params: Params<Grant>,
) -> Result<HttpResponse, ApiError> {
    let forbidden =
        |sentence: String| ApiError::oauth(StatusCode::FORBIDDEN, "unauthorized_client", sentence);
    let grant = params.into_inner();
    let application = authenticate(&request, &node, &grant).await?;
    let application = application.ok_or_else(|| forbidden(UNKNOWN_CLIENT.to_owned()))?;
    match tokens::revoke(&node, application.id, grant.token.expose()).await {
        Ok(()) => Ok(empty()),
        Err(social::Error::Forbidden(sentence)) => Err(forbidden(sentence)),
        Err(other) => Err(other.into()),
    }
}

/// `GET` and `POST /oauth/userinfo`: who the token acts for.
///
/// Source: <https://docs.joinmastodon.org/methods/oauth/#userinfo>
///
/// # Errors
/// 401 without a valid token, 403 when it lacks the scope `profile`.
pub async fn userinfo(
    node: web::Data<Node>,
    viewer: Viewer<Profile>,
) -> Result<HttpResponse, ApiError> {
    let account = viewer.account;
    let picture = match &account.avatar {
        Some(key) => node.urls.media(key),
        None => node.urls.at("/avatars/original/missing.png"),
    };
    Ok(json(&UserInfo {
        iss: node.urls.at("/"),
        sub: account.uri,
        name: account.display_name,
        preferred_username: account.username,
        profile: account.url,
        picture,
    }))
}

/// `GET /.well-known/oauth-authorization-server`: where the endpoints are and what they can.
///
/// Source: <https://docs.joinmastodon.org/methods/oauth/#authorization-server-metadata>
pub async fn metadata(node: web::Data<Node>) -> HttpResponse {
    json(&OauthServer {
        issuer: node.urls.at("/"),
        authorization_endpoint: node.urls.at("/oauth/authorize"),
        token_endpoint: node.urls.at("/oauth/token"),
        revocation_endpoint: node.urls.at("/oauth/revoke"),
        userinfo_endpoint: Some(node.urls.at("/oauth/userinfo")),
        app_registration_endpoint: node.urls.at("/api/v1/apps"),
        scopes_supported: scopes::ALL
            .iter()
            .map(|scope| (*scope).to_owned())
            .collect(),
        response_types_supported: vec!["code"],
        response_modes_supported: vec!["query"],
        grant_types_supported: vec!["authorization_code", "client_credentials"],
        token_endpoint_auth_methods_supported: vec!["client_secret_basic", "client_secret_post"],
        code_challenge_methods_supported: vec!["S256"],
        service_documentation: "https://docs.joinmastodon.org/methods/oauth/".to_owned(),
    })
}

/// The application that asks, by the `Authorization` header or by parameters, if it is known.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>
pub(super) async fn authenticate(
    request: &HttpRequest,
    node: &Node,
    grant: &Grant,
) -> Result<Option<Application>, ApiError> {
    let found = match basic(request) {
        Some((id, secret)) => applications::authenticate(node, &id, &secret).await?,
        None => applications::authenticate(node, &grant.client_id, &grant.client_secret).await?,
    };
    Ok(found)
}

/// The name and password of HTTP's basic authentication, which OAuth encodes like forms.
fn basic(request: &HttpRequest) -> Option<(String, Secret<String>)> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((form_decoded(id), Secret::new(form_decoded(secret))))
}

fn form_decoded(text: &str) -> String {
    let mut pairs = form_urlencoded::parse(text.as_bytes());
    pairs
        .next()
        .map(|(text, _)| text.into_owned())
        .unwrap_or_default()
}

fn bad_request(code: &'static str, why: impl Into<super::error::Sentence>) -> ApiError {
    ApiError::oauth(StatusCode::BAD_REQUEST, code, why)
}
