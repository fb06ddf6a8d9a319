//! Text as people write it and as peers send it: scanning, rendering, cleaning, counting.
//!
//! Everything here is pure and linear in the length of its input, whatever the input.

pub mod clean;
pub mod count;
pub mod csv;
pub mod domains;
pub mod emojis;
pub mod handles;
pub mod languages;
pub mod lines;
pub mod links;
pub mod markdown;
pub mod me_links;
pub mod names;
pub mod pages;
pub mod plain;
pub mod previews;
pub mod profile;
pub mod render;
pub mod scan;
pub mod sieves;
pub mod spans;
pub mod tokens;
pub mod xml;

mod chars;
mod tags;

pub use clean::{clean_html, escape};
pub use handles::Handle;
pub use lines::clean_line;
pub use plain::to_plain;
