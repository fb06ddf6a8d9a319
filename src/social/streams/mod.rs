//! Streams: who hears which piece of news. The same people may see a status here as anywhere else.
//!
//! | file | what it does |
//! |---|---|
//! | `feeds.rs` | what a stream can carry, and a directory of who listens to what |
//! | `standings.rs` | how many viewers stand to many authors, in a fixed number of queries |
//! | `hearing.rs` | from news to who hears it |

mod feeds;
mod hearing;
mod standings;

pub use feeds::{Directory, Feed, Place};
pub use hearing::{Hearing, Tiding, What, hear};
pub use standings::Standings;
