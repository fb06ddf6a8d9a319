//! What is wrong with a configuration, told all at once.

use std::fmt;

use super::setting::Mismatch;

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key it is about, such as `server.domain`; `None` when it is about a whole file or section.
    pub key: Option<String>,
    /// A sentence for people: what was found where, and what is expected.
    pub message: String,
}

impl Problem {
    /// A problem of a source as a whole.
    pub(super) fn general(message: String) -> Self {
        Self { key: None, message }
    }

    /// A problem of one key.
    pub(super) fn of(key: &str, message: String) -> Self {
        let key = Some(key.to_owned());
        Self { key, message }
    }

    /// A value that does not fit; `place` says where it was given, such as `in whimbrel.toml:3`.
    pub(super) fn mismatch(key: &str, place: &str, mismatch: &Mismatch) -> Self {
        let Mismatch { found, expected } = mismatch;
        Self::of(
            key,
            format!("{key} {place}: found {found}, expected {expected}"),
        )
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Everything that is wrong with a configuration; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(Vec<Problem>);

impl ConfigErrors {
    /// The problems, when there are any.
    pub(super) fn check(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self(problems))
        }
    }

    /// The problems, in the order of the sources.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<&str> = self
            .0
            .iter()
            .map(|problem| problem.message.as_str())
            .collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for ConfigErrors {}
