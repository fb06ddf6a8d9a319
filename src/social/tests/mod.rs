//! Rules tested with a node on a database of its own.

pub(crate) mod nodes;
mod people;
