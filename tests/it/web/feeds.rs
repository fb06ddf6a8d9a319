//! Feeds of accounts and tags: what they carry, how programs find them, and that nothing else is in them.

use whimbrel::id::{AccountId, StatusId};
use whimbrel::social::statuses::{Draft, publish};
use whimbrel::social::{boosts, statuses, users};
use whimbrel::store::{self, Visibility};

use super::browser::{Answer, Browser, PASSWORD, Site};
use crate::support::databases::on_both;
use crate::support::xml::{Element, read, texts};

/// The formats: ending, media type, where titles and texts of entries are.
const FORMATS: [(&str, &str, &str, &str); 2] = [
    (
        ".rss",
        "application/rss+xml",
        "/rss/channel/item",
        "description",
    ),
    (".atom", "application/atom+xml", "/feed/entry", "content"),
];

async fn post(site: &Site, author: AccountId, draft: Draft) -> StatusId {
    site.node.clock.advance(1_000);
    publish(&site.node, author, draft)
        .await
        .expect("it is fine")
}

fn says(text: &str, visibility: Visibility) -> Draft {
    Draft {
        text: text.to_owned(),
        visibility: Some(visibility),
        ..Draft::default()
    }
}

async fn ann(site: &Site) -> AccountId {
    let ann = users::find(&site.node, "ann").await.expect("a database");
    ann.expect("Ann").account.id
}

fn parsed(answer: &Answer) -> Vec<Element> {
    assert_eq!(answer.status, 200, "{answer:?}");
    read(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

on_both! {
    async fn feeds_carry_what_is_public_and_nothing_else(engine) {
        let site = Site::start(engine).await;
        let (ann, bea) = (ann(&site).await, site.add_user("bea").await.id);
        for visibility in Visibility::ALL {
            let text = format!("A {} word about #birds", visibility.word());
            post(&site, ann, says(&text, *visibility)).await;
        }
        let other = post(&site, bea, says("Another word", Visibility::Public)).await;
        let reply = Draft { in_reply_to: Some(other), ..says("A reply to #birds", Visibility::Public) };
        let reply = post(&site, ann, reply).await;
        boosts::boost(&site.node, ann, other, None).await.expect("it is public");
        let warned = Draft { spoiler: "Dead <bird> & all".to_owned(), ..says("hidden words #birds", Visibility::Public) };
        let warned = post(&site, ann, warned).await;
        let own = Draft { in_reply_to: Some(warned), ..says("And on", Visibility::Public) };
        post(&site, ann, own).await;
        let signed_in = site.browser();
        signed_in.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        for browser in [&site.browser(), &signed_in] {
            for (ending, kind, entry, body) in FORMATS {
                let answer = browser.get(&format!("/@ann{ending}")).await;
                assert_eq!(answer.header("content-type"), format!("{kind}; charset=utf-8"));
                assert_eq!(answer.header("x-content-type-options"), "nosniff");
                assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
                let elements = parsed(&answer);
                let titles = texts(&elements, &format!("{entry}/title"));
                assert_eq!(titles, ["And on", "Dead <bird> & all", "A public word about #birds"]);
                let bodies = texts(&elements, &format!("{entry}/{body}"));
                assert!(bodies[1].contains("Dead &lt;bird&gt; &amp; all"), "{bodies:?}");
                assert!(bodies[2].starts_with("<p>A public word"), "{bodies:?}");
                for hidden in ["unlisted", "private", "direct", "hidden words", "Another", "reply"] {
                    assert!(!answer.body.contains(hidden), "{ending} {hidden}");
                }
                let elements = parsed(&browser.get(&format!("/tags/Birds{ending}")).await);
                let titles = texts(&elements, &format!("{entry}/title"));
                assert_eq!(titles, ["Dead <bird> & all", "A reply to #birds", "A public word about #birds"]);
            }
        }
        statuses::delete(&site.node, ann, reply, false).await.expect("it is Ann's");
        assert!(!site.browser().get("/tags/birds.rss").await.body.contains("A reply"));
        site.stop().await;
    }
}

on_both! {
    async fn pages_lead_to_their_feeds(engine) {
        let site = Site::start(engine).await;
        let ann = ann(&site).await;
        let id = post(&site, ann, says("Low tide #birds", Visibility::Public)).await;
        let hidden = post(&site, ann, says("High tide", Visibility::Private)).await;
        let browser = site.browser();
        let profile = browser.get("/@ann").await;
        let tag = browser.get("/tags/birds").await;
        for (page, at) in [(&profile, "http://node.localhost/@ann"), (&tag, "http://node.localhost/tags/birds")] {
            for (ending, kind, ..) in FORMATS {
                let link = format!("<link rel=\"alternate\" type=\"{kind}\" title=\"");
                assert!(page.body.contains(&link), "{link}: {}", page.body);
                assert!(page.body.contains(&format!("href=\"{at}{ending}\"")), "{at}{ending}");
                let feed = browser.get(&format!("{at}{ending}")).await;
                let elements = parsed(&feed);
                let mut links = elements.iter().filter(|element| element.path.ends_with("link"));
                assert!(links.any(|link| link.attributes.get("href") == Some(&format!("{at}{ending}"))));
                let link = format!("<{at}{ending}>; rel=\"alternate\"; type=\"{kind}\"");
                assert!(page.header("link").contains(&link) || at.contains("tags"), "{}", page.header("link"));
            }
        }
        let page = browser.get(&format!("/@ann/{id}")).await;
        let start = "type=\"application/json+oembed\" title=\"ann (@ann@node.localhost)\" href=\"";
        let (_, rest) = page.body.split_once(start).expect("a way to the quotation");
        let url = rest.split('"').next().expect("an address").replace("&amp;", "&");
        assert!(page.header("link").contains(&format!("<{url}>")), "{}", page.header("link"));
        let embed = browser.get(&url).await.json();
        assert_eq!(embed["type"], "rich", "{embed}");
        assert!(embed["html"].as_str().expect("markup").contains("Low tide"));
        let author = site.browser();
        author.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        let own = author.get(&format!("/@ann/{hidden}")).await;
        assert!(own.status == 200 && !own.body.contains("oembed"), "{own:?}");
        site.stop().await;
    }
}

async fn asked(browser: &Browser, path: &str, name: &str, value: &str) -> Answer {
    let request = browser.request(reqwest::Method::GET, path);
    browser.send(request.header(name, value)).await
}

on_both! {
    async fn what_did_not_change_is_not_sent_again(engine) {
        let site = Site::start(engine).await;
        let ann = ann(&site).await;
        let first = post(&site, ann, says("One", Visibility::Public)).await;
        let second = post(&site, ann, says("Two #birds", Visibility::Public)).await;
        let browser = site.browser();
        for path in ["/@ann.rss", "/@ann.atom", "/tags/birds.rss", "/tags/birds.atom"] {
            let answer = browser.get(path).await;
            let (etag, changed) = (answer.header("etag"), answer.header("last-modified"));
            assert!(answer.header("cache-control").starts_with("public"), "{path}");
            for (name, value, status) in [
                ("if-none-match", etag, 304),
                ("if-none-match", &format!("W/{etag}, \"other\""), 304),
                ("if-none-match", "\"other\"", 200),
                ("if-modified-since", changed, 304),
                ("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT", 200),
                ("if-modified-since", "Sun, 06 Nov 2094 08:49:37 GMT", 200),
                ("if-modified-since", "nonsense", 200),
            ] {
                let again = asked(&browser, path, name, value).await;
                assert_eq!(again.status, status, "{path} {name} {value}");
                assert_eq!(again.header("etag"), etag, "{path} {name} {value}");
                assert_eq!(again.body.is_empty(), status == 304, "{path} {name} {value}");
            }
            // A tag that is not known counts more than an instant that is.
            let request = browser.request(reqwest::Method::GET, path);
            let request = request.header("if-none-match", "\"other\"").header("if-modified-since", changed);
            assert_eq!(browser.send(request).await.status, 200, "{path}");
        }
        let known = browser.get("/@ann.rss").await;
        for (gone, left) in [(first, 1), (second, 0)] {
            statuses::delete(&site.node, ann, gone, false).await.expect("it is Ann's");
            let answer = asked(&browser, "/@ann.rss", "if-none-match", known.header("etag")).await;
            assert_eq!(texts(&parsed(&answer), "/rss/channel/item/title").len(), left);
        }
        site.stop().await;
    }
}

on_both! {
    async fn only_accounts_that_are_here_have_feeds(engine) {
        let site = Site::start(engine).await;
        for name in ["bea", "bea.rss", "cy.atom", "dee"] {
            let mut account = site.add_user(&name.replace('.', "_")).await;
            let id = account.id;
            account.username = name.to_owned();
            account.handle = name.to_owned();
            // Nobody gets such a name here today; what came by another way may have one.
            let rename = move |tx: &mut store::Tx| store::accounts::update(tx, &account);
            site.node.db.write(rename).await.expect("a database");
            post(&site, id, says(&format!("By {name}."), Visibility::Public)).await;
        }
        let browser = site.browser();
        for (path, kind, words) in [
            ("/@bea", "text/html", "By bea."),
            // A name with a dot is a whole name before it is a feed.
            ("/@bea.rss", "text/html", "By bea.rss."),
            ("/@Bea.RSS", "text/html", "By bea.rss."),
            ("/@bea.atom", "application/atom+xml", "By bea."),
            ("/@bea.rss.rss", "application/rss+xml", "By bea.rss."),
            ("/@bea.rss.atom", "application/atom+xml", "By bea.rss."),
            ("/@cy.atom", "text/html", "By cy.atom."),
            ("/@cy.atom.atom", "application/atom+xml", "By cy.atom."),
            ("/@Dee.rss", "application/rss+xml", "By dee."),
        ] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.header("content-type").starts_with(kind), "{path}: {answer:?}");
            assert!(answer.body.contains(words), "{path}: {}", answer.body);
        }
        let dee = users::find(&site.node, "dee").await.expect("a database").expect("Dee").account.id;
        let suspend = move |tx: &mut store::Tx| {
            let now = tx.now();
            store::standings::set_suspended(tx, dee, Some(now))
        };
        site.node.db.write(suspend).await.expect("a database");
        for path in ["/@dee", "/@nobody", "/@bea@elsewhere.example", "/@node.localhost", "/@"] {
            for (ending, ..) in FORMATS {
                let answer = browser.get(&format!("{path}{ending}")).await;
                assert_eq!(answer.status, 404, "{path}{ending}");
            }
        }
        for path in ["/@cy.rss", "/tags/!.rss"] {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
        assert!(texts(&parsed(&browser.get("/tags/nothing.rss").await), "/rss/channel/item").is_empty());
        site.stop().await;
    }
}

on_both! {
    async fn who_wants_no_search_engine_says_so_in_the_feed(engine) {
        let site = Site::start(engine).await;
        let id = ann(&site).await;
        for is_listed in [false, true] {
            let change = move |tx: &mut store::Tx| {
                let account = store::accounts::find(tx, id)?;
                let mut account = account.expect("Ann");
                account.indexable = is_listed;
                store::accounts::update(tx, &account)
            };
            site.node.db.write(change).await.expect("a database");
            let answer = site.browser().get("/@ann.rss").await;
            let expected = if is_listed { "" } else { "noindex" };
            assert_eq!(answer.header("x-robots-tag"), expected);
        }
        assert_eq!(site.browser().get("/tags/birds.atom").await.header("x-robots-tag"), "noindex");
        site.stop().await;
    }
}
