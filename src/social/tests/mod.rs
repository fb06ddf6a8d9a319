//! Rules tested with a node on a database of its own.

mod nodes;
mod people;
