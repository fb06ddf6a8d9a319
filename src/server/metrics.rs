//! `GET /metrics`: what this process has done and how much waits, for programs that watch the node. Who may read it is a
//! setting; for everybody else there is nothing.
//!
//! Source: <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>

use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};

use super::exposition::{Kind, Text};
use crate::clock::SECOND;
use crate::config;
use crate::keys::digests::is_equal;
use crate::meters::{Door, EDGES, Meters};
use crate::node::Node;
use crate::social::vitals::{Gauges, Vitals};

/// Where the metrics are.
pub(super) const PATH: &str = "/metrics";
/// Headers that a proxy adds.
const PROXIED: [&str; 6] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "via",
];

/// A request that came from a program on this computer, by itself.
#[derive(Clone, Copy, Debug)]
struct FromHere;

/// Notes whether a request came from this computer, as long as its headers say how it came.
pub(super) fn note_way(request: &ServiceRequest) {
    if request.path() != PATH {
        return;
    }
    let address = request.head().peer_addr;
    let is_near = address.is_some_and(|address| address.ip().to_canonical().is_loopback());
    let is_proxied = PROXIED
        .iter()
        .any(|name| request.headers().contains_key(*name));
    if is_near && !is_proxied {
        request.extensions_mut().insert(FromHere);
    }
}

/// The metrics, for those who may read them.
pub(super) async fn show(
    node: web::Data<Node>,
    gauges: web::Data<Gauges>,
    request: HttpRequest,
) -> HttpResponse {
    if let Err(status) = check(&node.config.server, &request) {
        return HttpResponse::new(status);
    }
    match gauges.take(&node).await {
        Ok(vitals) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .body(write(&node.meters, &vitals, node.clock.now())),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be taken");
            HttpResponse::new(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

fn check(server: &config::Server, request: &HttpRequest) -> Result<(), StatusCode> {
    match server.metrics {
        config::Metrics::Off => Err(StatusCode::NOT_FOUND),
        config::Metrics::Local => {
            let is_here = request.extensions().contains::<FromHere>();
            is_here.then_some(()).ok_or(StatusCode::NOT_FOUND)
        }
        config::Metrics::Token => {
            let expected = server.metrics_token.as_ref();
            let given = bearer(request.headers()).unwrap_or_default();
            let is_known = expected.is_some_and(|token| is_equal(given.as_bytes(), token.expose()));
            is_known.then_some(()).ok_or(StatusCode::UNAUTHORIZED)
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn write(meters: &Meters, vitals: &Vitals, now: i64) -> String {
    let mut text = Text::default();
    write_process(&mut text, meters, now);
    write_deliveries(&mut text, meters, vitals);
    write_inbox(&mut text, meters, vitals);
    write_lag(&mut text, vitals);
    write_requests(&mut text, meters);
    text.finish()
}

fn write_process(text: &mut Text, meters: &Meters, now: i64) {
    let version = env!("CARGO_PKG_VERSION");
    text.family("whimbrel_build_info", Kind::Gauge, "The version that runs.");
    text.sample("whimbrel_build_info", &[("version", version)], 1);
    text.single(
        "whimbrel_uptime_seconds",
        Kind::Gauge,
        "How long this process has the node open.",
        seconds(now - meters.started_at),
    );
}

fn write_deliveries(text: &mut Text, meters: &Meters, vitals: &Vitals) {
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

fn write_inbox(text: &mut Text, meters: &Meters, vitals: &Vitals) {
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

fn edge_in_seconds(millis: u64) -> String {
    let text = seconds(i64::try_from(millis).unwrap_or(i64::MAX));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn everything_is_written_with_its_type() {
        let meters = Meters::new(1_000);
        meters.deliveries.taken.add(7);
        meters.requests.of(Door::Inbox).count(202, 30);
        let vitals = Vitals {
            taken_at: 100_000,
            counts: Counts {
                backlog: 5,
                oldest_fact: Some(40_000),
                ..Counts::default()
            },
        };
        let text = write(&meters, &vitals, 3_500);
        for line in [
            "# TYPE whimbrel_delivery_attempts_total counter",
            "whimbrel_delivery_attempts_total{outcome=\"taken\"} 7",
            "whimbrel_delivery_backlog 5",
            "whimbrel_lag_seconds 60.000",
            "whimbrel_lag_part_seconds{part=\"facts\"} 60.000",
            "whimbrel_uptime_seconds 2.500",
            "whimbrel_http_requests_total{door=\"inbox\",class=\"2xx\"} 1",
            "whimbrel_http_request_duration_seconds_bucket{door=\"inbox\",le=\"0.025\"} 0",
            "whimbrel_http_request_duration_seconds_bucket{door=\"inbox\",le=\"0.05\"} 1",
            "whimbrel_http_request_duration_seconds_sum{door=\"inbox\"} 0.030",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        // Every sample belongs to a family that was announced before it.
        let mut announced = Vec::new();
        for line in text.lines() {
            if let Some(family) = line.strip_prefix("# TYPE ") {
                announced.push(family.split(' ').next().unwrap());
            } else if !line.starts_with('#') {
                let name = line.split(['{', ' ']).next().unwrap();
                assert!(name.starts_with(announced.last().unwrap()), "{line}");
            }
        }
    }
}
