//! Following, boosting and favouriting what was seen on another server's pages: those send people here.
//!
//! Source: <https://docs.joinmastodon.org/spec/webfinger/#example>

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use url::form_urlencoded;

use super::fields::Sent;
use super::listings::show_all;
use super::pages::interaction::{Action, Interaction, Subject};
use super::pages::{self, Flash};
use super::paths;
use super::refusals::Refused;
use super::visits::{Visit, card, found, see_other};
use crate::federation::resolve::{self, ResolveError, Resolved};
use crate::id::AccountId;
use crate::node::Node;
use crate::social::follows::{self, Wishes};
use crate::social::sessions::SignedIn;
use crate::social::visibility::{find_original, is_listed, may_boost};
use crate::social::{Error, boosts, favourites};
use crate::store::accounts::Account;
use crate::store::statuses::Status;
use crate::store::{self, Conn};

/// `GET /authorize_interaction?uri=...`: shows what the address leads to, and what can be done with it.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let uri = visit.query.get("uri");
    let Some(signed_in) = &visit.signed_in else {
        return Ok(found(&sign_in_url(uri)));
    };
    match resolve::address(&visit.node, uri).await {
        Ok(resolved) => page(&visit, signed_in, uri, resolved, None).await,
        Err(error) => Ok(refuse(&visit, &error)),
    }
}

/// `POST /authorize_interaction`: does it.
pub(super) async fn act(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let uri = sent.get("uri");
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(&sign_in_url(uri)));
    };
    visit.check_form(&sent)?;
    let action = Action::of_word(sent.get("action")).ok_or(Refused(StatusCode::BAD_REQUEST))?;
    let resolved = match resolve::address(&visit.node, uri).await {
        Ok(resolved) => resolved,
        Err(error) => return Ok(refuse(&visit, &error)),
    };
    match perform(&visit, signed_in.person.account.id, action, &resolved).await {
        Ok(()) => Ok(see_other(&own_url(uri))),
        Err(Error::Forbidden(sentence) | Error::Invalid(sentence)) => {
            let flash = Some(Flash::Failed(sentence));
            page(&visit, signed_in, uri, resolved, flash).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn perform(
    visit: &Visit,
    viewer: AccountId,
    action: Action,
    resolved: &Resolved,
) -> crate::social::Result<()> {
    let node = &visit.node;
    match (action, resolved) {
        (Action::Follow, Resolved::Account(account)) => {
            follows::follow(node, viewer, account.id, Wishes::default()).await
        }
        (Action::Boost, Resolved::Status(status)) => {
            boosts::boost(node, viewer, status.id, None).await.map(drop)
        }
        (Action::Favourite, Resolved::Status(status)) => {
            favourites::favourite(node, viewer, status.id)
                .await
                .map(drop)
        }
        _ => Err(Error::NotFound),
    }
}

async fn page(
    visit: &Visit,
    signed_in: &SignedIn,
    uri: &str,
    resolved: Resolved,
    flash: Option<Flash>,
) -> Result<HttpResponse, Refused> {
    let (node, viewer) = (visit.node.clone(), signed_in.person.account.id);
    let read = move |conn: &mut Conn| match resolved {
        Resolved::Account(account) => offer_account(conn, &node, viewer, &account),
        Resolved::Status(status) => offer_status(conn, &node, viewer, &status),
    };
    let (subject, offered, remarks) = visit.node.db.read(read).await?;
    let view = Interaction {
        form: visit.form(Vec::new()),
        uri: uri.to_owned(),
        subject,
        offered,
        remarks,
    };
    let html = pages::interaction::render(&visit.frame(flash), &view);
    Ok(visit.form_page(StatusCode::OK, html))
}

/// What it is, what can be done with it, and what was done already.
type Offer = (Subject, Vec<Action>, Vec<&'static str>);

fn offer_account(
    conn: &mut Conn,
    node: &Node,
    viewer: AccountId,
    account: &Account,
) -> Result<Offer, Refused> {
    if !is_listed(account) {
        return Err(Refused(StatusCode::NOT_FOUND));
    }
    let follow = store::follows::find(conn, viewer, account.id)?;
    let (offered, remarks) = match follow {
        _ if account.id == viewer => (vec![], vec!["This is you."]),
        Some(follow) if follow.is_accepted => (vec![], vec!["You follow this account."]),
        Some(_) => (vec![], vec!["You asked to follow this account."]),
        None => (vec![Action::Follow], vec![]),
    };
    Ok((Subject::Account(card(node, account)), offered, remarks))
}

fn offer_status(
    conn: &mut Conn,
    node: &Node,
    viewer: AccountId,
    status: &Status,
) -> Result<Offer, Refused> {
    let status = find_original(conn, Some(viewer), status.id)?;
    let (mut offered, mut remarks) = (vec![], vec![]);
    if store::statuses::find_boost(conn, viewer, status.id)?.is_some() {
        remarks.push("You boosted this post.");
    } else if may_boost(status.visibility, status.account_id == viewer) {
        offered.push(Action::Boost);
    }
    if store::favourites::find(conn, viewer, status.id)?.is_some() {
        remarks.push("This post is among your favourites.");
    } else {
        offered.push(Action::Favourite);
    }
    let shown = show_all(conn, node, &[status])?.into_iter().next();
    let shown = shown.ok_or(Refused(StatusCode::NOT_FOUND))?;
    Ok((Subject::Status(Box::new(shown)), offered, remarks))
}

/// Says why an address leads nowhere.
pub(super) fn refuse(visit: &Visit, error: &ResolveError) -> HttpResponse {
    let (status, title, sentence) = match error {
        ResolveError::Missing(_) | ResolveError::Gone(_) => (
            StatusCode::NOT_FOUND,
            "There is nothing at this address",
            "It may have been deleted, or only certain people may see it.",
        ),
        ResolveError::Untrue(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "This address is of no use here",
            "It leads neither to an account nor to a post, or its server does not stand by it.",
        ),
        ResolveError::Closed => (
            StatusCode::FORBIDDEN,
            "This node keeps to itself",
            "It does not talk with other servers.",
        ),
        ResolveError::Database { .. } => (
            StatusCode::SERVICE_UNAVAILABLE,
            "This node cannot look it up now",
            "Its database does not answer at the moment. Please try again in a while.",
        ),
        ResolveError::Unreachable(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The other server does not answer",
            "Please try again in a while.",
        ),
    };
    tracing::debug!(cause = %error, "an address could not be resolved");
    visit.error_page(status, title, sentence)
}

/// Where somebody signed in acts on something.
pub(super) fn own_url(uri: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("uri", uri);
    format!("{}?{}", paths::INTERACTION, query.finish())
}

/// The sign-in page, with the way back here.
fn sign_in_url(uri: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("return_to", &own_url(uri));
    format!("{}?{}", paths::SIGN_IN, query.finish())
}
