//! ActivityPub: the wire to other servers.

pub mod delivery;
pub mod documents;
pub mod identities;
pub mod signatures;
