//! ActivityPub: the wire to other servers.

pub mod activities;
pub mod answers;
pub mod catch_up;
pub mod delivery;
pub mod documents;
pub mod identities;
pub mod intents;
pub mod links;
pub mod moves;
pub mod outbox;
pub mod overload;
pub mod replies;
pub mod resolve;
pub mod signatures;
pub mod softwares;
pub mod synchronization;

mod actors;
mod authors;
mod claims;
mod classes;
mod collections;
mod failures;
pub mod featured;
mod fetch;
mod flights;
mod handles;
mod heard;
mod inbox;
mod integrity;
mod knocks;
mod nodeinfo;
mod notes;
mod pages;
mod portraits;
mod profiles;
mod quote_facts;
pub mod quotes;
mod reaction_facts;
mod readers;
mod remote_actors;
mod remote_collections;
mod remote_notes;
pub mod remote_polls;
mod routes;
mod sending;
mod signers;
mod statuses;
mod webfinger;

#[cfg(test)]
mod tests;

pub use routes::routes;
