//! The page behind the link that confirms an e-mail address. Looking at it does nothing: programs that search mails for
//! dangers open every link in them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::fields::Sent;
use super::pages::NextStep;
use super::refusals::Refused;
use super::sign_up::{notice, notice_with};
use super::visits::Visit;
use super::{pages, paths};
use crate::social::{Error, users};

/// `GET /auth/confirmation?token=...`: the address, and a button.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let token = visit.query.get("token");
    match users::find_confirmation(&visit.node, token).await {
        Ok(email) => {
            let view = pages::confirmation::Confirmation {
                form: visit.form(Vec::new()),
                token: token.to_owned(),
                email,
            };
            let html = pages::confirmation::render(&visit.frame(None), &view);
            Ok(visit.form_page(StatusCode::OK, html))
        }
        Err(Error::NotFound) => Ok(ended(&visit)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /auth/confirmation`: confirms it.
pub(super) async fn confirm(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    visit.check_form(&sent)?;
    let person = match users::confirm(&visit.node, sent.get("token")).await {
        Ok(person) => person,
        Err(Error::NotFound) => return Ok(ended(&visit)),
        Err(Error::Conflict(sentence)) => {
            return Ok(visit.error_page(StatusCode::CONFLICT, "Not confirmed", &sentence));
        }
        Err(error) => return Err(error.into()),
    };
    let title = "Your address is confirmed";
    if person.user.approved_at.is_none() {
        let paragraphs = vec![
            "Somebody who runs this node will read your request now. You get a mail when you are let in.".to_owned(),
        ];
        return Ok(notice(&visit, title, paragraphs));
    }
    let paragraphs = vec!["You can sign in, here and with any app made for Mastodon.".to_owned()];
    let next = NextStep {
        label: "Sign in".to_owned(),
        url: paths::SIGN_IN.to_owned(),
    };
    Ok(notice_with(&visit, title, paragraphs, next))
}

/// That a link of a mail does not count.
pub(super) fn ended(visit: &Visit) -> HttpResponse {
    visit.error_page(
        StatusCode::NOT_FOUND,
        "This link does not count any more",
        "It was used already, it is too old, or a later one took its place.",
    )
}
