//! The servers' door, through its real router: a node on a database of its own, and a peer on loopback.

mod activities;
mod closed;
mod documents;
mod heard;
mod inbox;
mod peers;
mod resolve;
mod support;
