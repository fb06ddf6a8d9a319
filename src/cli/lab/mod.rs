//! `whimbrel lab`: several nodes that federate with each other on this computer alone, for trying things out and for
//! watching what happens when one of them dies. No DNS, no TLS, nothing to set up.
//!
//! | file | what it does |
//! |---|---|
//! | `command.rs` | opens everything, tells where it is, closes it |
//! | `places.rs` | who takes part, on which ports, and how each node is configured |
//! | `processes.rs` | a node as a process: started, killed, stopped |
//! | `seats.rs` | a node with its person, and what the person does through the client API |
//! | `survey.rs` | what the databases of the nodes say, for the page |
//! | `stage.rs` | what is done on the page |

mod command;
mod places;
mod processes;
mod seats;
mod stage;
mod survey;

pub(super) use command::Lab;
