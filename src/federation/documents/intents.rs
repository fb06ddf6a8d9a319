//! Activity intents: the pages of a server on which its people act on things of other servers, as `WebFinger` answers
//! name them.
//!
//! Source: <https://w3id.org/fep/3b86> and <https://docs.joinmastodon.org/spec/webfinger/>

use serde_json::{Value, json};
use url::form_urlencoded;

use super::references::{self, Properties};

/// What an intent's relation begins with.
const RELATIONS: &str = "https://w3id.org/fep/3b86/";
/// The relation that was used before there were intents; it leads to whatever the server offers.
const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";
/// The longest template that is kept, in bytes.
const LONGEST: usize = 2_048;

/// What a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// To boost.
    Announce,
    /// To write.
    Create,
    /// To follow.
    Follow,
    /// To favourite.
    Like,
    /// To see something, and to do whatever the server offers.
    Object,
    /// The same, as it was said before.
    Subscribe,
}

impl Intent {
    const ALL: [Self; 6] = [
        Self::Announce,
        Self::Create,
        Self::Follow,
        Self::Like,
        Self::Object,
        Self::Subscribe,
    ];

    /// The relation of links to such pages.
    #[must_use]
    pub fn relation(self) -> String {
        let word = match self {
            Self::Announce => "Announce",
            Self::Create => "Create",
            Self::Follow => "Follow",
            Self::Like => "Like",
            Self::Object => "Object",
            Self::Subscribe => return SUBSCRIBE.to_owned(),
        };
        format!("{RELATIONS}{word}")
    }

    fn of_relation(relation: &str) -> Option<Self> {
        let is_it = |intent: &Self| intent.relation().eq_ignore_ascii_case(relation);
        Self::ALL.into_iter().find(is_it)
    }
}

/// One page: what it is for, and its address with places for values such as `{object}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// What it is for.
    pub intent: Intent,
    /// Its address.
    pub template: String,
}

/// The pages of this node at `origin`.
#[must_use]
pub fn own_doors(origin: &str) -> Vec<Door> {
    let object = format!("{origin}/authorize_interaction?uri={{object}}");
    let door = |intent, template: &str| Door {
        intent,
        template: template.to_owned(),
    };
    vec![
        door(
            Intent::Subscribe,
            &format!("{origin}/authorize_interaction?uri={{uri}}"),
        ),
        door(Intent::Object, &object),
        door(Intent::Follow, &object),
        door(Intent::Like, &object),
        door(Intent::Announce, &object),
        door(
            Intent::Create,
            &format!("{origin}/share?text={{content}}&in_reply_to={{inReplyTo}}"),
        ),
    ]
}

/// The links of a `WebFinger` answer.
pub(super) fn build(doors: &[Door]) -> impl Iterator<Item = Value> {
    let link = |door: &Door| json!({"rel": door.intent.relation(), "template": door.template});
    doors.iter().map(link)
}

/// The page that a link of a `WebFinger` answer leads to. The specification calls the address `href`, servers
/// `template`.
pub(super) fn read(link: &Properties) -> Option<Door> {
    let intent = Intent::of_relation(references::text(link, "rel")?)?;
    let template = references::text(link, "template").or_else(|| references::text(link, "href"))?;
    let is_web = template.starts_with("https://") || template.starts_with("http://");
    (is_web && template.len() <= LONGEST).then(|| Door {
        intent,
        template: template.to_owned(),
    })
}

/// The address of the first of the `wanted` pages that is there, for a thing of this node.
#[must_use]
pub fn open(doors: &[Door], wanted: &[Intent], thing: &str) -> Option<String> {
    let find = |intent: &Intent| {
        let values = [("object", thing), ("uri", thing)];
        let mut found = doors.iter().filter(|door| door.intent == *intent);
        found.find_map(|door| {
            let takes = |(name, _): &(&str, &str)| door.template.contains(&format!("{{{name}}}"));
            let takes_it = values.iter().any(takes);
            takes_it.then(|| fill(&door.template, &values))
        })
    };
    wanted.iter().find_map(find)
}

/// A template with its places filled, percent-encoded; places that are not known are left empty.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = template.split('{');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let Some((name, rest)) = piece.split_once('}') else {
            out.push_str("%7B");
            out.push_str(piece);
            continue;
        };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            out.push_str(&encoded.replace('+', "%20"));
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const THING: &str = "https://a.example/users/ann?b=c d&e";

    #[test]
    fn places_are_filled_and_encoded() {
        let thing = "https%3A%2F%2Fa.example%2Fusers%2Fann%3Fb%3Dc%20d%26e";
        for (template, expected) in [
            (
                "https://b.example/?uri={uri}",
                format!("https://b.example/?uri={thing}"),
            ),
            (
                "https://b.example/{object}?back={on-success}&x=1",
                format!("https://b.example/{thing}?back=&x=1"),
            ),
            ("https://b.example/{", "https://b.example/%7B".to_owned()),
            (
                "https://b.example/}{uri",
                "https://b.example/}%7Buri".to_owned(),
            ),
            (
                "https://b.example/{{uri}}",
                format!("https://b.example/%7B{thing}}}"),
            ),
        ] {
            assert_eq!(
                fill(template, &[("uri", THING), ("object", THING)]),
                expected,
                "{template}"
            );
        }
    }

    #[test]
    fn the_first_wanted_page_that_is_there_is_opened() {
        let door = |intent, name: &str| Door {
            intent,
            template: format!("https://b.example/{name}?x={{object}}"),
        };
        let doors = [
            door(Intent::Like, "like"),
            door(Intent::Object, "see"),
            Door {
                intent: Intent::Follow,
                template: "https://b.example/nothing".to_owned(),
            },
        ];
        let wanted = |wanted: &[Intent]| open(&doors, wanted, "1");
        let see = Some("https://b.example/see?x=1".to_owned());
        assert_eq!(wanted(&[Intent::Object, Intent::Like]), see);
        // A page that takes no thing leads nowhere.
        assert_eq!(wanted(&[Intent::Follow, Intent::Object]), see);
        assert_eq!(wanted(&[Intent::Subscribe]), None);
        assert_eq!(wanted(&[]), None);
    }

    #[test]
    fn links_are_read_in_both_spellings() {
        let object = "https://w3id.org/fep/3b86/Object";
        let long = format!("https://b.example/{}", "x".repeat(LONGEST));
        for (link, expected) in [
            (
                json!({"rel": object, "template": "https://b.example/{object}"}),
                Some(Intent::Object),
            ),
            (
                json!({"rel": object, "href": "https://b.example/{object}"}),
                Some(Intent::Object),
            ),
            (
                json!({"rel": SUBSCRIBE, "template": "http://b.example/{uri}"}),
                Some(Intent::Subscribe),
            ),
            (
                json!({"rel": "https://W3ID.org/fep/3b86/follow", "href": "https://b.example"}),
                Some(Intent::Follow),
            ),
            (
                json!({"rel": "https://w3id.org/fep/3b86/Block", "href": "https://b.example"}),
                None,
            ),
            (
                json!({"rel": object, "template": "javascript:alert(1)//{object}"}),
                None,
            ),
            (
                json!({"rel": object, "template": "//b.example/{object}"}),
                None,
            ),
            (json!({"rel": object, "template": long}), None),
            (
                json!({"rel": object, "template": ["https://b.example"]}),
                None,
            ),
            (json!({"rel": object}), None),
            (json!({"template": "https://b.example"}), None),
        ] {
            let read = read(link.as_object().unwrap());
            assert_eq!(read.map(|door| door.intent), expected, "{link}");
        }
    }

    #[test]
    fn our_own_pages_are_read_again() {
        let doors = own_doors("https://a.example");
        let links: Vec<Value> = build(&doors).collect();
        let again: Vec<Door> = links
            .iter()
            .filter_map(|link| read(link.as_object()?))
            .collect();
        assert_eq!(again, doors);
        assert_eq!(doors.len(), Intent::ALL.len());
    }
}
