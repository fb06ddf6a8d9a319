//! The program itself: a kill loses no message, a service that hangs delays no other, and the log keeps secrets.

use std::time::Instant;

use serde_json::{Value, json};
use whimbrel::clock::Clock;

use super::messages::PATH;
use crate::support::processes::Process;
use crate::support::push_services::{PushServices, Received, Subscriber};

async fn post(process: &Process, token: &str, path: &str, body: Value) -> Value {
    let request = reqwest::Client::new()
        .post(format!("http://{}{path}", process.address))
        .header("Host", &process.domain)
        .header("Content-Type", "application/json")
        .bearer_auth(token)
        .body(body.to_string());
    let response = request.send().await.expect("the node answers");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).expect("JSON")
}

/// Bob, with a token.
fn bob(process: &Process) -> String {
    let words = "account create bob --email bob@mail.example --password the-password-of-bob --confirmed --approved";
    process.run(&words.split(' ').collect::<Vec<_>>());
    process.run(&["token", "create", "bob", "--scopes", "read write"])
}

fn to(services: &PushServices, host: &str) -> Vec<Received> {
    let received = services.received().into_iter();
    received.filter(|message| message.host == host).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_no_message_and_the_log_keeps_secrets() {
    let services = PushServices::start().await;
    let level = ("WHIMBREL_LOG__LEVEL", "debug".to_owned());
    let mut process = Process::prepare_with(&[level]);
    let log = process.folder.path().join("log");
    process.log_to(&log);
    let (ann, bob) = (process.token(), bob(&process));
    process.serve();
    let subscriber = Subscriber::new(services.at("push", "/very-secret-path"), false);
    let made = post(&process, &ann, PATH, subscriber.wish()).await;
    services.hang("push");
    for number in 0..3 {
        let text = format!("@ann {number}");
        post(
            &process,
            &bob,
            "/api/v1/statuses",
            json!({ "status": text }),
        )
        .await;
    }
    services.wait_for(3).await;
    // None of these was answered: they are sent once more, to be sure.
    process.kill();
    services.revive("push");
    process.serve();
    services.wait_for(6).await;
    let received = services.received();
    let mut texts: Vec<String> = received[3..]
        .iter()
        .map(|message| {
            let key = made["server_key"].as_str().unwrap();
            let text = subscriber.open(message, key, Clock::real().now());
            assert_eq!(text["access_token"], ann.as_str());
            text["body"].as_str().unwrap().to_owned()
        })
        .collect();
    texts.sort();
    assert_eq!(texts, ["@ann 0", "@ann 1", "@ann 2"]);
    services.answer("/very-secret-path", "410 Gone");
    post(
        &process,
        &bob,
        "/api/v1/statuses",
        json!({ "status": "@ann 3" }),
    )
    .await;
    services.wait_for(7).await;
    process.stop();
    let log = std::fs::read_to_string(log).expect("a log");
    assert!(
        log.contains("a subscription to Web Push has ended"),
        "{log}"
    );
    for secret in ["very-secret-path", &ann, "@ann 0"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_hangs_delays_nobody_else() {
    let services = PushServices::start().await;
    let mut process = Process::prepare();
    let (browser, phone, bob) = (process.token(), process.token(), bob(&process));
    process.serve();
    services.hang("slow");
    for (token, host) in [(&browser, "slow"), (&phone, "quick")] {
        let subscriber = Subscriber::new(services.at(host, "/ann"), true);
        post(&process, token, PATH, subscriber.wish()).await;
    }
    for number in 0..30 {
        let text = format!("@ann {number}");
        post(
            &process,
            &bob,
            "/api/v1/statuses",
            json!({ "status": text }),
        )
        .await;
    }
    let began = Instant::now();
    while to(&services, "quick").len() < 30 {
        services.wait_for(services.received().len() + 1).await;
    }
    // Four requests wait there at a time, and each is given up after twenty seconds at the earliest.
    let rounds = usize::try_from(began.elapsed().as_secs() / 20 + 1).unwrap();
    let slow = to(&services, "slow").len();
    assert!(slow <= 4 * rounds, "{slow} in {rounds}");
    process.kill();
}
