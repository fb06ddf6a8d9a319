//! The front page: what this node is and where to go from here.

use maud::{Markup, html};

use super::accounts::AccountCard;
use super::layout::{Document, Frame, Width, document};
use super::parts::{Icon, count, icon, safe_url};
use super::sign_up::Registrations;
use crate::web::{paths, static_files};

/// The node as its front page shows it.
#[derive(Clone, Debug)]
pub struct Front {
    /// The node's origin (`https://domain`), with which addresses are made absolute.
    pub origin: String,
    /// What the node is for, in its owner's words (plain text).
    pub description: String,
    /// Whether people may sign up.
    pub registrations: Registrations,
    /// How many accounts live here.
    pub accounts: i64,
    /// How many statuses were written here.
    pub statuses: i64,
    /// Whom to ask about the node.
    pub contact: Option<AccountCard>,
    /// The node's rules, in order (plain text).
    pub rules: Vec<String>,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Front) -> String {
    let main = html! {
        div.hero {
            (icon(Icon::Mark))
            h1 dir="auto" { (frame.node_name) }
            @if !view.description.is_empty() { p.lead dir="auto" { (view.description) } }
            (buttons(frame, view.registrations))
            dl.facts {
                div { dt { "People" } dd { (count(view.accounts)) } }
                div { dt { "Posts" } dd { (count(view.statuses)) } }
            }
        }
        section.panel aria-labelledby="about" {
            h2 #about { "What this is" }
            p {
                "This is a small social network of its own that talks to thousands of others. "
                "People here can follow and answer anybody on Mastodon and other servers of the fediverse, and be followed from there."
            }
            p {
                "Read and write with any app made for Mastodon. When it asks for your server, enter "
                code { (frame.domain) } "."
            }
            @if let Some(contact) = &view.contact {
                h3 { "Who runs it" }
                (contact.render())
            }
        }
        @if !view.rules.is_empty() {
            section.panel aria-labelledby="rules" {
                h2 #rules { "Rules" }
                ol.rules { @for rule in &view.rules { li dir="auto" { (rule) } } }
            }
        }
    };
    document(
        frame,
        &Document {
            title: &frame.node_name,
            width: Width::Wide,
            head: preview(frame, view),
            problems: &[],
            main,
        },
    )
}

fn buttons(frame: &Frame, registrations: Registrations) -> Markup {
    html! {
        p.actions {
            @if frame.viewer.is_some() {
                a.button href=(paths::SETTINGS) { "Your settings" }
            } @else {
                a.button href=(paths::SIGN_IN) { "Sign in" }
                @match registrations {
                    Registrations::Open => a.button.quiet href=(paths::SIGN_UP) { "Create an account" },
                    Registrations::Approval => a.button.quiet href=(paths::SIGN_UP) { "Ask for an account" },
                    Registrations::Closed | Registrations::Invites => {},
                }
            }
            a.button.quiet href=(paths::LOCAL_TIMELINE) { "See what people post" }
        }
    }
}

fn preview(frame: &Frame, view: &Front) -> Markup {
    let url = format!("{}/", view.origin);
    html! {
        meta name="description" content=(view.description);
        meta property="og:type" content="website";
        meta property="og:site_name" content=(frame.node_name);
        meta property="og:title" content=(frame.node_name);
        meta property="og:description" content=(view.description);
        meta property="og:url" content=(url);
        meta property="og:image" content={ (view.origin) (static_files::PREVIEW.path) };
        link rel="canonical" href=[safe_url(&url)];
    }
}
