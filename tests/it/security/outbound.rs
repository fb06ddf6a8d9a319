//! Section D: what the node may be talked into calling. The table of addresses itself is tested in `src/http`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokio::net::TcpListener;
use whimbrel::clock::Clock;
use whimbrel::http::{Client, ClientSettings};
use whimbrel::store::Engine;

use super::stages::encoded;
use crate::support::databases::{NOON, on_both};
use crate::support::hostile::Hostile;
use crate::support::nodes::TestNode;
use crate::support::wire::{Call, Wire};

/// Something private on this computer that must never be called.
struct Trap {
    port: u16,
    calls: Arc<AtomicUsize>,
}

impl Trap {
    async fn set() -> Self {
        let listener = TcpListener::bind("0.0.0.0:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let calls = Arc::<AtomicUsize>::default();
        let counted = calls.clone();
        tokio::task::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, calls }
    }

    /// Every way to write its address, all of which a careless client would call.
    fn authorities(&self) -> Vec<String> {
        let hosts = [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "0177.0.0.1",
            "0.0.0.0",
            "0",
            "localhost",
            "LOCALHOST",
            "localhost.",
            "alpha.localhost",
            "a.b.localhost",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[::1]",
            "[::]",
            "127.0.0.9",
            "127.255.255.254",
            "１２７.0.0.1",
            "127。0。0。1",
            "user@127.0.0.1",
            "good.example@127.0.0.1",
        ];
        hosts.map(|host| format!("{host}:{}", self.port)).to_vec()
    }

    fn assert_quiet(&self, name: &str) {
        assert_eq!(self.calls.load(Ordering::SeqCst), 0, "{name}");
    }
}

/// A node as on the Internet, except for http, and for one port: so that the address alone decides.
async fn guarded(engine: Engine, port: u16) -> TestNode {
    let mut node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
    let client = |settings, clock| {
        let settings = ClientSettings {
            allow_private_addresses: false,
            extra_ports: vec![port],
            ..settings
        };
        Client::new(settings, clock).expect("a client")
    };
    node.speak_by(client).await;
    node
}

on_both! {
    async fn d1_to_d10_no_feature_that_takes_an_address_calls_a_private_one(engine) {
        let trap = Trap::set().await;
        let node = guarded(engine, trap.port).await;
        let (ann, peer) = (node.person("ann").await, Hostile::start().await);
        for authority in trap.authorities() {
            for scheme in ["http", "https"] {
                let url = format!("{scheme}://{authority}/users/bob");
                for path in ["/api/v2/search?resolve=true&q=", "/api/v1/accounts/search?resolve=true&q="] {
                    let answer = ann.get(&format!("{path}{}", encoded(&url))).await;
                    assert!(answer.status < 500, "{url}: {}", answer.status);
                    trap.assert_quiet(&format!("{path}{url}"));
                }
                // An inbox that has to look at a key.
                let deed = json!({ "id": format!("{url}#1"), "type": "Follow", "actor": url, "object": format!("{}/users/ann", node.origin()) });
                let parcel = peer.parcel(&node, "/inbox", &url, deed.to_string().as_bytes());
                let status = Wire::to(&node).send(&parcel).await.status;
                assert_ne!(status, 202, "{url}");
                assert_ne!(status, 500, "{url}");
                trap.assert_quiet(&format!("the key of {url}"));
            }
            for handle in [format!("@bob@{authority}"), format!("bob@{authority}")] {
                let path = format!("/api/v2/search?resolve=true&type=accounts&q={}", encoded(&handle));
                assert!(ann.get(&path).await.status < 500, "{handle}");
                ann.get(&format!("/api/v1/accounts/lookup?acct={}", encoded(&handle))).await;
                let post = ann.post("/api/v1/statuses", json!({ "status": format!("{handle} hello") })).await;
                assert!(post.status < 500, "{handle}");
                trap.assert_quiet(&handle);
            }
        }
        node.settle().await;
        trap.assert_quiet("deliveries");
        let health = Wire::to(&node).send(&Call::new("GET /health")).await;
        assert_eq!(health.status, 200);
    }
}

on_both! {
    async fn d11_pictures_of_others_are_no_way_to_private_addresses(engine) {
        let trap = Trap::set().await;
        let node = guarded(engine, trap.port).await;
        let anybody = node.anybody();
        for authority in trap.authorities() {
            for scheme in ["http", "https"] {
                let url = format!("{scheme}://{authority}/a.png");
                let shown = node.node.urls.shown(&url);
                let path = shown.strip_prefix(node.origin()).expect("an address of this node");
                for _ in 0..2 {
                    assert_eq!(anybody.get(path).await.status, 404, "{url}");
                }
                trap.assert_quiet(&url);
            }
        }
    }
}

on_both! {
    async fn d6_d9_documents_lead_only_to_http(engine) {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let (ann, peer) = (node.person("ann").await, Hostile::start().await);
        let bob = peer.resident("good", "bob");
        for (number, target) in [
            "file:///etc/passwd", "data:application/activity+json,{}", "gopher://good.localhost/", "ftp://good.localhost/",
            "javascript:alert(1)", "http:", "//", "http://user:secret@good.localhost/", "http://[::1", "",
        ].into_iter().enumerate() {
            let from = peer.at("good", &format!("/{number}"));
            peer.redirect(&from, target);
            let found = ann.get(&format!("/api/v2/search?resolve=true&q={}", encoded(&from))).await.ok();
            assert_eq!((&found["accounts"], &found["statuses"]), (&json!([]), &json!([])), "{target}");
        }
        // Redirects that never end.
        let (one, two) = (peer.at("good", "/one"), peer.at("good", "/two"));
        peer.redirect(&one, &two);
        peer.redirect(&two, &one);
        let asked = peer.asked().len();
        ann.get(&format!("/api/v2/search?resolve=true&q={}", encoded(&one))).await.ok();
        assert!(peer.asked().len() - asked <= 4, "three hops and no more");
        // Nor a chain of five that would end well.
        let hops: Vec<String> = (0..5).map(|hop| peer.at("good", &format!("/hops/{hop}"))).collect();
        let mut chain: Vec<&str> = hops.iter().map(String::as_str).collect();
        chain.push(&bob);
        peer.chain(&chain);
        let found = ann.get(&format!("/api/v2/search?resolve=true&q={}", encoded(&hops[0]))).await.ok();
        assert_eq!(found["accounts"], json!([]), "five hops");
        assert!(!peer.asked().contains(&hops[4]), "the fifth is not asked for");
        // An actor whose inbox is no address gets nothing and breaks nothing.
        for (name, inbox) in [("carl", "file:///etc/passwd"), ("dan", "javascript:x"), ("eve", "http://user@good.localhost/")] {
            let mut actor = peer.actor("good", name);
            actor["inbox"] = inbox.into();
            let id = peer.resident("good", name);
            peer.show(&id, &actor);
            let answer = ann.get(&format!("/api/v2/search?resolve=true&q={}", encoded(&id))).await.ok();
            assert_eq!(answer["accounts"], json!([]), "{inbox}");
        }
        assert!(!ann.finds("accounts", &bob).await.is_empty());
    }
}

on_both! {
    async fn d7_handles_with_addresses_and_ports_are_no_handles_on_the_internet(engine) {
        let trap = Trap::set().await;
        let node = guarded(engine, trap.port).await;
        let ann = node.person("ann").await;
        for resource in [
            format!("acct:a@127.0.0.1:{}", trap.port), format!("a@localhost:{}", trap.port), "a@intranet".to_owned(),
            "a@169.254.169.254".to_owned(), "a@[::1]".to_owned(),
        ] {
            let found = ann.get(&format!("/api/v2/search?resolve=true&q={}", encoded(&resource))).await;
            assert!(found.status < 500, "{resource}");
        }
        trap.assert_quiet("webfinger");
    }
}
