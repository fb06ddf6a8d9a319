//! The pages of other servers, for the staff: a list of them, and one of them with what can be decided about it.

use maud::{Markup, html};

use super::absences::{self, Absence};
use super::admin::{Section, staff_document};
use super::forms::{Form, checkbox, csrf};
use super::layout::Frame;
use super::parts::{count, counted, safe_url};
use crate::web::paths;

/// A list of other servers.
#[derive(Clone, Debug)]
pub struct Peers {
    /// How the whole node does.
    pub node: Vitals,
    /// Days after which what waits is dropped.
    pub kept_days: u32,
    /// What was missed lately, newest first; shown on the first page.
    pub absences: Vec<Absence>,
    /// Which servers are listed: a word of [`FILTERS`]; empty for all.
    pub filter: String,
    /// The servers, by domain.
    pub peers: Vec<Line>,
    /// Where the list goes on.
    pub next_url: Option<String>,
}

/// How the whole node does.
#[derive(Clone, Debug)]
pub struct Vitals {
    /// How far it lags behind, in a sentence.
    pub lag: String,
    /// Deliveries that wait.
    pub backlog: i64,
    /// Servers that take deliveries.
    pub up: i64,
    /// Servers that take none.
    pub down: i64,
    /// Servers that are paused.
    pub paused: i64,
}

/// A server in the list.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its domain.
    pub domain: String,
    /// Its page for the staff.
    pub url: String,
    /// What it runs.
    pub software: Option<String>,
    /// `up`, `slow`, `down` or `paused`.
    pub state: &'static str,
    /// The same in a sentence.
    pub description: String,
    /// Deliveries that wait for it.
    pub backlog: i64,
}

/// One server.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The token of forms.
    pub form: Form,
    /// Whether the visitor may decide something about it.
    pub may_act: bool,
    /// The server as the list has it.
    pub line: Line,
    /// Whether it is paused.
    pub is_paused: bool,
    /// What is to be done about it, if anything.
    pub advice: Option<String>,
    /// What else is known of it: a name and a value each.
    pub facts: Vec<(&'static str, String)>,
    /// The last time it was away.
    pub absence: Option<Absence>,
}

/// The words by which the list is narrowed, and how they read; the first one is all.
pub const FILTERS: [(&str, &str); 6] = [
    ("", "All"),
    ("backlog", "With a backlog"),
    ("down", "Down"),
    ("slow", "Slow"),
    ("paused", "Paused"),
    ("up", "Up"),
];

/// The document of the list.
#[must_use]
pub fn render(frame: &Frame, view: &Peers) -> String {
    let main = html! {
        (vitals(&view.node))
        (absences::section(&view.absences))
        nav.filters aria-label="Which servers" {
            @for (word, label) in FILTERS {
                a href=(filter_url(word)) aria-current=[(word == view.filter).then_some("page")] { (label) }
            }
        }
        @if view.peers.is_empty() {
            p.empty { "No servers here." }
        } @else {
            (table(&view.peers))
            p.hint {
                "A server that is down is tried again by itself, at first after half a minute, later once an hour, "
                "after two days every six hours, and then gets everything that waits for it. What waits for longer than "
                (days(view.kept_days)) " is dropped. There is nothing that you have to do."
            }
        }
        @if let Some(url) = view.next_url.as_deref().and_then(safe_url) {
            nav.paging aria-label="Pages" { a.older href=(url) rel="next" { "More servers →" } }
        }
    };
    staff_document(frame, "Servers", Section::Peers, &main)
}

fn filter_url(word: &str) -> String {
    if word.is_empty() {
        paths::ADMIN_PEERS.to_owned()
    } else {
        format!("{}?state={word}", paths::ADMIN_PEERS)
    }
}

fn vitals(node: &Vitals) -> Markup {
    html! {
        section.panel aria-labelledby="node" {
            h2 #node { "This node" }
            p { (node.lag) }
            dl.facts {
                div { dt { "Waiting deliveries" } dd { (count(node.backlog)) } }
                div { dt { "Servers up" } dd { (count(node.up)) } }
                div { dt { "Down" } dd { (count(node.down)) } }
                div { dt { "Paused" } dd { (count(node.paused)) } }
            }
        }
    }
}

fn table(peers: &[Line]) -> Markup {
    html! {
        table.rows role="table" {
            thead role="rowgroup" {
                tr role="row" {
                    th scope="col" role="columnheader" { "Server" }
                    th scope="col" role="columnheader" { "How it does" }
                    th.number scope="col" role="columnheader" { "Waiting" }
                }
            }
            tbody role="rowgroup" {
                @for peer in peers {
                    tr role="row" {
                        th.breaking scope="row" role="rowheader" {
                            a href=[safe_url(&peer.url)] { (peer.domain) }
                            @if let Some(software) = &peer.software { span.beside { (software) } }
                        }
                        td.breaking role="cell" { (badge(peer.state)) (peer.description) }
                        td.number role="cell" { (count(peer.backlog)) }
                    }
                }
            }
        }
    }
}

fn days(number: u32) -> String {
    counted(i64::from(number), "day", "days")
}

/// The state of something as a coloured word.
pub(super) fn badge(state: &str) -> Markup {
    let (is_good, is_bad) = (
        matches!(state, "up" | "delivered" | "shown"),
        matches!(state, "down" | "refused" | "expired"),
    );
    html! { span.state.state-good[is_good].state-bad[is_bad] { (state) } " " }
}

/// The document of one server.
#[must_use]
pub fn render_one(frame: &Frame, view: &Peer) -> String {
    let line = &view.line;
    let main = html! {
        section.panel aria-labelledby="state" {
            h2 #state { "How it does" }
            p.breaking { (badge(line.state)) (line.description) }
            p {
                @if line.backlog == 0 { "Nothing waits for it." }
                @else { (counted(line.backlog, "delivery waits", "deliveries wait")) " for it." }
            }
            @if let Some(advice) = &view.advice { p.hint { (advice) } }
            @if view.may_act { (steps(view)) }
        }
        section.panel aria-labelledby="facts" {
            h2 #facts { "What is known of it" }
            dl.known {
                @for (name, value) in &view.facts {
                    div { dt { (name) } dd.breaking { (value) } }
                }
            }
        }
        @if let Some(absence) = &view.absence {
            section.panel aria-labelledby="absence" {
                h2 #absence { "The last time it was away" }
                (absence.render())
            }
        }
        @if view.may_act && line.backlog > 0 { (forget(view)) }
        p { a href=(paths::ADMIN_PEERS) { "← All servers" } }
    };
    staff_document(frame, &line.domain, Section::Peers, &main)
}

/// What can be done about a server without losing anything.
fn steps(view: &Peer) -> Markup {
    let step = |word: &str, label: &str| {
        html! {
            form method="post" action=[safe_url(&format!("{}/{word}", view.line.url))] {
                (csrf(&view.form.csrf_token))
                button.button.quiet type="submit" { (label) }
            }
        }
    };
    html! {
        div.actions {
            (step("retry", "Try now"))
            @if view.is_paused { (step("resume", "End the pause")) }
            @else { (step("pause", "Pause")) }
        }
    }
}

fn forget(view: &Peer) -> Markup {
    html! {
        section.panel aria-labelledby="forget" {
            h2 #forget { "Drop what waits" }
            p.hint {
                "The server never gets what waits for it now, and its authors see that it was dropped by an administrator. "
                "What is posted later is sent as if nothing had been wrong. This cannot be undone."
            }
            form method="post" action=[safe_url(&format!("{}/forget", view.line.url))] {
                (csrf(&view.form.csrf_token))
                (checkbox(&view.form, "yes", "I mean it"))
                button.button.danger type="submit" { "Drop " (counted(view.line.backlog, "delivery", "deliveries")) }
            }
        }
    }
}
