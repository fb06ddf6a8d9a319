//! Posts that may name certain accounts alone, and what the language of a post is.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::{Answer, Desk, Person, ids};
use crate::clock::HOUR;
use crate::social::statuses::schedule;

async fn say(desk: &Desk, who: &Person, body: &Value) -> Answer {
    desk.send_json(who, Method::POST, "/api/v1/statuses", body)
        .await
}

#[actix_web::test]
async fn nobody_is_named_who_was_not_meant() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    let cat = desk.person("cat").await;
    let (ben_id, cat_id) = (ben.id.to_string(), cat.id.to_string());
    let text = "@ben and @cat and @nobody";
    for (allowed, unexpected) in [
        (json!([ben_id, cat_id]), &[][..]),
        (json!([ben_id]), &[cat_id.as_str()]),
        (json!([""]), &[ben_id.as_str(), cat_id.as_str()]),
        (json!([]), &[ben_id.as_str(), cat_id.as_str()]),
        (json!(["x", cat_id, "1"]), &[ben_id.as_str()]),
    ] {
        let body = json!({"status": text, "visibility": "direct", "allowed_mentions": allowed});
        let answer = say(&desk, &ann, &body).await;
        if unexpected.is_empty() {
            assert_eq!(answer.good()["mentions"].as_array().unwrap().len(), 2);
            continue;
        }
        assert_eq!(answer.status, 422, "{allowed}");
        let body = answer.json();
        assert!(body["error"].as_str().unwrap().contains("not meant"));
        assert_eq!(ids(&body["unexpected_accounts"]), unexpected, "{allowed}");
    }
    let path = format!("/api/v1/accounts/{}/statuses", ann.id);
    let posted = desk.get(&ann, &path).await.good();
    assert_eq!(
        posted.as_array().unwrap().len(),
        1,
        "nothing else was posted"
    );
    // A form says the same, and whoever says nothing may name everybody.
    let form = format!("/api/v1/statuses?status=@cat&allowed_mentions[]={ben_id}");
    assert_eq!(desk.post(&ann, &form).await.status, 422);
    say(&desk, &ann, &json!({"status": text})).await.good();
}

#[actix_web::test]
async fn what_waits_names_nobody_else_either() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    let at = crate::clock::to_rfc3339(desk.node.clock.now() + HOUR);
    let body = json!({"status": "@ben", "scheduled_at": at, "allowed_mentions": [""]});
    let refused = say(&desk, &ann, &body).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        ids(&refused.json()["unexpected_accounts"]),
        [ben.id.to_string()]
    );
    // Who is not known yet may be when the time comes.
    let body = json!({"status": "@zoe", "scheduled_at": at, "allowed_mentions": [""]});
    let waits = say(&desk, &ann, &body).await.good();
    desk.person("zoe").await;
    desk.node.clock.advance(HOUR);
    let id = waits["id"].as_str().unwrap().parse().unwrap();
    let row = desk
        .node
        .db
        .read(move |conn| crate::store::scheduled_statuses::find(conn, id))
        .await
        .unwrap()
        .unwrap();
    let fired = schedule::fire(&desk.node, id, row.scheduled_at).await;
    assert!(fired.unwrap_err().to_string().contains("not meant"));
    let path = format!(
        "/api/v1/scheduled_statuses/{}",
        waits["id"].as_str().unwrap()
    );
    let failure = desk.get(&ann, &path).await.good()["failure"].clone();
    assert!(failure.as_str().unwrap().contains("not meant"));
}

#[actix_web::test]
async fn a_post_is_in_the_language_of_its_author() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let language = async |body: Value| say(&desk, &ann, &body).await.good()["language"].clone();
    assert_eq!(language(json!({"status": "1"})).await, "en", "as she reads");
    let body = json!({"source": {"language": "nl"}});
    let path = "/api/v1/accounts/update_credentials";
    desk.send_json(&ann, Method::PATCH, path, &body)
        .await
        .good();
    assert_eq!(language(json!({"status": "2"})).await, "nl");
    assert_eq!(
        language(json!({"status": "3", "language": "de"})).await,
        "de"
    );
    assert_eq!(
        language(json!({"status": "4", "language": "??"})).await,
        "nl"
    );
}

#[actix_web::test]
async fn the_id_of_a_boost_takes_it_back() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    let post = say(&desk, &ben, &json!({"status": "Hello"})).await.good();
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let boost = desk.post(&ann, &format!("{path}/reblog")).await.good();
    let boost = format!("/api/v1/statuses/{}", boost["id"].as_str().unwrap());
    let delete = |who: &Person, path: &str| who.asks(Method::DELETE, path);
    assert_eq!(desk.send(delete(&ben, &boost)).await.status, 404);
    let gone = desk.send(delete(&ann, &boost)).await.good();
    assert_eq!(gone["reblog"]["id"], post["id"]);
    assert_eq!(desk.get(&ann, &boost).await.status, 404);
    let left = desk.get(&ann, &path).await.good();
    assert_eq!(
        (&left["reblogs_count"], &left["reblogged"]),
        (&json!(0), &json!(false))
    );
    assert_eq!(desk.send(delete(&ann, &path)).await.status, 404);
    assert!(
        desk.jobs("distribute")
            .await
            .iter()
            .any(|job| job.contains("unboosted"))
    );
}
