//! Text as people write it and as peers send it: scanning, rendering, cleaning, counting.
//!
//! Everything here is pure and linear in the length of its input, whatever the input.

pub mod clean;
pub mod count;
pub mod domains;
pub mod handles;
pub mod languages;
pub mod profile;
pub mod render;
pub mod scan;
pub mod tokens;

mod chars;
mod tags;

pub use clean::{clean_html, clean_line, escape, to_plain};
pub use handles::Handle;
