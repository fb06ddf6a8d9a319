//! The status fragment that all public pages share, lists of it, and paging links.

use maud::{Markup, PreEscaped, html};

use super::accounts::AccountCard;
use super::parts::{Icon, count, counted, icon, long_time, safe_url, short_time};
use super::polls::Poll;
use super::quotes::Quote;

/// A status as a page shows it.
#[derive(Clone, Debug)]
pub struct Status {
    /// Its number, unique on the page.
    pub id: String,
    /// Who wrote it.
    pub author: AccountCard,
    /// Who boosted it, when it is shown for that reason.
    pub boosted_by: Option<AccountCard>,
    /// What it answers.
    pub in_reply_to: Option<ReplyTarget>,
    /// Its page on this node, or on its own server when this node has no page for it.
    pub url: String,
    /// When it was written (milliseconds).
    pub published_at: i64,
    /// When it was last changed (milliseconds).
    pub edited_at: Option<i64>,
    /// Its language as a BCP 47 tag.
    pub language: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// The content warning (plain text); blank is none.
    pub content_warning: String,
    /// Its content: clean HTML.
    pub content_html: String,
    /// Whether its media are covered until asked for.
    pub sensitive: bool,
    /// Its media, in order.
    pub media: Vec<Media>,
    /// Its poll.
    pub poll: Option<Poll>,
    /// What it quotes.
    pub quote: Option<Quote>,
    /// How many replies it has.
    pub replies: i64,
    /// How many boosts it has.
    pub boosts: i64,
    /// How many favourites it has.
    pub favourites: i64,
    /// How people react to it.
    pub reactions: Vec<Reaction>,
}

/// How many people react with one emoji.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// The emoji, or the name of a custom one.
    pub name: String,
    /// The picture of a custom one.
    pub picture_url: Option<String>,
    /// How many people.
    pub count: i64,
}

/// Whom a status answers.
#[derive(Clone, Debug)]
pub struct ReplyTarget {
    /// The handle of the author of the status that is answered.
    pub handle: String,
    /// The status that is answered.
    pub url: String,
}

/// Who may see a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody, in all timelines.
    Public,
    /// Everybody, but not in public timelines.
    Unlisted,
    /// Followers and those mentioned.
    Private,
    /// Those mentioned.
    Direct,
}

/// A media attachment.
#[derive(Clone, Debug)]
pub struct Media {
    /// What it is.
    pub kind: MediaKind,
    /// The media type of the file itself, such as `image/png`.
    pub media_type: String,
    /// The file itself.
    pub url: String,
    /// A smaller picture of it.
    pub preview_url: Option<String>,
    /// What it shows or says, in its author's words (alt text).
    pub description: Option<String>,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
}

/// What a media attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// A still picture.
    Image,
    /// A moving picture without sound that repeats.
    Gifv,
    /// A moving picture.
    Video,
    /// Sound.
    Audio,
    /// A file that this node cannot show.
    Unknown,
}

/// Where a list goes on.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    /// The page with newer statuses.
    pub newer_url: Option<String>,
    /// The page with older statuses.
    pub older_url: Option<String>,
}

/// How much of itself a status shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// As one of many.
    Listed,
    /// As the one that the page is about.
    Full,
}

impl Status {
    /// The content warning, if there is one.
    pub(super) fn warning(&self) -> Option<&str> {
        let warning = self.content_warning.trim();
        (!warning.is_empty()).then_some(warning)
    }

    /// The status as an article.
    pub(super) fn render(&self, detail: Detail) -> Markup {
        let full = detail == Detail::Full;
        html! {
            article.status.status-full[full].status-quoting[self.quote.is_some()].h-entry id={ "status-" (self.id) }
                aria-label={ "Post by " (self.author.name()) } {
                @if let Some(booster) = &self.boosted_by {
                    p.context {
                        (icon(Icon::Boost))
                        span { a href=[safe_url(&booster.url)] dir="auto" { (booster.name()) } " boosted" }
                    }
                }
                @if let Some(target) = &self.in_reply_to {
                    p.context {
                        (icon(Icon::Reply))
                        span { "In reply to " a href=[safe_url(&target.url)] { (target.handle) } }
                    }
                }
                (self.author.render())
                (self.body())
                @if let Some(quote) = &self.quote { (quote.render()) }
                (self.foot(full))
            }
        }
    }

    fn body(&self) -> Markup {
        let language = self.language.as_deref();
        html! {
            @if let Some(warning) = self.warning() {
                details.cover {
                    summary {
                        span.cover-text lang=[language] dir="auto" { (warning) }
                        span.cover-hint { "Content warning: open to read" }
                    }
                    (self.content())
                    (self.ballot())
                    (self.gallery())
                }
            } @else {
                (self.content())
                (self.ballot())
                @if self.sensitive && !self.media.is_empty() {
                    details.cover {
                        summary {
                            span.cover-text { "Sensitive media" }
                            span.cover-hint { (counted(self.media_count(), "file", "files")) ": open to see" }
                        }
                        (self.gallery())
                    }
                } @else {
                    (self.gallery())
                }
            }
        }
    }

    fn content(&self) -> Markup {
        html! {
            div.prose.e-content lang=[self.language.as_deref()] dir="auto" { (PreEscaped(&self.content_html)) }
        }
    }

    fn ballot(&self) -> Markup {
        html! {
            @if let Some(poll) = &self.poll { (poll.render(self.language.as_deref())) }
        }
    }

    pub(super) fn media_count(&self) -> i64 {
        i64::try_from(self.media.len()).unwrap_or(i64::MAX)
    }

    fn gallery(&self) -> Markup {
        let language = self.language.as_deref();
        html! {
            @if !self.media.is_empty() {
                ul.gallery.gallery-one[self.media.len() == 1] {
                    @for media in &self.media { li { (media.render(language)) } }
                }
            }
        }
    }

    fn foot(&self, full: bool) -> Markup {
        html! {
            footer.status-foot {
                p.status-when {
                    a.u-url href=[safe_url(&self.url)] {
                        span.dt-published {
                            @if full { (long_time(self.published_at)) } @else { (short_time(self.published_at)) }
                        }
                    }
                    @if let Some(edited_at) = self.edited_at {
                        " · edited "
                        @if full { (long_time(edited_at)) } @else { (short_time(edited_at)) }
                    }
                    @if let Some(word) = self.visibility.remark() {
                        " · " span.remark {
                            @if self.visibility != Visibility::Unlisted { (icon(Icon::Lock)) }
                            (word)
                        }
                    }
                }
                ul.tallies {
                    (tally(Icon::Reply, self.replies, "reply", "replies"))
                    (tally(Icon::Boost, self.boosts, "boost", "boosts"))
                    (tally(Icon::Favourite, self.favourites, "favourite", "favourites"))
                    @for reaction in &self.reactions { (reaction.render()) }
                }
            }
        }
    }
}

impl Visibility {
    /// What readers should know about it; nothing about what everybody sees.
    fn remark(self) -> Option<&'static str> {
        match self {
            Self::Public => None,
            Self::Unlisted => Some("Unlisted"),
            Self::Private => Some("Followers only"),
            Self::Direct => Some("Mentioned people only"),
        }
    }
}

fn tally(kind: Icon, number: i64, one: &str, many: &str) -> Markup {
    let words = counted(number, one, many);
    html! {
        li title=(words) {
            (icon(kind))
            span aria-hidden="true" { (count(number)) }
            span.visually-hidden { (words) }
        }
    }
}

impl Reaction {
    fn render(&self) -> Markup {
        let words = counted(self.count, "reaction", "reactions");
        html! {
            li title={ (words) " with " (self.name) } {
                @if let Some(url) = self.picture_url.as_deref().and_then(safe_url) {
                    img.reaction src=(url) alt=(self.name) width="20" height="20" loading="lazy";
                } @else {
                    span { (self.name) }
                }
                span aria-hidden="true" { (count(self.count)) }
                span.visually-hidden { (words) }
            }
        }
    }
}

impl Media {
    fn render(&self, language: Option<&str>) -> Markup {
        let url = safe_url(&self.url);
        let poster = self.preview_url.as_deref().and_then(safe_url);
        let (width, height) = (self.size.map(|size| size.0), self.size.map(|size| size.1));
        let label = self
            .description
            .as_deref()
            .filter(|text| !text.trim().is_empty());
        match self.kind {
            MediaKind::Image => html! {
                a href=[url] aria-label=[label.is_none().then_some("Picture without a description")] {
                    img.u-photo src=[poster.or(url)] alt=(label.unwrap_or_default()) title=[label]
                        lang=[label.and(language)] width=[width] height=[height] loading="lazy" decoding="async";
                }
            },
            MediaKind::Gifv | MediaKind::Video => html! {
                video.u-video src=[url] poster=[poster] width=[width] height=[height] controls preload="none"
                    playsinline loop[self.kind == MediaKind::Gifv] muted[self.kind == MediaKind::Gifv]
                    aria-label=(label.unwrap_or("Video without a description")) title=[label] {}
            },
            MediaKind::Audio => html! {
                audio.u-audio src=[url] controls preload="none"
                    aria-label=(label.unwrap_or("Sound without a description")) title=[label] {}
            },
            MediaKind::Unknown => html! {
                a.file href=[url] rel="nofollow noopener" { (label.unwrap_or("Attached file")) }
            },
        }
    }
}

/// Statuses one below the other, or `empty` when there are none.
pub(super) fn status_list(statuses: &[Status], empty: &str) -> Markup {
    html! {
        @if statuses.is_empty() {
            p.empty { (empty) }
        } @else {
            ol.statuses {
                @for status in statuses { li { (status.render(Detail::Listed)) } }
            }
        }
    }
}

impl Paging {
    /// Links to the pages before and after this one.
    pub(super) fn render(&self) -> Markup {
        let newer = self.newer_url.as_deref().and_then(safe_url);
        let older = self.older_url.as_deref().and_then(safe_url);
        html! {
            @if newer.is_some() || older.is_some() {
                nav.paging aria-label="Pages" {
                    @if let Some(url) = newer { a.newer href=(url) rel="prev" { "← Newer" } }
                    @if let Some(url) = older { a.older href=(url) rel="next" { "Older →" } }
                }
            }
        }
    }
}
