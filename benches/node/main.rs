//! Measures a whole node: the release binary as a process of its own, loaded over loopback from this one.
//!
//! `cargo bench --bench node` runs everything but `surge` and prints a table; `cargo bench --bench node -- posts home`
//! runs what is named, `--quick` makes all of it small. Figures with the machine they were taken on are in
//! docs/PERFORMANCE.md.
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

mod federation;
mod measures;
mod pages;
#[path = "../shared/mod.rs"]
#[allow(dead_code, reason = "the proofs of reliability use the rest")]
mod shared;
mod streams;
mod surge;

use shared::figures::show;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_quick = arguments.iter().any(|argument| argument == "--quick");
    let asked: Vec<&String> = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let names = |name: &str| asked.iter().any(|wanted| *wanted == name);
    let wants = |name: &str| asked.is_empty() || names(name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        if wants("start") {
            show("start", &measures::start().await);
        }
        if wants("posts") {
            show("posts", &measures::posts(is_quick).await);
        }
        if wants("home") {
            show("home", &measures::home(is_quick).await);
        }
        if wants("inbox") {
            show("inbox", &federation::inbox(is_quick).await);
        }
        if wants("fanout") {
            show("fanout", &federation::fanout(is_quick).await);
        }
        if wants("pages") {
            show("pages", &pages::pages(is_quick).await);
        }
        if names("surge") {
            show("surge", &surge::surge(is_quick).await);
        }
        if wants("streams") {
            show("streams", &streams::streams().await);
        }
    });
}
