//! The rules: what the node does, and who may.
//!
//! A rule checks (pure), gathers (reads) and then writes once. What other servers must hear of is written as
//! a [`Fact`](crate::store::facts::Fact) in the same commit.

pub mod absences;
pub mod accounts;
pub mod announcements;
pub mod applications;
pub mod attachments;
pub mod attempts;
pub mod audience;
pub mod auth;
pub mod authorizations;
pub mod blocks;
pub mod boosts;
pub mod collections;
pub mod conversation_mutes;
pub mod conversations;
pub mod emojis;
pub mod endorsements;
pub mod error;
pub mod fanout;
pub mod favourites;
pub mod figures;
pub mod filters;
pub mod follows;
pub mod invites;
pub mod keys;
pub mod letters;
mod list_fanout;
pub mod lists;
pub mod markers;
pub mod moderation;
pub mod moves;
pub mod mutes;
mod news;
pub mod notification_groups;
pub mod notification_keys;
pub mod notification_policies;
pub mod notification_requests;
pub mod notifications;
pub mod outcomes;
pub mod passwords;
pub mod peers;
pub mod pins;
pub mod polls;
pub mod previews;
pub mod push;
pub mod quotes;
pub mod receipts;
pub mod recordings;
pub mod redirect_uris;
mod refills;
pub mod refreshes;
pub mod relationships;
pub mod remote_accounts;
pub mod remote_files;
pub mod reports;
pub mod rosters;
pub mod scopes;
pub mod searches;
pub mod sessions;
pub mod setup;
pub mod slices;
pub mod staff;
pub mod statuses;
pub mod streams;
pub mod suggestions;
mod tag_fanout;
pub mod tags;
pub mod texts;
pub mod threads;
pub mod timelines;
pub mod tokens;
pub mod trends;
mod uploads;
pub mod user_domain_blocks;
pub mod users;
pub mod visibility;
pub mod visitors;
pub mod vitals;
pub mod workplaces;

#[cfg(test)]
pub(crate) mod tests;

pub use error::{Error, Result};
