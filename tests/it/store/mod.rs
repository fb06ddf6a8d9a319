//! The store on both databases.

mod absences;
mod inbox;
mod kept;
mod lanes;
mod media;
mod messages;
mod moderation;
mod names;
mod notifications;
mod outcomes;
mod paging;
mod peers;
mod people;
mod polls;
mod processes;
mod pushes;
mod queues;
mod quotes;
mod remote_files;
pub mod rows;
mod schema;
mod spreads;
mod surveys;
mod trends;
mod troubles;
mod turns;
mod writes;
