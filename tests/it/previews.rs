//! Previews of links: one fetch for all who look, and none that nobody asked for.

use serde_json::{Value, json};
use whimbrel::clock::{Clock, DAY, HOUR};
use whimbrel::store::Engine;

use crate::support::databases::{NOON, on_both};
use crate::support::nodes::TestNode;
use crate::support::pages::Pages;
use crate::support::people::Person;

const PAGE: &str = "<!doctype html><html lang=en><title>Birds</title>\
    <meta property=og:title content='A whimbrel <script> was seen'>\
    <meta property=og:description content='Seven notes.'><meta property=og:image content=/bird.jpg>\
    <link rel=alternate type=application/json+oembed href=/oembed>";

async fn stage(engine: Engine) -> (TestNode, Pages, Person) {
    let clock = Clock::stepped(NOON);
    let node = TestNode::start_with(engine, "alpha", &clock, |config| {
        config.media.link_previews = true;
    })
    .await;
    let ann = node.person("ann").await;
    (node, Pages::start().await, ann)
}

async fn post(who: &Person, link: &str, visibility: &str) -> String {
    let body = json!({ "status": format!("look: {link}"), "visibility": visibility });
    let made = who.post("/api/v1/statuses", body).await.ok();
    assert!(made["card"].is_null(), "nobody waits for other servers");
    made["id"].as_str().expect("an id").to_owned()
}

async fn card(who: &Person, id: &str) -> Value {
    who.get(&format!("/api/v1/statuses/{id}")).await.ok()["card"].clone()
}

on_both! {
    async fn one_fetch_serves_all_who_look(engine) {
        let (node, pages, ann) = stage(engine).await;
        let ben = node.person("ben").await;
        pages.show("/bird", "text/html; charset=utf-8", PAGE);
        let embed = r#"{"type":"video","html":"<iframe src='https://v.example/1' onload='x()'></iframe>","width":640,"height":360,"author_name":"Bo"}"#;
        pages.show("/oembed", "application/json", embed);
        let link = pages.at("/bird");
        let (first, second) = (post(&ann, &format!("{link}#top"), "public").await, post(&ben, &link, "public").await);
        node.settle().await;
        let asked = pages.asked();
        assert_eq!(asked.len(), 2, "the page and what it names");
        assert!(!asked.iter().any(|head| head.to_lowercase().contains("cookie") || head.to_lowercase().contains("referer")));
        for (who, id) in [(&ann, &first), (&ben, &first), (&ann, &second)] {
            let card = card(who, id).await;
            assert_eq!((&card["title"], &card["type"]), (&json!("A whimbrel <script> was seen"), &json!("video")));
            assert_eq!((&card["url"], &card["description"]), (&json!(link), &json!("Seven notes.")));
            assert_eq!((&card["width"], &card["authors"][0]["name"]), (&json!(640), &json!("Bo")));
            let html = card["html"].as_str().expect("a player");
            assert!(html.starts_with("<iframe src=\"https://v.example/1\"") && !html.contains("onload"), "{html}");
            let image = card["image"].as_str().expect("a picture");
            assert!(image.starts_with(&format!("{}/media/remote/", node.origin())), "{image}");
        }
        node.settle().await;
        assert_eq!(pages.asked().len(), 2);
        node.node.clock.advance(15 * DAY);
        card(&ann, &first).await;
        node.settle().await;
        assert_eq!(pages.asked().len(), 4, "what is old is read anew");
    }
}

on_both! {
    async fn b16_links_between_few_are_asked_for_by_nobody(engine) {
        let (node, pages, ann) = stage(engine).await;
        pages.show("/secret", "text/html", PAGE);
        let direct = post(&ann, &pages.at("/secret"), "direct").await;
        let own = post(&ann, &format!("{}/about", node.origin()), "public").await;
        node.settle().await;
        assert_eq!(pages.asked(), [""; 0]);
        assert!(card(&ann, &direct).await.is_null() && card(&ann, &own).await.is_null());
        let mine = post(&ann, &pages.at("/secret"), "private").await;
        node.settle().await;
        assert_eq!(card(&ann, &mine).await["title"], "A whimbrel <script> was seen");
        assert!(card(&ann, &direct).await.is_null(), "not even when it is known");
    }
}

on_both! {
    async fn what_cannot_be_had_is_left_alone_for_a_while(engine) {
        let (node, pages, ann) = stage(engine).await;
        pages.show("/picture", "image/png", "not a page");
        let (missing, picture) = (post(&ann, &pages.at("/missing"), "public").await, post(&ann, &pages.at("/picture"), "public").await);
        node.settle().await;
        assert_eq!(pages.asked().len(), 2);
        for id in [&missing, &picture] {
            assert!(card(&ann, id).await.is_null());
        }
        node.settle().await;
        node.node.clock.advance(2 * HOUR);
        card(&ann, &missing).await;
        node.settle().await;
        assert_eq!(pages.asked().len(), 2, "three hours are not over");
        pages.show("/missing", "text/html", PAGE);
        node.node.clock.advance(2 * HOUR);
        card(&ann, &missing).await;
        node.settle().await;
        assert_eq!(card(&ann, &missing).await["title"], "A whimbrel <script> was seen");
    }
}

on_both! {
    async fn whom_a_page_names_is_its_author_where_they_say_so(engine) {
        let (node, pages, ann) = stage(engine).await;
        let (ben, cat) = (node.person("ben").await, node.person("cat").await);
        let page = |handle: &str| format!("<title>News</title><meta name=fediverse:creator content='{handle}'>");
        let handle = format!("@{}", ann.handle());
        pages.show("/own", "text/html", &page(&handle));
        pages.show("/unknown", "text/html", &page("@nobody@nowhere.localhost"));
        pages.show("/none", "text/html", "<title>News</title>");
        let mut posts = Vec::new();
        for path in ["/own", "/unknown", "/none"] {
            posts.push(post(&ben, &pages.at(path), "public").await);
        }
        node.settle().await;
        for who in [&ann, &ben, &node.anybody()] {
            for id in &posts {
                let card = card(who, id).await;
                assert_eq!((&card["title"], &card["authors"]), (&json!("News"), &json!([])));
                let is_hers = who.username == "ann" && *id == posts[0];
                let expected = if who.id.is_some() { json!(is_hers) } else { Value::Null };
                assert_eq!(card["missing_attribution"], expected, "{}", who.username);
            }
        }
        let say = async |domains: Value| {
            let request = ann.request(reqwest::Method::PATCH, "/api/v1/accounts/update_credentials");
            let request = request.header("Content-Type", "application/json");
            let request = request.body(json!({ "attribution_domains": domains }).to_string());
            assert_eq!(request.send().await.expect("an answer").status(), 200);
        };
        say(json!(["ews.localhost", "a.news.localhost"])).await;
        assert_eq!(card(&cat, &posts[0]).await["authors"], json!([]), "other domains");
        say(json!(["news.localhost"])).await;
        let shown = card(&cat, &posts[0]).await;
        assert_eq!(shown["authors"][0]["account"]["username"], "ann");
        assert_eq!((&shown["authors"][0]["name"], &shown["author_name"]), (&json!(""), &json!("")));
        assert_eq!(card(&ann, &posts[0]).await["missing_attribution"], false);
        assert_eq!(card(&cat, &posts[1]).await["authors"], json!([]));
    }
}
