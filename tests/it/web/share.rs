//! Posts that other pages suggest: nothing is posted before its author sends the form, and nothing twice.

use whimbrel::id::AccountId;
use whimbrel::social::statuses::{Draft, publish};
use whimbrel::social::users;
use whimbrel::store::{self, Conn, Page, QueryResult, Visibility};

use super::browser::{PASSWORD, Site, with};
use crate::support::databases::on_both;

async fn posts(site: &Site, author: AccountId) -> Vec<store::statuses::Status> {
    let filter = store::timelines::ProfileFilter {
        visibilities: Visibility::ALL.to_vec(),
        ..store::timelines::ProfileFilter::default()
    };
    let read = move |conn: &mut Conn| -> QueryResult<_> {
        let ids = store::timelines::page_profile(conn, author, &filter, &Page::newest(20))?;
        store::statuses::list(conn, &ids)
    };
    site.node.db.read(read).await.expect("a database")
}

async fn find(site: &Site, name: &str) -> AccountId {
    let found = users::find(&site.node, name).await.expect("a database");
    found.expect("they are here").account.id
}

on_both! {
    async fn what_is_suggested_is_posted_once_and_by_its_author(engine) {
        let site = Site::start(engine).await;
        let ann = find(&site, "ann").await;
        let browser = site.browser();
        let asked = "/share?title=Tides&text=A+table+%3Cb%3E&url=https%3A%2F%2Ftides.example%2F%3Fa%3Db";
        let stranger = browser.get(asked).await;
        assert_eq!(stranger.status, 302);
        let back = browser.sign_in(stranger.location(), "ann", PASSWORD).await;
        let page = browser.get(back.location()).await;
        let text = "Tides\nA table &lt;b&gt;\nhttps://tides.example/?a=b</textarea>";
        assert!(page.body.contains(text), "{}", page.body);
        assert_eq!(page.header("cache-control"), "private, no-store");
        assert!(posts(&site, ann).await.is_empty(), "nothing is posted by coming here");
        let fields = with(page.hidden(), "text", "A table\r\nfor all");
        let fields = with(with(fields, "visibility", "private"), "spoiler_text", "Tides");
        let forged = with(fields.clone(), "csrf_token", "guessed");
        assert_eq!(browser.post("/share", &forged).await.status, 403);
        let empty = browser.post("/share", &with(fields.clone(), "text", " ")).await;
        assert_eq!(empty.status, 422);
        assert!(empty.body.contains("can&#39;t be blank") || empty.body.contains("can't be blank"), "{}", empty.body);
        assert!(empty.body.contains("<option value=\"private\" selected>"), "{}", empty.body);
        assert!(posts(&site, ann).await.is_empty());
        let done = browser.post("/share", &fields).await;
        assert_eq!(done.status, 303, "{done:?}");
        assert_eq!(browser.post("/share", &fields).await.location(), done.location());
        let posts = posts(&site, ann).await;
        assert_eq!(posts.len(), 1);
        assert_eq!((posts[0].visibility, posts[0].spoiler.as_str()), (Visibility::Private, "Tides"));
        assert_eq!(posts[0].content, "<p>A table<br />for all</p>");
        assert!(browser.get(done.location()).await.body.contains("A table"));
        let stranger = site.browser().post("/share", &fields).await;
        assert!(stranger.location().starts_with("/auth/sign_in?return_to="), "{stranger:?}");
        site.stop().await;
    }
}

on_both! {
    async fn what_was_seen_elsewhere_is_answered_here(engine) {
        let site = Site::start(engine).await;
        let (ann, bea) = (find(&site, "ann").await, site.add_user("bea").await.id);
        let say = async |text: &str, visibility| {
            let draft = Draft { text: text.to_owned(), visibility: Some(visibility), ..Draft::default() };
            publish(&site.node, bea, draft).await.expect("it is fine")
        };
        let quiet = say("Low tide", Visibility::Unlisted).await;
        let hidden = say("High tide", Visibility::Direct).await;
        let browser = site.browser();
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        let uri = site.node.urls.status("bea", quiet);
        let from = |uri: &str| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("in_reply_to", uri);
            format!("/share?{}", query.finish())
        };
        let seen = browser.get(&from(&uri).replace("/share?in_reply_to", "/authorize_interaction?uri")).await;
        assert!(seen.body.contains(&format!("href=\"{}\"", from(&uri))), "{}", seen.body);
        let page = browser.get(&from(&uri)).await;
        assert!(page.body.contains("Low tide") && page.body.contains("@bea </textarea>"), "{}", page.body);
        assert!(page.body.contains("<option value=\"unlisted\" selected>"), "{}", page.body);
        let done = browser.post("/share", &with(page.hidden(), "text", "@bea so it is")).await;
        assert_eq!(done.status, 303, "{done:?}");
        let posts = posts(&site, ann).await;
        assert_eq!((posts.len(), posts[0].in_reply_to_id), (1, Some(quiet)));
        assert_eq!(posts[0].visibility, Visibility::Unlisted);
        for (uri, status) in [
            (site.node.urls.status("bea", hidden).as_str(), 404),
            ("http://node.localhost/@nobody/1", 404),
            ("http://node.localhost/@bea", 404),
            ("a b", 422),
            // A place that nobody filled.
            ("{inReplyTo}", 200),
            ("", 200),
        ] {
            let page = browser.get(&from(uri)).await;
            assert_eq!(page.status, status, "{uri}");
            assert!(!page.body.contains("High tide"), "{uri}");
        }
        site.stop().await;
    }
}
