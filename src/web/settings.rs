//! The signed-in person's own page: connected applications and the password.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::fields::{Fields, Sent};
use super::pages::settings::Application;
use super::pages::{Flash, Problem};
use super::refusals::Refused;
use super::sign_up::{again_problem, problem};
use super::visits::{Visit, card, found, see_other};
use super::{pages, paths};
use crate::social::sessions::SignedIn;
use crate::social::staff::By;
use crate::social::{Error, tokens, users};

/// `GET /settings`.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let Some(signed_in) = &visit.signed_in else {
        return Ok(found(SIGN_IN_FIRST));
    };
    let done = match visit.query.get("done") {
        "password" => Some("Your password is changed. Every other browser and app is signed out."),
        "application" => Some("The app has no access to your account any more."),
        _ => None,
    };
    let flash = done.map(|sentence| Flash::Done(sentence.to_owned()));
    page(&visit, signed_in, StatusCode::OK, flash, Vec::new()).await
}

/// The sign-in page, with the way back here.
const SIGN_IN_FIRST: &str = "/auth/sign_in?return_to=%2Fsettings";

/// `POST /settings/password`: another password; every other session and every token ends.
pub(super) async fn change_password(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let Some(refused) = change(&visit, signed_in, &sent).await? else {
        return Ok(see_other(&format!("{}?done=password", paths::SETTINGS)));
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&visit, signed_in, status, None, vec![refused]).await
}

/// Changes the password, or tells what is wrong with the form.
async fn change(
    visit: &Visit,
    signed_in: &SignedIn,
    sent: &Fields,
) -> Result<Option<Problem>, Refused> {
    if let Some(problem) = again_problem(sent) {
        return Ok(Some(problem));
    }
    let changed = users::change_own_password(
        &visit.node,
        &signed_in.person,
        sent.secret("current_password"),
        sent.secret("password"),
        signed_in.session.id,
    );
    match changed.await {
        Ok(()) => Ok(None),
        Err(Error::Forbidden(sentence)) => Ok(Some(problem("current_password", &sentence))),
        Err(Error::Invalid(sentence)) => Ok(Some(problem("password", &sentence))),
        Err(error) => Err(error.into()),
    }
}

/// `POST /settings/applications/revoke`: takes an application's access away.
pub(super) async fn revoke_application(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let id = sent.get("application_id").parse();
    let id = id.map_err(|_| Refused(StatusCode::BAD_REQUEST))?;
    tokens::disconnect(&visit.node, signed_in.person.account.id, id).await?;
    Ok(see_other(&format!("{}?done=application", paths::SETTINGS)))
}

/// `GET /oauth/authorized_applications`: the applications that have access stand on the settings page.
pub(super) async fn list_applications(_visit: Visit) -> HttpResponse {
    found(&format!("{}#applications", paths::SETTINGS))
}

/// `DELETE` or `POST /oauth/authorized_applications/{id}`: takes an application's access away.
pub(super) async fn revoke_one(
    visit: Visit,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let id = id.parse().map_err(|_| Refused(StatusCode::NOT_FOUND))?;
    tokens::disconnect(&visit.node, signed_in.person.account.id, id).await?;
    Ok(see_other(&format!("{}?done=application", paths::SETTINGS)))
}

async fn page(
    visit: &Visit,
    signed_in: &SignedIn,
    status: StatusCode,
    flash: Option<Flash>,
    problems: Vec<Problem>,
) -> Result<HttpResponse, Refused> {
    let person = &signed_in.person;
    let connected = tokens::list_connected(&visit.node, person.account.id).await?;
    let view = pages::settings::Settings {
        form: visit.form(problems),
        account: card(&visit.node, &person.account),
        email: person.user.email.clone(),
        applications: connected.into_iter().map(line).collect(),
        password_min_chars: users::PASSWORD_MIN_CHARS,
        is_staff: By::Person(person.user.role).may_look(),
    };
    let html = pages::settings::render(&visit.frame(flash), &view);
    Ok(visit.form_page(status, html))
}

fn line(connected: tokens::Connected) -> Application {
    Application {
        id: connected.application.id.to_string(),
        name: connected.application.name,
        website: connected.application.website,
        scopes: connected.scopes,
        authorized_at: connected.since,
        last_used_at: connected.last_used_at,
    }
}
