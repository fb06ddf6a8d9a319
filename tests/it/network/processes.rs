//! Two processes of one node on one PostgreSQL database share the work; one is killed, and the other takes over.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use whimbrel::store::{Engine, Location};

use super::kills::{HOSTS, gather_followers, post};
use crate::support::databases::TestDatabase;
use crate::support::peers::Peers;
use crate::support::postgres;
use crate::support::processes::Process;

/// The peers with these numbers take requests and never answer, so that their lanes stay in the hands of a process.
const HANGING: usize = 10;
/// Deliveries that one process has under way at most, by default.
const IN_FLIGHT: usize = 64;

/// The numbers of the processes that hold lanes at the moment.
async fn lane_holders(client: &tokio_postgres::Client) -> BTreeSet<i64> {
    let query = "SELECT DISTINCT lane_held_by FROM peers WHERE lane_held_by IS NOT NULL";
    let rows = client.query(query, &[]).await.expect("the rows are read");
    rows.iter().map(|row| row.get(0)).collect()
}

/// Waits until every host that answers has all of these activities.
async fn wait_for_all(peers: &Peers, posted: &[String]) {
    for host in HANGING..HOSTS {
        loop {
            let received = peers.received(host);
            if posted.iter().all(|id| received.contains(id)) {
                break;
            }
            let so_far: usize = (0..HOSTS).map(|host| peers.received(host).len()).sum();
            peers.wait_for(so_far + 1).await;
        }
    }
}

/// How many deliveries of these activities came more than once.
fn repetitions(peers: &Peers, posted: &[String]) -> usize {
    let mut more = 0;
    for host in HANGING..HOSTS {
        let mut times: HashMap<String, usize> = HashMap::new();
        for id in peers.received(host) {
            *times.entry(id).or_default() += 1;
        }
        more += posted
            .iter()
            .map(|id| times.get(id).map_or(0, |times| times - 1))
            .sum::<usize>();
    }
    more
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_the_work_and_one_takes_over_from_the_other() {
    if postgres::server().is_none() {
        println!("skipped: PostgreSQL is not installed");
        return;
    }
    let database = TestDatabase::new(Engine::Postgres).await;
    let Location::Postgres(url) = &database.location else {
        panic!("PostgreSQL is asked for");
    };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .expect("the server answers");
    let driver = tokio::task::spawn(connection);
    let settings = [
        ("WHIMBREL_DATABASE__URL", url.clone()),
        ("WHIMBREL_DATABASE__CONNECTIONS", "4".to_owned()),
        ("WHIMBREL_DATABASE__PROCESS_TIMEOUT_SECONDS", "4".to_owned()),
    ];
    let peers = Peers::start().await;
    let mut first = Process::prepare_with(&settings);
    let mut second = first.beside();
    let token = first.token();
    first.serve();
    second.serve();
    gather_followers(&first, &peers).await;
    for host in 0..HANGING {
        peers.hang(host);
    }

    // Both work: of the lanes that hang, each holds some.
    let mut posted = vec![
        post(&first, &token, 0).await,
        post(&second, &token, 1).await,
    ];
    let began = Instant::now();
    while lane_holders(&client).await.len() < 2 {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "one process does all the work"
        );
        tokio::task::yield_now().await;
    }
    wait_for_all(&peers, &posted).await;
    assert_eq!(
        repetitions(&peers, &posted),
        0,
        "two that work send nothing twice"
    );

    // The one that makes documents of facts is killed in the middle of many deliveries.
    for number in 2..8 {
        posted.push(post(&first, &token, number).await);
    }
    let so_far: usize = (0..HOSTS).map(|host| peers.received(host).len()).sum();
    peers.wait_for(so_far + 50).await;
    first.kill();
    let killed = Instant::now();
    posted.push(post(&second, &token, 8).await);
    wait_for_all(&peers, &posted).await;
    let taken_over = killed.elapsed();
    let twice = repetitions(&peers, &posted);
    println!("taken over after {taken_over:?}, {twice} deliveries came twice");
    assert!(taken_over < Duration::from_secs(30), "{taken_over:?}");
    assert!(twice <= IN_FLIGHT, "{twice} came twice");

    // A new process takes the place of the killed one, and the other leaves in peace: no time without service.
    let mut third = second.beside();
    third.serve();
    second.stop();
    let last = post(&third, &token, 9).await;
    wait_for_all(&peers, std::slice::from_ref(&last)).await;
    assert_eq!(repetitions(&peers, std::slice::from_ref(&last)), 0);
    third.kill();
    drop(client);
    let _ = driver.await;
}
