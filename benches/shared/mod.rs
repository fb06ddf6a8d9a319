//! What the measurements stand on: the node as a process, sinks in place of other servers, load, rows, and figures.

pub mod certificates;
pub mod clusters;
pub mod crowds;
pub mod figures;
pub mod inside;
pub mod load;
pub mod machine;
pub mod people;
pub mod rows;
pub mod seeded;
pub mod sinks;
pub mod sites;

#[path = "../../tests/it/support/peers.rs"]
pub mod peers;
#[path = "../../tests/it/support/processes.rs"]
pub mod processes;
