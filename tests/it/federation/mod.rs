//! The wire to other servers.

mod documents;
mod round_trips;
mod verdicts;
