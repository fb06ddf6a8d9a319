//! The `log` section: what the node writes about its work.

use super::setting::words;
use super::table::section;

section! {
    /// What the node writes about its work, to standard error.
    pub struct Log in log {
        /// The least important messages to write: "error", "warn", "info", "debug" or "trace".
        pub level: LogLevel = LogLevel::Info;

        /// "text" for people or "json" for programs, one object a line.
        pub format: LogFormat = LogFormat::Text;
    }
}

/// The least important messages that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// What failed.
    Error,
    /// What needs a look.
    Warn,
    /// What happened.
    Info,
    /// How it happened.
    Debug,
    /// Every step of it.
    Trace,
}

/// The form of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

words! { LogLevel {
    "error" => Error, "warn" => Warn, "info" => Info, "debug" => Debug, "trace" => Trace,
} }
words! { LogFormat { "text" => Text, "json" => Json } }
