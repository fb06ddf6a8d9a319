//! Who may read the metrics, and the token that lets programs do so.

use std::fmt;
use std::str::FromStr;

use super::given::Given;
use super::setting::{Mismatch, Setting, quote, read_text, words};

/// The fewest characters of a token: it is no password, nobody has to remember it.
const SHORTEST: usize = 16;

/// Who may read `/metrics`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metrics {
    /// Nobody.
    Off,
    /// Programs on the same computer.
    Local,
    /// Whoever brings the token.
    Token,
}

words! { Metrics { "off" => Off, "local" => Local, "token" => Token } }

/// The token with which `/metrics` is read. It is shown neither by `Debug` nor in the configuration that is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct MetricsToken(String);

impl MetricsToken {
    /// The token itself: for comparing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A text that is too short for a token, or holds spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMetricsToken;

impl fmt::Display for NoMetricsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token is 16 or more letters, digits and signs without spaces")
    }
}

impl std::error::Error for NoMetricsToken {}

impl FromStr for MetricsToken {
    type Err = NoMetricsToken;

    fn from_str(text: &str) -> Result<Self, NoMetricsToken> {
        let is_fine = text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_fine.then(|| Self(text.to_owned())).ok_or(NoMetricsToken)
    }
}

impl fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsToken(***)")
    }
}

impl Setting for MetricsToken {
    const SECRET: bool = true;

    fn read(given: &Given) -> Result<Self, Mismatch> {
        let expected = format!("{SHORTEST} or more letters, digits and signs without spaces");
        read_text(given, &expected, |text| {
            let is_fine =
                text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_graphic());
            is_fine.then(|| Self(text.to_owned()))
        })
    }

    fn to_toml(&self) -> String {
        quote("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_and_never_shown() {
        for (text, is_fine) in [
            ("0123456789abcdef", true),
            ("0123456789abcde", false),
            ("0123456789 abcdef", false),
            ("", false),
        ] {
            let read = MetricsToken::read(&Given::Text(text.to_owned()));
            assert_eq!(read.is_ok(), is_fine, "{text}");
        }
        let token = MetricsToken("0123456789abcdef".to_owned());
        assert_eq!(
            format!("{token:?} {}", token.to_toml()),
            "MetricsToken(***) \"***\""
        );
    }
}
