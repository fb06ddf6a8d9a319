//! The client: GET with checked redirects, POST without any, both with a deadline and a cap on the body.

use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderMap;
use url::Url;

use super::connections::Connections;
use super::error::Error;
use super::exchange::{Cap, Exchange, Plan, Response, Signer};
use super::headers::{ACCEPT_SIGNATURE, find_text, retry_after, set_header, set_headers};
use super::policy::Policy;
use super::resolver::{Lookup, SystemLookup};
use super::settings::ClientSettings;
use crate::clock::Clock;

/// How much of the answer to a POST is kept, in bytes: enough to say why a peer refused.
const MAX_REPLY: usize = 4 * 1024;

/// A GET with its options; [`Fetch::new`] has the usual ones.
pub struct Fetch<'a> {
    /// What is fetched.
    pub url: &'a Url,
    /// Value of the `Accept` header.
    pub accept: &'a str,
    /// Further headers.
    pub headers: &'a [(String, String)],
    /// Signs each hop.
    pub signer: Option<&'a dyn Signer>,
    /// Longest body in bytes; `None` is the client's own cap.
    pub body_cap: Option<usize>,
}

impl<'a> Fetch<'a> {
    /// An unsigned GET of `url`.
    #[must_use]
    pub fn new(url: &'a Url, accept: &'a str) -> Self {
        Self {
            url,
            accept,
            headers: &[],
            signer: None,
            body_cap: None,
        }
    }
}

/// The answer to a POST, whatever its status; a redirect is an answer as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostReply {
    /// The HTTP status.
    pub status: u16,
    /// How long the peer asks to be left alone, in milliseconds from now.
    pub retry_after: Option<i64>,
    /// What the peer asks of signatures: the first header `Accept-Signature`.
    pub accept_signature: Option<String>,
    /// The beginning of the body (4 KiB), for error messages.
    pub body: Vec<u8>,
}

/// The outgoing client. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    exchange: Exchange,
    clock: Clock,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(self.settings()).finish()
    }
}

impl Client {
    /// A client that looks names up as the operating system does.
    ///
    /// # Errors
    /// [`Error::Tls`] if an extra root certificate is not PEM.
    pub fn new(settings: ClientSettings, clock: Clock) -> Result<Self, Error> {
        Self::with_lookup(settings, clock, Arc::new(SystemLookup))
    }

    /// A client with its own way to look names up, as tests need. `localhost` and `*.localhost` never get there.
    ///
    /// # Errors
    /// [`Error::Tls`] if an extra root certificate is not PEM.
    pub fn with_lookup(
        settings: ClientSettings,
        clock: Clock,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, Error> {
        let policy = Policy::new(&settings);
        Self::with_policy(settings, clock, lookup, policy)
    }

    pub(super) fn with_policy(
        settings: ClientSettings,
        clock: Clock,
        lookup: Arc<dyn Lookup>,
        policy: Policy,
    ) -> Result<Self, Error> {
        let connections = Connections::new(&settings, &policy, lookup)?;
        let exchange = Exchange {
            settings,
            policy,
            connections,
        };
        Ok(Self(Arc::new(Inner { exchange, clock })))
    }

    /// What the client was told at start.
    #[must_use]
    pub fn settings(&self) -> &ClientSettings {
        &self.0.exchange.settings
    }

    /// Checks a URL by the client's rules without calling it: scheme, port, address or name.
    ///
    /// # Errors
    /// [`Error::Refused`] with the reason.
    pub fn check_url(&self, url: &Url) -> Result<(), Error> {
        self.0.exchange.policy.check_url(url)
    }

    /// Fetches a document (1 MiB unless the settings say otherwise), following up to three redirects.
    ///
    /// # Errors
    /// Every variant of [`Error`]; an HTTP status is none of them.
    pub async fn get(
        &self,
        url: &Url,
        accept: &str,
        signer: Option<&dyn Signer>,
    ) -> Result<Response, Error> {
        let fetch = Fetch {
            signer,
            ..Fetch::new(url, accept)
        };
        self.fetch(fetch).await
    }

    /// Fetches remote media of at most `cap` bytes.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn get_bytes(&self, url: &Url, cap: usize) -> Result<Response, Error> {
        let fetch = Fetch {
            body_cap: Some(cap),
            ..Fetch::new(url, "*/*")
        };
        self.fetch(fetch).await
    }

    /// Fetches remote media of at most `cap` bytes into `sink`, within `deadline`. The body of the answer is empty; of an
    /// answer that is no success nothing is written.
    ///
    /// # Errors
    /// As [`Client::get`]; what was written before must not be used.
    pub async fn save(
        &self,
        url: &Url,
        cap: usize,
        deadline: Duration,
        sink: &mut (dyn Write + Send + Sync),
    ) -> Result<Response, Error> {
        let mut headers = HeaderMap::new();
        set_header(&mut headers, "accept", "image/*, video/*, audio/*")?;
        let plan = Plan {
            method: Method::GET,
            url: url.clone(),
            headers,
            body: Bytes::new(),
            signer: None,
            cap: Cap::Refuse(cap),
            deadline,
            sink: Some(sink),
        };
        self.0.exchange.run(plan).await
    }

    /// Fetches with all options.
    ///
    /// # Errors
    /// As [`Client::get`]; [`Error::Sign`] also for headers that HTTP does not allow.
    pub async fn fetch(&self, fetch: Fetch<'_>) -> Result<Response, Error> {
        let mut headers = HeaderMap::new();
        set_header(&mut headers, "accept", fetch.accept)?;
        set_headers(&mut headers, fetch.headers)?;
        let cap = fetch.body_cap.unwrap_or(self.settings().body_cap);
        let plan = Plan {
            method: Method::GET,
            url: fetch.url.clone(),
            headers,
            body: Bytes::new(),
            signer: fetch.signer,
            cap: Cap::Refuse(cap),
            deadline: self.settings().deadline,
            sink: None,
        };
        self.0.exchange.run(plan).await
    }

    /// Posts a body with the headers that the caller has already signed. No redirect is followed.
    ///
    /// # Errors
    /// Every variant of [`Error`]; an HTTP status is none of them.
    pub async fn post(
        &self,
        url: &Url,
        headers: &[(String, String)],
        body: impl Into<Bytes>,
    ) -> Result<PostReply, Error> {
        let mut map = HeaderMap::new();
        set_headers(&mut map, headers)?;
        let plan = Plan {
            method: Method::POST,
            url: url.clone(),
            headers: map,
            body: body.into(),
            signer: None,
            cap: Cap::CutOff(MAX_REPLY),
            deadline: self.settings().deadline,
            sink: None,
        };
        let response = self.0.exchange.run(plan).await?;
        Ok(PostReply {
            status: response.status,
            retry_after: retry_after(&response.headers, self.0.clock.now()),
            accept_signature: find_text(&response.headers, ACCEPT_SIGNATURE).map(str::to_owned),
            body: response.body,
        })
    }

    pub(super) fn exchange(&self) -> &Exchange {
        &self.0.exchange
    }
}
