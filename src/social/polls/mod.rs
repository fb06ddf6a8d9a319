//! Polls: drafted here, voted in here and elsewhere, told while they run, and ended.

pub mod drafts;
pub mod endings;
pub mod remote;
mod telling;
pub mod voting;

pub use drafts::PollDraft;
pub use remote::RemotePoll;
