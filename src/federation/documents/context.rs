//! The `@context` of what we send, in one place.
//!
//! Each list names the terms that the documents of its sort use. Source:
//! <https://www.w3.org/TR/activitystreams-core/#jsonld> and
//! <https://docs.joinmastodon.org/spec/activitypub/#namespaces>.

use serde_json::{Map, Value, json};

/// The vocabulary that every document speaks.
pub const ACTIVITY_STREAMS: &str = "https://www.w3.org/ns/activitystreams";

/// Where `assertionMethod` is defined.
const DID: &str = "https://www.w3.org/ns/did/v1";
/// Where keys of the sort `Multikey` are defined.
const MULTIKEY: &str = "https://w3id.org/security/multikey/v1";

/// Which terms a document uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// ActivityStreams alone.
    Plain,
    /// Statuses, and activities that carry one.
    Note,
    /// Actors, and activities that carry one.
    Actor,
    /// Reactions with an emoji.
    Reaction,
    /// Requests to quote a status, their answers, and consents.
    Quote,
}

/// The document with its `@context` in front; one that stood there is replaced.
#[must_use]
pub fn with_context(document: Value, terms: Terms) -> Value {
    let Value::Object(properties) = document else {
        return document;
    };
    let mut whole = Map::with_capacity(properties.len() + 1);
    whole.insert("@context".to_owned(), context(terms));
    whole.extend(properties.into_iter().filter(|(key, _)| key != "@context"));
    Value::Object(whole)
}

/// The document with one more list of terms, by its address.
#[must_use]
pub fn with_further_context(mut document: Value, address: &str) -> Value {
    let Some(context) = document.get_mut("@context") else {
        return document;
    };
    let mut lists = match context.take() {
        Value::Array(lists) => lists,
        one => vec![one],
    };
    // Addresses come before terms that are spelled out.
    let place = lists.iter().take_while(|list| list.is_string()).count();
    if !lists.iter().any(|list| list == address) {
        lists.insert(place, address.into());
    }
    *context = Value::Array(lists);
    document
}

fn context(terms: Terms) -> Value {
    match terms {
        Terms::Plain => json!(ACTIVITY_STREAMS),
        Terms::Note => json!([ACTIVITY_STREAMS, note_terms()]),
        Terms::Reaction => json!([ACTIVITY_STREAMS, {
            "toot": "http://joinmastodon.org/ns#",
            "Emoji": "toot:Emoji",
            "_misskey_reaction": "https://misskey-hub.net/ns#_misskey_reaction",
        }]),
        Terms::Quote => {
            let mut terms = note_terms();
            let further = json!({
                "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
                "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
                "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
                "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
            });
            if let (Some(terms), Value::Object(further)) = (terms.as_object_mut(), further) {
                terms.extend(further);
            }
            json!([ACTIVITY_STREAMS, terms])
        }
        Terms::Actor => json!([ACTIVITY_STREAMS, "https://w3id.org/security/v1", DID, MULTIKEY, {
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "movedTo": {"@id": "as:movedTo", "@type": "@id"},
            "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
            "toot": "http://joinmastodon.org/ns#",
            "featured": {"@id": "toot:featured", "@type": "@id"},
            "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
            "discoverable": "toot:discoverable",
            "indexable": "toot:indexable",
            "attributionDomains": {"@id": "toot:attributionDomains", "@type": "@id"},
            "memorial": "toot:memorial",
            "suspended": "toot:suspended",
            "Emoji": "toot:Emoji",
            "Hashtag": "as:Hashtag",
            // The namespace is not schema.org's own; every server writes it so and some compare it.
            "schema": "http://schema.org#",
            "PropertyValue": "schema:PropertyValue",
            "value": "schema:value",
            "webfinger": {"@id": "https://purl.archive.org/socialweb/webfinger#webfinger"},
        }]),
    }
}

/// The terms of statuses.
fn note_terms() -> Value {
    json!({
        "ostatus": "http://ostatus.org#",
        "atomUri": "ostatus:atomUri",
        "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
        "conversation": "ostatus:conversation",
        "sensitive": "as:sensitive",
        "toot": "http://joinmastodon.org/ns#",
        "blurhash": "toot:blurhash",
        "votersCount": "toot:votersCount",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
        "Emoji": "toot:Emoji",
        "Hashtag": "as:Hashtag",
        "gts": "https://gotosocial.org/ns#",
        "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
        "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
        "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
        "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
        "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
        "quoteUri": "http://fedibird.com/ns#quoteUri",
        "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_comes_first_and_once() {
        let document = with_context(
            json!({"type": "Note", "@context": "https://x.example"}),
            Terms::Note,
        );
        let keys: Vec<_> = document.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["@context", "type"]);
        assert_eq!(document["@context"][0], ACTIVITY_STREAMS);
        assert_eq!(with_context(json!("text"), Terms::Plain), json!("text"));
    }
}
