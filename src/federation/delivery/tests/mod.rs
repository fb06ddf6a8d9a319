//! Lanes against peers on loopback that answer, hang, refuse and come back.

mod lanes;
mod outcomes;
mod refusals;
mod world;
