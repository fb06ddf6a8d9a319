//! The sign-in page.

use maud::html;

use super::forms::{Field, Form, Kind, csrf, hidden};
use super::layout::{Document, Frame, Width, document};
use super::sign_up::Registrations;
use crate::web::paths;

/// The sign-in form, as far as it was entered.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Token and problems; fields `identifier`, `password`, `return_to`.
    pub form: Form,
    /// The e-mail address or username entered before.
    pub identifier: String,
    /// The path of this node to go to afterwards.
    pub return_to: Option<String>,
    /// The name of the application that asks, when one sent the person here.
    pub application: Option<String>,
    /// Whether a new password can be had by mail.
    pub is_mailed: bool,
    /// Whether people may sign up instead.
    pub registrations: Registrations,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &SignIn) -> String {
    let main = html! {
        h1 { "Sign in" }
        @if let Some(application) = &view.application {
            p.lead { "to go on with " strong dir="auto" { (application) } }
        }
        form.panel method="post" action=(paths::SIGN_IN) {
            (csrf(&view.form.csrf_token))
            @if let Some(return_to) = &view.return_to { (hidden("return_to", return_to)) }
            (Field {
                name: "identifier",
                label: "E-mail address or username",
                kind: Kind::Name,
                autocomplete: "username",
                value: &view.identifier,
                ..Field::default()
            }.render(&view.form))
            (Field {
                name: "password",
                label: "Password",
                kind: Kind::Password,
                autocomplete: "current-password",
                ..Field::default()
            }.render(&view.form))
            button.button type="submit" { "Sign in" }
        }
        @if view.is_mailed {
            p.aside {
                a href=(paths::FORGOTTEN) { "Forgot your password?" }
                " · "
                a href=(paths::CONFIRM_AGAIN) { "No link in your mail?" }
            }
        }
        @if matches!(view.registrations, Registrations::Open | Registrations::Approval) {
            p.aside { "New here? " a href=(paths::SIGN_UP) { "Create an account" } }
        }
    };
    document(
        frame,
        &Document {
            title: "Sign in",
            width: Width::Narrow,
            head: html! { meta name="robots" content="noindex"; },
            problems: &view.form.problems,
            main,
        },
    )
}
