//! Stored pictures and recordings by their keys, for everybody who knows the address.
//!
//! Only the kinds of files that this node makes are answered, named by their extension and never guessed, so that
//! nothing that somebody uploaded is ever a page, a script or a document of this origin.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9110#section-14>

use std::io::{self, Read};

use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, ETAG, HeaderMap, IF_NONE_MATCH, IF_RANGE, RANGE,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, guard};
use futures_util::Stream;
use futures_util::stream;

use super::error::ApiError;
use crate::blobs::{Reader, kind_of};
use crate::node::Node;

/// How many bytes are read at a time.
const PIECE: usize = 64 << 10;

/// The routes of this file.
pub fn routes(config: &mut ServiceConfig) {
    let reads = guard::Any(guard::Get()).or(guard::Head());
    config.route("/media/{key:.*}", web::route().guard(reads).to(show));
}

/// A stored file, or the part of it that is asked for.
///
/// Source: <https://docs.joinmastodon.org/entities/MediaAttachment/#url>
async fn show(
    node: Data<Node>,
    request: HttpRequest,
    key: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    answer(&node, &request, key.into_inner()).await
}

/// The file under this key, or the part of it that is asked for.
///
/// # Errors
/// 404 for what is not there, or of no kind that is shown.
pub(super) async fn answer(
    node: &Node,
    request: &HttpRequest,
    key: String,
) -> Result<HttpResponse, ApiError> {
    let kind = kind_of(&key).ok_or_else(ApiError::no_route)?;
    let etag = format!("\"{key}\"");
    let headers = request.headers();
    if names(headers, IF_NONE_MATCH.as_str(), &etag) {
        return Ok(dress(StatusCode::NOT_MODIFIED, kind, &etag).finish());
    }
    let total = measure(node, key.clone()).await?;
    // Only the very same bytes may be put together, so a weak tag does not do.
    let is_changed = headers.get(IF_RANGE).is_some_and(|tag| *tag != *etag);
    let asked = headers.get(RANGE).and_then(|range| range.to_str().ok());
    let range = asked.filter(|_| !is_changed && request.method() == Method::GET);
    let (status, start, length) = match range.map_or(Part::Whole, |range| Part::read(range, total))
    {
        Part::Whole => (StatusCode::OK, 0, total),
        Part::Piece { start, length } => (StatusCode::PARTIAL_CONTENT, start, length),
        Part::Outside => {
            let mut answer = dress(StatusCode::RANGE_NOT_SATISFIABLE, kind, &etag);
            return Ok(answer
                .insert_header((CONTENT_RANGE, format!("bytes */{total}")))
                .finish());
        }
    };
    let reader = open(node, key, start, length).await?;
    let mut answer = dress(status, kind, &etag);
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {start}-{}/{total}", start + length - 1);
        answer.insert_header((CONTENT_RANGE, range));
    }
    Ok(answer.body(SizedStream::new(length, pieces(reader))))
}

/// The headers of every answer about a file. What has a key never changes.
fn dress(status: StatusCode, kind: &'static str, etag: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .content_type(kind)
        .insert_header((ETAG, etag))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((ACCEPT_RANGES, "bytes"));
    answer
}

/// Whether a header names this entity tag.
fn names(headers: &HeaderMap, header: &str, etag: &str) -> bool {
    let value = headers.get(header).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| {
        let mut tags = value.split(',').map(str::trim);
        tags.any(|tag| tag == etag || tag.strip_prefix("W/") == Some(etag))
    })
}

/// Which part of a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Piece { start: u64, length: u64 },
    Outside,
}

impl Part {
    /// Reads a `Range` header for a file of `total` bytes. What is not understood, and several ranges at once,
    /// count as the whole file.
    fn read(header: &str, total: u64) -> Self {
        let range = header.strip_prefix("bytes=").unwrap_or_default().trim();
        let Some((first, last)) = range.split_once('-') else {
            return Self::Whole;
        };
        let (start, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(start), Ok(last)) if last >= start => (start, last.saturating_add(1).min(total)),
            (Ok(start), _) if last.is_empty() => (start, total),
            (_, Ok(tail)) if first.is_empty() => (total.saturating_sub(tail), total),
            _ => return Self::Whole,
        };
        if start >= end {
            return Self::Outside;
        }
        Self::Piece {
            start,
            length: end - start,
        }
    }
}

/// The length of a file in bytes.
async fn measure(node: &Node, key: String) -> Result<u64, ApiError> {
    Ok(open(node, key, 0, 0).await?.total)
}

async fn open(node: &Node, key: String, start: u64, length: u64) -> Result<Reader, ApiError> {
    let blobs = node.blobs.clone();
    let opened = web::block(move || blobs.open(&key, start, Some(length))).await;
    match opened.map_err(ApiError::internal)? {
        Ok(Some(reader)) => Ok(reader),
        Ok(None) => Err(ApiError::no_route()),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Err(ApiError::no_route()),
        Err(error) => Err(ApiError::internal(error)),
    }
}

/// The bytes of a file, read on threads that may wait for the disk.
fn pieces(reader: Reader) -> impl Stream<Item = Result<Bytes, io::Error>> {
    stream::try_unfold(reader, |mut reader| async move {
        let read = web::block(move || {
            let mut piece = Vec::new();
            let mut part = Read::take(&mut reader, PIECE as u64);
            part.read_to_end(&mut piece).map(|_| (piece, reader))
        });
        let (piece, reader) = read.await.map_err(io::Error::other)??;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), reader)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        let piece = |start, length| Part::Piece { start, length };
        for (header, total, expected) in [
            ("bytes=0-0", 10, piece(0, 1)),
            ("bytes=0-", 10, piece(0, 10)),
            ("bytes=3-5", 10, piece(3, 3)),
            ("bytes=3-99", 10, piece(3, 7)),
            ("bytes=-4", 10, piece(6, 4)),
            ("bytes=-99", 10, piece(0, 10)),
            ("bytes=10-", 10, Part::Outside),
            ("bytes=-0", 10, Part::Outside),
            ("bytes=0-", 0, Part::Outside),
            ("bytes=5-3", 10, Part::Whole),
            ("bytes=0-1,3-4", 10, Part::Whole),
            ("bytes=a-b", 10, Part::Whole),
            ("lines=0-1", 10, Part::Whole),
            ("", 10, Part::Whole),
        ] {
            assert_eq!(Part::read(header, total), expected, "{header} of {total}");
        }
    }
}
