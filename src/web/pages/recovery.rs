//! The pages of links by mail: asking for one, and setting a new password behind it.

use maud::html;

use super::forms::{Field, Form, Kind, csrf, hidden, new_password};
use super::layout::{Document, Frame, Width, document};
use crate::web::paths;

/// What a link is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A new password.
    Password,
    /// The confirmation of an address.
    Confirmation,
}

impl Wanted {
    fn title(self) -> &'static str {
        match self {
            Self::Password => "Forgot your password?",
            Self::Confirmation => "No link in your mail?",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Password => "We send a link there on which you set a new password.",
            Self::Confirmation => "The one that you signed up with. We send another link there.",
        }
    }

    fn without_mail(self) -> &'static str {
        match self {
            Self::Password => "Ask those who run it for a new password.",
            Self::Confirmation => "Addresses need no confirmation.",
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Password => paths::FORGOTTEN,
            Self::Confirmation => paths::CONFIRM_AGAIN,
        }
    }
}

/// Somebody who asks for a link.
#[derive(Clone, Debug)]
pub struct Forgotten {
    /// For what.
    pub wanted: Wanted,
    /// Token and problems; the field `email`.
    pub form: Form,
    /// The address entered before.
    pub email: String,
    /// Whether a link can be sent at all.
    pub is_mailed: bool,
}

/// Somebody who sets a new password.
#[derive(Clone, Debug)]
pub struct Reset {
    /// Token and problems; fields `password` and `password_again`.
    pub form: Form,
    /// The link's secret, sent back as `token`.
    pub token: String,
    /// Whose password it is.
    pub username: String,
    /// The fewest characters of a password.
    pub password_min_chars: u32,
}

/// The document that asks for an address.
#[must_use]
pub fn render(frame: &Frame, view: &Forgotten) -> String {
    let main = html! {
        h1 { (view.wanted.title()) }
        @if view.is_mailed {
            form.panel method="post" action=(view.wanted.action()) {
                (csrf(&view.form.csrf_token))
                (Field {
                    name: "email",
                    label: "Your e-mail address",
                    kind: Kind::Email,
                    autocomplete: "email",
                    value: &view.email,
                    hint: Some(view.wanted.hint()),
                    ..Field::default()
                }.render(&view.form))
                button.button type="submit" { "Send the link" }
            }
        } @else {
            div.panel {
                p { (frame.domain) " sends no mail. " (view.wanted.without_mail()) }
            }
        }
        p.aside { a href=(paths::SIGN_IN) { "Sign in" } }
    };
    document(
        frame,
        &Document {
            title: view.wanted.title(),
            width: Width::Narrow,
            head: html! { meta name="robots" content="noindex"; },
            problems: &view.form.problems,
            main,
        },
    )
}

/// The document that asks for a new password.
#[must_use]
pub fn render_new(frame: &Frame, view: &Reset) -> String {
    let main = html! {
        h1 { "Set a new password" }
        p.lead { "for @" (view.username) }
        form.panel method="post" action=(paths::RESET) {
            (csrf(&view.form.csrf_token))
            (hidden("token", &view.token))
            input type="hidden" name="identifier" value=(view.username) autocomplete="username";
            (new_password(&view.form, "New password", view.password_min_chars))
            p.hint { "Every browser and every app is signed out." }
            button.button type="submit" { "Set the password" }
        }
    };
    document(
        frame,
        &Document {
            title: "Set a new password",
            width: Width::Narrow,
            head: html! { meta name="robots" content="noindex"; },
            problems: &view.form.problems,
            main,
        },
    )
}
