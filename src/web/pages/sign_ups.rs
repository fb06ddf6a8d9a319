//! Sign-ups that wait for the staff.

use maud::{Markup, html};

use super::admin::{Section, staff_document};
use super::forms::{Form, csrf};
use super::layout::Frame;
use super::parts::short_time;
use crate::web::paths;

/// Who asks to be let in.
#[derive(Clone, Debug)]
pub struct SignUps {
    /// The token of forms.
    pub form: Form,
    /// The oldest first.
    pub sign_ups: Vec<Line>,
}

/// One sign-up.
#[derive(Clone, Debug)]
pub struct Line {
    /// The account's number.
    pub id: String,
    /// The name that they want.
    pub username: String,
    /// Their e-mail address.
    pub email: String,
    /// Whether it is confirmed.
    pub is_confirmed: bool,
    /// Why they want to join; may be blank.
    pub reason: String,
    /// When they asked (milliseconds).
    pub at: i64,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &SignUps) -> String {
    let main = html! {
        @if view.sign_ups.is_empty() {
            p.empty { "Nobody waits to be let in." }
        } @else {
            @for (place, line) in view.sign_ups.iter().enumerate() { (sign_up(view, place, line)) }
        }
    };
    staff_document(frame, "Sign-ups", Section::SignUps, &main)
}

fn sign_up(view: &SignUps, place: usize, line: &Line) -> Markup {
    let id = format!("sign-up-{place}");
    html! {
        section.panel aria-labelledby=(id) {
            h2.breaking id=(id) { "@" (line.username) }
            p.hint.breaking {
                (line.email) @if !line.is_confirmed { " (not confirmed yet)" } ", " (short_time(line.at))
            }
            @if line.reason.is_empty() { p.empty { "They did not say why." } }
            @else { p dir="auto" { (line.reason) } }
            div.actions {
                (decision(view, line, "approve", "Let in"))
                (decision(view, line, "reject", "Refuse"))
            }
        }
    }
}

fn decision(view: &SignUps, line: &Line, word: &str, label: &str) -> Markup {
    let is_refusal = word == "reject";
    html! {
        form method="post" action=(paths::admin_sign_up(&line.id, word)) {
            (csrf(&view.form.csrf_token))
            button.button.danger[is_refusal] type="submit" {
                (label) span.visually-hidden { " @" (line.username) }
            }
        }
    }
}
