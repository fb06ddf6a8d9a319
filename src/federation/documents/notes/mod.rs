//! Notes and everything else that becomes a status.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#status>.

mod incoming;
mod outgoing;

pub use incoming::{ContentType, IncomingNote, NoteKind};
pub use outgoing::OutgoingNote;
