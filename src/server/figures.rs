//! The metrics as families: what this process has done, how the database does, and how much waits.
//!
//! Source: <https://prometheus.io/docs/practices/naming/>

use std::time::Duration;

use super::exposition::{Kind, Text};
use crate::clock::SECOND;
use crate::meters::{Door, EDGES, Meters};
use crate::social::vitals::Vitals;
use crate::store::Load;

/// Everything that metrics tell.
pub(super) struct Figures<'a> {
    /// What this process has done.
    pub(super) meters: &'a Meters,
    /// How busy the database is.
    pub(super) database: Load,
    /// How much waits; none while the database does not answer.
    pub(super) vitals: Option<Vitals>,
    /// How much there is to do, in thousandths of what can be done.
    pub(super) pressure: u64,
    /// Streams of clients that are open.
    pub(super) streams: usize,
    /// The instant, in milliseconds.
    pub(super) now: i64,
}

impl Figures<'_> {
    /// All families as text.
    pub(super) fn write(&self) -> String {
        let mut text = Text::default();
        self.write_process(&mut text);
        self.write_database(&mut text);
        write_queues(&mut text, &self.database);
        write_deliveries(&mut text, self.meters);
        write_inbox(&mut text, self.meters);
        if let Some(vitals) = &self.vitals {
            write_lag(&mut text, vitals);
            write_backlog(&mut text, vitals);
            write_waiting(&mut text, vitals);
        }
        write_requests(&mut text, self.meters);
        text.finish()
    }

    fn write_process(&self, text: &mut Text) {
        let version = env!("CARGO_PKG_VERSION");
        let name = "whimbrel_build_info";
        text.family(name, Kind::Gauge, "The version that runs.");
        text.sample(name, &[("version", version)], 1);
        text.single(
            "whimbrel_uptime_seconds",
            Kind::Gauge,
            "How long this process has the node open.",
            seconds(self.now - self.meters.started_at),
        );
        text.single(
            "whimbrel_pressure_ratio",
            Kind::Gauge,
            "How much there is to do, as a share of what can be done.",
            format_args!("{}.{:03}", self.pressure / 1_000, self.pressure % 1_000),
        );
        text.single(
            "whimbrel_streams",
            Kind::Gauge,
            "Open streams of clients.",
            self.streams,
        );
    }

    fn write_database(&self, text: &mut Text) {
        use Kind::{Counter, Gauge};
        let load = &self.database;
        let is_up = self.vitals.is_some() && !load.is_away;
        for (name, kind, help, value) in [
            (
                "whimbrel_database_up",
                Gauge,
                "Whether the database answers: 1 or 0.",
                u8::from(is_up).to_string(),
            ),
            (
                "whimbrel_database_commits_total",
                Counter,
                "Commits, each of a group of writes.",
                load.groups.to_string(),
            ),
            (
                "whimbrel_database_failures_total",
                Counter,
                "Groups of writes that failed for the database's own reasons: it was away, full or broken.",
                load.failures.to_string(),
            ),
            (
                "whimbrel_database_busy_seconds_total",
                Counter,
                "How long the one writer was busy; it can take no more at one second each second.",
                exact_seconds(load.group_time),
            ),
            (
                "whimbrel_database_last_commit_seconds",
                Gauge,
                "How long the last group of writes took, with its commit.",
                exact_seconds(load.last_group_time),
            ),
            (
                "whimbrel_database_last_commit_writes",
                Gauge,
                "Writes in the last group.",
                load.last_group.to_string(),
            ),
        ] {
            text.single(name, kind, help, value);
        }
    }
}

/// What passes the queues of the database.
fn write_queues(text: &mut Text, load: &Load) {
    let name = "whimbrel_database_waiting";
    let help = "Reads, writes and writes of the background that wait for their turn now.";
    text.family(name, Kind::Gauge, help);
    for (queue, number) in [
        ("reads", load.waiting_reads),
        ("writes", load.waiting_writes),
        ("background", load.waiting_later),
    ] {
        text.sample(name, &[("queue", queue)], number);
    }
    let name = "whimbrel_database_operations_total";
    text.family(name, Kind::Counter, "What had its turn, by queue.");
    for (queue, number) in [
        ("reads", load.reads),
        ("writes", load.writes),
        ("background", load.writes_later),
    ] {
        text.sample(name, &[("queue", queue)], number);
    }
    let name = "whimbrel_database_wait_seconds_total";
    let help = "How long that waited for its turn, together, by queue.";
    text.family(name, Kind::Counter, help);
    for (queue, time) in [
        ("reads", load.waited_reads),
        ("writes", load.waited_writes),
        ("background", load.waited_later),
    ] {
        text.sample(name, &[("queue", queue)], exact_seconds(time));
    }
}

fn write_deliveries(text: &mut Text, meters: &Meters) {
    let deliveries = &meters.deliveries;
    let name = "whimbrel_delivery_attempts_total";
    let help =
        "Attempts to deliver, by what came of them: taken, kept for later, or dropped for good.";
    text.family(name, Kind::Counter, help);
    for (outcome, counter) in [
        ("taken", &deliveries.taken),
        ("kept", &deliveries.kept),
        ("dropped", &deliveries.dropped),
    ] {
        text.sample(name, &[("outcome", outcome)], counter.get());
    }
    text.single(
        "whimbrel_delivery_refusals_total",
        Kind::Counter,
        "Attempts that a peer answered with no.",
        deliveries.refusals.get(),
    );
}

fn write_inbox(text: &mut Text, meters: &Meters) {
    let name = "whimbrel_inbox_requests_total";
    let help = "What other servers sent: accepted, refused for good, or asked to come again (503).";
    text.family(name, Kind::Counter, help);
    for (outcome, counter) in [
        ("accepted", &meters.inbox.accepted),
        ("refused", &meters.inbox.refused),
        ("postponed", &meters.inbox.postponed),
    ] {
        text.sample(name, &[("outcome", outcome)], counter.get());
    }
}

fn write_lag(text: &mut Text, vitals: &Vitals) {
    let lag = vitals.lag();
    text.single(
        "whimbrel_lag_seconds",
        Kind::Gauge,
        "How far the node lags behind: the worst of the parts.",
        seconds(lag.worst()),
    );
    let name = "whimbrel_lag_part_seconds";
    let help = "Age of the oldest delivery to a peer that is up, of the oldest fact not distributed, \
                of the oldest received activity not applied.";
    text.family(name, Kind::Gauge, help);
    for (part, millis) in [
        ("deliveries", lag.deliveries),
        ("facts", lag.facts),
        ("receipts", lag.receipts),
    ] {
        text.sample(name, &[("part", part)], seconds(millis));
    }
}

/// What waits to be delivered, and whom for.
fn write_backlog(text: &mut Text, vitals: &Vitals) {
    text.single(
        "whimbrel_delivery_backlog",
        Kind::Gauge,
        "Deliveries that wait, for whatever peer.",
        vitals.counts.backlog,
    );
    text.single(
        "whimbrel_delivery_oldest_seconds",
        Kind::Gauge,
        "Age of the oldest delivery that waits, for whatever peer.",
        seconds(vitals.oldest_delivery()),
    );
    let name = "whimbrel_peers";
    text.family(name, Kind::Gauge, "Other servers, by how they do.");
    let peers = vitals.counts.peers;
    for (state, number) in [
        ("up", vitals.peers_up()),
        ("down", peers.down),
        ("paused", peers.paused),
    ] {
        text.sample(name, &[("state", state)], number);
    }
}

/// What waits inside the node, and what was missed elsewhere.
fn write_waiting(text: &mut Text, vitals: &Vitals) {
    let counts = &vitals.counts;
    for (name, help, states) in [
        (
            "whimbrel_receipts",
            "Received activities that wait, and that were given up.",
            [
                ("waiting", counts.receipts_waiting),
                ("failed", counts.receipts_failed),
            ],
        ),
        (
            "whimbrel_jobs",
            "Jobs that wait, and that were given up.",
            [("waiting", counts.jobs_waiting), ("dead", counts.jobs_dead)],
        ),
    ] {
        text.family(name, Kind::Gauge, help);
        for (state, number) in states {
            text.sample(name, &[("state", state)], number);
        }
    }
    text.single(
        "whimbrel_catch_up_peers",
        Kind::Gauge,
        "Other servers that are still to be asked for what was missed.",
        counts.catch_up_open,
    );
}

fn write_requests(text: &mut Text, meters: &Meters) {
    let name = "whimbrel_http_requests_total";
    text.family(name, Kind::Counter, "Answers, by door and class of status.");
    for door in Door::ALL {
        let classes = meters.requests.of(door).by_class();
        for (class, number) in ["1xx", "2xx", "3xx", "4xx", "5xx"].iter().zip(classes) {
            text.sample(name, &[("door", door.word()), ("class", class)], number);
        }
    }
    let name = "whimbrel_http_request_duration_seconds";
    text.family(name, Kind::Histogram, "How long answers took, by door.");
    for door in Door::ALL {
        let answers = meters.requests.of(door);
        let total: u64 = answers.by_class().iter().sum();
        let (bucket, word) = (format!("{name}_bucket"), door.word());
        for (edge, number) in EDGES.iter().zip(answers.up_to_edges()) {
            let edge = edge_in_seconds(*edge);
            text.sample(&bucket, &[("door", word), ("le", &edge)], number);
        }
        text.sample(&bucket, &[("door", word), ("le", "+Inf")], total);
        let sum = i64::try_from(answers.millis()).unwrap_or(i64::MAX);
        text.sample(&format!("{name}_sum"), &[("door", word)], seconds(sum));
        text.sample(&format!("{name}_count"), &[("door", word)], total);
    }
}

/// Milliseconds as seconds with three decimals.
fn seconds(millis: i64) -> String {
    let millis = millis.max(0);
    format!("{}.{:03}", millis / SECOND, millis % SECOND)
}

/// A length of time as seconds with six decimals.
fn exact_seconds(time: Duration) -> String {
    format!("{}.{:06}", time.as_secs(), time.subsec_micros())
}

fn edge_in_seconds(millis: u64) -> String {
    let text = seconds(i64::try_from(millis).unwrap_or(i64::MAX));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet, HashSet};

    use super::*;
    use crate::store::vitals::Counts;

    #[test]
    fn edges_are_written_short() {
        let edges: Vec<String> = EDGES.iter().map(|edge| edge_in_seconds(*edge)).collect();
        let expected = [
            "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "10",
        ];
        assert_eq!(edges, expected);
    }

    /// Figures of which some are not 0.
    fn figures(meters: &Meters) -> Figures<'_> {
        Figures {
            meters,
            database: Load {
                waiting_writes: 3,
                writes: 1_204,
                waited_writes: Duration::from_micros(2_000_450),
                groups: 77,
                failures: 2,
                group_time: Duration::from_millis(1_500),
                ..Load::default()
            },
            vitals: Some(Vitals {
                taken_at: 100_000,
                counts: Counts {
                    backlog: 5,
                    oldest_fact: Some(40_000),
                    catch_up_open: 4,
                    ..Counts::default()
                },
            }),
            pressure: 1_042,
            streams: 6,
            now: 3_500,
        }
    }

    #[test]
    fn everything_is_written() {
        let meters = Meters::new(1_000);
        meters.deliveries.taken.add(7);
        meters.requests.of(Door::Inbox).count(202, 30);
        let text = figures(&meters).write();
        for line in [
            "# TYPE whimbrel_delivery_attempts_total counter",
            "whimbrel_delivery_attempts_total{outcome=\"taken\"} 7",
            "whimbrel_delivery_backlog 5",
            "whimbrel_catch_up_peers 4",
            "whimbrel_lag_seconds 60.000",
            "whimbrel_lag_part_seconds{part=\"facts\"} 60.000",
            "whimbrel_uptime_seconds 2.500",
            "whimbrel_pressure_ratio 1.042",
            "whimbrel_streams 6",
            "whimbrel_database_up 1",
            "whimbrel_database_commits_total 77",
            "whimbrel_database_failures_total 2",
            "whimbrel_database_busy_seconds_total 1.500000",
            "whimbrel_database_waiting{queue=\"writes\"} 3",
            "whimbrel_database_operations_total{queue=\"writes\"} 1204",
            "whimbrel_database_wait_seconds_total{queue=\"writes\"} 2.000450",
            "whimbrel_http_requests_total{door=\"inbox\",class=\"2xx\"} 1",
            "whimbrel_http_request_duration_seconds_bucket{door=\"inbox\",le=\"0.025\"} 0",
            "whimbrel_http_request_duration_seconds_bucket{door=\"inbox\",le=\"0.05\"} 1",
            "whimbrel_http_request_duration_seconds_sum{door=\"inbox\"} 0.030",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn a_database_that_is_away_leaves_what_needs_none() {
        let meters = Meters::new(1_000);
        let away = Figures {
            vitals: None,
            ..figures(&meters)
        };
        let text = away.write();
        assert!(text.contains("whimbrel_database_up 0\n"));
        assert!(text.contains("whimbrel_delivery_attempts_total"));
        for unknown in [
            "whimbrel_lag_seconds",
            "whimbrel_delivery_backlog",
            "whimbrel_peers",
        ] {
            assert!(!text.contains(unknown), "{unknown}");
        }
        let lost = Figures {
            database: Load {
                is_away: true,
                ..Load::default()
            },
            ..figures(&meters)
        };
        assert!(lost.write().contains("whimbrel_database_up 0\n"));
    }

    /// A sample: its name, its labels, its value.
    type Sample = (String, BTreeMap<String, String>, f64);

    /// A family as a reader of the format finds it.
    #[derive(Debug, Default)]
    struct Family {
        kind: String,
        samples: Vec<Sample>,
    }

    fn is_name(text: &str) -> bool {
        let is_letter = |c: char| c.is_ascii_lowercase() || c == '_';
        text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c.is_ascii_digit())
    }

    fn sample(line: &str) -> Sample {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
            None => (series, ""),
        };
        let labels = labels.split(',').filter(|label| !label.is_empty());
        let labels = labels.map(|label| {
            let (key, text) = label.split_once('=').unwrap();
            let text = text.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
            assert!(is_name(key) && !text.contains(['"', '\\']), "{line}");
            (key.to_owned(), text.to_owned())
        });
        (name.to_owned(), labels.collect(), value.parse().unwrap())
    }

    /// The name and the rest of a line with this beginning.
    fn announced<'a>(line: Option<&'a str>, beginning: &str) -> (&'a str, &'a str) {
        let rest = line.unwrap().strip_prefix(beginning).unwrap();
        rest.split_once(' ').unwrap()
    }

    /// Reads the whole text as strictly as the format is described.
    ///
    /// Source: <https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details>
    fn read(text: &str) -> BTreeMap<String, Family> {
        let mut families: BTreeMap<String, Family> = BTreeMap::new();
        let mut lines = text.lines().peekable();
        assert!(text.ends_with('\n'));
        while lines.peek().is_some() {
            let (name, help) = announced(lines.next(), "# HELP ");
            assert!(
                is_name(name) && help.ends_with('.') && !help.contains('\\'),
                "{help}"
            );
            let (again, kind) = announced(lines.next(), "# TYPE ");
            assert_eq!(again, name);
            let mut family = Family {
                kind: kind.to_owned(),
                ..Family::default()
            };
            while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
                family.samples.push(sample(line));
            }
            let known = families.insert(name.to_owned(), family);
            assert!(known.is_none(), "{name} is announced twice");
        }
        families
    }

    #[test]
    fn the_text_is_valid() {
        let meters = Meters::new(0);
        for (name, Family { kind, samples }) in &read(&figures(&meters).write()) {
            assert!(!samples.is_empty(), "{name} has no samples");
            assert_eq!(name.ends_with("_total"), kind == "counter", "{name}");
            let series = samples
                .iter()
                .map(|(name, labels, _)| format!("{name} {labels:?}"));
            let series: HashSet<String> = series.collect();
            assert_eq!(series.len(), samples.len(), "{name} has a series twice");
            let suffixes: &[&str] = match kind.as_str() {
                "histogram" => &["_bucket", "_sum", "_count"],
                "counter" | "gauge" => &[""],
                other => panic!("{name} is a {other}"),
            };
            for (sample, _, value) in samples {
                let suffix = sample.strip_prefix(name.as_str()).unwrap();
                assert!(suffixes.contains(&suffix) && *value >= 0.0, "{sample}");
            }
        }
    }

    #[test]
    fn histograms_grow_to_their_count() {
        let meters = Meters::new(0);
        for (door, millis) in Door::ALL.into_iter().zip([1, 70, 20_000]) {
            meters.requests.of(door).count(200, millis);
        }
        let families = read(&figures(&meters).write());
        let samples = &families["whimbrel_http_request_duration_seconds"].samples;
        for door in Door::ALL {
            let own = samples
                .iter()
                .filter(|(_, labels, _)| labels["door"] == door.word());
            let (buckets, others): (Vec<_>, Vec<_>) =
                own.partition(|(name, ..)| name.ends_with("_bucket"));
            let counts: Vec<f64> = buckets.iter().map(|(_, _, count)| *count).collect();
            assert!(counts.is_sorted(), "{counts:?}");
            assert_eq!(buckets.last().unwrap().1["le"], "+Inf");
            let all = others.iter().find(|(name, ..)| name.ends_with("_count"));
            assert_eq!((counts.last(), all.unwrap().2), (Some(&1.0), 1.0));
        }
    }

    #[test]
    fn the_documentation_names_every_family() {
        let page = include_str!("../../docs/operating/monitoring.md");
        let meters = Meters::new(0);
        let told: BTreeSet<String> = read(&figures(&meters).write()).into_keys().collect();
        let named = page.split('`').filter(|word| word.starts_with("whimbrel_"));
        let named = named.map(|word| word.split(['{', ' ']).next().unwrap().to_owned());
        assert_eq!(named.collect::<BTreeSet<_>>(), told);
    }
}
