//! A page with one longer text of the node.

use maud::{PreEscaped, html};

use super::layout::{Document, Frame, Width, document};
use super::parts::short_time;

/// A longer text.
#[derive(Clone, Debug)]
pub struct Text {
    /// What it is.
    pub title: String,
    /// Since when it reads so (milliseconds).
    pub since: i64,
    /// Cleaned HTML.
    pub text_html: String,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Text) -> String {
    let main = html! {
        h1.page-title { (view.title) }
        p.hint { (frame.domain) ", " (short_time(view.since)) }
        div.prose dir="auto" { (PreEscaped(&view.text_html)) }
    };
    document(
        frame,
        &Document {
            title: &view.title,
            width: Width::Wide,
            head: html! {},
            problems: &[],
            main,
        },
    )
}
