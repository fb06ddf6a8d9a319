//! This node is off for a day. Peers posted meanwhile and gave up delivering: the node has to fetch from their
//! outboxes what it missed.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::Value;
use whimbrel::clock::{Clock, DAY, SECOND};
use whimbrel::keys::actors::VerifyingKey;

use super::Options;
use super::outboxes::{Kind, Outboxes};
use crate::shared::figures::Figure;
use crate::shared::inside::Inside;
use crate::shared::load::{self, Connection};
use crate::shared::sinks::Sinks;

/// Where the stepped clock begins.
const START: i64 = 1_786_192_496_789;
/// How long the node may take to catch up, in the time of this computer; its own clock goes sixty times as fast.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is posted while the node is off.
struct Missed {
    public: Vec<String>,
    private: Vec<String>,
    boosts: Vec<String>,
}

/// Off for a day.
pub async fn away(options: Options) -> Vec<Figure> {
    let (hosts, actors, posts) = if options.is_quick {
        (2, 2, 30)
    } else {
        (10, 10, 60)
    };
    let clock = Clock::stepped(START);
    let mut inside = Inside::start(&clock).await;
    let sinks = Arc::new(Sinks::start(hosts, 0..0));
    let key = key_of_ann(&inside).await;
    let outboxes = Outboxes::add_to(&sinks, &clock, &inside.ann.uri(), key);
    inside.work().await;
    let names: Vec<(usize, String)> = (0..hosts * actors)
        .map(|number| (number % hosts, format!("a{number}")))
        .collect();
    for (host, name) in &names {
        inside.ann.follow_at(&sinks, *host, name, clock.now()).await;
    }
    greet(&inside, &sinks, &outboxes, &names, &clock).await;
    inside.stop().await;
    let missed = publish(&sinks, &outboxes, &names, posts, &clock);
    let (requests, signed) = (
        outboxes.requests.load(Ordering::SeqCst),
        outboxes.signed.load(Ordering::SeqCst),
    );
    inside.start_again().await;
    inside.work().await;
    let began = Instant::now();
    let found = watch(&inside, &missed, &clock).await;
    let took = began.elapsed();
    inside.stop().await;
    let requests = outboxes.requests.load(Ordering::SeqCst) - requests;
    let signed = outboxes.signed.load(Ordering::SeqCst) - signed;
    let came = |wanted: &[String]| wanted.iter().filter(|uri| found.contains(*uri)).count();
    let of = |name, wanted: &[String]| Figure::all(name, came(wanted), wanted.len());
    let recovered = came(&missed.public) + came(&missed.private) + came(&missed.boosts);
    vec![
        Figure::count("people followed", names.len()),
        of("public posts recovered", &missed.public),
        of("followers-only posts recovered", &missed.private),
        of("boosts recovered", &missed.boosts),
        Figure::seconds("  from the start until the last", took),
        Figure::count("  requests to peers", requests),
        Figure::count("  of them to outboxes and signed by a follower", signed),
        Figure::new(
            "  requests for each recovered post",
            requests as f64 / recovered.max(1) as f64,
            "",
        ),
    ]
}

/// The key with which `ann` signs, from her actor document.
async fn key_of_ann(inside: &Inside) -> VerifyingKey {
    let mut connection = Connection::new(inside.ann.address).await;
    let accept = "Accept: application/activity+json\r\n";
    let request = load::get_with(&inside.ann.domain, "/users/ann", accept);
    let (status, body) = connection.send(&request).await;
    assert_eq!(status, 200);
    let actor: Value = serde_json::from_slice(&body).unwrap();
    VerifyingKey::from_pem(actor["publicKey"]["publicKeyPem"].as_str().unwrap()).unwrap()
}

/// Everybody posts once and delivers it, as long as all is well.
async fn greet(
    inside: &Inside,
    sinks: &Sinks,
    outboxes: &Outboxes,
    names: &[(usize, String)],
    clock: &Clock,
) {
    let mut connection = Connection::new(inside.ann.address).await;
    let mut greetings = HashSet::new();
    for (host, name) in names {
        let actor = sinks.actor(*host, name);
        let (id, activity) = outboxes.publish(&actor, Kind::Public);
        let post = sinks.sign(&actor, &inside.ann.inbox(), &activity, clock.now());
        assert_eq!(connection.send(&load::signed(&post)).await.0, 202);
        greetings.insert(id);
    }
    loop {
        let home: HashSet<String> = inside.ann.home(&mut connection).await.into_iter().collect();
        if greetings.is_subset(&home) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A day in which everybody posts, one post in four for followers only, one in eight a boost.
fn publish(
    sinks: &Sinks,
    outboxes: &Outboxes,
    names: &[(usize, String)],
    posts: usize,
    clock: &Clock,
) -> Missed {
    let mut missed = Missed {
        public: Vec::new(),
        private: Vec::new(),
        boosts: Vec::new(),
    };
    for number in 0..posts {
        clock.advance(DAY / i64::try_from(posts).unwrap());
        for (host, name) in names {
            let (kind, list) = match number % 8 {
                0 | 4 => (Kind::Private, &mut missed.private),
                2 => (Kind::Boost, &mut missed.boosts),
                _ => (Kind::Public, &mut missed.public),
            };
            list.push(outboxes.publish(&sinks.actor(*host, name), kind).0);
        }
    }
    missed
}

/// Lets time pass until everything is there or patience ends; gives back the home timeline.
async fn watch(inside: &Inside, missed: &Missed, clock: &Clock) -> HashSet<String> {
    let began = Instant::now();
    loop {
        let mut connection = Connection::new(inside.ann.address).await;
        let home: HashSet<String> = inside.ann.home(&mut connection).await.into_iter().collect();
        let mut all = missed
            .public
            .iter()
            .chain(&missed.private)
            .chain(&missed.boosts);
        if all.all(|uri| home.contains(uri)) || began.elapsed() > PATIENCE {
            return home;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        clock.advance(15 * SECOND);
    }
}
