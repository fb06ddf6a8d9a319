//! Making an account from within an application.

use std::net::IpAddr;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::api::answers;
use crate::api::auth::AppToken;
use crate::api::entities::Token;
use crate::api::error::{ApiError, Detail};
use crate::api::params::{Params, blank_as_none};
use crate::api::scopes::WriteAccounts;
use crate::keys::Secret;
use crate::node::Node;
use crate::social::users::{self, Problem, SignUp, Through};

/// What an application sends for whoever wants an account.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Entered {
    username: String,
    email: String,
    password: Secret<String>,
    #[serde(deserialize_with = "blank_as_none")]
    agreement: Option<bool>,
    locale: Option<String>,
    reason: Option<String>,
    invite_code: Option<String>,
    date_of_birth: Option<String>,
}

/// Makes an account, and gives the application a token for it; the token does nothing until the address is confirmed
/// and the staff has let the person in.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#create>
pub(super) async fn create(
    node: Data<Node>,
    request: HttpRequest,
    asking: AppToken<WriteAccounts>,
    params: Params<Entered>,
) -> Result<HttpResponse, ApiError> {
    let viewer = asking.viewer;
    if viewer.person.is_some() {
        return Err(ApiError::forbidden());
    }
    let address = request.peer_addr().map(|address| address.ip());
    let sign_up = params.into_inner().into_sign_up(address);
    let problems = users::check_sign_up(&node, &sign_up).await?;
    if !problems.is_empty() {
        return Err(refuse(problems));
    }
    let through = Through {
        application: viewer.application_id,
        scopes: viewer.scopes,
    };
    let (_, issued) = users::register(&node, sign_up, Some(through)).await?;
    let issued = issued.ok_or_else(|| ApiError::internal("the new account has no token"))?;
    let (scopes, since) = (issued.token.scopes, issued.token.created_at);
    let secret = issued.secret.expose().clone();
    Ok(answers::json(&Token::bearer(secret, scopes, since)))
}

impl Entered {
    fn into_sign_up(self, address: Option<IpAddr>) -> SignUp {
        SignUp {
            username: self.username.trim().to_owned(),
            email: self.email.trim().to_owned(),
            password: self.password,
            agrees: self.agreement == Some(true),
            reason: self.reason,
            invite_code: self.invite_code,
            date_of_birth: self.date_of_birth,
            locale: users::locale(self.locale.as_deref()),
            address,
        }
    }
}

/// What is wrong, for people as one sentence and for programs field by field.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#422-unprocessable-entity>
fn refuse(problems: Vec<Problem>) -> ApiError {
    let sentences: Vec<&str> = problems.iter().map(|p| p.sentence.as_str()).collect();
    let error = ApiError::validation(&sentences.join(", "));
    problems.into_iter().fold(error, |error, problem| {
        let detail = Detail {
            error: problem.code,
            description: problem.sentence,
        };
        error.with_detail(problem.field, detail)
    })
}
