//! The rules that people agree to when they join.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ids::number_as_text;

/// A rule of the node.
///
/// Source: <https://docs.joinmastodon.org/entities/Rule/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The rule's number.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// The rule itself.
    pub text: String,
    /// A longer explanation; may be empty.
    pub hint: String,
    /// The rule in other languages, by ISO 639 code.
    pub translations: BTreeMap<String, RuleTranslation>,
}

/// A rule in another language.
///
/// Source: <https://docs.joinmastodon.org/entities/Rule/#translations>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleTranslation {
    /// The rule itself.
    pub text: String,
    /// A longer explanation; may be empty.
    pub hint: String,
}
