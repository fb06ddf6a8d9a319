//! The `trends` section: what is shown of what many people take up.

use super::rules::between;
use super::table::section;

section! {
    /// What is shown of what many people take up at once.
    pub struct Trends in trends {
        /// Whether anything trends.
        pub enabled: bool = true;

        /// Whether the staff lets each hashtag, link and post pass before people see that it trends.
        pub requires_review: bool = true;

        /// How many people must use a hashtag on a day before it can trend.
        pub tag_accounts: u32 [between(1, 100_000)] = 5;

        /// How many people must post a link on a day before it can trend.
        pub link_accounts: u32 [between(1, 100_000)] = 5;

        /// How often a post must be liked or boosted before it can trend.
        pub status_reactions: u32 [between(1, 100_000)] = 5;
    }
}
