//! The page of the node's own custom emoji, for the staff.

use maud::{Markup, html};

use super::admin::{Section, staff_document};
use super::forms::{Field, Form, Kind, csrf, option, problem_summary, upload};
use super::layout::Frame;
use super::parts::{counted, safe_url};
use super::peers::badge;
use crate::web::paths;

/// All of them.
#[derive(Clone, Debug)]
pub struct Emojis {
    /// Token and problems; the fields are `shortcode`, `picture`, `category`, `visible` and `replaces`.
    pub form: Form,
    /// Whether the visitor may add and change them.
    pub may_act: bool,
    /// The emoji, by shortcode.
    pub lines: Vec<Line>,
    /// What was entered.
    pub entered: Entered,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it is decided about.
    pub url: String,
    /// Its name, without colons.
    pub shortcode: String,
    /// Its picture.
    pub picture_url: String,
    /// The group it is listed under; may be empty.
    pub category: String,
    /// Whether pickers offer it.
    pub is_in_picker: bool,
    /// Whether it can be used in new posts.
    pub is_enabled: bool,
}

/// What was entered into the form.
#[derive(Clone, Debug, Default)]
pub struct Entered {
    /// The name.
    pub shortcode: String,
    /// The group.
    pub category: String,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Emojis) -> String {
    let main = html! {
        (problem_summary(&view.form.problems))
        @if view.may_act { (new(view)) }
        @if view.lines.is_empty() {
            p.empty { "This node has no emoji of its own yet." }
        } @else {
            h2 { (counted(i64::try_from(view.lines.len()).unwrap_or(i64::MAX), "emoji", "emoji")) }
            ul.notices {
                @for line in &view.lines { li.emoji-line { (one(view, line)) } }
            }
        }
    };
    staff_document(frame, "Custom emoji", Section::Emojis, &main)
}

fn new(view: &Emojis) -> Markup {
    html! {
        section.panel aria-labelledby="new" {
            h2 #new { "Another one" }
            form method="post" action=(paths::ADMIN_EMOJIS) enctype="multipart/form-data" {
                (csrf(&view.form.csrf_token))
                (Field {
                    name: "shortcode",
                    label: "Name",
                    kind: Kind::Name,
                    value: &view.entered.shortcode,
                    hint: Some("Letters, digits and underscores. People write it between colons."),
                    ..Field::default()
                }.render(&view.form))
                (upload(&view.form, "picture", "Picture", "PNG, GIF, WebP or JPEG, at most 256 KiB.", "image/*"))
                (Field {
                    name: "category",
                    label: "Group",
                    value: &view.entered.category,
                    optional: true,
                    ..Field::default()
                }.render(&view.form))
                (option("visible", "Offer it when people choose", true))
                (option("replaces", "It may take the place of one with the same name", false))
                button.button type="submit" { "Add it" }
            }
        }
    }
}

fn one(view: &Emojis, line: &Line) -> Markup {
    let step = |word: &str, label: &str, is_dangerous: bool| {
        html! {
            form method="post" action=[safe_url(&format!("{}/{word}", line.url))] {
                (csrf(&view.form.csrf_token))
                button.button.quiet[!is_dangerous].danger[is_dangerous] type="submit" { (label) }
            }
        }
    };
    html! {
        img.emoji src=[safe_url(&line.picture_url)] alt="" loading="lazy";
        div {
            p.breaking {
                strong { ":" (line.shortcode) ":" }
                @if !line.category.is_empty() { " " span.hint { (line.category) } }
            }
            p.hint {
                @if line.is_enabled { (badge("shown")) } @else { (badge("hidden")) }
                @if !line.is_enabled { "cannot be used" }
                @else if line.is_in_picker { "offered when people choose" }
                @else { "for those who know its name" }
            }
            @if view.may_act {
                div.actions {
                    (edit(view, line))
                    @if line.is_enabled { (step("disable", "Disable", false)) }
                    @else { (step("enable", "Enable", false)) }
                    (step("remove", "Remove", true))
                }
            }
        }
    }
}

/// Shows or hides an emoji in pickers; its group stays.
fn edit(view: &Emojis, line: &Line) -> Markup {
    html! {
        form method="post" action=[safe_url(&format!("{}/update", line.url))] {
            (csrf(&view.form.csrf_token))
            input type="hidden" name="category" value=(line.category);
            input type="hidden" name="visible" value=(!line.is_in_picker);
            button.button.quiet type="submit" {
                @if line.is_in_picker { "Do not offer it" } @else { "Offer it" }
            }
        }
    }
}
