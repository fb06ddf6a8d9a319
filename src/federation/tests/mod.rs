//! The servers' door, through its real router: a node on a database of its own, and a peer on loopback.

mod activities;
mod catch_up;
mod closed;
mod documents;
mod flights;
mod heard;
mod inbox;
mod moderation;
mod moves;
mod peers;
mod pins;
mod polls;
mod replies;
mod resolve;
mod support;
