//! What people feel: how soon a node starts, and how quick posting and reading are.

use std::time::Duration;

use serde_json::json;
use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, StatusId};
use whimbrel::store::home::Entry;
use whimbrel::store::statuses::Status;
use whimbrel::store::{self, Db, Json, Location, QueryResult, Settings, Visibility};

use super::shared::figures::Figure;
use super::shared::people::Ann;
use super::shared::processes::Process;
use super::shared::{load, machine};

/// Connections that load the node at the same time.
pub const CONNECTIONS: usize = 16;

/// Start from nothing to the first answer, and memory at rest.
pub async fn start() -> Vec<Figure> {
    let mut process = Process::prepare();
    process.serve();
    tokio::time::sleep(Duration::from_secs(3)).await;
    vec![
        Figure::seconds("cold start", process.start).at_most(0.5),
        Figure::new("resident memory, idle", machine::memory(process.id()), "MB").at_most(60.0),
    ]
}

/// Statuses posted through the client API.
pub async fn posts(is_quick: bool) -> Vec<Figure> {
    let total = if is_quick { 300 } else { 6_000 };
    let mut process = Process::prepare();
    let ann = Ann::of(&process);
    process.serve();
    let run = load::run(process.address, CONNECTIONS, total, 200, move |number| {
        let text = format!("post number {number} about #birds and https://example.org/{number}");
        ann.post("/api/v1/statuses", &json!({ "status": text }))
    })
    .await;
    vec![
        Figure::rate("statuses posted, 16 connections", run.count, run.took).at_least(400.0),
        Figure::millis("  p99", run.percentile(0.99)),
        memory_under_load(&process),
    ]
}

/// Home timelines read over 100,000 statuses of 200 authors.
pub async fn home(is_quick: bool) -> Vec<Figure> {
    let (rows, total) = if is_quick {
        (5_000, 500)
    } else {
        (100_000, 20_000)
    };
    let mut process = Process::prepare();
    let ann = Ann::of(&process);
    fill(&process, rows).await;
    process.serve();
    let run = load::run(process.address, CONNECTIONS, total, 200, move |number| {
        // Most readers look at the newest page, some further down.
        let path = match number % 4 {
            0 => format!("/api/v1/timelines/home?limit=20&max_id={}", 1_000 + number),
            _ => "/api/v1/timelines/home?limit=20".to_owned(),
        };
        ann.get(&path)
    })
    .await;
    let name = "home timelines read (20), 16 connections";
    vec![
        Figure::rate(name, run.count, run.took).at_least(2_000.0),
        Figure::millis("  p99", run.percentile(0.99)),
        memory_under_load(&process),
    ]
}

/// The memory of a process that has just worked.
pub fn memory_under_load(process: &Process) -> Figure {
    let memory = machine::memory(process.id());
    Figure::new("  resident memory under load", memory, "MB")
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
