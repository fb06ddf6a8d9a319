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
    let known = request.headers().get(header::IF_NONE_MATCH);
    let is_known = known
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| {
            tags.split(',')
                .map(|tag| tag.trim().trim_start_matches("W/"))
                .any(|tag| tag == file.etag() || tag == "*")
        });
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
