//! Images: probe, turn upright, resize, blurhash, strip metadata; bytes in, bytes out.
//!
//! Nothing here reads a file or a network, and nothing is believed that an upload says about itself: the kind is
//! read from the first bytes, sizes are checked before pixels are decoded, and what is stored is encoded anew.
//! All functions compute for a while; the caller chooses the thread.

mod decode;
mod encode;
mod error;
mod gif;
mod process;
mod shrink;
#[cfg(test)]
pub(crate) mod tests;

pub use decode::{Kind, MAX_FILE, MAX_PIXELS, MAX_SIDE, probe};
pub use encode::Encoded;
pub use error::Error;
pub use process::{Portrait, Processed, avatar, emoji, header, process};
