//! Statuses: posted here, sent by peers, edited, deleted.

pub(in crate::social) mod compose;
pub mod delete;
pub mod edit;
mod groups;
pub mod publish;
pub mod receive;
pub mod schedule;

pub use delete::delete;
pub use edit::{FileChange, Revision, edit};
pub use publish::{Draft, publish};
