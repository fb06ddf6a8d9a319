//! Several real nodes: what happens on one reaches the others, whatever happens in between.

mod absences;
mod databases;
mod everyday;
mod kept;
mod kills;
mod moves;
mod orders;
mod outages;
mod processes;
mod quotes;
mod reactions;
mod synchronization;
mod threads;
