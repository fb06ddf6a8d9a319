//! Accounts: one's own, other people's, and how they stand to each other.
//!
//! People make accounts on the pages, not here.
//!
//! Source: <https://docs.joinmastodon.org/methods/accounts/>

mod credentials;
mod lookups;
mod pages;
mod relations;
mod routes;

pub(super) use credentials::show_own;
pub use routes::routes;
