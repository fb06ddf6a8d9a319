//! The page about the node: what it is, who runs it, its rules, its software.

use maud::{Markup, html};

use super::accounts::AccountCard;
use super::layout::{Document, Frame, Width, document};
use super::parts::safe_url;

/// What the page says beside what every page says.
#[derive(Clone, Debug)]
pub struct About {
    /// What the node is for, in its owner's words (plain text).
    pub description: String,
    /// Whom to ask about the node.
    pub contact: Option<AccountCard>,
    /// Where whoever runs the node gets mail.
    pub email: Option<String>,
    /// The node's rules, in order (plain text).
    pub rules: Vec<String>,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &About) -> String {
    let main = html! {
        h1.page-title { "About " span dir="auto" { (frame.node_name) } }
        @if !view.description.is_empty() { p dir="auto" { (view.description) } }
        section.panel aria-labelledby="contact" {
            h2 #contact { "Who runs it" }
            @if let Some(contact) = &view.contact { (contact.render()) }
            @if let Some(email) = &view.email { p { "By e-mail: " (email) } }
            @if view.contact.is_none() && view.email.is_none() {
                p { "Whoever runs this node has not said yet how to reach them." }
            }
        }
        @if !view.rules.is_empty() {
            section.panel aria-labelledby="rules" {
                h2 #rules { "Rules" }
                ol.rules { @for rule in &view.rules { li dir="auto" { (rule) } } }
            }
        }
        (software(frame))
    };
    document(
        frame,
        &Document {
            title: "About this node",
            width: Width::Wide,
            head: html! { meta name="description" content=(view.description); },
            problems: &[],
            main,
        },
    )
}

/// What runs here, and the source code that the licence promises to everybody who uses it.
///
/// Source: <https://www.gnu.org/licenses/agpl-3.0.html#section13>
fn software(frame: &Frame) -> Markup {
    html! {
        section.panel aria-labelledby="software" {
            h2 #software { "Software" }
            p { (frame.domain) " runs Whimbrel " (frame.version) "." }
            p {
                "Whimbrel is free software under the "
                a href="https://www.gnu.org/licenses/agpl-3.0.html" { "GNU Affero General Public License, version 3" }
                ": everybody who uses this node may have the source code of what runs here. "
                @match &frame.source_url {
                    Some(url) => { "It is at " a href=[safe_url(url)] { (url) } "." },
                    None => { "Ask whoever runs this node for it." },
                }
            }
        }
    }
}
