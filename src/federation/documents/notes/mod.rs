//! Notes and everything else that becomes a status.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#status>.

mod incoming;
mod outgoing;
mod recordings;
mod sorts;
mod texts;

pub use incoming::IncomingNote;
pub use outgoing::{GroupAddress, OutgoingNote};
pub use sorts::{ContentType, NoteKind};
