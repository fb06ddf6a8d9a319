//! A status from elsewhere, parsed.

use super::super::addressing::{Addressees, Visibility};
use super::super::attachments::{Attachments, Media};
use super::super::caps;
use super::super::kinds::{self, Family};
use super::super::origins::{self, Origin};
use super::super::polls::IncomingPoll;
use super::super::quotes::{IncomingPolicy, IncomingQuote};
use super::super::references::{self, Properties};
use super::super::rejects::Reject;
use super::super::tags::{Emoji, Hashtag, Mention, Tags};
use super::super::times;
use super::sorts::{ContentType, NoteKind};
use super::{recordings, texts};

/// A status from elsewhere. Texts are cut at the limits of `caps`, HTML is raw.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingNote {
    /// Its id.
    pub id: String,
    /// What it was.
    pub kind: NoteKind,
    /// Its author, on the same origin.
    pub attributed_to: String,
    /// Raw, to be read as `content_type` says; may be empty.
    pub content: String,
    /// How to read `content`.
    pub content_type: ContentType,
    /// Plain text of the title, for sorts that have one.
    pub title: Option<String>,
    /// Plain text or HTML of the content warning; the excerpt of converted sorts stands in `content`.
    pub summary: Option<String>,
    /// Whether its media should be hidden at first.
    pub sensitive: bool,
    /// A language tag such as `de`.
    pub language: Option<String>,
    /// In milliseconds.
    pub published: Option<i64>,
    /// When it was last edited, in milliseconds.
    pub updated: Option<i64>,
    /// What it answers.
    pub in_reply_to: Option<String>,
    /// Its page; the id when the document names none on its own host.
    pub url: String,
    /// Whom it is for.
    pub addressees: Addressees,
    /// At most 100.
    pub mentions: Vec<Mention>,
    /// At most 100.
    pub hashtags: Vec<Hashtag>,
    /// At most 100.
    pub emojis: Vec<Emoji>,
    /// At most 16.
    pub attachments: Vec<Media>,
    /// Attached links and, of a converted sort, the page or book that it is about.
    pub links: Vec<String>,
    /// Plain lines that belong below the title: when and where an event is.
    pub facts: Vec<String>,
    /// What it quotes.
    pub quote: Option<IncomingQuote>,
    /// Who may quote it, if that is said.
    pub quote_policy: Option<IncomingPolicy>,
    /// Its poll.
    pub poll: Option<IncomingPoll>,
    /// The option that it votes for, when it answers a poll.
    pub vote: Option<String>,
    /// The conversation it belongs to: `context` or `conversation`, not always a URL.
    pub conversation: Option<String>,
    /// Whether its server says that it is for the addressed people alone (`directMessage` of `LitePub`).
    pub is_direct: bool,
}

impl IncomingNote {
    /// Parses a status; of several authors, `author` is taken when it is given and among them.
    ///
    /// # Errors
    /// Nothing that becomes a status; an id that is unusable or ours; no author, an author on another origin, or, when
    /// `author` is given, another author.
    pub fn parse(
        properties: &Properties,
        author: Option<&str>,
        ours: &Origin,
    ) -> Result<Self, Reject> {
        let (family, name) = kinds::family(properties)?;
        if family != Family::Note {
            return Err(Reject::because(format!("a {name} is no status")));
        }
        let kind = NoteKind::of_name(name).unwrap_or(NoteKind::Other);
        let id = references::text(properties, "id").unwrap_or_default();
        let id = origins::check_foreign(id, "the object", ours)?;
        let attributed_to = authors(properties, id, author)?;
        let tags = Tags::parse(properties);
        let mut attachments = Attachments::parse(properties);
        if attachments.media.is_empty() {
            attachments.media.extend(recordings::find(properties, kind));
        }
        let (content, content_type) = texts::content(properties, kind);
        let title = references::short_text(properties, "name", caps::SUMMARY_CHARS).or_else(|| {
            references::natural(properties, "name")
                .map(|name| references::cut(name, caps::SUMMARY_CHARS))
        });
        let is_vote = kind == NoteKind::Note && content.is_empty();
        Ok(Self {
            id: id.to_owned(),
            kind,
            attributed_to,
            content,
            content_type,
            summary: texts::warning(properties, kind),
            sensitive: references::flag(properties, "sensitive").unwrap_or(false),
            language: references::language(properties),
            published: times::instant(properties, "published"),
            updated: times::instant(properties, "updated"),
            in_reply_to: references::id(properties, "inReplyTo")
                .filter(|id| origins::is_usable(id))
                .map(str::to_owned),
            url: page(properties, id),
            addressees: Addressees::parse(properties),
            quote: IncomingQuote::parse(properties, tags.quoted),
            quote_policy: IncomingPolicy::parse(properties),
            poll: IncomingPoll::parse(properties).filter(|_| kind == NoteKind::Question),
            vote: title
                .clone()
                .filter(|_| is_vote && properties.contains_key("inReplyTo")),
            title: title.filter(|_| kind.is_converted()),
            mentions: tags.mentions,
            hashtags: tags.hashtags,
            emojis: tags.emojis,
            links: links(properties, kind, attachments.links),
            facts: texts::facts(properties, kind),
            is_direct: references::flag(properties, "directMessage").unwrap_or(false),
            attachments: attachments.media,
            conversation: conversation(properties),
        })
    }

    /// Who may see it, given its author's followers collection.
    #[must_use]
    pub fn visibility(&self, followers: Option<&str>) -> Visibility {
        match self.kind {
            NoteKind::ChatMessage => Visibility::Direct,
            _ if self.is_direct => Visibility::Direct,
            _ => self.addressees.visibility(followers),
        }
    }
}

/// The author: the expected one if it is among those named, else the first; always on the object's origin.
fn authors(properties: &Properties, id: &str, expected: Option<&str>) -> Result<String, Reject> {
    let mut named = references::ids(properties, "attributedTo", caps::TAGS);
    let actor = references::id(properties, "actor").map(str::to_owned);
    if named.is_empty() {
        named.extend(actor.clone());
    }
    let author = match expected {
        Some(expected) => named.into_iter().find(|author| author == expected),
        None => named.into_iter().next(),
    };
    let author = author.ok_or_else(|| match expected {
        Some(_) => Reject::because("the object's author is not the actor"),
        None => Reject::because("the object has no author"),
    })?;
    if actor.is_some_and(|actor| actor != author) {
        return Err(Reject::because("the object's actor is not its author"));
    }
    if !origins::is_same_origin(id, &author) {
        return Err(Reject::because("the object's author is on another origin"));
    }
    Ok(author)
}

fn page(properties: &Properties, id: &str) -> String {
    let page = references::page_link(properties, "url");
    page.filter(|page| origins::may_be_page_of(page, id))
        .unwrap_or_else(|| id.to_owned())
}

/// Attached links; a page's `url` may be the link that it is about (Friendica), and a review names its book (`BookWyrm`).
fn links(properties: &Properties, kind: NoteKind, mut attached: Vec<String>) -> Vec<String> {
    let about = match kind {
        NoteKind::Page => references::page_link(properties, "url"),
        NoteKind::Other => references::page_link(properties, "inReplyToBook"),
        _ => None,
    };
    if let Some(about) = about
        && !attached.contains(&about)
    {
        attached.push(about);
    }
    attached
}

fn conversation(properties: &Properties) -> Option<String> {
    ["context", "conversation"]
        .into_iter()
        .find_map(|key| references::id(properties, key))
        .map(|id| references::cut(id, caps::URL_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ANN: &str = "https://a.example/users/ann";

    fn with(changes: &Value, author: Option<&str>) -> Result<IncomingNote, Reject> {
        let mut note = json!({"id": "https://a.example/1", "type": "Note", "attributedTo": ANN, "content": "<p>tea</p>"});
        for (key, value) in changes.as_object().expect("an object") {
            note[key] = value.clone();
        }
        let ours = Origin::of("https://home.example").expect("an origin");
        IncomingNote::parse(note.as_object().expect("an object"), author, &ours)
    }

    #[test]
    fn an_object_belongs_to_an_author_on_its_origin() {
        let bob = "https://a.example/users/bob";
        for (changes, author, reason) in [
            (json!({}), None, None),
            (json!({}), Some(ANN), None),
            (
                json!({"attributedTo": [{"type": "Person", "id": ANN}, {"type": "Group", "id": bob}]}),
                Some(bob),
                None,
            ),
            (json!({"attributedTo": null, "actor": ANN}), None, None),
            (json!({"actor": ANN}), None, None),
            (json!({"actor": bob}), None, Some("actor is not its author")),
            (json!({}), Some(bob), Some("not the actor")),
            (
                json!({"attributedTo": bob}),
                Some(ANN),
                Some("not the actor"),
            ),
            (json!({"attributedTo": null}), None, Some("no author")),
            (json!({"attributedTo": 5}), None, Some("no author")),
            (
                json!({"id": "https://good.example/1"}),
                None,
                Some("another origin"),
            ),
            (
                json!({"id": "http://a.example/1"}),
                None,
                Some("another origin"),
            ),
            (
                json!({"id": "https://a.example:8443/1"}),
                Some(ANN),
                Some("another origin"),
            ),
            (
                json!({"id": "https://home.example/1"}),
                None,
                Some("on this server"),
            ),
            (json!({"id": null}), None, Some("no usable")),
            (json!({"id": {"a": 1}}), None, Some("no usable")),
            (
                json!({"type": "Person"}),
                None,
                Some("must not have attributedTo"),
            ),
            (json!({"publicKey": {"id": ANN}}), None, Some("publicKey")),
        ] {
            match (with(&changes, author), reason) {
                (Ok(_), None) => {}
                (Err(refusal), Some(reason)) => {
                    assert!(refusal.0.contains(reason), "{changes}: {refusal}");
                }
                (found, _) => panic!("{changes}: {found:?}"),
            }
        }
    }

    #[test]
    fn content_is_marked_as_what_it_is() {
        for (changes, content, content_type) in [
            (json!({}), "<p>tea</p>", ContentType::Html),
            (
                json!({"mediaType": "text/html"}),
                "<p>tea</p>",
                ContentType::Html,
            ),
            (
                json!({"mediaType": "text/markdown"}),
                "<p>tea</p>",
                ContentType::Markdown,
            ),
            (
                json!({"mediaType": "text/plain; charset=utf-8"}),
                "<p>tea</p>",
                ContentType::Plain,
            ),
            (
                json!({"content": null, "contentMap": {"de": "Tee"}}),
                "Tee",
                ContentType::Html,
            ),
            (json!({"content": null}), "", ContentType::Html),
            (json!({"content": ["x"]}), "", ContentType::Html),
            (
                json!({"type": "Article", "summary": "Short"}),
                "Short",
                ContentType::Html,
            ),
            (
                json!({"type": "Event", "content": " ", "summary": "Short"}),
                "Short",
                ContentType::Html,
            ),
            (
                json!({"type": "Article", "summary": "Hot", "sensitive": true}),
                "<p>tea</p>",
                ContentType::Html,
            ),
            (
                json!({"mediaType": "text/x.misskeymarkdown"}),
                "<p>tea</p>",
                ContentType::Plain,
            ),
            (
                json!({"source": {"content": "*t*", "mediaType": "text/markdown"}}),
                "<p>tea</p>",
                ContentType::Html,
            ),
            (
                json!({"content": "", "source": {"content": "*t*", "mediaType": "text/markdown"}}),
                "*t*",
                ContentType::Markdown,
            ),
            (
                json!({"content": null, "source": {"content": "$[x t]", "mediaType": "text/x.misskeymarkdown"}}),
                "$[x t]",
                ContentType::Plain,
            ),
            (
                json!({"content": null, "source": {"content": "[b]t[/b]", "mediaType": "text/bbcode"}}),
                "",
                ContentType::Html,
            ),
            (
                json!({"type": "Quotation", "quote": "<p>q</p>", "inReplyToBook": "https://a.example/b"}),
                "<blockquote><p>q</p></blockquote><p>tea</p>",
                ContentType::Html,
            ),
            (
                json!({"quote": "<p>q</p>"}),
                "<p>tea</p>",
                ContentType::Html,
            ),
        ] {
            let note = with(&changes, None).expect("a note");
            assert_eq!(
                (note.content.as_str(), note.content_type),
                (content, content_type),
                "{changes}"
            );
        }
        let long = with(&json!({"content": "ä".repeat(200_000)}), None).expect("a note");
        assert_eq!(long.content.len(), caps::CONTENT_BYTES);
    }

    #[test]
    fn summaries_are_warnings_and_names_are_titles_or_votes() {
        let cases = [
            (json!({"summary": "tea"}), (Some("tea"), None, None)),
            (json!({"summary": ""}), (None, None, None)),
            (json!({"summary": "\u{200b}"}), (None, None, None)),
            (
                json!({"type": "Page", "name": "Tea", "summary": "x"}),
                (None, Some("Tea"), None),
            ),
            (
                json!({"name": "yes", "content": null, "inReplyTo": "https://b.example/1"}),
                (None, None, Some("yes")),
            ),
            (json!({"name": "Tea"}), (None, None, None)),
        ];
        for (changes, (summary, title, vote)) in cases {
            let note = with(&changes, None).expect("a note");
            let found = (
                note.summary.as_deref(),
                note.title.as_deref(),
                note.vote.as_deref(),
            );
            assert_eq!(found, (summary, title, vote), "{changes}");
        }
    }

    #[test]
    fn a_page_elsewhere_is_a_link_not_its_address() {
        let note = with(
            &json!({"type": "Page", "url": "https://news.example/1"}),
            None,
        )
        .expect("a note");
        assert_eq!(note.url, "https://a.example/1");
        assert_eq!(note.links, ["https://news.example/1"]);
        let chat = with(&json!({"type": "ChatMessage", "to": "as:Public"}), None).expect("a note");
        assert_eq!(chat.visibility(None), Visibility::Direct);
    }
}
