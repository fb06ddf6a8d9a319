//! ActivityPub documents: what other servers send and what this one sends, parsed and built.
//!
//! Everything here is pure: bytes or plain fields in, typed results or JSON out. Parsing is tolerant in form (scalar or
//! list, string or object, missing and null) and strict in origin: who may say what about whom is decided here as far
//! as the document alone can tell. Storing, fetching and signatures live in the neighbouring rooms.
//! Spec: <https://www.w3.org/TR/activitypub/> and <https://www.w3.org/TR/activitystreams-vocabulary/>.
//!
//! The way in: [`read`] the bytes into a [`Document`], then [`understand`] it, telling which [`Origin`] is ours.

pub mod activities;
pub mod actors;
pub mod addressing;
pub mod attachments;
pub mod canonical;
pub mod caps;
pub mod collections;
pub mod context;
pub mod conversions;
pub mod discovery;
pub mod everybody;
pub mod intents;
pub mod kinds;
pub mod listings;
pub mod local;
pub mod node_infos;
pub mod notes;
pub mod origins;
pub mod polls;
pub mod quotes;
pub mod reading;
pub mod references;
pub mod rejects;
pub mod synchronization;
pub mod tags;
pub mod times;
pub mod understanding;

pub use addressing::Visibility;
pub use origins::Origin;
pub use reading::{Document, read};
pub use rejects::Reject;
pub use understanding::{Incoming, understand};
