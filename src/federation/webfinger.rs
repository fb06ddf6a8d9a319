//! `WebFinger` and host-meta: from a handle of ours to its actor. Asking others is done in [`super::handles`].
//!
//! Source: <https://docs.joinmastodon.org/spec/webfinger/> and <https://www.rfc-editor.org/rfc/rfc7033>.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::answers::{self, Absence, Keep};
use super::documents::discovery::{OutgoingFinger, build_finger, build_host_meta};
use super::documents::intents::own_doors;
use super::{actors, portraits};
use crate::node::Node;
use crate::store::Conn;
use crate::text::Handle;
use crate::urls::{Place, Urls};

/// The question.
#[derive(Debug, Deserialize)]
pub struct Question {
    resource: Option<String>,
}

/// Who is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// The node itself.
    Node,
    /// The account of this name.
    Account(String),
}

/// `GET /.well-known/webfinger`: the actor of a handle, an actor id or a profile page.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc7033#section-4.2>.
pub async fn show(node: Data<Node>, question: Query<Question>) -> Result<HttpResponse, Absence> {
    let resource = question.into_inner().resource.unwrap_or_default();
    if resource.is_empty() {
        return Err(Absence::Unclear("the question has no resource"));
    }
    let asked = understand(&node.urls, &resource)?;
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| match asked {
        Asked::Node => {
            let actor = portraits::node_actor(conn, &urls)?.ok_or(Absence::Missing)?;
            Ok(finger(&urls, &actor.domain, actor.id, actor.url))
        }
        Asked::Account(name) => {
            let account = actors::find(conn, &urls, &name)?;
            Ok::<_, Absence>(finger(&urls, &account.username, account.uri, account.url))
        }
    };
    let finger = node.db.read(read).await?;
    Ok(answers::builder(StatusCode::OK, Keep::Day)
        .content_type(answers::JRD_JSON)
        .body(build_finger(&finger).to_string()))
}

fn finger(urls: &Urls, username: &str, actor: String, page: String) -> OutgoingFinger {
    OutgoingFinger {
        subject: format!("acct:{username}@{}", urls.authority()),
        actor,
        page,
        doors: own_doors(urls.origin()),
        avatar: None,
    }
}

/// # Errors
/// [`Absence::Unclear`] for what is no question, [`Absence::Missing`] for things elsewhere.
fn understand(urls: &Urls, resource: &str) -> Result<Asked, Absence> {
    if resource.contains("://") {
        let origin = urls.origin();
        if resource.strip_suffix('/').unwrap_or(resource) == origin {
            return Ok(Asked::Node);
        }
        return match urls.place(resource) {
            Some(Place::NodeActor) => Ok(Asked::Node),
            Some(Place::Account(name)) => Ok(Asked::Account(name)),
            Some(Place::Status(..)) | None => Err(Absence::Missing),
        };
    }
    let acct = resource.strip_prefix("acct:").unwrap_or(resource);
    // The node's own name may hold a port, which no handle of a person does.
    let own = format!("{0}@{0}", urls.authority());
    if acct.eq_ignore_ascii_case(&own) {
        return Ok(Asked::Node);
    }
    let handle = Handle::parse(resource)
        .map_err(|_| Absence::Unclear("the resource is no handle and no address"))?;
    if handle.domain.is_none() {
        return Err(Absence::Unclear("the handle has no domain"));
    }
    let handle = handle.relative_to(urls.authority());
    match handle.domain {
        None => Ok(Asked::Account(handle.username)),
        Some(_) => Err(Absence::Missing),
    }
}

/// `GET /.well-known/host-meta`: where to ask.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc6415#section-2>.
pub async fn show_host_meta(node: Data<Node>) -> HttpResponse {
    answers::builder(StatusCode::OK, Keep::Day)
        .content_type("application/xrd+xml; charset=utf-8")
        .body(build_host_meta(node.urls.origin()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_who_is_asked_for() {
        let urls = Urls::new("http://alpha.localhost:8081");
        let account = |name: &str| Some(Asked::Account(name.to_owned()));
        for (resource, expected) in [
            ("acct:ann@alpha.localhost:8081", account("ann")),
            ("acct:Ann@ALPHA.localhost:8081", account("Ann")),
            ("ann@alpha.localhost:8081", account("ann")),
            ("@ann@alpha.localhost:8081", account("ann")),
            ("http://alpha.localhost:8081/users/ann", account("ann")),
            ("http://alpha.localhost:8081/@ann", account("ann")),
            ("http://alpha.localhost:8081/actor", Some(Asked::Node)),
            ("http://alpha.localhost:8081/", Some(Asked::Node)),
            (
                "acct:alpha.localhost:8081@alpha.localhost:8081",
                Some(Asked::Node),
            ),
            ("acct:ann@alpha.localhost", None),
            ("acct:ann@beta.localhost:8081", None),
            ("acct:ann", None),
            ("acct:a/b@alpha.localhost:8081", None),
            ("http://alpha.localhost:8081/@ann/1", None),
            ("https://alpha.localhost:8081/users/ann", None),
            ("nonsense", None),
        ] {
            assert_eq!(understand(&urls, resource).ok(), expected, "{resource}");
        }
    }
}
