//! Filters, of both versions, and what they match.

use serde::Serialize;

use super::Instant;
use crate::id::{FilterId, FilterKeywordId, FilterStatusId, StatusId};

/// A filter.
///
/// Source: <https://docs.joinmastodon.org/entities/Filter/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// Its id.
    pub id: FilterId,
    /// What its owner calls it.
    pub title: String,
    /// Where it is applied.
    pub context: Vec<String>,
    /// Until when it matches; null for ever.
    pub expires_at: Option<Instant>,
    /// What clients do with what it matches.
    pub filter_action: &'static str,
    /// Its keywords; left out where it stands in a [`FilterResult`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Vec<FilterKeyword>>,
    /// The statuses that it names; left out where it stands in a [`FilterResult`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statuses: Option<Vec<FilterStatus>>,
}

/// A keyword of a filter.
///
/// Source: <https://docs.joinmastodon.org/entities/FilterKeyword/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilterKeyword {
    /// Its id.
    pub id: FilterKeywordId,
    /// What is looked for.
    pub keyword: String,
    /// Whether it must not be part of a longer word.
    pub whole_word: bool,
}

/// A status that a filter names.
///
/// Source: <https://docs.joinmastodon.org/entities/FilterStatus/>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FilterStatus {
    /// The entry's id.
    pub id: FilterStatusId,
    /// The status.
    pub status_id: StatusId,
}

/// A filter that matches a status.
///
/// Source: <https://docs.joinmastodon.org/entities/FilterResult/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilterResult {
    /// The filter, without what hangs on it.
    pub filter: Filter,
    /// The text that matches a keyword, one at most; null if none does.
    pub keyword_matches: Option<Vec<String>>,
    /// The ids that the filter names; null if it names none of them.
    pub status_matches: Option<Vec<StatusId>>,
}

/// A keyword with its filter, as clients know filters that have one keyword each.
///
/// Source: <https://docs.joinmastodon.org/entities/V1_Filter/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilterV1 {
    /// The keyword's id.
    pub id: FilterKeywordId,
    /// What is looked for.
    pub phrase: String,
    /// Where it is applied.
    pub context: Vec<String>,
    /// Until when it matches; null for ever.
    pub expires_at: Option<Instant>,
    /// Whether clients leave out what it matches.
    pub irreversible: bool,
    /// Whether it must not be part of a longer word.
    pub whole_word: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn filters_have_their_documented_keys() {
        let filter = Filter {
            id: FilterId(1),
            title: "Birds".into(),
            context: vec!["home".into()],
            expires_at: None,
            filter_action: "warn",
            keywords: None,
            statuses: None,
        };
        let bare = json!({"id": "1", "title": "Birds", "context": ["home"], "expires_at": null,
                          "filter_action": "warn"});
        let result = FilterResult {
            filter: filter.clone(),
            keyword_matches: Some(vec!["duck".into()]),
            status_matches: None,
        };
        let expected = json!({"filter": bare, "keyword_matches": ["duck"], "status_matches": null});
        assert_eq!(json!(result), expected);
        let whole = Filter {
            keywords: Some(vec![FilterKeyword {
                id: FilterKeywordId(2),
                keyword: "duck".into(),
                whole_word: true,
            }]),
            statuses: Some(vec![FilterStatus {
                id: FilterStatusId(3),
                status_id: StatusId(4),
            }]),
            ..filter
        };
        let mut expected = bare;
        expected["keywords"] = json!([{"id": "2", "keyword": "duck", "whole_word": true}]);
        expected["statuses"] = json!([{"id": "3", "status_id": "4"}]);
        assert_eq!(json!(whole), expected);
        let single = FilterV1 {
            id: FilterKeywordId(2),
            phrase: "duck".into(),
            context: vec!["home".into()],
            expires_at: Some(Instant(0)),
            irreversible: true,
            whole_word: false,
        };
        let expected = json!({"id": "2", "phrase": "duck", "context": ["home"],
                              "expires_at": "1970-01-01T00:00:00.000Z", "irreversible": true,
                              "whole_word": false});
        assert_eq!(json!(single), expected);
    }
}
