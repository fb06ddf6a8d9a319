//! What a status quotes as pages show it: the quoted post, or why it is not shown.

use maud::{Markup, PreEscaped, html};

use super::accounts::AccountCard;
use super::parts::{safe_url, short_time};

/// What a status quotes.
#[derive(Clone, Debug)]
pub enum Quote {
    /// The quoted post.
    Shown(Box<Quoted>),
    /// Its author has not agreed yet.
    Pending,
    /// Its author does not want it quoted.
    Refused,
    /// It is gone, or not for everybody.
    Unavailable,
}

/// A quoted post.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// Who wrote it.
    pub author: AccountCard,
    /// Its page.
    pub url: String,
    /// When it was written (milliseconds).
    pub published_at: i64,
    /// Its language as a BCP 47 tag.
    pub language: Option<String>,
    /// The content warning (plain text); blank is none.
    pub content_warning: String,
    /// Its content: clean HTML.
    pub content_html: String,
    /// How many files it has, which stand on its own page.
    pub files: usize,
}

impl Quote {
    /// The quoted post below the one that quotes it.
    pub(super) fn render(&self) -> Markup {
        match self {
            Self::Shown(quoted) => quoted.render(),
            Self::Pending => missing("The author of the quoted post has not agreed yet."),
            Self::Refused => missing("The author of the quoted post does not want it shown here."),
            Self::Unavailable => missing("The quoted post is not available."),
        }
    }
}

fn missing(sentence: &str) -> Markup {
    html! { p.quoted-missing { (sentence) } }
}

impl Quoted {
    fn render(&self) -> Markup {
        let language = self.language.as_deref();
        let warning = self.content_warning.trim();
        html! {
            blockquote.quoted.h-cite cite=[safe_url(&self.url)] aria-label={ "Quoted post by " (self.author.name()) } {
                (self.author.render())
                @if warning.is_empty() {
                    (self.content(language))
                } @else {
                    details.cover {
                        summary {
                            span.cover-text lang=[language] dir="auto" { (warning) }
                            span.cover-hint { "Content warning: open to read" }
                        }
                        (self.content(language))
                    }
                }
                p.quoted-when {
                    a.u-url href=[safe_url(&self.url)] { (short_time(self.published_at)) }
                    @if self.files > 0 { " · with files" }
                }
            }
        }
    }

    fn content(&self, language: Option<&str>) -> Markup {
        html! {
            div.prose.e-content lang=[language] dir="auto" { (PreEscaped(&self.content_html)) }
        }
    }
}
