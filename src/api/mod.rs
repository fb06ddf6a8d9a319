//! The Mastodon client API, one file per page of docs.joinmastodon.org/methods, and the routes of this node's own.

pub mod accounts;
pub mod answers;
pub mod apps;
pub mod auth;
pub mod blocks;
pub mod bookmarks;
mod catch_up;
pub mod custom_emojis;
pub mod emails;
pub mod entities;
pub mod error;
pub mod favourites;
pub mod files;
pub mod follow_requests;
pub mod inbox;
pub mod instance;
pub mod markers;
pub mod media;
pub mod mutes;
pub mod notifications;
pub mod oauth;
pub mod outcomes;
pub mod page;
pub mod params;
pub mod path;
pub mod peers;
pub mod preferences;
pub mod profile;
mod relationships;
pub mod render;
mod rosters;
mod routes;
pub mod routes_table;
pub mod scopes;
pub mod search;
mod slices;
pub mod start_up;
pub mod statuses;
pub mod streaming;
pub mod timelines;

pub use routes::routes;

#[cfg(test)]
mod shapes;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
