//! `WebFinger`, host-meta and `NodeInfo`: how servers find actors and learn about each other.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc7033>, <https://www.rfc-editor.org/rfc/rfc6415> and
//! <https://nodeinfo.diaspora.software/protocol>.

use serde_json::{Value, json};

use super::intents::{self, Door};
use super::origins;
use super::reading::read_json;
use super::references::{self, Properties};
use super::rejects::Reject;

/// Pages of one answer that are kept.
const MOST_DOORS: usize = 20;

/// What is told about a local actor.
#[derive(Clone, Debug)]
pub struct OutgoingFinger {
    /// `acct:user@domain`.
    pub subject: String,
    /// The actor's id.
    pub actor: String,
    /// Its page.
    pub page: String,
    /// The pages on which people of this node act on something.
    pub doors: Vec<Door>,
    /// Its avatar, with the media type.
    pub avatar: Option<(String, String)>,
}

/// The answer to a `WebFinger` question.
#[must_use]
pub fn build_finger(finger: &OutgoingFinger) -> Value {
    let mut links = vec![
        json!({"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": finger.page}),
        json!({"rel": "self", "type": "application/activity+json", "href": finger.actor}),
    ];
    links.extend(intents::build(&finger.doors));
    if let Some((url, media_type)) = &finger.avatar {
        links.push(
            json!({"rel": "http://webfinger.net/rel/avatar", "type": media_type, "href": url}),
        );
    }
    json!({"subject": finger.subject, "aliases": [finger.page, finger.actor], "links": links})
}

/// What another server tells about a handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingFinger {
    /// `user@domain`, the handle that the server itself uses.
    pub handle: String,
    /// The actor's id.
    pub actor: String,
    /// The pages on which its people act on something.
    pub doors: Vec<Door>,
}

/// Reads the answer to a `WebFinger` question.
///
/// # Errors
/// No JSON object, no `acct:` subject, or no actor that it links to as itself.
pub fn read_finger(bytes: &[u8]) -> Result<IncomingFinger, Reject> {
    let Value::Object(answer) = read_json(bytes)? else {
        return Err(Reject::because("the answer is no JSON object"));
    };
    let subject = references::text(&answer, "subject").unwrap_or_default();
    let handle = subject.strip_prefix("acct:").unwrap_or(subject);
    let named = handle.split_once('@').is_some_and(|(user, domain)| {
        let plain = |part: &str| !part.is_empty() && !part.contains(['@', '/', ' ']);
        plain(user) && plain(domain)
    });
    if !named {
        return Err(Reject::because("the answer's subject is no handle"));
    }
    let links = || {
        references::list_of(&answer, "links")
            .iter()
            .filter_map(Value::as_object)
    };
    let actor = links()
        .filter(|link| references::text(link, "rel") == Some("self") && is_activity(link))
        .find_map(|link| references::text(link, "href").filter(|href| origins::is_usable(href)));
    let actor = actor.ok_or_else(|| Reject::because("the answer links to no actor"))?;
    Ok(IncomingFinger {
        handle: handle.to_owned(),
        actor: actor.to_owned(),
        doors: links().filter_map(intents::read).take(MOST_DOORS).collect(),
    })
}

fn is_activity(link: &Properties) -> bool {
    let media_type = references::text(link, "type")
        .unwrap_or_default()
        .to_lowercase();
    media_type.starts_with("application/activity+json")
        || (media_type.starts_with("application/ld+json") && media_type.contains("activitystreams"))
}

/// The host-meta document, which says where to ask `WebFinger` questions.
#[must_use]
pub fn build_host_meta(origin: &str) -> String {
    let origin = origin
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    [
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        "\n",
        r#"<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">"#,
        "\n",
        r#"  <Link rel="lrdd" type="application/jrd+json" template=""#,
        &origin,
        r#"/.well-known/webfinger?resource={uri}"/>"#,
        "\n</XRD>\n",
    ]
    .concat()
}

/// The `NodeInfo` versions that are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeInfoVersion {
    /// 2.0
    V20,
    /// 2.1, which names the repository and home page.
    V21,
}

impl NodeInfoVersion {
    /// The number, as in the path of the document.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::V20 => "2.0",
            Self::V21 => "2.1",
        }
    }
}

/// The list of `NodeInfo` documents, and the actor that speaks for the node.
#[must_use]
pub fn build_node_info_index(origin: &str, instance_actor: &str) -> Value {
    let link = |version: NodeInfoVersion| {
        let number = version.number();
        json!({
            "rel": format!("http://nodeinfo.diaspora.software/ns/schema/{number}"),
            "href": format!("{origin}/nodeinfo/{number}"),
        })
    };
    json!({"links": [
        link(NodeInfoVersion::V20),
        link(NodeInfoVersion::V21),
        {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": instance_actor},
    ]})
}

/// What a node tells about itself.
#[derive(Clone, Debug, Default)]
pub struct NodeFacts {
    /// The software's version.
    pub version: String,
    /// Where its source is, if that has an address.
    pub repository: Option<String>,
    /// The node's title.
    pub name: String,
    /// The node's description, plain text.
    pub description: String,
    /// Whether people can sign up.
    pub open_registrations: bool,
    /// Accounts.
    pub users_total: i64,
    /// Accounts seen in the last 30 days.
    pub users_active_month: i64,
    /// Accounts seen in the last 180 days.
    pub users_active_half_year: i64,
    /// Statuses of local accounts.
    pub local_posts: i64,
}

/// The `NodeInfo` document.
#[must_use]
pub fn build_node_info(facts: &NodeFacts, version: NodeInfoVersion) -> Value {
    let software = match (version, &facts.repository) {
        (NodeInfoVersion::V21, Some(repository)) => json!({
            "name": "whimbrel", "version": facts.version, "repository": repository,
        }),
        _ => json!({"name": "whimbrel", "version": facts.version}),
    };
    json!({
        "version": version.number(),
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": facts.open_registrations,
        "usage": {
            "users": {
                "total": facts.users_total,
                "activeMonth": facts.users_active_month,
                "activeHalfyear": facts.users_active_half_year,
            },
            "localPosts": facts.local_posts,
        },
        "metadata": {"nodeName": facts.name, "nodeDescription": facts.description},
    })
}

#[cfg(test)]
mod tests {
    use super::super::intents::own_doors;
    use super::*;

    #[test]
    fn a_finger_that_is_built_is_read_again() {
        let built = build_finger(&OutgoingFinger {
            subject: "acct:ann@a.example".into(),
            actor: "https://a.example/users/ann".into(),
            page: "https://a.example/@ann".into(),
            doors: own_doors("https://a.example"),
            avatar: Some(("https://a.example/media/1".into(), "image/png".into())),
        });
        assert_eq!(
            read_finger(built.to_string().as_bytes()),
            Ok(IncomingFinger {
                handle: "ann@a.example".into(),
                actor: "https://a.example/users/ann".into(),
                doors: own_doors("https://a.example"),
            })
        );
    }

    #[test]
    fn fingers_without_handle_or_actor_are_refused() {
        let answer = |subject: &str, kind: &str, href: &str| {
            json!({"subject": subject, "links": [{"rel": "self", "type": kind, "href": href}]})
                .to_string()
        };
        let (kind, href) = ("application/activity+json", "https://a.example/1");
        let profiled = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
        for (text, fine) in [
            (answer("acct:ann@a.example", kind, href), true),
            (answer("acct:ann@a.example", profiled, href), true),
            (answer("acct:ann@a.example", "text/html", href), false),
            (answer("acct:ann@a.example", kind, "javascript:1"), false),
            (answer("acct:ann", kind, href), false),
            (answer("https://a.example/@ann", kind, href), false),
            (answer("acct:ann@a.example@b.example", kind, href), false),
            ("[]".to_owned(), false),
            (String::new(), false),
            (r#"{"subject": 1, "links": {"rel": []}}"#.to_owned(), false),
        ] {
            assert_eq!(read_finger(text.as_bytes()).is_ok(), fine, "{text}");
        }
    }

    #[test]
    fn host_meta_and_node_info_have_their_shapes() {
        let meta = build_host_meta("https://a.example");
        assert!(
            meta.contains(r#"template="https://a.example/.well-known/webfinger?resource={uri}""#)
        );
        let mut facts = NodeFacts {
            version: "0.1.0".into(),
            repository: Some("https://code.example".into()),
            users_total: 3,
            ..NodeFacts::default()
        };
        let v20 = build_node_info(&facts, NodeInfoVersion::V20);
        assert_eq!(
            (&v20["version"], &v20["usage"]["users"]["total"]),
            (&json!("2.0"), &json!(3))
        );
        assert!(v20["software"].get("repository").is_none());
        let v21 = build_node_info(&facts, NodeInfoVersion::V21);
        assert_eq!(v21["software"]["repository"], "https://code.example");
        facts.repository = None;
        let v21 = build_node_info(&facts, NodeInfoVersion::V21);
        assert!(v21["software"].get("repository").is_none());
        let index = build_node_info_index("https://a.example", "https://a.example/actor");
        assert_eq!(index["links"][1]["href"], "https://a.example/nodeinfo/2.1");
    }
}
