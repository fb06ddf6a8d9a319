//! Which keys there may be. Keys are made by this node, never taken from an upload; the check is the second lock on
//! the door that a traversal would have to pass.

use std::io;

/// Longest key, in bytes.
const MAX_KEY: usize = 200;

/// Checks a key: parts of `[a-z0-9._-]` joined by `/`, each beginning with a letter or a digit.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] for any other key.
pub(super) fn check(key: &str) -> io::Result<()> {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
            && !part.contains("..")
            && part
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
    };
    if key.len() <= MAX_KEY && key.split('/').all(is_part) {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("{key:?} is not a key of a stored file"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_inside_the_folder() {
        for key in ["a", "0", "a.png", "ab/cd/ef-1_2.webp", "1/2/3"] {
            assert!(check(key).is_ok(), "{key}");
        }
        let long = "a".repeat(MAX_KEY + 1);
        for key in [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "../a",
            "a/..",
            "a/../b",
            "a/./b",
            "a..b",
            ".hidden",
            "a/.hidden",
            "-a",
            "a/-b",
            "A",
            "a b",
            "a\0b",
            "a\\b",
            "a%2e%2e",
            "\u{e4}",
            "c:a",
            long.as_str(),
        ] {
            assert!(check(key).is_err(), "{key:?}");
        }
    }
}
