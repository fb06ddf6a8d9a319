//! The page behind the one-time link: the first visitor creates the owner's account.

use maud::html;

use super::forms::{Field, Form, Kind, csrf, hidden, new_password};
use super::layout::{Document, Frame, Width, document};
use crate::web::paths;

/// The owner's account, as far as it was entered.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// Token and problems; fields `token`, `username`, `email`, `password`, `password_again`.
    pub form: Form,
    /// The secret of the one-time link, sent back with the form.
    pub token: String,
    /// The name entered before.
    pub username: String,
    /// The e-mail address entered before.
    pub email: String,
    /// The fewest characters of a password.
    pub password_min_chars: u32,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &SetUp) -> String {
    let name_hint = username_hint(frame);
    let main = html! {
        h1 { "Welcome to your node" }
        p.lead { "Create the account that owns " strong { (frame.domain) } ". This link works once." }
        form.panel method="post" action=(paths::SET_UP) {
            (csrf(&view.form.csrf_token))
            (hidden("token", &view.token))
            (Field {
                name: "username",
                label: "Username",
                kind: Kind::Name,
                autocomplete: "username",
                value: &view.username,
                hint: Some(&name_hint),
                ..Field::default()
            }.render(&view.form))
            (Field {
                name: "email",
                label: "E-mail address",
                kind: Kind::Email,
                autocomplete: "email",
                value: &view.email,
                hint: Some("Only for signing in and messages about the node. Nobody else sees it."),
                ..Field::default()
            }.render(&view.form))
            (new_password(&view.form, "Password", view.password_min_chars))
            button.button type="submit" { "Create the owner's account" }
        }
    };
    document(
        frame,
        &Document {
            title: "Set up this node",
            width: Width::Narrow,
            head: html! { meta name="robots" content="noindex"; },
            problems: &view.form.problems,
            main,
        },
    )
}

/// What a username is, and what becomes of it.
pub(super) fn username_hint(frame: &Frame) -> String {
    format!(
        "Letters, digits and underscores. People will find you as @username@{}. It cannot be changed later.",
        frame.domain
    )
}
