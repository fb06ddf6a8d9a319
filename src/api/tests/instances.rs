//! The node as it presents itself, and what clients ask when they start.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::desk::{Desk, keys};

/// Fails unless the object has all of these keys.
fn assert_keys(object: &Value, expected: &[&str]) {
    let found = keys(object);
    let missing: HashSet<_> = expected
        .iter()
        .filter(|key| !found.contains(**key))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of {object}");
}

#[actix_web::test]
async fn the_node_has_every_documented_key() {
    let desk = Desk::open().await;
    desk.person("ann").await;
    let node = desk.get_as_stranger("/api/v2/instance").await.good();
    assert_keys(
        &node,
        &[
            "domain",
            "title",
            "version",
            "source_url",
            "description",
            "usage",
            "thumbnail",
            "icon",
            "languages",
            "configuration",
            "registrations",
            "api_versions",
            "contact",
            "rules",
        ],
    );
    assert_eq!(node["domain"], "node.localhost");
    let about = "http://node.localhost/about";
    assert_eq!(node["source_url"], about);
    assert_eq!(node["configuration"]["urls"]["about"], about);
    let version = format!("4.5.0 (compatible; Whimbrel {})", env!("CARGO_PKG_VERSION"));
    assert_eq!(node["version"], version);
    assert_eq!(node["api_versions"], json!({"mastodon": 7}));
    assert_keys(
        &node["configuration"],
        &[
            "urls",
            "vapid",
            "accounts",
            "statuses",
            "media_attachments",
            "polls",
            "translation",
            "timelines_access",
            "limited_federation",
        ],
    );
    assert_eq!(
        node["configuration"]["urls"]["streaming"],
        "ws://node.localhost"
    );
    assert_eq!(node["configuration"]["statuses"]["max_characters"], 500);
    assert_eq!(
        node["configuration"]["media_attachments"]["supported_mime_types"]
            .as_array()
            .unwrap()[..4],
        ["image/jpeg", "image/png", "image/gif", "image/webp"]
    );
    assert_eq!(
        node["configuration"]["polls"],
        json!({
            "max_options": 4, "max_characters_per_option": 50, "min_expiration": 300,
            "max_expiration": 2_629_746,
        })
    );
    assert_keys(
        &node["registrations"],
        &[
            "enabled",
            "approval_required",
            "reason_required",
            "message",
            "min_age",
            "url",
        ],
    );
}

#[actix_web::test]
async fn older_clients_find_what_they_need() {
    let desk = Desk::open().await;
    desk.person("ann").await;
    let node = desk.get_as_stranger("/api/v1/instance").await.good();
    assert_keys(
        &node,
        &[
            "uri",
            "title",
            "short_description",
            "description",
            "email",
            "version",
            "urls",
            "stats",
            "thumbnail",
            "languages",
            "registrations",
            "approval_required",
            "invites_enabled",
            "configuration",
            "contact_account",
            "rules",
        ],
    );
    assert_eq!(node["uri"], "node.localhost");
    assert_eq!(
        node["stats"],
        json!({"user_count": 1, "status_count": 0, "domain_count": 0})
    );
}

#[actix_web::test]
async fn starting_clients_are_told_the_truth() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    for path in [
        "announcements",
        "lists",
        "filters",
        "followed_tags",
        "featured_tags",
        "endorsements",
        "domain_blocks",
        "scheduled_statuses",
        "suggestions",
        "trends",
        "trends/tags",
        "trends/statuses",
        "trends/links",
        "custom_emojis",
    ] {
        let answer = desk.get(&ann, &format!("/api/v1/{path}")).await;
        assert_eq!(answer.good(), json!([]), "{path}");
    }
    for path in ["/api/v2/filters", "/api/v2/suggestions"] {
        assert_eq!(desk.get(&ann, path).await.good(), json!([]));
        assert_eq!(desk.get_as_stranger(path).await.status, 401);
    }
    let answer = desk.get(&ann, "/api/v1/push/subscription").await;
    assert_eq!(
        (answer.status, answer.json()),
        (404, json!({"error": "Record not found"}))
    );
    let preferences = desk.get(&ann, "/api/v1/preferences").await.good();
    assert_eq!(preferences["posting:default:visibility"], "public");
    let about = desk
        .get_as_stranger("/api/v1/instance/extended_description")
        .await;
    assert!(about.good()["content"].as_str().unwrap().starts_with("<p>"));
    assert_eq!(
        desk.get_as_stranger("/api/v1/instance/rules").await.good(),
        json!([])
    );
    let languages = desk
        .get_as_stranger("/api/v1/instance/languages")
        .await
        .good();
    assert!(
        languages
            .as_array()
            .unwrap()
            .contains(&json!({"code": "de", "name": "German"}))
    );
}
