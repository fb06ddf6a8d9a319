//! ActivityPub documents: one file per type, parse and build, pure.
