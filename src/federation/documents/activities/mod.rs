//! Activities: what actors do, from elsewhere and from here.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#supported-activities-for-statuses> and
//! <https://www.w3.org/TR/activitypub/#server-to-server-interactions>.

mod deeds;
mod incoming;
mod outgoing;
mod reactions;

pub use deeds::{
    Announced, Created, Deed, FollowReference, IncomingActivity, Placed, QuoteReference,
    QuoteRequested, Reaction, Undone, UndoneKind, Updated, Wrapped,
};
pub use outgoing::{
    OutgoingAnnounce, OutgoingVote, accept_follow, announce, block, create, delete_actor,
    delete_note, flag, follow, like, move_actor, pin, reject_follow, tombstone, undo, update_actor,
    update_note, vote,
};
pub use reactions::{react, unreact};
