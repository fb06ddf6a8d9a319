//! A hundred peers of which twenty hang, twenty refuse connections and twenty answer 503: the forty others must not
//! notice, and when all have recovered, each must have every post.

use std::collections::HashMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use serde_json::json;
use whimbrel::clock::Clock;

use super::Options;
use super::arrivals::Comparison;
use crate::shared::figures::{Figure, percentile};
use crate::shared::load::{self, Connection};
use crate::shared::people::Ann;
use crate::shared::processes::Process;
use crate::shared::sinks::{CONTEXT, Mood, Sinks};

/// Hosts that are well.
const HEALTHY: usize = 40;
/// Hosts of each way to fail.
const FAILING: usize = 20;
/// All of them: 0 to 39 are well, then come those that hang, that answer 503, and that refuse connections.
const HOSTS: usize = HEALTHY + 3 * FAILING;
/// How long peers that have recovered wait for what they missed.
const PATIENCE: Duration = Duration::from_mins(6);

/// One run.
struct Run {
    process: Process,
    ann: Ann,
    sinks: Sinks,
    /// The ids of the activities, in the order of posting, and when the node had answered.
    posted: Vec<(String, Instant)>,
}

/// Compares a run with failures to one without.
pub async fn hang(options: Options) -> Vec<Figure> {
    let (posts, pause) = if options.is_quick {
        (20, Duration::from_millis(50))
    } else {
        (600, Duration::from_millis(100))
    };
    let alone = run(HEALTHY, posts, pause).await;
    let usual = alone.delays();
    drop(alone);
    let mut among = run(HOSTS, posts, pause).await;
    let delays = among.delays();
    let (p99, usual_p99) = (percentile(&delays, 0.99), percentile(&usual, 0.99));
    let mut figures = vec![
        Figure::millis(
            "40 hosts alone: p50 from answer to arrival",
            percentile(&usual, 0.5),
        ),
        Figure::millis("  p99", usual_p99),
        Figure::millis("40 hosts among 60 that fail: p50", percentile(&delays, 0.5)),
        Figure::millis("  p99", p99),
        Figure::new(
            "  p99, times that of the run without",
            ratio(p99, usual_p99),
            "x",
        )
        .at_most(1.2),
    ];
    let healed = Instant::now();
    among.heal(options.is_quick).await;
    figures.push(Figure::seconds(
        "from recovery until all have everything",
        healed.elapsed(),
    ));
    let posted: Vec<String> = among.posted.iter().map(|(id, _)| id.clone()).collect();
    let comparison = Comparison::of(&among.sinks, 0..HOSTS, &posted);
    figures.extend(comparison.figures(3 * FAILING));
    among.process.kill();
    figures
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64().max(0.000_001)
}

/// Posts at a steady rate to this many hosts; those from the fortieth on fail. Returns when the healthy ones have
/// everything.
async fn run(hosts: usize, posts: usize, pause: Duration) -> Run {
    let closed = HEALTHY + 2 * FAILING..HOSTS;
    let sinks = Sinks::start(hosts, closed);
    let mut process = Process::prepare_with(&[("WHIMBREL_LOG__LEVEL", "error".to_owned())]);
    let ann = Ann::of(&process);
    process.serve();
    ann.gather_followers(&sinks, 0..hosts).await;
    for host in HEALTHY..hosts {
        let is_hanging = host < HEALTHY + FAILING;
        sinks.set(
            host,
            if is_hanging {
                Mood::Hangs
            } else {
                Mood::Answers(503)
            },
        );
    }
    if hosts > HEALTHY {
        sinks.shut();
    }
    let mut run = Run {
        process,
        ann,
        sinks,
        posted: Vec::new(),
    };
    let mut connection = Connection::new(run.ann.address).await;
    let mut tick = tokio::time::interval(pause);
    for number in 0..posts {
        tick.tick().await;
        let uri = run
            .ann
            .says(&mut connection, &format!("post {number}"))
            .await;
        run.posted.push((format!("{uri}/activity"), Instant::now()));
    }
    run.wait_for_all(0..HEALTHY, Duration::from_mins(1)).await;
    run
}

impl Run {
    /// How long each post took to each healthy host, from the API's answer on, sorted.
    fn delays(&self) -> Vec<Duration> {
        let answered: HashMap<&str, Instant> = self
            .posted
            .iter()
            .map(|(id, at)| (id.as_str(), *at))
            .collect();
        let mut delays = Vec::new();
        for host in 0..HEALTHY {
            for arrival in self.sinks.arrivals(host) {
                if let Some(answered) = answered.get(arrival.id.as_str()) {
                    delays.push(arrival.at.saturating_duration_since(*answered));
                }
            }
        }
        delays.sort_unstable();
        delays
    }

    /// Lets all peers recover, and waits until they have everything. Where they call the node every second, it hears
    /// at once that they are back; else it finds out by itself.
    async fn heal(&mut self, do_call: bool) {
        self.sinks.open();
        for host in HEALTHY..HOSTS {
            self.sinks.set(host, Mood::Takes);
        }
        let began = Instant::now();
        while self.lost(0..HOSTS) > 0 && began.elapsed() < PATIENCE {
            if do_call {
                self.call().await;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Everybody who failed likes the first post.
    async fn call(&self) {
        let mut connection = Connection::new(self.ann.address).await;
        for host in HEALTHY..HOSTS {
            let bob = self.sinks.actor(host, "bob");
            let like = json!({
                "@context": CONTEXT, "id": format!("{bob}#like"), "type": "Like", "actor": bob,
                "object": self.posted[0].0.trim_end_matches("/activity"),
            });
            let now = Clock::real().now();
            let post = self.sinks.sign(&bob, &self.ann.inbox(), &like, now);
            assert_eq!(connection.send(&load::signed(&post)).await.0, 202);
        }
    }

    /// Waits until these hosts have everything, or patience ends.
    async fn wait_for_all(&self, hosts: Range<usize>, patience: Duration) {
        let began = Instant::now();
        while self.lost(hosts.clone()) > 0 && began.elapsed() < patience {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// How much these hosts do not have.
    fn lost(&self, hosts: Range<usize>) -> usize {
        let posted: Vec<String> = self.posted.iter().map(|(id, _)| id.clone()).collect();
        Comparison::of(&self.sinks, hosts, &posted).lost
    }
}
