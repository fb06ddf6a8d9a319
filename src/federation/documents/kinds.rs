//! What sort of thing a document is, from its `type`, and which mixtures are refused.
//!
//! A document that could be read as two sorts (an actor that is also an activity or a key) could be checked as one and
//! used as the other, so it is refused. Source:
//! <https://codeberg.org/fediverse/fep/src/branch/main/fep/fe34/fep-fe34.md>.

use serde_json::Value;

use super::references::{self, Properties};
use super::rejects::Reject;

/// The sorts of documents that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Person, Service, Group, Organization, Application.
    Actor,
    /// Something done by an actor.
    Activity,
    /// Something that becomes a status.
    Note,
    /// A collection or one page of it.
    Collection,
    /// What is left of something deleted.
    Tombstone,
    /// Nothing that is known here.
    Other,
}

/// The sort of a document and the name of the type that decided it.
///
/// # Errors
/// No type at all, types of different sorts, or properties that belong to another sort.
pub fn family(properties: &Properties) -> Result<(Family, &str), Reject> {
    let types: Vec<&str> = references::list_of(properties, "type")
        .iter()
        .filter_map(Value::as_str)
        .take(10)
        .collect();
    let mut found: Option<(Family, &str)> = None;
    for name in types.iter().copied() {
        let family = family_of(name, properties);
        match found {
            Some((first, _)) if family != Family::Other && first != family => {
                return Err(Reject::because("the document has types of different sorts"));
            }
            None if family != Family::Other => found = Some((family, name)),
            _ => {}
        }
    }
    let other = || types.first().map(|name| (Family::Other, *name));
    let (family, name) = found
        .or_else(other)
        .ok_or_else(|| Reject::because("the document has no type"))?;
    refuse_mixtures(properties, family, name)?;
    Ok((family, name))
}

fn family_of(name: &str, properties: &Properties) -> Family {
    match name {
        "Person" | "Service" | "Group" | "Organization" | "Application" => Family::Actor,
        "Note" | "Question" | "Article" | "Page" | "Video" | "Audio" | "Image" | "Event"
        | "ChatMessage" => Family::Note,
        "Collection" | "OrderedCollection" | "CollectionPage" | "OrderedCollectionPage" => {
            Family::Collection
        }
        "Tombstone" => Family::Tombstone,
        "Accept" | "Add" | "Announce" | "Block" | "Create" | "Delete" | "Dislike"
        | "EmojiReact" | "Flag" | "Follow" | "Ignore" | "Invite" | "Join" | "Leave" | "Like"
        | "Listen" | "Move" | "Offer" | "Read" | "Reject" | "Remove" | "TentativeAccept"
        | "TentativeReject" | "Undo" | "Update" | "View" => Family::Activity,
        _ if has(properties, "actor") && !has(properties, "attributedTo") => Family::Activity,
        _ => Family::Other,
    }
}

fn has(properties: &Properties, key: &str) -> bool {
    !references::list_of(properties, key).is_empty()
}

fn refuse_mixtures(properties: &Properties, family: Family, name: &str) -> Result<(), Reject> {
    // Groups name their moderators in `attributedTo` (Lemmy, PeerTube, WordPress).
    let foreign: &[&str] = match family {
        Family::Actor if name == "Group" => &["actor", "object", "publicKeyPem"],
        Family::Actor => &["actor", "object", "attributedTo", "publicKeyPem"],
        Family::Activity | Family::Note | Family::Collection | Family::Tombstone => {
            &["inbox", "publicKey", "publicKeyPem"]
        }
        Family::Other => &[],
    };
    match foreign.iter().find(|key| has(properties, key)) {
        Some(key) => Err(Reject::because(format!("a {name} must not have {key}"))),
        None => Ok(()),
    }
}

/// Refuses a document whose `@context` names vocabularies but leaves ActivityStreams out.
///
/// A missing one is tolerated, and one that only lists terms: names are read as they stand, whatever it says.
///
/// # Errors
/// When `@context` names another vocabulary and not this one.
pub fn check_context(properties: &Properties) -> Result<(), Reject> {
    let contexts = references::list_of(properties, "@context");
    let mut names = contexts.iter().filter_map(Value::as_str).peekable();
    let is_ours = |name: &str| {
        let name = name.trim_end_matches(['#', '/']);
        let rest = name
            .strip_prefix("https://")
            .or_else(|| name.strip_prefix("http://"));
        rest == Some("www.w3.org/ns/activitystreams")
    };
    if names.peek().is_none() || names.any(is_ours) {
        return Ok(());
    }
    Err(Reject::because("the context leaves ActivityStreams out"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_known_type_decides_and_mixtures_are_refused() {
        for (value, expected) in [
            (json!({"type": "Person"}), Ok(Family::Actor)),
            (json!({"type": ["Foo", "Service"]}), Ok(Family::Actor)),
            (
                json!({"type": "Note", "actor": "https://a.example/1"}),
                Ok(Family::Note),
            ),
            (
                json!({"type": "Lock", "actor": "https://a.example/1"}),
                Ok(Family::Activity),
            ),
            (
                json!({"type": "Group", "attributedTo": "https://a.example/1"}),
                Ok(Family::Actor),
            ),
            (json!({"type": "CryptographicKey"}), Ok(Family::Other)),
            (json!({"type": "Tombstone"}), Ok(Family::Tombstone)),
            (json!({}), Err("no type")),
            (json!({"type": null}), Err("no type")),
            (json!({"type": 5}), Err("no type")),
            (
                json!({"type": ["Person", "Create"]}),
                Err("different sorts"),
            ),
            (
                json!({"type": "Person", "attributedTo": "https://a.example/1"}),
                Err("attributedTo"),
            ),
            (
                json!({"type": "Person", "actor": "https://a.example/1"}),
                Err("actor"),
            ),
            (
                json!({"type": "Person", "publicKeyPem": "x"}),
                Err("publicKeyPem"),
            ),
            (json!({"type": "Create", "publicKey": {}}), Err("publicKey")),
            (
                json!({"type": "Note", "inbox": "https://a.example/1"}),
                Err("inbox"),
            ),
            (json!({"type": "Note", "inbox": null}), Ok(Family::Note)),
        ] {
            let found = family(value.as_object().expect("an object"));
            match (found, expected) {
                (Ok((family, _)), Ok(expected)) => assert_eq!(family, expected, "{value}"),
                (Err(Reject(reason)), Err(part)) => assert!(reason.contains(part), "{reason}"),
                (found, _) => panic!("{value}: {found:?}"),
            }
        }
    }

    #[test]
    fn a_context_names_the_vocabulary() {
        for (context, fine) in [
            (json!(null), true),
            (json!("https://www.w3.org/ns/activitystreams"), true),
            (
                json!([
                    "https://x.example",
                    "https://www.w3.org/ns/activitystreams",
                    {}
                ]),
                true,
            ),
            (json!("http://www.w3.org/ns/activitystreams#"), true),
            (json!("https://schema.org"), false),
            (json!([{"sensitive": "as:sensitive"}]), true),
        ] {
            let document = json!({ "@context": context });
            let verdict = check_context(document.as_object().expect("an object"));
            assert_eq!(verdict.is_ok(), fine, "{document}");
        }
    }
}
