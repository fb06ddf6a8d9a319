//! Where people decide whether an application may act for them.
//!
//! Source: <https://docs.joinmastodon.org/methods/oauth/#authorize>

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use url::form_urlencoded;

use super::fields::{Fields, Sent};
use super::refusals::Refused;
use super::visits::{Visit, card, found, see_other};
use super::{pages, paths};
use crate::social::authorizations::{self, Asked, Authorization, Refusal};
use crate::social::redirect_uris::target_of;
use crate::social::sessions::SignedIn;

/// The parameters of a request, as the form and the way over the sign-in page keep them.
const PARAMETERS: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// The parameter that asks for the consent page even where the decision was taken before.
///
/// Source: <https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest>
const PROMPT: (&str, &str) = ("prompt", "consent");

/// `GET /oauth/authorize`: asks the person, or goes back to the application at once if they agreed to the same
/// before.
///
/// Source: <https://docs.joinmastodon.org/methods/oauth/#authorize>
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let authorization = match authorizations::check(&visit.node, asked(&visit.query)).await {
        Ok(authorization) => authorization,
        Err(refusal) => return refuse(&visit, refusal, found),
    };
    let must_sign_in = visit.query.is_yes("force_login");
    let Some(signed_in) = visit.signed_in.as_ref().filter(|_| !must_sign_in) else {
        return Ok(found(&sign_in_url(&visit.query, must_sign_in)));
    };
    let account = signed_in.person.account.id;
    let must_ask = visit.query.find(PROMPT.0) == Some(PROMPT.1);
    if !must_ask && authorizations::is_granted(&visit.node, account, &authorization).await? {
        let url = agree(&visit, signed_in, &authorization).await?;
        return Ok(found(&url));
    }
    let html = page(&visit, signed_in, &authorization);
    Ok(visit.form_page(StatusCode::OK, html))
}

/// `POST /oauth/authorize`: the decision.
///
/// Source: <https://docs.joinmastodon.org/methods/oauth/#authorize>
pub(super) async fn decide(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = visit.signed_in.as_ref() else {
        return Ok(see_other(&sign_in_url(&sent, false)));
    };
    visit.check_form(&sent)?;
    let authorization = match authorizations::check(&visit.node, asked(&sent)).await {
        Ok(authorization) => authorization,
        Err(refusal) => return refuse(&visit, refusal, see_other),
    };
    if sent.get("decision") != "authorize" {
        return refuse(&visit, authorization.denied(), see_other);
    }
    let url = agree(&visit, signed_in, &authorization).await?;
    Ok(see_other(&url))
}

/// `GET /oauth/authorize/native?code=...`: shows a code to copy.
///
/// Source: <https://docs.joinmastodon.org/methods/oauth/#authorize>
pub(super) async fn show_code(visit: Visit) -> Result<HttpResponse, Refused> {
    let code = visit.query.get("code");
    let Some(application) = authorizations::find_application(&visit.node, code).await? else {
        return Ok(visit.error_page(
            StatusCode::NOT_FOUND,
            "This code does not count any more",
            "A code works once, for ten minutes. Go back to the app and start again.",
        ));
    };
    let view = pages::code::Code {
        application: application.name,
        code: code.to_owned(),
    };
    let html = pages::code::render(&visit.frame(None), &view);
    Ok(visit.form_page(StatusCode::OK, html))
}

fn asked(fields: &Fields) -> Asked {
    let text = |name| fields.get(name).to_owned();
    let given = |name| fields.find(name).map(str::to_owned);
    Asked {
        response_type: text("response_type"),
        client_id: text("client_id"),
        redirect_uri: text("redirect_uri"),
        scope: text("scope"),
        state: given("state"),
        code_challenge: given("code_challenge"),
        code_challenge_method: given("code_challenge_method"),
    }
}

/// Gives the application its code and tells where the person goes with it.
async fn agree(
    visit: &Visit,
    signed_in: &SignedIn,
    authorization: &Authorization,
) -> Result<String, Refused> {
    let account = signed_in.person.account.id;
    let code = authorizations::grant(&visit.node, account, authorization).await?;
    let code = code.expose();
    let shown = || format!("{}?code={code}", paths::SHOW_CODE);
    Ok(authorization.url_with_code(code).unwrap_or_else(shown))
}

fn refuse(
    visit: &Visit,
    refusal: Refusal,
    go: fn(&str) -> HttpResponse,
) -> Result<HttpResponse, Refused> {
    use crate::social::Error;
    match refusal {
        Refusal::Redirect(url) => Ok(go(&url)),
        Refusal::Tell(Error::Invalid(sentence)) => {
            let title = "The app cannot be let in";
            Ok(visit.error_page(StatusCode::BAD_REQUEST, title, &format!("{sentence}.")))
        }
        Refusal::Tell(error) => Err(error.into()),
    }
}

/// The sign-in page, with the way back here.
fn sign_in_url(fields: &Fields, must_ask: bool) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in PARAMETERS {
        if let Some(value) = fields.find(name) {
            query.append_pair(name, value);
        }
    }
    if must_ask || fields.find(PROMPT.0) == Some(PROMPT.1) {
        query.append_pair(PROMPT.0, PROMPT.1);
    }
    let back = format!("{}?{}", paths::AUTHORIZE, query.finish());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("return_to", &back);
    format!("{}?{}", paths::SIGN_IN, query.finish())
}

fn page(visit: &Visit, signed_in: &SignedIn, authorization: &Authorization) -> String {
    let request = |name| match name {
        "redirect_uri" => Some(authorization.redirect_uri.clone()),
        "scope" => Some(authorization.scopes.to_string()),
        name => visit.query.find(name).map(str::to_owned),
    };
    let parameters = PARAMETERS
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), request(name)?)));
    let view = pages::consent::Consent {
        form: visit.form(Vec::new()),
        application: authorization.application.name.clone(),
        website: authorization.application.website.clone(),
        redirect_target: target_of(&authorization.redirect_uri),
        scopes: authorization.scopes.iter().map(str::to_owned).collect(),
        account: card(&visit.node, &signed_in.person.account),
        switch_url: sign_in_url(&visit.query, true),
        parameters: parameters.collect(),
    };
    pages::consent::render(&visit.frame(None), &view)
}
