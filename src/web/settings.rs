//! The signed-in person's own page: connected applications and the password.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::fields::{Fields, Sent};
use super::pages::settings::{Application, Reading};
use super::pages::{Flash, Problem};
use super::refusals::Refused;
use super::sign_up::{again_problem, problem};
use super::visits::{Visit, card, found, see_other};
use super::{pages, paths};
use crate::id::AccountId;
use crate::social::sessions::SignedIn;
use crate::social::staff::By;
use crate::social::{Error, accounts, invites, tokens, users};
use crate::store::profiles::Preferences;
use crate::store::{self, MediaDisplay};

/// `GET /settings`.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let Some(signed_in) = &visit.signed_in else {
        return Ok(found(SIGN_IN_FIRST));
    };
    let done = match visit.query.get("done") {
        "password" => Some("Your password is changed. Every other browser and app is signed out."),
        "reading" => Some("Your apps are told how you like to read."),
        "email" => Some("Your e-mail address is changed."),
        "email_sent" => Some("Open the link that we sent you to change your e-mail address."),
        "application" => Some("The app has no access to your account any more."),
        _ => None,
    };
    let flash = done.map(|sentence| Flash::Done(sentence.to_owned()));
    page(&visit, signed_in, StatusCode::OK, (flash, ""), Vec::new()).await
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
    page(&visit, signed_in, status, (None, ""), vec![refused]).await
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

/// `POST /settings/email`: another e-mail address, once it is confirmed.
pub(super) async fn change_email(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let (password, email) = (sent.secret("email_password"), sent.get("email"));
    let changed = users::change_email(&visit.node, &signed_in.person, password, email).await;
    let refused = match changed {
        Ok(true) => return Ok(see_other(&format!("{}?done=email", paths::SETTINGS))),
        Ok(false) => return Ok(see_other(&format!("{}?done=email_sent", paths::SETTINGS))),
        Err(Error::Forbidden(sentence)) => problem("email_password", &sentence),
        Err(Error::Invalid(sentence) | Error::Conflict(sentence)) => problem("email", &sentence),
        Err(error) => return Err(error.into()),
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&visit, signed_in, status, (None, email), vec![refused]).await
}

/// `POST /settings/reading`: how clients show posts.
pub(super) async fn change_reading(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let id = signed_in.person.account.id;
    let media = MediaDisplay::from_word(sent.get("media"));
    let wanted = Preferences {
        media_display: media.ok_or(Refused(StatusCode::BAD_REQUEST))?,
        expands_spoilers: sent.is_yes("spoilers"),
        autoplays: sent.is_yes("autoplay"),
        ..preferences_of(&visit, id).await?
    };
    accounts::change_preferences(&visit.node, wanted).await?;
    Ok(see_other(&format!("{}?done=reading", paths::SETTINGS)))
}

async fn preferences_of(visit: &Visit, id: AccountId) -> Result<Preferences, Refused> {
    let find = move |conn: &mut store::Conn| store::profiles::find_preferences(conn, id);
    Ok(visit.node.db.read(find).await?)
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
    (flash, entered_email): (Option<Flash>, &str),
    problems: Vec<Problem>,
) -> Result<HttpResponse, Refused> {
    let person = &signed_in.person;
    let id = person.account.id;
    let connected = tokens::list_connected(&visit.node, id).await?;
    let find = move |conn: &mut store::Conn| store::mail_links::find_change(conn, id);
    let (by, instance) = (By::Person(person.user.role), &visit.node.config.instance);
    let view = pages::settings::Settings {
        form: visit.form(problems),
        account: card(&visit.node, &person.account),
        email: person.user.email.clone(),
        reading: reading(preferences_of(visit, id).await?),
        wanted_email: visit.node.db.read(find).await?,
        entered_email: entered_email.to_owned(),
        is_mailed: visit.node.mail.is_on(),
        may_invite: invites::may_invite(instance, by),
        applications: connected.into_iter().map(line).collect(),
        password_min_chars: users::PASSWORD_MIN_CHARS,
        is_staff: by.may_look(),
    };
    let html = pages::settings::render(&visit.frame(flash), &view);
    Ok(visit.form_page(status, html))
}

fn reading(preferences: Preferences) -> Reading {
    Reading {
        media: preferences.media_display.word(),
        expands_spoilers: preferences.expands_spoilers,
        autoplays: preferences.autoplays,
    }
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
