//! How people stand to each other, and the lists that come of it.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::{Desk, Person, ids};

async fn deed(desk: &Desk, person: &Person, whom: &Person, deed: &str) -> Value {
    let path = format!("/api/v1/accounts/{}/{deed}", whom.id);
    desk.post(person, &path).await.good()
}

#[actix_web::test]
async fn relationships_come_in_the_order_asked_for() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let (ben, cid) = (desk.person("ben").await, desk.person("cid").await);
    deed(&desk, &ann, &ben, "follow").await;
    let path = format!(
        "/api/v1/accounts/relationships?id[]={}&id[]=5&id[]={}&id[]={}",
        cid.id, ben.id, cid.id
    );
    let found = desk.get(&ann, &path).await.good();
    assert_eq!(ids(&found), [cid.id.to_string(), ben.id.to_string()]);
    assert_eq!(
        (&found[0]["following"], &found[1]["following"]),
        (&json!(false), &json!(true))
    );
    let path = format!("/api/v1/accounts/relationships?id={}", ben.id);
    assert_eq!(ids(&desk.get(&ann, &path).await.good()).len(), 1);
}

#[actix_web::test]
async fn deeds_answer_with_the_relationship_and_are_idempotent() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    for (what, key, expected) in [
        ("follow?reblogs=false&notify=1", "following", json!(true)),
        ("follow", "showing_reblogs", json!(false)),
        ("follow?reblogs=true", "notifying", json!(true)),
        ("follow?languages[]=de", "languages", json!(["de"])),
        (
            "mute?duration=60",
            "muting_expires_at",
            json!("2026-08-08T12:01:00.000Z"),
        ),
        (
            "mute?notifications=false",
            "muting_notifications",
            json!(false),
        ),
        ("mute", "muting_expires_at", Value::Null),
        ("unmute", "muting", json!(false)),
        ("unmute", "muting", json!(false)),
        ("unfollow", "following", json!(false)),
        ("unfollow", "following", json!(false)),
        ("block", "blocking", json!(true)),
        ("block", "blocking", json!(true)),
        ("unblock", "blocking", json!(false)),
        ("remove_from_followers", "followed_by", json!(false)),
    ] {
        let now = deed(&desk, &ann, &ben, what).await;
        assert_eq!(now[key], expected, "{what}");
    }
    deed(&desk, &ben, &ann, "follow").await;
    let now = deed(&desk, &ann, &ben, "remove_from_followers").await;
    assert_eq!(now["followed_by"], false);
    let path = format!("/api/v1/accounts/{}/follow", ann.id);
    assert_eq!(desk.post(&ann, &path).await.status, 403);
    assert_eq!(
        desk.post(&ann, "/api/v1/accounts/1/follow").await.status,
        404
    );
}

#[actix_web::test]
async fn lists_are_paged_by_links() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let mut others = Vec::new();
    for name in ["ben", "cid", "dot"] {
        let other = desk.person(name).await;
        desk.node.clock.advance(10);
        deed(&desk, &other, &ann, "follow").await;
        deed(&desk, &ann, &other, "follow").await;
        others.insert(0, other.id.to_string());
    }
    for list in ["followers", "following"] {
        let mut path = format!("/api/v1/accounts/{}/{list}?limit=2", ann.id);
        let mut seen = Vec::new();
        for _ in 0..2 {
            let answer = desk.get_as_stranger(&path).await;
            let link = answer.header("link").to_owned();
            let page = answer.good();
            seen.extend(ids(&page).into_iter().map(str::to_owned));
            assert!(link.contains("since_id="), "{link}");
            let next = link.split('>').next().unwrap().trim_start_matches('<');
            path = next
                .strip_prefix("http://node.localhost")
                .unwrap()
                .to_owned();
        }
        assert_eq!(seen, others, "{list}");
        assert!(
            !path.contains("max_id"),
            "the last page has no next: {path}"
        );
    }
}

#[actix_web::test]
async fn who_hides_lists_shows_them_to_nobody_else() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    let cid = desk.person("cid").await;
    deed(&desk, &ben, &ann, "follow").await;
    deed(&desk, &cid, &ben, "follow").await;
    let path = format!("/api/v1/accounts/{}/followers", ann.id);
    let familiar = format!("/api/v1/accounts/familiar_followers?id[]={}", ann.id);
    let ben_id = [ben.id.to_string()];
    assert_eq!(ids(&desk.get_as_stranger(&path).await.good()), ben_id);
    let known = desk.get(&cid, &familiar).await.good();
    assert_eq!(ids(&known), [ann.id.to_string()]);
    assert_eq!(ids(&known[0]["accounts"]), ben_id);

    let hide = json!({"hide_collections": true});
    let update = "/api/v1/accounts/update_credentials";
    desk.send_json(&ann, Method::PATCH, update, &hide)
        .await
        .good();
    assert_eq!(desk.get_as_stranger(&path).await.good(), json!([]));
    assert_eq!(desk.get(&cid, &path).await.good(), json!([]));
    assert_eq!(ids(&desk.get(&ann, &path).await.good()), ben_id);
    let known = desk.get(&cid, &familiar).await.good();
    assert_eq!(known, json!([{"id": ann.id, "accounts": []}]));
}

#[actix_web::test]
async fn requests_wait_for_consent() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let (ben, cid) = (desk.person("ben").await, desk.person("cid").await);
    let lock = json!({"locked": true});
    let update = "/api/v1/accounts/update_credentials";
    desk.send_json(&ann, Method::PATCH, update, &lock)
        .await
        .good();
    for other in [&ben, &cid] {
        let now = deed(&desk, other, &ann, "follow").await;
        assert_eq!(
            (&now["following"], &now["requested"]),
            (&json!(false), &json!(true))
        );
    }
    let list = "/api/v1/follow_requests";
    assert_eq!(ids(&desk.get(&ann, list).await.good()).len(), 2);
    let accept = format!("{list}/{}/authorize", ben.id);
    assert_eq!(desk.post(&ann, &accept).await.good()["followed_by"], true);
    let reject = format!("{list}/{}/reject", cid.id);
    assert_eq!(desk.post(&ann, &reject).await.good()["requested_by"], false);
    assert_eq!(desk.get(&ann, list).await.good(), json!([]));
    let own = desk
        .get(&ann, "/api/v1/accounts/verify_credentials")
        .await
        .good();
    assert_eq!(own["followers_count"], 1);
}

#[actix_web::test]
async fn blocks_and_mutes_are_listed_for_their_owner() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    deed(&desk, &ann, &ben, "mute?duration=60").await;
    let muted = desk.get(&ann, "/api/v1/mutes").await.good();
    assert_eq!(ids(&muted), [ben.id.to_string()]);
    assert_eq!(muted[0]["mute_expires_at"], "2026-08-08T12:01:00.000Z");
    assert_eq!(desk.get(&ben, "/api/v1/mutes").await.good(), json!([]));
    desk.node.clock.advance(60_001);
    assert_eq!(desk.get(&ann, "/api/v1/mutes").await.good(), json!([]));
    deed(&desk, &ann, &ben, "block").await;
    let blocked = desk.get(&ann, "/api/v1/blocks").await.good();
    assert_eq!(ids(&blocked), [ben.id.to_string()]);
    assert_eq!(desk.get_as_stranger("/api/v1/blocks").await.status, 401);
}
