//! Catching up: what was missed in an absence is read from the outboxes of those who are followed here, and from the
//! replies of threads that people here took part in, peer by peer, within budgets.

mod errands;
mod outboxes;
mod threads;
mod turns;
mod visits;

pub use errands::Pace;
pub use visits::{claim, visit};
