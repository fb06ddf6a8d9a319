//! The store on both databases.

mod absences;
mod inbox;
mod kept;
mod lanes;
mod messages;
mod moderation;
mod notifications;
mod outcomes;
mod paging;
mod peers;
mod polls;
mod processes;
mod pushes;
mod queues;
mod quotes;
pub mod rows;
mod schema;
mod spreads;
mod surveys;
mod troubles;
mod turns;
mod writes;
