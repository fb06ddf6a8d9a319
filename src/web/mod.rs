//! HTML pages for people with a browser, and feeds for programs that read many pages.
//!
//! [`pages`] turns small view structs into HTML and knows neither requests nor rows;
//! [`static_files`] holds the style sheet and the pictures; [`paths`] names the addresses that forms and links use.
//! The other files answer requests: `visits.rs` knows who visits, and there is one file for each page. `lab.rs` alone
//! belongs to no node: a lab answers with it.

pub mod pages;
pub mod paths;
pub mod static_files;

mod about;
mod account;
mod admin;
mod announcements;
mod confirmation;
mod consent;
mod cookies;
mod elsewhere;
mod emojis;
mod feeds;
mod fields;
mod files;
mod front;
mod interaction;
mod invites;
mod lab;
mod listings;
mod outcomes;
mod peers;
mod profile;
mod quotes;
mod reactions;
mod recovery;
mod refusals;
mod routes;
mod set_up;
mod settings;
mod share;
mod sign_in;
mod sign_up;
mod sign_ups;
mod status;
mod texts;
mod timelines;
mod trends;
mod uploads;
mod visits;
mod votes;

pub use lab::{Act, Stage, lab_routes};
pub use routes::routes;
