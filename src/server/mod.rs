//! The server: the routes of all doors, and what is true for every request.
//!
//! [`start`] opens the door, [`Running::stop`] closes it. What a route answers is decided in the rooms below.

mod bodies;
mod connections;
mod cors;
mod errors;
mod exposition;
mod figures;
mod forwarded;
mod gate;
mod headers;
mod lab;
mod lock;
mod metrics;
mod rates;
mod routes;
mod start;
mod windows;

pub use lab::open_lab_page;
pub use start::{Doors, Running, StartError, open_doors, start};
