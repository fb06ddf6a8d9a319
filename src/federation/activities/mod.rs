//! Received activities: each becomes the one rule that it means.
//!
//! | file | what it does |
//! |---|---|
//! | `apply.rs` | parses, dispatches, and turns outcomes into verdicts |
//! | `cases.rs` | what all of them work with: the receipt, its sender, one write |
//! | `follows.rs` | Follow, Accept, Reject, Block and what undoes them |
//! | `statuses.rs` | Create, Update and Delete of statuses |
//! | `featured.rs` | Add and Remove of pinned statuses |
//! | `quotes.rs` | requests to quote, and their answers |
//! | `votes.rs` | votes in polls |
//! | `reactions.rs` | Like, Announce of statuses and what undoes them |
//! | `groups.rs` | Announce of activities, and Dislike |
//! | `restorations.rs` | Undo of a Delete |
//! | `profiles.rs` | Update and Delete of the actor itself |

mod apply;
mod cases;
mod featured;
mod follows;
mod groups;
mod profiles;
mod quotes;
mod reactions;
mod reports;
mod restorations;
mod statuses;
mod votes;

pub use apply::{Verdict, apply};
