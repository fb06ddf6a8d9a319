//! Who a document is for: the four visibilities, read from and written as `to` and `cc`.
//!
//! Source: <https://docs.joinmastodon.org/spec/activitypub/#properties-used> and
//! <https://www.w3.org/TR/activitypub/#delivery>.

use super::caps;
use super::everybody::{PUBLIC, is_public};
use super::references::{self, Properties};

/// Who may see a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Visibility {
    /// Everybody, and it stands in public timelines.
    Public,
    /// Everybody who finds it.
    Unlisted,
    /// The author's followers and those mentioned.
    Private,
    /// Those mentioned.
    Direct,
}

impl Visibility {
    /// The word that is used on all floors: public, unlisted, private or direct.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
            Self::Direct => "direct",
        }
    }

    /// The visibility of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "public" => Some(Self::Public),
            "unlisted" => Some(Self::Unlisted),
            "private" => Some(Self::Private),
            "direct" => Some(Self::Direct),
            _ => None,
        }
    }
}

/// The addressees of a document from elsewhere; each list has at most 1,000.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressees {
    /// `to`.
    pub to: Vec<String>,
    /// `cc`.
    pub cc: Vec<String>,
    /// `audience`, often the group that something was posted to.
    pub audience: Vec<String>,
}

impl Addressees {
    /// The addressees in a document.
    #[must_use]
    pub fn parse(properties: &Properties) -> Self {
        Self {
            to: references::ids(properties, "to", caps::ADDRESSEES),
            cc: references::ids(properties, "cc", caps::ADDRESSEES),
            audience: references::ids(properties, "audience", caps::ADDRESSEES),
        }
    }

    /// Whether nobody is addressed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.to.is_empty() && self.cc.is_empty() && self.audience.is_empty()
    }

    /// All addresses, in the order `to`, `cc`, `audience`.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let lists = self.to.iter().chain(&self.cc).chain(&self.audience);
        lists.map(String::as_str)
    }

    /// Who may see it, given the followers collection of its author.
    ///
    /// Another actor's followers open nothing: without the author's own collection a status is direct.
    #[must_use]
    pub fn visibility(&self, followers: Option<&str>) -> Visibility {
        if self.to.iter().any(|address| is_public(address)) {
            Visibility::Public
        } else if self.all().any(is_public) {
            Visibility::Unlisted
        } else if followers.is_some_and(|followers| self.all().any(|address| address == followers))
        {
            Visibility::Private
        } else {
            Visibility::Direct
        }
    }
}

/// `to` and `cc` of something that we send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// `to`.
    pub to: Vec<String>,
    /// `cc`.
    pub cc: Vec<String>,
}

/// The addresses for a visibility: `followers` is the author's collection, `others` the mentioned actors.
#[must_use]
pub fn addresses(visibility: Visibility, followers: &str, others: &[String]) -> Addresses {
    let public = || PUBLIC.to_owned();
    let followers = followers.to_owned();
    let others = others.to_vec();
    let with = |first: String| std::iter::once(first).chain(others.clone()).collect();
    match visibility {
        Visibility::Public => Addresses {
            to: vec![public()],
            cc: with(followers),
        },
        Visibility::Unlisted => Addresses {
            to: vec![followers],
            cc: with(public()),
        },
        Visibility::Private => Addresses {
            to: vec![followers],
            cc: others,
        },
        Visibility::Direct => Addresses {
            to: others,
            cc: Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FOLLOWERS: &str = "https://a.example/users/ann/followers";

    fn visibility_of(value: &serde_json::Value) -> Visibility {
        Addressees::parse(value.as_object().expect("an object")).visibility(Some(FOLLOWERS))
    }

    #[test]
    fn reads_the_visibility_from_the_addressees() {
        let bob = "https://b.example/users/bob";
        for (value, expected) in [
            (json!({"to": PUBLIC, "cc": FOLLOWERS}), Visibility::Public),
            (json!({"to": ["as:Public"]}), Visibility::Public),
            (
                json!({"to": [FOLLOWERS], "cc": ["Public"]}),
                Visibility::Unlisted,
            ),
            (json!({"to": [bob], "cc": [PUBLIC]}), Visibility::Unlisted),
            (json!({"to": [FOLLOWERS]}), Visibility::Private),
            (json!({"to": [bob], "cc": [FOLLOWERS]}), Visibility::Private),
            (json!({"audience": [FOLLOWERS]}), Visibility::Private),
            (json!({"to": [bob]}), Visibility::Direct),
            (
                json!({"to": ["https://a.example/users/bob/followers"]}),
                Visibility::Direct,
            ),
            (json!({}), Visibility::Direct),
        ] {
            assert_eq!(visibility_of(&value), expected, "{value}");
        }
        let private = Addressees {
            to: vec![FOLLOWERS.into()],
            ..Addressees::default()
        };
        assert_eq!(private.visibility(None), Visibility::Direct);
    }

    #[test]
    fn what_is_written_is_read_as_the_same_visibility() {
        let others = vec!["https://b.example/users/bob".to_owned()];
        for visibility in [
            Visibility::Public,
            Visibility::Unlisted,
            Visibility::Private,
            Visibility::Direct,
        ] {
            let Addresses { to, cc } = addresses(visibility, FOLLOWERS, &others);
            assert_eq!(visibility_of(&json!({"to": to, "cc": cc})), visibility);
            assert!([to, cc].concat().contains(&others[0]));
            assert_eq!(Visibility::of_word(visibility.word()), Some(visibility));
        }
        assert_eq!(Visibility::of_word("limited"), None);
    }
}
