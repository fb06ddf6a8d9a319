//! Streams as clients meet them: real connections to a real node.

mod access;
mod conversations;
mod endings;
mod events;
mod filtered;
mod returns;
mod sockets;
mod tools;
