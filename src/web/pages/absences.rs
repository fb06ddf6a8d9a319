//! What was missed while this node or another one was away, as the pages for the staff show it.

use maud::{Markup, html};

use super::parts::{count, counted, long_time};

/// Servers that were given up and are shown with their reason.
const GIVEN_UP_SHOWN: usize = 20;

/// A time in which something may have been missed, and how far pulling it has come.
#[derive(Clone, Debug)]
pub struct Absence {
    /// What it came to, as a sentence without a full stop.
    pub summary: String,
    /// When it ended, or when somebody asked (milliseconds).
    pub ended_at: i64,
    /// Whether nobody was away, and somebody asked.
    pub is_asked: bool,
    /// Whether servers are still asked.
    pub is_under_way: bool,
    /// Servers that were asked for everything.
    pub done: i64,
    /// Servers that are still to be asked for something.
    pub open: i64,
    /// Servers that were given up.
    pub failed: i64,
    /// Some of those that were given up, each with the reason.
    pub given_up: Vec<(String, String)>,
    /// The posts that were new here.
    pub recovered: i64,
}

/// Absences, newest first; nothing where there are none.
pub(super) fn section(absences: &[Absence]) -> Markup {
    html! {
        @if !absences.is_empty() {
            section.panel aria-labelledby="absences" {
                h2 #absences { "Catching up" }
                p.hint {
                    "After this node or another server was away, the posts of that time are asked for, page by page. "
                    "That happens by itself."
                }
                ul.absences { @for absence in absences { li { (absence.render()) } } }
            }
        }
    }
}

impl Absence {
    pub(super) fn render(&self) -> Markup {
        html! {
            p.breaking {
                @if self.is_under_way { span.state { "under way" } }
                @else if self.failed > 0 { span.state.state-bad { "done in part" } }
                @else { span.state.state-good { "done" } }
                " " (self.summary) ". "
                span.hint {
                    @if self.is_asked { "Asked " } @else { "Back since " }
                    (long_time(self.ended_at)) "."
                }
            }
            @if self.is_under_way { (self.progress()) }
            @if self.failed > 0 { (self.given_up()) }
        }
    }

    fn progress(&self) -> Markup {
        let all = self.done + self.open + self.failed;
        html! {
            @if all > 0 {
                progress value=(self.done + self.failed) max=(all) aria-label="Servers that were asked" {}
            }
            dl.facts {
                div { dt { "Servers done" } dd { (count(self.done)) } }
                div { dt { "Still to ask" } dd { (count(self.open)) } }
                div { dt { "Given up" } dd { (count(self.failed)) } }
                div { dt { "Posts recovered" } dd { (count(self.recovered)) } }
            }
            p.hint { "Load this page again to see how far it has come." }
        }
    }

    fn given_up(&self) -> Markup {
        let shown = self.given_up.iter().take(GIVEN_UP_SHOWN);
        let more = self.failed - i64::try_from(shown.len()).unwrap_or(i64::MAX);
        html! {
            details.given-up {
                summary {
                    "Why " (counted(self.failed, "server", "servers")) " could not be asked, and what to do"
                }
                ul {
                    @for (host, reason) in shown { li.breaking { strong { (host) } ": " (reason) } }
                    @if more > 0 { li { "and " (counted(more, "other", "others")) } }
                }
                p.hint {
                    "Nothing more happens by itself. When such a server answers again, ask it anew on the command line: "
                    code { "whimbrel catch-up start --since 24h --host DOMAIN" }
                }
            }
        }
    }
}
