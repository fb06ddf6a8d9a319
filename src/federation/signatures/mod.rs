//! HTTP signatures on requests between servers, in and out.
//!
//! The form is draft-cavage-http-signatures; ours are made with RSA and SHA-256, which every peer understands.
//! [`parse`] reads the header, [`verify`] says what must be signed,
//! [`refusals`] why a request is not believed, [`sign`] signs our requests,
//! [`caches`] keeps parsed keys. The crate `http-signatures` puts the signed text together, both ways.
//!
//! Source: <https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12>

pub mod caches;
pub mod parse;
pub mod refusals;
pub mod sign;
pub mod verify;
