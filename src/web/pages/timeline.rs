//! The public timelines and the pages of tags.

use maud::{Markup, html};

use super::feed_links::{feed_line, feed_links};
use super::layout::{Document, Frame, Width, document};
use super::parts::counted;
use super::statuses::{Paging, Status, status_list};
use crate::web::paths;

/// A public timeline.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// What it gathers.
    pub subject: Subject,
    /// Its statuses, newest first.
    pub statuses: Vec<Status>,
    /// Where they go on.
    pub paging: Paging,
}

/// What a timeline gathers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// What was written on this node.
    Local,
    /// What this node knows from everywhere.
    Everywhere,
    /// What carries a tag.
    Tag {
        /// The tag without `#`, as it is usually written.
        name: String,
        /// Its page.
        url: String,
        /// How many accounts used it lately; `None` when that is not known.
        recent_accounts: Option<i64>,
    },
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Timeline) -> String {
    let title = match &view.subject {
        Subject::Local => format!("Posts from {}", frame.domain),
        Subject::Everywhere => "Posts from everywhere".to_owned(),
        Subject::Tag { name, .. } => format!("#{name}"),
    };
    let feed = match &view.subject {
        Subject::Tag { url, .. } => Some(url),
        Subject::Local | Subject::Everywhere => None,
    };
    let main = html! {
        h1.page-title.breaking dir="auto" { (title) }
        (introduction(frame, &view.subject))
        (status_list(&view.statuses, "Nothing public here yet."))
        (view.paging.render())
        @if let Some(url) = &feed { (feed_line(url)) }
    };
    document(
        frame,
        &Document {
            title: &title,
            width: Width::Wide,
            head: html! {
                meta name="robots" content="noindex";
                @if let Some(url) = &feed { (feed_links(url, &title)) }
            },
            problems: &[],
            main,
        },
    )
}

fn introduction(frame: &Frame, subject: &Subject) -> Markup {
    match subject {
        Subject::Local => tabs(true),
        Subject::Everywhere => tabs(false),
        Subject::Tag {
            recent_accounts, ..
        } => html! {
            p.hint {
                "Public posts with this tag, as far as " (frame.domain) " knows them"
                @if let Some(number) = recent_accounts {
                    ": " (counted(*number, "person", "people")) " used it lately"
                }
                "."
            }
        },
    }
}

fn tabs(local: bool) -> Markup {
    html! {
        nav.tabs aria-label="Timelines" {
            a href=(paths::LOCAL_TIMELINE) aria-current=[local.then_some("page")] { "This node" }
            a href=(paths::PUBLIC_TIMELINE) aria-current=[(!local).then_some("page")] { "Everywhere" }
        }
    }
}
