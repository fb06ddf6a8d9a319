//! Error answers that no route has written: unknown addresses, limits, broken requests. Programs get JSON,
//! browsers a page.

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use actix_web::{HttpRequest, ResponseError};

use super::headers::REQUEST_ID;
use crate::api::error::ApiError;
use crate::node::Node;
use crate::web::pages::{self, Frame, NextStep};
use crate::web::paths;

/// Whether an error answer still needs words: it has none, or on the client API none that programs read.
pub(super) fn is_bare(path: &str, answer: &HttpResponse<BoxBody>) -> bool {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return false;
    }
    let is_empty = matches!(answer.body().size(), BodySize::None | BodySize::Sized(0));
    let is_json = answer
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    is_empty || (is_for_programs(path) && !is_json)
}

/// The answer `status` in the form that fits the request.
pub(super) fn answer(status: StatusCode, request: &HttpRequest, node: &Node) -> HttpResponse {
    let path = request.path();
    if is_for_programs(path) || !takes_pages(request.headers()) {
        return ApiError::new(status, program_words(status)).error_response();
    }
    let (title, sentence) = people_words(status);
    let view = pages::error::ErrorPage {
        status: status.as_u16(),
        title: title.to_owned(),
        sentence: sentence.to_owned(),
        next: Some(NextStep {
            label: "To the front page".to_owned(),
            url: paths::FRONT.to_owned(),
        }),
        request_id: request
            .headers()
            .get(REQUEST_ID)
            .and_then(|id| Some(id.to_str().ok()?.to_owned())),
    };
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .body(pages::error::render(&frame(node), &view))
}

fn frame(node: &Node) -> Frame {
    Frame {
        node_name: node.config.instance.title.clone(),
        domain: node.urls.authority().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        source_url: node.config.instance.source_url.clone(),
        viewer: None,
        flash: None,
    }
}

fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/")
        || path.starts_with("/.well-known/")
        || path.starts_with("/nodeinfo/")
        || matches!(path, "/oauth/token" | "/oauth/revoke" | "/oauth/userinfo")
}

/// Whether the caller reads pages: a browser, or one that takes anything.
fn takes_pages(headers: &HeaderMap) -> bool {
    let Some(accept) = headers.get(ACCEPT).and_then(|value| value.to_str().ok()) else {
        return true;
    };
    let is_json = accept.contains("json");
    accept.contains("text/html") || (accept.contains("*/*") && !is_json)
}

fn program_words(status: StatusCode) -> Cow<'static, str> {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => "Not Found".into(),
        StatusCode::TOO_MANY_REQUESTS => "Too many requests".into(),
        StatusCode::PAYLOAD_TOO_LARGE => "The request is larger than what is allowed".into(),
        StatusCode::INTERNAL_SERVER_ERROR => "This is not working properly".into(),
        other => other.canonical_reason().unwrap_or("Refused").into(),
    }
}

fn people_words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => (
            "This page does not exist",
            "It may have been deleted, or the address is not quite right.",
        ),
        StatusCode::GONE => ("This page is gone", "It was here once and was deleted."),
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => (
            "This is not for you to see",
            "You may have to sign in first, or as somebody else.",
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "That was too often",
            "Please wait a few minutes and try again.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "This does not work at the moment",
            "The node has a problem that passes. Please try again in a moment.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "That was too large",
            "What you sent is larger than this node takes.",
        ),
        status if status.is_client_error() => (
            "This could not be understood",
            "Your browser sent something that this node does not understand.",
        ),
        _ => (
            "This did not work",
            "The fault is with this node, not with you. Please try again later.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn browsers_get_pages_and_programs_json() {
        for (accept, expected) in [
            (None, true),
            (Some("text/html,application/xhtml+xml,*/*;q=0.8"), true),
            (Some("*/*"), true),
            (Some("application/activity+json"), false),
            (Some("application/json, */*"), false),
            (Some("image/png"), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(ACCEPT, HeaderValue::from_static(accept));
            }
            assert_eq!(takes_pages(&headers), expected, "{accept:?}");
        }
    }

    #[test]
    fn only_errors_without_words_are_bare() {
        let text = |status| {
            HttpResponse::build(status)
                .content_type("text/plain")
                .body("x")
        };
        let (bad, fine) = (StatusCode::BAD_REQUEST, StatusCode::OK);
        let table = [
            ("/api/v1/x", HttpResponse::new(bad), true),
            ("/api/v1/x", text(bad), true),
            ("/api/v1/x", ApiError::no_route().error_response(), false),
            ("/api/v1/x", HttpResponse::new(fine), false),
            ("/inbox", text(bad), false),
            ("/", HttpResponse::new(bad), true),
        ];
        for (path, answer, expected) in table {
            assert_eq!(is_bare(path, &answer), expected, "{path} {answer:?}");
        }
    }
}
