//! Making an account, where the node lets people do so. No mail is sent in this version: addresses count as
//! confirmed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::fields::{Fields, Sent};
use super::pages::{NextStep, Problem, Registrations};
use super::refusals::Refused;
use super::visits::Visit;
use super::{pages, paths};
use crate::social::users::{self, SignUp};

/// `GET /auth/sign_up`: the form, or that there is none.
pub(super) async fn show(visit: Visit) -> HttpResponse {
    form(&visit, StatusCode::OK, &Fields::default(), Vec::new())
}

/// `POST /auth/sign_up`: makes the account and signs it in, or leaves it to whoever approves.
pub(super) async fn create(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    visit.check_form(&sent)?;
    if visit.registrations() == Registrations::Closed {
        return Ok(form(&visit, StatusCode::FORBIDDEN, &sent, Vec::new()));
    }
    let sign_up = SignUp {
        username: sent.get("username").trim().to_owned(),
        email: sent.get("email").trim().to_owned(),
        password: sent.secret("password"),
        reason: sent.find("reason").map(str::to_owned),
        locale: "en".to_owned(),
        address: visit.from,
    };
    let problems = list_problems(&visit, &sent, &sign_up).await?;
    if !problems.is_empty() {
        return Ok(form(
            &visit,
            StatusCode::UNPROCESSABLE_ENTITY,
            &sent,
            problems,
        ));
    }
    let account = users::register(&visit.node, sign_up).await?;
    let person = users::find_by_id(&visit.node, account.id).await?;
    if person.is_some_and(|person| users::has_arrived(&person.user)) {
        return visit.enter(&account, paths::SETTINGS).await;
    }
    Ok(waiting(&visit))
}

async fn list_problems(
    visit: &Visit,
    sent: &Fields,
    sign_up: &SignUp,
) -> Result<Vec<Problem>, Refused> {
    let registrations = visit.node.config.instance.registrations;
    let new = sign_up.clone().into_new_user(registrations);
    let mut problems = to_problems(users::list_problems(&visit.node, &new).await?);
    problems.extend(again_problem(sent));
    if visit.registrations() == Registrations::Approval && new.reason.is_none() {
        problems.push(problem("reason", "Say in a sentence why you want to join"));
    }
    if !visit.node.config.instance.rules.is_empty() && !sent.is_yes("agreement") {
        problems.push(problem("agreement", "Agree to the rules to go on"));
    }
    Ok(problems)
}

/// Problems as forms show them.
pub(super) fn to_problems(found: Vec<users::Problem>) -> Vec<Problem> {
    found
        .into_iter()
        .map(|found| problem(found.field, &found.sentence))
        .collect()
}

/// What is wrong when the new password was not entered twice.
pub(super) fn again_problem(sent: &Fields) -> Option<Problem> {
    (sent.get("password") != sent.get("password_again"))
        .then(|| problem("password_again", "Enter the same password twice"))
}

/// A problem with one field.
pub(super) fn problem(field: &str, message: &str) -> Problem {
    Problem {
        field: Some(field.to_owned()),
        message: message.to_owned(),
    }
}

fn form(visit: &Visit, status: StatusCode, sent: &Fields, problems: Vec<Problem>) -> HttpResponse {
    let view = pages::sign_up::SignUp {
        form: visit.form(problems),
        registrations: visit.registrations(),
        closed_message: String::new(),
        username: sent.get("username").to_owned(),
        email: sent.get("email").to_owned(),
        reason: sent.get("reason").to_owned(),
        rules: visit.node.config.instance.rules.clone(),
        password_min_chars: users::PASSWORD_MIN_CHARS,
    };
    visit.form_page(status, pages::sign_up::render(&visit.frame(None), &view))
}

fn waiting(visit: &Visit) -> HttpResponse {
    let view = pages::notice::Notice {
        title: "Your request was sent".to_owned(),
        paragraphs: vec![
            "Somebody who runs this node will read it.".to_owned(),
            "Try to sign in after a while: it works once you are let in.".to_owned(),
        ],
        next: Some(NextStep {
            label: "To the front page".to_owned(),
            url: paths::FRONT.to_owned(),
        }),
    };
    visit.form_page(
        StatusCode::OK,
        pages::notice::render(&visit.frame(None), &view),
    )
}
