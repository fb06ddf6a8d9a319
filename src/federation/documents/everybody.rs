//! The address that stands for everybody, in the forms in which it is written.
//!
//! Source: <https://www.w3.org/TR/activitypub/#public-addressing>.

/// The address of everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Whether an address means everybody, in any of the forms in use.
#[must_use]
pub fn is_public(address: &str) -> bool {
    matches!(address, PUBLIC | "as:Public" | "Public")
        // Old Pleroma wrote the name of the vocabulary with http.
        || address == "http://www.w3.org/ns/activitystreams#Public"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_known_by_any_name() {
        for (address, expected) in [
            (PUBLIC, true),
            ("as:Public", true),
            ("Public", true),
            ("http://www.w3.org/ns/activitystreams#Public", true),
            ("public", false),
            ("https://a.example/users/ann/followers", false),
            ("", false),
        ] {
            assert_eq!(is_public(address), expected, "{address}");
        }
    }
}
