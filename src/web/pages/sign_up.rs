//! The sign-up page in its states: open, by approval, by invitation, closed.

use maud::{Markup, html};

use super::forms::{Field, Form, Kind, checkbox, csrf, hidden, new_password};
use super::layout::{Document, Frame, Width, document};
use super::set_up::username_hint;
use crate::web::paths;

/// Whether people may sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registrations {
    /// Anybody may.
    Open,
    /// Anybody may ask; somebody of the node decides.
    Approval,
    /// Whoever was invited may.
    Invites,
    /// Nobody may.
    Closed,
}

/// The sign-up form, as far as it was entered.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// Token and problems; fields `username`, `email`, `password`, `password_again`, `reason` (by approval),
    /// `date_of_birth` (where there is a minimum age), `invite_code`, `agreement` (when there are rules).
    pub form: Form,
    /// Which of the states the page shows; who comes by an invitation sees an open one.
    pub registrations: Registrations,
    /// What the owner says to those who cannot sign up (plain text); blank is none.
    pub closed_message: String,
    /// The name entered before.
    pub username: String,
    /// The e-mail address entered before.
    pub email: String,
    /// Why the person wants to join, as entered before.
    pub reason: String,
    /// The code by which the person was invited.
    pub invite_code: Option<String>,
    /// How old people must be, in years; 0 is any age.
    pub minimum_age: u32,
    /// The date of birth entered before.
    pub date_of_birth: String,
    /// Whether the address is confirmed by mail.
    pub is_mailed: bool,
    /// The rules to agree to, in order (plain text).
    pub rules: Vec<String>,
    /// The fewest characters of a password.
    pub password_min_chars: u32,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &SignUp) -> String {
    let main = match view.registrations {
        Registrations::Closed | Registrations::Invites => closed(frame, view),
        Registrations::Open | Registrations::Approval => open(frame, view),
    };
    document(
        frame,
        &Document {
            title: "Create an account",
            width: Width::Narrow,
            head: html! {},
            problems: &view.form.problems,
            main,
        },
    )
}

fn closed(frame: &Frame, view: &SignUp) -> Markup {
    html! {
        h1 {
            @if view.registrations == Registrations::Invites { "Sign-up is by invitation" }
            @else { "Sign-up is closed" }
        }
        div.panel {
            @if view.registrations == Registrations::Invites {
                p { "Ask somebody on " (frame.domain) " for the link of an invitation, and open it. If you have come by one, it was used up or has ended." }
            } @else if view.closed_message.is_empty() {
                p { (frame.domain) " takes no new accounts at the moment." }
            } @else {
                p dir="auto" { (view.closed_message) }
            }
            p { "You can still follow and answer people here from any other server of the fediverse." }
            p.actions {
                a.button href=(paths::LOCAL_TIMELINE) { "See what people post" }
                a.button.quiet href=(paths::SIGN_IN) { "Sign in" }
            }
        }
    }
}

fn open(frame: &Frame, view: &SignUp) -> Markup {
    let by_approval = view.registrations == Registrations::Approval;
    let name_hint = username_hint(frame);
    html! {
        h1 { @if by_approval { "Ask for an account" } @else { "Create an account" } }
        @if by_approval {
            p.lead { "Somebody of " (frame.domain) " reads each request. Once it is accepted, you can sign in here." }
        }
        form.panel method="post" action=(paths::SIGN_UP) {
            (csrf(&view.form.csrf_token))
            @if let Some(code) = &view.invite_code { (hidden("invite_code", code)) }
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
                hint: view.is_mailed.then_some("We send a link there, to see that it is yours."),
                ..Field::default()
            }.render(&view.form))
            (new_password(&view.form, "Password", view.password_min_chars))
            @if by_approval {
                (Field {
                    name: "reason",
                    label: "Why do you want to join?",
                    kind: Kind::Long,
                    value: &view.reason,
                    hint: Some("A sentence or two. Only those who decide read it."),
                    ..Field::default()
                }.render(&view.form))
            }
            @if view.minimum_age > 0 { (birth(view)) }
            (rules(view))
            button.button type="submit" {
                @if by_approval { "Send the request" } @else { "Create the account" }
            }
        }
        p.aside { "You have an account? " a href=(paths::SIGN_IN) { "Sign in" } }
    }
}

fn birth(view: &SignUp) -> Markup {
    let hint = format!(
        "Such as 2001-02-28. People here are at least {} years old; the date is not kept.",
        view.minimum_age
    );
    html! {
        (Field {
            name: "date_of_birth",
            label: "Date of birth",
            kind: Kind::Text,
            autocomplete: "bday",
            value: &view.date_of_birth,
            hint: Some(&hint),
            ..Field::default()
        }.render(&view.form))
    }
}

fn rules(view: &SignUp) -> Markup {
    html! {
        @if !view.rules.is_empty() {
            h2 { "Rules" }
            ol.rules { @for rule in &view.rules { li dir="auto" { (rule) } } }
            (checkbox(&view.form, "agreement", "I have read the rules and agree to them"))
        }
    }
}
