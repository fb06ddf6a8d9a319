//! Asking other servers for handles: to whom a handle belongs, and whether an actor may bear the one that it claims.
//!
//! A handle is bound only when the `WebFinger` answer of its own domain leads to the actor. One step to another
//! name is taken, as servers do whose handles live on another domain; that name must confirm itself.
//! Source: <https://docs.joinmastodon.org/spec/webfinger/>.

use std::sync::PoisonError;

use activitypub_federation::config::Data;
use url::Url;

use super::documents::discovery::{IncomingFinger, read_finger};
use super::documents::intents::Door;
use super::failures;
use super::fetch::{Context, FetchError};
use super::pages::{fill, find_template};
use crate::http::{Fetch, Response};
use crate::node::Node;
use crate::text::Handle;
use crate::text::domains::without_port;

const ACCEPT: &str = "application/jrd+json, application/json";
/// The longest answer, in bytes.
const LONGEST: usize = 256 * 1024;
/// `WebFinger` answers that one cause may ask for.
const MOST: usize = 10;

/// A handle, and the actor that its own domain confirms.
pub(super) struct Bound {
    pub(super) username: String,
    pub(super) domain: String,
    pub(super) actor: String,
}

/// To whom a handle belongs.
///
/// # Errors
/// When its server does not know it, cannot be reached, or leads to a name that does not confirm itself.
pub(super) async fn find(data: &Data<Context>, handle: &Handle) -> Result<Bound, FetchError> {
    let asked = name_of(handle)?;
    let finger = ask(data, &asked).await?;
    let subject = subject(&finger)?;
    if subject == asked {
        return Ok(bound(&subject, &finger));
    }
    let second = ask(data, &subject).await?;
    if self::subject(&second)? == subject && second.actor == finger.actor {
        return Ok(bound(&subject, &second));
    }
    Err(FetchError::Untrue(format!(
        "{}@{} leads to a name that does not confirm itself",
        asked.username, asked.domain
    )))
}

/// The handle under which `actor` is known, given the one that it claims.
///
/// # Errors
/// As [`find`], and when the handle belongs to another actor.
pub(super) async fn confirm(
    data: &Data<Context>,
    claimed: &Handle,
    actor: &str,
) -> Result<Bound, FetchError> {
    let bound = find(data, claimed).await?;
    if bound.actor == actor {
        return Ok(bound);
    }
    Err(FetchError::Untrue(format!(
        "{claimed} belongs to {} and not to {actor}",
        bound.actor
    )))
}

/// The pages on which people of the server of a handle act on something.
///
/// # Errors
/// When the server does not know the handle, or cannot be reached.
pub(super) async fn list_doors(
    data: &Data<Context>,
    handle: &Handle,
) -> Result<Vec<Door>, FetchError> {
    let finger = ask(data, &name_of(handle)?).await?;
    Ok(finger.doors)
}

/// A handle with its domain, in the form in which names are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    username: String,
    domain: String,
}

fn name_of(handle: &Handle) -> Result<Name, FetchError> {
    let folded = handle.folded();
    let domain = folded
        .domain
        .ok_or_else(|| FetchError::Untrue(format!("{handle} has no domain")))?;
    Ok(Name {
        username: folded.username,
        domain,
    })
}

fn subject(finger: &IncomingFinger) -> Result<Name, FetchError> {
    let handle = Handle::parse(&finger.handle)
        .map_err(|_| FetchError::Untrue(format!("{:?} is no handle", finger.handle)))?;
    name_of(&handle)
}

/// The subject spells the username as its owner does.
fn bound(name: &Name, finger: &IncomingFinger) -> Bound {
    let spelt = finger.handle.split('@').next().unwrap_or_default();
    Bound {
        username: spelt.to_owned(),
        domain: name.domain.clone(),
        actor: finger.actor.clone(),
    }
}

async fn ask(data: &Data<Context>, name: &Name) -> Result<IncomingFinger, FetchError> {
    let context = data.app_data();
    let node = &context.node;
    let resource = format!("acct:{}@{}", name.username, name.domain);
    {
        let fingers = context.fingers.lock();
        let fingers = fingers.unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = fingers.iter().find(|(asked, _)| *asked == resource) {
            return Ok(known.clone());
        }
        if fingers.len() >= MOST {
            return Err(FetchError::Untrue(
                "too many handles were asked for".to_owned(),
            ));
        }
    }
    if let Some(error) = failures::find(node, &resource) {
        return Err(error);
    }
    if name.domain == node.urls.authority() {
        return Err(FetchError::Missing(format!("{resource} is not here")));
    }
    match call(node, name, &resource).await {
        Ok(finger) => {
            let fingers = context.fingers.lock();
            let mut fingers = fingers.unwrap_or_else(PoisonError::into_inner);
            fingers.push((resource, finger.clone()));
            Ok(finger)
        }
        Err(error) => {
            failures::remember(node, &resource, &error);
            Err(error)
        }
    }
}

async fn call(node: &Node, name: &Name, resource: &str) -> Result<IncomingFinger, FetchError> {
    let mut last = None;
    for scheme in schemes(&name.domain, node.config.federation.allow_http) {
        failures::spend(node, &name.domain)?;
        let url = format!("{scheme}://{}/.well-known/webfinger", name.domain);
        let mut url = Url::parse(&url)
            .map_err(|_| FetchError::Untrue(format!("{} is no domain", name.domain)))?;
        url.query_pairs_mut().append_pair("resource", resource);
        let fetch = Fetch {
            body_cap: Some(LONGEST),
            ..Fetch::new(&url, ACCEPT)
        };
        match node.http.fetch(fetch).await {
            Ok(answer) if answer.status == 404 => {
                return call_elsewhere(node, &url, resource).await;
            }
            Ok(answer) => return read(resource, answer.status, &answer.body),
            Err(cause) => last = Some(cause.into()),
        }
    }
    Err(last.unwrap_or_else(|| FetchError::Untrue("no scheme is allowed".to_owned())))
}

/// Asks where the host-meta of a host says that it answers; nothing new if it does not say.
async fn call_elsewhere(
    node: &Node,
    asked: &Url,
    resource: &str,
) -> Result<IncomingFinger, FetchError> {
    let unknown = || read(resource, 404, &[]);
    let Ok(meta) = asked.join("/.well-known/host-meta") else {
        return unknown();
    };
    // Most have none, and that says nothing of the handle.
    let Ok(Some(answer)) = get(node, &meta, "application/xrd+xml").await else {
        return unknown();
    };
    let template = find_template(&String::from_utf8_lossy(&answer.body));
    let url = template.and_then(|template| fill(&template, resource));
    let Some(url) = url.filter(|url| url != asked) else {
        return unknown();
    };
    match get(node, &url, ACCEPT).await? {
        Some(answer) => read(resource, answer.status, &answer.body),
        None => unknown(),
    }
}

/// What a host answers; nothing if that is no success.
async fn get(node: &Node, url: &Url, accept: &str) -> Result<Option<Response>, FetchError> {
    failures::spend(node, url.host_str().unwrap_or_default())?;
    let fetch = Fetch {
        body_cap: Some(LONGEST),
        ..Fetch::new(url, accept)
    };
    let answer = node.http.fetch(fetch).await?;
    Ok(Some(answer).filter(Response::is_success))
}

fn read(resource: &str, status: u16, body: &[u8]) -> Result<IncomingFinger, FetchError> {
    match status {
        200..300 => Ok(read_finger(body)?),
        404 => Err(FetchError::Missing(format!(
            "{resource} is not known there"
        ))),
        410 => Err(FetchError::Gone(format!("{resource} was deleted"))),
        408 | 425 | 429 | 500.. => Err(FetchError::Unreachable(format!(
            "the server of {resource} answers {status}"
        ))),
        _ => Err(FetchError::Untrue(format!(
            "the server of {resource} answers {status}"
        ))),
    }
}

/// How a server is asked: by https, and in closed networks also without.
pub(super) fn schemes(domain: &str, allow_http: bool) -> &'static [&'static str] {
    let host = without_port(domain);
    let is_near = host == "localhost" || host.ends_with(".localhost");
    match (allow_http, is_near) {
        (false, _) => &["https"],
        (true, true) => &["http", "https"],
        (true, false) => &["https", "http"],
    }
}
