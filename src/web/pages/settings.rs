//! The signed-in person's own page: who they are, which applications have access, password, sign-out.

use maud::{Markup, html};

use super::accounts::AccountCard;
use super::forms::{Field, Form, Kind, csrf, hidden, new_password};
use super::layout::{Document, Frame, Width, document};
use super::parts::{safe_url, short_time};
use super::scopes::{describe, without_covered};
use crate::web::paths;

/// The signed-in person's own page.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Token and problems; the password form has the fields `current_password`, `password`, `password_again`,
    /// the address form `email` and `email_password`.
    pub form: Form,
    /// Who is signed in.
    pub account: AccountCard,
    /// Their e-mail address.
    pub email: String,
    /// How they like to read.
    pub reading: Reading,
    /// The address that they want instead, and have still to confirm.
    pub wanted_email: Option<String>,
    /// What they entered as another address.
    pub entered_email: String,
    /// Whether an address is confirmed by mail.
    pub is_mailed: bool,
    /// Whether they may invite others.
    pub may_invite: bool,
    /// The applications that have access.
    pub applications: Vec<Application>,
    /// The fewest characters of a password.
    pub password_min_chars: u32,
    /// Whether they look after the node.
    pub is_staff: bool,
}

/// How somebody likes to read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Which media are shown at once: one of the words of [`MEDIA`].
    pub media: &'static str,
    /// Whether content warnings are opened at once.
    pub expands_spoilers: bool,
    /// Whether animations play by themselves.
    pub autoplays: bool,
}

/// Which media may be shown at once, and how that reads.
pub const MEDIA: [(&str, &str); 3] = [
    ("default", "Hide what is marked as sensitive"),
    ("show_all", "Show everything"),
    ("hide_all", "Hide everything"),
];

/// An application that has access.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its number, sent back as `application_id`.
    pub id: String,
    /// The name that it gave itself.
    pub name: String,
    /// The website that it gave.
    pub website: Option<String>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it got access (milliseconds).
    pub authorized_at: i64,
    /// When it was last used (milliseconds).
    pub last_used_at: Option<i64>,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Settings) -> String {
    let main = html! {
        h1 { "Settings" }
        section.panel aria-labelledby="you" {
            h2 #you { "You" }
            (view.account.render())
            p.hint { "You sign in with " strong { (view.email) } ", or with your username." }
            p.hint { "To read and write, open any app made for Mastodon and enter " code { (frame.domain) } " as your server." }
            p { a href=(paths::ACCOUNT) { "Move to or from another account, or delete this one" } }
            @if view.may_invite { p { a href=(paths::INVITES) { "Invite people" } } }
            @if view.is_staff { p { a href=(paths::ADMIN) { "Look after this node" } } }
            form method="post" action=(paths::SIGN_OUT) {
                (csrf(&view.form.csrf_token))
                button.button.quiet type="submit" { "Sign out" }
            }
        }
        section.panel aria-labelledby="applications" {
            h2 #applications { "Connected apps" }
            @if view.applications.is_empty() {
                p.empty { "No app has access to your account." }
            } @else {
                ul.applications {
                    @for application in &view.applications { (application_line(view, application)) }
                }
            }
        }
        section.panel aria-labelledby="reading" {
            h2 #reading { "Reading" }
            (reading_form(view))
        }
        section.panel aria-labelledby="email" {
            h2 #email { "Change your e-mail address" }
            (email_form(view))
        }
        section.panel aria-labelledby="password" {
            h2 #password { "Change your password" }
            (password_form(view))
        }
    };
    document(
        frame,
        &Document {
            title: "Settings",
            width: Width::Wide,
            head: html! { meta name="robots" content="noindex"; },
            problems: &view.form.problems,
            main,
        },
    )
}

fn application_line(view: &Settings, application: &Application) -> Markup {
    let website = application.website.as_deref().and_then(safe_url);
    html! {
        li {
            div.application {
                h3 dir="auto" {
                    @if let Some(url) = website {
                        a href=(url) rel="nofollow noopener noreferrer" { (application.name) }
                    } @else {
                        (application.name)
                    }
                }
                ul.scopes {
                    @for scope in without_covered(&application.scopes) {
                        li title=[describe(scope).1] { code { (scope) } }
                    }
                }
                p.hint {
                    "Access since " (short_time(application.authorized_at))
                    @if let Some(used) = application.last_used_at { ", last used " (short_time(used)) }
                    @else { ", never used" }
                }
            }
            form method="post" action=(paths::REVOKE_APPLICATION) {
                (csrf(&view.form.csrf_token))
                (hidden("application_id", &application.id))
                button.button.danger type="submit" {
                    "Revoke" span.visually-hidden { " the access of " (application.name) }
                }
            }
        }
    }
}

fn reading_form(view: &Settings) -> Markup {
    let reading = &view.reading;
    html! {
        form method="post" action=(paths::CHANGE_READING) {
            (csrf(&view.form.csrf_token))
            p.hint { "Apps that ask follow these wishes." }
            div.field {
                label for="field-media" { "Pictures and videos" }
                select id="field-media" name="media" {
                    @for (word, words) in MEDIA {
                        option value=(word) selected[word == reading.media] { (words) }
                    }
                }
            }
            (choice("spoilers", "Open content warnings at once", reading.expands_spoilers))
            (choice("autoplay", "Let animations play by themselves", reading.autoplays))
            button.button type="submit" { "Keep this" }
        }
    }
}

/// A box that may be ticked; it sends `true`.
fn choice(name: &str, label: &str, is_chosen: bool) -> Markup {
    let id = format!("field-{name}");
    html! {
        div.choice {
            input id=(id) type="checkbox" name=(name) value="true" checked[is_chosen];
            div { label for=(id) { (label) } }
        }
    }
}

fn email_form(view: &Settings) -> Markup {
    html! {
        @if let Some(wanted) = &view.wanted_email {
            p.hint { "We sent a link to " strong { (wanted) } ". Until it is opened, your address is " strong { (view.email) } "." }
        }
        form method="post" action=(paths::CHANGE_EMAIL) {
            (csrf(&view.form.csrf_token))
            (Field {
                name: "email",
                label: "New e-mail address",
                kind: Kind::Email,
                autocomplete: "email",
                value: &view.entered_email,
                hint: view.is_mailed.then_some("We send a link there, to see that it is yours."),
                ..Field::default()
            }.render(&view.form))
            (Field {
                name: "email_password",
                label: "Your password",
                kind: Kind::Password,
                autocomplete: "current-password",
                ..Field::default()
            }.render(&view.form))
            button.button type="submit" { "Change the address" }
        }
    }
}

fn password_form(view: &Settings) -> Markup {
    html! {
        form method="post" action=(paths::CHANGE_PASSWORD) {
            (csrf(&view.form.csrf_token))
            input type="hidden" name="identifier" value=(view.email) autocomplete="username";
            (Field {
                name: "current_password",
                label: "Your password now",
                kind: Kind::Password,
                autocomplete: "current-password",
                ..Field::default()
            }.render(&view.form))
            (new_password(&view.form, "New password", view.password_min_chars))
            p.hint { "Every other browser and every app is signed out." }
            button.button type="submit" { "Change the password" }
        }
    }
}
