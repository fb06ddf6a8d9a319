//! The page to which other servers send people who want to follow, boost or favourite something.

use whimbrel::id::AccountId;
use whimbrel::social::statuses::{Draft, publish};
use whimbrel::social::users;
use whimbrel::store::{self, Conn, QueryResult, Visibility};

use super::browser::{Browser, PASSWORD, Site, with};
use crate::support::databases::on_both;

fn page_of(uri: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("uri", uri);
    format!("/authorize_interaction?{}", query.finish())
}

/// Does it by the form of the page.
async fn act(browser: &Browser, uri: &str, action: &str) -> String {
    let page = browser.get(&page_of(uri)).await;
    assert_eq!(page.status, 200, "{page:?}");
    let button = format!("name=\"action\" value=\"{action}\"");
    assert!(page.body.contains(&button), "{action}: {}", page.body);
    let fields = with(page.hidden(), "action", action);
    let forged = with(fields.clone(), "csrf_token", "guessed");
    assert_eq!(
        browser.post("/authorize_interaction", &forged).await.status,
        403
    );
    let done = browser.post("/authorize_interaction", &fields).await;
    assert_eq!(done.status, 303, "{done:?}");
    browser.get(done.location()).await.body
}

async fn ann(site: &Site) -> AccountId {
    let ann = users::find(&site.node, "ann").await.expect("a database");
    ann.expect("Ann").account.id
}

on_both! {
    async fn what_was_seen_elsewhere_is_followed_boosted_and_favourited_here(engine) {
        let site = Site::start(engine).await;
        let (ann, bob) = (ann(&site).await, site.add_user("bob").await);
        let browser = site.browser();
        let profile = "http://node.localhost/@bob";
        let stranger = browser.get(&page_of(profile)).await;
        assert_eq!(stranger.status, 302);
        let sign_in = stranger.location().to_owned();
        assert!(sign_in.starts_with("/auth/sign_in?return_to="), "{sign_in}");
        let back = browser.sign_in(&sign_in, "ann", PASSWORD).await;
        assert_eq!(back.location(), page_of(profile));

        let page = act(&browser, profile, "follow").await;
        assert!(page.contains("You follow this account."), "{page}");
        for handle in ["acct:bob@node.localhost", "@bob@node.localhost", "bob"] {
            let page = browser.get(&page_of(handle)).await;
            assert!(page.body.contains("You follow this account."), "{handle}");
        }
        let own = browser.get(&page_of("ann")).await;
        assert!(own.body.contains("This is you.") && !own.body.contains("value=\"follow\""));

        let draft = Draft { text: "Low tide".to_owned(), ..Draft::default() };
        let id = publish(&site.node, bob.id, draft).await.expect("it is fine");
        let post = site.node.urls.status("bob", id);
        let page = act(&browser, &post, "boost").await;
        assert!(page.contains("You boosted this post.") && page.contains("Low tide"), "{page}");
        let page = act(&browser, &post, "favourite").await;
        assert!(!page.contains("name=\"action\""), "{page}");
        let (boost, favourite) = site
            .node
            .db
            .read(move |conn: &mut Conn| -> QueryResult<_> {
                let boost = store::statuses::find_boost(conn, ann, id)?;
                Ok((boost.is_some(), store::favourites::find(conn, ann, id)?.is_some()))
            })
            .await
            .expect("a database");
        assert!(boost && favourite);
        site.stop().await;
    }

}

on_both! {
    async fn what_cannot_be_had_or_seen_is_refused_with_a_sentence(engine) {
        let site = Site::start_with(engine, |config| config.federation.enabled = false).await;
        let bob = site.add_user("bob").await;
        let draft = Draft {
            text: "For nobody".to_owned(),
            visibility: Some(Visibility::Direct),
            ..Draft::default()
        };
        let id = publish(&site.node, bob.id, draft).await.expect("it is fine");
        let browser = site.browser();
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        for (uri, status, words) in [
            ("", 422, "of no use here"),
            ("a b", 422, "of no use here"),
            ("nobody", 404, "nothing at this address"),
            ("http://node.localhost/@nobody", 404, "nothing at this address"),
            ("https://elsewhere.example/@bob", 403, "does not talk with other servers"),
            ("@bob@elsewhere.example", 403, "does not talk with other servers"),
            (&site.node.urls.status("bob", id), 404, "does not exist"),
        ] {
            let page = browser.get(&page_of(uri)).await;
            assert_eq!(page.status, status, "{uri}: {page:?}");
            assert!(page.body.contains(words), "{uri}: {}", page.body);
            assert!(!page.body.contains("For nobody"), "{uri}");
        }
        site.stop().await;
    }

}

on_both! {
    async fn the_node_says_who_runs_it_and_how_to_get_its_source(engine) {
        let site = Site::start_with(engine, |config| {
            config.instance.contact_email = Some("crew@example.org".to_owned());
            config.instance.rules = vec!["Be kind".to_owned()];
        })
        .await;
        let page = site.browser().get("/about").await;
        assert_eq!(page.status, 200);
        for part in [
            "crew@example.org",
            "Be kind",
            env!("CARGO_PKG_VERSION"),
            "Affero",
            "Ask whoever runs this node for it.",
        ] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        let info = site.browser().get("/nodeinfo/2.1").await.json();
        assert!(info["software"].get("repository").is_none(), "{info}");
        site.stop().await;
    }
}
