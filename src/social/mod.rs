//! The rules: what the node does, and who may.
//!
//! A rule checks (pure), gathers (reads) and then writes once. What other servers must hear of is written as
//! a [`Fact`](crate::store::facts::Fact) in the same commit.

pub mod absences;
pub mod accounts;
pub mod applications;
pub mod attachments;
pub mod attempts;
pub mod audience;
pub mod auth;
pub mod authorizations;
pub mod blocks;
pub mod boosts;
pub mod error;
pub mod fanout;
pub mod favourites;
pub mod follows;
pub mod invites;
pub mod letters;
pub mod markers;
pub mod moves;
pub mod mutes;
mod news;
pub mod notifications;
pub mod outcomes;
pub mod passwords;
pub mod peers;
pub mod receipts;
pub mod redirect_uris;
pub mod relationships;
pub mod remote_accounts;
pub mod rosters;
pub mod scopes;
pub mod searches;
pub mod sessions;
pub mod setup;
pub mod slices;
pub mod staff;
pub mod statuses;
pub mod streams;
pub mod texts;
pub mod threads;
pub mod timelines;
pub mod tokens;
mod uploads;
pub mod users;
pub mod visibility;
pub mod vitals;

#[cfg(test)]
pub(crate) mod tests;

pub use error::{Error, Result};
