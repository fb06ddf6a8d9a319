//! From rows to entities, a whole page at a time.
//!
//! Each file takes a page of rows, loads what it needs in a fixed number of queries and makes one of the
//! shapes of [`entities`](super::entities). The single case calls the page case. No permissions here: rows
//! come from rules that have left out what the viewer may not see.

pub mod accounts;
pub mod attachments;
pub mod catch_up;
pub mod credentials;
pub mod crowds;
pub mod edits;
pub mod markers;
pub mod notifications;
pub mod outcomes;
pub mod peers;
pub mod profiles;
pub mod receipts;
pub mod relationships;
pub mod statuses;
mod view;
mod words;

pub use view::{View, only};
pub use words::{media_display, quote_policy, visibility};
