//! What an activity is worth while not everything can be taken: told from its document alone, before anything is
//! believed. Pure.

use serde_json::Value;

use super::documents::everybody::is_public;
use super::documents::references::{self, Properties};
use crate::load::Class;

/// What the document alone tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// It is of this class.
    Sure(Class),
    /// It is a public post: of a stranger, unless somebody here follows somebody of its server.
    PublicPost,
}

/// What an activity is worth; `is_local` knows ids of this node.
pub(super) fn worth(properties: &Properties, is_local: impl Fn(&str) -> bool) -> Worth {
    let kind = first_kind(properties);
    match kind {
        "Follow" | "Accept" | "Reject" | "Block" | "Delete" | "QuoteRequest" => {
            Worth::Sure(Class::Vital)
        }
        "Like" | "Announce" | "EmojiReact" | "Dislike" | "View" => Worth::Sure(Class::Reaction),
        "Undo" => Worth::Sure(of_undone(properties)),
        "Create" | "Update" => of_post(properties, is_local),
        _ => Worth::Sure(Class::Other),
    }
}

fn first_kind(properties: &Properties) -> &str {
    let kinds = references::list_of(properties, "type");
    kinds.first().and_then(Value::as_str).unwrap_or_default()
}

fn of_undone(properties: &Properties) -> Class {
    let Some(undone) = references::first_object(properties, "object") else {
        return Class::Other;
    };
    match first_kind(undone) {
        "Follow" | "Accept" | "Reject" | "Block" => Class::Vital,
        "Like" | "Announce" | "EmojiReact" | "Dislike" => Class::Reaction,
        _ => Class::Other,
    }
}

fn of_post(properties: &Properties, is_local: impl Fn(&str) -> bool) -> Worth {
    let note = references::first_object(properties, "object");
    let both = [Some(properties), note];
    let addresses: Vec<&str> = both
        .into_iter()
        .flatten()
        .flat_map(|part| ["to", "cc"].map(|key| references::list_of(part, key)))
        .flatten()
        .filter_map(references::id_in)
        .collect();
    let named = note.map_or(&[][..], |note| references::list_of(note, "tag"));
    let named = named.iter().filter_map(|tag| tag.get("href")?.as_str());
    let parent = note.and_then(|note| references::id(note, "inReplyTo"));
    let quoted = note.and_then(|note| references::id(note, "quote"));
    let related = parent.into_iter().chain(quoted);
    let mut concerned = addresses.iter().copied().chain(named).chain(related);
    let is_blind = addresses.is_empty() && note.is_some_and(|note| first_kind(note) == "Note");
    if is_blind || concerned.any(is_local) {
        Worth::Sure(Class::Vital)
    } else if addresses.iter().any(|address| is_public(address)) {
        Worth::PublicPost
    } else {
        Worth::Sure(Class::Other)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_here_come_first_and_reactions_last() {
        use Class::{Other, Reaction, Vital};
        let ann = "https://here.test/users/ann";
        let everybody = "as:Public";
        let note = |more: Value| {
            let mut note = json!({"type": "Note", "id": "https://a.test/1", "to": [everybody]});
            for (key, value) in more.as_object().unwrap() {
                note[key] = value.clone();
            }
            json!({"type": "Create", "object": note})
        };
        let undo = |kind: &str| json!({"type": "Undo", "object": {"type": kind}});
        for (activity, expected) in [
            (json!({"type": "Follow", "object": ann}), Worth::Sure(Vital)),
            (json!({"type": "Accept"}), Worth::Sure(Vital)),
            (json!({"type": "Delete"}), Worth::Sure(Vital)),
            (json!({"type": "Block"}), Worth::Sure(Vital)),
            (json!({"type": "Like"}), Worth::Sure(Reaction)),
            (json!({"type": ["Announce"]}), Worth::Sure(Reaction)),
            (undo("Follow"), Worth::Sure(Vital)),
            (undo("Like"), Worth::Sure(Reaction)),
            (undo("Announce"), Worth::Sure(Reaction)),
            (
                json!({"type": "Undo", "object": "https://a.test/1"}),
                Worth::Sure(Other),
            ),
            (json!({"type": "Flag"}), Worth::Sure(Other)),
            (json!({"type": "Move"}), Worth::Sure(Other)),
            (json!({}), Worth::Sure(Other)),
            (json!({"type": 7}), Worth::Sure(Other)),
            (note(json!({})), Worth::PublicPost),
            (note(json!({"to": "Public"})), Worth::PublicPost),
            (note(json!({"to": [ann]})), Worth::Sure(Vital)),
            (note(json!({"cc": {"id": ann}})), Worth::Sure(Vital)),
            (note(json!({"to": []})), Worth::Sure(Vital)),
            (
                note(json!({"to": ["https://a.test/followers"]})),
                Worth::Sure(Other),
            ),
            (
                note(json!({"inReplyTo": "https://here.test/1"})),
                Worth::Sure(Vital),
            ),
            (
                note(json!({"inReplyTo": "https://b.test/1"})),
                Worth::PublicPost,
            ),
            (
                note(json!({"quote": "https://here.test/1"})),
                Worth::Sure(Vital),
            ),
            (json!({"type": "QuoteRequest"}), Worth::Sure(Vital)),
            (
                note(json!({"tag": [{"type": "Mention", "href": ann}]})),
                Worth::Sure(Vital),
            ),
            (
                note(json!({"tag": {"type": "Mention", "href": "https://b.test"}})),
                Worth::PublicPost,
            ),
            (
                json!({"type": "Create", "to": [everybody], "object": "https://a.test/1"}),
                Worth::PublicPost,
            ),
            (
                json!({"type": "Update", "object": {"type": "Person"}}),
                Worth::Sure(Other),
            ),
        ] {
            let properties = activity.as_object().unwrap();
            let is_local = |uri: &str| uri.starts_with("https://here.test/");
            assert_eq!(worth(properties, is_local), expected, "{activity}");
        }
    }
}
