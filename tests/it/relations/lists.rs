//! Lists: who is on them, what they show, and what the home timeline does without.

use serde_json::{Value, json};
use whimbrel::clock::Clock;

use super::tools::{answer, id, names, node, refused, relate, texts, token};
use crate::support::databases::{NOON, on_both};
use crate::support::listeners::{Frame, Listener, Socket};
use crate::support::networks::Fediverse;
use crate::support::nodes::TestNode;
use crate::support::people::Person;

const LISTS: &str = "/api/v1/lists";

/// Makes a list; gives its address.
async fn list_of(who: &Person, body: Value) -> String {
    let made = who.post(LISTS, body).await.ok();
    format!("{LISTS}/{}", id(&made))
}

/// Puts somebody on a list.
async fn add(who: &Person, list: &str, whom: &Person) {
    let body = json!({ "account_ids": [whom.id.expect("an id").to_string()] });
    who.post(&format!("{list}/accounts"), body).await.ok();
}

/// Takes somebody off a list.
async fn remove(who: &Person, list: &str, whom: &Person) {
    let path = format!("{list}/accounts?account_ids[]={}", whom.id.expect("an id"));
    assert_eq!(who.delete(&path).await.ok(), json!({}));
}

fn timeline(list: &str) -> String {
    list.replace("/lists/", "/timelines/list/")
}

on_both! {
    async fn a_list_is_made_changed_and_removed_by_its_owner_alone(engine) {
        let node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        for (body, says) in [
            (json!({}), "blank"),
            (json!({ "title": "  " }), "blank"),
            (json!({ "title": "x".repeat(257) }), "too long"),
            (json!({ "title": "x", "replies_policy": "some" }), "Replies policy"),
        ] {
            let answer = ann.post(LISTS, body).await;
            assert!(refused(&answer, 422).contains(says), "{says}");
        }
        let path = list_of(&ann, json!({ "title": "Birds" })).await;
        let made = ann.get(&path).await.ok();
        let number = made["id"].clone();
        let expected = json!({ "id": number, "title": "Birds", "replies_policy": "list", "exclusive": false });
        assert_eq!(made, expected);
        // What is not named stays.
        let changed = ann.put(&path, json!({ "replies_policy": "none", "exclusive": "1" })).await.ok();
        let expected = json!({ "id": number, "title": "Birds", "replies_policy": "none", "exclusive": true });
        assert_eq!(changed, expected);
        assert_eq!(ann.get(LISTS).await.ok(), json!([expected]));
        assert_eq!(ben.get(LISTS).await.ok(), json!([]));
        for path in [path.clone(), format!("{path}/accounts"), timeline(&path)] {
            assert_eq!(ben.get(&path).await.status, 404, "{path}");
        }
        assert_eq!(ben.put(&path, json!({ "title": "Mine" })).await.status, 404);
        assert_eq!(ben.delete(&path).await.status, 404);
        assert_eq!(ann.delete(&path).await.ok(), json!({}));
        assert_eq!(ann.get(&path).await.status, 404);
    }
}

on_both! {
    async fn members_are_followed_and_leave_with_the_follow(engine) {
        let clock = Clock::stepped(NOON);
        let node = TestNode::start_with(engine, "alpha", &clock, |config| {
            config.limits.lists_per_account = 2;
            config.limits.accounts_per_list = 3;
        }).await;
        let ann = node.person("ann").await;
        let mut others = Vec::new();
        for name in ["ben", "cat", "dan", "eve"] {
            let other = node.person(name).await;
            relate(&ann, "follow", &other).await;
            others.push(other);
        }
        let [ben, cat, dan, eve] = &others[..] else { panic!("four") };
        let list = list_of(&ann, json!({ "title": "One" })).await;
        let other = list_of(&ann, json!({ "title": "Two" })).await;
        let third = ann.post(LISTS, json!({ "title": "Three" })).await;
        assert!(refused(&third, 422).contains("You have 2 lists"));
        let accounts = format!("{list}/accounts");
        for other in [ben, cat, dan] {
            clock.advance(1);
            add(&ann, &list, other).await;
        }
        add(&ann, &other, ben).await;
        let put = |who: &Person| json!({ "account_ids": [who.id.unwrap().to_string()] });
        assert!(refused(&ann.post(&accounts, put(eve)).await, 422).contains("3 accounts"));
        assert!(refused(&ann.post(&accounts, put(ben)).await, 422).contains("already"));
        remove(&ann, &list, dan).await;
        remove(&ann, &list, dan).await;
        let stranger = node.person("fay").await;
        let both = json!({ "account_ids": [eve.id.unwrap().to_string(), stranger.id.unwrap().to_string()] });
        assert!(refused(&ann.post(&accounts, both).await, 422).contains("follow"));
        assert_eq!(ann.post(&accounts, json!({ "account_ids": ["1"] })).await.status, 404);
        // Nobody was added with the one who could not be.
        assert_eq!(names(&ann, &accounts).await, ["cat", "ben"]);
        assert_eq!(names(&ann, &format!("{accounts}?limit=1")).await, ["cat"]);
        assert_eq!(names(&ann, &format!("{accounts}?limit=0")).await, ["cat", "ben"]);
        let holding = ann.get(&format!("/api/v1/accounts/{}/lists", ben.id.unwrap())).await.ok();
        assert_eq!(holding.as_array().unwrap().len(), 2);
        assert_eq!(cat.get(&format!("/api/v1/accounts/{}/lists", ben.id.unwrap())).await.ok(), json!([]));
        relate(&ann, "unfollow", ben).await;
        assert_eq!(names(&ann, &accounts).await, ["cat"]);
        assert_eq!(names(&ann, &format!("{other}/accounts")).await, [""; 0]);
        relate(cat, "block", &ann).await;
        assert_eq!(names(&ann, &accounts).await, [""; 0]);
    }
}

on_both! {
    async fn a_list_shows_its_members_and_their_answers_as_its_policy_says(engine) {
        let node = node(engine).await;
        let ann = node.person("ann").await;
        let (ben, cat, dan, eve) = (
            node.person("ben").await, node.person("cat").await, node.person("dan").await, node.person("eve").await,
        );
        for other in [&ben, &cat, &dan] {
            relate(&ann, "follow", other).await;
        }
        let before = ben.says("before").await;
        let mut lists = Vec::new();
        for policy in ["followed", "list", "none"] {
            let list = list_of(&ann, json!({ "title": policy, "replies_policy": policy })).await;
            add(&ann, &list, &ben).await;
            add(&ann, &list, &cat).await;
            // What they posted lately is there at once.
            assert_eq!(texts(&ann, &timeline(&list)).await, ["before"], "{policy}");
            lists.push(timeline(&list));
        }
        let (own, by_cat, by_dan, by_eve) =
            (ann.says("own").await, cat.says("cat").await, dan.says("dan").await, eve.says("eve").await);
        answer(&ben, &before, "to oneself").await;
        answer(&ben, &own, "to the owner").await;
        answer(&ben, &by_cat, "to a member").await;
        answer(&ben, &by_dan, "to a followed one").await;
        answer(&ben, &by_eve, "to a stranger").await;
        ben.post(&format!("/api/v1/statuses/{}/reblog", id(&by_eve)), json!({})).await.ok();
        let common = ["to the owner", "to oneself", "cat", "before"];
        for (list, more) in lists.iter().zip([
            &["eve", "to a followed one", "to a member"][..], &["eve", "to a member"], &["eve"],
        ]) {
            let expected: Vec<&str> = more.iter().chain(&common).copied().collect();
            assert_eq!(texts(&ann, list).await, expected, "{list}");
        }
        let page = texts(&ann, &format!("{}?limit=2&max_id={}", lists[0], id(&by_dan))).await;
        assert_eq!(page, ["cat", "before"]);
        relate(&ann, "mute", &ben).await;
        assert_eq!(texts(&ann, &lists[2]).await, ["cat"]);
    }
}

on_both! {
    async fn an_exclusive_list_takes_its_members_out_of_the_home_timeline(engine) {
        let node = node(engine).await;
        let (ann, ben, cat) = (node.person("ann").await, node.person("ben").await, node.person("cat").await);
        for other in [&ben, &cat] {
            relate(&ann, "follow", other).await;
        }
        ben.says("first").await;
        let list = list_of(&ann, json!({ "title": "Loud", "exclusive": true })).await;
        add(&ann, &list, &ben).await;
        assert_eq!(ann.home_texts().await, [""; 0]);
        ben.says("second").await;
        cat.says("quiet").await;
        ann.says("mine").await;
        assert_eq!(ann.home_texts().await, ["mine", "quiet"]);
        assert_eq!(texts(&ann, &timeline(&list)).await, ["second", "first"]);
        // What comes back is there, in its place.
        let all = ["mine", "quiet", "second", "first"];
        ann.put(&list, json!({ "exclusive": false })).await.ok();
        assert_eq!(ann.home_texts().await, all);
        ann.put(&list, json!({ "exclusive": true })).await.ok();
        assert_eq!(ann.home_texts().await, ["mine", "quiet"]);
        remove(&ann, &list, &ben).await;
        assert_eq!(ann.home_texts().await, all);
        add(&ann, &list, &ben).await;
        let other = list_of(&ann, json!({ "title": "Also loud", "exclusive": true })).await;
        add(&ann, &other, &ben).await;
        ann.delete(&list).await.ok();
        assert_eq!(ann.home_texts().await, ["mine", "quiet"]);
        ann.delete(&other).await.ok();
        assert_eq!(ann.home_texts().await, all);
    }
}

on_both! {
    async fn a_stream_of_a_list_tells_its_owner_what_the_list_shows(engine) {
        let node = node(engine).await;
        let (ann, ben, cat) = (node.person("ann").await, node.person("ben").await, node.person("cat").await);
        for other in [&ben, &cat] {
            relate(&ann, "follow", other).await;
        }
        let list = list_of(&ann, json!({ "title": "Few", "replies_policy": "none" })).await;
        add(&ann, &list, &ben).await;
        let number = list.rsplit('/').next().unwrap().to_owned();
        let (mine, theirs) = (token(&node, &ann).await, token(&node, &cat).await);
        let path = format!("list?list={number}");
        for (token, path, status) in [
            (&theirs, path.as_str(), 404), (&mine, "list?list=7", 404), (&mine, "list", 400), (&mine, "list?list=x", 400),
        ] {
            let asked = Listener::ask(&node, token, path, None).await;
            assert_eq!(asked.status().as_u16(), status, "{path}");
        }
        let mut events = Listener::open(&node, &mine, &path).await;
        let mut socket = Socket::open(&node, &mine, "").await;
        socket.say(&json!({ "type": "subscribe", "stream": "list", "list": "7" })).await;
        let no_list = json!({ "error": "Record not found", "status": 404 });
        assert_eq!(socket.frame().await, Frame::Text(no_list));
        socket.say(&json!({ "type": "subscribe", "stream": "list", "list": number })).await;
        socket.sync().await;
        let by_cat = cat.says("not on the list").await;
        answer(&ben, &by_cat, "an answer").await;
        let first = ben.says("first").await;
        assert_eq!(events.next().await.line(), "update first");
        let told = socket.next().await;
        assert_eq!((told.line(), &told.stream), ("update first".to_owned(), &json!(["list", number])));
        ben.put(&format!("/api/v1/statuses/{}", id(&first)), json!({ "status": "second" })).await.ok();
        assert_eq!(events.next().await.line(), "status.update second");
        ben.delete(&format!("/api/v1/statuses/{}", id(&first))).await.ok();
        let told = events.next().await;
        assert_eq!((told.event.as_str(), told.payload.to_string()), ("delete", id(&first).to_owned()));
        remove(&ann, &list, &ben).await;
        ben.says("unheard").await;
        add(&ann, &list, &cat).await;
        cat.says("heard").await;
        assert_eq!(events.next().await.line(), "update heard");
    }
}

on_both! {
    async fn somebody_elsewhere_is_on_a_list_like_anybody_else(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let (ann, zoe) = (world.nodes[0].person("ann").await, world.nodes[1].person("zoe").await);
        let zoe_here = ann.follows(&zoe).await;
        // A request is enough to be on a list.
        let list = list_of(&ann, json!({ "title": "Far" })).await;
        ann.post(&format!("{list}/accounts"), json!({ "account_ids": [zoe_here] })).await.ok();
        world.settle().await;
        zoe.says("from afar").await;
        world.settle().await;
        assert_eq!(texts(&ann, &timeline(&list)).await, ["from afar"]);
        // She ends the follow.
        let ann_there = zoe.finds("accounts", &ann.handle()).await;
        zoe.post(&format!("/api/v1/accounts/{ann_there}/remove_from_followers"), json!({})).await.ok();
        world.settle().await;
        assert_eq!(names(&ann, &format!("{list}/accounts")).await, [""; 0]);
        assert_eq!(texts(&ann, &timeline(&list)).await, [""; 0]);
    }
}
