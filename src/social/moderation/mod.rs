//! Moderation: what the staff decides about accounts, servers and sign-ups, and what follows from it.
//!
//! | file | what it does |
//! |---|---|
//! | `staff.rs` | who decides, whom they may decide about, and the record of every deed |
//! | `standings.rs` | suspended, limited, sensitive: what changes with each, in one write |
//! | `accounts.rs` | what the staff does to accounts, and what these are told |
//! | `listings.rs` | accounts as the staff looks for them |
//! | `hosts.rs` | servers that are blocked or allowed |
//! | `block_lists.rs` | lists of blocked servers as files, read and written |
//! | `imports.rs` | such lists as a whole: what they would change, and the change |
//! | `sweeps.rs` | what follows for many accounts, a few at a time |
//! | `entrances.rs` | who may sign up, and from where |
//! | `blocked_sign_ups.rs` | how often blocked domains of e-mail addresses are met |

pub mod accounts;
pub mod block_lists;
pub mod blocked_sign_ups;
pub mod entrances;
pub mod hosts;
pub mod imports;
pub mod listings;

pub mod staff;
pub mod standings;
pub mod sweeps;
