//! Several real nodes: what happens on one reaches the others, whatever happens in between.

mod absences;
mod everyday;
mod kills;
mod outages;
mod synchronization;
