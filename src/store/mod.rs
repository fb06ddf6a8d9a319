//! The store: rows, queries and transactions on SQLite or PostgreSQL. The only room that names diesel.
//!
//! Queries are plain synchronous functions over [`Conn`]; [`Db::read`] and [`Db::write`] run closures of
//! them on the store's own threads. A write carries its jobs, deliveries and wake-ups in the same commit.

mod channels;
mod columns;
mod conn;
mod connect;
mod db;
mod desk;
mod ids;
#[cfg(test)]
mod interloper;
mod line;
mod listener;
mod load;
mod location;
mod membership;
mod messages;
mod migrate;
mod open;
mod page;
mod planner;
#[cfg(test)]
mod plans;
mod schema;
mod schema_people;
mod troubles;
mod tx;
mod writer;

pub mod absences;
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
pub mod follower_syncs;
pub mod follows;
pub mod gaps;
pub mod health;
pub mod home;
pub mod idempotency;
pub mod inboxes;
pub mod invites;
pub mod jobs;
pub mod keys;
pub mod leases;
pub mod letters;
pub mod mail_links;
pub mod mailings;
pub mod markers;
pub mod mentions;
pub mod mutes;
pub mod news;
pub mod notifications;
pub mod outcomes;
pub mod peer_health;
pub mod peers;
pub mod processes;
pub mod profiles;
pub mod receipt_inboxes;
pub mod receipts;
pub mod sessions;
pub mod settings;
pub mod spreads;
pub mod statuses;
pub mod surveys;
pub mod tags;
pub mod timelines;
pub mod tokens;
pub mod tombstones;
pub mod users;
pub mod vitals;

pub use columns::{
    AbsenceCause, AbsenceState, AccountKind, AttachmentKind, DeliveryClass, HostState, Json,
    LinkPurpose, MediaDisplay, NewsKind, NotificationKind, OutcomeState, QuotePolicy, ReceiptState,
    Role, TaskKind, Visibility,
};
pub use conn::{Conn, Engine};
pub use db::Db;
pub use diesel::result::{Error, QueryResult};
#[cfg(test)]
pub(crate) use interloper::Interloper;
pub use load::Load;
pub use location::{Location, OpenError, Settings};
pub use membership::FIRST_GUEST;
pub use page::Page;
pub use troubles::{Trouble, report};
pub use tx::{Event, Tx};
