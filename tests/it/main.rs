//! The integration tests: one binary, a folder for each floor.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it saw, and starts what it needs"
)]

mod architecture;
mod bad_input;
mod cli;
mod cli_domains;
mod documents_links;
mod federation;
mod lab;
mod network;
mod previews;
mod push;
mod relations;
mod security;
mod sources;
mod store;
mod streaming;
mod support;
mod tidy;
mod web;
