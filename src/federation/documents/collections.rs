//! Collections and their pages: read from elsewhere, built here.
//!
//! Source: <https://www.w3.org/TR/activitypub/#collections>.

use serde_json::{Map, Value, json};

use super::caps;
use super::context::{Terms, with_context};
use super::kinds::{self, Family};
use super::origins::{self, Origin};
use super::references::{self, Properties};
use super::rejects::Reject;

/// A collection or one page of it.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingCollection {
    /// Its id; embedded first pages have none.
    pub id: Option<String>,
    /// How many things are said to be in it, never below zero.
    pub total: Option<i64>,
    /// The id of the first page.
    pub first: Option<String>,
    /// The id of the next page.
    pub next: Option<String>,
    /// The id of the collection that a page belongs to.
    pub part_of: Option<String>,
    /// At most 500 items as they stand, an embedded first page's included.
    pub items: Vec<Value>,
}

impl IncomingCollection {
    /// Parses a collection or page. Pages on other origins than its own are left out.
    ///
    /// # Errors
    /// No collection, or an id that is unusable or ours.
    pub fn parse(properties: &Properties, ours: &Origin) -> Result<Self, Reject> {
        let (family, name) = kinds::family(properties)?;
        if family != Family::Collection {
            return Err(Reject::because(format!("a {name} is no collection")));
        }
        let id = match references::text(properties, "id") {
            Some(id) => Some(origins::check_foreign(id, "the collection", ours)?),
            None => None,
        };
        let page = |properties: &Properties, key: &str| {
            let page = references::id(properties, key)?;
            let near = id.map_or_else(
                || origins::is_usable(page),
                |id| origins::is_same_origin(page, id),
            );
            near.then(|| page.to_owned())
        };
        let embedded = references::first_object(properties, "first");
        let of_first = |key: &str| embedded.and_then(|first| page(first, key));
        Ok(Self {
            id: id.map(str::to_owned),
            total: references::count(properties, "totalItems"),
            first: page(properties, "first"),
            next: page(properties, "next").or_else(|| of_first("next")),
            part_of: page(properties, "partOf"),
            items: std::iter::once(properties)
                .chain(embedded)
                .flat_map(|page| {
                    ["orderedItems", "items"].map(|key| references::list_of(page, key))
                })
                .flatten()
                .take(caps::COLLECTION_ITEMS)
                .cloned()
                .collect(),
        })
    }

    /// The usable ids of the items.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let ids = self.items.iter().filter_map(references::id_in);
        ids.filter(|id| origins::is_usable(id))
            .map(str::to_owned)
            .collect()
    }
}

/// A whole ordered collection with its items.
#[must_use]
pub fn build_whole(id: &str, items: &[Value], terms: Terms) -> Value {
    let whole = json!({"id": id, "type": "OrderedCollection", "totalItems": items.len(), "orderedItems": items});
    with_context(whole, terms)
}

/// The root of a paged ordered collection; without `first` its items are hidden.
#[must_use]
pub fn build_root(id: &str, total: i64, first: Option<&str>, last: Option<&str>) -> Value {
    let mut built = Map::new();
    built.insert("id".to_owned(), id.into());
    built.insert("type".to_owned(), "OrderedCollection".into());
    built.insert("totalItems".to_owned(), total.max(0).into());
    for (key, page) in [("first", first), ("last", last)] {
        if let Some(page) = page {
            built.insert(key.to_owned(), page.into());
        }
    }
    with_context(Value::Object(built), Terms::Plain)
}

/// One page of an ordered collection.
#[derive(Clone, Debug)]
pub struct OutgoingPage {
    /// Its id.
    pub id: String,
    /// The id of the collection.
    pub part_of: String,
    /// The page after it.
    pub next: Option<String>,
    /// The page before it.
    pub prev: Option<String>,
    /// How many things are in the whole collection.
    pub total: Option<i64>,
    /// Ids, or objects without `@context`.
    pub items: Vec<Value>,
    /// The terms that the items use.
    pub terms: Terms,
}

impl OutgoingPage {
    /// The document as it is served.
    #[must_use]
    pub fn document(&self) -> Value {
        let mut built = Map::new();
        let mut set = |key: &str, value: Value| built.insert(key.to_owned(), value);
        set("id", self.id.clone().into());
        set("type", "OrderedCollectionPage".into());
        if let Some(total) = self.total {
            set("totalItems", total.max(0).into());
        }
        set("partOf", self.part_of.clone().into());
        for (key, page) in [("next", &self.next), ("prev", &self.prev)] {
            if let Some(page) = page {
                set(key, page.clone().into());
            }
        }
        set("orderedItems", self.items.clone().into());
        with_context(Value::Object(built), self.terms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "https://a.example/users/ann/outbox";

    fn parsed(value: &Value) -> Result<IncomingCollection, Reject> {
        let ours = Origin::of("https://home.example").expect("an origin");
        IncomingCollection::parse(value.as_object().expect("an object"), &ours)
    }

    #[test]
    fn reads_roots_pages_and_embedded_first_pages() {
        let root = parsed(
            &json!({"type": "OrderedCollection", "id": ID, "totalItems": -1, "first": format!("{ID}?page=1")}),
        );
        let root = root.expect("a collection");
        assert_eq!(
            (root.total, root.first),
            (Some(0), Some(format!("{ID}?page=1")))
        );
        let embedded = parsed(&json!({"type": "Collection", "id": ID, "first": {
            "type": "CollectionPage", "next": format!("{ID}?page=2"), "items": ["https://a.example/1", {"id": "https://a.example/2"}, 5],
        }}))
        .expect("a collection");
        assert_eq!(
            embedded.ids(),
            ["https://a.example/1", "https://a.example/2"]
        );
        assert_eq!(embedded.next, Some(format!("{ID}?page=2")));
        let far = parsed(&json!({"type": "Collection", "id": ID, "first": "https://b.example/1", "next": "nonsense"})).expect("a collection");
        assert_eq!((far.first, far.next), (None, None));
        let many =
            parsed(&json!({"type": "Collection", "items": vec!["https://a.example/1"; 5_000]}))
                .expect("a collection");
        assert_eq!(many.items.len(), caps::COLLECTION_ITEMS);
        assert!(parsed(&json!({"type": "Note"})).is_err());
        assert!(parsed(&json!({"type": "Collection", "id": "https://home.example/x"})).is_err());
    }

    #[test]
    fn what_is_built_is_read_again() {
        let root = build_root(ID, 7, Some("https://a.example/p1"), None);
        let root = parsed(&root).expect("a collection");
        assert_eq!(
            (root.total, root.first.as_deref()),
            (Some(7), Some("https://a.example/p1"))
        );
        let page = OutgoingPage {
            id: format!("{ID}?page=1"),
            part_of: ID.into(),
            next: Some(format!("{ID}?page=2")),
            prev: None,
            total: Some(7),
            items: vec![json!("https://a.example/1")],
            terms: Terms::Plain,
        };
        let page = parsed(&page.document()).expect("a page");
        assert_eq!(
            (page.next, page.part_of),
            (Some(format!("{ID}?page=2")), Some(ID.into()))
        );
        assert_eq!(
            parsed(&build_whole(ID, &page.items, Terms::Plain))
                .expect("whole")
                .ids(),
            ["https://a.example/1"]
        );
    }
}
