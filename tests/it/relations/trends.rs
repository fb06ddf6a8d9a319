//! What trends: counted by the schedule, shown when the staff has let it pass, and weaker with time.

use serde_json::{Value, json};
use whimbrel::clock::{Clock, DAY, HOUR};
use whimbrel::social::moderation::accounts::{self, Action};
use whimbrel::social::moderation::staff::Staff;
use whimbrel::social::{tokens, trends, users};
use whimbrel::store::{Engine, Role, WarningAction};

use super::tools::{id, texts};
use crate::support::databases::{NOON, on_both};
use crate::support::nodes::TestNode;
use crate::support::people::Person;

async fn start(engine: Engine, requires_review: bool) -> TestNode {
    TestNode::start_with(engine, "alpha", &Clock::stepped(NOON), |config| {
        config.trends.requires_review = requires_review;
        config.trends.tag_accounts = 2;
        config.trends.status_reactions = 2;
    })
    .await
}

/// People who want to be found.
async fn people(node: &TestNode, names: &[&str]) -> Vec<Person> {
    let mut people = Vec::new();
    for name in names {
        let person = node.person(name).await;
        let path = "/api/v1/accounts/update_credentials";
        person.put(path, json!({ "discoverable": true })).await.ok();
        people.push(person);
    }
    people
}

async fn like(who: &Person, status: &Value, verb: &str) {
    let path = format!("/api/v1/statuses/{}/{verb}", id(status));
    who.post(&path, json!({})).await.ok();
}

/// The names of the hashtags of a list.
async fn names(who: &Person, path: &str) -> Vec<String> {
    let page = who.get(path).await.ok();
    let name = |tag: &Value| tag["name"].as_str().expect("a name").to_owned();
    page.as_array().expect("a list").iter().map(name).collect()
}

async fn refresh(node: &TestNode) {
    trends::refresh(&node.node).await.expect("a database");
}

on_both! {
    async fn hashtags_trend_by_people_and_wear_off(engine) {
        let node = start(engine, false).await;
        let crowd = people(&node, &["ann", "ben", "cat"]).await;
        for person in &crowd {
            person.says("at sea #Waves").await;
            person.says("at sea again #waves").await;
        }
        for person in crowd.iter().take(2) {
            person.says("#tea").await;
        }
        for _ in 0..5 {
            crowd[0].says("alone #me").await;
        }
        let path = "/api/v1/trends/tags";
        assert_eq!(names(&crowd[0], path).await, [""; 0], "nothing is counted for a request");
        refresh(&node).await;
        assert_eq!(names(&crowd[0], path).await, ["waves", "tea"]);
        assert_eq!(names(&crowd[0], "/api/v1/trends?limit=1&offset=1").await, ["tea"]);
        let page = crowd[0].get(path).await.ok();
        let today = &page[0]["history"][0];
        assert_eq!((&today["uses"], &today["accounts"]), (&json!("6"), &json!("3")));
        // The weaker one is gone sooner.
        node.node.clock.advance(DAY - NOON % DAY + 6 * HOUR);
        refresh(&node).await;
        assert_eq!(names(&crowd[0], path).await, [""; 0]);
        crowd[0].says("#waves").await;
        crowd[1].says("#waves").await;
        refresh(&node).await;
        assert_eq!(names(&crowd[0], path).await, [""; 0], "fewer people than the day before");
    }
}

on_both! {
    async fn posts_trend_one_of_each_author(engine) {
        let node = start(engine, false).await;
        let crowd = people(&node, &["ann", "ben", "cat", "dan"]).await;
        let shy = node.person("shy").await;
        let strong = crowd[0].says("strong").await;
        let weak = crowd[0].says("weak").await;
        let other = crowd[1].says("other").await;
        let hidden = shy.says("I do not want to be found").await;
        let covered = json!({ "status": "covered", "spoiler_text": "cover" });
        let covered = crowd[2].post("/api/v1/statuses", covered).await.ok();
        for reader in &crowd {
            like(reader, &strong, "favourite").await;
            like(reader, &hidden, "favourite").await;
            like(reader, &covered, "favourite").await;
        }
        for reader in crowd.iter().skip(2) {
            like(reader, &strong, "reblog").await;
            like(reader, &weak, "favourite").await;
            like(reader, &other, "favourite").await;
            like(reader, &other, "reblog").await;
        }
        refresh(&node).await;
        let path = "/api/v1/trends/statuses";
        assert_eq!(texts(&crowd[3], path).await, ["strong", "other"]);
        assert_eq!(texts(&node.anybody(), path).await, ["strong", "other"]);
        let block = format!("/api/v1/accounts/{}/block", crowd[0].id.expect("an id"));
        crowd[3].post(&block, json!({})).await.ok();
        assert_eq!(texts(&crowd[3], path).await, ["other"], "nobody sees whom they block");
        crowd[1].delete(&format!("/api/v1/statuses/{}", id(&other))).await.ok();
        assert_eq!(texts(&crowd[3], path).await, [""; 0]);
        node.node.clock.advance(2 * DAY);
        refresh(&node).await;
        assert_eq!(texts(&node.anybody(), path).await, [""; 0], "old");
    }
}

on_both! {
    async fn nothing_is_shown_that_nobody_let_pass(engine) {
        let node = start(engine, true).await;
        let crowd = people(&node, &["ann", "ben", "cat"]).await;
        let post = crowd[0].says("#waves").await;
        crowd[1].says("#waves").await;
        for reader in &crowd {
            like(reader, &post, "favourite").await;
        }
        refresh(&node).await;
        let (tags, statuses) = ("/api/v1/trends/tags", "/api/v1/trends/statuses");
        assert_eq!(names(&crowd[2], tags).await, [""; 0]);
        assert_eq!(texts(&crowd[2], statuses).await, [""; 0]);
        let mia = node.person("mia").await;
        let mia_id = mia.id.expect("an id");
        let issued = tokens::create_for(&node.node, mia_id, "tests", "read write admin:read admin:write").await;
        let mia = mia.with_token(issued.expect("a token").secret.expose().to_owned());
        let waiting = "/api/v1/admin/trends/tags";
        assert_eq!(mia.get(waiting).await.status, 403, "not of the staff");
        users::set_role(&node.node, mia_id, Role::Moderator).await.expect("a role");
        let shown = mia.get(waiting).await.ok();
        assert_eq!((&shown[0]["name"], &shown[0]["requires_review"], &shown[0]["trendable"]), (&json!("waves"), &json!(true), &json!(false)));
        let tag = id(&shown[0]).to_owned();
        let passed = mia.post(&format!("{waiting}/{tag}/approve"), json!({})).await.ok();
        assert_eq!((&passed["requires_review"], &passed["trendable"]), (&json!(false), &json!(true)));
        assert_eq!(names(&crowd[2], tags).await, ["waves"]);
        let shown = mia.get("/api/v1/admin/trends/statuses").await.ok();
        assert_eq!((id(&shown[0]), &shown[0]["requires_review"]), (id(&post), &json!(true)));
        let path = format!("/api/v1/admin/trends/statuses/{}", id(&post));
        mia.post(&format!("{path}/approve"), json!({})).await.ok();
        assert_eq!(texts(&crowd[2], statuses).await, ["#waves"]);
        // What was decided outlives the next count.
        refresh(&node).await;
        assert_eq!(texts(&crowd[2], statuses).await, ["#waves"]);
        mia.post(&format!("{path}/reject"), json!({})).await.ok();
        mia.post(&format!("{waiting}/{tag}/reject"), json!({})).await.ok();
        refresh(&node).await;
        assert_eq!(names(&crowd[2], tags).await, [""; 0]);
        assert_eq!(texts(&crowd[2], statuses).await, [""; 0]);
        // Searches and posts heed what was decided too.
        let one = format!("/api/v1/admin/tags/{tag}");
        let body = json!({ "usable": false, "listable": false });
        let changed = mia.put(&one, body).await.ok();
        assert_eq!((&changed["usable"], &changed["listable"]), (&json!(false), &json!(false)));
        assert_eq!(mia.get("/api/v1/admin/tags").await.ok()[0]["name"], "waves");
        assert_eq!(crowd[0].says("again #waves").await["tags"], json!([]));
        assert_eq!(crowd[0].get("/api/v2/search?q=wav").await.ok()["hashtags"], json!([]));
        assert_eq!(mia.get("/api/v1/admin/tags/999").await.status, 404);
        let deeds = mia.get("/api/whimbrel/v1/audits").await.ok();
        let deeds: Vec<(&Value, &Value)> = deeds.as_array().expect("a list").iter().map(|deed| (&deed["action"], &deed["target"])).collect();
        let (tag, address) = (json!("#waves"), &post["uri"]);
        let (on_tags, on_posts) = (json!("review_tag"), json!("review_status"));
        let expected = [(&on_tags, &tag), (&on_tags, &tag), (&on_posts, address), (&on_posts, address), (&on_tags, &tag)];
        assert_eq!(deeds, expected, "the newest first");
    }
}

on_both! {
    async fn what_limited_people_do_does_not_trend(engine) {
        let node = start(engine, false).await;
        let crowd = people(&node, &["ann", "ben", "cat"]).await;
        let post = crowd[0].says("by ann #waves").await;
        crowd[1].says("#waves").await;
        for reader in &crowd {
            like(reader, &post, "favourite").await;
        }
        refresh(&node).await;
        let (tags, statuses) = ("/api/v1/trends/tags", "/api/v1/trends/statuses");
        assert_eq!(names(&crowd[2], tags).await, ["waves"]);
        assert_eq!(texts(&crowd[2], statuses).await, ["by ann #waves"]);
        let ann = crowd[0].id.expect("an id");
        crowd[2].post(&format!("/api/v1/accounts/{ann}/follow"), json!({})).await.ok();
        let action = Action { kind: WarningAction::Silence, text: String::new(), report: None };
        accounts::act(&node.node, Staff::operator(), ann, action).await.expect("they are there");
        assert_eq!(texts(&crowd[2], statuses).await, [""; 0], "at once, also to those who follow");
        // What trended wears off; it is not counted anew.
        node.node.clock.advance(12 * HOUR);
        refresh(&node).await;
        assert_eq!(names(&crowd[2], tags).await, [""; 0]);
        crowd[0].says("again #waves").await;
        crowd[1].says("again #waves").await;
        refresh(&node).await;
        assert_eq!(names(&crowd[2], tags).await, [""; 0], "one person who counts is too few");
        crowd[2].says("again #waves").await;
        refresh(&node).await;
        assert_eq!(names(&crowd[2], tags).await, ["waves"]);
        assert_eq!(texts(&crowd[2], statuses).await, [""; 0]);
    }
}
