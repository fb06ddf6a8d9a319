//! The outgoing client against real servers on loopback.

mod http2;
mod limits;
mod rules;
mod servers;
mod sessions;
