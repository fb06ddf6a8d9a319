//! The client in the form that `activitypub_federation` takes, so that what that library fetches passes the same
//! checks: the request never reaches the library's own path, it is carried out by [`Client`].

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http1::Extensions;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Request, ResponseBuilderExt};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};

use super::client::Client;
use super::error::Error;
use super::exchange::{Cap, Plan, Response, Signer};

/// Looks at an answer before the library does, which sees neither its status nor more than three spellings of its
/// content type.
pub trait Judge: Send + Sync {
    /// The content type under which the library sees the answer.
    ///
    /// # Errors
    /// Why the answer is not passed on.
    fn judge(&self, answer: &Response) -> Result<&'static str, Unacceptable>;
}

/// An answer that a [`Judge`] did not pass on; the error that the library gives back carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unacceptable {
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with the answer.
    pub why: String,
}

impl fmt::Display for Unacceptable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the answer (HTTP {}) is not used: {}",
            self.status, self.why
        )
    }
}

impl std::error::Error for Unacceptable {}

struct Guard {
    client: Client,
    signer: Option<Arc<dyn Signer>>,
    judge: Option<Arc<dyn Judge>>,
}

impl Client {
    /// This client for `activitypub_federation`: same rules, deadlines, caps and redirects; each hop of a GET is
    /// signed by `signer`, each answer passes `judge`. The answer's URL is the last one.
    #[must_use]
    pub fn middleware(
        &self,
        signer: Option<Arc<dyn Signer>>,
        judge: Option<Arc<dyn Judge>>,
    ) -> ClientWithMiddleware {
        let guard = Guard {
            client: self.clone(),
            signer,
            judge,
        };
        ClientBuilder::new(self.exchange().connections.keeping().clone())
            .with(guard)
            .build()
    }
}

#[async_trait]
impl Middleware for Guard {
    async fn handle(
        &self,
        request: Request,
        _: &mut Extensions,
        _: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let mut answer = self
            .carry_out(request)
            .await
            .map_err(reqwest_middleware::Error::middleware)?;
        if let Some(judge) = &self.judge {
            let content_type = judge
                .judge(&answer)
                .map_err(reqwest_middleware::Error::middleware)?;
            let content_type = HeaderValue::from_static(content_type);
            answer.headers.insert(CONTENT_TYPE, content_type);
        }
        rebuild(answer).map_err(reqwest_middleware::Error::middleware)
    }
}

impl Guard {
    async fn carry_out(&self, request: Request) -> Result<Response, Error> {
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let broken = |cause: String| Error::Other {
            host: host.clone(),
            cause,
        };
        let body = match request.body().map(reqwest::Body::as_bytes) {
            Some(Some(bytes)) => Bytes::copy_from_slice(bytes),
            Some(None) => return Err(broken("a streamed body is not sent".to_owned())),
            None => Bytes::new(),
        };
        let settings = self.client.settings();
        let is_get = request.method() == reqwest::Method::GET;
        let plan = Plan {
            method: request.method().clone(),
            url: request.url().clone(),
            headers: request.headers().clone(),
            body,
            signer: self.signer.as_deref().filter(|_| is_get),
            cap: Cap::Refuse(settings.body_cap),
            deadline: request
                .timeout()
                .map_or(settings.deadline, |own| settings.deadline.min(*own)),
            sink: None,
        };
        self.client.exchange().run(plan).await
    }
}

/// The answer in the library's own form.
fn rebuild(answer: Response) -> Result<reqwest::Response, Error> {
    let host = answer.final_url.host_str().unwrap_or_default().to_owned();
    let mut response = http1::Response::builder()
        .status(answer.status)
        .url(answer.final_url)
        .body(answer.body)
        .map_err(|error| Error::Other {
            host,
            cause: error.to_string(),
        })?;
    *response.headers_mut() = answer.headers;
    Ok(response.into())
}
