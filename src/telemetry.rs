//! What the process writes about its work, to standard error: lines for people or JSON for programs.
//!
//! Names and texts of strangers end up in messages, so nothing that a terminal would obey leaves here:
//! [`escape`] is the one place that decides what that is. The command line uses it for its output, too.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::panic::PanicHookInfo;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use crate::config::{Log, LogFormat, LogLevel};

/// Starts writing messages, and makes panics messages, too. The first call of a process counts.
pub fn start(log: &Log) {
    let lines = fmt::layer().with_writer(StandardError).with_ansi(false);
    let filter = filter(log.level);
    let started = match log.format {
        LogFormat::Text => registry().with(lines.with_filter(filter)).try_init(),
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_span_list(false);
            registry().with(lines.with_filter(filter)).try_init()
        }
    };
    if started.is_ok() {
        std::panic::set_hook(Box::new(report));
    }
}

/// Messages of the libraries are written from one level more important on.
fn filter(level: LogLevel) -> Targets {
    let (own, others) = match level {
        LogLevel::Error => (LevelFilter::ERROR, LevelFilter::ERROR),
        LogLevel::Warn => (LevelFilter::WARN, LevelFilter::ERROR),
        LogLevel::Info => (LevelFilter::INFO, LevelFilter::WARN),
        LogLevel::Debug => (LevelFilter::DEBUG, LevelFilter::INFO),
        LogLevel::Trace => (LevelFilter::TRACE, LevelFilter::DEBUG),
    };
    Targets::new()
        .with_default(others)
        .with_target(env!("CARGO_PKG_NAME"), own)
}

fn report(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map(ToString::to_string);
    let place = place.unwrap_or_default();
    tracing::error!(place, "a panic: {message}");
}

/// Replaces each character that a terminal would obey, or that turns the direction of text, by its number
/// (`\u001b`), line breaks included.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unsafe(character) {
            let _ = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

fn is_unsafe(character: char) -> bool {
    let turns_text = matches!(character,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks_lines = matches!(character, '\u{2028}' | '\u{2029}');
    character.is_control() || turns_text || breaks_lines
}

/// Standard error, one escaped line a write.
struct StandardError;

impl<'a> MakeWriter<'a> for StandardError {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line
    }
}

/// One message: the subscriber writes it whole, line break last.
struct Line;

impl Write for Line {
    fn write(&mut self, message: &[u8]) -> io::Result<usize> {
        io::stderr().lock().write_all(&escape_line(message))?;
        Ok(message.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

fn escape_line(message: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(message);
    let mut line = escape(text.trim_end_matches('\n')).into_owned();
    line.push('\n');
    line.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_becomes_its_number() {
        let table = [
            ("plain ünïcode 🐦", "plain ünïcode 🐦"),
            ("\u{1b}[2J", "\\u001b[2J"),
            ("a\nb\r\tc", "a\\u000ab\\u000d\\u0009c"),
            ("\u{9b}31m\u{7f}", "\\u009b31m\\u007f"),
            ("a\u{202e}b\u{2066}c", "a\\u202eb\\u2066c"),
            ("a\u{2028}b", "a\\u2028b"),
        ];
        for (text, expected) in table {
            assert_eq!(escape(text), expected);
        }
    }

    #[test]
    fn a_message_is_one_line() {
        for (message, line) in [
            ("name=a\nINFO forged\n", "name=a\\u000aINFO forged\n"),
            ("no end", "no end\n"),
        ] {
            assert_eq!(escape_line(message.as_bytes()), line.as_bytes());
        }
    }

    #[test]
    fn libraries_say_less() {
        let filter = filter(LogLevel::Info);
        let is_written = |target: &str, level| filter.would_enable(target, &level);
        assert!(is_written("whimbrel::server", tracing::Level::INFO));
        assert!(!is_written("whimbrel::server", tracing::Level::DEBUG));
        assert!(!is_written("actix_server::worker", tracing::Level::INFO));
        assert!(is_written("actix_server::worker", tracing::Level::WARN));
    }
}
