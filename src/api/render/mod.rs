//! From rows to entities, a whole page at a time.
//!
//! Each file takes a page of rows, loads what it needs in a fixed number of queries and makes one of the
//! shapes of [`entities`](super::entities). The single case calls the page case. No permissions here: rows
//! come from rules that have left out what the viewer may not see.

pub mod accounts;
pub mod admin;
pub mod announcements;
pub mod attachments;
pub mod cards;
pub mod catch_up;
pub mod collections;
pub mod conversations;
pub mod credentials;
pub mod crowds;
pub mod custom_emojis;
pub mod edits;
pub mod figures;
pub mod filters;
pub mod markers;
pub mod moderation;
pub mod notification_groups;
pub mod notification_policies;
pub mod notification_requests;
pub mod notifications;
pub mod outcomes;
pub mod peers;
pub mod polls;
pub mod profiles;
pub mod push;
pub mod quotes;
pub mod reactions;
pub mod receipts;
pub mod relationships;
pub mod scheduled_statuses;
pub mod statuses;
mod tagged_collections;
pub mod tags;
mod view;
mod words;

pub use view::{View, only};
pub use words::{media_display, quote_policy, visibility};
