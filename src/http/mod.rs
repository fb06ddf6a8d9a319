//! The one outgoing HTTP client: every request to another computer goes through here, so that deadlines,
//! size caps, redirect rules and the refusal of private addresses hold for all of them.
//!
//! What is sent, and what an answer means, is decided above (federation, worker).

mod addresses;
mod client;
mod connections;
mod error;
mod exchange;
mod headers;
mod middleware;
mod policy;
mod resolver;
mod sessions;
mod settings;
#[cfg(test)]
mod tests;
mod tls;

pub use addresses::is_global;
pub use client::{Client, Fetch, PostReply};
pub use error::Error;
pub use exchange::{Refusal, Response, Signer};
pub use headers::host_header;
pub use middleware::{Judge, Unacceptable};
pub use resolver::{Lookup, SystemLookup};
pub use settings::ClientSettings;
