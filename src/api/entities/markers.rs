//! How far the viewer has read.

use serde::Serialize;

use super::Instant;
use super::ids::number_as_text;

/// How far the viewer has read in one timeline.
///
/// Source: <https://docs.joinmastodon.org/entities/Marker/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Marker {
    /// The newest thing that was read: a status, or a notification.
    #[serde(serialize_with = "number_as_text")]
    pub last_read_id: i64,
    /// Counts the changes.
    pub version: i64,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// The markers that were asked for and are set; `{}` when there is none.
///
/// Source: <https://docs.joinmastodon.org/methods/markers/#get>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Markers {
    /// How far the home timeline was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<Marker>,
    /// How far the notifications were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notifications: Option<Marker>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_set_markers_are_sent() {
        let marker = Marker {
            last_read_id: 5,
            version: 2,
            updated_at: Instant(0),
        };
        let markers = Markers {
            home: None,
            notifications: Some(marker),
        };
        let expected = json!({"notifications": {
            "last_read_id": "5", "version": 2, "updated_at": "1970-01-01T00:00:00.000Z",
        }});
        assert_eq!(json!(markers), expected);
        assert_eq!(json!(Markers::default()), json!({}));
    }
}
