//! Measures a whole node: the release binary as a process of its own, loaded over loopback from this one.
//!
//! `cargo bench` runs everything and prints a table; `cargo bench -- posts home` runs what is named. Figures
//! with the machine they were taken on are in docs/PERFORMANCE.md.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    reason = "a measurement talks on its terminal and ends when something is wrong"
)]

mod load;
mod measures;
#[path = "../../tests/it/support/peers.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod peers;
#[path = "../../tests/it/support/processes.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod processes;
mod streams;

use std::time::Duration;

/// One figure and what it has to reach.
pub struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    wanted: Option<Bound>,
}

/// What a figure has to reach.
#[derive(Clone, Copy)]
pub enum Bound {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
}

impl Figure {
    /// A figure per second.
    #[must_use]
    pub fn rate(name: &'static str, count: usize, took: Duration, wanted: f64) -> Self {
        let value = count as f64 / took.as_secs_f64();
        Self {
            name,
            value,
            unit: "/s",
            wanted: Some(Bound::AtLeast(wanted)),
        }
    }

    fn row(&self) -> String {
        let verdict = match self.wanted {
            Some(Bound::AtLeast(bound)) => format!(
                ">= {bound}  {}",
                if self.value >= bound { "ok" } else { "MISSED" }
            ),
            Some(Bound::AtMost(bound)) => format!(
                "<= {bound}  {}",
                if self.value <= bound { "ok" } else { "MISSED" }
            ),
            None => String::new(),
        };
        format!(
            "{:<44} {:>10.2} {:<4} {verdict}",
            self.name, self.value, self.unit
        )
    }
}

fn main() {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let wants = |name: &str| asked.is_empty() || asked.iter().any(|wanted| wanted == name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let show = |figures: Vec<Figure>| {
        for figure in figures {
            println!("{}", figure.row());
        }
    };
    runtime.block_on(async {
        if wants("start") {
            show(measures::start().await);
        }
        if wants("posts") {
            show(measures::posts().await);
        }
        if wants("home") {
            show(measures::home().await);
        }
        if wants("inbox") {
            show(measures::inbox().await);
        }
        if wants("fanout") {
            show(measures::fanout().await);
        }
        if wants("streams") {
            show(streams::streams().await);
        }
    });
}
