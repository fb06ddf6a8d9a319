//! Profiles, statuses, timelines and tags show everybody the same, whoever is signed in.

use whimbrel::id::{AccountId, StatusId};
use whimbrel::social::statuses::{Draft, publish};
use whimbrel::social::users;
use whimbrel::social::{boosts, reactions};
use whimbrel::store::Visibility;

use super::browser::{PASSWORD, Site};
use crate::support::databases::on_both;

async fn post(site: &Site, author: AccountId, text: &str, visibility: Visibility) -> StatusId {
    let draft = Draft {
        text: text.to_owned(),
        visibility: Some(visibility),
        ..Draft::default()
    };
    site.node.clock.advance(1_000);
    publish(&site.node, author, draft)
        .await
        .expect("it is fine")
}

async fn ann(site: &Site) -> AccountId {
    users::find(&site.node, "ann")
        .await
        .expect("a database")
        .expect("Ann")
        .account
        .id
}

on_both! {
    async fn nobody_reads_on_pages_what_is_not_for_everybody(engine) {
        let site = Site::start(engine).await;
        let ann = ann(&site).await;
        let mut ids = Vec::new();
        for visibility in Visibility::ALL {
            let text = format!("A {} word about #birds", visibility.word());
            ids.push(post(&site, ann, &text, *visibility).await);
        }
        let stranger = site.browser();
        let author = site.browser();
        author.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        // Authors find their own posts on the pages of these, and on no other page.
        for (browser, own) in [(&stranger, 404), (&author, 200)] {
            for (path, shown) in [
                ("/@ann", [true, true, false, false]),
                ("/@Ann", [true, true, false, false]),
                ("/public", [true, false, false, false]),
                ("/public/local", [true, false, false, false]),
                ("/tags/Birds", [true, false, false, false]),
            ] {
                let page = browser.get(path).await;
                assert_eq!(page.status, 200, "{path}");
                for (visibility, is_shown) in Visibility::ALL.iter().zip(shown) {
                    let word = format!("A {} word", visibility.word());
                    assert_eq!(page.body.contains(&word), is_shown, "{path} {word}");
                }
            }
            for (id, status) in ids.iter().zip([200, 200, own, own]) {
                assert_eq!(browser.get(&format!("/@ann/{id}")).await.status, status);
            }
        }
        let (hidden, missing) = (
            stranger.get(&format!("/@ann/{}", ids[2])).await,
            stranger.get("/@ann/1").await,
        );
        let without_number = |body: &str| body.split("<code>").next().map(str::to_owned);
        assert_eq!(without_number(&hidden.body), without_number(&missing.body));
        assert!(stranger.get("/@ann").await.header("cache-control").starts_with("public"));
        assert!(author.get("/@ann").await.header("cache-control").starts_with("private"));
        site.stop().await;
    }
}

on_both! {
    async fn pages_lead_to_the_documents_and_to_originals(engine) {
        let site = Site::start(engine).await;
        let ann = ann(&site).await;
        let bea = site.add_user("bea").await;
        let id = post(&site, ann, "Hello", Visibility::Public).await;
        let browser = site.browser();
        let page = browser.get("/@ann").await;
        let link = "<http://node.localhost/users/ann>; rel=\"alternate\"; type=\"application/activity+json\"";
        assert!(page.header("link").starts_with(link), "{}", page.header("link"));
        let page = browser.get(&format!("/@ann/{id}")).await;
        assert!(page.header("link").starts_with(&format!("<http://node.localhost/users/ann/statuses/{id}>")));
        let boost = boosts::boost(&site.node, bea.id, id, None).await.expect("it is public");
        let answer = browser.get(&format!("/@bea/{boost}")).await;
        assert_eq!(answer.location(), format!("http://node.localhost/@ann/{id}"));
        assert!(browser.get("/@bea").await.body.contains("Hello"));
        reactions::react(&site.node, bea.id, id, "\u{1f426}").await.expect("it is an emoji");
        for path in [format!("/@ann/{id}"), "/@ann".to_owned(), "/@bea".to_owned()] {
            let page = browser.get(&path).await;
            assert!(page.body.contains("1 reaction with \u{1f426}"), "{path}");
        }
        for path in ["/@nobody", "/@bea/1", &format!("/@bea/{id}"), "/@ann/x", "/@node.localhost", "/tags/!"] {
            let page = browser.get(path).await;
            assert_eq!(page.status, 404, "{path}");
            assert!(page.header("content-type").starts_with("text/html"), "{path}");
        }
        assert!(browser.get("/tags/nothing").await.body.contains("Nothing public here yet"));
        users::delete_account(&site.node, ann).await.expect("Ann is there");
        assert_eq!(browser.get("/@ann").await.status, 410);
        assert_eq!(browser.get(&format!("/@ann/{id}")).await.status, 410);
        assert!(!browser.get("/public/local").await.body.contains("Hello"));
        site.stop().await;
    }
}

on_both! {
    async fn lists_go_on_and_back(engine) {
        let site = Site::start(engine).await;
        let ann = ann(&site).await;
        for number in 1..=45 {
            post(&site, ann, &format!("Number {number}."), Visibility::Public).await;
        }
        let browser = site.browser();
        let mut path = Some("/@ann".to_owned());
        let mut seen = 0;
        let mut last = String::new();
        while let Some(next) = path {
            let page = browser.get(&next).await;
            seen += (1..=45).filter(|number| page.body.contains(&format!("Number {number}."))).count();
            path = linked(&page.body, "/@ann?max_id=");
            last = page.body;
        }
        assert_eq!(seen, 45, "each once");
        let back = linked(&last, "/@ann?min_id=").expect("a way back");
        let page = browser.get(&back).await;
        assert!(page.body.contains("Number 25.") && !page.body.contains("Number 5."));
        site.stop().await;
    }
}

/// The first address on the page that begins so.
fn linked(body: &str, start: &str) -> Option<String> {
    let (_, from) = body.split_once(&format!("href=\"{start}"))?;
    Some(format!("{start}{}", from.split('"').next()?))
}
