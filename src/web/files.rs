//! Answers the embedded files: for ever where the address carries the fingerprint, by entity tag elsewhere.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9111>

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::fields::Fields;
use super::static_files::{self, StaticFile};

/// `GET` of every path in [`static_files::FILES`].
pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    let Some(file) = static_files::find(request.path()) else {
        return HttpResponse::NotFound().finish();
    };
    answer(&request, file)
}

/// The answer to a request for this file.
pub(super) fn answer(request: &HttpRequest, file: &'static StaticFile) -> HttpResponse {
    let query = Fields::parse(request.query_string().as_bytes());
    let kept = if query.get("v") == file.version() {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    };
    let is_known = names_tag(request, &file.etag()) == Some(true);
    let mut answer = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .insert_header((header::ETAG, file.etag()))
        .insert_header((header::CACHE_CONTROL, kept));
    if is_known {
        return answer.finish();
    }
    answer.content_type(file.content_type).body(file.bytes)
}

/// Whether the request names this entity tag as one that it has; `None` if it names none at all.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2>
pub(super) fn names_tag(request: &HttpRequest, etag: &str) -> Option<bool> {
    let known = request.headers().get(header::IF_NONE_MATCH)?;
    let named = known.to_str().unwrap_or_default();
    let mut tags = named
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/"));
    Some(tags.any(|tag| tag == etag || tag == "*"))
}
