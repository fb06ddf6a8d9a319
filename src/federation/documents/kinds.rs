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
    /// Something that becomes a status, also of a type that is not known here.
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
    let other = || {
        let name = types.first()?;
        let is_readable = types.iter().all(|name| is_readable(name, properties));
        let family = if is_readable {
            Family::Note
        } else {
            Family::Other
        };
        Some((family, *name))
    };
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

/// Whether something of a type that is not known here can be shown as a status: it has an author and something to
/// read, is none of the things that only serve other documents, and does not look like a collection, an activity, a
/// consent, an actor or a key.
fn is_readable(name: &str, properties: &Properties) -> bool {
    let is_bare = [
        "actor",
        "object",
        "interactingObject",
        "inbox",
        "owner",
        "controller",
        "publicKey",
        "publicKeyPem",
        "publicKeyMultibase",
        "totalItems",
        "items",
        "orderedItems",
        "first",
        "formerType",
    ]
    .iter()
    .all(|key| !has(properties, key));
    let says_something = ["content", "name", "summary", "url"]
        .iter()
        .any(|key| has(properties, key) || references::natural(properties, key).is_some());
    is_bare && says_something && has(properties, "attributedTo") && !is_helper(name)
}

/// Things that are parts of other documents or facts about them. Stories are gone after a day, and are not shown.
///
/// Source: <https://www.w3.org/TR/activitystreams-vocabulary/#object-types>.
fn is_helper(name: &str) -> bool {
    const HELPERS: [&str; 16] = [
        "Key",
        "CryptographicKey",
        "Multikey",
        "Place",
        "Profile",
        "Relationship",
        "Link",
        "Mention",
        "Hashtag",
        "Emoji",
        "PropertyValue",
        "Signature",
        "DataIntegrityProof",
        "VerifiableIdentityStatement",
        "FeaturedItem",
        "CacheFile",
    ];
    const ENDINGS: [&str; 5] = [
        "Collection",
        "CollectionPage",
        "Authorization",
        "Approval",
        "Tag",
    ];
    HELPERS.contains(&name)
        || name.starts_with("Story")
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
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
    fn what_can_be_read_is_shown_whatever_its_type() {
        let ann = "https://a.example/1";
        for (value, expected) in [
            (json!({"attributedTo": ann, "content": "x"}), Family::Note),
            (json!({"attributedTo": ann, "name": "x"}), Family::Note),
            (
                json!({"attributedTo": [{"id": ann}], "nameMap": {"de": "x"}}),
                Family::Note,
            ),
            (json!({"attributedTo": ann, "url": ann}), Family::Note),
            (
                json!({"type": ["Review", "Opinion"], "attributedTo": ann, "summary": "x"}),
                Family::Note,
            ),
            (json!({"content": "x"}), Family::Other),
            (json!({"actor": ann, "content": "x"}), Family::Activity),
            (
                json!({"actor": ann, "attributedTo": ann, "content": "x"}),
                Family::Other,
            ),
            (json!({"attributedTo": ann}), Family::Other),
            (json!({"attributedTo": ann, "content": null}), Family::Other),
        ] {
            let mut object = json!({"type": "Review"});
            for (key, value) in value.as_object().expect("an object") {
                object[key] = value.clone();
            }
            let found = family(object.as_object().expect("an object"));
            assert_eq!(found.expect("a family").0, expected, "{object}");
        }
    }

    #[test]
    fn what_serves_other_documents_is_never_shown() {
        let ann = "https://a.example/1";
        for (value, expected) in [
            (json!({"type": "Key"}), Family::Other),
            (json!({"type": "CryptographicKey"}), Family::Other),
            (json!({"type": "Multikey"}), Family::Other),
            (json!({"type": "Place"}), Family::Other),
            (json!({"type": "Tombstone"}), Family::Tombstone),
            (json!({"type": ["Tombstone", "Review"]}), Family::Tombstone),
            (json!({"type": "Collection"}), Family::Collection),
            (json!({"type": "FeaturedCollection"}), Family::Other),
            (json!({"type": "Playlist", "totalItems": 3}), Family::Other),
            (json!({"type": "Shelf", "first": ann}), Family::Other),
            (json!({"type": "Robot", "inbox": ann}), Family::Other),
            (
                json!({"type": "Robot", "publicKey": {"id": ann}}),
                Family::Other,
            ),
            (json!({"type": ["Review", "Place"]}), Family::Other),
            (json!({"type": "Group"}), Family::Actor),
            (json!({"type": "Offer"}), Family::Activity),
            (json!({"type": "QuoteAuthorization"}), Family::Other),
            (json!({"type": "Agreement", "object": ann}), Family::Other),
            (json!({"type": "Story"}), Family::Other),
            (json!({"type": "Story:Reply"}), Family::Other),
        ] {
            let mut object = json!({"attributedTo": ann, "name": "x", "content": "x"});
            for (key, value) in value.as_object().expect("an object") {
                object[key] = value.clone();
            }
            let found = family(object.as_object().expect("an object"));
            assert_eq!(found.expect("a family").0, expected, "{object}");
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
