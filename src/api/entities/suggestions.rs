//! Accounts that somebody may want to follow, and what blocking a domain would cost.

use serde::Serialize;

use super::Account;

/// An account that the viewer may want to follow.
///
/// Source: <https://docs.joinmastodon.org/entities/Suggestion/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// Why, in an older word: `past_interactions` or `global`.
    pub source: &'static str,
    /// Why: `friends_of_friends`, `most_followed`.
    pub sources: Vec<&'static str>,
    /// The account.
    pub account: Account,
}

/// What the viewer would lose by blocking a domain.
///
/// Source: <https://docs.joinmastodon.org/methods/domain_blocks/>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DomainBlockPreview {
    /// How many they follow there.
    pub following_count: i64,
    /// How many there follow them.
    pub followers_count: i64,
}
