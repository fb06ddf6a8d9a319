//! Consumers on a database of their own, with a stepped clock.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::Barrier;
use tokio::time::timeout;

use super::desk::Desk;
use super::jobs::Desk as JobDesk;
use super::{Unsettled, Worker, receipts as inbox, schedule, settle};
use crate::clock::{Clock, DAY, HOUR, MINUTE};
use crate::config::Config;
use crate::federation::activities::Verdict;
use crate::federation::overload;
use crate::id::{AccountId, ActivityId, ReceiptId};
use crate::load::Level;
use crate::node::Node;
use crate::social::statuses::Draft;
use crate::social::statuses::schedule::schedule as schedule_post;
use crate::social::tests::nodes::make_ann;
use crate::store::activities::Activity;
use crate::store::follows::Destination;
use crate::store::jobs::{self, Job};
use crate::store::mailings::{self, Mailing};
use crate::store::receipts::{self, Receipt};
use crate::store::{Conn, Interloper, QueryResult, ReceiptState, Trouble, Tx, deliveries, peers};

const START: i64 = 1_800_000_000_000;
const LONG: Duration = Duration::from_secs(20);

async fn open(folder: &TempDir, clock: Clock) -> Node {
    let mut config = Config::default();
    config.server.data = folder.path().to_owned();
    crate::testing::give_database(&mut config).await;
    Node::open(config, clock).await.unwrap()
}

async fn start() -> (TempDir, Node) {
    let folder = tempfile::tempdir().unwrap();
    let node = open(&folder, Clock::stepped(START)).await;
    (folder, node)
}

/// Stores activities `actor/number`.
async fn receive(node: &Node, names: &[&str]) {
    for name in names {
        let name = (*name).to_owned();
        let insert = move |tx: &mut Tx| {
            let receipt = Receipt {
                id: ReceiptId(tx.new_id()),
                actor_uri: name.split('/').next().unwrap().to_owned(),
                activity_uri: name,
                inbox_account_id: None,
                body: "{}".to_owned(),
                state: ReceiptState::Waiting,
                reason: None,
                attempts: 0,
                due_at: tx.now(),
                received_at: tx.now(),
            };
            receipts::insert(tx, &receipt)
        };
        assert!(node.db.write(insert).await.unwrap());
    }
}

async fn find(node: &Node, name: &'static str) -> Receipt {
    let find = move |c: &mut _| receipts::find_by_uri(c, name);
    node.db.read(find).await.unwrap().unwrap()
}

async fn queue(node: &Node, job: Job) {
    node.db.write(move |tx| tx.queue(&job)).await.unwrap();
}

#[tokio::test]
async fn a_scheduled_post_comes_out_once_although_the_node_was_away_at_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let node = open(&folder, Clock::stepped(START)).await;
    let ann = make_ann(&node).await.id;
    let draft = || Draft {
        text: "later".to_owned(),
        ..Draft::default()
    };
    schedule_post(&node, ann, draft(), START + HOUR)
        .await
        .unwrap();
    assert_eq!(super::jobs::work_off(&node).await.unwrap().tried, 0);
    drop(node);
    let node = open(&folder, Clock::stepped(START + DAY)).await;
    // Whoever died in the middle of it had claimed the job and not ended it.
    let claim = |tx: &mut Tx| jobs::claim(tx, false, 9, START + DAY + MINUTE);
    assert_eq!(node.db.write(claim).await.unwrap().len(), 1);
    node.db.write(jobs::release).await.unwrap();
    let (first, second) = tokio::join!(super::jobs::work_off(&node), super::jobs::work_off(&node));
    assert_eq!(first.unwrap().dead.len() + second.unwrap().dead.len(), 0);
    let count = crate::store::statuses::count_local;
    assert_eq!(node.db.read(count).await.unwrap(), 1);
    let left = move |c: &mut Conn| crate::store::scheduled_statuses::count_by(c, ann);
    assert_eq!(node.db.read(left).await.unwrap(), 0);
}

#[tokio::test]
async fn one_actors_activities_keep_their_order_and_actors_do_not_wait_for_each_other() {
    let (_folder, node) = start().await;
    let names: Vec<String> = (0..200)
        .map(|number| format!("actor{}/{number}", number % 4))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    receive(&node, &names).await;
    let seen: Arc<Mutex<HashMap<String, Vec<usize>>>> = Arc::default();
    // Passed only when four are here at the same time.
    let barrier = Arc::new(Barrier::new(4));
    let (log, meet) = (seen.clone(), barrier.clone());
    let apply = move |_: Node, receipt: Receipt| {
        let (log, meet) = (log.clone(), meet.clone());
        async move {
            meet.wait().await;
            let (actor, number) = receipt.activity_uri.split_once('/').unwrap();
            let mut log = log.lock().unwrap();
            let numbers = log.entry(actor.to_owned()).or_default();
            numbers.push(number.parse().unwrap());
            Verdict::Ignored("seen".to_owned())
        }
    };
    let tried = timeout(LONG, inbox::work_off(&node, apply)).await.unwrap();
    assert_eq!(tried.unwrap(), 200);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 4);
    for numbers in seen.values() {
        assert!(numbers.len() == 50 && numbers.is_sorted(), "{numbers:?}");
    }
}

#[tokio::test]
async fn one_bad_activity_stops_nothing_and_is_kept_with_its_reason() {
    let (_folder, node) = start().await;
    receive(&node, &["a/panics", "a/good", "b/fails", "b/bad", "b/good"]).await;
    let apply = |_: Node, receipt: Receipt| async move {
        match receipt.activity_uri.as_str() {
            "a/panics" => panic!("a mistake"),
            "b/fails" => Verdict::Retry("nobody answers".to_owned()),
            "b/bad" => Verdict::Rejected("not its own".to_owned()),
            _ => Verdict::Ignored("nothing to do".to_owned()),
        }
    };
    assert_eq!(inbox::work_off(&node, apply).await.unwrap(), 5);
    for name in ["a/good", "b/good"] {
        let receipt = find(&node, name).await;
        assert_eq!(
            (receipt.state, receipt.body.as_str()),
            (ReceiptState::Ignored, "")
        );
    }
    let bad = find(&node, "b/bad").await;
    assert_eq!(
        (bad.state, bad.reason.as_deref()),
        (ReceiptState::Rejected, Some("not its own"))
    );
    let mut tries = 5;
    let mut hours = 0;
    while find(&node, "b/fails").await.state == ReceiptState::Waiting {
        node.clock.advance(HOUR);
        hours += 1;
        tries += inbox::work_off(&node, apply).await.unwrap();
    }
    assert!((24..30).contains(&hours), "{hours}");
    assert_eq!(tries, 5 + 2 * 7);
    let failed = find(&node, "b/fails").await;
    assert_eq!(
        (failed.state, failed.reason.as_deref()),
        (ReceiptState::Failed, Some("nobody answers"))
    );
    let broken = find(&node, "a/panics").await;
    assert_eq!(
        (broken.state, broken.body.as_str()),
        (ReceiptState::Failed, "{}")
    );
    assert!(broken.reason.unwrap().contains("broke off"));
}

#[tokio::test]
async fn jobs_are_done_or_kept_with_their_reason() {
    let (_folder, node) = start().await;
    node.blobs.write("a/b.png", b"x").unwrap();
    queue(
        &node,
        Job::RemoveBlobs {
            keys: vec!["a/b.png".to_owned(), "a/none".to_owned()],
        },
    )
    .await;
    assert_eq!(settle(&node).await.unwrap().jobs, 1);
    assert!(!node.blobs.exists("a/b.png").unwrap());
    node.blobs.write("a/c.png", b"x").unwrap();
    let keys = vec!["../passwords".to_owned(), "a/c.png".to_owned()];
    queue(&node, Job::RemoveBlobs { keys }).await;
    let Err(Unsettled::Dead(dead)) = settle(&node).await else {
        panic!("the job was done");
    };
    assert_eq!(dead.len(), 1);
    assert!(!node.blobs.exists("a/c.png").unwrap());
    node.clock.advance(99 * DAY);
    assert_eq!(settle(&node).await.unwrap().total(), 0);
    let kept = node.db.read(|c| jobs::list_dead(c, 9)).await.unwrap();
    assert!(kept[0].last_error.as_deref().unwrap().contains("passwords"));
}

#[tokio::test]
async fn while_the_node_is_busy_nobody_works_in_the_background() {
    let (_folder, node) = start().await;
    node.blobs.write("a/b.png", b"x").unwrap();
    let keys = vec!["a/b.png".to_owned()];
    queue(&node, Job::RemoveBlobs { keys }).await;
    assert_eq!(overload::measure(&node).await, (0, Level::Calm));
    let many = node.config.federation.inbox_backlog_limit / 2;
    (0..many).for_each(|_| node.load.arrived("a.test"));
    assert_eq!(overload::measure(&node).await.1, Level::Strained);
    assert_eq!(settle(&node).await.unwrap().jobs, 0);
    assert!(node.blobs.exists("a/b.png").unwrap());
    (0..many).for_each(|_| node.load.taken("a.test"));
    assert_eq!(settle(&node).await.unwrap().jobs, 1);
    assert!(!node.blobs.exists("a/b.png").unwrap());
}

#[tokio::test]
async fn what_a_killed_process_had_in_hand_is_done_after_the_next_start() {
    let (folder, node) = start().await;
    receive(&node, &["a/1"]).await;
    node.blobs.write("a/b.png", b"x").unwrap();
    queue(
        &node,
        Job::RemoveBlobs {
            keys: vec!["a/b.png".to_owned()],
        },
    )
    .await;
    let claim = |tx: &mut Tx| -> QueryResult<()> {
        let lease_end = tx.now() + 5 * MINUTE;
        assert_eq!(jobs::claim(tx, true, 9, lease_end)?.len(), 1);
        assert_eq!(receipts::claim(tx, 9, lease_end)?.len(), 1);
        Ok(())
    };
    node.db.write(claim).await.unwrap();
    assert_eq!(settle(&node).await.unwrap().total(), 0);
    drop(node);
    let node = open(&folder, Clock::stepped(START + 1)).await;
    let worker = Worker::start(node.clone()).await.unwrap();
    let mut events = node.db.listen();
    let done = async {
        while node.blobs.exists("a/b.png").unwrap()
            || find(&node, "a/1").await.state == ReceiptState::Waiting
        {
            tokio::task::yield_now().await;
            let _ = events.try_recv();
        }
    };
    timeout(LONG, done).await.unwrap();
    timeout(LONG, worker.stop()).await.unwrap();
}

#[tokio::test]
async fn a_running_worker_hears_of_new_work_and_stops() {
    let (_folder, node) = start().await;
    let worker = Worker::start(node.clone()).await.unwrap();
    for name in ["a/b.png", "a/c.png"] {
        node.blobs.write(name, b"x").unwrap();
        queue(
            &node,
            Job::RemoveBlobs {
                keys: vec![name.to_owned()],
            },
        )
        .await;
        let done = async {
            while node.blobs.exists(name).unwrap() {
                tokio::task::yield_now().await;
            }
        };
        timeout(LONG, done).await.unwrap();
    }
    timeout(LONG, worker.stop()).await.unwrap();
    queue(
        &node,
        Job::RemoveBlobs {
            keys: vec!["a/d.png".to_owned()],
        },
    )
    .await;
    assert!(node.db.read(jobs::next_due).await.unwrap().is_some());
}

#[tokio::test]
async fn the_schedule_removes_what_nobody_needs() {
    let (_folder, node) = start().await;
    receive(&node, &["a/1"]).await;
    let apply = |_: Node, _: Receipt| async { Verdict::Ignored("no".to_owned()) };
    inbox::work_off(&node, apply).await.unwrap();
    receive(&node, &["a/2"]).await;
    let post = |tx: &mut Tx| -> QueryResult<()> {
        for waits in [true, false] {
            let activity = Activity {
                id: ActivityId(tx.new_id()),
                account_id: AccountId(1),
                kind: "Create".to_owned(),
                object_uri: "https://a.test/1".to_owned(),
                body: "{}".to_owned(),
                created_at: tx.now(),
            };
            let destination = Destination {
                domain: "b.test".to_owned(),
                inbox_url: "https://b.test/inbox".to_owned(),
            };
            mailings::queue(tx, &Mailing::new(&activity, &[destination]))?;
            if !waits {
                let peer = peers::ensure(tx, "b.test")?;
                let waiting = deliveries::list_by_last_try(tx, peer, 9)?;
                let taken: Vec<_> = waiting
                    .into_iter()
                    .map(|row| row.delivery)
                    .filter(|row| row.activity_id == activity.id)
                    .collect();
                deliveries::remove(tx, &taken)?;
            }
        }
        Ok(())
    };
    node.db.write(post).await.unwrap();
    // (days later, deliveries that expire, documents forgotten, receipts removed)
    for (days, expired, forgotten, ended) in [
        (0, 0, 0, 0),
        (29, 0, 0, 0),
        (2, 0, 1, 1),
        (58, 0, 0, 0),
        (2, 1, 0, 0),
        (29, 0, 0, 0),
        (2, 0, 1, 0),
    ] {
        node.clock.advance(days * DAY);
        let tidied = schedule::tidy(&node).await.unwrap();
        assert_eq!(
            (tidied.deliveries, tidied.activities),
            (expired, forgotten),
            "{days}"
        );
        assert_eq!(tidied.receipts, ended, "{days}");
    }
    assert_eq!(
        node.db.read(|c| deliveries::count(c, None)).await.unwrap(),
        0
    );
    assert_eq!(find(&node, "a/2").await.state, ReceiptState::Waiting);
}

/// A node on SQLite, whatever database the tests run on, and its file.
async fn start_on_sqlite(folder: &TempDir) -> (Node, PathBuf) {
    let mut config = Config::default();
    config.server.data = folder.path().to_owned();
    let node = Node::open(config, Clock::stepped(START)).await.unwrap();
    (node, folder.path().join("whimbrel.db"))
}

#[tokio::test]
async fn what_became_of_activities_is_written_as_soon_as_it_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let (node, file) = start_on_sqlite(&folder).await;
    receive(&node, &["a/bad", "b/hindered"]).await;
    let apply = |_: Node, receipt: Receipt| async move {
        match receipt.activity_uri.as_str() {
            "a/bad" => Verdict::Rejected("not its own".to_owned()),
            _ => Verdict::Hindered(Trouble::Busy),
        }
    };
    let mut desk = Desk::new(node.clone(), apply);
    desk.expect_more();
    desk.claim();
    let claimed = desk.next().await.unwrap();
    let interloper = Interloper::begin(&node.db, &file).await;
    desk.take(claimed).unwrap();
    for _ in 0..2 {
        let applied = desk.next().await.unwrap();
        desk.take(applied).unwrap();
    }
    desk.record();
    let failed = desk.next().await.unwrap();
    let error = desk.take(failed).unwrap_err();
    assert_eq!(Trouble::of(&error), Some(Trouble::Busy), "{error}");
    // Nothing is tried until something may have changed.
    desk.record();
    desk.claim();
    assert!(desk.next().await.is_none());
    drop(interloper);
    desk.expect_more();
    desk.record();
    let written = desk.next().await.unwrap();
    desk.take(written).unwrap();
    let bad = find(&node, "a/bad").await;
    assert_eq!(bad.state, ReceiptState::Rejected);
    let hindered = find(&node, "b/hindered").await;
    assert_eq!(
        (
            hindered.state,
            hindered.attempts,
            hindered.due_at,
            hindered.reason
        ),
        (ReceiptState::Waiting, 0, START + 2_000, None),
        "it is due soon, as if it had not been tried"
    );
}

#[tokio::test]
async fn what_became_of_jobs_is_written_as_soon_as_it_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let (node, file) = start_on_sqlite(&folder).await;
    let keys = Vec::new();
    queue(&node, Job::RemoveBlobs { keys }).await;
    let mut desk = JobDesk::new(node.clone());
    desk.expect_more();
    desk.fill().await.unwrap();
    let interloper = Interloper::begin(&node.db, &file).await;
    assert!(desk.close_next().await);
    let error = desk.fill().await.unwrap_err();
    assert_eq!(Trouble::of(&error), Some(Trouble::Busy), "{error}");
    let left = |c: &mut Conn| jobs::list(c, false, 9);
    assert_eq!(node.db.read(left).await.unwrap().len(), 1);
    drop(interloper);
    desk.expect_more();
    desk.fill().await.unwrap();
    assert_eq!(node.db.read(left).await.unwrap(), []);
}

#[tokio::test]
async fn what_a_process_had_in_hand_is_due_when_it_starts_again_even_if_it_failed_before() {
    let (folder, node) = start().await;
    receive(&node, &["a/1", "b/1", "c/1"]).await;
    let fail = |_: Node, _: Receipt| async { Verdict::Retry("nobody answers".to_owned()) };
    inbox::work_off(&node, fail).await.unwrap();
    let due = find(&node, "a/1").await.due_at;
    node.clock.advance(due - START);
    let claim = move |tx: &mut Tx| receipts::claim(tx, 1, due + HOUR);
    assert_eq!(node.db.write(claim).await.unwrap().len(), 1);
    let count = move |c: &mut Conn| receipts::count_due(c, due);
    assert_eq!(node.db.read(count).await.unwrap().0, 2);
    drop(node);
    let node = open(&folder, Clock::stepped(due)).await;
    node.db.write(receipts::release).await.unwrap();
    assert_eq!(node.db.read(count).await.unwrap().0, 3);
}

#[tokio::test]
async fn a_claim_of_which_nobody_knows_is_taken_back() {
    let (_folder, node) = start().await;
    receive(&node, &["a/1"]).await;
    queue(&node, Job::RemoveBlobs { keys: Vec::new() }).await;
    let claim = |tx: &mut Tx| {
        receipts::claim(tx, 9, START + HOUR)?;
        jobs::claim(tx, true, 9, START + HOUR)?;
        jobs::claim(tx, false, 9, START + HOUR)
    };
    node.db.write(claim).await.unwrap();
    let other = |tx: &mut Tx| {
        receipts::take_back(tx, START + MINUTE)?;
        jobs::take_back(tx, START + MINUTE)
    };
    node.db.write(other).await.unwrap();
    assert_eq!(find(&node, "a/1").await.due_at, START + HOUR);
    let same = |tx: &mut Tx| {
        receipts::take_back(tx, START + HOUR)?;
        jobs::take_back(tx, START + HOUR)
    };
    node.db.write(same).await.unwrap();
    let receipt = find(&node, "a/1").await;
    assert_eq!((receipt.due_at, receipt.attempts), (START, 0));
    let left = node.db.read(|c| jobs::list(c, false, 9)).await.unwrap();
    assert_eq!((left[0].due_at, left[0].attempts), (START, 0));
}
