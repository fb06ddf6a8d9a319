//! What a browser sends with a file: the fields of the form as text, and the file.

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;

use super::fields::Fields;
use super::refusals::Refused;

/// The most bytes of a form with its file.
const LONGEST: usize = 1 << 20;
/// The most bytes of one of its texts.
const LONGEST_TEXT: usize = 16 << 10;
/// The most parts of a form.
const MOST_PARTS: usize = 32;

/// The fields of a form that was sent with a file.
pub(super) struct SentFile {
    /// The texts.
    pub(super) fields: Fields,
    /// The file; empty when none was chosen.
    pub(super) file: Vec<u8>,
}

impl FromRequest for SentFile {
    type Error = Refused;
    type Future = LocalBoxFuture<'static, Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parts = Multipart::new(request.headers(), payload.take());
        Box::pin(read(parts))
    }
}

async fn read(mut parts: Multipart) -> Result<SentFile, Refused> {
    let mut sent = SentFile {
        fields: Fields::default(),
        file: Vec::new(),
    };
    let mut left = LONGEST;
    for _ in 0..MOST_PARTS {
        let Some(part) = parts.next().await else {
            return Ok(sent);
        };
        let part = part.map_err(|_| Refused(StatusCode::BAD_REQUEST))?;
        take(&mut sent, part, &mut left).await?;
    }
    Err(Refused(StatusCode::BAD_REQUEST))
}

async fn take(sent: &mut SentFile, mut part: Field, left: &mut usize) -> Result<(), Refused> {
    let name = part.name().unwrap_or_default().to_owned();
    let disposition = part.content_disposition();
    let is_file = disposition.is_some_and(|disposition| disposition.get_filename().is_some());
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| Refused(StatusCode::BAD_REQUEST))?;
        let too_large = Refused(StatusCode::PAYLOAD_TOO_LARGE);
        *left = left.checked_sub(chunk.len()).ok_or(too_large)?;
        bytes.extend_from_slice(&chunk);
        if !is_file && bytes.len() > LONGEST_TEXT {
            return Err(Refused(StatusCode::PAYLOAD_TOO_LARGE));
        }
    }
    if is_file {
        sent.file = bytes;
    } else {
        sent.fields.add(&name, &bytes);
    }
    Ok(())
}
