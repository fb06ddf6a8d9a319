//! What an outbox lists, item by item: what may be taken as it stands, and what is only a name to be fetched.
//!
//! An outbox speaks for one actor on one origin. A status or boost that stands in it is believed if it is that actor's
//! and lies on that origin; anything else there is an id at best. Source: <https://www.w3.org/TR/activitypub/#outbox>.

use serde_json::Value;

use super::activities::{Announced, Created, Deed, IncomingActivity, Updated};
use super::addressing::Addressees;
use super::kinds::{self, Family};
use super::notes::IncomingNote;
use super::origins::{Origin, is_same_origin};
use super::references::{self, Properties};
use super::times;

/// One item of an outbox.
#[derive(Clone, Debug, PartialEq)]
pub enum Listed {
    /// A status of the actor's, as it stands.
    Note(Box<IncomingNote>),
    /// A boost by the actor.
    Boost(Boost),
    /// Something of the actor's that is only named: a status, or the activity that made it or boosted something.
    Named {
        /// Its id.
        id: String,
        /// When it was made, in milliseconds, if that is told.
        published: Option<i64>,
    },
}

/// A boost by the actor of an outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Boost {
    /// The id of the Announce.
    pub id: String,
    /// What is boosted, to be fetched from where it belongs.
    pub object: String,
    /// When it was boosted, in milliseconds, as claimed.
    pub published: Option<i64>,
    /// Whom the boost is for.
    pub addressees: Addressees,
}

impl Listed {
    /// The id under which the thing is known here, if it is.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Note(note) => &note.id,
            Self::Boost(boost) => &boost.id,
            Self::Named { id, .. } => id,
        }
    }

    /// When it was made, in milliseconds, if that is told.
    #[must_use]
    pub fn published(&self) -> Option<i64> {
        match self {
            Self::Note(note) => note.published,
            Self::Boost(boost) => boost.published,
            Self::Named { published, .. } => *published,
        }
    }
}

/// The actor that an outbox belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Speaker<'a> {
    /// Its id.
    pub actor: &'a str,
    /// Where the items came from.
    pub source: &'a str,
    /// This node's own origin.
    pub ours: &'a Origin,
}

impl Speaker<'_> {
    /// What the items are; what says nothing usable is left out.
    #[must_use]
    pub fn list(&self, items: &[Value]) -> Vec<Listed> {
        items.iter().filter_map(|item| self.read(item)).collect()
    }

    /// What one item, or one document that was fetched because it was named, is.
    #[must_use]
    pub fn read(&self, item: &Value) -> Option<Listed> {
        match item {
            Value::String(id) => self.named(id, None),
            Value::Object(properties) => self.read_object(properties),
            _ => None,
        }
    }

    fn named(&self, id: &str, published: Option<i64>) -> Option<Listed> {
        self.is_near(id).then(|| Listed::Named {
            id: id.to_owned(),
            published,
        })
    }

    /// Whether an id lies where both the actor and the items are.
    fn is_near(&self, id: &str) -> bool {
        is_same_origin(id, self.actor) && is_same_origin(id, self.source)
    }

    fn read_object(&self, properties: &Properties) -> Option<Listed> {
        let published = times::instant(properties, "published");
        let whole = match kinds::family(properties).ok()?.0 {
            Family::Activity => return self.read_activity(properties),
            Family::Note => IncomingNote::parse(properties, Some(self.actor), self.ours)
                .ok()
                .filter(|note| note.attributed_to == self.actor && self.is_near(&note.id))
                .map(|note| Listed::Note(Box::new(note))),
            _ => return None,
        };
        whole.or_else(|| self.named(references::text(properties, "id")?, published))
    }

    /// Other activities than those that make, change or boost statuses are no posts.
    fn read_activity(&self, properties: &Properties) -> Option<Listed> {
        let parsed = IncomingActivity::parse(properties, self.ours).ok()?;
        if parsed.actor != self.actor || !is_same_origin(self.source, self.actor) {
            return None;
        }
        let published = parsed.published;
        match &parsed.deed {
            Deed::Create(Created::Note(note)) | Deed::Update(Updated::Note(note)) => {
                self.is_near(&note.id).then(|| Listed::Note(note.clone()))
            }
            Deed::Create(Created::Reference(id)) | Deed::Update(Updated::Reference(id)) => {
                self.named(id, published)
            }
            Deed::Announce(announced) => {
                let object = boosted(announced)?.to_owned();
                Some(Listed::Boost(Boost {
                    id: parsed.id?,
                    object,
                    published,
                    addressees: parsed.addressees,
                }))
            }
            _ => None,
        }
    }
}

/// What an Announce boosts: groups send on the activity that made a status.
fn boosted(announced: &Announced) -> Option<&str> {
    match &announced.wrapped {
        None => Some(&announced.object),
        Some(wrapped) if wrapped.kind == "Create" => wrapped.object.as_deref(),
        Some(_) => None,
    }
}

/// Where the replies to a status are listed, if its document says so: the collection's id, or that of its first page.
#[must_use]
pub fn replies_of(note: &Properties) -> Option<&str> {
    let inline = references::first_object(note, "replies");
    let first = inline.and_then(|replies| references::id(replies, "first"));
    let next = || {
        let first = references::first_object(inline?, "first")?;
        references::text(first, "next")
    };
    references::id(note, "replies").or(first).or_else(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::documents::collections::IncomingCollection;

    const ANN: &str = "https://a.example/users/ann";
    const OUTBOX: &str = "https://a.example/users/ann/outbox";

    fn ours() -> Origin {
        Origin::of("https://home.example").expect("an origin")
    }

    fn fixture(text: &str) -> IncomingCollection {
        let value: Value = serde_json::from_str(text).expect("JSON");
        IncomingCollection::parse(value.as_object().expect("an object"), &ours()).expect("a page")
    }

    /// Each item as a word and its id.
    fn listed(items: &[Value]) -> Vec<(&'static str, String)> {
        let ours = ours();
        let speaker = Speaker {
            actor: ANN,
            source: OUTBOX,
            ours: &ours,
        };
        let word = |item: Listed| match &item {
            Listed::Note(_) => ("note", item.id().to_owned()),
            Listed::Boost(boost) => ("boost", boost.object.clone()),
            Listed::Named { .. } => ("named", item.id().to_owned()),
        };
        speaker.list(items).into_iter().map(word).collect()
    }

    #[test]
    fn outboxes_of_every_shape_are_read() {
        for (name, text, expected) in [
            (
                "Mastodon",
                include_str!("../../../tests/fixtures/outboxes/mastodon_page.json"),
                vec![
                    ("note", "https://a.example/users/ann/statuses/3"),
                    ("boost", "https://b.example/users/ben/statuses/7"),
                    ("note", "https://a.example/users/ann/statuses/1"),
                ],
            ),
            (
                "GoToSocial",
                include_str!("../../../tests/fixtures/outboxes/gotosocial_page.json"),
                vec![
                    (
                        "named",
                        "https://a.example/users/ann/statuses/01B/activity#Create",
                    ),
                    ("named", "https://a.example/users/ann/statuses/01A"),
                ],
            ),
            (
                "Misskey",
                include_str!("../../../tests/fixtures/outboxes/misskey_page.json"),
                vec![
                    ("note", "https://a.example/notes/9b"),
                    ("boost", "https://b.example/notes/8z"),
                ],
            ),
            (
                "Pleroma",
                include_str!("../../../tests/fixtures/outboxes/pleroma_root.json"),
                vec![
                    ("note", "https://a.example/objects/2"),
                    ("boost", "https://b.example/objects/5"),
                ],
            ),
        ] {
            let found = listed(&fixture(text).items);
            let found: Vec<(&str, &str)> = found.iter().map(|(w, id)| (*w, id.as_str())).collect();
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_the_actors_own_is_not_believed() {
        let page = fixture(include_str!(
            "../../../tests/fixtures/outboxes/hostile_page.json"
        ));
        assert_eq!(
            listed(&page.items),
            [("named", "https://a.example/users/ann/statuses/9".to_owned())],
            "only what lies on the actor's origin is even a name"
        );
    }

    #[test]
    fn an_outbox_on_another_origin_than_its_actor_says_nothing() {
        let page = fixture(include_str!(
            "../../../tests/fixtures/outboxes/mastodon_page.json"
        ));
        let ours = ours();
        let speaker = Speaker {
            actor: ANN,
            source: "https://evil.example/outbox",
            ours: &ours,
        };
        assert_eq!(speaker.list(&page.items), []);
    }

    #[test]
    fn replies_are_found_in_every_form() {
        use serde_json::json;
        for (replies, expected) in [
            (
                json!("https://a.example/1/replies"),
                Some("https://a.example/1/replies"),
            ),
            (
                json!({"id": "https://a.example/1/replies", "type": "Collection", "first": {"type": "CollectionPage", "next": "https://a.example/1/replies?page=1", "items": []}}),
                Some("https://a.example/1/replies"),
            ),
            (
                json!({"type": "Collection", "first": {"type": "CollectionPage", "next": "https://a.example/1/replies?page=1"}}),
                Some("https://a.example/1/replies?page=1"),
            ),
            (
                json!({"type": "Collection", "first": "https://a.example/p"}),
                Some("https://a.example/p"),
            ),
            (json!(null), None),
        ] {
            let note = json!({"type": "Note", "replies": replies});
            assert_eq!(replies_of(note.as_object().unwrap()), expected, "{note}");
        }
    }
}
