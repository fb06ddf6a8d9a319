//! The store on both databases.

mod absences;
mod inbox;
mod lanes;
mod media;
mod messages;
mod outcomes;
mod paging;
mod peers;
mod processes;
mod queues;
mod remote_files;
mod rows;
mod schema;
mod spreads;
mod surveys;
mod troubles;
mod turns;
mod writes;
