//! Actors: the people, bots, groups and services that other servers and this one present.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#profile> and
//! <https://www.w3.org/TR/activitypub/#actor-objects>.

mod incoming;
mod outgoing;

pub use incoming::{ActorKind, IncomingActor, IncomingKey, ProfileField};
pub use outgoing::{InstanceActor, OutgoingActor};
