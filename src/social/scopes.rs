//! What a token may do: the grammar of scopes and which scope covers which. Pure.
//!
//! Source: <https://docs.joinmastodon.org/api/oauth-scopes/>

use std::fmt;

use super::{Error, Result};

/// Every scope that exists.
pub const ALL: &[&str] = &[
    "profile",
    "push",
    "read",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:collections",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "follow",
    "write",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:collections",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "admin:read",
    "admin:read:accounts",
    "admin:read:canonical_email_blocks",
    "admin:read:domain_allows",
    "admin:read:domain_blocks",
    "admin:read:email_domain_blocks",
    "admin:read:ip_blocks",
    "admin:read:reports",
    "admin:write",
    "admin:write:accounts",
    "admin:write:canonical_email_blocks",
    "admin:write:domain_allows",
    "admin:write:domain_blocks",
    "admin:write:email_domain_blocks",
    "admin:write:ip_blocks",
    "admin:write:reports",
];

/// What is meant where no scope is named.
const DEFAULT: &str = "read";

/// What `follow` stands for; it is older than the scopes that took its place.
const FOLLOW: &[&str] = &[
    "read:blocks",
    "read:follows",
    "read:mutes",
    "write:blocks",
    "write:follows",
    "write:mutes",
];

/// Some scopes, each known and named once, in the order in which they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<&'static str>);

impl Scopes {
    /// Reads scopes that are separated by white space; none at all means `read`.
    ///
    /// # Errors
    /// [`Error::Invalid`] that names the first unknown scope.
    pub fn parse(text: &str) -> Result<Self> {
        let mut scopes = Vec::new();
        for word in text.split_whitespace() {
            let Some(known) = ALL.iter().find(|known| **known == word) else {
                let shown: String = word.chars().take(60).collect();
                return Err(Error::invalid(format!("There is no scope \"{shown}\"")));
            };
            if !scopes.contains(known) {
                scopes.push(*known);
            }
        }
        if scopes.is_empty() {
            scopes.push(DEFAULT);
        }
        Ok(Self(scopes))
    }

    /// Reads scopes as a row keeps them; what this version does not know counts for nothing.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        let known = |word: &str| ALL.iter().find(|known| **known == word).copied();
        Self(text.split_whitespace().filter_map(known).collect())
    }

    /// The scopes one by one.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().copied()
    }

    /// Whether these allow what `needed` names.
    #[must_use]
    pub fn covers(&self, needed: &str) -> bool {
        self.iter().any(|granted| covers(granted, needed))
    }

    /// Whether these allow everything that `others` allow.
    #[must_use]
    pub fn covers_all(&self, others: &Self) -> bool {
        others.iter().all(|needed| self.covers(needed))
    }

    /// Whether both name the same scopes, in whatever order.
    #[must_use]
    pub fn is_same_as(&self, others: &Self) -> bool {
        self.0.len() == others.0.len() && self.iter().all(|scope| others.0.contains(&scope))
    }
}

/// Separated by spaces, as rows and answers carry them.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// Whether the scope `granted` allows what `needed` names: it is the same, its top, or the old `follow`.
#[must_use]
pub fn covers(granted: &str, needed: &str) -> bool {
    let is_top = || {
        needed
            .strip_prefix(granted)
            .is_some_and(|rest| rest.starts_with(':'))
    };
    granted == needed || is_top() || (granted == "follow" && FOLLOW.contains(&needed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tops_cover_their_children_and_nothing_else() {
        for (granted, needed, expected) in [
            ("read", "read:statuses", true),
            ("read", "read", true),
            ("read", "write", false),
            ("read", "profile", false),
            ("read:statuses", "read", false),
            ("read:statuses", "read:accounts", false),
            ("write", "write:media", true),
            ("write write:media", "write:media", true),
            ("write", "admin:write", false),
            ("admin:write", "write:accounts", false),
            ("admin:read", "admin:read:reports", true),
            ("admin:read", "admin:write:reports", false),
            ("follow", "read:blocks", true),
            ("follow", "write:mutes", true),
            ("follow", "write:follows", true),
            ("follow", "write:statuses", false),
            ("write", "follow", false),
            ("profile", "read:accounts", false),
            ("push", "push", true),
            ("read write follow", "push", false),
        ] {
            let scopes = Scopes::parse(granted).expect("known scopes");
            assert_eq!(scopes.covers(needed), expected, "{granted} / {needed}");
        }
    }

    #[test]
    fn reads_scopes_once_each_and_refuses_unknown_ones() {
        for (text, expected) in [
            ("read write follow", Some("read write follow")),
            (" read\nread  push ", Some("read push")),
            ("", Some("read")),
            ("read:everything", None),
            ("READ", None),
            ("read,write", None),
            ("admin", None),
        ] {
            let read = Scopes::parse(text).ok().map(|scopes| scopes.to_string());
            assert_eq!(read.as_deref(), expected, "{text:?}");
        }
        assert_eq!(Scopes::stored("read bygone").to_string(), "read");
        assert_eq!(Scopes::stored("").to_string(), "");
    }

    #[test]
    fn compares_sets_of_scopes() {
        let of = |text| Scopes::parse(text).expect("known scopes");
        assert!(of("read write").covers_all(&of("read:lists write")));
        assert!(!of("read").covers_all(&of("read push")));
        assert!(of("read write").is_same_as(&of("write read")));
        assert!(!of("read write").is_same_as(&of("read")));
    }
}
