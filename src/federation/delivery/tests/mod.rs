//! Lanes against peers on loopback that answer, hang, refuse and come back.

mod classes;
mod collapsing;
mod heard;
mod knocks;
mod lanes;
mod outcomes;
mod refusals;
mod world;
