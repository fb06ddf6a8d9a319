//! The Mastodon client API, one file per page of docs.joinmastodon.org/methods, and the routes of this node's own.

mod accesses;
pub mod accounts;
pub mod admin;
pub mod announcements;
pub mod answers;
pub mod apps;
mod async_refreshes;
pub mod auth;
pub mod blocks;
pub mod bookmarks;
mod catch_up;
mod collections;
mod conversations;
pub mod custom_emojis;
pub mod emails;
pub mod endorsements;
pub mod entities;
pub mod error;
pub mod favourites;
pub mod featured_tags;
pub mod files;
pub mod filters;
mod filters_v1;
pub mod follow_requests;
pub mod inbox;
pub mod instance;
mod instance_lists;
mod introspection;
pub mod lists;
pub mod markers;
pub mod media;
pub mod mutes;
mod notification_groups;
mod notification_policies;
mod notification_requests;
pub mod notifications;
pub mod oauth;
mod oembed;
pub mod outcomes;
pub mod page;
pub mod params;
pub mod path;
pub mod peers;
pub mod polls;
pub mod preferences;
pub mod profile;
pub mod push;
mod reactions;
mod relationships;
mod remote_files;
mod removed;
pub mod render;
pub mod reports;
mod rosters;
mod routes;
pub mod routes_table;
mod routes_table_notices;
pub mod scheduled_statuses;
pub mod scopes;
pub mod search;
mod slices;
pub mod statuses;
pub mod streaming;
pub mod suggestions;
pub mod tags;
pub mod timelines;
mod trends;
mod trends_links;
mod trends_review;
pub mod user_domain_blocks;

pub use routes::routes;

#[cfg(test)]
#[path = "../../tests/schema/shapes.rs"]
mod shapes;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
