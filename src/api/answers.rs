//! How answers are written: JSON with its charset named, and `{}` for success without content.
//!
//! Errors are made in `error.rs` and written with these functions too.
//!
//! Source: <https://docs.joinmastodon.org/client/intro/>

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::middleware::DefaultHeaders;
use serde::Serialize;

/// The content type of every JSON answer.
pub const JSON: &str = "application/json; charset=utf-8";

/// The answer 200 with `value` as its JSON body.
#[must_use]
pub fn json<T: Serialize + ?Sized>(value: &T) -> HttpResponse {
    json_with(StatusCode::OK, value)
}

/// The answer `status` with `value` as its JSON body.
#[must_use]
pub fn json_with<T: Serialize + ?Sized>(status: StatusCode, value: &T) -> HttpResponse {
    match serde_json::to_vec(value) {
        Ok(body) => HttpResponse::build(status).content_type(JSON).body(body),
        Err(cause) => {
            tracing::error!(%cause, "an answer could not be written as JSON");
            HttpResponse::InternalServerError()
                .content_type(JSON)
                .body(r#"{"error":"This is not working properly"}"#)
        }
    }
}

/// The answer 200 with a page of a list and, when there is one, its `Link` header.
#[must_use]
pub fn json_page<T: Serialize + ?Sized>(page: &T, link: Option<String>) -> HttpResponse {
    with_link(json(page), link)
}

/// The same answer with a `Link` header, when there is one.
#[must_use]
pub fn with_link(mut answer: HttpResponse, link: Option<String>) -> HttpResponse {
    let link = link.and_then(|link| header::HeaderValue::try_from(link).ok());
    if let Some(link) = link {
        answer.headers_mut().insert(header::LINK, link);
    }
    answer
}

/// Says on every answer of a route that it has been old since an instant (`@` and seconds), and another serves better.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9745>
#[must_use]
pub fn deprecated(since: &'static str) -> DefaultHeaders {
    DefaultHeaders::new().add(("deprecation", since))
}

/// The answer 200 with `{}`: clients take an empty body for a broken one.
#[must_use]
pub fn empty() -> HttpResponse {
    HttpResponse::Ok().content_type(JSON).body("{}")
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn every_answer_names_its_charset() {
        let link = Some("<https://alpha.example/>; rel=\"next\"".to_owned());
        for (answer, body, has_link) in [
            (json(&[1, 2]), "[1,2]", false),
            (empty(), "{}", false),
            (json_page(&["a"], None), "[\"a\"]", false),
            (json_page(&["a"], link), "[\"a\"]", true),
            (json_page(&["a"], Some("a\nb".into())), "[\"a\"]", false),
        ] {
            let headers = answer.headers();
            assert_eq!(headers.get(header::CONTENT_TYPE).unwrap(), JSON);
            assert_eq!(headers.contains_key(header::LINK), has_link);
            assert_eq!(to_bytes(answer.into_body()).await.unwrap(), body);
        }
    }
}
