//! Filters of both versions, and what they do to statuses.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::clock::HOUR;

const V1: &str = "/api/v1/filters";
const V2: &str = "/api/v2/filters";

async fn make(desk: &Desk, person: &Person, body: Value) -> Value {
    let made = desk.send_json(person, Method::POST, V2, &body).await;
    made.good()
}

async fn post(desk: &Desk, person: &Person, body: Value) -> Value {
    let path = "/api/v1/statuses";
    desk.send_json(person, Method::POST, path, &body)
        .await
        .good()
}

fn id(entity: &Value) -> &str {
    entity["id"].as_str().unwrap()
}

/// What of a status a viewer's filters match: (title, text).
fn matched(status: &Value) -> Vec<(&str, &str)> {
    let filtered = status["filtered"].as_array().unwrap();
    filtered
        .iter()
        .map(|found| {
            let text = found["keyword_matches"][0].as_str().unwrap_or_default();
            (found["filter"]["title"].as_str().unwrap(), text)
        })
        .collect()
}

#[actix_web::test]
async fn a_filter_is_made_changed_and_removed() {
    let desk = Desk::open().await;
    let (ann, bob) = (desk.person("ann").await, desk.person("bob").await);
    let body = json!({"title": "Birds", "context": ["home", "public", "home"], "expires_in": "3600",
        "keywords_attributes": [{"keyword": "duck"}, {"keyword": "goose", "whole_word": "false"}]});
    let made = make(&desk, &ann, body).await;
    assert_eq!(made["context"], json!(["home", "public"]));
    assert_eq!(made["filter_action"], "warn");
    assert_eq!(made["keywords"][0]["whole_word"], true);
    assert_eq!(made["keywords"][1]["whole_word"], false);
    assert_eq!(made["statuses"], json!([]));
    assert!(made["expires_at"].is_string());
    let path = format!("{V2}/{}", id(&made));
    assert_eq!(desk.get(&ann, &path).await.good(), made);
    assert_eq!(desk.get(&ann, V2).await.good(), json!([made]));
    assert_eq!(desk.get(&bob, V2).await.good(), json!([]));
    assert_eq!(desk.get(&bob, &path).await.status, 404);
    // What is not said stays; an empty duration ends the end.
    let body = json!({"filter_action": "blur", "keywords_attributes": [
        {"id": made["keywords"][0]["id"], "_destroy": true},
        {"id": made["keywords"][1]["id"], "keyword": "geese"},
        {"keyword": "swan"}]});
    let changed = desk.send_json(&ann, Method::PUT, &path, &body).await.good();
    assert_eq!(changed["expires_at"], made["expires_at"]);
    assert_eq!(
        (&changed["title"], &changed["filter_action"]),
        (&json!("Birds"), &json!("blur"))
    );
    let words = changed["keywords"].as_array().unwrap().iter();
    let words: Vec<_> = words
        .map(|word| word["keyword"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["geese", "swan"]);
    let form = TestRequest::default()
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload("expires_in=&context[]=thread");
    let form = form.method(Method::PUT).uri(&path);
    let form = form.insert_header(("authorization", format!("Bearer {}", ann.token)));
    let changed = desk.send(form).await.good();
    assert_eq!(
        (&changed["expires_at"], &changed["context"]),
        (&Value::Null, &json!(["thread"]))
    );
    assert_eq!(desk.send(bob.asks(Method::DELETE, &path)).await.status, 404);
    assert_eq!(
        desk.send(ann.asks(Method::DELETE, &path)).await.good(),
        json!({})
    );
    assert_eq!(desk.get(&ann, &path).await.status, 404);
}

#[actix_web::test]
async fn what_makes_no_filter_is_told_why() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let long = "x".repeat(513);
    let many: Vec<Value> = (0..1_001)
        .map(|number| json!({"keyword": format!("k{number}")}))
        .collect();
    let heavy: Vec<Value> = (0..41)
        .map(|number| json!({"keyword": format!("{number:0>500}")}))
        .collect();
    for (body, words) in [
        (json!({"context": ["home"]}), "Title"),
        (json!({"title": " ", "context": ["home"]}), "Title"),
        (json!({"title": "x"}), "Context"),
        (
            json!({"title": "x", "context": ["abroad"]}),
            "home, notifications",
        ),
        (
            json!({"title": "x", "context": ["home"], "filter_action": "burn"}),
            "warn, hide, blur",
        ),
        (
            json!({"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": " "}]}),
            "Keyword",
        ),
        (
            json!({"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": long}]}),
            "512",
        ),
        (
            json!({"title": "x", "context": ["home"], "keywords_attributes": many}),
            "1000 keywords",
        ),
        (
            json!({"title": "x", "context": ["home"], "keywords_attributes": heavy}),
            "20000 characters",
        ),
    ] {
        let answer = desk.send_json(&ann, Method::POST, V2, &body).await;
        let error = answer.json()["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        // A request has a bounded number of parameters, too.
        assert!(
            matches!(answer.status, 400 | 422),
            "{}: {error}",
            answer.status
        );
        assert!(
            answer.status == 400 || error.contains(words),
            "{words}: {error}"
        );
    }
    assert_eq!(desk.get(&ann, V2).await.good(), json!([]));
    for number in 0..200 {
        make(&desk, &ann, json!({"title": number, "context": ["home"]})).await;
    }
    let body = json!({"title": "one more", "context": ["home"]});
    let answer = desk.send_json(&ann, Method::POST, V2, &body).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json()["error"], "You can have at most 200 filters");
}

#[actix_web::test]
async fn keywords_and_statuses_are_managed_one_by_one() {
    let desk = Desk::open().await;
    let (ann, bob) = (desk.person("ann").await, desk.person("bob").await);
    let filter = make(&desk, &ann, json!({"title": "Birds", "context": ["home"]})).await;
    let keywords = format!("{V2}/{}/keywords", id(&filter));
    let statuses = format!("{V2}/{}/statuses", id(&filter));
    // One program sends everything in the query.
    let word = desk
        .post(&ann, &format!("{keywords}?keyword=duck&whole_word=false"))
        .await
        .good();
    assert_eq!(word["whole_word"], false);
    assert_eq!(desk.get(&ann, &keywords).await.good(), json!([word]));
    let one = format!("{V2}/keywords/{}", id(&word));
    let body = json!({"keyword": "swan"});
    let changed = desk.send_json(&ann, Method::PUT, &one, &body).await.good();
    assert_eq!(
        changed,
        json!({"id": word["id"], "keyword": "swan", "whole_word": false})
    );
    assert_eq!(desk.get(&ann, &one).await.good(), changed);
    assert_eq!(desk.get(&bob, &one).await.status, 404);
    assert_eq!(
        desk.send(ann.asks(Method::DELETE, &one)).await.good(),
        json!({})
    );
    assert_eq!(desk.get(&ann, &keywords).await.good(), json!([]));
    let status = post(&desk, &bob, json!({"status": "quack"})).await;
    let hidden = post(&desk, &bob, json!({"status": "x", "visibility": "direct"})).await;
    for (asked, expected) in [(&hidden, 404), (&status, 200), (&status, 200)] {
        let body = json!({"status_id": asked["id"]});
        let answer = desk.send_json(&ann, Method::POST, &statuses, &body).await;
        assert_eq!(answer.status, expected);
    }
    let named = desk.get(&ann, &statuses).await.good();
    assert_eq!(
        (named.as_array().unwrap().len(), &named[0]["status_id"]),
        (1, &status["id"])
    );
    let seen = desk
        .get(&ann, &format!("/api/v1/statuses/{}", id(&status)))
        .await
        .good();
    assert_eq!(seen["filtered"][0]["status_matches"], json!([status["id"]]));
    assert_eq!(seen["filtered"][0]["keyword_matches"], Value::Null);
    let entry = format!("{V2}/statuses/{}", id(&named[0]));
    assert_eq!(desk.get(&ann, &entry).await.good(), named[0]);
    assert_eq!(
        desk.send(ann.asks(Method::DELETE, &entry)).await.good(),
        json!({})
    );
    assert_eq!(desk.get(&ann, &entry).await.status, 404);
}

#[actix_web::test]
async fn older_clients_see_each_keyword_as_a_filter() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let body =
        json!({"phrase": "duck", "context": ["home"], "irreversible": true, "whole_word": false});
    let made = desk.send_json(&ann, Method::POST, V1, &body).await.good();
    assert_eq!(
        (&made["phrase"], &made["irreversible"], &made["whole_word"]),
        (&json!("duck"), &json!(true), &json!(false))
    );
    let path = format!("{V1}/{}", id(&made));
    assert_eq!(desk.get(&ann, &path).await.good(), made);
    let body =
        json!({"phrase": "swan", "context": ["public"], "irreversible": false, "expires_in": 60});
    let changed = desk.send_json(&ann, Method::PUT, &path, &body).await.good();
    assert_eq!(
        (&changed["phrase"], &changed["irreversible"]),
        (&json!("swan"), &json!(false))
    );
    assert!(changed["expires_at"].is_string());
    let whole = desk.get(&ann, V2).await.good();
    assert_eq!(
        (&whole[0]["title"], &whole[0]["keywords"][0]["id"]),
        (&json!("swan"), &made["id"])
    );
    let keywords = format!("{V2}/{}/keywords", id(&whole[0]));
    desk.send_json(&ann, Method::POST, &keywords, &json!({"keyword": "goose"}))
        .await
        .good();
    assert_eq!(desk.get(&ann, V1).await.good().as_array().unwrap().len(), 2);
    let refused = desk.send_json(&ann, Method::PUT, &path, &body).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.json()["error"]
            .as_str()
            .unwrap()
            .contains("several keywords")
    );
    for (left, filters) in [(1, 1), (0, 0)] {
        let all = desk.get(&ann, V1).await.good();
        let path = format!("{V1}/{}", id(&all[0]));
        assert_eq!(
            desk.send(ann.asks(Method::DELETE, &path)).await.good(),
            json!({})
        );
        assert_eq!(
            desk.get(&ann, V1).await.good().as_array().unwrap().len(),
            left
        );
        assert_eq!(
            desk.get(&ann, V2).await.good().as_array().unwrap().len(),
            filters
        );
    }
    let blank = desk
        .send_json(&ann, Method::POST, V1, &json!({"context": ["home"]}))
        .await;
    assert_eq!(blank.status, 422);
}

#[actix_web::test]
async fn statuses_say_which_filters_match_and_go_on_standing_in_lists() {
    let desk = Desk::open().await;
    let (ann, bob) = (desk.person("ann").await, desk.person("bob").await);
    let keyword = |word: &str| json!([{"keyword": word}]);
    let make = |title: &str, word: &str, hours: Option<i64>| {
        let body = json!({"title": title, "context": ["home"], "filter_action": "hide",
            "expires_in": hours.map(|hours| hours * 3_600), "keywords_attributes": keyword(word)});
        make(&desk, &ann, body)
    };
    make("birds", "duck", None).await;
    make("warned", "spoiled", Some(1)).await;
    let text = post(&desk, &bob, json!({"status": "A *DUCK* quacks"})).await;
    let spoiler = post(
        &desk,
        &bob,
        json!({"status": "x", "spoiler_text": "Spoiled duck"}),
    )
    .await;
    let other = post(&desk, &bob, json!({"status": "duckling"})).await;
    let see = async |status: &Value, who: &Person| {
        let path = format!("/api/v1/statuses/{}", id(status));
        desk.get(who, &path).await.good()
    };
    assert_eq!(matched(&see(&text, &ann).await), [("birds", "DUCK")]);
    assert_eq!(
        matched(&see(&spoiler, &ann).await),
        [("birds", "duck"), ("warned", "Spoiled")]
    );
    assert_eq!(matched(&see(&other, &ann).await), []);
    assert_eq!(matched(&see(&text, &bob).await), []);
    let seen = see(&text, &ann).await;
    assert!(seen["filtered"][0]["filter"].get("keywords").is_none());
    // The viewer's own boost carries it twice, and the public timeline leaves nothing out.
    let path = format!("/api/v1/statuses/{}/reblog", id(&text));
    let boost = desk.post(&ann, &path).await.good();
    assert_eq!(matched(&boost), [("birds", "DUCK")]);
    assert_eq!(matched(&boost["reblog"]), [("birds", "DUCK")]);
    let public = desk.get(&ann, "/api/v1/timelines/public").await.good();
    assert_eq!(public.as_array().unwrap().len(), 3);
    // An end is an end, and the filter stays listed.
    desk.node.clock.advance(HOUR);
    assert_eq!(matched(&see(&spoiler, &ann).await), [("birds", "duck")]);
    assert_eq!(desk.get(&ann, V2).await.good().as_array().unwrap().len(), 2);
    // Notifications carry it too.
    post(&desk, &bob, json!({"status": "@ann duck"})).await;
    let told = desk.get(&ann, "/api/v1/notifications").await.good();
    let mention = told
        .as_array()
        .unwrap()
        .iter()
        .find(|told| told["type"] == "mention")
        .unwrap();
    assert_eq!(matched(&mention["status"]), [("birds", "duck")]);
}
