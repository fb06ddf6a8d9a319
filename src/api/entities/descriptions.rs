//! What the node says about itself at length, and the languages it knows.

use serde::Serialize;

use super::{Date, Instant};

/// What the node says about itself at length.
///
/// Source: <https://docs.joinmastodon.org/entities/ExtendedDescription/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExtendedDescription {
    /// Since when it reads so at the latest.
    pub updated_at: Instant,
    /// HTML.
    pub content: String,
}

/// What the node does with what it knows of people.
///
/// Source: <https://docs.joinmastodon.org/entities/PrivacyPolicy/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrivacyPolicy {
    /// Since when it reads so.
    pub updated_at: Instant,
    /// HTML.
    pub content: String,
}

/// The terms under which people use the node.
///
/// Source: <https://docs.joinmastodon.org/entities/TermsOfService/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermsOfService {
    /// The day from which they count.
    pub effective_date: Date,
    /// Whether that day has come.
    pub effective: bool,
    /// HTML.
    pub content: String,
    /// The day from which later ones count; null when there are none.
    pub succeeded_by: Option<Date>,
}

/// A language that statuses can be in.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Language {
    /// Its ISO 639 code.
    pub code: &'static str,
    /// Its English name.
    pub name: &'static str,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_have_their_documented_keys() {
        let description = ExtendedDescription {
            updated_at: Instant(0),
            content: "<p>A node.</p>".into(),
        };
        assert_eq!(
            json!(description),
            json!({"updated_at": "1970-01-01T00:00:00.000Z", "content": "<p>A node.</p>"})
        );
        let language = Language {
            code: "de",
            name: "German",
        };
        assert_eq!(json!(language), json!({"code": "de", "name": "German"}));
    }
}
