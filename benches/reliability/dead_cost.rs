//! What peers cost that have been down for long: memory for a long backlog, processor time for many peers.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use whimbrel::clock::{Clock, DAY, HOUR, MINUTE};

use super::Options;
use crate::shared::figures::Figure;
use crate::shared::machine;
use crate::shared::processes::Process;
use crate::shared::rows::Rows;

/// A thousand peers.
const PEERS: i64 = 1_000;
/// Failures that are written for each.
const KNOWN: i64 = 20;

/// How much more memory a process needs with a million deliveries that wait for one peer, which is tried meanwhile,
/// than with none.
pub async fn memory(options: Options) -> Vec<Figure> {
    let (rows, seconds) = if options.is_quick {
        (20_000, 4)
    } else {
        (1_000_000, 40)
    };
    let mut peaks = Vec::new();
    for backlog in [0, rows] {
        let mut process = Process::prepare_with(&[("WHIMBREL_LOG__LEVEL", "error".to_owned())]);
        // Opened once, the node has all that a node has: its own actor with its keys.
        process.serve();
        process.kill();
        fill(&process, 1, backlog).await;
        process.serve();
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let tries = failures(&process).await;
        if backlog > 0 {
            assert!(tries > 0, "the peer was tried meanwhile");
        }
        peaks.push(machine::peak_memory(process.id()));
    }
    vec![
        Figure::new("memory at its most, nothing waits", peaks[0], "MB"),
        Figure::new(
            format!("  {rows} deliveries wait for one peer"),
            peaks[1],
            "MB",
        ),
        Figure::new("  difference", peaks[1] - peaks[0], "MB").at_most(20.0),
    ]
}

/// What a thousand peers that have been down for a day cost in processor time, above a node without any.
pub async fn processor(options: Options) -> Vec<Figure> {
    let seconds = if options.is_quick { 6 } else { 60 };
    let mut used = Vec::new();
    for (peers, backlog) in [(0, 0), (PEERS, 20)] {
        let mut process = Process::prepare_with(&[("WHIMBREL_LOG__LEVEL", "error".to_owned())]);
        process.serve();
        process.kill();
        fill(&process, peers, backlog).await;
        process.serve();
        // What a start costs is not what peers cost.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let (before, tries) = (machine::cpu(process.id()), failures(&process).await);
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let spent = machine::cpu(process.id()).saturating_sub(before);
        let tries = failures(&process).await - tries;
        used.push((spent.as_secs_f64() * 100.0 / seconds as f64, tries));
    }
    vec![
        Figure::new("processor time, no peers", used[0].0, "%"),
        Figure::new(
            "  1000 peers down for a day, 20 deliveries each",
            used[1].0,
            "%",
        ),
        Figure::count("  tries meanwhile", used[1].1),
        Figure::new("  difference", used[1].0 - used[0].0, "%").at_most(1.0),
    ]
}

/// How often peers were tried in vain, above what [`fill`] wrote.
async fn failures(process: &Process) -> usize {
    let mut rows = Rows::sqlite(process.folder.path());
    let sum =
        format!("SELECT CAST(coalesce(sum(failures - {KNOWN}), 0) AS TEXT) AS value FROM peers");
    rows.texts(&sum).await[0].parse().unwrap()
}

/// Gives a node that does not run `peers` peers that refuse connections and have for a day, each with `backlog`
/// deliveries that wait. One peer is tried at once, many are spread over the hour that is the longest pause.
async fn fill(process: &Process, peers: i64, backlog: i64) {
    if peers == 0 || backlog == 0 {
        return;
    }
    let mut rows = Rows::sqlite(process.folder.path());
    let now = Clock::real().now();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let (since, early, step) = (now - DAY, now - MINUTE, HOUR / peers);
    let domain = format!("'d' || n || '.sinks.localhost:{port}'");
    let ann = "(SELECT id FROM accounts WHERE handle = 'ann')";
    // Whether those who use an inbox have another was asked today.
    // As long as the document of a usual post.
    let body = "'{\"type\":\"Create\",\"id\":\"https://here.example/' || n || '\",\"object\":\"' || hex(zeroblob(400)) || '\"}'";
    let peers_of = format!(
        "INSERT INTO peers (id, domain, created_at, last_success_at, down_since, next_probe_at, failures, last_error) \
         SELECT n, {domain}, {since}, {since}, {since}, {early} + (n - 1) * {step}, {KNOWN}, 'refused' FROM numbers"
    );
    let inboxes = format!(
        "INSERT INTO inboxes (id, url, peer_id, checked_at) SELECT n, 'http://' || {domain} || '/inbox', n, {now} FROM numbers"
    );
    let activities = format!(
        "INSERT INTO activities (id, account_id, kind, object_uri, body, created_at) \
         SELECT n, {ann}, 'Create', 'https://here.example/' || n, {body}, {since} FROM numbers"
    );
    for (count, insert) in [(peers, peers_of), (peers, inboxes), (backlog, activities)] {
        let numbers = format!(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"
        );
        rows.execute(&format!("{numbers} {insert}")).await;
    }
    rows.execute("INSERT INTO deliveries (peer_id, activity_id, inbox_id) SELECT p.id, a.id, p.id FROM peers p, activities a")
        .await;
}
