//! The routes of streams.
//!
//! Source: <https://docs.joinmastodon.org/methods/streaming/>

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, guard};
use serde::Deserialize;

use super::channels::{Channel, Wanted};
use super::events::{self, LAST_EVENT_ID};
use super::hub::{Hub, Line, Style};
use super::replay::{Replay, is_kept};
use super::sockets::{Asked, Driven, LONGEST_MESSAGE, Talk};
use crate::api::auth::Viewer;
use crate::api::error::ApiError;
use crate::api::params::{Params, from_query};
use crate::api::scopes::{ReadNotifications, ReadStatuses, ReadStreams, Scope};
use crate::node::Node;

/// Where server-sent events are, and which stream that is.
const PATHS: [(&str, &str); 9] = [
    ("user", "user"),
    ("public", "public"),
    ("public/local", "public:local"),
    ("public/remote", "public:remote"),
    ("hashtag", "hashtag"),
    ("hashtag/local", "hashtag:local"),
    ("direct", "direct"),
    ("list", "list"),
    ("user/notification", "user:notification"),
];

/// Why a stream is refused, in words.
const ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-error-message");

/// The beginning of all paths.
const BASE: &str = "/api/v1/streaming";

/// The routes of streams.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource(BASE)
                .guard(guard::Get())
                .wrap(from_fn(say_why))
                .route(web::get().to(socket)),
        )
        .route(&format!("{BASE}/health"), web::get().to(health));
    for (path, stream) in PATHS {
        let route = if stream == "user:notification" {
            web::get().to(listen::<ReadNotifications>)
        } else {
            web::get().to(listen::<ReadStatuses>)
        };
        let resource = web::resource(format!("{BASE}/{path}"))
            .guard(guard::Get())
            .wrap(from_fn(say_why))
            .route(route);
        config.service(resource);
    }
}

/// Says in a header why a stream is refused: programs in browsers are shown no body of a refused WebSocket.
async fn say_why(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let mut answer = next.call(request).await?.map_into_boxed_body();
    let error = answer.response().error();
    let sentence = error
        .and_then(|error| error.as_error::<ApiError>())
        .and_then(|error| HeaderValue::from_str(error.sentence()).ok());
    if let Some(sentence) = sentence {
        answer.headers_mut().insert(ERROR_MESSAGE, sentence);
    }
    Ok(answer)
}

/// Whether streams are to be had.
///
/// Source: <https://docs.joinmastodon.org/methods/streaming/#health>
async fn health() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("OK")
}

/// What a stream's request says beside its path.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Given {
    stream: Option<String>,
    tag: Option<String>,
    list: Option<String>,
    only_media: bool,
    last_event_id: Option<String>,
}

impl Given {
    fn wanted(self, stream: &str) -> Wanted {
        Wanted {
            tag: self.tag,
            list: self.list,
            only_media: self.only_media,
            ..Wanted::named(stream)
        }
    }

    /// The last event that the client was told, from the header or the parameter.
    fn last_event_id(&self, request: &HttpRequest) -> Result<Option<i64>, ApiError> {
        let header = request.headers().get(LAST_EVENT_ID);
        let header = header.and_then(|id| id.to_str().ok());
        let given = header.or(self.last_event_id.as_deref());
        let sentence = "The id of the last event is a number that a stream has told";
        given
            .filter(|id| !id.is_empty())
            .map(|id| id.parse().map_err(|_| ApiError::bad_request(sentence)))
            .transpose()
    }
}

/// One stream as server-sent events.
///
/// Source: <https://docs.joinmastodon.org/methods/streaming/#http>
async fn listen<S: Scope>(
    node: Data<Node>,
    hub: Data<Hub>,
    viewer: Viewer<S>,
    request: HttpRequest,
    params: Params<Given>,
) -> Result<HttpResponse, ApiError> {
    let node = Node::clone(&node);
    let given = params.into_inner();
    let from = given.last_event_id(&request)?;
    let wanted = given.wanted(stream_at(request.path()));
    let channel = wanted.admit(&node, viewer.id(), &viewer.scopes).await?;
    let line = line(&viewer, Style::Events, vec![channel.clone()]);
    let (seat, position) = hub.join(line.clone(), address_of(&request)?)?;
    let Some(id) = from else {
        return Ok(events::answer(node, seat, position.safe, None, false));
    };
    let has_lost = !is_kept(&node, id).await?;
    let replay = Some(Replay::new(&line, channel, id, position));
    Ok(events::answer(node, seat, id, replay, has_lost))
}

/// The name of the stream whose path this is.
fn stream_at(path: &str) -> &'static str {
    let rest = path.strip_prefix(BASE).unwrap_or_default();
    let rest = rest.trim_matches('/');
    let found = PATHS.iter().find(|(known, _)| *known == rest);
    found.map_or("", |(_, stream)| stream)
}

/// Many streams over one WebSocket.
///
/// Source: <https://docs.joinmastodon.org/methods/streaming/#websocket>
async fn socket(
    node: Data<Node>,
    hub: Data<Hub>,
    viewer: Viewer<ReadStreams>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let given: Given = from_query(request.query_string())?;
    let last_event_id = given.last_event_id(&request)?;
    let first = given.stream.clone().filter(|stream| !stream.is_empty());
    let first = first.map(|stream| Asked {
        wanted: given.wanted(&stream),
        last_event_id,
    });
    let offered = offered_protocols(&request);
    let offered: Vec<&str> = offered.iter().map(String::as_str).collect();
    let (answer, session, messages) =
        actix_ws::handle_with_protocols(&request, payload, &offered).map_err(|_| no_socket())?;
    let line = line(&viewer, Style::Socket, Vec::new());
    let (seat, position) = hub.join(line.clone(), address_of(&request)?)?;
    let talk = Talk {
        node: Node::clone(&node),
        session,
        messages: messages
            .max_frame_size(LONGEST_MESSAGE)
            .aggregate_continuations()
            .max_continuation_size(LONGEST_MESSAGE),
        seat,
        line,
        scopes: viewer.scopes,
    };
    let talk = Box::pin(talk.run(first));
    let mut answer = answer.map_body(|_, frames| BoxBody::new(Driven::by(talk, frames)));
    if let Ok(id) = position.safe.to_string().parse() {
        answer.headers_mut().insert(LAST_EVENT_ID, id);
    }
    Ok(answer)
}

fn no_socket() -> ApiError {
    ApiError::bad_request(
        "This address speaks WebSocket; server-sent events are at /api/v1/streaming/user and its neighbours",
    )
}

/// Where browsers put their token, as they can set no other header; the answer has to repeat one of them.
fn offered_protocols(request: &HttpRequest) -> Vec<String> {
    let headers = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL);
    headers
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(','))
        .map(|protocol| protocol.trim().to_owned())
        .collect()
}

fn line<S>(viewer: &Viewer<S>, style: Style, channels: Vec<Channel>) -> Line {
    Line {
        viewer: viewer.id(),
        token: viewer.token_id,
        style,
        channels,
        mailbox: Arc::default(),
    }
}

fn address_of(request: &HttpRequest) -> Result<std::net::IpAddr, ApiError> {
    let address = request.peer_addr();
    let address = address.ok_or_else(|| ApiError::internal("a request from nowhere"));
    Ok(address?.ip())
}
