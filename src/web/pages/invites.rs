//! The invitations that somebody made.

use maud::{Markup, html};

use super::forms::{Form, csrf, hidden};
use super::layout::{Document, Frame, Width, document};
use super::parts::short_time;
use crate::web::paths;

/// Somebody's invitations.
#[derive(Clone, Debug)]
pub struct Invites {
    /// The token of forms; fields `max_uses` and `days`.
    pub form: Form,
    /// Newest first.
    pub invites: Vec<Line>,
}

/// One invitation.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number, sent back as `invite_id`.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// Whether somebody may still come by it.
    pub is_open: bool,
    /// How many came by it.
    pub uses: i64,
    /// How many may.
    pub max_uses: Option<i64>,
    /// Until when it counts (milliseconds).
    pub expires_at: Option<i64>,
}

/// For how many an invitation may be; 0 is no limit.
pub const USES: [(u32, &str); 5] = [
    (1, "one person"),
    (5, "5 people"),
    (10, "10 people"),
    (50, "50 people"),
    (0, "any number of people"),
];

/// For how many days an invitation may count; 0 is for ever.
pub const LASTS: [(u32, &str); 4] = [
    (1, "one day"),
    (7, "7 days"),
    (30, "30 days"),
    (0, "without an end"),
];

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Invites) -> String {
    let main = html! {
        h1 { "Invite people" }
        form.panel method="post" action=(paths::INVITES) {
            (csrf(&view.form.csrf_token))
            p.hint { "Whoever has the address of an invitation can make an account on " (frame.domain) " without being asked why." }
            (choice("max_uses", "For", &USES))
            (choice("days", "It counts for", &LASTS))
            button.button type="submit" { "Make an invitation" }
        }
        section.panel aria-labelledby="made" {
            h2 #made { "Your invitations" }
            @if view.invites.is_empty() {
                p.empty { "You have made none." }
            } @else {
                ul.applications { @for invite in &view.invites { (line(view, invite)) } }
            }
        }
        p.aside { a href=(paths::SETTINGS) { "Back to your settings" } }
    };
    document(
        frame,
        &Document {
            title: "Invite people",
            width: Width::Wide,
            head: html! { meta name="robots" content="noindex"; },
            problems: &view.form.problems,
            main,
        },
    )
}

fn choice(name: &str, label: &str, options: &[(u32, &str)]) -> Markup {
    let id = format!("field-{name}");
    html! {
        div.field {
            label for=(id) { (label) }
            select id=(id) name=(name) {
                @for (number, words) in options { option value=(number) { (words) } }
            }
        }
    }
}

fn line(view: &Invites, invite: &Line) -> Markup {
    html! {
        li {
            div.application {
                p.breaking { @if invite.is_open { code { (invite.url) } } @else { s { code { (invite.url) } } } }
                p.hint {
                    (invite.uses)
                    @if let Some(most) = invite.max_uses { " of " (most) }
                    " came by it"
                    @if let Some(end) = invite.expires_at { ", until " (short_time(end)) }
                }
            }
            @if invite.is_open {
                form method="post" action=(paths::REVOKE_INVITE) {
                    (csrf(&view.form.csrf_token))
                    (hidden("invite_id", &invite.id))
                    button.button.danger type="submit" { "Take back" span.visually-hidden { " " (invite.url) } }
                }
            }
        }
    }
}
