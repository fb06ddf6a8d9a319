//! The pages: each module holds a view struct and `render`, which turns it into an HTML document; `feed` alone makes
//! XML.
//!
//! Pure: no requests, no rows, no clock. What a page shows stands in its view struct. Every text is escaped;
//! only fields whose names end in `_html` are taken as they are, so they must have been cleaned before.
//! There is no script on any page but that of a lab, and nothing inline, so that the strictest content security
//! policy holds.

mod accounts;
mod admin;
mod feed_links;
mod forms;
mod lab_picture;
mod lab_view;
mod layout;
mod parts;
mod polls;
mod quotes;
mod scopes;
mod statuses;

pub mod about;
pub mod absences;
pub mod account;
pub mod announcements;
pub mod code;
pub mod confirmation;
pub mod consent;
pub mod elsewhere;
pub mod emojis;
pub mod error;
pub mod feed;
pub mod front;
pub mod interaction;
pub mod invites;
pub mod lab;
pub mod notice;
pub mod outcomes;
pub mod peers;
pub mod profile;
pub mod recovery;
pub mod set_up;
pub mod settings;
pub mod share;
pub mod sign_in;
pub mod sign_up;
pub mod sign_ups;
pub mod status;
pub mod text;
pub mod thread;
pub mod timeline;
pub mod trends;

pub use accounts::AccountCard;
pub use error::NextStep;
pub use forms::{Form, Problem};
pub use layout::{Flash, Frame};
pub use polls::{Ballot, Poll, PollOption};
pub use quotes::{Quote, Quoted};
pub use sign_up::Registrations;
pub use statuses::{Media, MediaKind, Paging, Reaction, ReplyTarget, Status, Visibility};

#[cfg(test)]
mod checks;
#[cfg(test)]
mod entry_samples;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod staff_samples;
