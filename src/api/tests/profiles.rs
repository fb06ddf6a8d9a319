//! The profile as its owner edits it, and what others see of that.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::{Desk, Person};

async fn change(desk: &Desk, ann: &Person, method: Method, body: &Value) -> super::desk::Answer {
    desk.send(ann.asks(method, "/api/v1/profile").set_json(body))
        .await
}

#[actix_web::test]
async fn a_profile_is_edited_as_a_whole() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let fresh = desk
        .send(ann.asks(Method::GET, "/api/v1/profile"))
        .await
        .good();
    assert_eq!(fresh["avatar"], Value::Null);
    assert_eq!(fresh["show_media"], true);
    assert_eq!(fresh["attribution_domains"], json!([]));
    let body = json!({
        "display_name": "Ann", "note": "Birds <3", "show_media": false, "show_media_replies": "0",
        "show_featured": false, "attribution_domains": ["https://Ann.example/", "b.example"],
        "avatar_description": "A bird", "hide_collections": true,
        "fields_attributes": {"0": {"name": "Site", "value": "words"}},
    });
    let changed = change(&desk, &ann, Method::PATCH, &body).await.good();
    assert_eq!(changed["note"], "Birds <3");
    assert_eq!(changed["formatted_note"], "<p>Birds &lt;3</p>");
    assert_eq!(changed["fields"][0]["value"], "words");
    assert_eq!(
        changed["attribution_domains"],
        json!(["ann.example", "b.example"])
    );
    for key in ["show_media", "show_media_replies", "show_featured"] {
        assert_eq!(changed[key], false, "{key}");
    }
    let path = format!("/api/v1/accounts/{}", ann.id);
    let seen = desk.send(ann.asks(Method::GET, &path)).await.good();
    assert_eq!(seen["show_media"], false);
    let body = json!({"attribution_domains": [""]});
    let changed = change(&desk, &ann, Method::PUT, &body).await.good();
    assert_eq!(changed["attribution_domains"], json!([]));
    assert_eq!(changed["display_name"], "Ann", "what is not said stays");
    let body = json!({"attribution_domains": ["b.example", "no..domain"]});
    assert_eq!(change(&desk, &ann, Method::PATCH, &body).await.status, 422);
}

#[actix_web::test]
async fn preferences_are_kept() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let path = "/api/v1/accounts/update_credentials";
    let body = json!({"source": {"quote_policy": "followers", "privacy": "unlisted"}});
    let own = desk
        .send(ann.asks(Method::PATCH, path).set_json(&body))
        .await
        .good();
    assert_eq!(own["source"]["quote_policy"], "followers");
    let wrong = json!({"source": {"quote_policy": "friends"}});
    assert_eq!(
        desk.send(ann.asks(Method::PATCH, path).set_json(&wrong))
            .await
            .status,
        422
    );
    let told = desk
        .send(ann.asks(Method::GET, "/api/v1/preferences"))
        .await
        .good();
    assert_eq!(told["posting:default:quote_policy"], "followers");
    assert_eq!(told["posting:default:visibility"], "unlisted");
    assert_eq!(told["reading:expand:media"], "default");
}

#[actix_web::test]
async fn texts_of_the_node_are_there_when_they_are_set() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("privacy.txt");
    std::fs::write(&file, "We keep <little>.\n\nAsk us.\n").unwrap();
    let mut desk = Desk::open().await;
    let get = |path: &str| actix_web::test::TestRequest::get().uri(path);
    for path in ["privacy_policy", "terms_of_service"] {
        let path = format!("/api/v1/instance/{path}");
        assert_eq!(desk.send(get(&path)).await.status, 404, "{path}");
    }
    let mut config = (*desk.node.config).clone();
    config.instance.privacy_policy_file = Some(file.clone());
    config.instance.terms_of_service_file = Some(file.clone());
    config.instance.extended_description_file = Some(file);
    desk.node.set_config(config);
    for path in ["privacy_policy", "terms_of_service", "extended_description"] {
        let path = format!("/api/v1/instance/{path}");
        let text = desk.send(get(&path)).await.good();
        assert_eq!(
            text["content"], "<p>We keep &lt;little&gt;.</p><p>Ask us.</p>",
            "{path}"
        );
    }
    let instance = desk.send(get("/api/v2/instance")).await.good();
    let urls = &instance["configuration"]["urls"];
    assert_eq!(
        urls["privacy_policy"],
        "http://node.localhost/privacy-policy"
    );
}
