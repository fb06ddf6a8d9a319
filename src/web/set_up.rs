//! The page behind the one-time link, on which the owner's account is made.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::fields::{Fields, Sent};
use super::refusals::Refused;
use super::sign_up::{again_problem, to_problems};
use super::visits::Visit;
use super::{pages, paths};
use crate::social::setup::{self, NewOwner};
use crate::social::{self, users};

/// `GET /setup?token=...`: the form, as long as the link counts.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let token = visit.query.get("token").to_owned();
    if !setup::is_owner_link(&visit.node, &token).await? {
        return Ok(ended(&visit));
    }
    let sent = Fields::default();
    Ok(form(&visit, StatusCode::OK, &token, &sent, Vec::new()))
}

/// `POST /setup`: makes the owner's account and signs it in.
pub(super) async fn create(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    visit.check_form(&sent)?;
    let token = sent.get("token").to_owned();
    if !setup::is_owner_link(&visit.node, &token).await? {
        return Ok(ended(&visit));
    }
    let owner = NewOwner {
        username: sent.get("username").trim().to_owned(),
        email: sent.get("email").trim().to_owned(),
        password: sent.secret("password"),
        locale: "en".to_owned(),
    };
    let found = users::list_problems(&visit.node, &owner.clone().into_new_user()).await?;
    let mut problems = to_problems(found);
    problems.extend(again_problem(&sent));
    if !problems.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(form(&visit, status, &token, &sent, problems));
    }
    match setup::create_owner(&visit.node, &token, owner).await {
        Ok(account) => visit.enter(&account, paths::SETTINGS).await,
        Err(social::Error::NotFound) => Ok(ended(&visit)),
        Err(error) => Err(error.into()),
    }
}

fn form(
    visit: &Visit,
    status: StatusCode,
    token: &str,
    sent: &Fields,
    problems: Vec<pages::Problem>,
) -> HttpResponse {
    let view = pages::set_up::SetUp {
        form: visit.form(problems),
        token: token.to_owned(),
        username: sent.get("username").to_owned(),
        email: sent.get("email").to_owned(),
        password_min_chars: users::PASSWORD_MIN_CHARS,
    };
    visit.form_page(status, pages::set_up::render(&visit.frame(None), &view))
}

fn ended(visit: &Visit) -> HttpResponse {
    visit.error_page(
        StatusCode::NOT_FOUND,
        "This link does not count any more",
        "It works once and until the node is started again. The newest one is in the node's output.",
    )
}
