//! From whom people want to be notified, and those who wait.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::clock::DAY;

const V1: &str = "/api/v1/notifications";
const V2: &str = "/api/v2/notifications";
const POLICY: &str = "/api/v2/notifications/policy";
const REQUESTS: &str = "/api/v1/notifications/requests";

async fn say(desk: &Desk, person: &Person, text: &str, visibility: &str) {
    let body = json!({ "status": text, "visibility": visibility });
    let path = "/api/v1/statuses";
    desk.send_json(person, Method::POST, path, &body)
        .await
        .good();
}

async fn set(desk: &Desk, person: &Person, body: Value) -> Value {
    desk.send_json(person, Method::PATCH, POLICY, &body)
        .await
        .good()
}

async fn follow(desk: &Desk, who: &Person, whom: &Person) {
    desk.post(who, &format!("/api/v1/accounts/{}/follow", whom.id))
        .await
        .good();
}

/// The types of what somebody is told, newest first.
async fn told(desk: &Desk, person: &Person, query: &str) -> Vec<String> {
    let found = desk.get(person, &format!("{V1}{query}")).await.good();
    let found = found.as_array().unwrap().iter();
    found
        .map(|told| told["type"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn a_policy_has_two_shapes() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let first = desk.get(&ann, POLICY).await.good();
    let expected = json!({"for_not_following": "accept", "for_not_followers": "accept",
        "for_new_accounts": "accept", "for_private_mentions": "accept", "for_limited_accounts": "filter",
        "summary": {"pending_requests_count": 0, "pending_notifications_count": 0}});
    assert_eq!(first, expected);
    let body = json!({"for_not_following": "drop", "for_new_accounts": "filter"});
    let changed = desk
        .send_json(&ann, Method::PUT, POLICY, &body)
        .await
        .good();
    assert_eq!(
        (&changed["for_not_following"], &changed["for_not_followers"]),
        (&json!("drop"), &json!("accept"))
    );
    let path = format!("{V1}/policy");
    let older = desk.get(&ann, &path).await.good();
    assert_eq!(
        (
            &older["filter_not_following"],
            &older["filter_private_mentions"]
        ),
        (&json!(true), &json!(false))
    );
    let body = json!({"filter_not_following": "0", "filter_private_mentions": true});
    let older = desk
        .send_json(&ann, Method::PATCH, &path, &body)
        .await
        .good();
    assert_eq!(
        (
            &older["filter_not_following"],
            &older["filter_new_accounts"]
        ),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        desk.get(&ann, POLICY).await.good()["for_private_mentions"],
        "filter"
    );
    let bad = desk
        .send_json(
            &ann,
            Method::PATCH,
            POLICY,
            &json!({"for_new_accounts": "maybe"}),
        )
        .await;
    assert_eq!(bad.status, 422);
    assert!(
        bad.json()["error"]
            .as_str()
            .unwrap()
            .contains("accept, filter, drop")
    );
}

#[actix_web::test]
async fn what_is_filtered_waits_and_what_is_dropped_never_was() {
    let desk = Desk::open().await;
    let (ann, ben, cat) = (
        desk.person("ann").await,
        desk.person("ben").await,
        desk.person("cat").await,
    );
    follow(&desk, &ann, &cat).await;
    set(&desk, &ann, json!({"for_not_following": "filter"})).await;
    say(&desk, &ben, "@ann first", "public").await;
    say(&desk, &ben, "@ann second", "public").await;
    say(&desk, &cat, "@ann friend", "public").await;
    assert_eq!(told(&desk, &ann, "").await, ["mention"]);
    assert_eq!(told(&desk, &ann, "?include_filtered=true").await.len(), 3);
    let groups = desk.get(&ann, V2).await.good();
    assert_eq!(groups["notification_groups"].as_array().unwrap().len(), 1);
    let groups = desk
        .get(&ann, &format!("{V2}?include_filtered=true"))
        .await
        .good();
    assert_eq!(groups["notification_groups"].as_array().unwrap().len(), 3);
    let shown = desk
        .get(&ann, &format!("{V1}?include_filtered=true"))
        .await
        .good();
    assert_eq!(
        (&shown[0].get("filtered"), &shown[1]["filtered"]),
        (&None, &json!(true))
    );
    assert_eq!(
        desk.get(&ann, &format!("{V1}/unread_count")).await.good(),
        json!({"count": 1})
    );
    let waiting = desk.get(&ann, REQUESTS).await;
    assert!(waiting.header("link").contains("rel=\"next\""));
    let waiting = waiting.good();
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    let request = &waiting[0];
    assert_eq!(
        (&request["notifications_count"], &request["account"]["acct"]),
        (&json!("2"), &json!("ben"))
    );
    assert!(
        request["last_status"]["content"]
            .as_str()
            .unwrap()
            .contains("second")
    );
    let path = format!("{REQUESTS}/{}", request["id"].as_str().unwrap());
    assert_eq!(desk.get(&ann, &path).await.good(), *request);
    assert_eq!(desk.get(&ben, &path).await.status, 404);
    let summary = &desk.get(&ann, POLICY).await.good()["summary"];
    assert_eq!(
        *summary,
        json!({"pending_requests_count": 1, "pending_notifications_count": 2})
    );
    // Clearing what is shown leaves what waits.
    desk.post(&ann, &format!("{V1}/clear")).await.good();
    assert_eq!(told(&desk, &ann, "?include_filtered=true").await.len(), 2);
    assert_eq!(desk.post(&ben, &format!("{path}/accept")).await.status, 404);
    assert_eq!(
        desk.post(&ann, &format!("{path}/accept")).await.good(),
        json!({})
    );
    assert_eq!(told(&desk, &ann, "").await.len(), 2);
    assert_eq!(desk.get(&ann, REQUESTS).await.good(), json!([]));
    assert_eq!(
        desk.get(&ann, &format!("{REQUESTS}/merged")).await.good(),
        json!({"merged": true})
    );
    // Accepted for good.
    say(&desk, &ben, "@ann third", "public").await;
    assert_eq!(told(&desk, &ann, "").await.len(), 3);
    set(&desk, &ann, json!({"for_not_following": "drop"})).await;
    let dan = desk.person("dan").await;
    say(&desk, &dan, "@ann", "public").await;
    assert_eq!(told(&desk, &ann, "?include_filtered=true").await.len(), 3);
}

#[actix_web::test]
async fn several_are_decided_at_once_and_a_block_ends_the_waiting() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    set(&desk, &ann, json!({"for_not_followers": "filter"})).await;
    let mut ids = Vec::new();
    for name in ["ben", "cat", "dan", "eve"] {
        let person = desk.person(name).await;
        say(&desk, &person, "@ann", "public").await;
        ids.push(person);
    }
    let waiting = desk.get(&ann, REQUESTS).await.good();
    let id = |place: usize| waiting[place]["id"].as_str().unwrap();
    let names: Vec<&str> = (0..4)
        .map(|place| waiting[place]["account"]["acct"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["eve", "dan", "cat", "ben"]);
    let none = desk
        .post(&ann, &format!("{REQUESTS}/accept?id[]={}&id[]=1", id(0)))
        .await;
    assert_eq!(none.status, 404);
    let some = format!("{REQUESTS}/accept?id[]={}&id[]={}", id(0), id(0));
    desk.post(&ann, &some).await.good();
    desk.post(&ann, &format!("{REQUESTS}/dismiss?id[]={}", id(1)))
        .await
        .good();
    assert_eq!(told(&desk, &ann, "?include_filtered=true").await.len(), 3);
    assert_eq!(told(&desk, &ann, "").await.len(), 1);
    desk.post(&ann, &format!("/api/v1/accounts/{}/block", ids[1].id))
        .await
        .good();
    let left = desk.get(&ann, REQUESTS).await.good();
    assert_eq!(
        (left.as_array().unwrap().len(), &left[0]["account"]["acct"]),
        (1, &json!("ben"))
    );
    // A like that is taken back leaves nobody waiting.
    let fay = desk.person("fay").await;
    let body = json!({"status": "mine"});
    let mine = desk
        .send_json(&ann, Method::POST, "/api/v1/statuses", &body)
        .await
        .good();
    for verb in ["favourite", "unfavourite"] {
        let count = desk
            .get(&ann, REQUESTS)
            .await
            .good()
            .as_array()
            .unwrap()
            .len();
        assert_eq!(count, 1, "before {verb}");
        desk.post(
            &fay,
            &format!("/api/v1/statuses/{}/{verb}", mine["id"].as_str().unwrap()),
        )
        .await
        .good();
        if verb == "favourite" {
            assert_eq!(
                desk.get(&ann, POLICY).await.good()["summary"]["pending_requests_count"],
                2
            );
            desk.post(
                &fay,
                &format!(
                    "/api/v1/statuses/{}/unfavourite",
                    mine["id"].as_str().unwrap()
                ),
            )
            .await
            .good();
        }
    }
    assert_eq!(
        desk.get(&ann, POLICY).await.good()["summary"]["pending_requests_count"],
        1
    );
}

#[actix_web::test]
async fn each_part_of_the_policy_knows_whom_it_means() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    let pending = async || {
        let policy = desk.get(&ann, POLICY).await.good();
        policy["summary"]["pending_notifications_count"]
            .as_i64()
            .unwrap()
    };
    follow(&desk, &ben, &ann).await;
    set(&desk, &ann, json!({"for_not_followers": "filter"})).await;
    say(&desk, &ben, "@ann a follower since a moment", "public").await;
    assert_eq!(pending().await, 1);
    desk.node.clock.advance(3 * DAY);
    say(&desk, &ben, "@ann a follower for days", "public").await;
    assert_eq!(pending().await, 1);
    set(
        &desk,
        &ann,
        json!({"for_not_followers": "accept", "for_new_accounts": "filter"}),
    )
    .await;
    say(&desk, &ben, "@ann a new account", "public").await;
    assert_eq!(pending().await, 2);
    desk.node.clock.advance(30 * DAY);
    say(&desk, &ben, "@ann an old account", "public").await;
    assert_eq!(pending().await, 2);
    set(
        &desk,
        &ann,
        json!({"for_new_accounts": "accept", "for_private_mentions": "filter"}),
    )
    .await;
    say(&desk, &ben, "@ann in public", "public").await;
    assert_eq!(pending().await, 2);
    say(&desk, &ben, "@ann in private", "direct").await;
    assert_eq!(pending().await, 3);
    // An answer to what one wrote oneself is welcome.
    let body = json!({"status": "@ben tell me", "visibility": "direct"});
    let asked = desk
        .send_json(&ann, Method::POST, "/api/v1/statuses", &body)
        .await
        .good();
    let body =
        json!({"status": "@ann I do", "visibility": "direct", "in_reply_to_id": asked["id"]});
    desk.send_json(&ben, Method::POST, "/api/v1/statuses", &body)
        .await
        .good();
    assert_eq!(pending().await, 3);
}
