//! The pages of announcements, for the staff: all of them with a form for another one, and one of them.

use maud::{Markup, PreEscaped, html};

use super::admin::{Section, staff_document};
use super::forms::{Field, Form, Kind, checkbox, csrf, option, problem_summary};
use super::layout::Frame;
use super::parts::{long_time, safe_url};
use super::peers::badge;
use crate::web::paths;

/// All of them.
#[derive(Clone, Debug)]
pub struct Announcements {
    /// Token and problems; the fields are those of [`Entered`].
    pub form: Form,
    /// Whether the visitor may make and change them.
    pub may_act: bool,
    /// The announcements, newest first.
    pub lines: Vec<Line>,
    /// What was entered.
    pub entered: Entered,
}

/// One of them in the list.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its page.
    pub url: String,
    /// What it says, as typed.
    pub text: String,
    /// Since when it is shown (milliseconds).
    pub published_at: Option<i64>,
    /// When it will be shown (milliseconds).
    pub scheduled_at: Option<i64>,
    /// When what it tells of ends (milliseconds).
    pub ends_at: Option<i64>,
}

/// What is entered into the form.
#[derive(Clone, Debug, Default)]
pub struct Entered {
    /// What it says.
    pub text: String,
    /// When what it tells of begins: `2026-08-08T12:34`.
    pub starts_at: String,
    /// When it ends.
    pub ends_at: String,
    /// Whether both stand for whole days.
    pub all_day: bool,
    /// When it is to be shown.
    pub scheduled_at: String,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct One {
    /// Token and problems.
    pub form: Form,
    /// Whether the visitor may change it.
    pub may_act: bool,
    /// The announcement as the list has it.
    pub line: Line,
    /// What people see; clean HTML.
    pub content_html: String,
    /// What was entered.
    pub entered: Entered,
}

/// The document of all of them.
#[must_use]
pub fn render(frame: &Frame, view: &Announcements) -> String {
    let main = html! {
        (problem_summary(&view.form.problems))
        @if view.lines.is_empty() {
            p.empty { "Nothing was announced yet." }
        } @else {
            ul.notices {
                @for line in &view.lines {
                    li {
                        p.breaking { a href=[safe_url(&line.url)] { (line.text) } }
                        p.hint { (state(line)) }
                    }
                }
            }
        }
        @if view.may_act {
            section.panel aria-labelledby="new" {
                h2 #new { "Another one" }
                form method="post" action=(paths::ADMIN_ANNOUNCEMENTS) {
                    (csrf(&view.form.csrf_token))
                    (fields(&view.form, &view.entered, true))
                    div.actions {
                        button.button type="submit" name="publish" value="now" { "Show it now" }
                        button.button.quiet type="submit" name="publish" value="later" { "Keep it" }
                    }
                }
            }
        }
    };
    staff_document(frame, "Announcements", Section::Announcements, &main)
}

fn state(line: &Line) -> Markup {
    html! {
        @match (line.published_at, line.scheduled_at) {
            (Some(at), _) => { (badge("shown")) "since " (long_time(at)) }
            (None, Some(at)) => { (badge("waiting")) "to be shown " (long_time(at)) }
            (None, None) => { (badge("hidden")) "shown to nobody" }
        }
        @if let Some(at) = line.ends_at { ", until " (long_time(at)) }
    }
}

fn fields(form: &Form, entered: &Entered, is_new: bool) -> Markup {
    let instant = |name: &'static str, label: &'static str, value: &str, hint| {
        Field {
            name,
            label,
            kind: Kind::Instant,
            value,
            hint,
            optional: true,
            ..Field::default()
        }
        .render(form)
    };
    html! {
        (Field {
            name: "text",
            label: "What it says",
            kind: Kind::Long,
            value: &entered.text,
            hint: Some("Links, @mentions, #hashtags, :emoji: and the addresses of posts become what they are in posts."),
            ..Field::default()
        }.render(form))
        (instant("starts_at", "It tells of something that begins", &entered.starts_at, Some("All times are UTC.")))
        (instant("ends_at", "and ends", &entered.ends_at, Some("It is shown until then.")))
        (option("all_day", "These are whole days", entered.all_day))
        @if is_new || !entered.scheduled_at.is_empty() {
            (instant("scheduled_at", "Show it by itself at", &entered.scheduled_at, None))
        }
    }
}

/// The document of one of them.
#[must_use]
pub fn render_one(frame: &Frame, view: &One) -> String {
    let line = &view.line;
    let main = html! {
        (problem_summary(&view.form.problems))
        section.panel aria-labelledby="seen" {
            h2 #seen { "What people see" }
            div.prose.breaking { (PreEscaped(&view.content_html)) }
            p.hint { (state(line)) }
            @if view.may_act { (steps(view)) }
        }
        @if view.may_act {
            section.panel aria-labelledby="change" {
                h2 #change { "Change it" }
                form method="post" action=[safe_url(&line.url)] {
                    (csrf(&view.form.csrf_token))
                    (fields(&view.form, &view.entered, line.published_at.is_none()))
                    button.button type="submit" { "Save" }
                }
            }
            section.panel aria-labelledby="remove" {
                h2 #remove { "Remove it" }
                p.hint { "With everything that people reacted. This cannot be undone." }
                form method="post" action=[safe_url(&format!("{}/remove", line.url))] {
                    (csrf(&view.form.csrf_token))
                    (checkbox(&view.form, "yes", "I mean it"))
                    button.button.danger type="submit" { "Remove it" }
                }
            }
        }
        p { a href=(paths::ADMIN_ANNOUNCEMENTS) { "← All announcements" } }
    };
    staff_document(frame, "Announcement", Section::Announcements, &main)
}

fn steps(view: &One) -> Markup {
    let (word, label) = if view.line.published_at.is_some() {
        ("withdraw", "Show it no longer")
    } else {
        ("publish", "Show it now")
    };
    html! {
        form method="post" action=[safe_url(&format!("{}/{word}", view.line.url))] {
            (csrf(&view.form.csrf_token))
            button.button.quiet type="submit" { (label) }
        }
    }
}
