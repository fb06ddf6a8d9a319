//! The store on both databases.

mod absences;
mod inbox;
mod lanes;
mod messages;
mod outcomes;
mod paging;
mod peers;
mod people;
mod processes;
mod queues;
mod rows;
mod schema;
mod spreads;
mod surveys;
mod troubles;
mod turns;
mod writes;
