//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::fields::{Fields, Sent};
use super::refusals::Refused;
use super::visits::{Visit, found};
use super::{pages, paths};
use crate::social::attempts::Attempts;
use crate::social::auth::{self, Credentials};
use crate::social::{Error, applications, visitors};

/// `GET /auth/sign_in`: the form. Whoever is signed in sees it only on the way to somewhere, to go there as
/// somebody else.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    if visit.signed_in.is_some() && visit.query.find("return_to").is_none() {
        return Ok(found(paths::SETTINGS));
    }
    let entered = visit.query.clone();
    form(&visit, StatusCode::OK, &entered, None).await
}

/// `POST /auth/sign_in`: begins a session.
pub(super) async fn sign_in(
    visit: Visit,
    attempts: web::Data<Attempts>,
    sent: Sent,
) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    visit.check_form(&sent)?;
    let credentials = Credentials {
        identifier: sent.get("identifier").to_owned(),
        password: sent.secret("password"),
    };
    let (status, sentence) = match auth::sign_in(&visit.node, &attempts, credentials).await {
        Ok(person) => {
            visitors::note(&visit.node, person.account.id, visit.from).await?;
            let path = visit.own_path(sent.get("return_to"));
            let path = path.as_deref().unwrap_or(paths::SETTINGS);
            return visit.enter(&person.account, path).await;
        }
        Err(Error::Invalid(sentence)) => (StatusCode::UNPROCESSABLE_ENTITY, sentence),
        Err(Error::Forbidden(sentence)) => (StatusCode::FORBIDDEN, sentence),
        Err(Error::TooMany(sentence)) => (StatusCode::TOO_MANY_REQUESTS, sentence),
        Err(error) => return Err(error.into()),
    };
    form(&visit, status, &sent, Some(sentence)).await
}

/// `POST /auth/sign_out`: ends the session.
pub(super) async fn sign_out(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    visit.check_form(&sent.0)?;
    visit.leave().await
}

async fn form(
    visit: &Visit,
    status: StatusCode,
    entered: &Fields,
    problem: Option<String>,
) -> Result<HttpResponse, Refused> {
    let return_to = visit.own_path(entered.get("return_to"));
    let problems = problem.map(|message| pages::Problem {
        field: None,
        message,
    });
    let view = pages::sign_in::SignIn {
        form: visit.form(problems.into_iter().collect()),
        identifier: entered.get("identifier").to_owned(),
        application: application_behind(visit, return_to.as_deref()).await?,
        return_to,
        is_mailed: visit.node.mail.is_on(),
        registrations: visit.registrations(),
    };
    let html = pages::sign_in::render(&visit.frame(None), &view);
    Ok(visit.form_page(status, html))
}

/// The name of the application whose consent page comes next.
async fn application_behind(visit: &Visit, path: Option<&str>) -> Result<Option<String>, Refused> {
    let Some((paths::AUTHORIZE, query)) = path.and_then(|path| path.split_once('?')) else {
        return Ok(None);
    };
    let fields = Fields::parse(query.as_bytes());
    let found = applications::find_by_client_id(&visit.node, fields.get("client_id")).await?;
    Ok(found.map(|application| application.name))
}
