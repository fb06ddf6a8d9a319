//! What every request passes: who calls, what is too often or too large, the headers of the answer, the log.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};
use tracing::Instrument as _;

use super::headers::{self, REQUEST_ID};
use super::rates::{self, Rates};
use super::windows::Standing;
use super::{bodies, cors, errors, forwarded, metrics};
use crate::meters::Door;
use crate::node::Node;

/// When somebody may ask again after a 503 that says nothing else, in seconds.
const WAIT: &str = "10";

/// What the gate keeps between requests.
pub(super) struct Gate {
    pub(super) node: Node,
    pub(super) rates: Arc<Rates>,
    /// The largest body that any route takes, in bytes.
    pub(super) largest_body: usize,
}

/// Leads a request through the gate.
///
/// # Errors
/// None of its own: what goes wrong inside becomes an answer.
pub(super) async fn pass(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(gate) = request.app_data::<Data<Gate>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    metrics::note_way(&request);
    forwarded::settle(request.head_mut(), &gate.node.config.server);
    let id = headers::request_id(request.headers());
    if let Ok(value) = HeaderValue::try_from(&id) {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    let told = Told::of(&request, &gate.node);
    let span = tracing::info_span!("request", id);
    let answered = answer(&gate, request, next).instrument(span.clone()).await;
    let answer = answered?;
    let _entered = span.enter();
    told.count(answer.status(), &gate.node);
    told.log(answer.status(), gate.node.clock.now());
    Ok(answer)
}

async fn answer(
    gate: &Gate,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_open = cors::is_open(request.path());
    if is_open && cors::is_preflight(request.method(), request.headers()) {
        let answer = cors::preflight(request.headers());
        return Ok(dress(gate, request.into_response(answer), None));
    }
    let address = request.peer_addr().map(|address| address.ip());
    let now = gate.node.clock.now();
    if address.is_some_and(|address| gate.node.bans.are_closed_to(address, now)) {
        let answer = refuse(request, StatusCode::FORBIDDEN);
        return Ok(dress(gate, answer, None));
    }
    let standing = gate.rates.count(&gate.node, &request).await;
    if let Some(standing) = standing.filter(|standing| standing.is_refused) {
        let answer = refuse(request, StatusCode::TOO_MANY_REQUESTS);
        return Ok(dress(gate, answer, Some(standing)));
    }
    if !bodies::watch(&mut request, gate.largest_body) {
        let answer = refuse(request, StatusCode::PAYLOAD_TOO_LARGE);
        return Ok(dress(gate, answer, standing));
    }
    // Nothing has NUL in its name, and PostgreSQL refuses to be asked.
    if request.path().contains("%00") {
        let answer = refuse(request, StatusCode::NOT_FOUND);
        return Ok(dress(gate, answer, standing));
    }
    // Routes know GET alone; the body of an answer to HEAD is left out when it is written.
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let answer = next.call(request).await?.map_into_boxed_body();
    Ok(dress(gate, answer, standing))
}

fn refuse(request: ServiceRequest, status: StatusCode) -> ServiceResponse<BoxBody> {
    request.into_response(HttpResponse::new(status))
}

/// Gives an answer the words that it lacks and the headers that every answer has.
fn dress(
    gate: &Gate,
    mut answer: ServiceResponse<BoxBody>,
    standing: Option<Standing>,
) -> ServiceResponse<BoxBody> {
    if errors::is_bare(answer.request().path(), answer.response()) {
        let words = errors::answer(answer.status(), answer.request(), &gate.node);
        answer = answer.into_response(words);
    }
    let (request, response) = answer.into_parts();
    let mut response = response;
    let status = response.status();
    let path = request.path();
    let headers = response.headers_mut();
    if cors::is_open(path) {
        cors::open(headers);
    }
    if let Some(standing) = standing {
        if path.starts_with("/api/") {
            rates::tell(standing, headers);
        }
        if standing.is_refused {
            rates::tell_wait(standing, gate.node.clock.now(), headers);
        }
    }
    if let Some(id) = request.headers().get(REQUEST_ID) {
        headers.insert(REQUEST_ID, id.clone());
    }
    if status == StatusCode::SERVICE_UNAVAILABLE && !headers.contains_key(RETRY_AFTER) {
        headers.insert(RETRY_AFTER, HeaderValue::from_static(WAIT));
    }
    headers::dress(headers, path, &gate.node.config.server);
    ServiceResponse::new(request, response)
}

/// What the log says of a request. Never its query, where tokens and codes may stand.
struct Told {
    method: Method,
    path: String,
    address: String,
    begun: i64,
}

impl Told {
    fn of(request: &ServiceRequest, node: &Node) -> Self {
        let address = request.peer_addr();
        Self {
            method: request.method().clone(),
            path: request.path().to_owned(),
            address: address.map_or_else(String::new, |address| address.ip().to_string()),
            begun: node.clock.now(),
        }
    }

    fn count(&self, status: StatusCode, node: &Node) {
        let door = if self.path.starts_with("/api/") || self.path.starts_with("/oauth/") {
            Door::Api
        } else if self.path.ends_with("/inbox") {
            Door::Inbox
        } else {
            Door::Pages
        };
        let millis = node.clock.now() - self.begun;
        node.meters.requests.of(door).count(status.as_u16(), millis);
    }

    fn log(self, status: StatusCode, now: i64) {
        let Self {
            method,
            path,
            address,
            begun,
        } = self;
        let (status, millis) = (status.as_u16(), now - begun);
        let is_everyday =
            path == "/health" || path == metrics::PATH || path.starts_with("/static/");
        if status >= 500 {
            tracing::warn!(%method, path, status, millis, address, "answered");
        } else if is_everyday {
            tracing::debug!(%method, path, status, millis, address, "answered");
        } else {
            tracing::info!(%method, path, status, millis, address, "answered");
        }
    }
}
