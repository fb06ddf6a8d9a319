//! The signed-in person's account as a whole: its aliases, moving to another one, and its end.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::fields::Sent;
use super::pages::account::{Account as View, Alias};
use super::pages::{self, Flash, Problem};
use super::paths;
use super::refusals::Refused;
use super::sign_up::problem;
use super::visits::{Visit, card, found, see_other};
use crate::federation::resolve::{self, Resolved};
use crate::social::sessions::SignedIn;
use crate::social::{Error, moves, users};
use crate::store::accounts::Account;

/// The sign-in page, with the way back here.
const SIGN_IN_FIRST: &str = "/auth/sign_in?return_to=%2Fsettings%2Faccount";

/// `GET /settings/account`.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let Some(signed_in) = &visit.signed_in else {
        return Ok(found(SIGN_IN_FIRST));
    };
    let done = match visit.query.get("done") {
        "alias" => Some("The alias is kept."),
        "no_alias" => Some("The alias is gone."),
        "moved" => Some("You have moved. Your followers are told."),
        "stayed" => Some("Your profile says no longer that you have moved."),
        _ => None,
    };
    let flash = done.map(|sentence| Flash::Done(sentence.to_owned()));
    page(&visit, signed_in, StatusCode::OK, flash, Vec::new()).await
}

/// `POST /settings/account/aliases`: another account of the same person.
pub(super) async fn add_alias(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let refused = match find(&visit, sent.get("alias")).await {
        Some(other) => {
            let added = moves::add_alias(&visit.node, signed_in.person.account.id, &other).await;
            match added {
                Ok(()) => return Ok(done("alias")),
                Err(Error::Invalid(sentence)) => problem("alias", &sentence),
                Err(error) => return Err(error.into()),
            }
        }
        None => problem("alias", NOT_FOUND),
    };
    refuse(&visit, signed_in, refused).await
}

/// `POST /settings/account/aliases/remove`.
pub(super) async fn remove_alias(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let uri = sent.get("uri").to_owned();
    moves::remove_alias(&visit.node, signed_in.person.account.id, uri).await?;
    Ok(done("no_alias"))
}

/// `POST /settings/account/move`: to another account, which must name this one as an alias.
pub(super) async fn move_away(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let refused = match find(&visit, sent.get("target")).await {
        Some(target) if is_fresh(&visit, &target).await => {
            let password = sent.secret("move_password");
            let (node, person) = (&visit.node, &signed_in.person);
            match moves::move_away(node, person, password, target.id).await {
                Ok(()) => return Ok(done("moved")),
                Err(Error::Forbidden(sentence)) => problem("move_password", &sentence),
                Err(Error::Invalid(sentence)) => problem("target", &sentence),
                Err(error) => return Err(error.into()),
            }
        }
        _ => problem("target", NOT_FOUND),
    };
    refuse(&visit, signed_in, refused).await
}

/// `POST /settings/account/stay`: says no longer that the account has moved.
pub(super) async fn stay(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent.0)?;
    moves::stay(&visit.node, signed_in.person.account.id).await?;
    Ok(done("stayed"))
}

/// `POST /settings/account/delete`: the end of the account, for somebody who knows its password and ticked the box.
pub(super) async fn delete(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(SIGN_IN_FIRST));
    };
    visit.check_form(&sent)?;
    let refused = if sent.is_yes("sure") {
        let password = sent.secret("delete_password");
        match users::delete_own_account(&visit.node, &signed_in.person, password).await {
            Ok(()) => return visit.leave().await,
            Err(Error::Forbidden(sentence)) => problem("delete_password", &sentence),
            Err(error) => return Err(error.into()),
        }
    } else {
        problem("sure", "Tick the box if this is meant")
    };
    refuse(&visit, signed_in, refused).await
}

/// What is said of an account that cannot be found.
const NOT_FOUND: &str = "There is no such account, or its server does not answer";

fn done(word: &str) -> HttpResponse {
    see_other(&format!("{}?done={word}", paths::ACCOUNT))
}

/// The account that was typed, fetched if it is not known.
async fn find(visit: &Visit, typed: &str) -> Option<Account> {
    match resolve::address(&visit.node, typed.trim()).await {
        Ok(Resolved::Account(account)) => Some(*account),
        _ => None,
    }
}

/// Whether what is known of an account is what its server says just now.
async fn is_fresh(visit: &Visit, account: &Account) -> bool {
    account.is_local()
        || resolve::refresh_account(&visit.node, &account.uri)
            .await
            .is_ok()
}

async fn refuse(
    visit: &Visit,
    signed_in: &SignedIn,
    refused: Problem,
) -> Result<HttpResponse, Refused> {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(visit, signed_in, status, None, vec![refused]).await
}

async fn page(
    visit: &Visit,
    signed_in: &SignedIn,
    status: StatusCode,
    flash: Option<Flash>,
    problems: Vec<Problem>,
) -> Result<HttpResponse, Refused> {
    let account = &signed_in.person.account;
    let standing = moves::show(&visit.node, account.id).await?;
    let aliases = standing.aliases.iter().map(|alias| Alias {
        uri: alias.uri.clone(),
        account: card(&visit.node, alias),
    });
    let view = View {
        form: visit.form(problems),
        handle: card(&visit.node, account).handle,
        aliases: aliases.collect(),
        moved_to: standing.moved_to.map(|target| card(&visit.node, &target)),
    };
    let html = pages::account::render(&visit.frame(flash), &view);
    Ok(visit.form_page(status, html))
}
