//! The document around every page: head, skip link, header, flash, footer.

use maud::{DOCTYPE, Markup, html};

use super::accounts::AccountCard;
use super::forms::{Problem, problem_summary};
use super::parts::{Icon, icon, safe_url};
use crate::web::{paths, static_files};

/// What is the same on every page of one request.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The node's name as its owner wrote it.
    pub node_name: String,
    /// The node's domain, with its port when it has one.
    pub domain: String,
    /// The version of the software.
    pub version: String,
    /// Where the source code of the running version is found, as the AGPL asks (http or https); without an address,
    /// whoever runs the node gives it.
    pub source_url: Option<String>,
    /// Who is signed in, if anybody.
    pub viewer: Option<AccountCard>,
    /// What the step before has to say.
    pub flash: Option<Flash>,
}

/// One sentence about what just happened, shown once at the top of the page.
#[derive(Clone, Debug)]
pub enum Flash {
    /// It was done.
    Done(String),
    /// It could not be done.
    Failed(String),
}

/// How wide the middle column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// For forms.
    Narrow,
    /// For reading.
    Wide,
}

/// What a page adds to the frame.
pub(super) struct Document<'a> {
    pub title: &'a str,
    pub width: Width,
    /// More elements for the head: alternates, previews.
    pub head: Markup,
    /// What was wrong with the form that this page shows again.
    pub problems: &'a [Problem],
    pub main: Markup,
}

/// The whole document as text.
pub(super) fn document(frame: &Frame, page: &Document<'_>) -> String {
    let title = full_title(frame, page);
    html! {
        (DOCTYPE)
        html lang="en" {
            head { (head(&title, &frame.version, &page.head)) }
            body {
                a.skip-link href="#main" { "Skip to the content" }
                (header(frame))
                main #main.narrow[page.width == Width::Narrow] tabindex="-1" {
                    @if let Some(flash) = &frame.flash { (flash_line(flash)) }
                    (problem_summary(page.problems))
                    (page.main)
                }
                (footer(frame))
            }
        }
    }
    .into_string()
}

/// What stands in the head of every document, and what a page adds to it.
pub(super) fn head(title: &str, version: &str, more: &Markup) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        title { (title) }
        meta name="color-scheme" content="light dark";
        meta name="theme-color" content="#faf6ee" media="(prefers-color-scheme: light)";
        meta name="theme-color" content="#141a1f" media="(prefers-color-scheme: dark)";
        meta name="generator" content={ "Whimbrel " (version) };
        meta name="referrer" content="same-origin";
        link rel="stylesheet" href=(static_files::STYLE.url());
        link rel="icon" href=(static_files::FAVICON.url()) type="image/svg+xml";
        link rel="apple-touch-icon" href=(static_files::TOUCH_ICON.url());
        (more)
    }
}

fn full_title(frame: &Frame, page: &Document<'_>) -> String {
    let prefix = if page.problems.is_empty() {
        ""
    } else {
        "Error: "
    };
    if page.title == frame.node_name {
        format!("{prefix}{}", page.title)
    } else {
        format!("{prefix}{} – {}", page.title, frame.node_name)
    }
}

fn header(frame: &Frame) -> Markup {
    html! {
        header.site-header {
            a.site-name href=(paths::FRONT) {
                (icon(Icon::Mark))
                span dir="auto" { (frame.node_name) }
            }
            nav aria-label="Site" {
                a href=(paths::LOCAL_TIMELINE) { "Timeline" }
                @if let Some(viewer) = &frame.viewer {
                    a.viewer href=(paths::SETTINGS) {
                        img src=[safe_url(&viewer.avatar_url)] alt="" width="28" height="28";
                        "Settings"
                        span.visually-hidden { ", signed in as " (viewer.handle) }
                    }
                } @else {
                    a href=(paths::SIGN_IN) { "Sign in" }
                }
            }
        }
    }
}

fn flash_line(flash: &Flash) -> Markup {
    match flash {
        Flash::Done(text) => html! {
            p.flash role="status" { (icon(Icon::Check)) span { (text) } }
        },
        Flash::Failed(text) => html! {
            p.flash.flash-failed role="alert" { (icon(Icon::Warning)) span { (text) } }
        },
    }
}

fn footer(frame: &Frame) -> Markup {
    html! {
        footer.site-footer {
            p {
                (frame.domain) " runs Whimbrel " (frame.version) ", free software under the AGPL: "
                @match &frame.source_url {
                    Some(url) => a href=[safe_url(url)] { "source code" },
                    None => { "for its source code ask " a href=(paths::ABOUT) { "whoever runs it" } },
                }
                ". " a href=(paths::ABOUT) { "About this node" } "."
            }
        }
    }
}
