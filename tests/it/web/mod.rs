//! The pages and the way of an application to its token, as browsers and clients go it.

mod authorization;
mod browser;
mod feeds;
mod forms;
mod interaction;
mod notices;
mod polls;
mod public_pages;
mod quotes;
mod registration;
mod staff;
mod tokens;
