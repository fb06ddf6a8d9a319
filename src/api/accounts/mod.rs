//! Accounts: one's own, other people's, and how they stand to each other.
//!
//! Source: <https://docs.joinmastodon.org/methods/accounts/>

mod credentials;
mod lookups;
mod pages;
mod relations;
mod routes;
mod sign_ups;

pub(super) use credentials::{Changes, change_own, show_own};
pub use routes::routes;
