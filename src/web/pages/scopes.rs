//! What the scopes of OAuth allow, in plain words, for the consent page and the list of applications.
//!
//! Source: <https://docs.joinmastodon.org/api/oauth-scopes/>

/// What a scope lets an application do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Power {
    Read,
    Write,
    /// Runs the node; only staff have it to give.
    Administer,
}

impl Power {
    /// The heading of the group.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Read => "It may read",
            Self::Write => "It may change",
            Self::Administer => "It may administer this node",
        }
    }
}

/// The power of a scope, and the words for it. A scope without words is shown under its own name.
pub(super) fn describe(scope: &str) -> (Power, Option<&'static str>) {
    let words = WORDS
        .iter()
        .find(|(name, _)| *name == scope)
        .map(|(_, words)| *words);
    let power = if scope.starts_with("admin:") {
        Power::Administer
    } else if scope == "read" || scope.starts_with("read:") || matches!(scope, "profile" | "push") {
        Power::Read
    } else {
        Power::Write
    };
    (power, words)
}

/// The scopes without those that another of them covers, in the order asked for.
pub(super) fn without_covered<S: AsRef<str>>(scopes: &[S]) -> Vec<&str> {
    let asked = |name: &str| scopes.iter().any(|scope| scope.as_ref() == name);
    let mut kept: Vec<&str> = Vec::new();
    for scope in scopes.iter().map(AsRef::as_ref) {
        let covered = scope
            .match_indices(':')
            .any(|(colon, _)| scope.get(..colon).is_some_and(asked));
        if !covered && !kept.contains(&scope) {
            kept.push(scope);
        }
    }
    kept
}

const WORDS: &[(&str, &str)] = &[
    ("profile", "Who you are: your name, handle and pictures"),
    (
        "push",
        "Your notifications, as push messages to your device",
    ),
    (
        "read",
        "Everything of your account: posts, direct messages, timelines, lists, settings",
    ),
    ("read:accounts", "Profiles, yours included"),
    ("read:blocks", "Whom you block"),
    ("read:bookmarks", "Your bookmarks"),
    ("read:collections", "Your collections"),
    ("read:favourites", "Your favourites"),
    ("read:filters", "Your filters"),
    ("read:follows", "Whom you follow"),
    ("read:lists", "Your lists"),
    ("read:mutes", "Whom you mute"),
    ("read:notifications", "Your notifications"),
    ("read:search", "Search results, on your behalf"),
    (
        "read:statuses",
        "Every post that you can see, direct messages included",
    ),
    (
        "follow",
        "Whom you follow, block and mute (and read these lists)",
    ),
    (
        "write",
        "Everything of your account: post, delete, follow, change your profile",
    ),
    ("write:accounts", "Your profile"),
    ("write:blocks", "Whom you block"),
    ("write:bookmarks", "Your bookmarks"),
    ("write:collections", "Your collections"),
    (
        "write:conversations",
        "Your conversations: mute and remove them",
    ),
    ("write:favourites", "Your favourites"),
    ("write:filters", "Your filters"),
    ("write:follows", "Whom you follow"),
    ("write:lists", "Your lists"),
    ("write:media", "Your uploads: add pictures, video and sound"),
    ("write:mutes", "Whom you mute"),
    ("write:notifications", "Your notifications: dismiss them"),
    ("write:reports", "Reports: make them in your name"),
    (
        "write:statuses",
        "Your posts: publish, edit, boost and delete them",
    ),
    ("admin:read", "Read everything that moderators see"),
    (
        "admin:read:accounts",
        "Read the private details of all accounts",
    ),
    ("admin:read:reports", "Read all reports"),
    ("admin:read:domain_allows", "Read which servers are allowed"),
    ("admin:read:domain_blocks", "Read which servers are blocked"),
    (
        "admin:read:ip_blocks",
        "Read which network addresses are blocked",
    ),
    (
        "admin:read:email_domain_blocks",
        "Read which e-mail providers are blocked",
    ),
    (
        "admin:read:canonical_email_blocks",
        "Read which e-mail addresses are blocked",
    ),
    ("admin:write", "Do everything that moderators do"),
    ("admin:write:accounts", "Moderate accounts"),
    ("admin:write:reports", "Moderate reports"),
    ("admin:write:domain_allows", "Allow servers"),
    ("admin:write:domain_blocks", "Block servers"),
    ("admin:write:ip_blocks", "Block network addresses"),
    ("admin:write:email_domain_blocks", "Block e-mail providers"),
    (
        "admin:write:canonical_email_blocks",
        "Block e-mail addresses",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_a_scope_allows() {
        for (scope, power, known) in [
            ("read", Power::Read, true),
            ("read:statuses", Power::Read, true),
            ("push", Power::Read, true),
            ("follow", Power::Write, true),
            ("write:media", Power::Write, true),
            ("admin:read:accounts", Power::Administer, true),
            ("readers", Power::Write, false),
        ] {
            let (found, words) = describe(scope);
            assert_eq!((found, words.is_some()), (power, known), "{scope}");
        }
    }

    #[test]
    fn leaves_out_what_is_covered() {
        for (asked, kept) in [
            (
                vec!["read", "read:statuses", "write:media"],
                vec!["read", "write:media"],
            ),
            (
                vec!["admin:write:accounts", "admin:write"],
                vec!["admin:write"],
            ),
            (vec!["push", "push"], vec!["push"]),
            (vec![], vec![]),
        ] {
            assert_eq!(without_covered(&asked), kept);
        }
    }
}
