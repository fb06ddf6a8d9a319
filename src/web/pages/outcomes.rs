//! The page on which the author of a post sees what became of it at other servers.

use maud::{Markup, html};

use super::layout::{Document, Frame, Width, document};
use super::parts::{counted, long_time, safe_url};
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
        (next(view))
        p.hint {
            "This page remembers for " (counted(i64::from(view.kept_days), "day", "days"))
            " after the last server was done. The author sees it; whoever looks after " (frame.domain)
            " does so only where they may see the post."
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

/// What the states on this page mean, and what happens next.
fn next(view: &Outcomes) -> Markup {
    let has = |state: &str| view.hosts.iter().any(|host| host.state == state);
    let known = [
        (
            "waiting",
            "Waiting: it is tried again by itself until the server takes it. There is nothing to do.",
        ),
        (
            "refused",
            "Refused: the server does not want it, most often because it blocks this one. It is not tried again; \
             whoever looks after that server can say why.",
        ),
        (
            "expired",
            "Expired: the server took nothing for so long that the post was given up for it.",
        ),
        (
            "superseded",
            "Superseded: a newer version, or its end, was sent instead.",
        ),
    ];
    let shown = known.into_iter().filter(|(state, _)| has(state));
    html! { @for (_, words) in shown { p.hint { (words) } } }
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
