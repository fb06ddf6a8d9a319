//! Invitations: making them, taking them back, and the page that one leads to.

use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use url::form_urlencoded;

use super::fields::Sent;
use super::pages::invites::{Invites, LASTS, Line, USES};
use super::pages::{self, Flash};
use super::paths;
use super::refusals::Refused;
use super::visits::{Visit, found, see_other};
use crate::clock::DAY;
use crate::social::Error;
use crate::social::invites::{self, Terms};
use crate::social::sessions::SignedIn;
use crate::social::staff::By;
use crate::store::invites::Invite;

/// The sign-in page, with the way back here.
const SIGN_IN_FIRST: &str = "/auth/sign_in?return_to=%2Fsettings%2Finvites";

/// `GET /settings/invites`: those that the signed-in person made.
pub(super) async fn list(visit: Visit) -> Result<HttpResponse, Refused> {
    let Some(signed_in) = &visit.signed_in else {
        return Ok(found(SIGN_IN_FIRST));
    };
    let done = match visit.query.get("done") {
        "created" => Some("Your invitation is the first of the list: give its address away."),
        "revoked" => Some("The invitation is taken back."),
        _ => None,
    };
    let flash = done.map(|sentence| Flash::Done(sentence.to_owned()));
    page(&visit, signed_in, StatusCode::OK, flash).await
}

/// `POST /settings/invites`: makes one.
pub(super) async fn create(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let of = |name: &str, known: &[(u32, &str)]| {
        let chosen: u32 = sent.get(name).parse().ok()?;
        known
            .iter()
            .any(|(number, _)| *number == chosen)
            .then_some(chosen)
    };
    let uses = of("max_uses", &USES).ok_or(Refused(StatusCode::BAD_REQUEST))?;
    let days = of("days", &LASTS).ok_or(Refused(StatusCode::BAD_REQUEST))?;
    let terms = Terms {
        max_uses: (uses > 0).then_some(uses),
        lasts: (days > 0).then_some(i64::from(days) * DAY),
    };
    match invites::create(&visit.node, Some(&signed_in.person), terms).await {
        Ok(_) => Ok(see_other(&format!("{}?done=created", paths::INVITES))),
        Err(Error::TooMany(sentence)) => {
            let flash = Some(Flash::Failed(sentence));
            page(&visit, signed_in, StatusCode::TOO_MANY_REQUESTS, flash).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /settings/invites/revoke`: takes one back.
pub(super) async fn revoke(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let id = sent.get("invite_id").parse();
    let id = id.map_err(|_| Refused(StatusCode::BAD_REQUEST))?;
    match invites::revoke(&visit.node, Some(&signed_in.person), id).await {
        Ok(()) | Err(Error::NotFound) => Ok(see_other(&format!("{}?done=revoked", paths::INVITES))),
        Err(error) => Err(error.into()),
    }
}

async fn page(
    visit: &Visit,
    signed_in: &SignedIn,
    status: StatusCode,
    flash: Option<Flash>,
) -> Result<HttpResponse, Refused> {
    let (node, person) = (&visit.node, &signed_in.person);
    if !invites::may_invite(&node.config.instance, By::Person(person.user.role)) {
        return Err(Refused(StatusCode::NOT_FOUND));
    }
    let made = invites::list(node, Some(person)).await?;
    let now = node.clock.now();
    let line = |invite: &Invite| Line {
        id: invite.id.to_string(),
        url: invites::url(node, invite),
        is_open: invite.is_open(now),
        uses: invite.uses,
        max_uses: invite.max_uses,
        expires_at: invite.expires_at,
    };
    let view = Invites {
        form: visit.form(Vec::new()),
        invites: made.iter().map(line).collect(),
    };
    let html = pages::invites::render(&visit.frame(flash), &view);
    Ok(visit.form_page(status, html))
}

/// `GET /invite/{code}`: the way to the sign-up page; for applications, where this node's API is.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#create>
pub(super) async fn show(
    visit: Visit,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    let invite = invites::find_open(&visit.node, &code).await?;
    let Some(invite) = invite else {
        return Ok(visit.error_page(
            StatusCode::NOT_FOUND,
            "This invitation does not count",
            "It was used up, it has ended, or somebody took it back. Ask for another one.",
        ));
    };
    let accepted = request.headers().get(ACCEPT);
    let is_program =
        accepted.is_some_and(|kinds| kinds.as_bytes().starts_with(b"application/json"));
    if is_program {
        let api = visit.node.urls.at("/api/v2/instance");
        let body = json!({"invite_code": invite.code, "instance_api_url": api});
        return Ok(HttpResponse::Ok().json(body));
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("invite_code", &invite.code);
    Ok(found(&format!("{}?{}", paths::SIGN_UP, query.finish())))
}
