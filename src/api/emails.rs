//! The confirmation of an address, for people who have just signed up through an application.
//!
//! Source: <https://docs.joinmastodon.org/methods/emails/>

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde::Deserialize;

use super::answers;
use super::auth::Newcomer;
use super::error::ApiError;
use super::params::{Params, blank_as_none};
use super::scopes::{ReadAccounts, WriteAccounts};
use crate::node::Node;
use crate::social::users;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/emails/confirmations", web::post().to(confirmation))
        .route("/api/v1/emails/check_confirmation", web::get().to(check));
}

/// Another address, if the one given before was wrong.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Address {
    #[serde(deserialize_with = "blank_as_none")]
    email: Option<String>,
}

/// Sends another link.
///
/// Source: <https://docs.joinmastodon.org/methods/emails/#confirmation>
async fn confirmation(
    node: Data<Node>,
    newcomer: Newcomer<WriteAccounts>,
    params: Params<Address>,
) -> Result<HttpResponse, ApiError> {
    let (account, through) = (newcomer.person.account.id, newcomer.application_id);
    let email = params.into_inner().email;
    users::ask_for_confirmation(&node, account, through, email).await?;
    Ok(answers::empty())
}

/// Whether the address is confirmed.
///
/// Source: <https://docs.joinmastodon.org/methods/emails/>
async fn check(newcomer: Newcomer<ReadAccounts>) -> HttpResponse {
    answers::json(&newcomer.person.user.confirmed_at.is_some())
}
