//! The ways from a page to its feeds: for programs in the head, for people at the end.

use maud::{Markup, html};

use super::feed::Format;
use super::parts::safe_url;

/// What tells programs that a page has feeds; for the head.
pub(super) fn feed_links(page_url: &str, title: &str) -> Markup {
    html! {
        @for format in [Format::Rss, Format::Atom] {
            link rel="alternate" type=(format.media_type()) title=(title) href=[safe_url(&format.url(page_url))];
        }
    }
}

/// The same for people; for the end of the page.
pub(super) fn feed_line(page_url: &str) -> Markup {
    html! {
        p.hint {
            "Follow with a feed reader: "
            a href=[safe_url(&Format::Rss.url(page_url))] { "RSS" } ", "
            a href=[safe_url(&Format::Atom.url(page_url))] { "Atom" }
        }
    }
}
