//! Images: probe, turn upright, resize, blurhash, strip metadata; bytes in, bytes out. Recordings: made into what
//! clients show, by a confined program, in a folder that the caller gives (see `ffmpeg`).
//!
//! Nothing here reads a network, and nothing is believed that an upload says about itself: the kind is read from the
//! first bytes, sizes are checked before pixels are decoded, and what is stored is encoded anew, or at least without
//! what was said about it. All functions compute for a while; the caller chooses the thread.

mod decode;
mod encode;
mod error;
mod ffmpeg;
mod gif;
mod process;
mod shrink;
mod sniff;
#[cfg(test)]
pub(crate) mod tests;

pub use decode::{Kind, MAX_FILE, MAX_PIXELS, MAX_SIDE, probe};
pub use encode::Encoded;
pub use error::Error;
pub use ffmpeg::{Ffmpeg, Limits, Recorded, Recording};
pub use process::{
    Portrait, Poster, Processed, avatar, clean_animation, emoji, header, poster, process,
};
pub use sniff::{Container, HEAD, Sort, sniff};
