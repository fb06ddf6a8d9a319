//! What a client is told when a request fails: a status code and a fixed sentence, never a cause.
//!
//! Source: <https://docs.joinmastodon.org/entities/Error/>

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use super::answers;
use crate::social;
use crate::store;

/// A failed request, written as `{"error": "..."}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    body: Box<Body>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Body {
    error: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    details: BTreeMap<&'static str, Vec<Detail>>,
}

/// Why one field was refused.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#422-unprocessable-entity>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// A code for programs, such as `ERR_BLANK`.
    pub error: &'static str,
    /// A sentence for people, without the field's name, such as `can't be blank`.
    pub description: String,
}

/// A sentence: fixed, or made for the occasion.
pub type Sentence = Cow<'static, str>;

impl ApiError {
    /// The error `status` with a sentence of its own.
    pub fn new(status: StatusCode, sentence: impl Into<Sentence>) -> Self {
        Self {
            status,
            body: Box::new(Body {
                error: sentence.into(),
                error_description: None,
                details: BTreeMap::new(),
            }),
        }
    }

    /// 400: the request cannot be understood.
    pub fn bad_request(sentence: impl Into<Sentence>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, sentence)
    }

    /// 401: there is no token, or nobody knows it.
    #[must_use]
    pub fn unauthorised() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The access token is invalid")
    }

    /// 401: the token was revoked.
    #[must_use]
    pub fn revoked() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The access token was revoked")
    }

    /// 403: the token lacks the scope.
    #[must_use]
    pub fn forbidden_scope() -> Self {
        Self::forbidden_because("This action is outside the authorized scopes")
    }

    /// 403: the rules do not allow it.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::forbidden_because("This action is not allowed")
    }

    /// 403: the account's mail address waits for confirmation.
    #[must_use]
    pub fn unconfirmed() -> Self {
        Self::forbidden_because("Your login is missing a confirmed e-mail address")
    }

    /// 403: the account waits for the staff's consent.
    #[must_use]
    pub fn pending() -> Self {
        Self::forbidden_because("Your login is currently pending approval")
    }

    /// 403: the account may not sign in.
    #[must_use]
    pub fn disabled() -> Self {
        Self::forbidden_because("Your login is currently disabled")
    }

    /// 403 with a sentence of its own.
    pub fn forbidden_because(sentence: impl Into<Sentence>) -> Self {
        Self::new(StatusCode::FORBIDDEN, sentence)
    }

    /// 404: there is no such thing, or the viewer may not know of it.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Record not found")
    }

    /// 404: there is no such route.
    #[must_use]
    pub fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    /// 409: somebody else has changed it meanwhile.
    pub fn conflict(sentence: impl Into<Sentence>) -> Self {
        Self::new(StatusCode::CONFLICT, sentence)
    }

    /// 410: it is gone for good.
    #[must_use]
    pub fn gone() -> Self {
        Self::new(StatusCode::GONE, "Gone")
    }

    /// 413: the request carries more than `limit` bytes.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        let sentence = format!("The request is larger than the {limit} bytes that are allowed");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, sentence)
    }

    /// 422: the request is understood but breaks a rule; the sentence says which.
    pub fn invalid(sentence: impl Into<Sentence>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
    }

    /// 422: `Validation failed: ` and what is wrong, such as `Text can't be blank`.
    #[must_use]
    pub fn validation(what: &str) -> Self {
        Self::invalid(format!("Validation failed: {what}"))
    }

    /// 422: the token has no user behind it, and the method needs one.
    #[must_use]
    pub fn user_required() -> Self {
        Self::invalid("This method requires an authenticated user")
    }

    /// 429: too many requests.
    #[must_use]
    pub fn too_many() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests")
    }

    /// 503: another server did not answer as it should.
    #[must_use]
    pub fn remote_failed() -> Self {
        let sentence = "Remote data could not be fetched";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, sentence)
    }

    /// 503: this node cannot do it at the moment.
    #[must_use]
    pub fn unavailable() -> Self {
        let sentence = "There was a temporary problem serving your request, please try again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, sentence)
    }

    /// 503: the database is in trouble that passes.
    #[must_use]
    pub fn trouble(trouble: store::Trouble) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, trouble.sentence())
    }

    /// 500: something broke; `cause` goes to the log and nowhere else.
    pub fn internal(cause: impl fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        let sentence = "This is not working properly";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, sentence)
    }

    /// An OAuth error: `code` for programs, `description` for people.
    ///
    /// Source: <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>
    pub fn oauth(status: StatusCode, code: &'static str, description: impl Into<Sentence>) -> Self {
        Self::new(status, code).with_description(description)
    }

    /// The same error with an `error_description`.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<Sentence>) -> Self {
        self.body.error_description = Some(description.into());
        self
    }

    /// The same error with one more refused field in its `details`.
    #[must_use]
    pub fn with_detail(mut self, field: &'static str, detail: Detail) -> Self {
        self.body.details.entry(field).or_default().push(detail);
        self
    }

    /// The sentence that the client is told.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.body.error
    }
}

/// What the rules say, as clients are told it.
impl From<social::Error> for ApiError {
    fn from(error: social::Error) -> Self {
        match error {
            social::Error::NotFound => Self::not_found(),
            social::Error::Missing(sentence) => Self::new(StatusCode::NOT_FOUND, sentence),
            social::Error::Forbidden(sentence) => Self::forbidden_because(sentence),
            social::Error::Invalid(sentence) => Self::invalid(sentence),
            social::Error::UnexpectedMentions(_) => Self::invalid(error.to_string()),
            social::Error::Conflict(sentence) => Self::conflict(sentence),
            social::Error::TooMany(sentence) => Self::new(StatusCode::TOO_MANY_REQUESTS, sentence),
            social::Error::Internal(cause) => cause.into(),
            social::Error::Files(_) => {
                tracing::error!(%error, "a request failed");
                Self::unavailable()
            }
            social::Error::Broken(_) => Self::internal(error),
        }
    }
}

/// Reads that need no rule fail with the database alone.
impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        match store::Trouble::of(&error) {
            Some(trouble) => Self::trouble(trouble),
            None => Self::internal(format_args!("the database failed: {error}")),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status.as_u16(), self.body.error)
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Source: <https://www.rfc-editor.org/rfc/rfc6750#section-3>
    fn error_response(&self) -> HttpResponse {
        let mut answer = answers::json_with(self.status, &*self.body);
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = header::HeaderValue::from_static("Bearer realm=\"Whimbrel\"");
            answer
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, scheme);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use serde_json::{Value, json};

    use super::*;

    async fn written(error: &ApiError) -> (u16, Value) {
        let answer = error.error_response();
        let status = answer.status().as_u16();
        assert_eq!(
            answer.headers().get(header::CONTENT_TYPE).unwrap(),
            answers::JSON
        );
        assert_eq!(
            answer.headers().contains_key(header::WWW_AUTHENTICATE),
            status == 401
        );
        let body = to_bytes(answer.into_body()).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[actix_web::test]
    async fn errors_are_a_status_and_a_sentence() {
        for (error, status, sentence) in [
            (ApiError::bad_request("Bad"), 400, "Bad"),
            (ApiError::unauthorised(), 401, "The access token is invalid"),
            (ApiError::revoked(), 401, "The access token was revoked"),
            (ApiError::forbidden(), 403, "This action is not allowed"),
            (
                ApiError::forbidden_scope(),
                403,
                "This action is outside the authorized scopes",
            ),
            (ApiError::not_found(), 404, "Record not found"),
            (ApiError::no_route(), 404, "Not Found"),
            (ApiError::conflict("Changed"), 409, "Changed"),
            (ApiError::gone(), 410, "Gone"),
            (
                ApiError::too_large(9),
                413,
                "The request is larger than the 9 bytes that are allowed",
            ),
            (
                ApiError::validation("Text can't be blank"),
                422,
                "Validation failed: Text can't be blank",
            ),
            (
                ApiError::user_required(),
                422,
                "This method requires an authenticated user",
            ),
            (ApiError::too_many(), 429, "Too many requests"),
            (
                ApiError::remote_failed(),
                503,
                "Remote data could not be fetched",
            ),
            (
                ApiError::internal("secret cause"),
                500,
                "This is not working properly",
            ),
        ] {
            let (got, body) = written(&error).await;
            assert_eq!((got, body), (status, json!({ "error": sentence })));
        }
    }

    #[actix_web::test]
    async fn descriptions_and_details_are_added_when_there_are_any() {
        let denied = ApiError::oauth(StatusCode::BAD_REQUEST, "invalid_grant", "Used up");
        let expected = json!({"error": "invalid_grant", "error_description": "Used up"});
        assert_eq!(written(&denied).await, (400, expected));
        let taken = ApiError::validation("Username is taken").with_detail(
            "username",
            Detail {
                error: "ERR_TAKEN",
                description: "is taken".into(),
            },
        );
        let expected = json!({
            "error": "Validation failed: Username is taken",
            "details": {"username": [{"error": "ERR_TAKEN", "description": "is taken"}]},
        });
        assert_eq!(written(&taken).await, (422, expected));
    }
}
