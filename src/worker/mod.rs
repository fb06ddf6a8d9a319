//! The worker: what happens later, or again. It takes jobs, received activities and deliveries, and tidies up on a
//! schedule. Everything that it does is a row first, so that stopping it at any instant loses nothing.
//!
//! What a job or an activity means is decided below, in social and federation.

mod absences;
mod bans;
mod bell;
mod crew;
mod desk;
mod distribution;
mod jobs;
mod pauses;
mod previews;
mod processes;
mod pushes;
mod receipts;
mod schedule;
mod settle;
#[cfg(test)]
mod tests;
mod verdicts;
mod workers;

pub use absences::{arrive, beat};
pub use schedule::tidy;
pub use settle::{Settled, Unsettled, settle};
pub use workers::Worker;
