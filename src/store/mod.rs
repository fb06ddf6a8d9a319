//! The store: rows, queries and transactions on SQLite or PostgreSQL. The only room that names diesel.
//!
//! Queries are plain synchronous functions over [`Conn`]; [`Db::read`] and [`Db::write`] run closures of
//! them on the store's own threads. A write carries its jobs, deliveries and wake-ups in the same commit.

mod channels;
mod columns;
mod conn;
mod db;
mod ids;
mod migrate;
mod open;
mod page;
mod planner;
mod schema;
mod tx;
mod writer;

pub mod accounts;
pub mod activities;
pub mod applications;
pub mod attachments;
pub mod blocks;
pub mod bookmarks;
pub mod conversations;
pub mod deliveries;
pub mod edits;
pub mod facts;
pub mod favourites;
pub mod follows;
pub mod health;
pub mod home;
pub mod idempotency;
pub mod jobs;
pub mod keys;
pub mod markers;
pub mod mentions;
pub mod mutes;
pub mod notifications;
pub mod outcomes;
pub mod peer_health;
pub mod peers;
pub mod receipts;
pub mod sessions;
pub mod settings;
pub mod statuses;
pub mod tags;
pub mod timelines;
pub mod tokens;
pub mod tombstones;
pub mod users;
pub mod vitals;

pub use columns::{
    AccountKind, AttachmentKind, Json, NotificationKind, OutcomeState, ReceiptState, Role,
    Visibility,
};
pub use conn::{Conn, Engine};
pub use db::Db;
pub use diesel::result::{Error, QueryResult};
pub use open::{Location, OpenError, Settings};
pub use page::Page;
pub use tx::{Event, Tx};
