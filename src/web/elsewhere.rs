//! Following, answering and boosting what is seen on this node's pages, for people of other servers: the way to the page
//! of their own server that does it.
//!
//! Source: <https://w3id.org/fep/3b86>

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::fields::Sent;
use super::interaction::own_url;
use super::pages::elsewhere::Elsewhere;
use super::pages::notice::Notice;
use super::pages::{self, NextStep, Problem};
use super::refusals::Refused;
use super::visits::{Visit, found, see_other};
use crate::federation::intents::{self, Thing};
use crate::federation::resolve::ResolveError;
use crate::text::Handle;
use crate::urls::Place;

/// `GET /interact?uri=...`: asks from which server somebody comes. Who is signed in here needs no other server.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let uri = visit.query.get("uri");
    let thing = thing(&visit, uri)?;
    if visit.signed_in.is_some() {
        return Ok(found(&own_url(uri)));
    }
    Ok(page(&visit, (uri, thing), "", None))
}

/// `POST /interact`: shows the way. It is a link: browsers let no form lead to another site.
pub(super) async fn act(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    visit.check_form(&sent)?;
    let (uri, entered) = (sent.get("uri"), sent.get("handle"));
    let thing = thing(&visit, uri)?;
    let again = |sentence: &str| Ok(page(&visit, (uri, thing), entered, Some(sentence)));
    // A name alone could be anybody's; only a server says where to go.
    let handle = Handle::parse(entered).ok();
    let Some(handle) = handle.filter(|handle| handle.domain.is_some()) else {
        return again("This is no handle. It has a name and a server, as @ann@server.example.");
    };
    let handle = handle.relative_to(visit.node.urls.authority());
    let Some(server) = &handle.domain else {
        return Ok(see_other(&own_url(uri)));
    };
    match intents::find_page(&visit.node, &handle, thing, uri).await {
        Ok(Some(url)) => {
            let shown = url.host_str().unwrap_or(server);
            let view = Notice {
                title: "Your server takes over".to_owned(),
                paragraphs: vec![format!(
                    "{server} does this on its own page. Check there that you see {shown} before you sign in."
                )],
                next: Some(NextStep {
                    label: format!("Go on to {shown}"),
                    url: url.to_string(),
                }),
            };
            let html = pages::notice::render(&visit.frame(None), &view);
            Ok(visit.form_page(StatusCode::OK, html))
        }
        Ok(None) => again(
            "Your server does not say where this is done. Copy the address of this page's post or account into its search.",
        ),
        Err(error) => {
            tracing::debug!(%handle, cause = %error, "somebody's server could not be asked");
            again(sentence(&error))
        }
    }
}

fn sentence(error: &ResolveError) -> &'static str {
    match error {
        ResolveError::Missing(_) | ResolveError::Gone(_) => {
            "This server knows nobody of that name."
        }
        ResolveError::Untrue(_) => {
            "This server gave no answer that we understand. Is the handle right?"
        }
        ResolveError::Closed => "This node does not talk with other servers.",
        ResolveError::Database { .. } => {
            "This node cannot look it up at the moment. Please try again in a while."
        }
        ResolveError::Unreachable(_) => {
            "This server does not answer. Is the handle right? Otherwise try again in a while."
        }
    }
}

/// What an address of this node names.
fn thing(visit: &Visit, uri: &str) -> Result<Thing, Refused> {
    match visit.node.urls.place(uri) {
        Some(Place::Account(_)) => Ok(Thing::Account),
        Some(Place::Status(..)) => Ok(Thing::Status),
        Some(Place::NodeActor) | None => Err(Refused(StatusCode::NOT_FOUND)),
    }
}

fn page(
    visit: &Visit,
    (uri, thing): (&str, Thing),
    handle: &str,
    wrong: Option<&str>,
) -> HttpResponse {
    let problem = |message: &str| Problem {
        field: Some("handle".to_owned()),
        message: message.to_owned(),
    };
    let status = match wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let view = Elsewhere {
        form: visit.form(wrong.map(problem).into_iter().collect()),
        uri: uri.to_owned(),
        is_account: thing == Thing::Account,
        handle: handle.to_owned(),
        own_url: own_url(uri),
    };
    visit.form_page(status, pages::elsewhere::render(&visit.frame(None), &view))
}
