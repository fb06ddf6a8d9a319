//! The Mastodon client API, one file per page of docs.joinmastodon.org/methods.

pub mod answers;
pub mod apps;
pub mod auth;
pub mod bookmarks;
pub mod entities;
pub mod error;
pub mod favourites;
pub mod markers;
pub mod notifications;
pub mod oauth;
pub mod page;
pub mod params;
pub mod path;
pub mod render;
pub mod scopes;
mod slices;
pub mod statuses;
pub mod timelines;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
