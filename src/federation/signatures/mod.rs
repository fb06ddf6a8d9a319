//! HTTP signatures on requests between servers, in and out.
//!
//! Two standards are in use: draft-cavage-http-signatures, which every peer understands, and RFC 9421, which follows it.
//! [`verify`] says what a request must show, [`parse`] reads the header of the draft, [`messages`] is all of RFC 9421,
//! [`requests`], [`instants`] and [`unverified`] are common to both. [`claimed`] tells whose signature a request claims
//! to have, [`refusals`] why it is not believed, [`sign`] signs our requests by the draft, [`manners`] by either, [`caches`]
//! keeps parsed keys. The crate
//! `http-signatures` puts the text of the draft together, both ways.
//!
//! Source: <https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12>,
//! <https://www.rfc-editor.org/rfc/rfc9421>

pub mod caches;
pub mod claimed;
pub mod instants;
pub mod manners;
pub mod messages;
pub mod parse;
pub mod refusals;
pub mod requests;
pub mod sign;
pub mod unverified;
pub mod verify;
