//! The store on both databases.

mod outcomes;
mod paging;
mod peers;
mod queues;
mod rows;
mod schema;
mod writes;
