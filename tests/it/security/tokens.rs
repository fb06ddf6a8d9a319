//! Section G: what a token may do, and when it ends. Routes against scopes are tested beside the API.

use reqwest::Method;
use serde_json::json;
use whimbrel::api::routes_table::{Access, routes};
use whimbrel::clock::Clock;
use whimbrel::keys::Secret;
use whimbrel::social::scopes::Scopes;
use whimbrel::social::{applications, sessions, tokens, users};

use crate::support::databases::{NOON, on_both};
use crate::support::fingerprints::Fingerprint;
use crate::support::nodes::TestNode;
use crate::support::wire::{Call, Wire};

const PARAMETERS: &str = "acct=a&q=a&status=a&id[]=1&timeline[]=home&account_id=1&uri=a";

fn line(method: &str, path: &str) -> String {
    let path = path
        .replace("{id}", "1")
        .replace("{item}", "1")
        .replace("{name}", "a")
        .replace("{hashtag}", "a")
        .replace("{emoji}", "a")
        .replace("{key}", "a.png");
    format!("{method} {path}?{PARAMETERS}")
}

on_both! {
    async fn g3_a_new_password_ends_tokens_and_sessions(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, bob) = (node.person("ann").await, node.person("bob").await);
        let id = ann.id.expect("an id");
        let session = sessions::begin(&node.node, id, None).await.expect("a session");
        let settings = async |secret: &str| {
            let call = Call::new("GET /settings").with("Cookie", &format!("whimbrel_session={secret}"));
            Wire::to(&node).send(&call).await.status
        };
        let own = "/api/v1/accounts/verify_credentials";
        assert_eq!((ann.get(own).await.status, settings(session.expose()).await), (200, 200));
        // As an operator does it from the command line.
        let password = Secret::new("another password for ann".to_owned());
        users::change_password(&node.node, id, password, None).await.expect("it is long enough");
        assert_eq!((ann.get(own).await.status, settings(session.expose()).await), (401, 302));
        assert_eq!(bob.get(own).await.status, 200, "others are not touched");
    }
}

on_both! {
    async fn g5_who_may_not_come_in_comes_in_nowhere(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let ann = node.person("ann").await;
        let id = ann.id.expect("an id");
        let token = tokens::create_for(&node.node, id, "tests", "read write follow push").await;
        let token = token.expect("a token");
        users::disable(&node.node, id).await.expect("Ann is there");
        let before = Fingerprint::of(&node).await;
        for route in routes() {
            if route.access.needs_token() {
                let call = Call::new(&line(route.method, route.path)).by(Some(token.secret.expose()));
                let status = Wire::to(&node).send(&call).await.status;
                assert!([401, 403].contains(&status), "{route:?}: {status}");
            }
        }
        assert_eq!(before.differences(&Fingerprint::of(&node).await), [""; 0]);
    }
}

on_both! {
    async fn g9_an_applications_own_token_is_nobody(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let ann = node.person("ann").await;
        ann.post("/api/v1/statuses", json!({ "status": "for followers", "visibility": "private" })).await.ok();
        let new = applications::NewApplication {
            name: "App".to_owned(),
            redirect_uris: vec!["https://app.example/".to_owned()],
            scopes: "read write follow push profile".to_owned(),
            ..applications::NewApplication::default()
        };
        let scopes = Scopes::parse(&new.scopes).expect("scopes");
        let app = applications::register(&node.node, new).await.expect("it is fine");
        let token = tokens::issue_to_application(&node.node, &app.application, scopes).await.expect("a token");
        let token = token.secret.expose();
        let before = Fingerprint::of(&node).await;
        for route in routes() {
            let line = line(route.method, route.path);
            let own = Wire::to(&node).send(&Call::new(&line).by(Some(token))).await;
            assert!(own.status < 500, "{route:?}: {}", own.status);
            if route.access.needs_person() {
                assert!([401, 403, 422].contains(&own.status), "{route:?}: {}", own.status);
            } else if let Access::MaybeViewer(_) | Access::Onlooker(_) = route.access {
                let anybody = Wire::to(&node).send(&Call::new(&line)).await;
                assert_eq!((own.status, &own.body), (anybody.status, &anybody.body), "{route:?}");
            }
            assert!(!own.body.contains("for followers"), "{route:?}");
        }
        let changes = before.differences(&Fingerprint::of(&node).await);
        assert_eq!(changes, [""; 0]);
    }
}

on_both! {
    async fn g15_what_belongs_to_others_cannot_be_changed(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, bob) = (node.person("ann").await, node.person("bob").await);
        let post = bob.says("mine").await["id"].as_str().unwrap().to_owned();
        ann.post(&format!("/api/v1/statuses/{post}/favourite"), json!({})).await.ok();
        let notice = bob.get("/api/v1/notifications").await.ok()[0]["id"].as_str().unwrap().to_owned();
        let before = Fingerprint::of(&node).await;
        for (method, path) in [
            (Method::DELETE, format!("/api/v1/statuses/{post}")),
            (Method::PUT, format!("/api/v1/statuses/{post}?status=ours")),
            (Method::POST, format!("/api/v1/notifications/{notice}/dismiss")),
            (Method::GET, format!("/api/v1/notifications/{notice}")),
        ] {
            let status = ann.request(method.clone(), &path).send().await.unwrap().status().as_u16();
            assert!([404, 200].contains(&status), "{method} {path}: {status}");
        }
        assert_eq!(before.differences(&Fingerprint::of(&node).await), [""; 0]);
    }
}
