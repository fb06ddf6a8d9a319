//! Quotes: what a status quotes, who may quote it, and the documents by which authors are asked and agree.
//!
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/044f/fep-044f.md>.

use serde_json::{Map, Value, json};

use super::caps;
use super::context::{Terms, with_context};
use super::everybody::PUBLIC;
use super::notes::OutgoingNote;
use super::origins;
use super::references::{self, Properties};
use crate::text::render::render_quote_link;

/// Under which names a status says what it quotes, the first that is there counts; all but the first ask nobody.
const NAMES: [&str; 4] = ["quote", "_misskey_quote", "quoteUrl", "quoteUri"];

/// What a status from elsewhere quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingQuote {
    /// The id of what is quoted; none if it is gone.
    pub id: Option<String>,
    /// Where its author is said to agree, on its origin.
    pub authorization: Option<String>,
    /// Whether it is said in a way that asks nobody.
    pub is_legacy: bool,
}

impl IncomingQuote {
    /// What a status quotes; `linked` is what a tag names.
    #[must_use]
    pub fn parse(properties: &Properties, linked: Option<String>) -> Option<Self> {
        let gone = Self {
            id: None,
            authorization: None,
            is_legacy: false,
        };
        let whole = references::first_object(properties, "quote");
        if whole.is_some_and(|whole| references::text(whole, "type") == Some("Tombstone")) {
            return Some(gone);
        }
        let named = NAMES.iter().find_map(|name| {
            let id = references::id(properties, name)?;
            origins::is_usable(id).then(|| (id.to_owned(), *name != "quote"))
        });
        let (id, is_legacy) = named.or(linked.map(|id| (id, true)))?;
        let authorization = references::id(properties, "quoteAuthorization")
            .filter(|word| !is_legacy && origins::is_same_origin(word, &id))
            .map(str::to_owned);
        Some(Self {
            id: Some(id),
            authorization,
            is_legacy,
        })
    }
}

/// Who may quote a status from elsewhere: ids of actors and collections, and the public collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncomingPolicy {
    /// Without asking.
    pub automatic: Vec<String>,
    /// After asking.
    pub manual: Vec<String>,
}

impl IncomingPolicy {
    /// Who may quote a status, in the present words or those before them.
    #[must_use]
    pub fn parse(properties: &Properties) -> Option<Self> {
        let policy = references::first_object(properties, "interactionPolicy")?;
        let quoting = references::first_object(policy, "canQuote")?;
        let ids = |names: [&str; 2]| {
            let mut found = names
                .iter()
                .map(|name| references::ids(quoting, name, caps::TAGS));
            found.find(|ids| !ids.is_empty()).unwrap_or_default()
        };
        Some(Self {
            automatic: ids(["automaticApproval", "always"]),
            manual: ids(["manualApproval", "approvalRequired"]),
        })
    }
}

/// What a local status quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingQuote {
    /// The id of what is quoted; none if it is gone.
    pub id: Option<String>,
    /// Its page, or its id.
    pub url: Option<String>,
    /// Where its author agrees.
    pub authorization: Option<String>,
}

impl OutgoingQuote {
    /// What stands in the text for readers that know no quotes.
    #[must_use]
    pub fn fallback(&self) -> Option<String> {
        self.url.as_deref().map(render_quote_link)
    }

    /// Adds it to the document of the status.
    pub fn build(&self, note: &mut Map<String, Value>) {
        let mut set = |key: &str, value: Value| note.insert(key.to_owned(), value);
        let Some(id) = &self.id else {
            set("quote", json!({"type": "Tombstone"}));
            return;
        };
        for name in ["quote", "_misskey_quote", "quoteUri"] {
            set(name, id.clone().into());
        }
        if let Some(word) = &self.authorization {
            set("quoteAuthorization", word.clone().into());
        }
    }
}

/// `interactionPolicy` of a status that these may quote without asking.
#[must_use]
pub fn build_policy(quotable_by: &[String]) -> Value {
    json!({"canQuote": {"automaticApproval": quotable_by}})
}

/// An author's consent to being quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteAuthorization {
    /// Where it stands.
    pub id: String,
    /// Who agrees.
    pub author: String,
    /// The status that quotes.
    pub quoting: String,
    /// The status that is quoted.
    pub quoted: String,
}

impl QuoteAuthorization {
    /// A consent; none if it is something else or says less.
    #[must_use]
    pub fn parse(properties: &Properties) -> Option<Self> {
        let types = references::list_of(properties, "type");
        let is_one = types.iter().any(|name| name == "QuoteAuthorization");
        let part = |key: &str| references::id(properties, key).map(str::to_owned);
        Some(Self {
            id: references::text(properties, "id")?.to_owned(),
            author: part("attributedTo")?,
            quoting: part("interactingObject")?,
            quoted: part("interactionTarget")?,
        })
        .filter(|_| is_one)
    }

    /// Whether it says exactly this, on its author's own origin.
    #[must_use]
    pub fn holds_for(&self, expected: &Self) -> bool {
        self == expected && origins::is_same_origin(&self.id, &self.author)
    }

    /// Without `@context`.
    fn object(&self) -> Value {
        json!({
            "id": self.id,
            "type": "QuoteAuthorization",
            "attributedTo": self.author,
            "interactingObject": self.quoting,
            "interactionTarget": self.quoted,
        })
    }

    /// The document as it is served.
    #[must_use]
    pub fn document(&self) -> Value {
        with_context(self.object(), Terms::Quote)
    }

    /// The author does not agree any more.
    #[must_use]
    pub fn delete(&self) -> Value {
        let delete = json!({
            "id": format!("{}#delete", self.id),
            "type": "Delete",
            "actor": self.author,
            "to": [PUBLIC],
            "object": self.object(),
        });
        with_context(delete, Terms::Quote)
    }
}

/// A request to quote a status, as we send it. The quoting status comes along, so that nobody has to ask for it.
#[must_use]
pub fn request(id: &str, quoted: &str, note: &OutgoingNote) -> Value {
    let request = json!({
        "id": id,
        "type": "QuoteRequest",
        "actor": note.author,
        "object": quoted,
        "instrument": note.object(),
    });
    with_context(request, Terms::Quote)
}

/// Our answer to a request to quote a status.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingAnswer<'a> {
    /// Its id, see [`quote_answer`](super::local::quote_answer).
    pub id: &'a str,
    /// The quoted author.
    pub actor: &'a str,
    /// The request.
    pub request: &'a str,
    /// Who asked.
    pub requester: &'a str,
    /// The quoted status.
    pub quoted: &'a str,
    /// The quoting status.
    pub quoting: &'a str,
    /// Where the consent stands; without one, the answer is no.
    pub result: Option<&'a str>,
}

impl OutgoingAnswer<'_> {
    /// `Accept` or `Reject`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.result.is_some() {
            "Accept"
        } else {
            "Reject"
        }
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> Value {
        let mut answer = json!({
            "id": self.id,
            "type": self.kind(),
            "actor": self.actor,
            "to": self.requester,
            "object": {
                "id": self.request,
                "type": "QuoteRequest",
                "actor": self.requester,
                "object": self.quoted,
                "instrument": self.quoting,
            },
        });
        if let (Some(result), Some(answer)) = (self.result, answer.as_object_mut()) {
            answer.insert("result".to_owned(), result.into());
        }
        with_context(answer, Terms::Quote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTED: &str = "https://b.example/1";

    fn parse(note: &Value) -> Option<IncomingQuote> {
        let properties = note.as_object().expect("an object");
        let linked = note.get("linked").and_then(Value::as_str);
        IncomingQuote::parse(properties, linked.map(str::to_owned))
    }

    #[test]
    fn quotes_are_found_in_every_form() {
        let other = "https://c.example/2";
        let word = "https://b.example/words/1";
        let found = |id: &str, authorization: Option<&str>, is_legacy| {
            Some(IncomingQuote {
                id: Some(id.to_owned()),
                authorization: authorization.map(str::to_owned),
                is_legacy,
            })
        };
        let gone = Some(IncomingQuote {
            id: None,
            authorization: None,
            is_legacy: false,
        });
        for (note, expected) in [
            (json!({"quote": QUOTED}), found(QUOTED, None, false)),
            (json!({"quote": {"id": QUOTED}}), found(QUOTED, None, false)),
            (json!({"_misskey_quote": QUOTED}), found(QUOTED, None, true)),
            (json!({"quoteUrl": QUOTED}), found(QUOTED, None, true)),
            (json!({"quoteUri": QUOTED}), found(QUOTED, None, true)),
            (json!({"linked": QUOTED}), found(QUOTED, None, true)),
            (
                json!({"quote": QUOTED, "_misskey_quote": other, "linked": other}),
                found(QUOTED, None, false),
            ),
            (
                json!({"quoteUrl": QUOTED, "quoteUri": other, "linked": other}),
                found(QUOTED, None, true),
            ),
            (
                json!({"quote": "nonsense", "_misskey_quote": QUOTED}),
                found(QUOTED, None, true),
            ),
            (
                json!({"quote": QUOTED, "quoteAuthorization": word}),
                found(QUOTED, Some(word), false),
            ),
            (
                json!({"quote": QUOTED, "quoteAuthorization": "https://evil.example/words/1"}),
                found(QUOTED, None, false),
            ),
            (
                json!({"quoteUrl": QUOTED, "quoteAuthorization": word}),
                found(QUOTED, None, true),
            ),
            (json!({"quote": {"type": "Tombstone"}}), gone.clone()),
            (
                json!({"quote": {"type": "Tombstone", "id": QUOTED}, "quoteUri": QUOTED}),
                gone,
            ),
            (json!({"quote": null}), None),
            (json!({}), None),
        ] {
            assert_eq!(parse(&note), expected, "{note}");
        }
    }

    #[test]
    fn policies_are_read_in_old_and_new_words() {
        let policy = |automatic: &[&str], manual: &[&str]| {
            let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
            Some(IncomingPolicy {
                automatic: owned(automatic),
                manual: owned(manual),
            })
        };
        for (given, expected) in [
            (
                json!({"canQuote": {"automaticApproval": "as:Public"}}),
                policy(&["as:Public"], &[]),
            ),
            (
                json!({"canQuote": {"always": [QUOTED], "approvalRequired": ["as:Public"]}}),
                policy(&[QUOTED], &["as:Public"]),
            ),
            (
                json!({"canQuote": {"automaticApproval": [], "manualApproval": [QUOTED, "x"]}}),
                policy(&[], &[QUOTED]),
            ),
            (json!({"canQuote": {}}), policy(&[], &[])),
            (json!({"canReply": {"always": "as:Public"}}), None),
            (json!("nonsense"), None),
        ] {
            let note = json!({"interactionPolicy": given});
            let found = IncomingPolicy::parse(note.as_object().expect("an object"));
            assert_eq!(found, expected, "{given}");
        }
    }

    #[test]
    fn a_consent_holds_for_what_it_says_alone() {
        let consent = QuoteAuthorization {
            id: "https://b.example/words/1".into(),
            author: "https://b.example/users/bob".into(),
            quoting: "https://a.example/7".into(),
            quoted: QUOTED.into(),
        };
        let document = consent.document();
        let parse = |document: &Value| {
            QuoteAuthorization::parse(document.as_object().expect("an object"))
                .is_some_and(|found| found.holds_for(&consent))
        };
        assert!(parse(&document));
        for (key, value) in [
            ("id", json!("https://b.example/words/2")),
            ("type", json!("Note")),
            ("attributedTo", json!("https://b.example/users/eve")),
            ("interactingObject", json!("https://a.example/8")),
            ("interactionTarget", json!("https://b.example/2")),
            ("interactionTarget", Value::Null),
        ] {
            let mut forged = document.clone();
            forged[key] = value;
            assert!(!parse(&forged), "{key}");
        }
        let elsewhere = QuoteAuthorization {
            id: "https://a.example/words/1".into(),
            ..consent
        };
        assert!(!elsewhere.holds_for(&elsewhere), "a quoter cannot agree");
    }

    #[test]
    fn what_is_sent_is_what_is_read() {
        let quote = OutgoingQuote {
            id: Some(QUOTED.into()),
            url: Some("https://b.example/@bob/1?a&b".into()),
            authorization: Some("https://b.example/words/1".into()),
        };
        let mut note = Map::new();
        quote.build(&mut note);
        let found = IncomingQuote::parse(&note, None).expect("a quote");
        assert_eq!((found.id, found.is_legacy), (quote.id.clone(), false));
        assert_eq!(found.authorization, quote.authorization);
        let fallback = quote.fallback().expect("a link");
        assert!(fallback.starts_with("<p class=\"quote-inline\">RE: <a href="));
        assert!(fallback.contains("1?a&amp;b\""), "{fallback}");
        let gone = OutgoingQuote {
            id: None,
            url: None,
            authorization: None,
        };
        let mut note = Map::new();
        gone.build(&mut note);
        let found = IncomingQuote::parse(&note, None).expect("a quote");
        assert_eq!(found.id, None);
    }
}
