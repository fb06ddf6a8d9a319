//! The store on both databases.

mod inbox;
mod messages;
mod paging;
mod processes;
mod queues;
mod rows;
mod schema;
mod troubles;
mod turns;
mod surveys;
mod writes;
