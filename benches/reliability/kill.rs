//! `kill -9` at random moments, while people post, deliveries go out and activities come in. Whatever was acknowledged
//! must be there in the end, everywhere and once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::arrivals::Comparison;
use super::storm::{ACTORS, Acknowledged, Storm};
use super::{Options, consistency};
use crate::shared::clusters::Cluster;
use crate::shared::figures::Figure;
use crate::shared::load::Connection;
use crate::shared::people::Ann;
use crate::shared::processes::Process;
use crate::shared::rows::Rows;
use crate::shared::seeded::Seeded;
use crate::shared::sinks::Sinks;

/// Hosts with a follower of `ann`; the first of them have the actors whom she follows, too.
const HOSTS: usize = 20;
/// Posts that are there before the storm, for others to like and reply to.
const LIKED: usize = 60;
/// What may have been sent to one peer and not yet be written down: two windows of four. So much of each peer's is sent
/// again after a kill at most.
pub const AT_RISK: usize = 2 * 4;
/// How long the node may take to bring everything to its end after the last kill.
const PATIENCE: Duration = Duration::from_mins(3);
/// How long a node may take to answer after its database is back, before it is started anew.
const RECONNECTION: Duration = Duration::from_secs(10);

/// A node, its peers, and when it was killed.
struct World {
    process: Process,
    ann: Ann,
    sinks: Arc<Sinks>,
    kills: Vec<Instant>,
    log: tempfile::NamedTempFile,
}

/// On SQLite.
pub async fn kill(options: Options) -> Vec<Figure> {
    let kills = if options.is_quick { 5 } else { 100 };
    let mut chance = Seeded::new(options.seed);
    let mut world = World::prepare(&[]).await;
    let storm = world.begin(options.seed).await;
    for _ in 0..kills {
        tokio::time::sleep(chance.millis(30, 900)).await;
        world.kill();
        world.serve();
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let acknowledged = storm.end().await;
    let rows = Rows::sqlite(world.process.folder.path());
    world.judge(rows, acknowledged).await
}

/// On PostgreSQL, where in turn the node and the database are killed.
pub async fn postgres(options: Options) -> Vec<Figure> {
    let kills = if options.is_quick { 4 } else { 100 };
    let Some(cluster) = Cluster::start() else {
        return vec![Figure::count(
            "skipped: PostgreSQL's programs are not installed",
            0,
        )];
    };
    let mut chance = Seeded::new(options.seed);
    let url = "WHIMBREL_DATABASE__URL";
    let mut world = World::prepare(&[(url, cluster.url())]).await;
    let storm = world.begin(options.seed).await;
    let (mut of_database, mut started_anew, mut longest) = (0, 0, Duration::ZERO);
    for number in 0..kills {
        tokio::time::sleep(chance.millis(100, 1_200)).await;
        if number % 2 == 0 {
            world.kill();
            world.serve();
            continue;
        }
        of_database += 1;
        cluster.kill();
        world.kills.push(Instant::now());
        tokio::time::sleep(chance.millis(0, 1_500)).await;
        cluster.revive();
        let back = Instant::now();
        if world.answers_within(RECONNECTION).await {
            longest = longest.max(back.elapsed());
        } else {
            started_anew += 1;
            world.kill();
            world.serve();
        }
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let acknowledged = storm.end().await;
    let rows = Rows::postgres(&cluster.url()).await;
    let mut figures = vec![
        Figure::count("kills of the database", of_database),
        Figure::count(
            "  after which the node had to be started anew",
            started_anew,
        )
        .at_most(0.0),
        Figure::seconds("  longest until it worked again by itself", longest),
    ];
    figures.extend(world.judge(rows, acknowledged).await);
    figures
}

impl World {
    async fn prepare(settings: &[(&str, String)]) -> Self {
        let mut settings = settings.to_vec();
        settings.push(("WHIMBREL_LOG__LEVEL", "warn".to_owned()));
        let mut process = Process::prepare_with(&settings);
        let log = tempfile::NamedTempFile::new().unwrap();
        process.log_to(log.path());
        let ann = Ann::of(&process);
        process.serve();
        let sinks = Arc::new(Sinks::start(HOSTS, 0..0));
        ann.gather_followers(&sinks, 0..HOSTS).await;
        for number in 0..ACTORS {
            ann.follow(&sinks, number, &format!("a{number}")).await;
        }
        Self {
            process,
            ann,
            sinks,
            kills: Vec::new(),
            log,
        }
    }

    async fn begin(&self, seed: u64) -> Storm {
        let mut connection = Connection::new(self.ann.address).await;
        let mut liked = Vec::new();
        for number in 0..LIKED {
            let text = format!("something to like, number {number}");
            liked.push(self.ann.says(&mut connection, &text).await);
        }
        Storm::begin(&self.ann, &self.sinks, liked, seed)
    }

    fn kill(&mut self) {
        self.process.kill();
        self.kills.push(Instant::now());
    }

    fn serve(&mut self) {
        tokio::task::block_in_place(|| self.process.serve());
    }

    /// Whether reading and posting work before patience ends.
    async fn answers_within(&mut self, patience: Duration) -> bool {
        let asked = async {
            loop {
                if let Ok(mut connection) = Connection::try_new(self.ann.address).await {
                    let read = self.ann.get("/api/v1/timelines/home?limit=1");
                    let body = serde_json::json!({ "status": "is anybody there?" });
                    let post = self.ann.post("/api/v1/statuses", &body);
                    let read = connection.try_send(&read).await;
                    let posted = connection.try_send(&post).await;
                    if matches!((read, posted), (Ok((200, _)), Ok((200, _)))) {
                        return;
                    }
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(patience, asked).await.is_ok()
    }

    /// Lets the node come to rest and compares what is there with what was acknowledged.
    async fn judge(mut self, mut rows: Rows, acknowledged: Acknowledged) -> Vec<Figure> {
        let all = &acknowledged;
        let ids: Vec<String> = all
            .posts
            .iter()
            .map(|uri| format!("{uri}/activity"))
            .collect();
        let settled = self.settle(&mut rows, &ids).await;
        let comparison = Comparison::of(&self.sinks, 0..HOSTS, &ids);
        let home = self.home().await;
        let shown = |uris: &[String]| uris.iter().filter(|uri| home.contains_key(*uri)).count();
        let doubled = home.values().filter(|times| **times > 1).count();
        let mut likes = 0;
        for uri in &all.likes {
            likes += rows
                .count(&format!("FROM favourites WHERE uri = '{uri}'"))
                .await;
        }
        let mut figures = vec![
            Figure::count("kills", self.kills.len()),
            Figure::count("answers that broke off", all.broken),
            Figure::count("answers that said 'not now' (5xx)", all.troubles.len()),
            Figure::none("answers that refused for good (4xx)", all.refusals.len()),
            Figure::all(
                "acknowledged posts in the home timeline",
                shown(&all.posts),
                all.posts.len(),
            ),
            Figure::all(
                "acknowledged notes of peers in it",
                shown(&all.notes),
                all.notes.len(),
            ),
            Figure::all(
                "acknowledged replies of peers in it",
                shown(&all.replies),
                all.replies.len(),
            ),
            Figure::all("acknowledged Likes", likes, all.likes.len()),
            Figure::none("anything twice in the home timeline", doubled),
            Figure::all(
                "acknowledged posts at 20 sinks",
                comparison.came,
                ids.len() * HOSTS,
            ),
        ];
        figures.extend(self.repeats());
        figures.extend(consistency::check(&mut rows).await);
        figures.push(settled);
        if figures.iter().any(Figure::is_broken) {
            self.tell(all);
        }
        figures
    }

    /// Waits until nothing is left to do, and every sink has everything.
    async fn settle(&mut self, rows: &mut Rows, ids: &[String]) -> Figure {
        let began = Instant::now();
        loop {
            let waiting = rows.count("FROM receipts WHERE state = 0").await
                + rows.count("FROM jobs WHERE NOT is_dead").await
                + rows.count("FROM deliveries").await;
            let lost = Comparison::of(&self.sinks, 0..HOSTS, ids).lost;
            if waiting + lost == 0 || began.elapsed() > PATIENCE {
                let name = "rows that still wait for something";
                return Figure::none(name, waiting);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn home(&self) -> HashMap<String, usize> {
        let mut connection = Connection::new(self.ann.address).await;
        let mut times = HashMap::new();
        for uri in self.ann.home(&mut connection).await {
            *times.entry(uri).or_default() += 1;
        }
        times
    }

    /// Deliveries that were made more than once: a kill may make one of each that was under way.
    fn repeats(&self) -> Vec<Figure> {
        let (mut for_kill, mut without) = (vec![0; self.kills.len()], 0);
        for host in 0..HOSTS {
            let mut last: HashMap<String, Instant> = HashMap::new();
            for arrival in self.sinks.arrivals(host) {
                let Some(before) = last.insert(arrival.id, arrival.at) else {
                    continue;
                };
                let between = |kill: &Instant| *kill > before && *kill < arrival.at;
                match self.kills.iter().position(between) {
                    Some(kill) => for_kill[kill] += 1,
                    None => without += 1,
                }
            }
        }
        let most = for_kill.iter().copied().max().unwrap_or(0);
        vec![
            Figure::count(
                "deliveries repeated after a kill, in all",
                for_kill.iter().sum(),
            ),
            Figure::count("  most after one kill", most)
                .at_most((HOSTS * AT_RISK) as f64)
                .vital(),
            Figure::none("deliveries repeated without a kill in between", without),
        ]
    }

    /// Says what helps to find a fault.
    fn tell(&self, acknowledged: &Acknowledged) {
        for refusal in acknowledged.refusals.iter().take(5) {
            println!("refused: {refusal}");
        }
        let log = std::fs::read_to_string(self.log.path()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        for line in &lines[lines.len().saturating_sub(20)..] {
            println!("log: {line}");
        }
    }
}
