//! How people arrange whom they follow, and what they see of it, on both databases.

mod block_lists;
mod domains;
mod lists;
mod people;
mod searches;
mod tags;
mod tools;
mod trending_links;
mod trends;
