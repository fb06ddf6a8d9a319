//! Whom somebody wants to sign in as: guesses at one person's password are counted together, from however many
//! addresses they come. The form itself is answered in the web's room.

use actix_web::HttpMessage as _;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::Method;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use futures_util::stream;

use crate::web::paths;

/// The largest form that is looked into, in bytes; what is larger no sign-in form can be.
const LARGEST_FORM: usize = 64 * 1024;

/// The field with the e-mail address or username.
const FIELD: &str = "identifier";

/// Reads the name in a sign-in form, in lower case, and leaves the form as it was. `None` for other requests.
pub(super) async fn read_name(request: &mut ServiceRequest) -> Option<String> {
    if request.method() != Method::POST || request.path() != paths::SIGN_IN {
        return None;
    }
    let mut body = request.take_payload();
    let mut form = BytesMut::new();
    while form.len() <= LARGEST_FORM {
        let Some(Ok(chunk)) = body.next().await else {
            break;
        };
        form.extend_from_slice(&chunk);
    }
    let form = form.freeze();
    let name = find_name(&form);
    // What has not been read follows what has.
    let whole = stream::once(async move { Ok(form) }).chain(body);
    let payload = Box::pin(whole);
    request.set_payload(Payload::Stream { payload });
    name
}

fn find_name(form: &Bytes) -> Option<String> {
    let mut fields = url::form_urlencoded::parse(form);
    let (_, name) = fields.find(|(field, _)| field == FIELD)?;
    let name = name.trim().trim_start_matches('@').to_lowercase();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use actix_web::FromRequest as _;
    use actix_web::test::TestRequest;

    use super::*;

    async fn read(method: Method, path: &str, form: &'static str) -> (Option<String>, Bytes) {
        let request = TestRequest::with_uri(path).method(method).set_payload(form);
        let mut request = request.to_srv_request();
        let name = read_name(&mut request).await;
        let (request, mut payload) = request.into_parts();
        let left = Bytes::from_request(&request, &mut payload).await.unwrap();
        (name, left)
    }

    #[actix_web::test]
    async fn the_name_is_found_and_the_form_left_whole() {
        let post = Method::POST;
        let table = [
            (
                post.clone(),
                paths::SIGN_IN,
                "identifier=%40Alice+&password=x",
                Some("alice"),
            ),
            (
                post.clone(),
                paths::SIGN_IN,
                "password=x&identifier=A%40B.example",
                Some("a@b.example"),
            ),
            (post.clone(), paths::SIGN_IN, "identifier=&password=x", None),
            (post.clone(), paths::SIGN_IN, "", None),
            (post, "/settings", "identifier=alice", None),
            (Method::GET, paths::SIGN_IN, "identifier=alice", None),
        ];
        for (method, path, form, expected) in table {
            let (name, left) = read(method, path, form).await;
            assert_eq!(name.as_deref(), expected, "{path} {form}");
            assert_eq!(left, form);
        }
    }
}
