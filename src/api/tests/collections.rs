//! Collections: who may be in them, who sees them, and how one gets out again.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::{Answer, Desk, Person, ids};

/// Somebody who wants to be found.
async fn findable(desk: &Desk, name: &str) -> Person {
    let person = desk.person(name).await;
    let path = "/api/v1/accounts/update_credentials";
    let body = json!({"discoverable": true});
    desk.send_json(&person, Method::PATCH, path, &body)
        .await
        .good();
    person
}

async fn create(desk: &Desk, who: &Person, body: Value) -> Answer {
    let path = "/api/v1/collections";
    desk.send_json(who, Method::POST, path, &body).await
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_collection_is_made_filled_changed_and_removed() {
    let desk = Desk::open().await;
    let (ann, ben) = (findable(&desk, "ann").await, findable(&desk, "ben").await);
    let shy = desk.person("shy").await;
    let body = json!({
        "name": " Birders ", "description": "At the coast", "language": "de", "sensitive": false,
        "discoverable": true, "tag_name": "#Birds", "account_ids": [ben.id.to_string()],
    });
    let made = create(&desk, &ann, body).await.good()["collection"].clone();
    assert_eq!(
        (&made["name"], &made["item_count"]),
        (&json!("Birders"), &json!(1))
    );
    assert_eq!(
        (&made["tag"]["name"], &made["language"]),
        (&json!("birds"), &json!("de"))
    );
    let path = format!("/api/v1/collections/{}", id(&made));
    let items = format!("{path}/items");
    for (whom, expected) in [(&shy, 403), (&ben, 200), (&ann, 200)] {
        let body = json!({"account_id": whom.id.to_string()});
        let answer = desk.send_json(&ann, Method::POST, &items, &body).await;
        assert_eq!(answer.status, expected, "{:?}", answer.body);
    }
    let shown = desk.get_as_stranger(&path).await.good();
    let expected = [ann.id.to_string(), ben.id.to_string()];
    assert_eq!(ids(&shown["accounts"]), expected, "the curator once");
    assert_eq!(shown["collection"]["item_count"], 2);
    let change = json!({"name": "Waders", "discoverable": "0", "tag_name": ""});
    let changed = desk
        .send_json(&ann, Method::PUT, &path, &change)
        .await
        .good();
    assert_eq!(
        (
            &changed["collection"]["name"],
            &changed["collection"]["tag"]
        ),
        (&json!("Waders"), &Value::Null)
    );
    let list = format!("/api/v1/accounts/{}/collections", ann.id);
    assert_eq!(
        desk.get(&ann, &list).await.good()["collections"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        desk.get(&ben, &list).await.good(),
        json!({"collections": []}),
        "not on profiles"
    );
    for (who, method) in [(&ben, Method::PUT), (&ben, Method::DELETE)] {
        let answer = desk
            .send_json(who, method, &path, &json!({"name": "x"}))
            .await;
        assert_eq!(answer.status, 404);
    }
    let gone = desk.send(ann.asks(Method::DELETE, &path)).await;
    assert_eq!((gone.status, gone.body.len()), (200, 0));
    assert_eq!(desk.get(&ann, &path).await.status, 404);
}

#[actix_web::test]
async fn whoever_is_in_a_collection_gets_out_for_good() {
    let desk = Desk::open().await;
    let (ann, ben) = (findable(&desk, "ann").await, findable(&desk, "ben").await);
    let body = json!({"name": "One", "account_ids": [ben.id.to_string()]});
    let made = create(&desk, &ann, body).await.good()["collection"].clone();
    let inside = format!("/api/v1/accounts/{}/in_collections", ben.id);
    let own = desk.get(&ben, &inside).await.good();
    assert_eq!(id(&own["collections"][0]), id(&made));
    assert_eq!(
        desk.get(&ann, &inside).await.good()["collections"],
        json!([]),
        "hidden"
    );
    let items = format!("/api/v1/collections/{}/items", id(&made));
    let revoke = format!("{items}/{}/revoke", id(&made["items"][0]));
    assert_eq!(desk.post(&ann, &revoke).await.status, 403);
    assert_eq!(desk.post(&ben, &revoke).await.status, 200);
    assert_eq!(desk.post(&ben, &revoke).await.status, 404, "once");
    assert_eq!(
        desk.get(&ben, &inside).await.good()["collections"],
        json!([])
    );
    let body = json!({"account_id": ben.id.to_string()});
    let again = desk.send_json(&ann, Method::POST, &items, &body).await;
    assert_eq!(again.status, 403);
}

#[actix_web::test]
async fn blocks_end_and_prevent_it() {
    let desk = Desk::open().await;
    let (ann, ben) = (findable(&desk, "ann").await, findable(&desk, "ben").await);
    let body = json!({"name": "One", "account_ids": [ben.id.to_string()]});
    let made = create(&desk, &ann, body).await.good()["collection"].clone();
    let path = format!("/api/v1/collections/{}", id(&made));
    desk.post(&ben, &format!("/api/v1/accounts/{}/block", ann.id))
        .await
        .good();
    assert_eq!(
        desk.get(&ann, &path).await.good()["collection"]["item_count"],
        0
    );
    let body = json!({"account_id": ben.id.to_string()});
    let refused = desk
        .send_json(&ann, Method::POST, &format!("{path}/items"), &body)
        .await;
    assert_eq!(refused.status, 403);
    desk.post(&ann, &format!("/api/v1/accounts/{}/block", ben.id))
        .await
        .good();
    assert_eq!(desk.get(&ben, &path).await.status, 404);
}

#[actix_web::test]
async fn limits_are_told_in_words() {
    let desk = Desk::open().await;
    let ann = findable(&desk, "ann").await;
    for wrong in [
        json!({}),
        json!({"name": "  "}),
        json!({"name": "x".repeat(41)}),
        json!({"name": "x", "description": "x".repeat(101)}),
        json!({"name": "x", "language": "no language"}),
        json!({"name": "x", "tag_name": "two words"}),
    ] {
        let answer = create(&desk, &ann, wrong.clone()).await;
        assert_eq!(answer.status, 422, "{wrong}");
    }
    for number in 0..10 {
        create(&desk, &ann, json!({"name": number.to_string()}))
            .await
            .good();
    }
    assert_eq!(
        create(&desk, &ann, json!({"name": "eleven"})).await.status,
        422
    );
    let path = format!("/api/v1/accounts/{}/collections?limit=4&offset=4", ann.id);
    let answer = desk.get(&ann, &path).await;
    let link = answer.header("link").to_owned();
    assert!(
        link.contains("offset=8>; rel=\"next\"") && link.contains("offset=0>; rel=\"prev\""),
        "{link}"
    );
    assert_eq!(answer.good()["collections"].as_array().unwrap().len(), 4);
    let old = desk.get(&ann, &path.replace("/v1/", "/v1_alpha/")).await;
    assert!(old.header("deprecation").starts_with('@'));
    assert_eq!(old.good().as_array().unwrap().len(), 4, "bare");
}
