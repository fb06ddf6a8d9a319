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

/// What sort of object it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// A short text; also the vote in a poll, see [`IncomingNote::vote`].
    Note,
    /// A text with a poll.
    Question,
    /// A message to one person, which is always direct (Pleroma, Lemmy).
    ChatMessage,
    /// A long text with a title.
    Article,
    /// A post with a title and often a link (Lemmy, Friendica).
    Page,
    /// A video with a title.
    Video,
    /// A sound with a title.
    Audio,
    /// A picture.
    Image,
    /// An event.
    Event,
}

impl NoteKind {
    /// The sort that a type names.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "Note" => Some(Self::Note),
            "Question" => Some(Self::Question),
            "ChatMessage" => Some(Self::ChatMessage),
            "Article" => Some(Self::Article),
            "Page" => Some(Self::Page),
            "Video" => Some(Self::Video),
            "Audio" => Some(Self::Audio),
            "Image" => Some(Self::Image),
            "Event" => Some(Self::Event),
            _ => None,
        }
    }

    /// Whether title, text and link must be put together to make a status of it.
    #[must_use]
    pub fn is_converted(self) -> bool {
        !matches!(self, Self::Note | Self::Question | Self::ChatMessage)
    }
}

/// How a content is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// HTML, to be cleaned.
    Html,
    /// Markdown, to be rendered and cleaned (from `PeerTube`).
    Markdown,
    /// Plain text, to be escaped.
    Plain,
}

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
    /// Attached links and, of a converted sort, the page that it is about.
    pub links: Vec<String>,
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
        let kind = NoteKind::of_name(name).filter(|_| family == Family::Note);
        let kind = kind.ok_or_else(|| Reject::because(format!("a {name} is no status")))?;
        let id = references::text(properties, "id").unwrap_or_default();
        let id = origins::check_foreign(id, "the object", ours)?;
        let attributed_to = authors(properties, id, author)?;
        let tags = Tags::parse(properties);
        let attachments = Attachments::parse(properties);
        let (content, content_type) = content(properties, kind);
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
            summary: summary(properties, kind),
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
            attachments: attachments.media,
            conversation: conversation(properties),
        })
    }

    /// Who may see it, given its author's followers collection.
    #[must_use]
    pub fn visibility(&self, followers: Option<&str>) -> Visibility {
        match self.kind {
            NoteKind::ChatMessage => Visibility::Direct,
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

fn content(properties: &Properties, kind: NoteKind) -> (String, ContentType) {
    let excerpt = || references::text(properties, "summary").filter(|text| !text.trim().is_empty());
    // An article's text belongs on its own page; its excerpt is what a timeline shows.
    if kind == NoteKind::Article
        && let Some(excerpt) = excerpt()
    {
        return (
            references::cut(excerpt, caps::SUMMARY_CHARS),
            ContentType::Html,
        );
    }
    let content = references::natural(properties, "content").filter(|text| !text.trim().is_empty());
    let Some(content) = content else {
        let excerpt = excerpt()
            .filter(|_| kind.is_converted())
            .unwrap_or_default();
        return (
            references::cut(excerpt, caps::SUMMARY_CHARS),
            ContentType::Html,
        );
    };
    let media_type = references::text(properties, "mediaType").unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let content_type = match (kind, essence) {
        (_, "text/markdown" | "text/x.misskeymarkdown") => ContentType::Markdown,
        (_, "text/plain") => ContentType::Plain,
        _ => ContentType::Html,
    };
    (
        references::cut_bytes(content, caps::CONTENT_BYTES),
        content_type,
    )
}

/// The content warning. Misskey sends a zero-width space for an empty one.
fn summary(properties: &Properties, kind: NoteKind) -> Option<String> {
    let summary = references::natural(properties, "summary")?
        .trim_matches(|c: char| c.is_whitespace() || c == '\u{200b}');
    let is_warning = !kind.is_converted() && !summary.is_empty();
    is_warning.then(|| references::cut(summary, caps::SUMMARY_CHARS))
}

fn page(properties: &Properties, id: &str) -> String {
    let page = references::page_link(properties, "url");
    page.filter(|page| origins::may_be_page_of(page, id))
        .unwrap_or_else(|| id.to_owned())
}

/// Attached links; a page's `url` may be the link that it is about (Friendica).
fn links(properties: &Properties, kind: NoteKind, mut attached: Vec<String>) -> Vec<String> {
    let about = references::page_link(properties, "url");
    if kind == NoteKind::Page
        && let Some(about) = about
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
