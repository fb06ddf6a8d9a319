//! Whimbrel: a federated microblog node that does not lose posts.
//!
//! The crate is a house of floors; a module uses only floors below its own:
//!
//! | floor | rooms | what they do |
//! |---|---|---|
//! | 0 ground | [`id`], [`clock`], [`config`], [`urls`], [`text`], [`keys`], [`meters`], [`bans`] | pure: no I/O |
//! | 1 machines | [`store`], [`blobs`], [`media`], [`http`], [`mail`], [`push`] | I/O without rules |
//! | 2 handle | [`node`] | the handles of one running node |
//! | 3 rules | [`social`] | what the node does |
//! | 4 servers' door | [`federation`] | ActivityPub, in and out |
//! | 5 people's doors | [`api`], [`web`] | Mastodon client API, HTML pages |
//! | 6 roof | [`worker`], [`server`], [`telemetry`], [`cli`] | what runs it all |
//!
//! `docs/ARCHITECTURE.md` walks through the house; a test keeps the floors apart.

pub mod bans;
pub mod clock;
pub mod config;
pub mod id;
pub mod keys;
pub mod load;
pub mod meters;
pub mod text;
pub mod urls;
pub mod wishes;

pub mod blobs;
pub mod http;
pub mod mail;
pub mod media;
pub mod push;
pub mod store;

pub mod node;

pub mod federation;
pub mod social;

pub mod api;
pub mod web;

pub mod cli;
pub mod server;
pub mod telemetry;

#[cfg(test)]
mod testing;
pub mod worker;
