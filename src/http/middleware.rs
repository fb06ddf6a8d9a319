//! The client in the form that `activitypub_federation` takes, so that what that library fetches passes the same
//! checks: the request never reaches the library's own path, it is carried out by [`Client`].

use std::sync::Arc;

use async_trait::async_trait;
use http1::Extensions;
use reqwest::{Request, ResponseBuilderExt};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};

use super::client::Client;
use super::error::Error;
use super::exchange::{Cap, Plan, Signer};

struct Guard {
    client: Client,
    signer: Option<Arc<dyn Signer>>,
}

impl Client {
    /// This client for `activitypub_federation`: same rules, deadlines, caps and redirects; each hop of a GET is
    /// signed by `signer`. The answer's URL is the last one.
    #[must_use]
    pub fn middleware(&self, signer: Option<Arc<dyn Signer>>) -> ClientWithMiddleware {
        let guard = Guard {
            client: self.clone(),
            signer,
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
        self.carry_out(request)
            .await
            .map_err(reqwest_middleware::Error::middleware)
    }
}

impl Guard {
    async fn carry_out(&self, request: Request) -> Result<reqwest::Response, Error> {
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let broken = |cause: String| Error::Other {
            host: host.clone(),
            cause,
        };
        let body = match request.body().map(reqwest::Body::as_bytes) {
            Some(Some(bytes)) => bytes.to_vec(),
            Some(None) => return Err(broken("a streamed body is not sent".to_owned())),
            None => Vec::new(),
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
        };
        let answer = self.client.exchange().run(plan).await?;
        let mut response = http1::Response::builder()
            .status(answer.status)
            .url(answer.final_url)
            .body(answer.body)
            .map_err(|error| broken(error.to_string()))?;
        *response.headers_mut() = answer.headers;
        Ok(response.into())
    }
}
