//! Section B: secrets stay where they belong, in the database, in what is sent, and in the log.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;
use whimbrel::clock::Clock;
use whimbrel::store::{Conn, KeyAlgorithm, QueryResult, keys};

use super::stages::{Stage, encoded};
use crate::support::answers::Answer;
use crate::support::databases::on_both;
use crate::support::fingerprints::Fingerprint;
use crate::support::hostile::Hostile;
use crate::support::processes::Process;
use crate::support::wire::{Call, Reply, Wire};

/// How long two letters may take.
const PATIENCE: Duration = Duration::from_mins(1);

on_both! {
    async fn b13_hidden_recipients_are_neither_stored_nor_told(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        stage.follow(bob).await;
        stage.is_followed_by(bob).await;
        let hidden = peer.resident("hidden", "dora");
        let mut note = peer.note(bob, "1", "hello");
        note["bto"] = json!([hidden]);
        note["bcc"] = json!(hidden);
        let mut create = peer.deed(bob, "Create", "create", &note);
        create["bto"] = json!([hidden]);
        create["bcc"] = json!([hidden, { "type": "Person", "id": hidden }]);
        peer.give(node, bob, &create).await;
        note["content"] = json!("hello again");
        note["updated"] = json!("2026-08-08T12:30:00Z");
        let mut update = peer.deed(bob, "Update", "update", &note);
        update["bto"] = json!(hidden);
        peer.give(node, bob, &update).await;
        let home = stage.ann.home().await;
        assert_eq!(stage.ann.home_texts().await, ["hello again"]);
        let id = home[0]["id"].as_str().expect("an id");
        // Ann passes on what she can pass on.
        stage.ann.post(&format!("/api/v1/statuses/{id}/reblog"), json!({})).await.ok();
        stage.ann.post(&format!("/api/v1/statuses/{id}/favourite"), json!({})).await.ok();
        let reply = json!({ "status": "@bob@good.localhost hello", "in_reply_to_id": id });
        stage.ann.post("/api/v1/statuses", reply).await.ok();
        node.settle().await;
        assert_eq!(Fingerprint::of(node).await.tables_with("hidden.localhost"), [""; 0]);
        let posted = peer.posted();
        assert!(posted.len() >= 4, "{posted:#?}");
        for sent in &posted {
            let is_told = ["hidden.localhost", "\"bto\"", "\"bcc\""].iter().any(|word| sent.body.contains(word));
            assert!(!is_told && !sent.url.contains("hidden"), "{sent:#?}");
        }
        for path in ["/api/v1/timelines/home".to_owned(), format!("/api/v1/statuses/{id}"), format!("/api/v1/statuses/{id}/context")] {
            assert!(!stage.ann.get(&path).await.ok().to_string().contains("hidden"), "{path}");
        }
    }
}

on_both! {
    async fn b24_private_keys_lie_in_one_table_and_tokens_in_none(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        stage.is_followed_by(bob).await;
        let id = stage.ann.id.expect("an id");
        let list = move |conn: &mut Conn| -> QueryResult<Vec<keys::Key>> {
            let mut all = keys::list(conn, id)?;
            all.extend(keys::find_newest(conn, id, KeyAlgorithm::Rsa)?);
            Ok(all)
        };
        let found = node.node.db.read(list).await.expect("a database");
        // Lines of base64, so that it does not matter how line breaks are written.
        let secrets: Vec<String> = found.iter().filter_map(|key| key.private_pem.as_deref()).map(|pem| pem.lines().nth(1).expect("a line").to_owned()).collect();
        assert!(secrets.len() >= 2, "keys of both sorts");
        // Work of every kind that waits: what is queued, and what could not be sent.
        peer.answer("POST", &format!("{bob}/inbox"), Answer::new(503));
        stage.ann.says("@bob@good.localhost hello").await;
        stage.ask_to_follow(bob).await;
        let post = stage.ann.says("another").await;
        stage.ann.post(&format!("/api/v1/statuses/{}/pin", post["id"].as_str().expect("an id")), json!({})).await.ok();
        let stored = Fingerprint::of(node).await;
        assert!(stored.count("jobs") > 0 && stored.count("deliveries") > 0, "there is work that waits");
        for secret in &secrets {
            assert_eq!(stored.tables_with(secret), ["account_keys"]);
        }
        assert_eq!(stored.tables_with(stage.ann.token()), [""; 0]);
        assert_eq!(stored.tables_with("the password of ann"), [""; 0]);
        for sent in peer.requests() {
            let is_told = secrets.iter().any(|secret| sent.body.contains(secret) || sent.head.contains(secret));
            assert!(!is_told, "{sent:#?}");
        }
    }
}

/// Something that counts who calls, and answers nobody.
async fn set_trap() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let calls = Arc::<AtomicUsize>::default();
    let counted = calls.clone();
    tokio::task::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, calls)
}

/// The program, and who talks with it.
struct Running {
    process: Process,
    peer: Hostile,
    token: String,
    bob: String,
}

impl Running {
    async fn send(&self, call: Call) -> Reply {
        let wire = Wire::at(self.process.address, &self.process.domain);
        wire.send(&call).await
    }

    async fn ask(&self, line: &str) -> Reply {
        self.send(Call::new(line).by(Some(&self.token))).await
    }

    /// Bob delivers something to Ann, or what looks like it.
    async fn deliver(&self, body: &str) -> u16 {
        let inbox = format!("http://{}/inbox", self.process.domain);
        let now = Clock::real().now();
        let call = Call {
            headers: self.peer.sign(&self.bob, &inbox, body.as_bytes(), now),
            body: body.as_bytes().to_vec(),
            ..Call::new("POST /inbox")
        };
        self.send(call).await.status
    }

    /// Ann's program and browser say secrets at every door, in good requests and in bad ones.
    async fn tell_secrets(&self) {
        let json = "application/json";
        let form = "application/x-www-form-urlencoded";
        let password = "the-password-of-ann";
        for call in [
            Call::new("POST /auth/sign_in").carrying(form, format!("email=ann%40mail.example&password={password}")),
            Call::new("POST /auth/sign_in").carrying(form, "email=planted%40mail.example&password=planted-password"),
            Call::new("POST /auth/sign_up").carrying(form, "username=x&email=planted%40mail.example&password=planted-password"),
            Call::new("POST /oauth/token").carrying(form, "grant_type=authorization_code&code=planted-code&client_id=1&client_secret=planted-client&redirect_uri=x"),
            Call::new("POST /oauth/token").carrying(json, "{\"code\":\"planted-code\",\"grant_type\":"),
            Call::new("POST /oauth/revoke").carrying(form, "token=planted-token&client_id=1&client_secret=planted-client"),
            Call::new("GET /api/v1/timelines/home").with("Authorization", "Bearer planted-token"),
            Call::new("GET /api/v1/timelines/home?access_token=planted-token"),
            Call::new(&format!("GET /api/v1/timelines/home?access_token={}", self.token)),
            Call::new("GET /api/v1/streaming?stream=user&access_token=planted-token"),
            Call::new("GET /settings").with("Cookie", "whimbrel_session=planted-session"),
            Call::new("GET /auth/confirmation?confirmation_token=planted-link"),
            Call::new("POST /api/v1/statuses").by(Some(&self.token)).carrying(json, "{\"status\":\"planted-words\","),
            Call::new("POST /api/v1/statuses").by(Some(&self.token)).carrying(json, "{\"status\":\"planted-words\",\"visibility\":\"none\"}"),
            Call::new("GET /users/ann").with("Signature", "keyId=\"planted-key\",signature=\"planted-signature\""),
        ] {
            let status = self.send(call.clone()).await.status;
            assert!(status < 500, "{status}: {call:?}");
        }
    }

    /// Ann and Bob write to each other alone.
    async fn talk_in_private(&self) {
        let (peer, bob) = (&self.peer, self.bob.as_str());
        // Bob is found without the proxy, and gets what is for him alone; he refuses it.
        let found = self
            .ask(&format!(
                "GET /api/v2/search?resolve=true&q={}",
                encoded(bob)
            ))
            .await;
        assert_eq!(
            found.json()["accounts"][0]["username"],
            "bob",
            "{}",
            found.body
        );
        let direct = json!({ "status": format!("@bob@{} planted-direct", peer.domain("good")), "visibility": "direct" });
        let post = Call::new("POST /api/v1/statuses").by(Some(&self.token));
        assert_eq!(
            self.send(post.carrying("application/json", direct.to_string()))
                .await
                .status,
            200
        );
        // Bob writes to Ann alone, well and badly.
        let ann = format!("http://{}/users/ann", self.process.domain);
        let mut note = peer.note(bob, "1", "planted-answer");
        note["to"] = json!([ann]);
        note["cc"] = json!([]);
        note["tag"] = json!([{ "type": "Mention", "href": ann, "name": "@ann" }]);
        let create = peer.deed(bob, "Create", "create", &note).to_string();
        assert_eq!(self.deliver(&create).await, 202);
        for bad in [
            create
                .replace("\"Note\"", "\"Nothing\"")
                .replace("deeds/create", "deeds/odd"),
            format!("{create}{create}"),
            create.replace(bob, &ann),
        ] {
            assert_ne!(self.deliver(&bad).await, 500, "{bad}");
        }
        let began = Instant::now();
        while self.ask("GET /api/v1/notifications").await.json()[0]["type"] != "mention"
            || peer.posted().is_empty()
        {
            let is_late = began.elapsed() > PATIENCE;
            assert!(!is_late, "both words came: {:#?}", peer.posted());
        }
        assert!(peer.posted()[0].body.contains("planted-direct"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b23_d15_the_program_keeps_secrets_out_of_its_log_and_asks_no_proxy() {
    let (trap, calls) = set_trap().await;
    let proxy = format!("http://{trap}");
    let mut settings = vec![("WHIMBREL_LOG__LEVEL", "trace".to_owned())];
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ] {
        settings.push((name, proxy.clone()));
    }
    let mut process = Process::prepare_with(&settings);
    let log = process.folder.path().join("log");
    process.log_to(&log);
    let token = process.token();
    process.serve();
    let peer = Hostile::start().await;
    let bob = peer.resident("good", "bob");
    peer.answer(
        "POST",
        &format!("{bob}/inbox"),
        Answer::new(500).saying("no"),
    );
    let running = Running {
        process,
        peer,
        token,
        bob,
    };
    running.tell_secrets().await;
    running.talk_in_private().await;
    let Running {
        mut process, token, ..
    } = running;
    process.stop();
    assert_eq!(calls.load(Ordering::SeqCst), 0, "the proxy was called");
    let log = std::fs::read_to_string(log).expect("a log");
    assert!(
        log.contains(" DEBUG ") || log.contains(" TRACE "),
        "it says much: {log}"
    );
    for secret in [
        "planted",
        "the-password-of-ann",
        "ann@mail.example",
        "PRIVATE KEY",
        &token,
    ] {
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(lines.is_empty(), "{secret}: {lines:#?}");
    }
}
