//! The surge: as many posts a second as the busiest site of its kind had in its busiest second of June 2009, for ten
//! minutes, with a thousand streams open and people reading.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::task::JoinSet;

use super::measures::memory_under_load;
use super::shared::crowds::settle;
use super::shared::figures::{Figure, percentile};
use super::shared::load::Connection;
use super::shared::machine;
use super::shared::people::Ann;
use super::shared::processes::Process;

/// Posts a second.
const RATE: usize = 456;
/// Home timelines read a second.
const READS: usize = 100;
/// Streams that are open meanwhile.
const STREAMS: usize = 1_000;
/// One stream in so many is of the public timeline, which hears everything; the others are of home timelines.
const PUBLIC_ONE_IN: usize = 20;
/// People who post, read and listen.
const PEOPLE: usize = 100;
/// How many of the others each follows.
const FOLLOWED: usize = 5;
/// Connections that post, so many that one slow answer keeps no post from leaving in time.
const POSTING: usize = 32;
/// Connections that read.
const READING: usize = 8;

/// Posts at a steady rate, each timed from the instant at which it was due.
pub async fn surge(is_quick: bool) -> Vec<Figure> {
    let seconds = if is_quick { 10 } else { 600 };
    let mut process = Process::prepare();
    let people = settle(&mut process, PEOPLE, FOLLOWED).await;
    let events = Arc::new(AtomicUsize::new(0));
    let mut open = JoinSet::new();
    let before = machine::memory(process.id());
    let opened = open_streams(&mut open, &people, &events).await;
    let each = (machine::memory(process.id()) - before) * 1024.0 / STREAMS as f64;
    let (began, cpu) = (Instant::now(), machine::cpu(process.id()));
    let (posts, reads) = tokio::join!(
        steadily(&people, seconds * RATE, RATE, POSTING, |person, number| {
            let text = format!("post number {number} of a busy minute");
            person.post("/api/v1/statuses", &json!({ "status": text }))
        }),
        steadily(&people, seconds * READS, READS, READING, |person, _| {
            person.get("/api/v1/timelines/home?limit=20")
        })
    );
    let took = began.elapsed();
    let cpu = machine::cpu(process.id()).saturating_sub(cpu);
    let used = cpu.as_secs_f64() / took.as_secs_f64();
    let events = events.load(Ordering::Relaxed);
    vec![
        Figure::count("streams open", opened).at_least(STREAMS as f64),
        Figure::new("  memory of each", each, "KB"),
        Figure::rate("posts a second, answered", posts.len(), took).at_least(RATE as f64 * 0.99),
        Figure::millis("  p50 from the instant when due", percentile(&posts, 0.5)),
        Figure::millis("  p99", percentile(&posts, 0.99)).at_most(50.0),
        Figure::millis("  longest", percentile(&posts, 1.0)),
        Figure::rate("home timelines read", reads.len(), took),
        Figure::millis("  p99", percentile(&reads, 0.99)),
        Figure::rate("events read from streams", events, took),
        Figure::new("processors used by the node", used, ""),
        memory_under_load(&process),
    ]
}

/// Sends requests when they are due, whatever became of those before; gives back how long each took since then.
async fn steadily(
    people: &Arc<[Ann]>,
    total: usize,
    rate: usize,
    connections: usize,
    request: impl Fn(&Ann, usize) -> Vec<u8> + Copy + Send + Sync + 'static,
) -> Vec<Duration> {
    let next = Arc::new(AtomicUsize::new(0));
    let began = tokio::time::Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (people, next) = (people.clone(), next.clone());
        tasks.spawn(async move {
            let mut connection = Connection::new(people[0].address).await;
            let mut times = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= total {
                    return times;
                }
                let due = began + Duration::from_secs_f64(number as f64 / rate as f64);
                tokio::time::sleep_until(due).await;
                let person = &people[number % people.len()];
                let (status, body) = connection.send(&request(person, number)).await;
                assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
                times.push(due.elapsed());
            }
        });
    }
    let mut times: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    times.sort_unstable();
    times
}

/// Opens streams of people's home timelines and some of the public one; gives back how many the node grants.
async fn open_streams(tasks: &mut JoinSet<()>, people: &[Ann], events: &Arc<AtomicUsize>) -> usize {
    for number in 0..STREAMS {
        let person = &people[number % people.len()];
        let path = if number % PUBLIC_ONE_IN == 0 {
            "/api/v1/streaming/public"
        } else {
            "/api/v1/streaming/user"
        };
        let connection = Connection::new(person.address).await;
        let Ok(mut stream) = connection.stream(&person.get(path)).await else {
            return number;
        };
        let events = events.clone();
        tasks.spawn(async move {
            let mut chunk = vec![0; 16 * 1024];
            while let Ok(count @ 1..) = stream.read(&mut chunk).await {
                let lines = chunk[..count].windows(7).filter(|part| part == b"event: ");
                events.fetch_add(lines.count(), Ordering::Relaxed);
            }
        });
    }
    STREAMS
}
