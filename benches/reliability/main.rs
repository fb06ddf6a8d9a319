//! Proves that the node loses nothing: the release binary under failures of peers, of itself, of its database and of
//! its disk.
//!
//! `cargo bench --bench reliability` runs every scenario and prints a table for each; `-- hang kill` runs what is
//! named, `--quick` makes each take seconds, `--seed=7` repeats a run with the same chances. It exits with 1 when
//! something was lost, doubled or broken. What each scenario promises, with figures: docs/RELIABILITY.md.
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

mod arrivals;
mod away;
mod consistency;
mod dead;
mod dead_cost;
mod disk;
mod hang;
mod kill;
mod outboxes;
mod processes;
#[path = "../shared/mod.rs"]
#[allow(dead_code, reason = "the measurements of speed use the rest")]
mod shared;
mod storm;

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use shared::figures::{Figure, show};

/// How long a scenario may take before it counts as failed.
const PATIENCE: Duration = Duration::from_mins(30);

/// What a run was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether seconds have to do.
    pub is_quick: bool,
    /// Where chances begin.
    pub seed: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seed = arguments
        .iter()
        .find_map(|argument| argument.strip_prefix("--seed=")?.parse().ok());
    let options = Options {
        is_quick: arguments.iter().any(|argument| argument == "--quick"),
        seed: seed.unwrap_or_else(any_seed),
    };
    println!("seed {}", options.seed);
    let asked: Vec<&str> = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"))
        .map(String::as_str)
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (kept, broken) = runtime.block_on(run(&asked, options));
    // Connections that hang are not waited for.
    runtime.shutdown_background();
    if broken > 0 {
        println!("something was lost, doubled or broken: see MISSED above");
    }
    println!("{kept} passed, {broken} failed");
    ExitCode::from(u8::from(broken > 0))
}

/// Runs what was asked for, everything if nothing was; tells how many promises were kept, and how many were not.
async fn run(asked: &[&str], options: Options) -> (usize, usize) {
    const NAMES: [&str; 7] = [
        "hang",
        "dead",
        "kill",
        "postgres",
        "disk",
        "away",
        "processes",
    ];
    let unknown = asked.iter().find(|name| !NAMES.contains(name));
    assert!(unknown.is_none(), "{unknown:?} is none of {NAMES:?}");
    let mut sum = (0, 0);
    for name in NAMES {
        if !asked.is_empty() && !asked.contains(&name) {
            continue;
        }
        let began = Instant::now();
        let run = async {
            match name {
                "hang" => hang::hang(options).await,
                "dead" => dead::dead(options).await,
                "kill" => kill::kill(options).await,
                "postgres" => kill::postgres(options).await,
                "disk" => disk::disk(options).await,
                "away" => away::away(options).await,
                _ => processes::processes(options).await,
            }
        };
        let ended = tokio::time::timeout(PATIENCE, run).await;
        let mut figures = ended.unwrap_or_else(|_| vec![Figure::none("did not end in time", 1)]);
        figures.push(Figure::seconds("this took", began.elapsed()));
        let (kept, broken) = show(name, &figures);
        sum = (sum.0 + kept, sum.1 + broken);
    }
    sum
}

fn any_seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(1, |since| u64::from(since.subsec_nanos()))
}
