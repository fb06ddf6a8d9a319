//! Delivery: every document that waits for a peer is brought to it, whatever becomes of other peers.
//!
//! A delivery is a row until the peer has taken it; a peer has one state. [`run`] keeps a lane for each peer with
//! a backlog, [`deliver_all_due`] does once all that is due. What an inbox's answer means stands in `answers`, how
//! long a peer or a message is left alone in `pauses`, who may send how much at a time in `slots`, whose turn it is within a
//! lane in `shares`.
//!
//! What is delivered to whom is decided by the outbox.

mod answers;
mod attempts;
mod backlog;
mod documents;
mod lane;
mod lanes;
mod leases;
mod ledger;
mod outcomes;
mod parcels;
mod pauses;
mod probe;
mod replay;
mod shares;
mod shifts;
mod slots;
#[cfg(test)]
mod tests;

pub use lanes::{deliver_all_due, run};
pub use ledger::Tally;
