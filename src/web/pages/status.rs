//! The page that tells everybody whether the node does well, and nothing else.

use maud::html;

use super::layout::{Document, Frame, Width, document};
use super::parts::{count, long_time};

/// How the node does.
#[derive(Clone, Debug)]
pub struct NodeStatus {
    /// How late posts are, in a sentence.
    pub lag: String,
    /// Servers that it talks with.
    pub servers: i64,
    /// Those of them that take nothing at the moment.
    pub down: i64,
    /// Since when it runs (milliseconds).
    pub running_since: i64,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &NodeStatus) -> String {
    let main = html! {
        h1.page-title { "Status of " (frame.domain) }
        section.panel aria-labelledby="now" {
            h2 #now { "The node is up" }
            p { (view.lag) }
            dl.facts {
                div { dt { "Servers it talks with" } dd { (count(view.servers)) } }
                div { dt { "Of these down now" } dd { (count(view.down)) } }
            }
        }
        p.hint { "Running since " (long_time(view.running_since)) ". What is posted while a server is down is delivered when it is back." }
    };
    document(
        frame,
        &Document {
            title: "Status",
            width: Width::Wide,
            head: html! { meta name="robots" content="noindex"; },
            problems: &[],
            main,
        },
    )
}
