//! The measurements themselves.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use whimbrel::clock::{self, Clock};
use whimbrel::id::{AccountId, StatusId};
use whimbrel::store::home::Entry;
use whimbrel::store::statuses::Status;
use whimbrel::store::{self, Db, Json, Location, QueryResult, Settings, Visibility};

use super::load::{self, Connection};
use super::peers::Peers;
use super::processes::Process;
use super::{Bound, Figure};

/// Connections that load the node at the same time.
const CONNECTIONS: usize = 16;

/// Start from nothing to the first answer, and memory at rest.
pub async fn start() -> Vec<Figure> {
    let mut process = Process::prepare();
    process.serve();
    tokio::time::sleep(Duration::from_secs(3)).await;
    vec![
        Figure {
            name: "cold start",
            value: process.start.as_secs_f64(),
            unit: "s",
            wanted: Some(Bound::AtMost(0.5)),
        },
        Figure {
            name: "resident memory, idle",
            value: process.memory(),
            unit: "MB",
            wanted: Some(Bound::AtMost(60.0)),
        },
    ]
}

/// Statuses posted through the client API.
pub async fn posts() -> Vec<Figure> {
    let mut process = Process::prepare();
    let token = process.token();
    process.serve();
    let host = process.domain.clone();
    let run = load::run(process.address, CONNECTIONS, 6_000, 200, move |number| {
        let body = json!({ "status": format!("post number {number} about #birds and https://example.org/{number}") });
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        load::post(&host, "/api/v1/statuses", &headers, &body.to_string())
    })
    .await;
    vec![
        Figure::rate(
            "statuses posted, 16 connections",
            run.count,
            run.took,
            400.0,
        ),
        Figure {
            name: "  p99",
            value: run.percentile(0.99),
            unit: "ms",
            wanted: None,
        },
        Figure {
            name: "  resident memory under load",
            value: process.memory(),
            unit: "MB",
            wanted: None,
        },
    ]
}

/// Home timelines read over 100,000 statuses of 200 authors.
pub async fn home() -> Vec<Figure> {
    let mut process = Process::prepare();
    let token = process.token();
    fill(&process, 100_000).await;
    process.serve();
    let host = process.domain.clone();
    let run = load::run(process.address, CONNECTIONS, 20_000, 200, move |number| {
        // Most readers look at the newest page, some further down.
        let path = match number % 4 {
            0 => format!("/api/v1/timelines/home?limit=20&max_id={}", 1_000 + number),
            _ => "/api/v1/timelines/home?limit=20".to_owned(),
        };
        load::get(&host, &path, &token)
    })
    .await;
    vec![
        Figure::rate(
            "home timelines read (20), 16 connections",
            run.count,
            run.took,
            2_000.0,
        ),
        Figure {
            name: "  p99",
            value: run.percentile(0.99),
            unit: "ms",
            wanted: None,
        },
        Figure {
            name: "  resident memory under load",
            value: process.memory(),
            unit: "MB",
            wanted: None,
        },
    ]
}

/// Creates received from a peer: accepted, and visible in a follower's home timeline.
pub async fn inbox() -> Vec<Figure> {
    const TOTAL: usize = 5_000;
    let mut process = Process::prepare();
    let token = process.token();
    process.serve();
    let peers = Peers::start().await;
    let mut connection = Connection::new(process.address).await;
    follow(&mut connection, &process, &token, &peers).await;
    let now = Clock::real().now();
    let inbox = format!("http://{}/inbox", process.domain);
    let requests: Vec<Vec<u8>> = (0..TOTAL)
        .map(|number| load::signed(&peers.sign(0, &inbox, &create(&peers, number, now), now)))
        .collect();
    let began = Instant::now();
    let run = load::run(process.address, CONNECTIONS, TOTAL, 202, move |number| {
        requests[number].clone()
    })
    .await;
    let db = open(&process).await;
    loop {
        let known = db
            .read(|conn| store::receipts::count(conn, store::ReceiptState::Applied))
            .await
            .unwrap();
        if known > i64::try_from(TOTAL).unwrap() {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_mins(2),
            "only {known} of {TOTAL} were applied"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let visible = began.elapsed();
    let (_, home) = connection
        .send(&load::get(
            &process.domain,
            "/api/v1/timelines/home?limit=40",
            &token,
        ))
        .await;
    let home: Vec<Value> = serde_json::from_slice(&home).unwrap();
    assert_eq!(home.len(), 40, "the follower sees them");
    vec![
        Figure::rate(
            "inbox: Creates accepted (stored)",
            run.count,
            run.took,
            800.0,
        ),
        Figure::rate(
            "inbox: Creates visible in a home timeline",
            TOTAL,
            visible,
            800.0,
        ),
        Figure {
            name: "  resident memory under load",
            value: process.memory(),
            unit: "MB",
            wanted: None,
        },
    ]
}

/// Posts delivered to followers on a hundred hosts.
pub async fn fanout() -> Vec<Figure> {
    const HOSTS: usize = 100;
    const POSTS: usize = 60;
    let mut process = Process::prepare();
    let token = process.token();
    process.serve();
    let peers = Peers::start().await;
    let now = Clock::real().now();
    let mut connection = Connection::new(process.address).await;
    let ann = format!("http://{}/users/ann", process.domain);
    let inbox = format!("{ann}/inbox");
    for number in 0..HOSTS {
        let follow = peers.sign(number, &inbox, &peers.follow(number, &ann), now);
        let (status, body) = connection.send(&load::signed(&follow)).await;
        assert_eq!(status, 202, "{}", String::from_utf8_lossy(&body));
    }
    peers.wait_for(HOSTS).await;
    let began = Instant::now();
    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
    for number in 0..POSTS {
        let body = json!({ "status": format!("to everybody, number {number}") }).to_string();
        let (status, _) = connection
            .send(&load::post(
                &process.domain,
                "/api/v1/statuses",
                &headers,
                &body,
            ))
            .await;
        assert_eq!(status, 200);
    }
    peers.wait_for(HOSTS + HOSTS * POSTS).await;
    vec![
        Figure::rate(
            "deliveries to 100 hosts",
            HOSTS * POSTS,
            began.elapsed(),
            800.0,
        ),
        Figure {
            name: "  resident memory under load",
            value: process.memory(),
            unit: "MB",
            wanted: None,
        },
    ]
}

async fn follow(connection: &mut Connection, process: &Process, token: &str, peers: &Peers) {
    let handle = format!("bob@{}", peers.domain(0));
    let path = format!("/api/v2/search?resolve=true&type=accounts&q={handle}");
    let (_, found) = connection
        .send(&load::get(&process.domain, &path, token))
        .await;
    let found: Value = serde_json::from_slice(&found).unwrap();
    let id = found["accounts"][0]["id"]
        .as_str()
        .expect("the peer is found");
    let headers = format!("Authorization: Bearer {token}\r\n");
    let asked = load::post(
        &process.domain,
        &format!("/api/v1/accounts/{id}/follow"),
        &headers,
        "",
    );
    assert_eq!(connection.send(&asked).await.0, 200);
    peers.wait_for(1).await;
    let path = format!("/api/v1/accounts/relationships?id[]={id}");
    let (_, relationship) = connection
        .send(&load::get(&process.domain, &path, token))
        .await;
    let relationship: Vec<Value> = serde_json::from_slice(&relationship).unwrap();
    assert_eq!(relationship[0]["requested"], json!(true));
    accept(connection, process, peers).await;
}

/// The peer accepts the follow, whose id is in the node's database.
async fn accept(connection: &mut Connection, process: &Process, peers: &Peers) {
    let now = Clock::real().now();
    let actor = peers.actor(0);
    let db = open(process).await;
    let ask = {
        let actor = actor.clone();
        db.read(move |conn| {
            let ann = store::accounts::find_by_handle(conn, "ann")?.unwrap();
            let bob = store::accounts::find_by_uri(conn, &actor)?.unwrap();
            store::follows::find(conn, ann.id, bob.id)
        })
        .await
    };
    let uri = ask.unwrap().unwrap().uri;
    let ann = format!("http://{}/users/ann", process.domain);
    let follow = json!({ "id": uri, "type": "Follow", "actor": ann, "object": actor });
    let accept = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{actor}#accept"), "type": "Accept", "actor": actor, "object": follow });
    let inbox = format!("{ann}/inbox");
    let (status, body) = connection
        .send(&load::signed(&peers.sign(0, &inbox, &accept, now)))
        .await;
    assert_eq!(status, 202, "{}", String::from_utf8_lossy(&body));
}

fn create(peers: &Peers, number: usize, now: i64) -> Value {
    let actor = peers.actor(0);
    let id = format!("http://{}/notes/{number}", peers.domain(0));
    let public = "https://www.w3.org/ns/activitystreams#Public";
    let when = clock::to_rfc3339(now);
    let note = json!({
        "id": id, "type": "Note", "attributedTo": actor, "published": when, "to": [public],
        "cc": [format!("{actor}/followers")], "content": format!("<p>note number {number} of a busy server</p>"),
    });
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{id}/activity"), "type": "Create",
        "actor": actor, "published": when, "to": [public], "cc": [format!("{actor}/followers")], "object": note,
    })
}

async fn open(process: &Process) -> Db {
    let location = Location::Sqlite(process.folder.path().join("whimbrel.db"));
    Db::open(
        Settings {
            location,
            readers: 1,
            cache_mebibytes: 16,
            lane: 63,
        },
        Clock::real(),
    )
    .await
    .unwrap()
}

/// Puts `total` statuses of 200 remote authors into the home timeline of `ann`.
async fn fill(process: &Process, total: i64) {
    const AUTHORS: i64 = 200;
    let db = open(process).await;
    let ann = db
        .read(|conn| store::accounts::find_by_handle(conn, "ann"))
        .await
        .unwrap()
        .unwrap();
    let template = ann.clone();
    db.write(move |tx| -> QueryResult<()> {
        for number in 1..=AUTHORS {
            let domain = format!("h{}.example", number % 50);
            let mut author = template.clone();
            author.id = AccountId(number);
            author.username = format!("author{number}");
            author.handle = format!("author{number}@{domain}");
            author.uri = format!("https://{domain}/users/author{number}");
            author.url = author.uri.clone();
            author.domain = Some(domain);
            store::accounts::insert(tx, &author)?;
        }
        Ok(())
    })
    .await
    .unwrap();
    for part in 0..total / 1_000 {
        db.write(move |tx| -> QueryResult<()> {
            for number in part * 1_000..(part + 1) * 1_000 {
                let status = status(number + 1, AccountId(1 + number % AUTHORS));
                store::statuses::insert(tx, &status)?;
                let entry = Entry {
                    account_id: ann.id,
                    status_id: status.id,
                    author_id: status.account_id,
                };
                store::home::insert(tx, &[entry])?;
            }
            Ok(())
        })
        .await
        .unwrap();
    }
}

fn status(id: i64, author: AccountId) -> Status {
    let uri = format!("https://h.example/statuses/{id}");
    Status {
        id: StatusId(id),
        url: Some(uri.clone()),
        uri,
        account_id: author,
        is_local: false,
        visibility: Visibility::Public,
        content: format!(
            "<p>status number {id}, with as many words as people use when they have something to say</p>"
        ),
        source: None,
        spoiler: String::new(),
        sensitive: false,
        language: Some("en".to_owned()),
        emojis: Json(Vec::new()),
        in_reply_to_id: None,
        in_reply_to_account_id: None,
        in_reply_to_uri: None,
        conversation_id: id,
        boost_of_id: None,
        application_id: None,
        replies_count: 0,
        boosts_count: 0,
        favourites_count: 0,
        created_at: 1_786_192_496_789,
        edited_at: None,
        fetched_at: 1_786_192_496_789,
    }
}
