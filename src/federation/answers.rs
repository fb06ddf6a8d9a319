//! How the servers' door answers: documents with their one content type, refusals with a sentence.
//!
//! Source: <https://www.w3.org/TR/activitypub/#retrieving-objects>.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ACCEPT, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use serde_json::{Value, json};

use super::documents::activities::tombstone;
use super::documents::context::{Terms, with_context};
use crate::store;

/// The content type of every document; peers compare it letter by letter.
pub const ACTIVITY_JSON: &str = "application/activity+json; charset=utf-8";
/// The content type of `WebFinger` answers.
pub const JRD_JSON: &str = "application/jrd+json; charset=utf-8";
/// How long an asker waits before it tries again, in seconds.
const RETRY_AFTER: &str = "60";

/// Who may keep an answer, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Everybody, for three minutes.
    Public,
    /// Everybody, for a day.
    Day,
    /// Nobody: it was made for one asker.
    Nobody,
}

impl Keep {
    fn header(self) -> &'static str {
        match self {
            Self::Public => "public, max-age=180",
            Self::Day => "public, max-age=86400",
            Self::Nobody => "private, no-store",
        }
    }
}

/// A document.
#[must_use]
pub fn document(document: &Value, keep: Keep) -> HttpResponse {
    builder(StatusCode::OK, keep)
        .content_type(ACTIVITY_JSON)
        .body(document.to_string())
}

/// Why something is not shown.
#[derive(Debug)]
pub enum Absence {
    /// There never was such a thing, or the reader may not know of it: the same answer for both.
    Missing,
    /// It was deleted; its id.
    Gone(String),
    /// It is kept back from everybody, for this reason.
    Withheld(&'static str),
    /// The question makes no sense, for this reason.
    Unclear(&'static str),
    /// The database failed.
    Failed(store::Error),
}

impl From<store::Error> for Absence {
    fn from(cause: store::Error) -> Self {
        Self::Failed(cause)
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is nothing here"),
            Self::Gone(id) => write!(f, "{id} was deleted"),
            Self::Withheld(reason) | Self::Unclear(reason) => f.write_str(reason),
            Self::Failed(_) => f.write_str("the node cannot answer now; try again later"),
        }
    }
}

impl ResponseError for Absence {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Gone(_) => StatusCode::GONE,
            Self::Withheld(_) => StatusCode::FORBIDDEN,
            Self::Unclear(_) => StatusCode::BAD_REQUEST,
            Self::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Gone(id) => {
                let document = with_context(tombstone(id), Terms::Note);
                builder(StatusCode::GONE, Keep::Public)
                    .content_type(ACTIVITY_JSON)
                    .body(document.to_string())
            }
            Self::Failed(cause) => {
                store::report(cause, "the database failed while a server was answered");
                refuse(self.status_code(), &self.to_string())
            }
            _ => refuse(self.status_code(), &self.to_string()),
        }
    }
}

/// A refusal with its reason.
#[must_use]
pub fn refuse(status: StatusCode, reason: &str) -> HttpResponse {
    let mut builder = builder(status, Keep::Nobody);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        builder.insert_header((header::RETRY_AFTER, RETRY_AFTER));
    }
    builder
        .content_type("application/json; charset=utf-8")
        .body(json!({"error": reason}).to_string())
}

/// Leads a person's browser to the page of a thing.
#[must_use]
pub fn to_page(url: &str) -> HttpResponse {
    builder(StatusCode::FOUND, Keep::Nobody)
        .insert_header((header::LOCATION, url))
        .finish()
}

/// Whether the asker is a browser: it wants HTML and names no form of ActivityPub.
#[must_use]
pub fn wants_page(request: &HttpRequest) -> bool {
    let headers = request.headers();
    accepted(headers).contains("text/html") && !names_document(headers)
}

/// Whether the asker names a form of ActivityPub, which no browser does.
///
/// Source: <https://www.w3.org/TR/activitypub/#retrieving-objects>.
#[must_use]
pub fn names_document(headers: &HeaderMap) -> bool {
    let accepted = accepted(headers);
    accepted.contains("application/activity+json") || accepted.contains("application/ld+json")
}

fn accepted(headers: &HeaderMap) -> String {
    let values = headers.get_all(ACCEPT);
    let values = values.filter_map(|value: &HeaderValue| value.to_str().ok());
    values.collect::<Vec<_>>().join(",").to_ascii_lowercase()
}

/// An answer with the headers that all have.
pub(super) fn builder(status: StatusCode, keep: Keep) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder
        .insert_header((header::VARY, "Accept, Signature, Signature-Input"))
        .insert_header((header::CACHE_CONTROL, keep.header()));
    builder
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn browsers_are_told_from_servers() {
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,*/*;q=0.8", true),
            ("application/activity+json, text/html;q=0.1", false),
            (
                "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
                false,
            ),
            ("application/json", false),
            ("*/*", false),
            ("", false),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT, accept));
            assert_eq!(wants_page(&request.to_http_request()), expected, "{accept}");
        }
    }
}
