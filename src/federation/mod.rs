//! ActivityPub: the wire to other servers.

pub mod documents;
pub mod signatures;
