//! The parameters of a request, from wherever a client puts them: query, form, multipart and JSON body.
//!
//! | file | what it does |
//! |---|---|
//! | `pairs.rs` | `a=b&c=d` -> pairs |
//! | `tree.rs` | pairs with bracketed names, or JSON -> one tree of bounded size |
//! | `typed.rs` | the tree -> a handler's struct, tolerant of how clients write booleans, numbers and lists |
//! | `misfit.rs` | why it does not fit, and where |
//! | `extract.rs` | the request -> the tree and the uploaded files; [`Params`], the extractor |
//! | `spooled.rs` | the same for forms with a large file, which goes to the disk; [`Spooled`], the extractor |
//!
//! Rules are not checked here: a parameter that is understood may still be refused further down.
//!
//! Source: <https://docs.joinmastodon.org/client/intro/#parameters>

mod extract;
mod misfit;
mod pairs;
mod spooled;
mod tree;
mod typed;

pub use extract::{BodyLimits, Params, Upload, from_query};
pub use pairs::{find_in_query, read_pairs};
pub use spooled::Spooled;
pub use tree::{MAX_DEPTH, MAX_PARAMETERS};
pub use typed::blank_as_none;
