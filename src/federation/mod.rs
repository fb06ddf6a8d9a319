//! ActivityPub: the wire to other servers.

pub mod answers;
pub mod delivery;
pub mod documents;
pub mod identities;
pub mod outbox;
mod routes;
pub mod signatures;

mod actors;
mod collections;
mod nodeinfo;
mod portraits;
mod readers;
mod statuses;
mod webfinger;

pub use routes::routes;
