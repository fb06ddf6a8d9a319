//! Web Push, from the deed that somebody is told of to the app that decrypts it.

mod answers;
mod keys;
mod messages;
mod processes;
mod subscriptions;
mod wishes;
