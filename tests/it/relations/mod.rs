//! How people arrange whom they follow, and what they see of it, on both databases.

mod lists;
mod tools;
