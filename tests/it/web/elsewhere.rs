//! People of other servers act on what they see here, on the pages that their own servers name.

use whimbrel::clock::Clock;
use whimbrel::social::statuses::{Draft, publish};

use super::browser::{Browser, PASSWORD, Site, with};
use crate::support::databases::{NOON, on_both};
use crate::support::nodes::TestNode;
use crate::support::pages::Pages;

fn page_of(uri: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("uri", uri);
    format!("/interact?{}", query.finish())
}

/// Asks for the way from a handle: the status, and the page.
async fn ask(browser: &Browser, uri: &str, handle: &str) -> (u16, String) {
    let page = browser.get(&page_of(uri)).await;
    assert_eq!(page.status, 200, "{page:?}");
    let answer = browser
        .post("/interact", &with(page.hidden(), "handle", handle))
        .await;
    (answer.status, answer.body)
}

/// What a server answers of ann, with these links.
fn finger(place: &str, links: &str) -> String {
    format!(
        r#"{{"subject": "acct:ann@{place}", "links": [{{"rel": "self", "type": "application/activity+json", "href": "http://{place}/ann"}}{links}]}}"#
    )
}

on_both! {
    async fn the_way_leads_to_the_page_that_the_own_server_names(engine) {
        let site = Site::start_with(engine, |config| {
            config.federation.allow_http = true;
            config.federation.allow_private_addresses = true;
        })
        .await;
        let peer = TestNode::start(engine, "beta", &Clock::stepped(NOON)).await;
        peer.person("cy").await;
        let ann = site.node.urls.actor("ann");
        let browser = site.browser();
        let profile = browser.get("/@ann").await;
        let way = format!("href=\"{}\"", page_of(&ann));
        assert!(profile.body.contains(&way), "{way}: {}", profile.body);
        let (status, page) = ask(&browser, &ann, &format!("@cy@{}", peer.domain)).await;
        assert_eq!(status, 200, "{page}");
        let target = format!(
            "{}/authorize_interaction?uri=http%3A%2F%2Fnode.localhost%2Fusers%2Fann",
            peer.origin()
        );
        assert!(page.contains(&format!("href=\"{target}\"")), "{target}: {page}");
        for (handle, words) in [
            (format!("nobody@{}", peer.domain), "knows nobody of that name"),
            ("cy".to_owned() + "@", "This is no handle"),
            ("cy".to_owned(), "This is no handle"),
            (peer.domain.clone(), "This is no handle"),
            (String::new(), "This is no handle"),
            ("@cy@127.0.0.1:1".to_owned(), "does not answer"),
        ] {
            let (status, page) = ask(&browser, &ann, &handle).await;
            assert_eq!(status, 422, "{handle}: {page}");
            assert!(page.contains(words), "{handle}: {page}");
        }
        // Whoever is from here needs no other server.
        let page = browser.get(&page_of(&ann)).await;
        let own = browser.post("/interact", &with(page.hidden(), "handle", "ann@node.localhost")).await;
        assert_eq!(own.location(), page_of(&ann).replace("/interact", "/authorize_interaction"));
        let forged = with(with(page.hidden(), "handle", "a@b.example"), "csrf_token", "guessed");
        assert_eq!(browser.post("/interact", &forged).await.status, 403);
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        assert_eq!(browser.get(&page_of(&ann)).await.location(), own.location());
        site.stop().await;
    }
}

on_both! {
    async fn each_kind_of_thing_has_its_page(engine) {
        let site = Site::start_with(engine, |config| {
            config.federation.allow_http = true;
            config.federation.allow_private_addresses = true;
        })
        .await;
        let pages = Pages::start().await;
        let place = pages.at("").trim_start_matches("http://").to_owned();
        let path = format!("/.well-known/webfinger?resource=acct%3Aann%40{}", place.replace(':', "%3A"));
        let ann = site.node.urls.actor("ann");
        let account = whimbrel::social::users::find(&site.node, "ann").await.expect("a database").expect("Ann").account;
        let draft = Draft { text: "Low tide".to_owned(), ..Draft::default() };
        let id = publish(&site.node, account.id, draft).await.expect("it is fine");
        let post = site.node.urls.status("ann", id);
        let page = site.browser().get(&format!("/@ann/{id}")).await;
        assert!(page.body.contains(&format!("href=\"{}\"", page_of(&post))), "{}", page.body);
        let rel = |name: &str, kind: &str, address: &str| {
            format!(r#", {{"rel": "https://w3id.org/fep/3b86/{name}", "{kind}": "{address}"}}"#)
        };
        let old = r#", {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": "http://old.example/?u={uri}"}"#;
        let follow = rel("Follow", "href", "https://x.example/follow/{object}?then={on-success}");
        let see = rel("Object", "template", "https://x.example/see?o={object}");
        let code = rel("Follow", "href", "javascript:alert(1)//{object}");
        for (links, of_account, of_post) in [
            (format!("{old}{follow}{see}"), Some("https://x.example/follow/"), Some("https://x.example/see?o=")),
            (format!("{old}{follow}"), Some("https://x.example/follow/"), Some("http://old.example/?u=")),
            (see.clone(), Some("https://x.example/see?o="), Some("https://x.example/see?o=")),
            (code, None, None),
            (String::new(), None, None),
        ] {
            pages.show(&path, "application/jrd+json", &finger(&place, &links));
            for (uri, expected) in [(&ann, of_account), (&post, of_post)] {
                let (status, page) = ask(&site.browser(), uri, &format!("ann@{place}")).await;
                assert!(!page.contains("javascript:"), "{page}");
                let Some(start) = expected else {
                    assert_eq!(status, 422, "{links}: {page}");
                    assert!(page.contains("does not say where"), "{page}");
                    continue;
                };
                assert_eq!(status, 200, "{links}: {page}");
                let encoded: String = url::form_urlencoded::byte_serialize(uri.as_bytes()).collect();
                assert!(page.contains(&format!("href=\"{start}{encoded}")), "{links} {start}: {page}");
                assert!(!page.contains("on-success"), "{page}");
            }
        }
        for uri in ["", "http://node.localhost/", "http://node.localhost/actor", "https://elsewhere.example/@ann", "x"] {
            assert_eq!(site.browser().get(&page_of(uri)).await.status, 404, "{uri}");
        }
        site.stop().await;
    }
}

on_both! {
    async fn a_node_by_itself_looks_nowhere(engine) {
        let site = Site::start_with(engine, |config| config.federation.enabled = false).await;
        let ann = site.node.urls.actor("ann");
        let (status, page) = ask(&site.browser(), &ann, "a@b.example").await;
        assert_eq!(status, 422, "{page}");
        assert!(page.contains("does not talk with other servers"), "{page}");
        site.stop().await;
    }
}
