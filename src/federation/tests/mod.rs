//! The servers' door, through its real router: a node on a database of its own, and a peer on loopback.

mod activities;
mod catch_up;
mod closed;
mod documents;
mod flights;
mod forwarded;
mod groups;
mod heard;
mod inbox;
mod knocks;
mod links;
mod moderation;
mod moves;
mod moving;
mod peers;
mod pins;
mod polls;
mod quotes;
mod reactions;
mod replies;
mod resolve;
mod support;
