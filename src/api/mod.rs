//! The Mastodon client API, one file per page of docs.joinmastodon.org/methods.

pub mod answers;
pub mod auth;
pub mod entities;
pub mod error;
pub mod page;
pub mod params;
pub mod path;
pub mod render;
pub mod scopes;
