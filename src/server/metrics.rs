//! `GET /metrics`: what this process has done and how much waits, for programs that watch the node. Who may read it is a
//! setting; for everybody else there is nothing.
//!
//! Source: <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>

use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};

use super::figures::Figures;
use crate::api::streaming::Hub;
use crate::config;
use crate::federation::overload;
use crate::keys::digests::is_equal;
use crate::node::Node;
use crate::social::vitals::Gauges;

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

/// The metrics, for those who may read them. While the database does not answer, those are told that need none.
pub(super) async fn show(
    node: web::Data<Node>,
    gauges: web::Data<Gauges>,
    hub: web::Data<Hub>,
    request: HttpRequest,
) -> HttpResponse {
    if let Err(status) = check(&node.config.server, &request) {
        return HttpResponse::new(status);
    }
    let vitals = match gauges.take(&node).await {
        Ok(vitals) => Some(vitals),
        Err(error) => {
            tracing::warn!(%error, "what waits could not be counted for the metrics");
            None
        }
    };
    let figures = Figures {
        meters: &node.meters,
        database: node.db.load(),
        vitals,
        pressure: pressure(&node, vitals.is_some()).await,
        streams: hub.count(),
        now: node.clock.now(),
    };
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(figures.write())
}

/// How much there is to do, in thousandths of what can be done.
async fn pressure(node: &Node, may_count: bool) -> u64 {
    if may_count {
        return overload::measure(node).await.0;
    }
    let writes = u64::try_from(node.db.waiting_writes()).unwrap_or(u64::MAX);
    node.load.measure(writes).0
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
