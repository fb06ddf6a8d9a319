//! The store on both databases.

mod inbox;
mod paging;
mod queues;
mod rows;
mod schema;
mod writes;
