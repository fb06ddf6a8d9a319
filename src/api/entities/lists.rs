//! Lists of accounts.

use serde::Serialize;

use crate::id::ListId;

/// A list of accounts.
///
/// Source: <https://docs.joinmastodon.org/entities/List/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct List {
    /// The list's id.
    pub id: ListId,
    /// What its owner calls it.
    pub title: String,
    /// Which answers it shows: `followed`, `list` or `none`.
    pub replies_policy: &'static str,
    /// Whether the home timeline does without its members.
    pub exclusive: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_has_its_documented_keys() {
        let list = List {
            id: ListId(7),
            title: "Birds".into(),
            replies_policy: "list",
            exclusive: true,
        };
        let expected =
            json!({"id": "7", "title": "Birds", "replies_policy": "list", "exclusive": true});
        assert_eq!(json!(list), expected);
    }
}
