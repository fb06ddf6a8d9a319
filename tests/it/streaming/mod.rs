//! Streams as clients meet them: real connections to a real node.

mod access;
mod announcements;
mod endings;
mod events;
mod returns;
mod sockets;
mod tools;
