//! What the integration tests stand on: databases of both kinds, nodes, people, and small networks of them.

pub mod answers;
pub mod databases;
pub mod fingerprints;
pub mod hostile;
pub mod listeners;
pub mod networks;
pub mod nodes;
pub mod pages;
pub mod peers;
pub mod people;
pub mod postgres;
#[allow(dead_code, reason = "the measurements use the rest")]
pub mod processes;
pub mod push_services;
#[path = "../../schema/shapes.rs"]
#[allow(dead_code, reason = "the unit tests use the rest")]
mod shapes;
pub mod wire;
pub mod xml;
