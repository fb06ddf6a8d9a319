//! Fetching documents: the thin layer over `activitypub_federation`, which dereferences ids with a budget.
//!
//! What a request does on the network is decided by the node's own client, which the library is given; what an
//! answer must look like by [`Strict`]; what it means by the implementations of the library's `Object`. See
//! `docs/decisions/0007-activitypub-federation.md` for what the library is used for and what not.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use activitypub_federation::config::{Data, FederationConfig};
use activitypub_federation::error::Error as LibraryError;
use activitypub_federation::fetch::fetch_object_http;
use activitypub_federation::protocol::verification::verify_domains_match;
use futures_util::FutureExt as _;
use url::Url;

use super::documents::discovery::IncomingFinger;
use super::documents::origins::{self, Origin};
use super::documents::{Document, Reject};
use super::identities;
use super::knocks::{self, Answered, Knocks};
use super::signatures::manners::Manner;
use super::signatures::sign::SigningIdentity;
use crate::clock::Clock;
use crate::http::{self, Judge, Refusal, Response, Signer, Unacceptable};
use crate::id::AccountId;
use crate::node::Node;
use crate::social::fanout::Arrival;
use crate::store::{self, Conn, QueryResult, Trouble};

/// Documents that one cause may make us fetch: an activity, a search, a job.
const BUDGET: u32 = 30;
/// The one form of the content type under which the library sees an answer.
const ACTIVITY: &str = "application/activity+json";

/// What is said where something concerns other servers while `federation.enabled` is off.
pub(super) const CLOSED: &str = "this node does not talk with other servers";

/// Why something could not be fetched or is not believed.
#[derive(Clone, Debug)]
pub enum FetchError {
    /// There is nothing, or nothing that we may see.
    Missing(String),
    /// Its server says that it was deleted.
    Gone(String),
    /// What came is not what it says it is, or must not be asked for; asking again would change nothing.
    Untrue(String),
    /// The server could not be reached or was not well; another time may work.
    Unreachable(String),
    /// Our own database failed.
    Database {
        /// What it said.
        cause: String,
        /// What of it passes by itself.
        trouble: Option<Trouble>,
    },
    /// This node talks with no other server; its operator may change that.
    Closed,
}

impl FetchError {
    /// Whether trying again later may work.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::Database { .. } | Self::Closed
        )
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(text)
            | Self::Gone(text)
            | Self::Untrue(text)
            | Self::Unreachable(text) => f.write_str(text),
            Self::Database { cause, .. } => write!(f, "the database failed: {cause}"),
            Self::Closed => f.write_str(CLOSED),
        }
    }
}

impl std::error::Error for FetchError {}

impl From<store::Error> for FetchError {
    fn from(cause: store::Error) -> Self {
        Self::Database {
            cause: cause.to_string(),
            trouble: Trouble::of(&cause),
        }
    }
}

impl From<Reject> for FetchError {
    fn from(reject: Reject) -> Self {
        Self::Untrue(reject.0)
    }
}

impl From<http::Error> for FetchError {
    fn from(cause: http::Error) -> Self {
        if cause.is_outage() {
            Self::Unreachable(cause.to_string())
        } else {
            Self::Untrue(cause.to_string())
        }
    }
}

impl From<Unacceptable> for FetchError {
    fn from(answer: Unacceptable) -> Self {
        let text = answer.to_string();
        match answer.status {
            404 => Self::Missing(text),
            410 => Self::Gone(text),
            408 | 425 | 429 | 500.. => Self::Unreachable(text),
            _ => Self::Untrue(text),
        }
    }
}

impl From<LibraryError> for FetchError {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::ReqwestMiddleware(reqwest_middleware::Error::Middleware(cause)) => {
                match cause.downcast::<http::Error>() {
                    Ok(own) => own.into(),
                    Err(other) => match other.downcast::<Unacceptable>() {
                        Ok(answer) => answer.into(),
                        Err(other) => Self::Unreachable(other.to_string()),
                    },
                }
            }
            LibraryError::ObjectDeleted(url) => Self::Gone(format!("{url} was deleted")),
            LibraryError::NotFound => Self::Missing("it is not known here".to_owned()),
            // The library repeats the whole document in its own words.
            LibraryError::ParseFetchedObject(cause, url, _) => {
                Self::Untrue(format!("what {url} sent is no usable document: {cause}"))
            }
            LibraryError::RequestLimit => {
                Self::Unreachable("too much would have to be fetched at once".to_owned())
            }
            LibraryError::Reqwest(_) | LibraryError::ReqwestMiddleware(_) => {
                Self::Unreachable(error.to_string())
            }
            other => Self::Untrue(other.to_string()),
        }
    }
}

/// What the library hands to our implementations of its traits.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) node: Node,
    pub(super) ours: Origin,
    /// Answers of `WebFinger` within one cause, so that finding and confirming a handle asks each server once.
    pub(super) fingers: Arc<Mutex<Vec<(String, IncomingFinger)>>>,
    /// How what is fetched comes here.
    pub(super) arrival: Arrival,
    /// Who signs, for what is fetched beside the library.
    pub(super) signer: Option<Arc<dyn Signer>>,
    /// How long the server that was asked last wants to be left alone, in milliseconds.
    pub(super) pause: Pause,
    /// Whether what was asked for last is a page for people.
    pub(super) is_page: Arc<AtomicBool>,
}

/// How long a server wants to be left alone, in milliseconds.
type Pause = Arc<Mutex<Option<i64>>>;

/// The means of one cause to reach other servers. Nothing is prepared before something is really fetched.
pub(super) struct Reach<'a> {
    pub(super) node: &'a Node,
    given: Option<&'a Data<Context>>,
    own: tokio::sync::OnceCell<Data<Context>>,
    arrival: Arrival,
    /// Who signs; the node itself if nobody is named.
    signs: Option<AccountId>,
}

impl<'a> Reach<'a> {
    /// With a fresh budget.
    pub(super) fn new(node: &'a Node) -> Self {
        Self {
            node,
            given: None,
            own: tokio::sync::OnceCell::new(),
            arrival: Arrival::Live,
            signs: None,
        }
    }

    /// With a fresh budget, signed by a local account if one is named.
    pub(super) fn signed_by(node: &'a Node, signs: Option<AccountId>) -> Self {
        Self {
            signs,
            ..Self::new(node)
        }
    }

    /// As [`Reach::signed_by`], for what was missed and comes late.
    pub(super) fn late(node: &'a Node, signs: Option<AccountId>) -> Self {
        Self {
            arrival: Arrival::Late,
            ..Self::signed_by(node, signs)
        }
    }

    /// How what is fetched comes here.
    pub(super) fn arrival(&self) -> Arrival {
        self.arrival
    }

    /// How many requests were made.
    pub(super) fn requests(&self) -> u32 {
        let data = self.given.or_else(|| self.own.get());
        data.map_or(0, Data::request_count)
    }

    /// How long the server that was asked last wants to be left alone, in milliseconds.
    pub(super) fn pause(&self) -> Option<i64> {
        let data = self.given.or_else(|| self.own.get())?;
        *data.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether what was asked for last is there, and is a page for people.
    pub(super) fn met_page(&self) -> bool {
        let data = self.given.or_else(|| self.own.get());
        data.is_some_and(|data| data.is_page.load(Ordering::Relaxed))
    }

    /// Within the budget of a cause that is already fetching.
    pub(super) fn within(data: &'a Data<Context>) -> Self {
        Self {
            node: &data.app_data().node,
            given: Some(data),
            own: tokio::sync::OnceCell::new(),
            arrival: data.arrival,
            signs: None,
        }
    }

    /// What the library takes. Everything that is fetched comes by here.
    ///
    /// # Errors
    /// [`FetchError::Closed`] where the node talks with no other server, and whatever the database says.
    pub(super) async fn data(&self) -> Result<&Data<Context>, FetchError> {
        if !self.node.config.federation.enabled {
            return Err(FetchError::Closed);
        }
        if let Some(data) = self.given {
            return Ok(data);
        }
        let prepared = || prepare(self.node, self.signs, self.arrival);
        self.own.get_or_try_init(prepared).await
    }

    /// The document with this id, from its own server: it says of itself that this is its id, and was there or
    /// was led to from there.
    pub(super) async fn document(&self, id: &str) -> Result<Document, FetchError> {
        let url = usable(self.node, id)?;
        let data = self.data().await?;
        let fetch = Box::pin(fetch_object_http::<_, Document>(&url, data));
        let fetched = self.knock(&url, fetch).await?;
        Ok(fetched.object)
    }

    /// Fetches something from this URL, with what is known of how its server takes signatures; what is learned of that is
    /// written down. `fetch` comes in a box, as many wait for it in the middle of something else.
    pub(super) async fn knock<T>(&self, url: &Url, fetch: impl Future<Output = T>) -> T {
        let host = knocks::host_of(url);
        knocks::recall(self.node, &host, None).await;
        let fetched = fetch.await;
        knocks::write_down(self.node, &host).await;
        fetched
    }
}

/// An id that may be fetched: usable, and not on this node.
pub(super) fn usable(node: &Node, id: &str) -> Result<Url, FetchError> {
    if !origins::is_usable(id) {
        return Err(FetchError::Untrue(format!("{id} is no usable id")));
    }
    if node.urls.is_local(id) {
        return Err(FetchError::Missing(format!("{id} is not here")));
    }
    let url = parse_id(id)?;
    match url.host_str().filter(|host| node.bans.bars(host)) {
        // At every hop the client asks again.
        Some(host) => Err(FetchError::Untrue(format!(
            "this node does not talk with {host}"
        ))),
        None => Ok(url),
    }
}

/// An id as the library takes it.
pub(super) fn parse_id(id: &str) -> Result<Url, FetchError> {
    Url::parse(id).map_err(|_| FetchError::Untrue(format!("{id} is no URL")))
}

/// Refuses a document that came from another server than the one that its id names.
pub(super) fn check_source(json: &Document, from: &Url) -> Result<(), FetchError> {
    let id = parse_id(json.id().unwrap_or_default())?;
    if id.origin() != from.origin() {
        return Err(FetchError::Untrue(format!("{from} speaks of {id}")));
    }
    Ok(verify_domains_match(&id, from)?)
}

/// This node's origin, for the parsers.
pub(super) fn our_origin(node: &Node) -> Result<Origin, FetchError> {
    Origin::of(node.urls.origin())
        .ok_or_else(|| FetchError::Untrue("the node's own origin is not usable".to_owned()))
}

async fn prepare(
    node: &Node,
    signs: Option<AccountId>,
    arrival: Arrival,
) -> Result<Data<Context>, FetchError> {
    let actor = node.urls.node_actor();
    let read = move |conn: &mut Conn| -> QueryResult<_> {
        let signs = match signs {
            Some(id) => Some(id),
            None => store::accounts::find_by_uri(conn, &actor)?.map(|account| account.id),
        };
        match signs {
            Some(id) => Ok(identities::find(conn, id)?.ok()),
            None => Ok(None),
        }
    };
    let signer = node.db.read(read).await?.map(|identity| {
        Arc::new(NodeSigner {
            identity,
            knocks: Knocks::of(node),
            clock: node.clock.clone(),
            again: Mutex::default(),
        }) as Arc<dyn Signer>
    });
    let context = Context {
        node: node.clone(),
        ours: our_origin(node)?,
        fingers: Arc::default(),
        arrival,
        signer,
        pause: Pause::default(),
        is_page: Arc::default(),
    };
    configure(node, context).map(|config| config.to_request_data())
}

fn configure(node: &Node, context: Context) -> Result<FederationConfig<Context>, FetchError> {
    let (signer, judge) = (context.signer.clone(), Arc::new(context.judge()));
    let broken = |cause: &dyn fmt::Display| FetchError::Untrue(cause.to_string());
    // The library starts the tasks of its delivery queue, which nobody here uses, on the runtime that it finds, and
    // one of them never ends. It finds this one, which is never run and drops them.
    let idle = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|cause| FetchError::Unreachable(cause.to_string()))?;
    let built = {
        let _entered = idle.enter();
        FederationConfig::builder()
            .domain(node.urls.authority())
            .app_data(context)
            .client(node.http.middleware(signer, Some(judge)))
            .http_fetch_limit(BUDGET)
            .request_timeout(node.http.settings().deadline)
            // Lifts what the library itself says of ports and addresses, which it would look up a second time; the
            // client refuses at the moment of connecting, by the node's settings.
            .debug(true)
            .allow_http_urls(node.config.federation.allow_http)
            .build()
            .now_or_never()
    };
    idle.shutdown_background();
    match built {
        Some(Ok(config)) => Ok(config),
        Some(Err(cause)) => Err(broken(&cause)),
        None => Err(broken(&"the library's configuration waits for something")),
    }
}

/// Signs our fetches as the node itself.
struct NodeSigner {
    identity: SigningIdentity,
    knocks: Knocks,
    clock: Clock,
    /// How what is signed again now is signed, by URL.
    again: Mutex<HashMap<Url, Manner>>,
}

impl NodeSigner {
    fn headers(&self, manner: &Manner, url: &Url) -> Result<Vec<(String, String)>, String> {
        let headers = manner.sign_get(&self.identity, url, self.clock.now());
        let headers = headers.map_err(|cause| cause.to_string())?;
        let owned = |(name, value): (&str, String)| (name.to_owned(), value);
        Ok(headers.into_iter().map(owned).collect())
    }

    fn again(&self) -> MutexGuard<'_, HashMap<Url, Manner>> {
        self.again.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Signer for NodeSigner {
    fn sign(&self, _: &str, url: &Url) -> Result<Vec<(String, String)>, String> {
        self.headers(&self.knocks.first(&knocks::host_of(url)), url)
    }

    fn sign_again(
        &self,
        _: &str,
        url: &Url,
        refusal: Refusal<'_>,
    ) -> Option<Vec<(String, String)>> {
        let host = knocks::host_of(url);
        let answer = Answered {
            status: refusal.status,
            accept_signature: refusal.accept_signature,
            has_body: false,
        };
        let manner = self
            .knocks
            .second(&host, &self.knocks.first(&host), answer)?;
        let headers = self.headers(&manner, url).ok()?;
        self.again().insert(url.clone(), manner);
        Some(headers)
    }

    fn settle(&self, url: &Url, status: Option<u16>) -> bool {
        let host = knocks::host_of(url);
        let manner = self.again().remove(url);
        if let Some(manner) = manner {
            // What is learned is written down when the fetch is over.
            let _ = self.knocks.settle(&host, &manner, status);
        }
        status.is_some_and(knocks::says_more)
    }
}

impl Context {
    /// What an answer must look like.
    pub(super) fn judge(&self) -> Strict {
        Strict {
            clock: self.node.clock.clone(),
            pause: self.pause.clone(),
            is_page: self.is_page.clone(),
        }
    }
}

/// Passes on what succeeded and is called ActivityPub by its server; files that users uploaded are not.
pub(super) struct Strict {
    clock: Clock,
    pause: Pause,
    is_page: Arc<AtomicBool>,
}

impl Judge for Strict {
    fn judge(&self, answer: &Response) -> Result<&'static str, Unacceptable> {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) =
            answer.retry_after(self.clock.now());
        let content_type = answer.header("content-type").unwrap_or_default();
        let is_page = answer.is_success() && is_page(content_type);
        self.is_page.store(is_page, Ordering::Relaxed);
        let refuse = |why: String| {
            Err(Unacceptable {
                status: answer.status,
                why,
            })
        };
        if !answer.is_success() {
            return refuse("it is no success".to_owned());
        }
        if is_activity(content_type) {
            return Ok(ACTIVITY);
        }
        refuse(format!("its content type is {content_type:?}"))
    }
}

/// Whether a content type is that of pages for people.
pub(super) fn is_page(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let pages = ["text/html", "application/xhtml+xml"];
    pages.iter().any(|page| essence.eq_ignore_ascii_case(page))
}

/// Whether a content type is ActivityPub's: its own, or JSON-LD with the profile of ActivityStreams.
///
/// Source: <https://www.w3.org/TR/activitypub/#retrieving-objects>.
pub(super) fn is_activity(content_type: &str) -> bool {
    let lower = content_type.to_ascii_lowercase();
    let mut parts = lower.split(';').map(str::trim);
    match parts.next() {
        Some("application/activity+json") => true,
        Some("application/ld+json") => parts.any(|part| {
            let profile = part.strip_prefix("profile").map(str::trim_start);
            let value = profile.and_then(|rest| rest.strip_prefix('='));
            value.is_some_and(|value| {
                let mut profiles = value.trim().trim_matches('"').split_ascii_whitespace();
                profiles.any(|profile| profile == "https://www.w3.org/ns/activitystreams")
            })
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_its_server_calls_activitypub_is_taken() {
        let profiled = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
        for (content_type, expected) in [
            ("application/activity+json", true),
            ("application/activity+json; charset=utf-8", true),
            ("Application/Activity+JSON;charset=UTF-8", true),
            (profiled, true),
            (&format!("{profiled}; charset=utf-8"), true),
            (
                "application/ld+json;charset=utf-8;profile=https://www.w3.org/ns/activitystreams",
                true,
            ),
            ("application/ld+json", false),
            (
                "application/ld+json; profile=\"https://evil.example/\"",
                false,
            ),
            ("application/json", false),
            ("text/html; charset=utf-8", false),
            ("text/plain", false),
            ("application/octet-stream", false),
            ("image/png", false),
            ("application/activity+jsonx", false),
            ("", false),
        ] {
            assert_eq!(is_activity(content_type), expected, "{content_type}");
        }
    }

    #[test]
    fn statuses_tell_what_may_pass() {
        for (status, may_pass) in [
            (401, false),
            (403, false),
            (404, false),
            (410, false),
            (429, true),
            (500, true),
            (503, true),
            (200, false),
        ] {
            let why = String::new();
            let error = FetchError::from(Unacceptable { status, why });
            assert_eq!(error.may_pass(), may_pass, "{status}");
        }
    }
}
