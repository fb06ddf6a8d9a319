//! Sign-ups that wait for the staff.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::admin::StaffVisit;
use super::fields::Sent;
use super::pages::Flash;
use super::pages::sign_ups::{Line, SignUps};
use super::refusals::Refused;
use super::visits::see_other;
use super::{pages, paths};
use crate::id::AccountId;
use crate::social::moderation::accounts;
use crate::social::moderation::staff::Staff;
use crate::social::{Error, users};

/// Sign-ups on the page.
const PAGE: i64 = 100;

/// `GET /admin/sign-ups`: who asks to be let in, the oldest first.
pub(super) async fn list(staff: StaffVisit) -> Result<HttpResponse, Refused> {
    let visit = staff.visit;
    let people = users::list_unapproved(&visit.node, PAGE).await?;
    let done = match visit.query.get("done") {
        "approve" => Some("They are let in."),
        "reject" => Some("The request is refused, and nothing of it is kept."),
        "late" => Some("Somebody else has decided already."),
        _ => None,
    };
    let lines = people.into_iter().map(|person| Line {
        id: person.account.id.to_string(),
        username: person.account.username,
        email: person.user.email,
        is_confirmed: person.user.confirmed_at.is_some(),
        reason: person.user.sign_up_reason.unwrap_or_default(),
        at: person.user.created_at,
    });
    let view = SignUps {
        form: visit.form(Vec::new()),
        sign_ups: lines.collect(),
    };
    let flash = done.map(|sentence| Flash::Done(sentence.to_owned()));
    let html = pages::sign_ups::render(&visit.frame(flash), &view);
    Ok(visit.form_page(StatusCode::OK, html))
}

/// `POST /admin/sign-ups/{id}/{decision}`: lets somebody in, or refuses.
pub(super) async fn decide(
    staff: StaffVisit,
    path: web::Path<(AccountId, String)>,
    sent: Sent,
) -> Result<HttpResponse, Refused> {
    let visit = staff.visit;
    visit.check_form(&sent.0)?;
    let (id, decision) = path.into_inner();
    let Some(signed_in) = &visit.signed_in else {
        return Err(Refused(StatusCode::NOT_FOUND));
    };
    let person = &signed_in.person;
    let staff = Staff::person(&person.account, person.user.role);
    let decided = match decision.as_str() {
        "approve" => accounts::approve(&visit.node, staff, id).await,
        "reject" => accounts::reject(&visit.node, staff, id).await,
        _ => return Err(Refused(StatusCode::NOT_FOUND)),
    };
    let word = match decided {
        Ok(()) => decision,
        // Somebody else of the staff was faster, or the person is of the staff by now.
        Err(Error::NotFound | Error::Conflict(_) | Error::Forbidden(_)) => "late".to_owned(),
        Err(error) => return Err(error.into()),
    };
    Ok(see_other(&format!("{}?done={word}", paths::ADMIN_SIGN_UPS)))
}
