//! Making an account, where the node lets people do so. What is asked of them is a rule of `social::users`, the same for
//! applications.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::fields::{Fields, Sent};
use super::pages::{NextStep, Problem, Registrations};
use super::refusals::Refused;
use super::visits::Visit;
use super::{pages, paths};
use crate::social::users::{self, SignUp};
use crate::social::{Error, invites};

/// `GET /auth/sign_up`: the form, or that there is none.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let fields = visit.query.clone();
    form(&visit, StatusCode::OK, &fields, Vec::new()).await
}

/// `POST /auth/sign_up`: makes the account and signs it in, or leaves it to a link in a mail or to whoever approves.
pub(super) async fn create(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    visit.check_form(&sent)?;
    let has_rules = !visit.node.config.instance.rules.is_empty();
    let sign_up = SignUp {
        username: sent.get("username").trim().to_owned(),
        email: sent.get("email").trim().to_owned(),
        password: sent.secret("password"),
        agrees: !has_rules || sent.is_yes("agreement"),
        reason: sent.find("reason").map(str::to_owned),
        invite_code: sent.find("invite_code").map(str::to_owned),
        date_of_birth: sent.find("date_of_birth").map(str::to_owned),
        locale: users::locale(None),
        address: visit.from,
    };
    let mut problems = match users::check_sign_up(&visit.node, &sign_up).await {
        Ok(problems) => to_problems(problems),
        Err(Error::Forbidden(_)) => {
            return form(&visit, StatusCode::FORBIDDEN, &sent, Vec::new()).await;
        }
        Err(error) => return Err(error.into()),
    };
    problems.extend(again_problem(&sent));
    if !problems.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return form(&visit, status, &sent, problems).await;
    }
    let (account, _) = users::register(&visit.node, sign_up, None).await?;
    let person = users::find_by_id(&visit.node, account.id).await?;
    match person {
        Some(person) if users::check_active(&person).is_ok() => {
            visit.enter(&account, paths::SETTINGS).await
        }
        Some(person) if person.user.confirmed_at.is_none() => {
            Ok(unconfirmed(&visit, &person.user.email))
        }
        _ => Ok(waiting(&visit)),
    }
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

async fn form(
    visit: &Visit,
    status: StatusCode,
    sent: &Fields,
    problems: Vec<Problem>,
) -> Result<HttpResponse, Refused> {
    let instance = &visit.node.config.instance;
    let invite = invites::find_open(&visit.node, sent.get("invite_code")).await?;
    let registrations = match invite {
        Some(_) => Registrations::Open,
        None => visit.registrations(),
    };
    let view = pages::sign_up::SignUp {
        form: visit.form(problems),
        registrations,
        closed_message: String::new(),
        username: sent.get("username").to_owned(),
        email: sent.get("email").to_owned(),
        reason: sent.get("reason").to_owned(),
        invite_code: invite.map(|invite| invite.code),
        minimum_age: instance.minimum_age,
        date_of_birth: sent.get("date_of_birth").to_owned(),
        is_mailed: visit.node.mail.is_on(),
        rules: instance.rules.clone(),
        password_min_chars: users::PASSWORD_MIN_CHARS,
    };
    Ok(visit.form_page(status, pages::sign_up::render(&visit.frame(None), &view)))
}

fn waiting(visit: &Visit) -> HttpResponse {
    let paragraphs = vec![
        "Somebody who runs this node will read it.".to_owned(),
        "Try to sign in after a while: it works once you are let in.".to_owned(),
    ];
    notice(visit, "Your request was sent", paragraphs)
}

fn unconfirmed(visit: &Visit, email: &str) -> HttpResponse {
    let mut paragraphs = vec![
        format!("We sent a link to {email}. Open it to confirm that the address is yours."),
        "If nothing comes, look among the unwanted mail.".to_owned(),
    ];
    if visit.registrations() == Registrations::Approval {
        paragraphs.push("Then somebody who runs this node will read your request.".to_owned());
    }
    let next = NextStep {
        label: "Send another link".to_owned(),
        url: paths::CONFIRM_AGAIN.to_owned(),
    };
    notice_with(visit, "Look into your mail", paragraphs, next)
}

/// A page that says one thing, and leads to the front page.
pub(super) fn notice(visit: &Visit, title: &str, paragraphs: Vec<String>) -> HttpResponse {
    let next = NextStep {
        label: "To the front page".to_owned(),
        url: paths::FRONT.to_owned(),
    };
    notice_with(visit, title, paragraphs, next)
}

/// A page that says one thing, and leads to somewhere.
pub(super) fn notice_with(
    visit: &Visit,
    title: &str,
    paragraphs: Vec<String>,
    next: NextStep,
) -> HttpResponse {
    let view = pages::notice::Notice {
        title: title.to_owned(),
        paragraphs,
        next: Some(next),
    };
    visit.form_page(
        StatusCode::OK,
        pages::notice::render(&visit.frame(None), &view),
    )
}
