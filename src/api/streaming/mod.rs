//! Streams: what happens, told while it happens, over WebSocket and as server-sent events.
//!
//! | file | what it does |
//! |---|---|
//! | `channels.rs` | the names of streams, and what each needs |
//! | `mailbox.rs` | what waits to be sent to one reader, bounded |
//! | `hub.rs` | which streams are open, for whom and from where; how many may be |
//! | `frames.rs` | from news to the bytes that each reader gets |
//! | `telling.rs` | the loop that reads news and hands them to the hub's readers |
//! | `replay.rs` | what a reader missed while it was away |
//! | `events.rs` | server-sent events |
//! | `sockets.rs` | WebSocket: one connection for many streams |
//! | `doors.rs` | the routes |
//!
//! Nothing here has a task of its own but the loop: each connection drives its own stream while its answer is read.
//!
//! Source: <https://docs.joinmastodon.org/methods/streaming/>

mod channels;
mod doors;
mod events;
mod frames;
mod hub;
mod mailbox;
mod notices;
mod replay;
mod sockets;
mod telling;

pub use doors::routes;
pub use hub::{Caps, Hub};
pub use telling::{Reading, run};
