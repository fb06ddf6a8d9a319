//! Forms: signing in and up, the owner's link, the password, and forms that other sites send.

use reqwest::Method;
use whimbrel::config::{Limits, Rate, Registrations};
use whimbrel::social::moderation::accounts;
use whimbrel::social::moderation::staff::Staff;
use whimbrel::social::{setup, users};
use whimbrel::store::Role;

use super::browser::{Answer, PASSWORD, Site, form, open, with};
use crate::support::databases::on_both;

fn session(answer: &Answer) -> &str {
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("whimbrel_session="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    cookie
}

on_both! {
    async fn people_sign_in_and_out(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        assert_eq!(browser.get("/settings").await.location(), "/auth/sign_in?return_to=%2Fsettings");
        for (name, password) in [("ann", "wrong"), ("nobody", PASSWORD), ("", ""), ("ann@example.org", "")] {
            let refused = browser.sign_in("/auth/sign_in", name, password).await;
            assert_eq!(refused.status, 422);
            assert!(refused.body.contains("The name or the password is wrong"));
        }
        let first = browser.sign_in("/auth/sign_in", "Ann@Example.org", PASSWORD).await;
        assert_eq!((first.status, first.location()), (303, "/settings"));
        let first = session(&first).to_owned();
        assert!(browser.get("/settings").await.body.contains("ann@example.org"));

        // Signing in anew changes the cookie; paths elsewhere are not gone to.
        let again = browser.sign_in("/auth/sign_in?return_to=//evil.example/", "ann", PASSWORD).await;
        assert_eq!(again.location(), "/settings");
        assert_ne!(session(&again), first);
        let page = browser.get("/settings").await;
        let token = page.hidden().into_iter().find(|(name, _)| name == "csrf_token");
        let out = browser.post("/auth/sign_out", &[token.expect("a token")]).await;
        assert_eq!(out.location(), "/");
        assert_eq!(browser.get("/settings").await.status, 302);
        let old = first.split(';').next().expect("a value").to_owned();
        let request = site.browser().request(Method::GET, "/settings").header("cookie", old);
        assert_eq!(browser.send(request).await.status, 302, "the old session ended");
        site.stop().await;
    }
}

on_both! {
    async fn those_who_may_not_come_in_hear_why(engine) {
        let site = Site::start(engine).await;
        let bea = site.add_user("bea").await;
        users::disable(&site.node, bea.id).await.expect("Bea is there");
        let refused = site.browser().sign_in("/auth/sign_in", "bea", PASSWORD).await;
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("Your login is currently disabled"));
        let wrong = site.browser().sign_in("/auth/sign_in", "bea", "wrong").await;
        assert!(!wrong.body.contains("disabled"), "only the right password learns it");
        site.stop().await;
    }
}

on_both! {
    async fn guessing_one_name_comes_to_an_end(engine) {
        let limits = Limits {
            sign_ins_per_account: Rate::new(3, 3_600_000),
            ..Limits::default()
        };
        let site = Site::start_with(engine, |config| config.limits = limits).await;
        let browser = site.browser();
        for expected in [422, 422, 422, 429] {
            assert_eq!(browser.sign_in("/auth/sign_in", "ann", "wrong").await.status, expected);
        }
        assert_eq!(browser.sign_in("/auth/sign_in", "ann", PASSWORD).await.status, 429);
        site.node.clock.advance(3_600_000);
        assert_eq!(browser.sign_in("/auth/sign_in", "ann", PASSWORD).await.status, 303);
        site.stop().await;
    }
}

on_both! {
    async fn forms_of_other_sites_are_refused(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        let fields = browser.get("/auth/sign_in").await.hidden();
        let fields = with(with(fields, "identifier", "ann"), "password", PASSWORD);
        let without_token: Vec<(String, String)> = fields.iter().filter(|(name, _)| name != "csrf_token").cloned().collect();
        assert_eq!(browser.post("/auth/sign_in", &without_token).await.status, 403);
        assert_eq!(browser.post("/auth/sign_in", &with(fields.clone(), "csrf_token", "guess")).await.status, 403);
        assert_eq!(site.browser().post("/auth/sign_in", &fields).await.status, 403, "another browser");
        for (name, value) in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
            let request = browser.request(Method::POST, "/auth/sign_in").header(name, value);
            let request = form(request, &fields);
            assert_eq!(browser.send(request).await.status, 403, "{name}: {value}");
        }
        let request = browser.request(Method::POST, "/auth/sign_in").body("identifier=ann");
        assert_eq!(browser.send(request).await.status, 415);
        assert_eq!(browser.sign_in("/auth/sign_in", "ann", PASSWORD).await.status, 303);

        for path in ["/settings/password", "/settings/applications/revoke", "/auth/sign_out", "/oauth/authorize"] {
            let refused = browser.post(path, &with(Vec::new(), "csrf_token", "guess")).await;
            assert_eq!(refused.status, 403, "{path}");
            assert!(refused.header("content-type").starts_with("text/html"));
        }
        assert_eq!(browser.get("/settings").await.status, 200, "still signed in");
        site.stop().await;
    }
}

on_both! {
    async fn a_new_password_ends_other_sessions(engine) {
        let site = Site::start(engine).await;
        let (browser, other) = (site.browser(), site.browser());
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        other.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        let change = async |current: &str, new: &str, again: &str| {
            let fields = browser.get("/settings").await.hidden();
            let fields = with(with(fields, "current_password", current), "password", new);
            browser.post("/settings/password", &with(fields, "password_again", again)).await
        };
        for (current, new, again) in [
            ("wrong", "a better horse", "a better horse"),
            (PASSWORD, "a better horse", "another horse"),
            (PASSWORD, "short", "short"),
            (PASSWORD, "ann@example.org", "ann@example.org"),
        ] {
            assert_eq!(change(current, new, again).await.status, 422, "{current} {new} {again}");
        }
        assert_eq!(other.get("/settings").await.status, 200);
        let changed = change(PASSWORD, "a better horse", "a better horse").await;
        assert_eq!(changed.location(), "/settings?done=password");
        assert!(browser.get(changed.location()).await.body.contains("Your password is changed"));
        assert_eq!(other.get("/settings").await.status, 302);
        assert_eq!(other.sign_in("/auth/sign_in", "ann", PASSWORD).await.status, 422);
        assert_eq!(other.sign_in("/auth/sign_in", "ann", "a better horse").await.status, 303);
        site.stop().await;
    }
}

fn new_person(hidden: Vec<(String, String)>, name: &str) -> Vec<(String, String)> {
    let fields = with(hidden, "username", name);
    let fields = with(fields, "email", &format!("{name}@example.org"));
    with(
        with(fields, "password", PASSWORD),
        "password_again",
        PASSWORD,
    )
}

on_both! {
    async fn people_sign_up_as_far_as_the_node_lets_them(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        assert!(browser.get("/auth/sign_up").await.body.contains("Sign-up is closed"));
        let fields = new_person(browser.get("/auth/sign_in").await.hidden(), "bea");
        assert_eq!(browser.post("/auth/sign_up", &fields).await.status, 403);
        site.stop().await;

        let site = Site::start_with(engine, |config| {
            open(config);
            config.instance.rules = vec!["Be kind".to_owned()];
        })
        .await;
        let browser = site.browser();
        let fields = new_person(browser.get("/auth/sign_up").await.hidden(), "bea");
        for wrong in [
            fields.clone(),
            with(with(fields.clone(), "agreement", "true"), "username", "ann"),
            with(with(fields.clone(), "agreement", "true"), "email", "ann@example.org"),
            with(with(fields.clone(), "agreement", "true"), "username", "admin"),
        ] {
            assert_eq!(browser.post("/auth/sign_up", &wrong).await.status, 422, "{wrong:?}");
        }
        let entered = browser.post("/auth/sign_up", &with(fields, "agreement", "true")).await;
        assert_eq!(entered.status, 303);
        let again = browser.post("/auth/sign_up", &[]).await;
        assert_eq!(again.status, 429, "five tries in half an hour");
        site.stop().await;
    }
}

on_both! {
    async fn whoever_asks_waits_to_be_let_in(engine) {
        let site = Site::start_with(engine, |config| config.instance.registrations = Registrations::Approval).await;
        let browser = site.browser();
        let fields = new_person(browser.get("/auth/sign_up").await.hidden(), "bea");
        assert_eq!(browser.post("/auth/sign_up", &fields).await.status, 422, "the reason is missing");
        let asked = browser.post("/auth/sign_up", &with(fields, "reason", "Birds")).await;
        assert_eq!(asked.status, 200, "{asked:?}");
        let refused = browser.sign_in("/auth/sign_in", "bea", PASSWORD).await;
        assert!(refused.body.contains("Your login is currently pending approval"));
        let bea = users::find(&site.node, "bea").await.expect("a database").expect("Bea");
        assert_eq!(bea.user.sign_up_reason.as_deref(), Some("Birds"));
        accounts::approve(&site.node, Staff::operator(), bea.account.id).await.expect("Bea is there");
        assert_eq!(browser.sign_in("/auth/sign_in", "bea", PASSWORD).await.status, 303);
        site.stop().await;
    }
}

on_both! {
    async fn open_registration_lets_in_at_once(engine) {
        let site = Site::start_with(engine, open).await;
        let browser = site.browser();
        let fields = new_person(browser.get("/auth/sign_up").await.hidden(), "bea");
        let entered = browser.post("/auth/sign_up", &fields).await;
        assert_eq!((entered.status, entered.location()), (303, "/settings"));
        assert!(browser.get("/settings").await.body.contains("bea@example.org"));
        site.stop().await;
    }
}

on_both! {
    async fn the_owner_comes_in_by_the_link(engine) {
        let site = Site::start(engine).await;
        assert_eq!(setup::new_owner_link(&site.node).await.expect("a database"), None, "Ann is there");
        let id = users::find(&site.node, "ann").await.expect("a database").expect("Ann").account.id;
        site.node.db.write(move |tx| whimbrel::store::accounts::delete(tx, id)).await.expect("a database");
        let link = setup::new_owner_link(&site.node).await.expect("a database").expect("a link");
        let browser = site.browser();
        assert_eq!(browser.get("/setup?token=guess").await.status, 404);
        let page = browser.get(&link).await;
        assert_eq!(page.status, 200);
        let fields = new_person(page.hidden(), "admin");
        let wrong = with(fields.clone(), "password_again", "other");
        assert_eq!(browser.post("/setup", &wrong).await.status, 422);
        let entered = browser.post("/setup", &fields).await;
        assert_eq!(entered.location(), "/settings");
        assert!(browser.get("/").await.body.contains("@admin@node.localhost"));
        let owner = users::find(&site.node, "admin").await.expect("a database").expect("the owner");
        assert_eq!(owner.user.role, Role::Owner);
        assert_eq!(site.browser().get(&link).await.status, 404, "it works once");
        site.stop().await;
    }
}

on_both! {
    async fn files_are_kept_by_browsers(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        let page = browser.get("/").await;
        let (_, from) = page.body.split_once("href=\"/static/style.css").expect("a style sheet");
        let path = format!("/static/style.css{}", from.split('"').next().expect("an address"));
        let file = browser.get(&path).await;
        assert_eq!((file.status, file.header("content-type")), (200, "text/css; charset=utf-8"));
        assert!(file.header("cache-control").contains("immutable"));
        let bare = browser.get("/static/style.css").await;
        assert!(!bare.header("cache-control").contains("immutable"));
        let known = browser.request(Method::GET, "/static/style.css").header("if-none-match", file.header("etag"));
        assert_eq!(browser.send(known).await.status, 304);
        assert_eq!(browser.get("/avatars/original/missing.png").await.header("content-type"), "image/png");
        assert_eq!(browser.get("/static/../Cargo.toml").await.status, 404);
        site.stop().await;
    }
}
