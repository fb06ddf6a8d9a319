//! How much the node has to do, and what it takes on: pure numbers, and the one handle that everybody asks.
//!
//! | file | what it does |
//! |---|---|
//! | `gauge.rs` | the level, from what is measured, with some inertia |
//! | `backlog.rs` | how much each host has waiting here |
//! | `rooms.rs` | the handle: what is under way now, and within which limits |
//! | `open_files.rs` | what the operating system grants, and how it is shared |

mod backlog;
mod gauge;
pub mod open_files;
mod rooms;

pub use backlog::host_of;
pub use gauge::{Class, Level, retry_after};
pub use rooms::{Limits, Load, Place, Refusal};
