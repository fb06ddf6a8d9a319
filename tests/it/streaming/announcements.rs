//! Announcements: who reads them, who hears of them, and how long they are shown.

use serde_json::{Value, json};
use whimbrel::clock::{DAY, HOUR};
use whimbrel::id::AnnouncementId;
use whimbrel::social::announcements::{self, Draft};
use whimbrel::social::moderation::staff::Staff;

use super::tools::{id, node, token};
use crate::support::databases::{NOON, on_both};
use crate::support::listeners::{Listener, Socket};
use crate::support::nodes::TestNode;
use crate::support::people::Person;

fn saying(text: &str) -> Draft {
    Draft {
        text: text.to_owned(),
        ..Draft::default()
    }
}

async fn announce(node: &TestNode, draft: Draft) -> AnnouncementId {
    let made = announcements::create(&node.node, Staff::operator(), draft, true).await;
    made.expect("it is fine").id
}

async fn shown(who: &Person, path: &str) -> Vec<Value> {
    let list = who.get(path).await.ok();
    list.as_array().expect("a list").clone()
}

on_both! {
    async fn streams_hear_of_announcements_also_after_they_broke_off(engine) {
        let mut node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        let key = token(&node, &ben, "read").await;
        let mut home = Listener::open(&node, &key, "user").await;
        let post = ann.says("worth a look").await;
        let text = format!("Hear, @ann, of #birds: {}", post["url"].as_str().expect("a page"));
        let told = announce(&node, saying(&text)).await;
        let heard = home.next().await;
        assert_eq!(heard.event, "announcement");
        let news = &heard.payload;
        assert_eq!(news["id"], told.to_string());
        assert_eq!(news["mentions"][0]["acct"], "ann");
        assert_eq!(news["tags"][0]["name"], "birds");
        assert_eq!(news["statuses"][0]["id"], post["id"]);
        assert!(news["read"].is_null() && news["published_at"].is_string());
        drop(home);
        let thumb = "%F0%9F%91%8D";
        let path = format!("/api/v1/announcements/{told}/reactions/{thumb}");
        ann.put(&path, json!({})).await.ok();
        announcements::update(&node.node, Staff::operator(), told, saying("Changed")).await.expect("it is fine");
        ann.delete(&path).await.ok();
        announcements::withdraw(&node.node, Staff::operator(), told).await.expect("it is there");
        // The node itself is started anew in between.
        node.mend().await;
        let mut home = Listener::resume(&node, &key, "user", Some(&heard.id)).await;
        let mut events = Vec::new();
        for _ in 0..3 {
            events.push(home.next().await);
        }
        let names: Vec<&str> = events.iter().map(|told| told.event.as_str()).collect();
        // What changed is not shown any more by now.
        assert_eq!(names, ["announcement.reaction", "announcement.reaction", "announcement.delete"]);
        assert_eq!(events[0].payload, json!({"name": "\u{1f44d}", "count": 0, "announcement_id": told.to_string()}));
        assert_eq!(events[2].payload.to_string(), told.to_string());
        let mut socket = Socket::open(&node, &key, "?stream=user").await;
        announcements::publish(&node.node, Staff::operator(), told).await.expect("it is there");
        let again = socket.next().await;
        assert_eq!((again.event.as_str(), again.payload["content"].as_str()), ("announcement", Some("<p>Changed</p>")));
        ann.put(&path, json!({})).await.ok();
        assert_eq!(socket.next().await.payload["count"], 1);
    }
}

on_both! {
    async fn people_read_and_react_within_limits(engine) {
        let node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        let first = announce(&node, saying("first")).await;
        let second = announce(&node, saying("second")).await;
        announcements::create(&node.node, Staff::operator(), saying("kept"), false).await.expect("it is fine");
        let list = shown(&ann, "/api/v1/announcements").await;
        assert_eq!(list.iter().map(id).collect::<Vec<_>>(), [first.to_string(), second.to_string()]);
        assert_eq!((&list[0]["read"], &list[0]["reactions"]), (&json!(false), &json!([])));
        ann.post(&format!("/api/v1/announcements/{first}/dismiss"), json!({})).await.ok();
        assert_eq!(shown(&ann, "/api/v1/announcements").await.len(), 1);
        let all = shown(&ann, "/api/v1/announcements?with_dismissed=true").await;
        assert_eq!((&all[0]["read"], &all[1]["read"]), (&json!(true), &json!(false)));
        assert_eq!(shown(&ben, "/api/v1/announcements").await.len(), 2);
        let react = async |who: &Person, name: &str| {
            let path = format!("/api/v1/announcements/{second}/reactions/{name}");
            who.put(&path, json!({})).await.status
        };
        for code in 0..8 {
            assert_eq!(react(&ann, &format!("%F0%9F%90%{:X}", 0x80 + code)).await, 200, "{code}");
        }
        assert_eq!(react(&ann, "%F0%9F%90%88").await, 422, "a ninth");
        assert_eq!(react(&ben, "%F0%9F%90%81").await, 200, "one of the eight");
        assert_eq!(react(&ben, "%F0%9F%90%81").await, 200, "twice is once");
        for wrong in ["nothing", "a", "%F0%9F%90%81x", ":cup:"] {
            assert_eq!(react(&ben, wrong).await, 422, "{wrong}");
        }
        let reactions = &shown(&ben, "/api/v1/announcements").await[1]["reactions"];
        assert_eq!(reactions.as_array().map(Vec::len), Some(8));
        assert_eq!(reactions[0], json!({"name": "\u{1f400}", "count": 1, "me": false}));
        assert_eq!(reactions[1], json!({"name": "\u{1f401}", "count": 2, "me": true}));
        assert_eq!(ben.put("/api/v1/announcements/1/reactions/%F0%9F%90%81", json!({})).await.status, 404);
        assert_eq!(ben.post("/api/v1/announcements/1/dismiss", json!({})).await.status, 404);
        assert_eq!(node.anybody().get("/api/v1/announcements").await.status, 401);
    }
}

on_both! {
    async fn the_schedule_shows_and_hides(engine) {
        let node = node(engine).await;
        let ann = node.person("ann").await;
        let later = Draft { scheduled_at: Some(NOON + HOUR), ..saying("later") };
        announcements::create(&node.node, Staff::operator(), later, false).await.expect("it is fine");
        announce(&node, Draft { ends_at: Some(NOON + HOUR), ..saying("an hour") }).await;
        announce(&node, Draft { ends_at: Some(NOON), all_day: true, ..saying("today") }).await;
        let texts = async || -> Vec<String> {
            let list = shown(&ann, "/api/v1/announcements").await;
            list.iter().map(|one| one["content"].as_str().expect("a text").to_owned()).collect()
        };
        assert_eq!(announcements::run_due(&node.node).await, Ok(0));
        assert_eq!(texts().await, ["<p>an hour</p>", "<p>today</p>"]);
        node.node.clock.advance(HOUR);
        assert_eq!(announcements::run_due(&node.node).await, Ok(2));
        assert_eq!(texts().await, ["<p>today</p>", "<p>later</p>"]);
        node.node.clock.advance(DAY);
        assert_eq!(announcements::run_due(&node.node).await, Ok(1));
        assert_eq!(announcements::run_due(&node.node).await, Ok(0), "once");
        assert_eq!(texts().await, ["<p>later</p>"]);
        for wrong in [
            saying("  "),
            saying(&"x".repeat(announcements::MAX_TEXT + 1)),
            Draft { ends_at: Some(NOON), ..saying("over") },
            Draft { starts_at: Some(NOON + 3 * DAY), ends_at: Some(NOON + 2 * DAY), ..saying("backwards") },
            Draft { all_day: true, ..saying("for ever") },
        ] {
            let refused = announcements::create(&node.node, Staff::operator(), wrong.clone(), true).await;
            assert!(refused.is_err(), "{wrong:?}");
        }
    }
}
