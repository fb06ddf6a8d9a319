//! The command line: one file per command, each of which opens the node that the flags, the environment and the
//! configuration file describe. Rules live in the rooms below; here is only asking and telling.

mod account;
mod announcement;
mod arguments;
mod catch_up;
mod checks;
mod config;
mod decided;
mod delivery;
mod doctor;
mod domain;
mod domain_import;
mod emoji;
mod failure;
mod fetch;
mod findings;
mod globals;
mod inbox;
mod invite;
mod jobs;
mod lab;
mod media;
mod migrate;
mod output;
mod passwords;
mod peers;
mod serve;
mod signals;
mod token;

pub use arguments::run;
