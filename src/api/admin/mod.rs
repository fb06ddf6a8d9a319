//! What the staff does through the client API. Every route asks for a scope and for a role.
//!
//! Source: <https://docs.joinmastodon.org/methods/admin/>

mod accounts;
mod audits;
mod entrances;
mod figures;
mod hosts;
mod reports;
mod routes;

pub use routes::routes;
