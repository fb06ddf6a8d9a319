//! Handles: `user`, `@user@domain`, `acct:user@domain`, and the grammar of usernames.
//!
//! A handle is a claim; whether its domain agrees is found out in `federation`.
//! Source: <https://docs.joinmastodon.org/spec/webfinger/>

use std::fmt;

use super::domains::normalise_domain;

/// The longest username of a new local account, in characters.
pub const MAX_LOCAL_USERNAME: usize = 30;
/// The longest username accepted from a peer, in characters.
pub const MAX_REMOTE_USERNAME: usize = 2048;

/// A username and, for accounts of other hosts, their domain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle {
    /// The username as it was written.
    pub username: String,
    /// The normalised domain; absent in the handles of this node's own accounts.
    pub domain: Option<String>,
}

/// The text is not a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAHandle;

impl fmt::Display for NotAHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a handle of the form user or user@domain")
    }
}

impl std::error::Error for NotAHandle {}

impl Handle {
    /// Reads `user`, `@user`, `user@domain`, `@user@domain` or `acct:user@domain`; white space around it is ignored.
    ///
    /// # Errors
    /// The username is outside the grammar or the domain is none.
    pub fn parse(text: &str) -> Result<Self, NotAHandle> {
        let text = text.trim();
        let text = strip_scheme(text).unwrap_or(text);
        let text = text.strip_prefix('@').unwrap_or(text);
        let (username, domain) = match text.split_once('@') {
            Some((username, domain)) => {
                let domain = normalise_domain(domain).map_err(|_| NotAHandle)?;
                (username, Some(domain))
            }
            None => (text, None),
        };
        if !is_username(username) {
            return Err(NotAHandle);
        }
        Ok(Self {
            username: username.to_owned(),
            domain,
        })
    }

    /// The form under which handles are compared and looked up: the username in lower case.
    #[must_use]
    pub fn folded(&self) -> Self {
        Self {
            username: self.username.to_ascii_lowercase(),
            domain: self.domain.clone(),
        }
    }

    /// The handle seen from the node at `local_domain`: its own accounts lose their domain.
    #[must_use]
    pub fn relative_to(mut self, local_domain: &str) -> Self {
        if self.domain.is_some() && self.domain == normalise_domain(local_domain).ok() {
            self.domain = None;
        }
        self
    }
}

/// Writes `user` or `user@domain`, the form that the client API calls `acct`.
impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.domain {
            Some(domain) => write!(f, "{}@{domain}", self.username),
            None => f.write_str(&self.username),
        }
    }
}

/// Whether `text` may be the username of an account somewhere: ASCII letters, digits and underscores, with dots and
/// hyphens between them.
#[must_use]
pub fn is_username(text: &str) -> bool {
    text.len() <= MAX_REMOTE_USERNAME
        && text.bytes().all(is_username_byte)
        && text.bytes().next().is_some_and(is_username_edge)
        && text.bytes().next_back().is_some_and(is_username_edge)
}

/// Whether `text` may become the username of a new local account: at most 30 characters of the same grammar.
#[must_use]
pub fn is_local_username(text: &str) -> bool {
    text.len() <= MAX_LOCAL_USERNAME && is_username(text)
}

/// Whether a username may hold this byte.
pub(super) fn is_username_byte(byte: u8) -> bool {
    is_username_edge(byte) || matches!(byte, b'.' | b'-')
}

/// Whether a username may begin and end with this byte.
pub(super) fn is_username_edge(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn strip_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_at_checked("acct:".len())?;
    scheme.eq_ignore_ascii_case("acct:").then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        let table = [
            ("alice", Some(("alice", None))),
            ("@alice", Some(("alice", None))),
            ("Alice", Some(("Alice", None))),
            (" @alice ", Some(("alice", None))),
            ("alice@good.test", Some(("alice", Some("good.test")))),
            ("@alice@good.test", Some(("alice", Some("good.test")))),
            ("acct:alice@Good.Test.", Some(("alice", Some("good.test")))),
            ("ACCT:alice@good.test", Some(("alice", Some("good.test")))),
            ("acct:@alice@good.test", Some(("alice", Some("good.test")))),
            ("a.b-c_d@good.test", Some(("a.b-c_d", Some("good.test")))),
            (
                "@a@alpha.localhost:8081",
                Some(("a", Some("alpha.localhost:8081"))),
            ),
            ("a@bücher.test", Some(("a", Some("xn--bcher-kva.test")))),
            ("", None),
            ("@", None),
            ("acct:", None),
            ("@@alice", None),
            ("alice@", None),
            ("@good.test@", None),
            (".alice", None),
            ("alice.", None),
            ("-alice", None),
            ("al ice", None),
            ("älice", None),
            ("\u{430}lice@good.test", None),
            ("alice@a@b", None),
            ("alice@good.test/x", None),
            ("alice@good.test@evil.test", None),
            ("alice@good test", None),
            ("http://good.test/@alice", None),
        ];
        for (text, expected) in table {
            let found = Handle::parse(text).ok();
            let found = found
                .as_ref()
                .map(|h| (h.username.as_str(), h.domain.as_deref()));
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn usernames_have_a_length() {
        assert!(is_local_username(&"a".repeat(30)));
        assert!(!is_local_username(&"a".repeat(31)));
        assert!(is_username(&"a".repeat(2048)));
        assert!(!is_username(&"a".repeat(2049)));
        assert!(is_local_username("_"));
        assert!(!is_local_username(""));
    }

    #[test]
    fn shows_and_folds() {
        let handle = Handle::parse("@Alice@GOOD.test").unwrap();
        assert_eq!(handle.to_string(), "Alice@good.test");
        assert_eq!(handle.folded().to_string(), "alice@good.test");
        assert_eq!(handle.clone().relative_to("Good.Test").to_string(), "Alice");
        assert_eq!(
            handle.relative_to("other.test").to_string(),
            "Alice@good.test"
        );
    }
}
