//! Another server reports something of this node to its staff.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#Flag>.

use super::cases::{Case, Outcome, ignored};
use crate::load::host_of;
use crate::social::reports::receive::{self, RemoteReport};
use crate::text::plain::to_plain;

pub(super) async fn flag(case: &Case<'_>, objects: &[String], content: &str) -> Outcome {
    let host = host_of(&case.actor.uri);
    if case.node.bans.find(host).rejects_reports {
        return ignored("reports of its server are not taken");
    }
    let urls = &case.node.urls;
    if !objects.iter().any(|object| urls.is_local(object)) {
        return ignored("it reports nothing of this node");
    }
    let (actor, report) = (
        case.actor.clone(),
        RemoteReport {
            uri: case.uri(),
            objects: objects.to_vec(),
            comment: to_plain(content),
        },
    );
    case.write(move |tx| receive::receive(tx, &actor, &report).map(drop))
        .await
}
