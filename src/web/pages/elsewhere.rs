//! The page for people of other servers who want to act on what they see here: it asks for their handle, as only their
//! own server knows them.

use maud::html;

use super::forms::{Field, Form, Kind, csrf, hidden};
use super::layout::{Document, Frame, Width, document};
use super::parts::safe_url;
use crate::web::paths;

/// What somebody from elsewhere wants to act on.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// Token, and what was wrong with the handle.
    pub form: Form,
    /// The id of the account or post, sent back as `uri`.
    pub uri: String,
    /// Whether it is an account.
    pub is_account: bool,
    /// The handle as it was entered.
    pub handle: String,
    /// The way for people of this node.
    pub own_url: String,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Elsewhere) -> String {
    let (title, purpose) = if view.is_account {
        ("Follow from your own server", "follow this account")
    } else {
        (
            "Take part from your own server",
            "reply to this post, boost it or favourite it",
        )
    };
    let main = html! {
        h1.page-title { (title) }
        p {
            "People on every server of this network can " (purpose) ". Tell us who you are, and we show the way to the "
            "page of your server that does it."
        }
        form.panel method="post" action=(paths::ELSEWHERE) {
            (csrf(&view.form.csrf_token))
            (hidden("uri", &view.uri))
            (Field {
                name: "handle",
                label: "Your handle",
                kind: Kind::Name,
                value: &view.handle,
                hint: Some("Your name and your server, such as @ann@server.example. It is not kept."),
                ..Field::default()
            }.render(&view.form))
            button.button type="submit" { "Find the way" }
        }
        p.hint {
            "Is your account on " (frame.domain) "? "
            a href=[safe_url(&view.own_url)] { "Sign in" } "."
        }
    };
    document(
        frame,
        &Document {
            title,
            width: Width::Narrow,
            head: html! { meta name="robots" content="noindex"; },
            problems: &view.form.problems,
            main,
        },
    )
}
