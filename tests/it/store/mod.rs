//! The store on both databases.

mod absences;
mod paging;
mod queues;
mod rows;
mod schema;
mod writes;
