//! The page on which somebody signed in writes a post, with what another page suggested.

use maud::html;

use super::forms::{Field, Form, Kind, csrf, hidden};
use super::layout::{Document, Frame, Width, document};
use super::statuses::{Detail, Status};
use crate::web::paths;

/// The audiences, by the word that is sent and what people read.
const AUDIENCES: [(&str, &str); 4] = [
    ("public", "Everybody"),
    ("unlisted", "Everybody, but not in public timelines"),
    ("private", "Followers and those who are mentioned"),
    ("direct", "Only those who are mentioned"),
];

/// A post to be written.
#[derive(Clone, Debug)]
pub struct Share {
    /// Token, and what was wrong with it the last time.
    pub form: Form,
    /// A word that is the same whenever this form is sent, so that nothing is posted twice.
    pub key: String,
    /// The text so far.
    pub text: String,
    /// The content warning so far.
    pub warning: String,
    /// The word of the audience that is chosen.
    pub audience: &'static str,
    /// The most characters.
    pub most_characters: usize,
    /// What it answers, and the address that was given for that.
    pub parent: Option<(Box<Status>, String)>,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Share) -> String {
    let title = match view.parent {
        Some(_) => "Write a reply",
        None => "Write a post",
    };
    let hint = format!("At most {} characters.", view.most_characters);
    let main = html! {
        h1.page-title { (title) }
        @if let Some((parent, _)) = &view.parent { (parent.render(Detail::Full)) }
        form.panel method="post" action=(paths::SHARE) {
            (csrf(&view.form.csrf_token))
            (hidden("key", &view.key))
            @if let Some((_, url)) = &view.parent { (hidden("in_reply_to", url)) }
            (Field {
                name: "text",
                label: "Text",
                kind: Kind::Long,
                value: &view.text,
                hint: Some(&hint),
                ..Field::default()
            }.render(&view.form))
            (Field {
                name: "spoiler_text",
                label: "Content warning",
                value: &view.warning,
                optional: true,
                ..Field::default()
            }.render(&view.form))
            div.field {
                label for="field-visibility" { "Who sees it" }
                select id="field-visibility" name="visibility" {
                    @for (word, words) in AUDIENCES {
                        option value=(word) selected[word == view.audience] { (words) }
                    }
                }
            }
            button.button type="submit" { "Post" }
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
