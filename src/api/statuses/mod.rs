//! The methods of statuses: reading, posting, and what people do with other people's statuses.
//!
//! Source: <https://docs.joinmastodon.org/methods/statuses/>

mod drafts;
mod keeping;
mod marking;
mod posting;
mod quoting;
mod reading;
mod routes;

pub(in crate::api) use drafts::{read_quote_policy, read_time};
pub(in crate::api) use reading::show;
pub use routes::routes;
