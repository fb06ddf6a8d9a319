//! Videos, sounds and pictures for which there is no decoder here: made into what every client can show by `ffmpeg`, a
//! program of the operating system.
//!
//! What is uploaded may be made to harm whoever reads it, so the program is confined (see `confined`): no network, one
//! input file whose kind was read from its first bytes, and limits on time, memory and what it writes. The caller gives
//! it a folder of its own and throws that away afterwards.

mod arguments;
mod confined;
mod facts;
mod limits;
mod programs;
mod recordings;

pub use limits::Limits;
pub use programs::Ffmpeg;
pub use recordings::{Recorded, Recording};
