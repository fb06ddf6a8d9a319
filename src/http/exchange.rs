//! One exchange: check, sign, send, follow redirects, read up to the cap, all within the deadline.
//!
//! No compression is offered (`Accept-Encoding: identity`) and a compressed answer is refused, so the bytes that
//! are counted are the bytes that are used and a decompression bomb has nothing to explode in.

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use url::Url;

use super::connections::Connections;
use super::error::{Error, Waits};
use super::headers::{ACCEPT_SIGNATURE, check_headers, find_text, set_headers};
use super::policy::Policy;
use super::settings::ClientSettings;

/// Most redirects that a GET follows.
const MAX_REDIRECTS: usize = 3;
/// How long is waited for words whose status is already known.
const REPLY_WAIT: Duration = Duration::from_secs(2);
/// Headers that are dropped when a redirect leads to another origin.
const CREDENTIALS: [HeaderName; 2] = [header::AUTHORIZATION, header::COOKIE];

/// Signs requests. Asked again for each hop of a redirect, because a signature covers the target.
pub trait Signer: Send + Sync {
    /// The headers that sign a request without body: `method` is `GET`, the `Host` header that is sent is
    /// [`super::host_header`] of `url`.
    ///
    /// # Errors
    /// A sentence that says why the request cannot be signed.
    fn sign(&self, method: &str, url: &Url) -> Result<Vec<(String, String)>, String>;

    /// The headers that sign a request in another way after it was answered with `refusal`; none if it is not to be sent
    /// again.
    fn sign_again(
        &self,
        _method: &str,
        _url: &Url,
        _refusal: Refusal<'_>,
    ) -> Option<Vec<(String, String)>> {
        None
    }

    /// Hears which status the request got that was signed again, if any, and says whether that is the answer; else the
    /// first one is.
    fn settle(&self, _url: &Url, _status: Option<u16>) -> bool {
        true
    }
}

/// An answer to a signed request, as far as it may speak of the signature.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// The HTTP status.
    pub status: u16,
    /// What the host asks of signatures.
    pub accept_signature: Option<&'a str>,
}

/// The answer to a GET. Any status that is not a followed redirect ends up here, 404 and 500 too.
#[derive(Clone, Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The URL that answered, after redirects, without fragment. Whoever trusts a document compares with this.
    pub final_url: Url,
    /// The body, within the cap.
    pub body: Vec<u8>,
    pub(super) headers: HeaderMap,
}

impl Response {
    /// The value of the first header of that name, if it is plain ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long the host asks to be left alone, in milliseconds from `now`.
    #[must_use]
    pub fn retry_after(&self, now: i64) -> Option<i64> {
        super::headers::retry_after(&self.headers, now)
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// One request with its limits.
pub(super) struct Plan<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) signer: Option<&'a dyn Signer>,
    pub(super) cap: Cap,
    pub(super) deadline: Duration,
    /// Takes the body of a success instead of the answer, so that its length does not matter to memory.
    pub(super) sink: Option<&'a mut (dyn Write + Send + Sync)>,
}

/// What happens to a body that is too long.
#[derive(Clone, Copy)]
pub(super) enum Cap {
    /// The answer is an error.
    Refuse(usize),
    /// The rest is not read.
    CutOff(usize),
}

/// What every request needs.
pub(super) struct Exchange {
    pub(super) settings: ClientSettings,
    pub(super) policy: Policy,
    pub(super) connections: Connections,
}

impl Exchange {
    /// Carries a plan out within its deadline.
    pub(super) async fn run(&self, plan: Plan<'_>) -> Result<Response, Error> {
        let host = plan.url.host_str().unwrap_or_default().to_owned();
        let after = plan.deadline;
        // A status that came in time is not thrown away because the words after it did not.
        let limit = match plan.cap {
            Cap::Refuse(_) => after,
            Cap::CutOff(_) => after + REPLY_WAIT,
        };
        // Two requests in a row are much for every caller to carry along.
        let following = Box::pin(self.follow(plan));
        tokio::time::timeout(limit, following)
            .await
            .unwrap_or(Err(Error::Timeout { host, after }))
    }

    /// Sends a request and follows the redirects of a GET.
    async fn follow(&self, mut plan: Plan<'_>) -> Result<Response, Error> {
        plan.headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("identity"),
        );
        plan.url.set_fragment(None);
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.send(&plan).await?;
            let Some(target) = redirect_target(&plan, &answer)? else {
                return self.read(plan, answer).await;
            };
            if target.origin() != plan.url.origin() {
                for name in CREDENTIALS {
                    plan.headers.remove(name);
                }
            }
            plan.url = target;
        }
        Err(Error::Redirect(format!(
            "{} redirects more than {MAX_REDIRECTS} times",
            plan.url.host_str().unwrap_or_default()
        )))
    }

    /// One hop: check, sign and send, and once more if the signer signs again what was refused.
    async fn send(&self, plan: &Plan<'_>) -> Result<reqwest::Response, Error> {
        self.policy.check_url(&plan.url)?;
        let Some(signer) = plan.signer else {
            return self.send_signed(plan, &[]).await;
        };
        let method = plan.method.as_str();
        let lines = signer.sign(method, &plan.url).map_err(Error::Sign)?;
        let first = self.send_signed(plan, &lines).await?;
        let refusal = Refusal {
            status: first.status().as_u16(),
            accept_signature: find_text(first.headers(), ACCEPT_SIGNATURE),
        };
        let Some(lines) = signer.sign_again(method, &plan.url, refusal) else {
            return Ok(first);
        };
        let second = self.send_signed(plan, &lines).await;
        let status = second.as_ref().ok().map(|answer| answer.status().as_u16());
        if signer.settle(&plan.url, status) {
            second
        } else {
            Ok(first)
        }
    }

    /// Sends a request with these headers besides its own, and looks at the headers of the answer.
    async fn send_signed(
        &self,
        plan: &Plan<'_>,
        signed: &[(String, String)],
    ) -> Result<reqwest::Response, Error> {
        let mut headers = plan.headers.clone();
        set_headers(&mut headers, signed)?;
        let client = self.connections.client_for(&plan.url);
        let mut request = client
            .request(plan.method.clone(), plan.url.clone())
            .headers(headers)
            .timeout(plan.deadline);
        if plan.method != Method::GET {
            // A handle on the same bytes, not a copy of them.
            request = request.body(plan.body.clone());
        }
        let answer = request
            .send()
            .await
            .map_err(|error| self.sort(&error, &plan.url))?;
        check_headers(&answer, &plan.url)?;
        Ok(answer)
    }

    /// Reads the body of an answer up to the cap.
    async fn read(
        &self,
        mut plan: Plan<'_>,
        mut answer: reqwest::Response,
    ) -> Result<Response, Error> {
        if let Some(sink) = plan.sink.take() {
            return self.pour(&plan, answer, sink).await;
        }
        let (cap, cut_off) = match plan.cap {
            Cap::Refuse(cap) => (cap, false),
            Cap::CutOff(cap) => (cap, true),
        };
        let too_large = || Error::TooLarge {
            host: plan.url.host_str().unwrap_or_default().to_owned(),
            cap,
        };
        let stated = answer.content_length().unwrap_or(0);
        if !cut_off && usize::try_from(stated).is_ok_and(|stated| stated > cap) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        let read = async {
            while let Some(chunk) = answer.chunk().await? {
                body.extend_from_slice(&chunk);
                if body.len() > cap {
                    break;
                }
            }
            reqwest::Result::Ok(())
        };
        if cut_off {
            // The status counts, even if the words after it do not arrive.
            let _words = tokio::time::timeout(REPLY_WAIT, read).await;
            body.truncate(cap);
        } else {
            read.await.map_err(|error| self.sort(&error, &plan.url))?;
        }
        if body.len() > cap {
            return Err(too_large());
        }
        Ok(Response {
            status: answer.status().as_u16(),
            final_url: plan.url.clone(),
            body,
            headers: std::mem::take(answer.headers_mut()),
        })
    }

    /// Reads the body of a success into `sink`, up to the cap; of another answer nothing.
    async fn pour(
        &self,
        plan: &Plan<'_>,
        mut answer: reqwest::Response,
        sink: &mut (dyn Write + Send + Sync),
    ) -> Result<Response, Error> {
        let (Cap::Refuse(cap) | Cap::CutOff(cap)) = plan.cap;
        let host = || plan.url.host_str().unwrap_or_default().to_owned();
        let too_large = || Error::TooLarge { host: host(), cap };
        let stated = answer.content_length().unwrap_or(0);
        if usize::try_from(stated).map_or(true, |stated| stated > cap) {
            return Err(too_large());
        }
        let mut length = 0;
        while answer.status().is_success() {
            let chunk = answer.chunk().await;
            let Some(chunk) = chunk.map_err(|error| self.sort(&error, &plan.url))? else {
                break;
            };
            length += chunk.len();
            if length > cap {
                return Err(too_large());
            }
            sink.write_all(&chunk).map_err(|error| Error::Other {
                host: host(),
                cause: format!("its answer could not be kept: {error}"),
            })?;
        }
        Ok(Response {
            status: answer.status().as_u16(),
            final_url: plan.url.clone(),
            body: Vec::new(),
            headers: std::mem::take(answer.headers_mut()),
        })
    }

    fn sort(&self, error: &reqwest::Error, url: &Url) -> Error {
        let waits = Waits {
            connect: self.settings.connect_timeout,
            total: self.settings.deadline,
        };
        Error::sort(error, url, waits)
    }
}

/// Where an answer redirects a GET to.
///
/// # Errors
/// [`Error::Redirect`] if there is no target, or if it gives up encryption.
fn redirect_target(plan: &Plan<'_>, answer: &reqwest::Response) -> Result<Option<Url>, Error> {
    let follows = matches!(
        answer.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if plan.method != Method::GET || !follows {
        return Ok(None);
    }
    let host = plan.url.host_str().unwrap_or_default();
    let mut target = answer
        .headers()
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|location| plan.url.join(location).ok())
        .ok_or_else(|| Error::Redirect(format!("{host} names no target")))?;
    target.set_fragment(None);
    if plan.url.scheme() == "https" && target.scheme() == "http" {
        return Err(Error::Redirect(format!(
            "{host} leads from https to plain http"
        )));
    }
    Ok(Some(target))
}
