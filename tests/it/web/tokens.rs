//! Tokens without a browser, and what the endpoints say of themselves.

use reqwest::Method;
use whimbrel::social::tokens;

use super::browser::Site;
use crate::support::databases::on_both;

on_both! {
    async fn applications_act_for_themselves(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        let fields = [("client_name", "App"), ("redirect_uris", "https://app.example/"), ("scopes", "read")];
        let app = browser.call("/api/v1/apps", &fields).await.json();
        let (id, secret) = (app["client_id"].as_str().expect("an id"), app["client_secret"].as_str().expect("a secret"));
        let own = [("grant_type", "client_credentials")];
        let request = browser.request(Method::POST, "/oauth/token").basic_auth(id, Some(secret));
        let answer = browser.send(request.json(&serde_json::json!({ "grant_type": "client_credentials", "scope": null }))).await;
        assert_eq!((answer.status, &answer.json()["scope"]), (200, &"read".into()));
        let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
        assert_eq!(browser.ask("/api/v1/apps/verify_credentials", &token).await.json()["name"], "App");
        let answer = browser.ask("/oauth/userinfo", &token).await;
        assert_eq!(answer.status, 403, "the scope is missing: {answer:?}");

        for (fields, status, code) in [
            (vec![("client_id", id), ("client_secret", "wrong")], 401, "invalid_client"),
            (vec![("client_id", "unknown"), ("client_secret", secret)], 401, "invalid_client"),
            (vec![], 401, "invalid_client"),
            (vec![("client_id", id), ("client_secret", secret), ("scope", "read write")], 400, "invalid_scope"),
            (vec![("client_id", id), ("client_secret", secret), ("scope", "all")], 400, "invalid_scope"),
        ] {
            let answer = browser.call("/oauth/token", &[own.to_vec(), fields].concat()).await;
            assert_eq!((answer.status, &answer.json()["error"]), (status, &code.into()));
        }
        for grant in ["password", "refresh_token", ""] {
            let answer = browser.call("/oauth/token", &[("grant_type", grant), ("client_id", id), ("client_secret", secret)]).await;
            assert_eq!((answer.status, &answer.json()["error"]), (400, &"unsupported_grant_type".into()));
        }
        let other = browser.call("/api/v1/apps", &fields).await.json();
        let (id, secret) = (other["client_id"].as_str().expect("an id"), other["client_secret"].as_str().expect("a secret"));
        for (secret, token, status) in [("wrong", token.as_str(), 403), (secret, &token, 403), (secret, "guess", 200)] {
            let answer = browser.call("/oauth/revoke", &[("client_id", id), ("client_secret", secret), ("token", token)]).await;
            assert_eq!(answer.status, status);
        }
        assert_eq!(browser.ask("/api/v1/apps/verify_credentials", &token).await.status, 200);
        site.stop().await;
    }
}

on_both! {
    async fn people_are_told_who_they_are(engine) {
        let site = Site::start(engine).await;
        let browser = site.browser();
        let bea = site.add_user("bea").await;
        let issued = tokens::create_for(&site.node, bea.id, "script", "profile").await.expect("a token");
        let token = issued.secret.expose();
        let answer = browser.ask("/oauth/userinfo", token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let info = answer.json();
        assert_eq!(info["sub"], "http://node.localhost/users/bea");
        assert_eq!(info["preferred_username"], "bea");
        assert_eq!(browser.get(&format!("/oauth/userinfo?access_token={token}")).await.status, 200);
        for path in ["/oauth/userinfo", "/api/v1/apps/verify_credentials"] {
            let answer = browser.get(path).await;
            assert_eq!((answer.status, &answer.json()["error"]), (401, &"The access token is invalid".into()));
            assert_eq!(browser.ask(path, "guess").await.status, 401);
        }
        whimbrel::social::users::disable(&site.node, bea.id).await.expect("Bea is there");
        let answer = browser.ask("/oauth/userinfo", token).await;
        assert_eq!((answer.status, &answer.json()["error"]), (403, &"Your login is currently disabled".into()));
        site.stop().await;
    }
}

on_both! {
    async fn the_endpoints_are_described(engine) {
        let site = Site::start(engine).await;
        let answer = site.browser().get("/.well-known/oauth-authorization-server").await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let server = answer.json();
        assert_eq!(server["token_endpoint"], "http://node.localhost/oauth/token");
        assert_eq!(server["grant_types_supported"][0], "authorization_code");
        assert_eq!(server["code_challenge_methods_supported"][0], "S256");
        site.stop().await;
    }
}

on_both! {
    async fn applications_that_are_not_accepted_hear_why(engine) {
        let site = Site::start_with(engine, |config| config.limits.enabled = false).await;
        let browser = site.browser();
        for (name, uris, scopes) in [
            ("", "https://app.example/", "read"),
            ("App", "", "read"),
            ("App", "javascript:alert(1)", "read"),
            ("App", "https://app.example/#x", "read"),
            ("App", "https://app.example/", "read everything"),
        ] {
            let fields = [("client_name", name), ("redirect_uris", uris), ("scopes", scopes)];
            let answer = browser.call("/api/v1/apps", &fields).await;
            assert_eq!(answer.status, 422, "{fields:?}");
            assert!(answer.json()["error"].is_string());
        }
        let list = serde_json::json!({
            "client_name": "App", "website": null,
            "redirect_uris": ["https://a.example/", "https://b.example/"], "scopes": "read write",
        });
        let request = browser.request(Method::POST, "/api/v1/apps").json(&list);
        let answer = browser.send(request).await.json();
        assert_eq!(answer["redirect_uris"][1], "https://b.example/");
        site.stop().await;
    }
}
