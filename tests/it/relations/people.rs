//! Whom people feature, what they note, and whom they may want to follow.

use serde_json::{Value, json};
use whimbrel::store::accounts::Account;
use whimbrel::store::{self, QueryResult};

use super::tools::{deed, id, names, node, refused, relate};
use crate::support::databases::{NOON, on_both};
use crate::support::people::Person;

/// Somebody wants to be found, or not.
async fn set(who: &Person, change: Value) {
    let request = who.request(
        reqwest::Method::PATCH,
        "/api/v1/accounts/update_credentials",
    );
    let request = request
        .header("Content-Type", "application/json")
        .body(change.to_string());
    assert_eq!(request.send().await.unwrap().status(), 200);
}

on_both! {
    async fn who_is_featured_is_followed(engine) {
        let node = node(engine).await;
        let (ann, ben, cat) = (node.person("ann").await, node.person("ben").await, node.person("cat").await);
        let stranger = ann.post(&deed(&ben, "endorse"), json!({})).await;
        assert!(refused(&stranger, 422).contains("that you follow"));
        for other in [&ben, &cat] {
            relate(&ann, "follow", other).await;
        }
        assert_eq!(relate(&ann, "endorse", &ben).await["endorsed"], true);
        assert_eq!(relate(&ann, "pin", &cat).await["endorsed"], true);
        relate(&ann, "pin", &cat).await;
        let all = "/api/v1/endorsements";
        assert_eq!(names(&ann, all).await, ["cat", "ben"]);
        assert_eq!(names(&ann, &format!("{all}?limit=1")).await, ["cat"]);
        assert_eq!(names(&ann, &format!("{all}?limit=0")).await, ["cat", "ben"]);
        assert_eq!(names(&node.anybody(), &deed(&ann, "endorsements")).await, ["cat", "ben"]);
        assert_eq!(relate(&ann, "unpin", &cat).await["endorsed"], false);
        relate(&ann, "unendorse", &cat).await;
        relate(&ben, "block", &ann).await;
        assert_eq!(names(&ann, all).await, [""; 0]);
    }
}

on_both! {
    async fn a_note_is_for_its_writer_alone(engine) {
        let node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        let path = deed(&ben, "note");
        let jot = |text: &str| ann.post(&path, json!({ "comment": text }));
        assert_eq!(jot("met in Oslo").await.ok()["note"], "met in Oslo");
        assert_eq!(jot("met in Bergen").await.ok()["note"], "met in Bergen");
        let theirs = ben.get(&format!("/api/v1/accounts/relationships?id={}", ann.id.unwrap())).await.ok();
        assert_eq!(theirs[0]["note"], "");
        assert!(refused(&jot(&"x".repeat(2_001)).await, 422).contains("2000"));
        assert_eq!(jot("").await.ok()["note"], "");
    }
}

on_both! {
    async fn suggestions_are_people_who_want_to_be_found_and_are_not_known(engine) {
        let node = node(engine).await;
        let ann = node.person("ann").await;
        let (friend, other_friend, secret) =
            (node.person("friend").await, node.person("other").await, node.person("secret").await);
        let mut found = Vec::new();
        for name in ["twice", "once", "blocked", "shy", "loved", "gone", "hidden"] {
            let person = node.person(name).await;
            if name != "shy" {
                set(&person, json!({ "discoverable": true })).await;
            }
            found.push(person);
        }
        let [twice, once, blocked, shy, loved, gone, hidden] = &found[..] else { panic!("seven") };
        for near in [&friend, &other_friend, &secret] {
            relate(&ann, "follow", near).await;
        }
        for (who, whom) in [
            (&friend, twice), (&other_friend, twice), (&friend, once), (&friend, blocked), (&friend, shy),
            (&friend, gone), (&secret, hidden), (&friend, &ann), (twice, loved), (once, loved), (gone, loved),
        ] {
            relate(who, "follow", whom).await;
        }
        set(&secret, json!({ "hide_collections": true })).await;
        relate(&ann, "block", blocked).await;
        let dismiss = format!("/api/v1/suggestions/{}", gone.id.unwrap());
        assert_eq!(ann.delete(&dismiss).await.ok(), json!({}));
        let shown = ann.get("/api/v2/suggestions").await.ok();
        let shown: Vec<(&str, Vec<&str>)> = shown.as_array().unwrap().iter().map(|one| {
            let sources = one["sources"].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
            (one["account"]["username"].as_str().unwrap(), sources.collect())
        }).collect();
        let (near, known) = ("friends_of_friends", "most_followed");
        assert_eq!(shown, [
            ("twice", vec![near, known]), ("once", vec![near, known]), ("loved", vec![known]), ("hidden", vec![known]),
        ]);
        assert_eq!(names(&ann, "/api/v1/suggestions?limit=2&offset=1").await, ["once", "loved"]);
        // Whom she follows is suggested no longer, and whom they follow is near now; of two the newer account is first.
        relate(&ann, "follow", twice).await;
        assert_eq!(names(&ann, "/api/v1/suggestions").await, ["loved", "once", "hidden"]);
        loved.says("I am here").await;
        assert_eq!(names(&ann, "/api/v1/directory?local=true").await, ["loved"]);
        let newest = names(&ann, "/api/v1/directory?order=new&limit=3").await;
        assert_eq!(newest, ["hidden", "gone", "loved"]);
        let rest = names(&ann, "/api/v1/directory?order=new&offset=3").await;
        assert_eq!(rest, ["once", "twice"]);
        assert_eq!(names(&node.anybody(), "/api/v1/directory?order=new&offset=3").await, ["blocked", "once", "twice"]);
    }
}

on_both! {
    async fn a_follow_asks_for_languages_boosts_and_word_of_posts(engine) {
        let node = node(engine).await;
        let (ann, ben, cat) = (node.person("ann").await, node.person("ben").await, node.person("cat").await);
        let path = deed(&ben, "follow");
        let follow = |body: Value| ann.post(&path, body);
        let now = follow(json!({ "reblogs": false, "notify": true, "languages": ["de", "DE", "en-GB"] })).await.ok();
        assert_eq!((&now["showing_reblogs"], &now["notifying"]), (&json!(false), &json!(true)));
        assert_eq!(now["languages"], json!(["de", "en"]));
        assert!(refused(&follow(json!({ "languages": ["klingonisch"] })).await, 422).contains("Languages"));
        for (text, language) in [("deutsch", "de"), ("english", "en"), ("italiano", "it")] {
            ben.post("/api/v1/statuses", json!({ "status": text, "language": language })).await.ok();
        }
        let other = cat.says("worth a boost").await;
        ben.post(&format!("/api/v1/statuses/{}/reblog", id(&other)), json!({})).await.ok();
        assert_eq!(ann.home_texts().await, ["english", "deutsch"]);
        let told = ("status".to_owned(), "ben".to_owned());
        assert_eq!(ann.notices().await, [told.clone(), told]);
        let now = follow(json!({ "languages": [], "notify": false })).await.ok();
        assert_eq!((&now["languages"], &now["notifying"]), (&Value::Null, &json!(false)));
        ben.post("/api/v1/statuses", json!({ "status": "di nuovo", "language": "it" })).await.ok();
        assert_eq!(ann.home_texts().await[0], "di nuovo");
        assert_eq!(ann.notices().await.len(), 2);
    }
}

on_both! {
    async fn what_was_begun_with_somebody_suspended_can_be_ended(engine) {
        let node = node(engine).await;
        let (ann, ben, cat) = (node.person("ann").await, node.person("ben").await, node.person("cat").await);
        relate(&ann, "follow", &ben).await;
        relate(&ben, "follow", &ann).await;
        relate(&ann, "mute", &ben).await;
        relate(&ann, "endorse", &ben).await;
        relate(&cat, "block", &ben).await;
        let whose = ben.id.expect("an id");
        let suspend = node.node.db.write(move |tx| -> QueryResult<()> {
            let ben = store::accounts::find(tx, whose)?.expect("Ben");
            store::accounts::update(tx, &Account { suspended_at: Some(NOON), ..ben })
        });
        suspend.await.expect("a database");
        for _ in 0..2 {
            for (verb, key) in [("unmute", "muting"), ("unendorse", "endorsed"), ("unfollow", "following"), ("remove_from_followers", "followed_by")] {
                assert_eq!(relate(&ann, verb, &ben).await[key], false, "{verb}");
            }
            assert_eq!(relate(&cat, "unblock", &ben).await["blocking"], false);
        }
        for verb in ["follow", "block", "mute", "endorse"] {
            assert_eq!(ann.post(&deed(&ben, verb), json!({})).await.status, 404, "{verb}");
        }
    }
}
