//! HTTP message signatures, the standard that follows the draft, in and out.
//!
//! [`fields`] reads and writes the headers, [`base`] puts the signed text together, [`digests`] binds the body,
//! [`policy`] says what a request must show, [`sign`] signs ours, [`demands`] reads what a peer asks a signature to have.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9421>

pub mod base;
pub mod demands;
pub mod digests;
pub mod fields;
pub mod policy;
pub mod sign;
