//! Routes of older and lesser known programs.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::social::applications::{self, NewApplication};
use crate::social::tokens;
use crate::store;

#[actix_web::test]
async fn old_programs_follow_search_and_ask_for_cards() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    let follow = json!({"uri": "@ben@node.localhost"});
    let path = "/api/v1/follows";
    let account = desk
        .send_json(&ann, Method::POST, path, &follow)
        .await
        .good();
    assert_eq!(account["id"], ben.id.to_string());
    let nobody = json!({"uri": "nobody"});
    assert_eq!(
        desk.send_json(&ann, Method::POST, path, &nobody)
            .await
            .status,
        404
    );
    let post = json!({"status": "a #heron & more"});
    let post = desk
        .send_json(&ann, Method::POST, "/api/v1/statuses", &post)
        .await
        .good();
    let found = desk.get(&ann, "/api/v1/search?q=her").await.good();
    assert_eq!(found["hashtags"], json!(["heron"]));
    assert_eq!(
        desk.get_as_stranger("/api/v1/search?q=her").await.status,
        401
    );
    let card = format!("/api/v1/statuses/{}/card", post["id"].as_str().unwrap());
    assert_eq!(desk.get(&ann, &card).await.status, 404);
    let proofs = format!("/api/v1/accounts/{}/identity_proofs", ben.id);
    let answer = desk.get(&ann, &proofs).await;
    assert!(answer.header("deprecation").starts_with('@'));
    assert_eq!(answer.good(), json!([]));
    for (path, is_old) in [
        ("/api/v1/instance", true),
        ("/api/v1/filters", true),
        ("/api/v1/filters/1", true),
        ("/api/v1/suggestions", true),
        ("/api/v1/trends", true),
        ("/api/v2/instance", false),
        ("/api/v2/filters", false),
        ("/api/v2/suggestions", false),
        ("/api/v1/trends/tags", false),
    ] {
        let answer = desk.get(&ann, path).await;
        let said = answer.header("deprecation");
        assert_eq!(said.starts_with('@'), is_old, "{path}: {said}");
    }
    let url = post["url"].as_str().unwrap();
    let embed = desk
        .get_as_stranger(&format!("/api/oembed?url={url}&maxwidth=300"))
        .await
        .good();
    assert_eq!(
        (
            &embed["type"],
            &embed["version"],
            &embed["width"],
            &embed["height"]
        ),
        (&json!("rich"), &json!("1.0"), &json!(300), &Value::Null)
    );
    assert!(
        embed["html"].as_str().unwrap().contains("&amp; more"),
        "{embed}"
    );
    let hidden = json!({"status": "secret", "visibility": "private"});
    let hidden = desk
        .send_json(&ann, Method::POST, "/api/v1/statuses", &hidden)
        .await
        .good();
    for wrong in [
        hidden["url"].as_str().unwrap(),
        "https://other.example/1",
        "x",
    ] {
        let answer = desk
            .get_as_stranger(&format!("/api/oembed?url={wrong}"))
            .await;
        assert_eq!(answer.status, 404, "{wrong}");
    }
}

#[actix_web::test]
async fn known_servers_are_found_by_their_beginning() {
    let desk = Desk::open().await;
    desk.node
        .db
        .write(|tx| -> store::QueryResult<()> {
            for domain in ["alder.example", "alpha.example", "beta.example"] {
                store::peers::ensure(tx, domain)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    for (typed, expected) in [
        ("AL", json!(["alder.example", "alpha.example"])),
        ("alp", json!(["alpha.example"])),
        ("example", json!([])),
        ("", json!([])),
        ("%25", json!([])),
    ] {
        let path = format!("/api/v1/peers/search?q={typed}");
        assert_eq!(
            desk.get_as_stranger(&path).await.good(),
            expected,
            "{typed}"
        );
    }
}

#[actix_web::test]
async fn tokens_are_told_to_their_holders_alone() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let info = desk.get(&ann, "/oauth/token/info").await.good();
    assert_eq!(info["resource_owner_id"], ann.id.to_string());
    assert_eq!(
        (&info["scope"][0], &info["expires_in"]),
        (&json!("read"), &Value::Null)
    );
    assert_eq!(desk.get_as_stranger("/oauth/token/info").await.status, 401);
    let new = |name: &str| NewApplication {
        name: name.to_owned(),
        website: None,
        redirect_uris: vec!["urn:ietf:wg:oauth:2.0:oob".to_owned()],
        scopes: "read".to_owned(),
    };
    let own = applications::register(&desk.node, new("Own"))
        .await
        .unwrap();
    let other = applications::register(&desk.node, new("Other"))
        .await
        .unwrap();
    let scopes = crate::social::scopes::Scopes::parse("read").unwrap();
    let issued = tokens::issue_to_application(&desk.node, &own.application, scopes).await;
    let token = issued.unwrap().secret.expose().clone();
    let ask = async |id: &str, secret: &str, token: &str| {
        let request = TestRequest::post().uri("/oauth/introspect");
        desk.send(
            request.set_json(json!({"client_id": id, "client_secret": secret, "token": token})),
        )
        .await
    };
    let (id, secret) = (own.application.client_id, own.secret.expose().clone());
    let told = ask(&id, &secret, &token).await.good();
    assert_eq!(
        (&told["active"], &told["scope"], &told["client_id"]),
        (&json!(true), &json!("read"), &json!(id))
    );
    let (foreign, key) = (other.application.client_id, other.secret.expose().clone());
    for answer in [
        ask(&foreign, &key, &token).await,
        ask(&id, &secret, "x").await,
    ] {
        assert_eq!(answer.good(), json!({"active": false}));
    }
    assert_eq!(ask(&id, "wrong", &token).await.status, 401);
}
