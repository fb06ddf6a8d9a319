//! The page on which the author of a post sees what became of it at other servers.

use maud::{Markup, html};

use super::layout::{Document, Frame, Width, document};
use super::parts::{long_time, safe_url};
use super::peers::badge;

/// What became of a post.
#[derive(Clone, Debug)]
pub struct Outcomes {
    /// The page of the post.
    pub status_url: String,
    /// All servers together, in one line.
    pub summary: String,
    /// The servers, by domain.
    pub hosts: Vec<Host>,
    /// Where the list goes on.
    pub next_url: Option<String>,
    /// Days for which this is shown after nobody waits any more.
    pub kept_days: u32,
}

/// How far a post has come at one server.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its domain.
    pub domain: String,
    /// `delivered`, `waiting`, `refused`, `expired` or `superseded`.
    pub state: &'static str,
    /// Since when that is so (milliseconds).
    pub at: i64,
    /// Why, in words; may be empty.
    pub why: String,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Outcomes) -> String {
    let main = html! {
        h1.page-title { "Who has this post" }
        p.lead { (view.summary) }
        @if !view.hosts.is_empty() { (table(&view.hosts)) }
        @if let Some(url) = view.next_url.as_deref().and_then(safe_url) {
            nav.paging aria-label="Pages" { a.older href=(url) rel="next" { "More servers →" } }
        }
        p.hint {
            "A server that takes nothing is tried again until it does. This page remembers for "
            @if view.kept_days == 1 { "a day" } @else { (view.kept_days) " days" }
            " after the last server was done. Only you and whoever looks after " (frame.domain) " see it."
        }
        p { a href=[safe_url(&view.status_url)] { "← The post" } }
    };
    document(
        frame,
        &Document {
            title: "Who has this post",
            width: Width::Wide,
            head: html! { meta name="robots" content="noindex"; },
            problems: &[],
            main,
        },
    )
}

fn table(hosts: &[Host]) -> Markup {
    html! {
        table.rows role="table" {
            thead role="rowgroup" {
                tr role="row" {
                    th scope="col" role="columnheader" { "Server" }
                    th scope="col" role="columnheader" { "Has it" }
                    th scope="col" role="columnheader" { "Since" }
                }
            }
            tbody role="rowgroup" {
                @for host in hosts {
                    tr role="row" {
                        th.breaking scope="row" role="rowheader" { (host.domain) }
                        td.breaking role="cell" { (badge(host.state)) (host.why) }
                        td.when role="cell" { (long_time(host.at)) }
                    }
                }
            }
        }
    }
}
