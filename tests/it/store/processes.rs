//! Several processes on one PostgreSQL database: numbers, leases, and what becomes of those who die.

use whimbrel::clock::{Clock, MINUTE, SECOND};
use whimbrel::id::{ReceiptId, made_at};
use whimbrel::store::jobs::{self, Job};
use whimbrel::store::leases::Duty;
use whimbrel::store::receipts::{self, Receipt};
use whimbrel::store::{Db, Engine, Error, ReceiptState, Tx, peers, processes};

use crate::support::databases::{NOON, TestDatabase};
use crate::support::postgres;

const TIMEOUT: i64 = 20 * SECOND;

/// Two registered processes, where PostgreSQL is installed.
async fn start_two(clock: &Clock) -> Option<(TestDatabase, Db, Db)> {
    if postgres::server().is_none() {
        println!("skipped: PostgreSQL is not installed");
        return None;
    }
    let database = TestDatabase::new(Engine::Postgres).await;
    let (one, two) = (database.open(clock).await, database.open(clock).await);
    one.join("one", TIMEOUT).await.expect("it is registered");
    two.join("two", TIMEOUT).await.expect("it is registered");
    Some((database, one, two))
}

async fn write<T: Send + 'static>(
    db: &Db,
    change: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> T {
    db.write(change).await.expect("it is written")
}

async fn claim_jobs(db: &Db) -> usize {
    let claim = |tx: &mut Tx<'_>| {
        let end = tx.now() + 5 * MINUTE;
        jobs::claim(tx, true, 9, end)
    };
    write(db, claim).await.len()
}

fn receipt(id: i64, actor: &str) -> Receipt {
    Receipt {
        id: ReceiptId(id),
        activity_uri: format!("https://there.example/{id}"),
        actor_uri: actor.to_owned(),
        inbox_account_id: None,
        body: "{}".to_owned(),
        state: ReceiptState::Waiting,
        reason: None,
        attempts: 0,
        due_at: NOON,
        received_at: NOON,
    }
}

async fn claim_receipts(db: &Db, limit: i64) -> Vec<i64> {
    let claimed = take_receipts(db, limit).await;
    claimed.iter().map(|receipt| receipt.id.0).collect()
}

async fn take_receipts(db: &Db, limit: i64) -> Vec<Receipt> {
    let claim = move |tx: &mut Tx<'_>| {
        let end = tx.now() + 5 * MINUTE;
        receipts::claim(tx, limit, end)
    };
    write(db, claim).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn living_processes_never_share_a_number_and_make_different_ids() {
    let clock = Clock::stepped(NOON);
    let Some((database, one, two)) = start_two(&clock).await else {
        return;
    };
    assert_eq!((one.process(), two.process()), (Some(0), Some(1)));
    let mut ids = Vec::new();
    for db in [&one, &two] {
        ids.extend(
            write(db, |tx| {
                Ok((0..2_000).map(|_| tx.new_id()).collect::<Vec<_>>())
            })
            .await,
        );
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4_000);
    assert!(
        ids.iter()
            .all(|id| (NOON..NOON + 10).contains(&made_at(*id)))
    );
    one.leave().await.unwrap();
    assert_eq!(one.process(), None);
    let three = database.open(&clock).await;
    three.join("three", TIMEOUT).await.unwrap();
    assert_eq!(three.process(), Some(0), "the lowest that is free");
    let listed = two.read(processes::list).await.unwrap();
    let names: Vec<&str> = listed.iter().map(|process| process.name.as_str()).collect();
    assert_eq!(names, ["three", "two"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_living_process_holds_is_left_alone_and_what_a_dead_one_held_is_free() {
    let clock = Clock::stepped(NOON);
    let Some((_database, one, two)) = start_two(&clock).await else {
        return;
    };
    let peer = write(&one, |tx| peers::ensure(tx, "there.example")).await;
    let uri = "https://there.example/1".to_owned();
    write(&one, |tx| tx.queue(&Job::FetchParent { uri })).await;
    write(&one, |tx| receipts::insert(tx, &receipt(1, "a"))).await;
    assert_eq!(claim_jobs(&one).await, 1);
    assert_eq!(claim_receipts(&one, 9).await, [1]);
    assert!(one.take_lane(peer).await.unwrap());
    assert!(one.take_lane(peer).await.unwrap(), "its own is its own");
    assert!(one.has_duty(Duty::Facts).await.unwrap());

    // The other starts, and does not take away what is in hand here.
    let release = |tx: &mut Tx<'_>| {
        jobs::release(tx)?;
        receipts::release(tx)
    };
    write(&two, release).await;
    assert_eq!(claim_jobs(&two).await, 0);
    assert!(claim_receipts(&two, 9).await.is_empty());
    assert!(!two.take_lane(peer).await.unwrap());
    assert!(!two.has_duty(Duty::Facts).await.unwrap());
    assert!(two.has_duty(Duty::Schedule).await.unwrap());
    assert!(!one.has_duty(Duty::Schedule).await.unwrap());

    // Signs of life keep it so; their absence does not.
    clock.advance(15 * SECOND);
    one.renew("one", TIMEOUT).await.unwrap();
    clock.advance(15 * SECOND);
    assert!(
        !two.holds_its_place(clock.now()),
        "it gave none for 30 seconds"
    );
    assert!(one.holds_its_place(clock.now()));
    two.renew("two", TIMEOUT).await.unwrap();
    assert!(two.holds_its_place(clock.now()));
    assert!(!two.take_lane(peer).await.unwrap());
    clock.advance(15 * SECOND);
    let mut heard = two.listen();
    two.renew("two", TIMEOUT).await.unwrap();
    assert_eq!(
        heard.recv().await.unwrap(),
        whimbrel::store::Event::Missed,
        "all look for what is free now"
    );
    assert_eq!(claim_jobs(&two).await, 1);
    assert_eq!(claim_receipts(&two, 9).await, [1]);
    assert!(two.take_lane(peer).await.unwrap());
    assert!(two.has_duty(Duty::Facts).await.unwrap());

    // The dead one was only asleep: it begins anew, and has lost everything.
    assert!(!one.holds_its_place(clock.now()));
    one.renew("one", TIMEOUT).await.unwrap();
    assert!(one.holds_its_place(clock.now()));
    assert_eq!(one.process(), Some(0));
    assert!(!one.take_lane(peer).await.unwrap());
    assert!(!one.has_duty(Duty::Facts).await.unwrap());
    two.give_lane_back(peer).await.unwrap();
    assert!(one.take_lane(peer).await.unwrap());
    two.leave().await.unwrap();
    assert!(one.has_duty(Duty::Facts).await.unwrap());
    assert_eq!(
        claim_jobs(&one).await,
        1,
        "who leaves gives everything back"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_process_held_is_free_when_the_next_one_starts() {
    let clock = Clock::stepped(NOON);
    let Some((database, one, two)) = start_two(&clock).await else {
        return;
    };
    let peer = write(&one, |tx| peers::ensure(tx, "there.example")).await;
    assert!(one.take_lane(peer).await.unwrap());
    drop(one);
    // Its connections end a moment after its handle.
    let began = std::time::Instant::now();
    loop {
        let three = database.open(&clock).await;
        three.join("three", TIMEOUT).await.unwrap();
        if three.process() == Some(0) {
            assert!(three.take_lane(peer).await.unwrap());
            break;
        }
        three.leave().await.unwrap();
        assert!(began.elapsed().as_secs() < 20, "the server sees it still");
    }
    let numbers: Vec<i64> = two
        .read(processes::list)
        .await
        .unwrap()
        .iter()
        .map(|process| process.id)
        .collect();
    assert_eq!(numbers, [0, 1], "who lives was left alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_absence_of_the_database_nobody_is_buried_alive() {
    let clock = Clock::stepped(NOON);
    let Some((_database, one, two)) = start_two(&clock).await else {
        return;
    };
    clock.advance(5 * MINUTE);
    for _ in 0..2 {
        one.renew("one", TIMEOUT).await.unwrap();
        two.renew("two", TIMEOUT).await.unwrap();
        assert_eq!((one.process(), two.process()), (Some(0), Some(1)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_actors_activities_are_in_the_hands_of_one_process() {
    let Some((_database, one, two)) = start_two(&Clock::stepped(NOON)).await else {
        return;
    };
    for (id, actor) in [(1, "a"), (2, "b"), (3, "a"), (4, "b")] {
        write(&one, move |tx| receipts::insert(tx, &receipt(id, actor))).await;
    }
    let first = take_receipts(&one, 1).await[0].lease();
    assert_eq!(
        claim_receipts(&two, 9).await,
        [2, 4],
        "those of the other actor"
    );
    let claimed = take_receipts(&one, 9).await;
    assert_eq!(claimed.len(), 1);
    let third = claimed[0].lease();
    let finish = move |tx: &mut Tx<'_>| receipts::finish(tx, first, ReceiptState::Ignored, None);
    assert!(write(&one, finish).await);
    let retry = move |tx: &mut Tx<'_>| receipts::retry(tx, third, "later", NOON);
    write(&one, retry).await;
    assert_eq!(
        claim_receipts(&two, 9).await,
        [3],
        "nothing of this actor is in hand any more"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_lanes_ask_at_once_and_each_gets_its_own_answer() {
    let Some((_database, one, two)) = start_two(&Clock::stepped(NOON)).await else {
        return;
    };
    let mut ids = Vec::new();
    for number in 0..200 {
        ids.push(
            write(&one, move |tx| {
                peers::ensure(tx, &format!("s{number}.example"))
            })
            .await,
        );
    }
    let takes = ids.iter().flat_map(|peer| [(&one, *peer), (&two, *peer)]);
    let takes: Vec<_> = takes.map(|(db, peer)| db.take_lane(peer)).collect();
    let before = (one.load().writes_later, two.load().writes_later);
    let taken = futures_util::future::try_join_all(takes).await.unwrap();
    for pair in taken.chunks(2) {
        assert!(pair[0] != pair[1], "exactly one has it");
    }
    let writes = one.load().writes_later - before.0 + two.load().writes_later - before.1;
    assert!(writes < 20, "{writes} writes for 400 wishes");
    let firsts = ids.iter().filter(|peer| one.is_first_for(**peer)).count();
    assert!(firsts >= 199 || (80..=120).contains(&firsts), "{firsts}");
}
