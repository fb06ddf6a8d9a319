//! The database server dies under a working node and comes back: what was acknowledged is there, what was not is
//! refused quickly and in words, and the node goes on by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use whimbrel::clock::Clock;
use whimbrel::id::StatusId;
use whimbrel::store::{Engine, jobs, statuses};
use whimbrel::worker::Worker;

use crate::support::nodes::TestNode;
use crate::support::people::Person;
use crate::support::postgres::Cluster;

/// What came of posting for a while.
#[derive(Default)]
struct Posted {
    ids: Vec<StatusId>,
    refused: usize,
    slowest_refusal: Duration,
}

/// Where the writers of a test are told what to do, and tell how far they are.
#[derive(Default)]
struct Desk {
    taken: AtomicUsize,
    refused: AtomicUsize,
    is_over: AtomicBool,
}

impl Desk {
    async fn wait(&self, counter: &AtomicUsize, more: usize) {
        let enough = counter.load(Ordering::Relaxed) + more;
        let began = Instant::now();
        while counter.load(Ordering::Relaxed) < enough {
            assert!(began.elapsed() < Duration::from_mins(1), "nothing moves");
            tokio::task::yield_now().await;
        }
    }
}

async fn post_on(person: Arc<Person>, desk: Arc<Desk>) -> Posted {
    let mut posted = Posted::default();
    for number in 0.. {
        if desk.is_over.load(Ordering::Relaxed) {
            break;
        }
        let began = Instant::now();
        let answer = person
            .request(Method::POST, "/api/v1/statuses")
            .header("Content-Type", "application/json")
            .body(json!({ "status": format!("post {number}") }).to_string())
            .send()
            .await
            .expect("the node answers whatever its database does");
        let (status, wait) = (
            answer.status().as_u16(),
            answer.headers().get("retry-after").cloned(),
        );
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        if status == 200 {
            let id = body["id"].as_str().unwrap().parse().unwrap();
            posted.ids.push(id);
            desk.taken.fetch_add(1, Ordering::Relaxed);
        } else {
            assert_eq!(status, 503, "{body}");
            assert!(wait.is_some(), "it says when to come again");
            assert!(
                body["error"].as_str().unwrap().contains("database"),
                "{body}"
            );
            posted.refused += 1;
            posted.slowest_refusal = posted.slowest_refusal.max(began.elapsed());
            desk.refused.fetch_add(1, Ordering::Relaxed);
        }
    }
    posted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_dies_under_load_and_returns_loses_nothing_that_was_acknowledged() {
    let Some(mut cluster) = Cluster::start() else {
        println!("skipped: PostgreSQL is not installed");
        return;
    };
    let url = cluster.url.clone();
    let node = TestNode::start_with(Engine::Sqlite, "here", &Clock::real(), |config| {
        config.database.url = Some(url.parse().expect("a URL"));
    })
    .await;
    let ann = Arc::new(node.person("ann").await);
    let worker = Worker::start(node.node.clone()).await.expect("it starts");
    let desk = Arc::new(Desk::default());
    let writers: Vec<_> = (0..4)
        .map(|_| tokio::task::spawn(post_on(ann.clone(), desk.clone())))
        .collect();
    for _ in 0..2 {
        desk.wait(&desk.taken, 40).await;
        tokio::task::block_in_place(|| cluster.cut());
        desk.wait(&desk.refused, 8).await;
        assert!(node.node.db.load().is_away, "the node knows");
        tokio::task::block_in_place(|| cluster.mend());
    }
    desk.wait(&desk.taken, 40).await;
    desk.is_over.store(true, Ordering::Relaxed);
    let mut acknowledged = Vec::new();
    for writer in writers {
        let posted = writer.await.unwrap();
        assert!(posted.refused > 0, "each of them was refused meanwhile");
        println!(
            "{} posted, {} refused, the slowest refusal after {:?}",
            posted.ids.len(),
            posted.refused,
            posted.slowest_refusal
        );
        assert!(posted.slowest_refusal < Duration::from_secs(10));
        acknowledged.extend(posted.ids);
    }
    assert!(acknowledged.len() >= 120);
    for id in acknowledged {
        let found = node
            .node
            .db
            .read(move |c| statuses::find(c, id))
            .await
            .unwrap();
        assert!(found.is_some(), "{id} was acknowledged");
    }
    let began = Instant::now();
    while node.node.db.read(jobs::next_due).await.unwrap().is_some() {
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "the workers go on by themselves"
        );
        tokio::task::yield_now().await;
    }
    worker.stop().await;
}
