//! The outgoing client against real servers on loopback.

mod limits;
mod rules;
mod servers;
