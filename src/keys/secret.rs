//! A wrapper for values that must never reach a log, an error text or a debug print.

use std::fmt;

use serde::Deserialize;

/// What a secret shows instead of its content.
const HIDDEN: &str = "[secret]";

/// A value that prints as `[secret]`; only [`Secret::expose`] and [`Secret::into_inner`] show it.
///
/// It can be read from configuration and forms but, on purpose, neither written out nor compared:
/// secrets are compared through [`crate::keys::digests::is_equal`].
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The content, for the one place that needs it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Gives the content away.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_its_content() {
        let secret = Secret::new("hunter2".to_owned());
        let nested = Some((1, secret.clone()));
        for shown in [
            format!("{secret}"),
            format!("{secret:?}"),
            format!("{secret:#?}"),
            format!("{nested:?}"),
        ] {
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(shown.contains(HIDDEN), "{shown}");
        }
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(secret.into_inner(), "hunter2");
    }

    #[test]
    fn a_secret_is_read_like_the_plain_value() {
        let read: Secret<String> = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(read.expose(), "hunter2");
    }
}
