//! Links that trend: counted by the schedule, with a preview, once the staff has let them or their publisher pass.

use serde_json::{Value, json};
use whimbrel::clock::{Clock, DAY, HOUR};
use whimbrel::social::{tokens, trends, users};
use whimbrel::store::{Engine, Role};
use whimbrel::worker::tidy;

use super::tools::texts;
use crate::support::databases::{NOON, on_both};
use crate::support::nodes::TestNode;
use crate::support::pages::Pages;
use crate::support::people::Person;

const LINKS: &str = "/api/v1/trends/links";
const STAFF: &str = "/api/v1/admin/trends/links";

/// A node, a site with a page, and three people who want to be found.
async fn start(engine: Engine, requires_review: bool) -> (TestNode, Pages, Vec<Person>) {
    let node = TestNode::start_with(engine, "alpha", &Clock::stepped(NOON), |config| {
        config.trends.requires_review = requires_review;
        config.trends.link_accounts = 2;
        config.media.link_previews = true;
    })
    .await;
    let pages = Pages::start().await;
    let page = "<title>Birds</title><meta property=og:description content='Seven notes.'>";
    pages.show("/birds", "text/html", page);
    let mut people = Vec::new();
    for name in ["ann", "ben", "cat"] {
        let person = node.person(name).await;
        let path = "/api/v1/accounts/update_credentials";
        person.put(path, json!({ "discoverable": true })).await.ok();
        people.push(person);
    }
    (node, pages, people)
}

/// Counts what trends, and fetches the previews that were wished for while it was counted.
async fn refresh(node: &TestNode) {
    trends::refresh(&node.node).await.expect("a database");
    node.settle().await;
}

async fn links(who: &Person) -> Vec<Value> {
    who.get(LINKS)
        .await
        .ok()
        .as_array()
        .expect("a list")
        .clone()
}

fn timeline(link: &str) -> String {
    let link = link
        .replace(':', "%3A")
        .replace('/', "%2F")
        .replace('#', "%23");
    format!("/api/v1/timelines/link?url={link}")
}

on_both! {
    async fn what_more_people_link_to_trends_with_its_preview(engine) {
        let (node, pages, crowd) = start(engine, false).await;
        let (birds, gone) = (pages.at("/birds"), pages.at("/gone"));
        for person in &crowd {
            person.says(&format!("look {birds}#top")).await;
            person.says(&format!("nothing is there: {gone}")).await;
        }
        let quiet = json!({ "status": format!("quietly {birds}"), "visibility": "unlisted" });
        crowd[0].post("/api/v1/statuses", quiet).await.ok();
        for _ in 0..3 {
            crowd[0].says(&format!("me alone {}", pages.at("/mine"))).await;
        }
        assert_eq!(crowd[0].get(&timeline(&birds)).await.status, 404, "nothing is counted yet");
        refresh(&node).await;
        assert_eq!(links(&crowd[0]).await, [Value::Null; 0], "its preview is only being fetched");
        refresh(&node).await;
        let found = links(&node.anybody()).await;
        assert_eq!(found.len(), 1, "{found:?}");
        let (link, today) = (&found[0], &found[0]["history"][0]);
        assert_eq!((&link["url"], &link["title"]), (&json!(birds), &json!("Birds")));
        assert_eq!((&today["uses"], &today["accounts"]), (&json!("3"), &json!("3")));
        assert_eq!(link["history"].as_array().expect("a list").len(), 7);
        let shy = json!({ "discoverable": false });
        crowd[1].put("/api/v1/accounts/update_credentials", shy).await.ok();
        let look = format!("look {birds}#top");
        let with_fragment = timeline(&format!("{birds}#end"));
        assert_eq!(texts(&crowd[0], &with_fragment).await, [look.clone(), look.clone()], "of those who want to be found");
        let first = node.anybody().get(&format!("{}&limit=2", timeline(&birds))).await.ok();
        let older = format!("{}&max_id={}", timeline(&birds), first[0]["id"].as_str().expect("an id"));
        assert_eq!(texts(&node.anybody(), &older).await.len(), 1);
        let block = format!("/api/v1/accounts/{}/block", crowd[2].id.expect("an id"));
        crowd[0].post(&block, json!({})).await.ok();
        assert_eq!(texts(&crowd[0], &timeline(&birds)).await, [look]);
        assert_eq!(crowd[0].get(&timeline(&gone)).await.status, 404);
        // What nobody links to any more wears off, and in the end its row goes as well.
        node.node.clock.advance(DAY + 20 * HOUR);
        refresh(&node).await;
        assert_eq!(links(&crowd[0]).await, [Value::Null; 0]);
        node.node.clock.advance(31 * DAY);
        assert_eq!(tidy(&node.node).await.expect("a database").link_uses, 9);
    }
}

on_both! {
    async fn links_and_publishers_wait_for_the_staff(engine) {
        let (node, pages, crowd) = start(engine, true).await;
        let birds = pages.at("/birds");
        for person in &crowd {
            person.says(&format!("look {birds}")).await;
        }
        refresh(&node).await;
        refresh(&node).await;
        assert_eq!(links(&crowd[0]).await, [Value::Null; 0], "nobody let it pass");
        let mia = node.person("mia").await;
        let mia_id = mia.id.expect("an id");
        let issued = tokens::create_for(&node.node, mia_id, "tests", "read write admin:read admin:write").await;
        let mia = mia.with_token(issued.expect("a token").secret.expose().to_owned());
        let hosts = format!("{STAFF}/publishers");
        for path in [STAFF, &hosts] {
            assert_eq!(mia.get(path).await.status, 403, "not of the staff");
        }
        users::set_role(&node.node, mia_id, Role::Moderator).await.expect("a role");
        let shown = mia.get(STAFF).await.ok();
        assert_eq!((&shown[0]["url"], &shown[0]["requires_review"]), (&json!(birds), &json!(true)));
        let host = mia.get(&hosts).await.ok()[0].clone();
        assert_eq!((&host["domain"], &host["trendable"], &host["requires_review"]), (&json!("news.localhost"), &Value::Null, &json!(true)));
        let decide = async |path: &str, id: &Value, word: &str| {
            mia.post(&format!("{path}/{id}/{word}"), json!({})).await.ok()
        };
        let passed = decide(&hosts, &host["id"], "approve").await;
        assert_eq!((&passed["trendable"], &passed["requires_review"]), (&json!(true), &json!(false)));
        assert_eq!(links(&crowd[0]).await.len(), 1);
        // What is said of the link itself holds against what is said of its publisher, also when it is counted anew.
        let link = &shown[0]["id"];
        assert_eq!(decide(STAFF, link, "reject").await["requires_review"], json!(false));
        decide(&hosts, &host["id"], "approve").await;
        refresh(&node).await;
        assert_eq!(links(&crowd[0]).await, [Value::Null; 0]);
        decide(STAFF, link, "approve").await;
        decide(&hosts, &host["id"], "reject").await;
        refresh(&node).await;
        assert_eq!(links(&crowd[0]).await.len(), 1);
        for path in [STAFF, &hosts] {
            assert_eq!(mia.post(&format!("{path}/999/approve"), json!({})).await.status, 404);
        }
        let deeds = mia.get("/api/whimbrel/v1/audits").await.ok();
        let deeds: Vec<&str> = deeds.as_array().expect("a list").iter().filter_map(|deed| deed["action"].as_str()).collect();
        let (of_link, of_host) = ("review_link", "review_publisher");
        assert_eq!(deeds, [of_host, of_link, of_host, of_link, of_host]);
    }
}
