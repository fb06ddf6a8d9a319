//! Feeds for programs that read many pages: RSS 2.0 and Atom, with files by Media RSS.
//!
//! What stands behind a content warning, and files that are covered until asked for, are not in a feed: the programs
//! that read it know no covers, and some fetch files by themselves. The warning and the way to the page are.
//!
//! Source: <https://www.rssboard.org/rss-specification>, <https://www.rfc-editor.org/rfc/rfc4287> and
//! <https://www.rssboard.org/media-rss>

use chrono::DateTime;
use maud::{PreEscaped, html};

use super::parts::{counted, safe_url};
use super::quotes::Quote;
use super::statuses::{Media, MediaKind, Status};
use crate::clock::{to_http_date, to_rfc3339};
use crate::text::xml::Xml;
use crate::text::{clean_line, to_plain};

/// The longest title of an entry, in characters.
const LONGEST_TITLE: usize = 80;
/// How long a reader may wait before it asks again, in minutes.
const MINUTES: &str = "15";

/// A feed.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Whose posts it carries, or which.
    pub title: String,
    /// A sentence about it.
    pub description: String,
    /// The page that shows the same.
    pub page_url: String,
    /// The feed itself.
    pub feed_url: String,
    /// A small picture, by a whole address.
    pub picture_url: Option<String>,
    /// The node's domain, with its port when it has one.
    pub domain: String,
    /// The version of the software.
    pub version: &'static str,
    /// When it began, in milliseconds; what an empty feed says of its age.
    pub begun_at: i64,
    /// The posts, newest first.
    pub entries: Vec<Entry>,
}

/// One post in a feed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The post.
    pub status: Status,
    /// Its tags without `#`.
    pub tags: Vec<String>,
}

/// In which words a feed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RSS 2.0.
    Rss,
    /// Atom.
    Atom,
}

impl Format {
    /// What the address of the page is followed by.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Rss => ".rss",
            Self::Atom => ".atom",
        }
    }

    /// The feed of a page.
    #[must_use]
    pub fn url(self, page_url: &str) -> String {
        format!("{page_url}{}", self.ending())
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml",
            Self::Atom => "application/atom+xml",
        }
    }
}

impl Feed {
    /// The document.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Rss => self.rss(),
            Format::Atom => self.atom(),
        }
    }

    /// When something in it last changed, in milliseconds.
    #[must_use]
    pub fn updated_at(&self) -> i64 {
        let changes = self.entries.iter().map(Entry::updated_at);
        changes.max().unwrap_or(self.begun_at)
    }

    fn rss(&self) -> String {
        let mut xml = Xml::new();
        let names = [
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ("xmlns:media", "http://search.yahoo.com/mrss/"),
        ];
        xml.within("rss", &names, |xml| {
            xml.within("channel", &[], |xml| self.channel(xml));
        });
        xml.finish()
    }

    fn channel(&self, xml: &mut Xml) {
        xml.text("title", &[], &self.title);
        xml.text("link", &[], &self.page_url);
        xml.text("description", &[], &self.description);
        let own = [
            ("rel", "self"),
            ("type", Format::Rss.media_type()),
            ("href", self.feed_url.as_str()),
        ];
        xml.empty("atom:link", &own);
        xml.text("lastBuildDate", &[], &to_http_date(self.updated_at()));
        xml.text("generator", &[], &format!("Whimbrel {}", self.version));
        xml.text("ttl", &[], MINUTES);
        if let Some(picture) = &self.picture_url {
            xml.within("image", &[], |xml| {
                xml.text("url", &[], picture);
                xml.text("title", &[], &self.title);
                xml.text("link", &[], &self.page_url);
            });
        }
        for entry in &self.entries {
            xml.within("item", &[], |xml| entry.rss(xml, &self.domain));
        }
    }

    fn atom(&self) -> String {
        let mut xml = Xml::new();
        let names = [
            ("xmlns", "http://www.w3.org/2005/Atom"),
            ("xmlns:media", "http://search.yahoo.com/mrss/"),
        ];
        xml.within("feed", &names, |xml| {
            xml.text("title", &[], &self.title);
            xml.text("subtitle", &[], &self.description);
            xml.text("id", &[], &self.feed_url);
            let kind = Format::Atom.media_type();
            let own = [("rel", "self"), ("type", kind), ("href", &self.feed_url)];
            xml.empty("link", &own);
            xml.empty("link", &page(&self.page_url));
            xml.text("updated", &[], &to_rfc3339(self.updated_at()));
            xml.text("generator", &[("version", self.version)], "Whimbrel");
            if let Some(picture) = &self.picture_url {
                xml.text("icon", &[], picture);
            }
            for entry in &self.entries {
                xml.within("entry", &language(&entry.status), |xml| {
                    entry.atom(xml, &self.domain);
                });
            }
        });
        xml.finish()
    }
}

impl Entry {
    fn updated_at(&self) -> i64 {
        self.status.edited_at.unwrap_or(self.status.published_at)
    }

    fn rss(&self, xml: &mut Xml, domain: &str) {
        let status = &self.status;
        let author = format!("{} ({})", status.author.name(), status.author.handle);
        xml.text("title", &[], &title(status));
        xml.text("link", &[], address(status));
        xml.text("guid", &[("isPermaLink", "true")], address(status));
        xml.text("pubDate", &[], &to_http_date(status.published_at));
        xml.text("dc:creator", &[], &author);
        xml.text("description", &[], &body(status, domain));
        for tag in self.told_tags() {
            xml.text("category", &[], tag);
        }
        // Readers expect one such file at most; the others are told below.
        if let Some((media, url)) = files(status).next() {
            let given = [("url", url), ("type", &media.media_type), ("length", "0")];
            xml.empty("enclosure", &given);
        }
        tell_files(xml, status);
    }

    fn atom(&self, xml: &mut Xml, domain: &str) {
        let status = &self.status;
        xml.text("title", &[], &title(status));
        xml.text("id", &[], address(status));
        xml.empty("link", &page(address(status)));
        xml.text("published", &[], &to_rfc3339(status.published_at));
        xml.text("updated", &[], &to_rfc3339(self.updated_at()));
        xml.within("author", &[], |xml| {
            let author = &status.author;
            let name = format!("{} ({})", author.name(), author.handle);
            xml.text("name", &[], &name);
            if let Some(url) = safe_url(&author.url) {
                xml.text("uri", &[], url);
            }
        });
        xml.text("content", &[("type", "html")], &body(status, domain));
        for tag in self.told_tags() {
            xml.empty("category", &[("term", tag)]);
        }
        for (media, url) in files(status) {
            let name = media.words().unwrap_or_default();
            let kind = media.media_type.as_str();
            let given = [("rel", "enclosure"), ("type", kind), ("href", url)];
            if name.is_empty() {
                xml.empty("link", &given);
            } else {
                let [rel, kind, url] = given;
                xml.empty("link", &[rel, kind, url, ("title", name)]);
            }
        }
        tell_files(xml, status);
    }

    /// The tags, unless a warning covers what they are about.
    fn told_tags(&self) -> &[String] {
        if self.status.warning().is_some() {
            &[]
        } else {
            &self.tags
        }
    }
}

fn page(url: &str) -> [(&str, &str); 3] {
    [("rel", "alternate"), ("type", "text/html"), ("href", url)]
}

fn language(status: &Status) -> Vec<(&str, &str)> {
    let language = status.language.as_deref();
    language
        .map(|code| ("xml:lang", code))
        .into_iter()
        .collect()
}

fn address(status: &Status) -> &str {
    safe_url(&status.url).unwrap_or_default()
}

/// One line for lists: the warning, else how the text begins, else what there is.
fn title(status: &Status) -> String {
    if let Some(warning) = status.warning() {
        return shorten(warning);
    }
    let text = to_plain(&status.content_html);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty());
    if let Some(line) = first.map(shorten).filter(|line| !line.is_empty()) {
        return line;
    }
    if status.poll.is_some() {
        return "A poll".to_owned();
    }
    if !status.media.is_empty() {
        return counted(status.media_count(), "file", "files");
    }
    let at = DateTime::from_timestamp_millis(status.published_at).unwrap_or_default();
    format!("Post of {}", at.format("%-d %b %Y"))
}

/// A line of at most [`LONGEST_TITLE`] characters that ends with a word.
fn shorten(text: &str) -> String {
    let whole = clean_line(text, LONGEST_TITLE + 1);
    if whole.chars().count() <= LONGEST_TITLE {
        return whole;
    }
    let cut = clean_line(&whole, LONGEST_TITLE - 1);
    let words = match cut.rsplit_once(' ') {
        Some((words, last)) if last.len() < words.len() => words,
        _ => &cut,
    };
    format!(
        "{}…",
        words.trim_end_matches([' ', ',', '.', ':', ';', '-'])
    )
}

/// What a reader shows of a post, as HTML.
fn body(status: &Status, domain: &str) -> String {
    let link = |words: &str| html! { p { a href=(address(status)) { (words) " " (domain) } } };
    if let Some(warning) = status.warning() {
        let whole = html! {
            p { strong { "Content warning: " } (warning) }
            (link("Read it on"))
        };
        return whole.into_string();
    }
    let covered = status.sensitive && !status.media.is_empty();
    let whole = html! {
        (PreEscaped(&status.content_html))
        @if let Some(poll) = &status.poll {
            ul { @for option in &poll.options { li { (option.title) } } }
            (link("Vote on"))
        }
        @if let Some(Quote::Shown(quoted)) = &status.quote {
            p { "Quotes " a href=[safe_url(&quoted.url)] { "a post by " (quoted.author.name()) } }
        }
        @if covered {
            p { (counted(status.media_count(), "file", "files")) " marked as sensitive" }
            (link("See it on"))
        }
    };
    whole.into_string()
}

/// The files that a feed carries, with their addresses.
fn files(status: &Status) -> impl Iterator<Item = (&Media, &str)> {
    let is_covered = status.sensitive || status.warning().is_some();
    let all = status.media.iter().filter(move |_| !is_covered);
    all.filter_map(|media| Some((media, safe_url(&media.url)?)))
}

fn tell_files(xml: &mut Xml, status: &Status) {
    for (media, url) in files(status) {
        let size = media
            .size
            .map(|(width, height)| (width.to_string(), height.to_string()));
        let mut given = vec![("url", url), ("type", media.media_type.as_str())];
        given.extend(media.medium().map(|medium| ("medium", medium)));
        if let Some((width, height)) = &size {
            given.extend([("width", width.as_str()), ("height", height.as_str())]);
        }
        xml.within("media:content", &given, |xml| {
            xml.text("media:rating", &[("scheme", "urn:simple")], "nonadult");
            if let Some(words) = media.words() {
                xml.text("media:description", &[("type", "plain")], words);
            }
            if let Some(small) = media.preview_url.as_deref().and_then(safe_url) {
                xml.empty("media:thumbnail", &[("url", small)]);
            }
        });
    }
}

impl Media {
    /// What it shows, in words.
    fn words(&self) -> Option<&str> {
        let words = self.description.as_deref().map(str::trim);
        words.filter(|words| !words.is_empty())
    }

    fn medium(&self) -> Option<&'static str> {
        match self.kind {
            MediaKind::Image => Some("image"),
            MediaKind::Gifv | MediaKind::Video => Some("video"),
            MediaKind::Audio => Some("audio"),
            MediaKind::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::accounts::AccountCard;
    use super::super::statuses::Visibility;
    use super::*;

    fn status(content: &str) -> Status {
        Status {
            id: "1".to_owned(),
            author: AccountCard {
                display_name: "Ann <b>".to_owned(),
                handle: "@ann@node.example".to_owned(),
                url: "https://node.example/@ann".to_owned(),
                avatar_url: String::new(),
            },
            boosted_by: None,
            in_reply_to: None,
            url: "https://node.example/@ann/1".to_owned(),
            published_at: 784_111_777_000,
            edited_at: None,
            language: Some("en".to_owned()),
            visibility: Visibility::Public,
            content_warning: String::new(),
            content_html: content.to_owned(),
            sensitive: false,
            media: Vec::new(),
            poll: None,
            quote: None,
            reactions: Vec::new(),
            replies: 0,
            boosts: 0,
            favourites: 0,
        }
    }

    fn picture(description: &str) -> Media {
        Media {
            kind: MediaKind::Image,
            media_type: "image/png".to_owned(),
            url: "https://node.example/media/a.png".to_owned(),
            preview_url: Some("https://node.example/media/b.png".to_owned()),
            description: Some(description.to_owned()),
            size: Some((40, 30)),
        }
    }

    fn feed(status: Status) -> Feed {
        Feed {
            title: "Ann & friends".to_owned(),
            description: "Posts".to_owned(),
            page_url: "https://node.example/@ann".to_owned(),
            feed_url: "https://node.example/@ann.rss".to_owned(),
            picture_url: None,
            domain: "node.example".to_owned(),
            version: "0.0.0",
            begun_at: 0,
            entries: vec![Entry {
                status,
                tags: vec!["birds".to_owned()],
            }],
        }
    }

    fn both(feed: &Feed) -> [String; 2] {
        [feed.render(Format::Rss), feed.render(Format::Atom)]
    }

    #[test]
    fn titles_are_one_line_that_says_what_it_is() {
        let long = format!("<p>{}</p>", "seven notes ".repeat(20));
        let unbroken = format!("<p>{}</p>", "x".repeat(200));
        for (content, expected) in [
            ("<p>Low tide</p><p>and more</p>", "Low tide"),
            ("<p>Low <b>tide</b><br>and</p>", "Low tide"),
            ("<p>a &lt;b&gt; &amp; c</p>", "a <b> & c"),
            ("<p> </p><p>second</p>", "second"),
            ("", "Post of 6 Nov 1994"),
            (
                &long,
                "seven notes seven notes seven notes seven notes seven notes seven notes seven…",
            ),
            (&unbroken, &format!("{}…", "x".repeat(79))),
        ] {
            assert_eq!(title(&status(content)), expected, "{content}");
            assert!(expected.chars().count() <= LONGEST_TITLE);
        }
        let warned = Status {
            content_warning: " Birds ".to_owned(),
            ..status("<p>secret</p>")
        };
        assert_eq!(title(&warned), "Birds");
        let pictured = Status {
            media: vec![picture(""), picture("")],
            ..status("")
        };
        assert_eq!(title(&pictured), "2 files");
    }

    #[test]
    fn files_come_with_their_words() {
        let pictured = Status {
            media: vec![picture("Two \"whimbrels\""), picture(" ")],
            ..status("<p>Look</p>")
        };
        let [rss, atom] = both(&feed(pictured));
        let content = "<media:content url=\"https://node.example/media/a.png\" type=\"image/png\" medium=\"image\" width=\"40\" height=\"30\">";
        for text in [&rss, &atom] {
            assert_eq!(text.matches(content).count(), 2, "{text}");
            assert_eq!(text.matches("<media:description").count(), 1, "{text}");
            assert!(text.contains(">Two &quot;whimbrels&quot;<"), "{text}");
            assert!(text.contains("Ann &lt;b&gt; (@ann@node.example)"), "{text}");
            assert!(text.contains("&lt;p&gt;Look&lt;/p&gt;"), "{text}");
        }
        assert_eq!(rss.matches("<enclosure").count(), 1, "{rss}");
        assert_eq!(atom.matches("rel=\"enclosure\"").count(), 2, "{atom}");
    }

    #[test]
    fn what_is_covered_stays_on_the_page() {
        let covered = Status {
            content_warning: "Dead bird".to_owned(),
            media: vec![picture("secret")],
            ..status("<p>secret</p>")
        };
        for text in both(&feed(covered)) {
            assert!(text.contains("Dead bird"), "{text}");
            for hidden in ["secret", "a.png", "b.png", "birds"] {
                assert!(!text.contains(hidden), "{hidden}: {text}");
            }
        }
        let sensitive = Status {
            sensitive: true,
            media: vec![picture("secret")],
            ..status("<p>words</p>")
        };
        for text in both(&feed(sensitive)) {
            assert!(text.contains("words") && text.contains("1 file marked as sensitive"));
            assert!(
                !text.contains("secret") && !text.contains("a.png"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_feed_is_as_old_as_its_last_change() {
        let mut feed = feed(status(""));
        assert_eq!(feed.updated_at(), 784_111_777_000);
        feed.entries[0].status.edited_at = Some(784_111_778_000);
        assert_eq!(feed.updated_at(), 784_111_778_000);
        let [rss, atom] = both(&feed);
        assert!(rss.contains("<pubDate>Sun, 06 Nov 1994 08:49:37 GMT</pubDate>"));
        assert!(rss.contains("<lastBuildDate>Sun, 06 Nov 1994 08:49:38 GMT</lastBuildDate>"));
        assert!(atom.contains("<updated>1994-11-06T08:49:38.000Z</updated>"));
        feed.entries.clear();
        assert_eq!(feed.updated_at(), 0);
    }
}
