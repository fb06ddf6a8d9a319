//! The page that says what went wrong and what to do next.

use maud::html;

use super::layout::{Document, Frame, Width, document};
use super::parts::{Icon, icon, safe_url};

/// Something went wrong.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// The HTTP status of the answer.
    pub status: u16,
    /// What happened, in a few words: `This page does not exist`.
    pub title: String,
    /// One sentence that explains it.
    pub sentence: String,
    /// Where to go from here.
    pub next: Option<NextStep>,
    /// The request's number, for whoever reads the log.
    pub request_id: Option<String>,
}

/// A link that leads on.
#[derive(Clone, Debug)]
pub struct NextStep {
    /// What following it does.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &ErrorPage) -> String {
    let main = html! {
        div.notice {
            (icon(Icon::Mark))
            p.notice-code { "Error " (view.status) }
            h1 { (view.title) }
            p { (view.sentence) }
            @if let Some(next) = &view.next {
                p { a.button href=[safe_url(&next.url)] { (next.label) } }
            }
            @if let Some(id) = &view.request_id {
                p.hint { "If you report this, add this number: " code { (id) } }
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
