//! The store on both databases.

mod paging;
mod queues;
mod rows;
mod schema;
mod surveys;
mod writes;
