//! The rules: what the node does, and who may.
//!
//! A rule checks (pure), gathers (reads) and then writes once. What other servers must hear of is written as
//! a [`Fact`](crate::store::facts::Fact) in the same commit.

pub mod error;

pub use error::Error;
