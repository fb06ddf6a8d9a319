//! From the registration of an application over the consent page to its token, and what is refused on the way.

use whimbrel::clock::MINUTE;

use super::browser::{Answer, Browser, PASSWORD, Site, with};
use crate::support::databases::on_both;

const BACK: &str = "https://app.example/back?x=y";
const OOB: &str = "urn:ietf:wg:oauth:2.0:oob";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

struct App {
    id: String,
    secret: String,
}

async fn register(browser: &Browser) -> App {
    let uris = format!("{BACK}\n{OOB}\nicecubesapp://");
    let fields = [
        ("client_name", "An app & more"),
        ("redirect_uris", uris.as_str()),
        ("scopes", "read write follow push"),
        ("website", "https://app.example"),
    ];
    let answer = browser.call("/api/v1/apps", &fields).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let app = answer.json();
    assert_eq!(app["redirect_uri"], uris);
    assert_eq!(app["client_secret_expires_at"], 0);
    assert_eq!(app["scopes"][3], "push");
    let text = |name: &str| app[name].as_str().expect("text").to_owned();
    App {
        id: text("client_id"),
        secret: text("client_secret"),
    }
}

fn query(app: &App, more: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([("response_type", "code"), ("client_id", &app.id)]);
    if !more.iter().any(|(name, _)| *name == "redirect_uri") {
        query.append_pair("redirect_uri", BACK);
    }
    query.extend_pairs(more);
    format!("/oauth/authorize?{}", query.finish())
}

/// Goes to the consent page, signing in where that is asked for, and takes the decision.
async fn decide(browser: &Browser, path: &str, decision: &str) -> Answer {
    let mut page = browser.get(path).await;
    if page.status == 302 {
        let sign_in = page.location().to_owned();
        assert!(sign_in.starts_with("/auth/sign_in?return_to="), "{sign_in}");
        let signed_in = browser.sign_in(&sign_in, "ann", PASSWORD).await;
        assert_eq!(signed_in.status, 303, "{signed_in:?}");
        page = browser.get(signed_in.location()).await;
    }
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("An app &amp; more"));
    assert!(
        !page
            .header("content-security-policy")
            .contains("form-action")
    );
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    browser
        .post(
            "/oauth/authorize",
            &with(page.hidden(), "decision", decision),
        )
        .await
}

async fn redeem(browser: &Browser, app: &App, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", app.id.as_str()),
        ("client_secret", app.secret.as_str()),
    ];
    fields.extend(more);
    browser.call("/oauth/token", &fields).await
}

fn assert_oauth_error(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.json()["error"], code);
    assert!(answer.json()["error_description"].is_string());
}

on_both! {
    async fn an_application_gets_its_token_by_the_pages(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        let app = register(&browser).await;
        let asked = [
            ("scope", "read write"),
            ("state", "s & t"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let path = query(&app, &asked);
        let agreed = decide(&browser, &path, "authorize").await;
        assert_eq!(agreed.status, 303);
        assert!(agreed.location().starts_with("https://app.example/back?x=y&code="));
        assert_eq!(agreed.parameter("state").as_deref(), Some("s & t"));
        let code = agreed.parameter("code").expect("a code");

        let verified = [("code", code.as_str()), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
        let answer = redeem(&browser, &app, &verified).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        let token = answer.json();
        assert_eq!((&token["token_type"], &token["scope"]), (&"Bearer".into(), &"read write".into()));
        assert_eq!(token["created_at"], site.node.clock.now() / 1_000);
        let token = token["access_token"].as_str().expect("a token").to_owned();
        let own = "/api/v1/apps/verify_credentials";
        let answer = browser.ask(own, &token).await;
        assert_eq!((answer.status, &answer.json()["name"]), (200, &"An app & more".into()));

        // The same request again needs no consent; more than before does, and so does a forced sign-in.
        let again = browser.get(&path).await;
        assert!(again.location().starts_with("https://app.example/back?x=y&code="));
        assert_eq!(browser.get(&query(&app, &[("scope", "read push")])).await.status, 200);
        let forced = browser.get(&query(&app, &[("scope", "read write"), ("force_login", "true")])).await;
        let entered = browser.sign_in(forced.location(), "ann", PASSWORD).await;
        assert_eq!(browser.get(entered.location()).await.status, 200, "it asks again");

        let fields = [
            ("client_id", app.id.as_str()),
            ("client_secret", app.secret.as_str()),
            ("token", token.as_str()),
        ];
        let revoked = browser.call("/oauth/revoke", &fields).await;
        assert_eq!((revoked.status, revoked.body.as_str()), (200, "{}"));
        let answer = browser.ask(own, &token).await;
        assert_eq!((answer.status, &answer.json()["error"]), (401, &"The access token was revoked".into()));
        site.stop().await;
    }
}

on_both! {
    async fn a_code_counts_once_and_for_its_application_only(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        let (app, other) = (register(&browser).await, register(&browser).await);
        let path = query(&app, &[("scope", "read")]);
        let mut agreed = decide(&browser, &path, "authorize").await;
        let code = agreed.parameter("code").expect("a code");
        let code = code.as_str();
        let fine = [("code", code), ("redirect_uri", BACK)];
        for (client, given) in [
            (&other, fine.to_vec()),
            (&app, vec![("code", code), ("redirect_uri", OOB)]),
            (&app, vec![("code", code)]),
            (&app, vec![("code", "guess"), ("redirect_uri", BACK)]),
            (&app, vec![("code", code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)]),
        ] {
            assert_oauth_error(&redeem(&browser, client, &given).await, 400, "invalid_grant");
        }
        let answer = redeem(&browser, &app, &fine).await;
        let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
        let own = "/api/v1/apps/verify_credentials";
        assert_eq!(browser.ask(own, &token).await.status, 200);
        assert_oauth_error(&redeem(&browser, &app, &fine).await, 400, "invalid_grant");
        assert_eq!(browser.ask(own, &token).await.status, 401, "the second use ends the token");

        // With a challenge, nothing works without its verifier; and every code ends after ten minutes.
        let challenged = query(&app, &[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]);
        agreed = decide(&browser, &challenged, "authorize").await;
        let code = agreed.parameter("code").expect("a code");
        let code = ("code", code.as_str());
        let wrong = ("code_verifier", "another-verifier-that-is-long-enough-to-be-one");
        for given in [vec![code, ("redirect_uri", BACK)], vec![code, ("redirect_uri", BACK), wrong]] {
            assert_oauth_error(&redeem(&browser, &app, &given).await, 400, "invalid_grant");
        }
        site.node.clock.advance(10 * MINUTE);
        let late = [code, ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
        assert_oauth_error(&redeem(&browser, &app, &late).await, 400, "invalid_grant");
        site.stop().await;
    }
}

on_both! {
    async fn codes_are_shown_where_there_is_nowhere_to_send_them(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        let app = register(&browser).await;
        // What Mastodon.py and toot send: words for nothing, and a slash before the query.
        let odd = [("redirect_uri", OOB), ("scope", "read write follow"), ("force_login", "False"), ("state", "None"), ("lang", "None")];
        let path = query(&app, &odd).replace("authorize?", "authorize/?");
        let agreed = decide(&browser, &path, "authorize").await;
        assert!(agreed.location().starts_with("/oauth/authorize/native?code="));
        let code = agreed.parameter("code").expect("a code");
        let page = browser.get(agreed.location()).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains(&code) && page.header("cache-control").contains("no-store"));
        assert_eq!(browser.get("/oauth/authorize/native?code=guess").await.status, 404);

        let text = format!(
            "grant_type=authorization_code&client_id={}&client_secret={}&code={code}&redirect_uri={OOB}\
             &scope=read+write+follow&password=None&password=None&username=None&username=None",
            app.id, app.secret
        );
        let request = browser.request(reqwest::Method::POST, "/oauth/token");
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let answer = browser.send(request.header(kind.0, kind.1).body(text)).await;
        assert_eq!((answer.status, &answer.json()["scope"]), (200, &"read write follow".into()));
        assert_eq!(browser.get(agreed.location()).await.status, 404, "it was redeemed");

        let scheme = [("redirect_uri", "icecubesapp://"), ("scope", "read")];
        let agreed = decide(&browser, &query(&app, &scheme), "authorize").await;
        assert!(agreed.location().starts_with("icecubesapp://?code="));
        site.stop().await;
    }
}

on_both! {
    async fn what_is_wrong_goes_to_whom_it_concerns(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        let app = register(&browser).await;
        let unknown = App { id: "unknown".to_owned(), secret: String::new() };
        let elsewhere = |uri: &'static str| query(&app, &[("redirect_uri", uri)]);
        for path in [
            query(&unknown, &[]),
            elsewhere("https://app.example/back"),
            elsewhere("https://app.example/back?x=y&z"),
            elsewhere("https://evil.example/"),
            elsewhere(""),
            "/oauth/authorize".to_owned(),
        ] {
            let page = browser.get(&path).await;
            assert_eq!(page.status, 400, "{path}");
            assert!(page.header("content-type").starts_with("text/html"));
        }
        for (more, code) in [
            (("scope", "read admin:write"), "invalid_scope"),
            (("scope", "everything"), "invalid_scope"),
            (("code_challenge", "short"), "invalid_request"),
        ] {
            let answer = browser.get(&query(&app, &[more, ("state", "s")])).await;
            assert!(answer.location().starts_with(BACK), "{answer:?}");
            assert_eq!(answer.parameter("error").as_deref(), Some(code));
            assert_eq!(answer.parameter("state").as_deref(), Some("s"));
        }
        let denied = decide(&browser, &query(&app, &[("state", "s")]), "deny").await;
        assert_eq!(denied.parameter("error").as_deref(), Some("access_denied"));
        assert_eq!((denied.parameter("code"), denied.parameter("state").as_deref()), (None, Some("s")));
        site.stop().await;
    }
}

on_both! {
    async fn settings_show_and_end_the_access_of_applications(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        let app = register(&browser).await;
        let agreed = decide(&browser, &query(&app, &[("scope", "read")]), "authorize").await;
        let code = agreed.parameter("code").expect("a code");
        let answer = redeem(&browser, &app, &[("code", &code), ("redirect_uri", BACK)]).await;
        let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
        let page = browser.get("/settings").await;
        assert!(page.body.contains("An app &amp; more"));
        let (_, from) = page.body.split_once("class=\"applications\"").expect("a list");
        let (form, _) = from.split_once("</form>").expect("a form");
        let fields = Answer { body: form.to_owned(), ..page }.hidden();
        let done = browser.post("/settings/applications/revoke", &fields).await;
        assert_eq!(done.location(), "/settings?done=application");
        assert!(!browser.get(done.location()).await.body.contains("An app &amp; more"));
        assert_eq!(browser.ask("/api/v1/apps/verify_credentials", &token).await.status, 401);
        site.stop().await;
    }
}
