//! How the viewer and another account stand to each other.

use serde::Serialize;

use super::Instant;
use crate::id::AccountId;

/// How the viewer and another account stand to each other.
///
/// Source: <https://docs.joinmastodon.org/entities/Relationship/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the keys of the documented entity"
)]
pub struct Relationship {
    /// The other account.
    pub id: AccountId,
    /// Whether the viewer follows it.
    pub following: bool,
    /// Whether its boosts are shown; false when not following.
    pub showing_reblogs: bool,
    /// Whether its posts notify the viewer.
    pub notifying: bool,
    /// The languages of it that are shown; null means all.
    pub languages: Option<Vec<String>>,
    /// Whether it follows the viewer.
    pub followed_by: bool,
    /// Whether the viewer blocks it.
    pub blocking: bool,
    /// Whether it blocks the viewer.
    pub blocked_by: bool,
    /// Whether the viewer mutes it.
    pub muting: bool,
    /// Whether the mute hides its notifications too.
    pub muting_notifications: bool,
    /// When the mute ends; null when it does not or there is none.
    pub muting_expires_at: Option<Instant>,
    /// Whether the viewer's request to follow waits.
    pub requested: bool,
    /// Whether its request to follow the viewer waits.
    pub requested_by: bool,
    /// Whether the viewer blocks its host.
    pub domain_blocking: bool,
    /// Whether the viewer features it.
    pub endorsed: bool,
    /// The viewer's private note about it; may be empty.
    pub note: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_relationship_has_its_documented_keys() {
        let stranger = Relationship {
            id: AccountId(9),
            following: false,
            showing_reblogs: false,
            notifying: false,
            languages: None,
            followed_by: true,
            blocking: false,
            blocked_by: false,
            muting: true,
            muting_notifications: true,
            muting_expires_at: Some(Instant(0)),
            requested: false,
            requested_by: false,
            domain_blocking: false,
            endorsed: false,
            note: String::new(),
        };
        let expected = json!({
            "id": "9", "following": false, "showing_reblogs": false, "notifying": false,
            "languages": null, "followed_by": true, "blocking": false, "blocked_by": false,
            "muting": true, "muting_notifications": true,
            "muting_expires_at": "1970-01-01T00:00:00.000Z", "requested": false,
            "requested_by": false, "domain_blocking": false, "endorsed": false, "note": "",
        });
        assert_eq!(json!(stranger), expected);
    }
}
