//! Links by mail: asking for one, and the page that sets a new password. What is answered tells nothing about who is here.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::confirmation::ended;
use super::fields::Sent;
use super::pages::recovery::Wanted;
use super::pages::{NextStep, Problem};
use super::refusals::Refused;
use super::sign_up::{again_problem, notice, notice_with, problem};
use super::visits::Visit;
use super::{pages, paths};
use crate::social::{Error, users};

/// `GET /auth/password`: asks for an address.
pub(super) async fn show(visit: Visit) -> HttpResponse {
    form(&visit, Wanted::Password, StatusCode::OK, "", Vec::new())
}

/// `POST /auth/password`: sends a link, if anybody has this address.
pub(super) async fn ask(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    send(&visit, &sent, Wanted::Password).await
}

/// `GET /auth/confirmation/new`: asks for the address that got no link.
pub(super) async fn show_again(visit: Visit) -> HttpResponse {
    form(&visit, Wanted::Confirmation, StatusCode::OK, "", Vec::new())
}

/// `POST /auth/confirmation/new`: sends another link, if the account of anybody with this address waits for it.
pub(super) async fn ask_again(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    send(&visit, &sent, Wanted::Confirmation).await
}

async fn send(visit: &Visit, sent: &Sent, wanted: Wanted) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    visit.check_form(sent)?;
    if !visit.node.mail.is_on() {
        return Ok(form(visit, wanted, StatusCode::OK, "", Vec::new()));
    }
    let email = sent.get("email");
    let asked = match wanted {
        Wanted::Password => users::ask_for_reset(&visit.node, email).await,
        Wanted::Confirmation => users::ask_for_another_link(&visit.node, email).await,
    };
    match asked {
        Ok(()) => {}
        Err(Error::Invalid(sentence)) => {
            let (status, problems) = (
                StatusCode::UNPROCESSABLE_ENTITY,
                vec![problem("email", &sentence)],
            );
            return Ok(form(visit, wanted, status, email, problems));
        }
        Err(error) => return Err(error.into()),
    }
    let sentences = match wanted {
        Wanted::Password => [
            "If somebody here has this address, a link to a new password is on its way there.",
            "It counts for six hours. If nothing comes, look among the unwanted mail.",
        ],
        Wanted::Confirmation => [
            "If an account with this address waits to be confirmed, another link is on its way there.",
            "It counts for seven days. If nothing comes, look among the unwanted mail.",
        ],
    };
    let paragraphs = sentences.map(str::to_owned).to_vec();
    Ok(notice(visit, "Look into your mail", paragraphs))
}

fn form(
    visit: &Visit,
    wanted: Wanted,
    status: StatusCode,
    email: &str,
    problems: Vec<Problem>,
) -> HttpResponse {
    let view = pages::recovery::Forgotten {
        wanted,
        form: visit.form(problems),
        email: email.to_owned(),
        is_mailed: visit.node.mail.is_on(),
    };
    let html = pages::recovery::render(&visit.frame(None), &view);
    visit.form_page(status, html)
}

/// `GET /auth/password/new?token=...`: asks for a new password.
pub(super) async fn show_new(visit: Visit) -> Result<HttpResponse, Refused> {
    let token = visit.query.get("token").to_owned();
    new_form(&visit, StatusCode::OK, token, Vec::new()).await
}

/// `POST /auth/password/new`: sets it; every session and every app is signed out.
pub(super) async fn set(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    visit.check_form(&sent)?;
    let (token, status) = (sent.get("token"), StatusCode::UNPROCESSABLE_ENTITY);
    if let Some(problem) = again_problem(&sent) {
        return new_form(&visit, status, token.to_owned(), vec![problem]).await;
    }
    match users::reset_password(&visit.node, token, sent.secret("password")).await {
        Ok(()) => {}
        Err(Error::NotFound) => return Ok(ended(&visit)),
        Err(Error::Invalid(sentence)) => {
            let problems = vec![problem("password", &sentence)];
            return new_form(&visit, status, token.to_owned(), problems).await;
        }
        Err(error) => return Err(error.into()),
    }
    let paragraphs = vec!["Every browser and every app is signed out.".to_owned()];
    let next = NextStep {
        label: "Sign in".to_owned(),
        url: paths::SIGN_IN.to_owned(),
    };
    Ok(notice_with(
        &visit,
        "Your password is set",
        paragraphs,
        next,
    ))
}

async fn new_form(
    visit: &Visit,
    status: StatusCode,
    token: String,
    problems: Vec<Problem>,
) -> Result<HttpResponse, Refused> {
    let person = match users::find_reset(&visit.node, &token).await {
        Ok(person) => person,
        Err(Error::NotFound) => return Ok(ended(visit)),
        Err(error) => return Err(error.into()),
    };
    let view = pages::recovery::Reset {
        form: visit.form(problems),
        token,
        username: person.account.username,
        password_min_chars: users::PASSWORD_MIN_CHARS,
    };
    let html = pages::recovery::render_new(&visit.frame(None), &view);
    Ok(visit.form_page(status, html))
}
