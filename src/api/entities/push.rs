//! Web Push: a subscription, and what is sent.

use std::collections::BTreeMap;

use serde::Serialize;

/// Where a token's holder is told of notifications. Not `Debug`: whoever knows the endpoint can send there.
///
/// Source: <https://docs.joinmastodon.org/entities/WebPushSubscription/>
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct WebPushSubscription {
    /// Its id: a number, as strict clients read it.
    pub id: i64,
    /// Where messages are posted.
    pub endpoint: String,
    /// Whether messages are encrypted as the standard says.
    pub standard: bool,
    /// Which kinds of notifications are wanted; all kinds are named.
    pub alerts: BTreeMap<&'static str, bool>,
    /// By whose deeds they want to be disturbed: `all`, `followed`, `follower` or `none`.
    pub policy: &'static str,
    /// The node's public key as base64url.
    pub server_key: String,
}

/// What a message says, once it is decrypted. Not `Debug`, as it holds a token.
///
/// Source: <https://docs.joinmastodon.org/methods/push/>
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PushMessage {
    /// The token that the subscription belongs to, by which clients find the account.
    pub access_token: String,
    /// The language of whoever is told.
    pub preferred_locale: String,
    /// The notification: a number.
    pub notification_id: i64,
    /// Its kind.
    pub notification_type: &'static str,
    /// The picture of whoever caused it.
    pub icon: String,
    /// What happened, in a few words.
    pub title: String,
    /// The beginning of the post, as plain text.
    pub body: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_numbers() {
        let subscription = WebPushSubscription {
            id: 328_183,
            endpoint: "https://push.test/1".into(),
            standard: true,
            alerts: BTreeMap::from([("mention", true), ("poll", false)]),
            policy: "all",
            server_key: "BC".into(),
        };
        let expected = json!({
            "id": 328_183, "endpoint": "https://push.test/1", "standard": true,
            "alerts": {"mention": true, "poll": false}, "policy": "all", "server_key": "BC",
        });
        assert_eq!(json!(subscription), expected);
        let message = PushMessage {
            access_token: "t".into(),
            preferred_locale: "en".into(),
            notification_id: 7,
            notification_type: "mention",
            icon: "https://a.test/1.png".into(),
            title: "Ann mentioned you".into(),
            body: "Hello".into(),
        };
        let expected = json!({
            "access_token": "t", "preferred_locale": "en", "notification_id": 7,
            "notification_type": "mention", "icon": "https://a.test/1.png",
            "title": "Ann mentioned you", "body": "Hello",
        });
        assert_eq!(json!(message), expected);
    }
}
