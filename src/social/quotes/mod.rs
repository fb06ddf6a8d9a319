//! Quotes: a status that shows another one, if the author of that agrees.
//!
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/044f/fep-044f.md>
//!
//! | file | what it does |
//! |---|---|
//! | `policies.rs` | who may quote what |
//! | `making.rs` | people of this node quote |
//! | `answering.rs` | others ask to quote, and answer those of this node who asked |
//! | `arrivals.rs` | statuses from elsewhere that quote |
//! | `revoking.rs` | authors do not agree any more |
//! | `settling.rs` | what follows when a quote begins or ceases to hold |
//! | `sights.rs` | how a quote looks to one viewer |
//! | `lists.rs` | the quotes of a status |

pub mod answering;
pub mod arrivals;
pub mod lists;
pub mod making;
pub mod policies;
pub mod revoking;
pub(in crate::social) mod settling;
pub mod sights;
