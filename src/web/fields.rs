//! What a browser sends: the fields of a query or a form, as text.

use std::borrow::Cow;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use url::form_urlencoded;

use super::refusals::Refused;
use crate::keys::Secret;

/// The most bytes of a form.
const LONGEST_FORM: usize = 64 << 10;

/// Fields in the order in which they came; names may repeat.
#[derive(Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=b&c=d`; bytes that are no text are replaced, and so is NUL, which PostgreSQL keeps in no text.
    pub(super) fn parse(text: &[u8]) -> Self {
        let tidy = |text: Cow<'_, str>| text.replace('\0', "\u{fffd}");
        let fields = form_urlencoded::parse(text);
        Self(
            fields
                .map(|(name, value)| (tidy(name), tidy(value)))
                .collect(),
        )
    }

    /// The first field of this name; empty when there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The first field of this name.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        fields.find_map(|(known, value)| (known == name).then_some(value.as_str()))
    }

    /// All fields of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.0.iter();
        fields.filter_map(move |(known, value)| (known == name).then_some(value.as_str()))
    }

    /// The first field of this name, as something that is not to be printed.
    pub(super) fn secret(&self, name: &str) -> Secret<String> {
        Secret::new(self.get(name).to_owned())
    }

    /// Whether the first field of this name says yes.
    pub(super) fn is_yes(&self, name: &str) -> bool {
        let word = self.get(name).to_ascii_lowercase();
        matches!(word.as_str(), "true" | "1" | "on" | "t" | "yes")
    }
}

/// The fields of a form that was sent.
pub(super) struct Sent(pub(super) Fields);

impl FromRequest for Sent {
    type Error = Refused;
    type Future = LocalBoxFuture<'static, Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_form = kind.is_some_and(|kind| {
            kind.as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        });
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            if !is_form {
                return Err(Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE));
            }
            let body = body.await.map_err(|_| Refused(StatusCode::BAD_REQUEST))?;
            if body.len() > LONGEST_FORM {
                return Err(Refused(StatusCode::PAYLOAD_TOO_LARGE));
            }
            Ok(Self(Fields::parse(&body)))
        })
    }
}
