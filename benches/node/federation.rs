//! What other servers feel: how much an inbox takes, and how quickly a post reaches many hosts.

use std::time::{Duration, Instant};

use serde_json::json;
use whimbrel::clock::Clock;

use super::measures::memory_under_load;
use super::shared::certificates::Authority;
use super::shared::figures::Figure;
use super::shared::load::{self, Connection};
use super::shared::people::{Ann, create};
use super::shared::processes::Process;
use super::shared::rows::Rows;
use super::shared::sinks::Sinks;

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_mins(3);

/// Connections over which other servers send.
const SENDING: usize = 64;

/// Creates received from peers: accepted, and visible in a follower's home timeline. Once by one actor, whose
/// activities have to stay in order, and once by 32 actors on four hosts.
pub async fn inbox(is_quick: bool) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (actors, total, accepted, visible) in [
        // Of one host no more than 5,000 may wait here.
        (1, 4_000, 800.0, 800.0),
        (32, 8_000, 3_000.0, 1_200.0),
    ] {
        let total = if is_quick { 320 } else { total };
        figures.extend(receive(total, actors, [accepted, visible]).await);
    }
    figures
}

async fn receive(total: usize, actors: usize, wanted: [f64; 2]) -> Vec<Figure> {
    const HOSTS: usize = 4;
    let mut process = Process::prepare();
    let ann = Ann::of(&process);
    process.serve();
    let sinks = Sinks::start(HOSTS, 0..0);
    for number in 0..actors {
        ann.follow(&sinks, number % HOSTS, &format!("a{number}"))
            .await;
    }
    let now = Clock::real().now();
    let requests: Vec<Vec<u8>> = (0..total)
        .map(|number| {
            let by = number % actors;
            let actor = sinks.actor(by % HOSTS, &format!("a{by}"));
            let note = format!("{actor}/notes/{number}");
            let activity = create(&actor, &note, &json!({}));
            load::signed(&sinks.sign(&actor, &ann.inbox(), &activity, now))
        })
        .collect();
    let began = Instant::now();
    let run = load::run(process.address, SENDING, total, 202, move |number| {
        requests[number].clone()
    })
    .await;
    let mut rows = Rows::sqlite(process.folder.path());
    while rows.count("FROM home_entries").await < total {
        assert!(began.elapsed() < PATIENCE, "not all became visible");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let visible = began.elapsed();
    let home = ann.home(&mut Connection::new(process.address).await).await;
    let by = format!("by {actors} actor{}", if actors == 1 { "" } else { "s" });
    vec![
        Figure::rate(format!("Creates accepted, {by}"), run.count, run.took).at_least(wanted[0]),
        Figure::rate(format!("Creates visible, {by}"), total, visible).at_least(wanted[1]),
        Figure::all("  of them in the home timeline", home.len(), total),
        memory_under_load(&process),
    ]
}

/// Posts delivered to followers on a hundred hosts over plain HTTP, and on a thousand over TLS.
pub async fn fanout(is_quick: bool) -> Vec<Figure> {
    let posts = if is_quick { 3 } else { 60 };
    let mut figures = Vec::new();
    let sinks = Sinks::start(100, 0..0);
    let process = Process::prepare();
    figures.extend(send(process, &sinks, posts, ("100 hosts", 800.0)).await);

    let authority = Authority::new();
    let hosts = if is_quick { 50 } else { 1_000 };
    let sinks = Sinks::start_tls(hosts, authority.server());
    let certificate = authority.certificate().display().to_string();
    let trust = "WHIMBREL_FEDERATION__EXTRA_ROOT_CERTIFICATES";
    let process = Process::prepare_with(&[(trust, certificate)]);
    let name = format!("{hosts} hosts, TLS");
    figures.extend(send(process, &sinks, posts.min(30), (&name, 1_500.0)).await);
    figures
}

async fn send(
    mut process: Process,
    sinks: &Sinks,
    posts: usize,
    (name, wanted): (&str, f64),
) -> Vec<Figure> {
    let hosts = sinks.len();
    let ann = Ann::of(&process);
    process.serve();
    ann.gather_followers(sinks, 0..hosts).await;
    let before: usize = (0..hosts).map(|host| sinks.connections(host)).sum();
    let mut connection = Connection::new(process.address).await;
    let began = Instant::now();
    for number in 0..posts {
        ann.says(&mut connection, &format!("to everybody, number {number}"))
            .await;
    }
    let all = sinks.wait_for(hosts + hosts * posts, PATIENCE).await;
    let took = began.elapsed();
    assert!(all, "{} of {} came", sinks.count(), hosts + hosts * posts);
    let after: usize = (0..hosts).map(|host| sinks.connections(host)).sum();
    let per_host = (after - before) as f64 / hosts as f64;
    vec![
        Figure::rate(format!("deliveries to {name}"), hosts * posts, took).at_least(wanted),
        Figure::new(
            format!("  new connections a host for {posts} posts"),
            per_host,
            "",
        ),
        memory_under_load(&process),
    ]
}
