//! Two processes of one node on one PostgreSQL database share the work; one is killed, and the other takes over.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

use serde_json::Value;
use whimbrel::store::{Engine, Location};

use super::kills::{HOSTS, gather_followers, post};
use crate::support::databases::TestDatabase;
use crate::support::peers::Peers;
use crate::support::postgres;
use crate::support::processes::Process;

/// The peers with these numbers take requests and never answer, so that their lanes stay in the hands of a process.
const HANGING: usize = 10;

/// The numbers of the processes that hold lanes at the moment.
async fn lane_holders(client: &tokio_postgres::Client) -> BTreeSet<i64> {
    let query = "SELECT DISTINCT lane_held_by FROM peers WHERE lane_held_by IS NOT NULL";
    let rows = client.query(query, &[]).await.expect("the rows are read");
    rows.iter().map(|row| row.get(0)).collect()
}

/// A host and the id of an activity.
type Sent = (String, String);

/// The deliveries of these activities that came more than once, and how often.
fn repetitions(peers: &Peers, posted: &[String]) -> HashMap<Sent, usize> {
    let mut times: HashMap<Sent, usize> = HashMap::new();
    for host in HANGING..HOSTS {
        for id in peers.received(host) {
            *times.entry((peers.domain(host), id)).or_default() += 1;
        }
    }
    times.retain(|(_, id), times| *times > 1 && posted.contains(id));
    times
}

/// The deliveries of which nobody has noted yet that they were taken.
async fn unnoted(client: &tokio_postgres::Client) -> HashSet<Sent> {
    let query = "SELECT peers.domain, activities.body FROM deliveries \
                 JOIN peers ON peers.id = deliveries.peer_id \
                 JOIN activities ON activities.id = deliveries.activity_id";
    let rows = client.query(query, &[]).await.expect("the rows are read");
    let sent = |row: &tokio_postgres::Row| {
        let document: Value = serde_json::from_str(row.get(1)).expect("a document");
        (
            row.get(0),
            document["id"].as_str().expect("an id").to_owned(),
        )
    };
    rows.iter().map(sent).collect()
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
    peers.wait_for_all(HANGING..HOSTS, &posted).await;
    let twice = repetitions(&peers, &posted);
    assert!(
        twice.is_empty(),
        "two that work send nothing twice: {twice:?}"
    );

    // The one that makes documents of facts is killed in the middle of many deliveries.
    for number in 2..8 {
        posted.push(post(&first, &token, number).await);
    }
    let so_far: usize = (0..HOSTS).map(|host| peers.received(host).len()).sum();
    peers.wait_for(so_far + 50).await;
    first.kill();
    let killed = Instant::now();
    let unnoted = unnoted(&client).await;
    posted.push(post(&second, &token, 8).await);
    peers.wait_for_all(HANGING..HOSTS, &posted).await;
    let taken_over = killed.elapsed();
    let twice = repetitions(&peers, &posted);
    println!(
        "taken over after {taken_over:?}, {} deliveries came twice",
        twice.len()
    );
    assert!(taken_over < Duration::from_secs(30), "{taken_over:?}");
    for (sent, times) in &twice {
        assert!(
            unnoted.contains(sent),
            "{sent:?} was noted as taken and sent again"
        );
        assert_eq!(*times, 2, "{sent:?}");
    }

    // A new process takes the place of the killed one, and the other leaves in peace: no time without service.
    let mut third = second.beside();
    third.serve();
    second.stop();
    let last = post(&third, &token, 9).await;
    peers
        .wait_for_all(HANGING..HOSTS, std::slice::from_ref(&last))
        .await;
    assert!(repetitions(&peers, std::slice::from_ref(&last)).is_empty());
    third.kill();
    drop(client);
    let _ = driver.await;
}
