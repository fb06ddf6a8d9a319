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
pub mod links;
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
#[cfg(test)]
mod plans_of_figures;
mod schema;
mod schema_absences;
mod schema_attention;
mod schema_circles;
mod schema_moderation;
mod schema_notices;
mod schema_people;
mod schema_postings;
mod schema_quotes;
mod troubles;
mod tx;
mod writer;

pub mod absences;
pub mod account_notes;
pub mod account_words;
pub mod accounts;
pub mod activities;
pub mod announcements;
pub mod applications;
pub mod attachments;
pub mod audits;
pub mod bans;
pub mod blocked_sign_ups;
pub mod blocks;
pub mod bookmarks;
pub mod cards;
pub mod collection_words;
pub mod collections;
pub mod conversation_mutes;
pub mod conversations;
pub mod custom_emojis;
pub mod deliveries;
pub mod departures;
pub mod dimensions;
pub mod directories;
pub mod edits;
pub mod endorsements;
pub mod facts;
pub mod favourites;
pub mod featured_tags;
pub mod figures;
pub mod filters;
pub mod follower_syncs;
pub mod follows;
pub mod gaps;
pub mod health;
pub mod home;
pub mod host_blocks;
pub mod idempotency;
pub mod inboxes;
pub mod invites;
pub mod jobs;
pub mod keys;
pub mod leases;
pub mod letters;
pub mod list_entries;
pub mod lists;
pub mod mail_links;
pub mod mailings;
pub mod markers;
pub mod mentions;
pub mod mutes;
pub mod news;
pub mod notification_policies;
pub mod notification_requests;
pub mod notification_subjects;
pub mod notifications;
pub mod outcomes;
pub mod peer_health;
pub mod peers;
pub mod people;
pub mod pins;
pub mod polls;
pub mod processes;
pub mod profiles;
pub mod push_subscriptions;
pub mod pushes;
pub mod quotes;
pub mod reactions;
pub mod receipt_inboxes;
pub mod receipts;
pub mod remote_files;
pub mod reports;
pub mod reviews;
pub mod scheduled_statuses;
pub mod sessions;
pub mod settings;
pub mod severances;
pub mod signature_forms;
pub mod spreads;
pub mod staff_lists;
pub mod standings;
pub mod statuses;
pub mod suggestions;
pub mod surveys;
pub mod tag_follows;
pub mod tag_uses;
pub mod tags;
pub mod thread_refreshes;
pub mod threads;
pub mod timelines;
pub mod tokens;
pub mod tombstones;
pub mod trends;
pub mod user_domain_blocks;
pub mod users;
pub mod visitors;
pub mod vitals;
pub mod warnings;

pub use columns::{
    AbsenceCause, AbsenceState, AccountKind, AttachmentKind, AttachmentState, Cause, DeliveryClass,
    FilterAction, HostSeverity, HostState, IpSeverity, Json, KeyAlgorithm, LinkPurpose,
    ListReplies, MediaDisplay, NewsKind, NotificationKind, NotificationPlace, OutcomeState,
    PushPolicy, QuotePolicy, QuoteState, ReceiptState, ReportCategory, Role, SeveranceCause,
    SignatureForm, TaskKind, Treatment, Visibility, WarningAction,
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
