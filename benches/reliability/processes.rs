//! Two processes of one node on one PostgreSQL share the fan-out; one of them is killed in the middle.

use std::time::{Duration, Instant};

use super::Options;
use super::arrivals::Comparison;
use super::kill::AT_RISK;
use crate::shared::clusters::Cluster;
use crate::shared::figures::Figure;
use crate::shared::load::Connection;
use crate::shared::machine;
use crate::shared::people::Ann;
use crate::shared::processes::Process;
use crate::shared::sinks::Sinks;

/// How long the other process may take to take over what the killed one had.
const TAKEOVER: Duration = Duration::from_secs(30);
/// How long anything here may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Posts through both, kills one, and compares what came.
pub async fn processes(options: Options) -> Vec<Figure> {
    let (hosts, posts) = if options.is_quick {
        (20, 20)
    } else {
        (100, 60)
    };
    let Some(cluster) = Cluster::start() else {
        return vec![Figure::count(
            "skipped: PostgreSQL's programs are not installed",
            0,
        )];
    };
    let settings = [
        ("WHIMBREL_DATABASE__URL", cluster.url()),
        ("WHIMBREL_LOG__LEVEL", "error".to_owned()),
    ];
    let mut first = Process::prepare_with(&settings);
    let log = tempfile::NamedTempFile::new().unwrap();
    first.log_to(log.path());
    let mut second = first.beside();
    let ann = Ann::of(&first);
    first.serve();
    second.serve();
    let sinks = Sinks::start(hosts, 0..0);
    ann.gather_followers(&sinks, 0..hosts).await;

    let mut posted = Vec::new();
    let mut figures = Vec::new();
    let spent = (machine::cpu(first.id()), machine::cpu(second.id()));
    let before = post(&ann, [&first, &second], posts, &mut posted).await;
    wait_for_all(&sinks, &posted).await;
    figures.push(Figure::rate(
        "deliveries by two processes",
        hosts * posts,
        before.elapsed(),
    ));
    let (one, two) = (
        machine::cpu(first.id()).saturating_sub(spent.0),
        machine::cpu(second.id()).saturating_sub(spent.1),
    );
    let share = one.min(two).as_secs_f64() / (one + two).as_secs_f64() * 100.0;
    figures.push(Figure::new(
        "  processor time of the idler one, part of all",
        share,
        "%",
    ));
    let quiet = Comparison::of(&sinks, 0..hosts, &posted);
    figures.push(Figure::all(
        "posts at all hosts while both run",
        quiet.came,
        hosts * posts,
    ));
    figures.push(Figure::none("  repeated", quiet.repeats));

    let count = sinks.count();
    post(&ann, [&first, &second], posts, &mut posted).await;
    // In the middle of it, as good as can be.
    sinks.wait_for(count + hosts * posts / 4, PATIENCE).await;
    first.kill();
    let killed = Instant::now();
    wait_for_all(&sinks, &posted).await;
    let took = killed.elapsed();
    let whole = Comparison::of(&sinks, 0..hosts, &posted);
    figures.push(
        Figure::seconds("from the kill of one until all is delivered", took)
            .at_most(TAKEOVER.as_secs_f64()),
    );
    figures.push(Figure::all(
        "posts at all hosts in the end",
        whole.came,
        hosts * posted.len(),
    ));
    let repeats = whole.repeats - quiet.repeats;
    let at_risk = (hosts * AT_RISK) as f64;
    let repeated = Figure::count("  repeated after the kill", repeats);
    figures.push(repeated.at_most(at_risk).vital());
    let log = std::fs::read_to_string(log.path()).unwrap_or_default();
    let deadlocks = log.matches("deadlock").count();
    figures.push(Figure::none(
        "deadlocks that the processes tell of",
        deadlocks,
    ));
    figures
}

/// Waits until every host has every post, or patience ends.
async fn wait_for_all(sinks: &Sinks, posted: &[String]) {
    let began = Instant::now();
    while Comparison::of(sinks, 0..sinks.len(), posted).lost > 0 && began.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Posts through both processes in turn; gives back when it began.
async fn post(
    ann: &Ann,
    through: [&Process; 2],
    posts: usize,
    posted: &mut Vec<String>,
) -> Instant {
    let began = Instant::now();
    let people = through.map(|process| ann.at(process));
    let mut lines = [
        Connection::new(people[0].address).await,
        Connection::new(people[1].address).await,
    ];
    for number in 0..posts {
        let at = number % 2;
        let text = format!("post {number} through process {at}");
        let uri = people[at].says(&mut lines[at], &text).await;
        posted.push(format!("{uri}/activity"));
    }
    began
}
