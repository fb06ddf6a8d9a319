//! The pages and the way of an application to its token, as browsers and clients go it.

mod authorization;
mod browser;
mod elsewhere;
mod feeds;
mod forms;
mod interaction;
mod notices;
mod polls;
mod public_pages;
mod quotes;
mod registration;
mod share;
mod staff;
mod tokens;
