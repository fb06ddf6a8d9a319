//! The page of what trends, for the staff.

use maud::{Markup, html};

use super::admin::{Section, staff_document};
use super::forms::{Form, csrf};
use super::layout::Frame;
use super::parts::safe_url;
use super::peers::badge;

/// What trends, shown or not.
#[derive(Clone, Debug)]
pub struct Trends {
    /// The token of forms.
    pub form: Form,
    /// Whether anything trends on this node.
    pub is_on: bool,
    /// Whether what nobody has looked at is shown.
    pub usual: bool,
    /// The hashtags, the strongest first.
    pub tags: Vec<Line>,
    /// The links, the strongest first.
    pub links: Vec<Line>,
    /// Who publishes the pages that these lead to.
    pub hosts: Vec<Line>,
    /// The posts, the strongest first.
    pub statuses: Vec<Line>,
}

/// Something that trends.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it is decided about.
    pub url: String,
    /// What it is, in words.
    pub text: String,
    /// Its page for everybody.
    pub page_url: String,
    /// Whether it may trend; none while nobody has said.
    pub said: Option<bool>,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Trends) -> String {
    let main = html! {
        @if !view.is_on {
            p.hint { "Nothing trends on this node: trends.enabled is off." }
        } @else if view.usual {
            p.hint { "Everything that trends is shown until somebody says otherwise." }
        } @else {
            p.hint { "Nothing is shown before somebody lets it pass. It is counted anew every five minutes." }
        }
        (section(view, "tags", "Hashtags", &view.tags))
        (section(view, "posts", "Posts", &view.statuses))
        (section(view, "links", "Links", &view.links))
        (section(view, "publishers", "Publishers of these links", &view.hosts))
    };
    staff_document(frame, "Trends", Section::Trends, &main)
}

fn section(view: &Trends, id: &str, title: &str, lines: &[Line]) -> Markup {
    html! {
        section.panel aria-labelledby=(id) {
            h2 id=(id) { (title) }
            @if lines.is_empty() {
                p.empty { "Nothing trends at present." }
            } @else {
                ul.notices {
                    @for line in lines { li { (one(view, line)) } }
                }
            }
        }
    }
}

fn one(view: &Trends, line: &Line) -> Markup {
    let step = |word: &str, label: &str| {
        html! {
            form method="post" action=[safe_url(&format!("{}/{word}", line.url))] {
                (csrf(&view.form.csrf_token))
                button.button.quiet type="submit" { (label) }
            }
        }
    };
    let is_shown = line.said.unwrap_or(view.usual);
    html! {
        p.breaking { a href=[safe_url(&line.page_url)] { (line.text) } }
        p.hint {
            (badge(if is_shown { "shown" } else { "hidden" }))
            @if line.said.is_none() { "nobody has looked at it yet" }
        }
        div.actions {
            @if line.said != Some(true) { (step("approve", "Let it pass")) }
            @if line.said != Some(false) { (step("reject", "Do not show it")) }
        }
    }
}
