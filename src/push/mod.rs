//! Web Push messages: made ready for one subscriber, so that the push service in between can read nothing of them. Bytes
//! in, bytes out: nothing here sends, stores or asks anybody.
//!
//! Whom a message goes to and what it says is decided above (social, api); the worker sends it.

mod encryption;
mod messages;
mod recipients;
mod vapid;

pub use encryption::{Coding, Unencryptable};
pub use messages::{LONGEST, Message, Sender, prepare};
pub use recipients::{BadKey, Recipient};
