//! Web Push: who asked to be told of notifications outside of any client, what is sent to them, and what an answer of a
//! push service means.
//!
//! Sources: <https://docs.joinmastodon.org/methods/push/>, <https://www.rfc-editor.org/rfc/rfc8030>

pub mod keys;
pub mod sending;
pub mod subscriptions;
pub mod telling;
