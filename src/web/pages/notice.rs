//! A page with one thing to say: that an e-mail was sent, that somebody will look at the sign-up.

use maud::html;

use super::error::NextStep;
use super::layout::{Document, Frame, Width, document};
use super::parts::{Icon, icon, safe_url};

/// One thing to say.
#[derive(Clone, Debug)]
pub struct Notice {
    /// It in a few words.
    pub title: String,
    /// It in sentences, one paragraph each.
    pub paragraphs: Vec<String>,
    /// Where to go from here.
    pub next: Option<NextStep>,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Notice) -> String {
    let main = html! {
        div.notice {
            (icon(Icon::Mark))
            h1 { (view.title) }
            @for paragraph in &view.paragraphs { p { (paragraph) } }
            @if let Some(next) = &view.next {
                p { a.button href=[safe_url(&next.url)] { (next.label) } }
            }
        }
    };
    document(
        frame,
        &Document {
            title: &view.title,
            width: Width::Narrow,
            head: html! { meta name="robots" content="noindex"; },
            problems: &[],
            main,
        },
    )
}
