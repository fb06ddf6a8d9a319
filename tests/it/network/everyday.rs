//! The everyday of three nodes: everything that people do crosses every pair.

use serde_json::json;
use whimbrel::clock::SECOND;
use whimbrel::social::users::delete_account;

use crate::support::databases::on_both;
use crate::support::networks::Fediverse;
use crate::support::people::{Person, plain};

/// Three people on three nodes who all follow each other.
async fn three_friends(world: &Fediverse) -> [Person; 3] {
    let people = [
        world.nodes[0].person("ann").await,
        world.nodes[1].person("ben").await,
        world.nodes[2].person("cat").await,
    ];
    for one in &people {
        for other in &people {
            if one.username != other.username {
                one.follows(other).await;
            }
        }
    }
    world.settle().await;
    people
}

/// The id that a status has on the reader's node, whether its author or a boost brought it into the timeline.
async fn find_here(reader: &Person, text: &str) -> String {
    let home = reader.home().await;
    let found = home.iter().find(|status| plain(status).contains(text));
    let found = found.unwrap_or_else(|| panic!("{} does not see {text:?}", reader.username));
    let original = if found["reblog"].is_null() {
        found
    } else {
        &found["reblog"]
    };
    original["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_follow_is_accepted_and_counted_on_both_sides(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let people = three_friends(&world).await;
        for one in &people {
            let own = one.get("/api/v1/accounts/verify_credentials").await.ok();
            assert_eq!((&own["followers_count"], &own["following_count"]), (&json!(2), &json!(2)), "{}", one.username);
            let follows = one.notices().await.into_iter().filter(|(kind, _)| kind == "follow").count();
            assert_eq!(follows, 2);
        }
    }
}

on_both! {
    async fn posts_replies_boosts_likes_edits_and_deletions_cross_all_pairs(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let people = three_friends(&world).await;
        for author in &people {
            let text = format!("news of {}", author.username);
            let posted = author.says(&text).await;
            world.settle().await;
            for reader in people.iter().filter(|reader| reader.username != author.username) {
                let id = find_here(reader, &text).await;
                reader.post(&format!("/api/v1/statuses/{id}/favourite"), json!({})).await.ok();
                reader.post(&format!("/api/v1/statuses/{id}/reblog"), json!({})).await.ok();
                let answer = json!({ "status": format!("@{} well said, {}", author.handle(), reader.username), "in_reply_to_id": id });
                reader.post("/api/v1/statuses", answer).await.ok();
            }
            world.settle().await;
            let own = posted["id"].as_str().unwrap();
            let counted = author.get(&format!("/api/v1/statuses/{own}")).await.ok();
            for count in ["favourites_count", "reblogs_count", "replies_count"] {
                assert_eq!(counted[count], json!(2), "{count} of {text}");
            }
            let thread = author.get(&format!("/api/v1/statuses/{own}/context")).await.ok();
            assert_eq!(thread["descendants"].as_array().unwrap().len(), 2);
            for kind in ["favourite", "reblog", "mention"] {
                assert!(author.notices().await.iter().filter(|(found, _)| found == kind).count() >= 2, "{kind}");
            }
            world.clock.advance(SECOND);
            author.put(&format!("/api/v1/statuses/{own}"), json!({ "status": format!("{text}, corrected") })).await.ok();
            world.settle().await;
            for reader in people.iter().filter(|reader| reader.username != author.username) {
                let id = find_here(reader, &format!("{text}, corrected")).await;
                let history = reader.get(&format!("/api/v1/statuses/{id}/history")).await.ok();
                assert_eq!(history.as_array().unwrap().len(), 2, "{} sees both versions", reader.username);
            }
            author.delete(&format!("/api/v1/statuses/{own}")).await.ok();
            world.settle().await;
            for reader in &people {
                let home = reader.home_texts().await;
                assert!(!home.iter().any(|seen| seen.contains(&text)), "{} still sees it: {home:?}", reader.username);
            }
        }
    }
}

on_both! {
    async fn private_and_direct_posts_reach_only_whom_they_address(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, cat] = three_friends(&world).await;
        let dora = world.nodes[2].person("dora").await;
        ann.post("/api/v1/statuses", json!({ "status": "for followers", "visibility": "private" })).await.ok();
        ann.post("/api/v1/statuses", json!({ "status": format!("@{} psst", ben.handle()), "visibility": "direct" })).await.ok();
        world.settle().await;
        assert!(find_here(&ben, "for followers").await > String::new());
        assert!(find_here(&ben, "psst").await > String::new());
        let seen_by_cat = cat.home_texts().await;
        assert!(seen_by_cat.iter().any(|text| text.contains("for followers")), "{seen_by_cat:?}");
        assert!(!seen_by_cat.iter().any(|text| text.contains("psst")));
        let private = find_here(&cat, "for followers").await;
        assert_eq!(dora.get(&format!("/api/v1/statuses/{private}")).await.status, 404);
        assert_eq!(world.nodes[2].anybody().get(&format!("/api/v1/statuses/{private}")).await.status, 404);
    }
}

async fn act(person: &Person, deed: &str, other: &Person) {
    let id = person.finds("accounts", &other.handle()).await;
    person
        .post(&format!("/api/v1/accounts/{id}/{deed}"), json!({}))
        .await
        .ok();
}

async fn relationship(person: &Person, other: &Person) -> serde_json::Value {
    let id = person.finds("accounts", &other.handle()).await;
    let list = person
        .get(&format!("/api/v1/accounts/relationships?id[]={id}"))
        .await;
    list.ok()[0].clone()
}

on_both! {
    async fn unfollows_and_blocks_cross_all_pairs(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let people = three_friends(&world).await;
        for (one, other) in (0..3).flat_map(|one| (0..3).map(move |other| (one, other))).filter(|(one, other)| one != other) {
            let (one, other) = (&people[one], &people[other]);
            let pair = format!("{} and {}", one.username, other.username);
            act(one, "unfollow", other).await;
            world.settle().await;
            assert_eq!(relationship(other, one).await["followed_by"], json!(false), "{pair}");
            act(one, "follow", other).await;
            world.settle().await;
            assert_eq!(relationship(other, one).await["followed_by"], json!(true), "{pair}");
            act(one, "block", other).await;
            world.settle().await;
            let seen = relationship(other, one).await;
            for (field, expected) in [("blocked_by", true), ("following", false), ("followed_by", false)] {
                assert_eq!(seen[field], json!(expected), "{field} of {pair}");
            }
            act(one, "unblock", other).await;
            world.settle().await;
            act(one, "follow", other).await;
            act(other, "follow", one).await;
            world.settle().await;
            assert_eq!(relationship(other, one).await["followed_by"], json!(true), "{pair} again");
        }
    }
}

on_both! {
    async fn an_unfollow_and_a_block_end_what_crosses(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, cat] = three_friends(&world).await;
        let ann_at_ben = ben.finds("accounts", &ann.handle()).await;
        ben.post(&format!("/api/v1/accounts/{ann_at_ben}/unfollow"), json!({})).await.ok();
        let cat_at_ann = ann.finds("accounts", &cat.handle()).await;
        ann.post(&format!("/api/v1/accounts/{cat_at_ann}/block"), json!({})).await.ok();
        world.settle().await;
        ann.says("who reads this?").await;
        world.settle().await;
        for reader in [&ben, &cat] {
            let home = reader.home_texts().await;
            assert!(!home.iter().any(|text| text.contains("who reads this")), "{}: {home:?}", reader.username);
        }
        let own = ann.get("/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!((&own["followers_count"], &own["following_count"]), (&json!(0), &json!(1)));
        let ann_at_cat = cat.finds("accounts", &ann.handle()).await;
        let refused = cat.post(&format!("/api/v1/accounts/{ann_at_cat}/follow"), json!({})).await;
        assert_eq!(refused.status, 403, "{refused:?}");
    }
}

on_both! {
    async fn a_deleted_account_is_gone_everywhere(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, cat] = three_friends(&world).await;
        ann.says("my last post").await;
        world.settle().await;
        let mut known = Vec::new();
        for reader in [&ben, &cat] {
            known.push((reader, reader.finds("accounts", &ann.handle()).await, find_here(reader, "my last post").await));
        }
        delete_account(&world.nodes[0].node, ann.id.expect("an id")).await.expect("it is there");
        world.settle().await;
        for (reader, account, status) in known {
            assert_eq!(reader.get(&format!("/api/v1/accounts/{account}")).await.status, 404, "{}", reader.username);
            assert_eq!(reader.get(&format!("/api/v1/statuses/{status}")).await.status, 404, "{}", reader.username);
        }
        assert_eq!(world.nodes[0].anybody().get("/users/ann").await.status, 410);
    }
}

on_both! {
    async fn a_changed_profile_and_a_picture_cross(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [ann, ben, _] = three_friends(&world).await;
        let change = json!({ "display_name": "Ann of Alpha", "note": "I watch birds.", "fields_attributes": [{ "name": "Bird", "value": "Whimbrel" }] });
        let request = ann.request(reqwest::Method::PATCH, "/api/v1/accounts/update_credentials");
        let changed = request.header("Content-Type", "application/json").body(change.to_string()).send().await.unwrap();
        assert_eq!(changed.status().as_u16(), 200);
        world.settle().await;
        let id = ben.finds("accounts", &ann.handle()).await;
        let seen = ben.get(&format!("/api/v1/accounts/{id}")).await.ok();
        assert_eq!(seen["display_name"], json!("Ann of Alpha"));
        assert_eq!(seen["fields"][0]["name"], json!("Bird"));
        assert!(seen["note"].as_str().unwrap().contains("I watch birds."));
    }
}
