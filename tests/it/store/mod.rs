//! The store on both databases.

mod lanes;
mod paging;
mod queues;
mod rows;
mod schema;
mod writes;
