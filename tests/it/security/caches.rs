//! Sections E and F: what caches may keep, and that nobody makes them keep something for others.

use serde_json::json;

use whimbrel::store::Engine;

use super::stages::Stage;
use crate::support::hostile::ACTIVITY;
use crate::support::wire::{Call, Reply, Wire};

/// Headers that caches leave out of their keys, and that some servers obey.
const UNKEYED: &[(&str, &str)] = &[
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Scheme", "http"),
    ("X-Forwarded-Proto", "gopher"),
    ("X-Forwarded-Port", "1"),
    ("X-Forwarded-Prefix", "/evil"),
    ("X-Host", "evil.example"),
    ("X-Forwarded-Server", "evil.example"),
    ("Forwarded", "host=evil.example;proto=http"),
    ("X-Original-URL", "/settings"),
    ("X-Rewrite-URL", "/settings"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("X-Method-Override", "POST"),
    ("Origin", "https://evil.example"),
    ("Referer", "https://evil.example/"),
    ("X-Requested-With", "evil"),
];

async fn ask(stage: &Stage, path: &str, accept: &str, header: Option<(&str, &str)>) -> Reply {
    let call = Call::new(&format!("GET {path}")).with("Accept", accept);
    let call = match header {
        Some((name, value)) => call.with(name, value),
        None => call,
    };
    Wire::to(&stage.node).send(&call).await
}

fn varies(reply: &Reply, name: &str) -> bool {
    let headers = reply.headers.iter().filter(|(known, _)| known == "vary");
    let mut names = headers.flat_map(|(_, value)| value.split(','));
    names.any(|known| known.trim().eq_ignore_ascii_case(name))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e17_f19_documents_may_be_kept_and_nobody_spoils_what_is_kept() {
    let stage = Stage::open(Engine::Sqlite).await;
    let post = stage
        .ann
        .post("/api/v1/statuses", json!({ "status": "for everybody" }))
        .await
        .ok();
    stage.node.settle().await;
    let id = post["id"].as_str().expect("an id");
    for path in [
        "/users/ann".to_owned(),
        "/@ann".to_owned(),
        format!("/users/ann/statuses/{id}"),
        format!("/@ann/{id}"),
    ] {
        let mut kinds = Vec::new();
        for accept in [ACTIVITY, "text/html"] {
            let plain = ask(&stage, &path, accept, None).await;
            let name = format!("{path} as {accept}");
            assert!(
                [200, 302].contains(&plain.status),
                "{name}: {}",
                plain.status
            );
            assert!(
                varies(&plain, "accept"),
                "{name} varies by {:?}",
                plain.header("vary")
            );
            kinds.push(plain.header("content-type").to_owned());
            if accept == ACTIVITY {
                let keep = plain.header("cache-control");
                assert!(keep.starts_with("public, max-age="), "{name}: {keep}");
                assert_eq!(plain.header("set-cookie"), "", "{name}");
                assert!(
                    varies(&plain, "signature") && varies(&plain, "signature-input"),
                    "{name}"
                );
            }
            for header in UNKEYED {
                let other = ask(&stage, &path, accept, Some(*header)).await;
                let told = |reply: &Reply| {
                    (
                        reply.status,
                        reply.header("location").to_owned(),
                        reply.body.clone(),
                    )
                };
                assert_eq!(told(&other), told(&plain), "{name} with {header:?}");
            }
        }
        assert_ne!(kinds[0], kinds[1], "{path}");
    }
}
