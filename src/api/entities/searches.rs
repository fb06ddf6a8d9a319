//! What a search has found.

use serde::Serialize;

use super::collections::Collection;
use super::{Account, Status, Tag};

/// What a search has found; lists that were not asked for are empty.
///
/// Source: <https://docs.joinmastodon.org/entities/Search/>
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Search {
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Statuses.
    pub statuses: Vec<Status>,
    /// Hashtags.
    pub hashtags: Vec<Tag>,
    /// Collections.
    pub collections: Vec<Collection>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_list_is_always_there() {
        let expected = json!({"accounts": [], "statuses": [], "hashtags": [], "collections": []});
        assert_eq!(json!(Search::default()), expected);
    }
}
