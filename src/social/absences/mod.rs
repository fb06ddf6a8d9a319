//! Absences: times in which something may have been missed, what is pulled then, and what that came to.

mod planning;
mod reports;

pub use planning::{MARGIN, arrive, ask, beat, peer_heard, peer_returned, plan};
pub use reports::{Report, duration, find, find_last_of, find_standing, latest, list, list_recent};
