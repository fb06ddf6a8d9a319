//! Whether the node does well, for everybody: figures of the whole, and nothing about anybody.

use actix_web::http::header::ACCEPT;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::pages;
use super::pages::status::NodeStatus;
use super::refusals::Refused;
use super::visits::Visit;
use crate::clock::{SECOND, to_rfc3339};
use crate::node::Node;
use crate::social::vitals::{Gauges, Vitals};

/// `GET /status`: as a page, or as JSON for programs that ask for it.
pub(super) async fn show(
    visit: Visit,
    request: HttpRequest,
    gauges: web::Data<Gauges>,
) -> Result<HttpResponse, Refused> {
    let asked = request
        .headers()
        .get(ACCEPT)
        .map(header::HeaderValue::as_bytes);
    let takes_json = asked.is_some_and(|asked| asked.starts_with(b"application/json"));
    let taken = gauges.take(&visit.node).await;
    if takes_json {
        return Ok(match taken {
            Ok(vitals) => told(visit.public_answer(), &visit.node, &vitals),
            Err(error) => {
                tracing::error!(%error, "the node could not be looked at");
                HttpResponse::build(StatusCode::SERVICE_UNAVAILABLE)
                    .json(json!({ "status": "trouble" }))
            }
        });
    }
    let vitals = taken.map_err(|error| {
        tracing::error!(%error, "the node could not be looked at");
        Refused(StatusCode::SERVICE_UNAVAILABLE)
    })?;
    let view = NodeStatus {
        lag: vitals.lag().in_words(),
        servers: vitals.counts.peers.all,
        down: vitals.counts.peers.down,
        running_since: visit.node.meters.started_at,
    };
    Ok(visit.page(pages::status::render(&visit.frame(None), &view)))
}

fn told(mut answer: actix_web::HttpResponseBuilder, node: &Node, vitals: &Vitals) -> HttpResponse {
    let lag = vitals.lag();
    answer.json(json!({
        "status": "up",
        "lag_seconds": lag.worst() / SECOND,
        "lag": lag.in_words(),
        "servers": {
            "known": vitals.counts.peers.all,
            "down": vitals.counts.peers.down,
        },
        "running_since": to_rfc3339(node.meters.started_at),
    }))
}
