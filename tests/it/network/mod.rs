//! Several real nodes: what happens on one reaches the others, whatever happens in between.

mod databases;
mod everyday;
mod kills;
mod orders;
mod outages;
mod processes;
