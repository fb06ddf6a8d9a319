//! A peer that is down for thirty days while ten thousand posts are made, and comes back.

use std::time::{Duration, Instant};

use whimbrel::clock::{Clock, DAY, HOUR};
use whimbrel::worker;

use super::arrivals::Comparison;
use super::{Options, dead_cost};
use crate::shared::figures::Figure;
use crate::shared::inside::Inside;
use crate::shared::sinks::{Mood, Sinks};

/// Where the stepped clock begins: 2026-08-08 12:34:56.789 UTC.
const START: i64 = 1_786_192_496_789;

/// The outage, and what peers that are down for long cost.
pub async fn dead(options: Options) -> Vec<Figure> {
    let mut figures = outage(options).await;
    figures.extend(dead_cost::memory(options).await);
    figures.extend(dead_cost::processor(options).await);
    figures
}

/// A node in this process, as its clock has to run faster than the computer's.
async fn outage(options: Options) -> Vec<Figure> {
    let (days, posts_a_day) = if options.is_quick {
        (3, 100)
    } else {
        (30, 334)
    };
    let sinks = Sinks::start(1, 0..0);
    let clock = Clock::stepped(START);
    let inside = Inside::start(&clock).await;
    inside.follow_from(&sinks, 0).await;
    sinks.set(0, Mood::Answers(502));
    let mut posted = Vec::new();
    let began = Instant::now();
    for day in 0..days {
        for number in 0..posts_a_day {
            let uri = inside.says(&format!("post {number} of day {day}")).await;
            posted.push(format!("{uri}/activity"));
        }
        for _ in 0..24 {
            clock.advance(HOUR);
            worker::settle(&inside.node).await.unwrap();
        }
        worker::tidy(&inside.node).await.unwrap();
    }
    let outage = began.elapsed();
    sinks.set(0, Mood::Takes);
    // The longest pause of a peer that has been down for long.
    clock.advance(DAY / 4);
    let began = Instant::now();
    let settled = worker::settle(&inside.node).await.unwrap();
    let took = began.elapsed();
    let comparison = Comparison::of(&sinks, 0..1, &posted);
    let mut figures = vec![
        Figure::count("days down", days),
        Figure::seconds("  they took", outage),
        Figure::rate("replayed when the peer is back", posted.len(), took).at_least(500.0),
        Figure::none("  given up", settled.deliveries.dropped),
    ];
    // The message with which the peer is tried may be ahead of others.
    figures.extend(comparison.figures(1));
    tokio::time::sleep(Duration::from_millis(1)).await;
    figures
}
