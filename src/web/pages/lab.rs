//! The page of a lab: several nodes on one computer, what each holds, and what waits for whom.
//!
//! The one page with a script: without it everything works, with it what has `data-live` is kept up to date.
//! What it shows stands in `lab_view.rs`. The picture of the nodes is drawn in `lab_picture.rs`; the table below it
//! says the same in words.

use maud::{DOCTYPE, Markup, html};

use super::forms::csrf;
use super::lab_picture::picture;
pub use super::lab_view::{Lab, Line, Said, Seat, State, Way};
use super::layout::head;
use super::parts::{Icon, clock_time, count, counted, icon, safe_url};
use crate::web::{paths, static_files};

/// What stands in the field of a new post before anybody writes.
const FIRST_WORDS: &str = "Low tide, and the mud is full of small crabs.";
/// Up to so many nodes every pair has its row; beyond, those between which nothing happens are left out.
const NODES_IN_FULL: usize = 4;

impl State {
    fn class(self) -> &'static str {
        match self {
            Self::Running => "lab-running",
            Self::Starting => "lab-starting",
            Self::Dead => "lab-dead",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Running => Icon::Check,
            Self::Starting => Icon::Boost,
            Self::Dead => Icon::Warning,
        }
    }
}

impl Lab {
    fn waiting_for(&self, name: &str) -> i64 {
        let ways = self.ways.iter().filter(|way| way.to == name);
        ways.map(Way::waiting).sum()
    }

    /// Whether every node has every post that the others made.
    fn has_everything(&self) -> bool {
        self.ways.iter().all(|way| {
            let sender = self.nodes.iter().find(|node| node.name == way.from);
            way.waiting() == 0 && sender.is_some_and(|sender| sender.made == way.arrived)
        })
    }

    /// How it stands, without numbers: screen readers hear it whenever it changes.
    fn sentence(&self) -> String {
        let named = |state: State| {
            let found = self.nodes.iter().filter(move |node| node.state == state);
            listed(&found.map(|node| node.name.as_str()).collect::<Vec<_>>())
        };
        if let Some((names, verb)) = named(State::Dead) {
            let waits = self
                .nodes
                .iter()
                .any(|node| node.state == State::Dead && self.waiting_for(&node.name) > 0);
            return if waits {
                format!("{names} {verb} dead. What the others wrote waits in their databases.")
            } else {
                format!("{names} {verb} dead. Post something as somebody else, and watch it wait.")
            };
        }
        if let Some((names, verb)) = named(State::Starting) {
            return format!("{names} {verb} starting.");
        }
        if self.ways.iter().any(|way| way.waiting() > 0) {
            return "All nodes run, and what waited is on its way.".to_owned();
        }
        if self.nodes.iter().any(|node| node.made > 0) && self.has_everything() {
            return "All nodes run, nothing waits: every post is everywhere.".to_owned();
        }
        "All nodes run, and nothing waits.".to_owned()
    }
}

/// `a`, `a and b`, `a, b and c`, with the verb; none for nobody.
fn listed(names: &[&str]) -> Option<(String, &'static str)> {
    match names {
        [] => None,
        [one] => Some(((*one).to_owned(), "is")),
        [first @ .., last] => Some((format!("{} and {last}", first.join(", ")), "are")),
    }
}

/// The document. `form_token` is what every form carries; with `reloads` the browser asks again every two seconds,
/// for visitors without scripts.
#[must_use]
pub fn render(view: &Lab, form_token: &str, reloads: bool) -> String {
    let more = html! {
        link rel="stylesheet" href=(static_files::LAB_STYLE.url());
        script src=(static_files::LAB_SCRIPT.url()) defer {}
        @if reloads { noscript { meta http-equiv="refresh" content="2"; } }
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head { (head("Whimbrel lab", env!("CARGO_PKG_VERSION"), &more)) }
            body.lab {
                a.skip-link href="#main" { "Skip to the content" }
                header.site-header {
                    a.site-name href=(paths::LAB) { (icon(Icon::Mark)) span { "Whimbrel lab" } }
                    noscript { (reload_links(reloads)) }
                }
                main #main tabindex="-1" {
                    (summary(view, form_token))
                    section aria-labelledby="nodes" {
                        h2 #nodes { "The nodes" }
                        ul.lab-nodes { @for node in &view.nodes { li.panel { (seat(view, node, form_token)) } } }
                    }
                    (ways(view))
                    (said(&view.said))
                }
                footer.site-footer {
                    p {
                        "Each node is a process of its own with its own database, and all numbers come from these "
                        "databases. To kill a node here is " code { "kill -9" } ". When it is back, the lab lets the "
                        "others try it at once; they would by themselves within half a minute at first, and within "
                        "an hour later on. A node that was away for long says hello to the others, and is tried at "
                        "once. Times are UTC."
                    }
                }
            }
        }
    }
    .into_string()
}

fn reload_links(reloads: bool) -> Markup {
    html! {
        nav aria-label="Reload" {
            a href=(paths::LAB) { @if reloads { "Stop reloading" } @else { "Reload" } }
            @if !reloads { a href=(paths::LAB_RELOADING) { "Reload every two seconds" } }
        }
    }
}

fn summary(view: &Lab, form_token: &str) -> Markup {
    let made: i64 = view.nodes.iter().map(|node| node.made).sum();
    let arrived: i64 = view.ways.iter().map(|way| way.arrived).sum();
    let waiting: i64 = view.ways.iter().map(Way::waiting).sum();
    html! {
        div.lab-top {
            h1 { "The node that does not lose posts" }
            p.lead #sentence role="status" aria-live="polite" data-live { (view.sentence()) }
            dl.facts #sums data-live {
                div { dt { "Posts made" } dd { (count(made)) } }
                div { dt { "Copies arrived" } dd { (count(arrived)) } }
                div.lab-waits[waiting > 0] { dt { "Messages waiting" } dd { (count(waiting)) } }
            }
        }
        section.panel.lab-map aria-labelledby="map" {
            h2 #map { "What waits for whom" }
            div #picture data-live { (picture(view)) }
            p.hint { "The numbers on the arrows: posts that arrived or, in colour, messages that wait." }
            @if let Some(sleeper) = view.nodes.get(1).or(view.nodes.first()) {
                (scenario(&sleeper.name, form_token))
            }
        }
    }
}

/// The whole story behind one button.
fn scenario(name: &str, form_token: &str) -> Markup {
    html! {
        form.lab-story method="post" action=(paths::LAB) {
            (csrf(form_token))
            input type="hidden" name="node" value=(name);
            button.button type="submit" name="act" value="sleep" aria-describedby="story" {
                "Let " (name) " sleep while 100 posts are made"
            }
            p.hint #story {
                "Kills " (name) ", lets the others post 100 times, waits five seconds and revives it."
            }
        }
    }
}

/// The same as the picture, and more, in words.
fn ways(view: &Lab) -> Markup {
    let is_full = view.nodes.len() <= NODES_IN_FULL;
    let shown: Vec<&Way> = view
        .ways
        .iter()
        .filter(|way| is_full || way.waiting() > 0 || way.down_since.is_some())
        .collect();
    html! {
        section.panel aria-labelledby="ways" {
            h2 #ways { "From database to database" }
            div #rows data-live {
                @if shown.is_empty() {
                    p.empty { "Nothing waits between any two nodes." }
                } @else {
                    div.lab-table { table role="table" {
                        thead role="rowgroup" { tr role="row" {
                            th scope="col" role="columnheader" { "From" }
                            th scope="col" role="columnheader" { "To" }
                            th.number scope="col" role="columnheader" { "Waiting" }
                            th.number scope="col" role="columnheader" { "Arrived" }
                            th scope="col" role="columnheader" { "What the sender knows" }
                        } }
                        tbody role="rowgroup" { @for way in shown { (row(way)) } }
                    } }
                    @if !is_full { p.hint { "Between all others nothing waits." } }
                }
            }
        }
    }
}

fn row(way: &Way) -> Markup {
    html! {
        tr.lab-waits[way.waiting() > 0] role="row" {
            td role="cell" { (way.from) }
            td role="cell" { (way.to) }
            td.number role="cell" { (waiting_words(way)) }
            td.number role="cell" { (counted(way.arrived, "post", "posts")) }
            td role="cell" { (knowledge(way)) }
        }
    }
}

fn waiting_words(way: &Way) -> String {
    match (way.posts, way.others) {
        (0, 0) => "–".to_owned(),
        (posts, 0) => counted(posts, "post", "posts"),
        (0, others) => counted(others, "message", "messages"),
        (posts, others) => format!("{} + {}", counted(posts, "post", "posts"), count(others)),
    }
}

fn knowledge(way: &Way) -> Markup {
    html! {
        @if let Some(since) = way.down_since {
            "Takes nothing since " (clock_time(since))
            @if let Some(error) = &way.last_error { ": " span.lab-error dir="auto" { (error) } }
            @match way.next_try_in {
                Some(wait) if wait > 0 => { "; next try in " (wait.div_euclid(1_000) + 1) " s" },
                _ => { "; is tried now" },
            }
        } @else if way.waiting() > 0 { "On its way" } @else { "Takes everything" }
    }
}

fn seat(view: &Lab, node: &Seat, form_token: &str) -> Markup {
    let name = &node.name;
    let waits = view.waiting_for(name);
    html! {
        h3 #{ "node-" (name) } { (name) }
        div #{ "seat-" (name) } data-live {
            p.lab-state.(node.state.class()) { (icon(node.state.icon())) span { (node.state.word()) } }
            p.handle {
                (node.person) " at " a href=[safe_url(&node.origin)] { (short(&node.origin)) }
            }
            dl.facts {
                div { dt { "In the timeline" } dd { (count(node.timeline)) } }
                div { dt { "Made here" } dd { (count(node.made)) } }
                div.lab-waits[waits > 0] { dt { "Waiting for it" } dd { (count(waits)) } }
            }
            @if node.unqueued + node.unapplied > 0 {
                p.hint { "At work on " (counted(node.unqueued + node.unapplied, "message", "messages")) "." }
            }
            (latest(node))
        }
        (post_form(node, form_token))
        (power_form(node, form_token))
    }
}

fn short(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, rest)| rest)
}

fn latest(node: &Seat) -> Markup {
    html! {
        @if node.latest.is_empty() {
            p.empty { "No posts yet." }
        } @else {
            ul.lab-posts aria-label={ "Last posts in the timeline of " (node.person) } {
                @for line in &node.latest {
                    li { strong { (line.person) } " " span dir="auto" { (line.text) } " " span.hint { (clock_time(line.at)) } }
                }
            }
        }
    }
}

fn post_form(node: &Seat, form_token: &str) -> Markup {
    let field = format!("text-{}", node.name);
    html! {
        form method="post" action=(paths::LAB) aria-label={ "Post as " (node.person) } {
            (csrf(form_token))
            input type="hidden" name="node" value=(node.name);
            div.field {
                label for=(field) { "Post as " (node.person) }
                input #(field) type="text" name="text" value=(FIRST_WORDS) maxlength="500" autocomplete="off";
            }
            div.actions {
                button.button type="submit" name="act" value="post" { "Post" }
                button.button.quiet type="submit" name="act" value="ten" { "Post ten" }
            }
        }
    }
}

/// One button that kills or revives, so that the script can change its words without losing the focus on it.
fn power_form(node: &Seat, form_token: &str) -> Markup {
    let name = &node.name;
    let (act, words) = match node.state {
        State::Dead => ("revive", "Revive"),
        _ => ("kill", "Kill"),
    };
    html! {
        form.lab-power method="post" action=(paths::LAB) {
            (csrf(form_token))
            input type="hidden" name="node" value=(name);
            input #{ "act-" (name) } type="hidden" name="act" value=(act) data-live-value;
            button.button.danger type="submit" {
                span #{ "power-" (name) } data-live { (words) } " " (name)
            }
        }
    }
}

fn said(said: &[Said]) -> Markup {
    html! {
        section.panel aria-labelledby="said" {
            h2 #said { "What happened" }
            div #log data-live {
                @if said.is_empty() {
                    p.empty { "Nothing yet." }
                } @else {
                    ol.lab-said { @for one in said { li { (clock_time(one.at)) " " span dir="auto" { (one.words) } } } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab(states: [State; 2], posts: i64, made: i64, arrived: i64) -> Lab {
        let node = |name: &str, state, made| Seat {
            name: name.to_owned(),
            person: "p".to_owned(),
            origin: "http://x.localhost".to_owned(),
            state,
            timeline: 0,
            made,
            unqueued: 0,
            unapplied: 0,
            latest: Vec::new(),
        };
        let way = |from: &str, to: &str, posts, arrived| Way {
            from: from.to_owned(),
            to: to.to_owned(),
            posts,
            arrived,
            ..Way::default()
        };
        let [alpha, beta] = states;
        Lab {
            nodes: vec![node("alpha", alpha, made), node("beta", beta, 0)],
            ways: vec![
                way("alpha", "beta", posts, arrived),
                way("beta", "alpha", 0, 0),
            ],
            said: Vec::new(),
        }
    }

    #[test]
    fn one_sentence_says_how_it_stands() {
        use State::{Dead, Running, Starting};
        for (states, posts, made, arrived, part) in [
            (
                [Running, Running],
                0,
                0,
                0,
                "All nodes run, and nothing waits.",
            ),
            ([Running, Running], 2, 5, 3, "is on its way"),
            ([Running, Running], 0, 5, 5, "every post is everywhere"),
            // Made, and not queued yet: not everything is there, and nothing is claimed.
            (
                [Running, Running],
                0,
                5,
                4,
                "All nodes run, and nothing waits.",
            ),
            ([Running, Starting], 2, 5, 3, "beta is starting"),
            (
                [Running, Dead],
                2,
                5,
                3,
                "beta is dead. What the others wrote waits",
            ),
            ([Running, Dead], 0, 0, 0, "beta is dead. Post something"),
            ([Dead, Dead], 0, 0, 0, "alpha and beta are dead"),
        ] {
            let sentence = lab(states, posts, made, arrived).sentence();
            assert!(sentence.contains(part), "{part}: {sentence}");
        }
    }

    #[test]
    fn waiting_messages_are_named_by_what_they_are() {
        for (posts, others, words) in [
            (0, 0, "–"),
            (1, 0, "1 post"),
            (1_200, 0, "1,200 posts"),
            (0, 2, "2 messages"),
            (3, 2, "3 posts + 2"),
        ] {
            let way = Way {
                posts,
                others,
                ..Way::default()
            };
            assert_eq!(waiting_words(&way), words);
        }
    }

    #[test]
    fn the_button_does_what_the_state_allows() {
        let page = render(&lab([State::Running, State::Dead], 0, 0, 0), "t", false);
        assert!(page.contains("id=\"act-alpha\" type=\"hidden\" name=\"act\" value=\"kill\""));
        assert!(page.contains("id=\"act-beta\" type=\"hidden\" name=\"act\" value=\"revive\""));
    }

    #[test]
    fn only_who_asked_for_it_is_reloaded() {
        let lab = lab([State::Running; 2], 0, 0, 0);
        assert!(!render(&lab, "t", false).contains("http-equiv=\"refresh\""));
        assert!(
            render(&lab, "t", true)
                .contains("<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>")
        );
    }
}
