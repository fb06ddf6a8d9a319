//! What the integration tests stand on: databases of both kinds, nodes, and small networks of them.

pub mod databases;
pub mod postgres;
