//! What attackers try, one file for each section of the list in `docs/SECURITY-TESTS.md`; tests bear its row ids.
#![allow(
    clippy::similar_names,
    reason = "notes come to nodes, and both words are the right ones"
)]

mod access;
mod blocks;
mod caches;
mod costs;
mod crawls;
mod drift;
mod floods;
mod index;
mod injection;
mod leaks;
mod origins;
mod outbound;
mod polls;
mod reach;
mod secrets;
mod signatures;
mod stages;
mod tokens;
mod wire_access;
