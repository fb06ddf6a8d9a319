//! What is heard of other servers between writes: that they are there, how their clocks go, and what was sent in their
//! names without a signature that holds.
//!
//! It is remembered here and written down at most once a minute for each server, where possible in a write that happens
//! anyway. Strangers decide what is sent in whose name: the memory is bounded, and a name that is not known makes no
//! row. What is lost with the process are some counts of the last minute.
//!
//! A signed request also lets a server that is down be tried at once. The inbox sees to that in the write that stores
//! what came; requests that write nothing else do it with [`note`]. And when a request of ours fails that was under way
//! meanwhile, whoever writes that down asks the [`Ear`].

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::DATE;
use quick_cache::sync::Cache;
use url::Url;

use super::claims::Refused;
use super::signatures::claimed;
use super::softwares;
use crate::clock::{MINUTE, from_http_date};
use crate::id::AccountId;
use crate::node::Node;
use crate::store::peer_health::{self, News};
use crate::store::{self, Conn, QueryResult, Tx, peers};

/// Servers that are remembered at most.
const SERVERS: usize = 4_096;
/// How often one server's news are written down, in milliseconds.
const WRITTEN_EVERY: i64 = MINUTE;
/// Characters of a reason that are kept.
const LONGEST_REASON: usize = 200;
/// Accounts that are remembered at most.
const ACCOUNTS: usize = 8_192;
/// How often the rows are looked at for one account, in milliseconds.
const LOOK_EVERY: i64 = MINUTE;

/// What is remembered of one server.
#[derive(Debug, Default)]
struct Memory {
    /// When it last sent something, in milliseconds.
    last: Option<i64>,
    /// When something was last written down, in milliseconds.
    heard_at: Option<i64>,
    failed_at: Option<i64>,
    /// Failures that are not written down yet.
    failures: i64,
    failure: Option<(String, i64)>,
}

static MEMORY: LazyLock<Cache<String, Arc<Mutex<Memory>>>> = LazyLock::new(|| Cache::new(SERVERS));

/// Nodes of one process do not share what they heard.
fn place_of(number: u64, what: &str) -> String {
    format!("{number}\n{what}")
}

fn remembered(node: &Node, domain: &str) -> Arc<Mutex<Memory>> {
    let place = place_of(node.number, domain);
    let fresh = || Ok::<_, std::convert::Infallible>(Arc::default());
    match MEMORY.get_or_insert_with(&place, fresh) {
        Ok(memory) => memory,
        Err(never) => match never {},
    }
}

/// What one node hears, for those who are inside a write.
#[derive(Clone, Debug)]
pub(super) struct Ear {
    node: u64,
}

impl Ear {
    /// The ear of this node.
    pub(super) fn of(node: &Node) -> Self {
        Self { node: node.number }
    }

    /// When a server last sent something to this process, in milliseconds; where it is remembered at all. What came to
    /// other processes stands in its row, exact to a minute.
    pub(super) fn heard_at(&self, domain: &str) -> Option<i64> {
        let memory = MEMORY.get(&place_of(self.node, domain))?;
        memory.lock().unwrap_or_else(PoisonError::into_inner).last
    }
}

/// Remembers that a server sent something.
pub(super) fn hear(node: &Node, domain: &str) {
    let memory = remembered(node, domain);
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    memory.last = Some(node.clock.now());
}

/// News about a server whose signature holds, when it is time to write them down.
pub(super) fn verified(node: &Node, request: &HttpRequest, domain: &str) -> Option<News> {
    let now = node.clock.now();
    let memory = remembered(node, domain);
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    memory.last = Some(now);
    let is_early = memory.heard_at.is_some_and(|at| now - at < WRITTEN_EVERY);
    if is_early {
        return None;
    }
    memory.heard_at = Some(now);
    Some(News {
        is_heard: true,
        clock_skew_ms: skew(request, now),
        signature_failures: std::mem::take(&mut memory.failures),
        signature_failure: memory.failure.take(),
    })
}

/// How far the sender's clock is ahead of ours when its request arrives, in milliseconds.
fn skew(request: &HttpRequest, now: i64) -> Option<i64> {
    let date = request.headers().get(DATE)?.to_str().ok()?;
    Some(from_http_date(date)? - now)
}

/// Writes news down in a write that happens anyway.
pub(super) fn write_down(tx: &mut Tx, domain: &str, news: &News) -> QueryResult<()> {
    if let Some(peer) = peer_health::record_news(tx, domain, news)? {
        softwares::ask_now_and_then(tx, peer, domain)?;
    }
    Ok(())
}

/// Counts what came of something sent. Where the signature did not hold, that is counted for the server in whose name
/// it was sent, and now and then written down.
pub(super) async fn count(node: &Node, request: &HttpRequest, outcome: &Result<(), Refused>) {
    let meters = &node.meters.inbox;
    match outcome {
        Ok(()) => meters.accepted.increase(),
        Err(refused) if refused.status.is_server_error() => meters.postponed.increase(),
        Err(refused) => {
            meters.refused.increase();
            if refused.status == StatusCode::UNAUTHORIZED {
                disbelieve(node, request, &refused.reason).await;
            }
        }
    }
}

async fn disbelieve(node: &Node, request: &HttpRequest, reason: &str) {
    let claimed = claimed::key_of(request.headers());
    let Some(domain) = claimed.as_deref().and_then(domain_of) else {
        return;
    };
    let Some(news) = failed(node, &domain, reason) else {
        return;
    };
    let write = move |tx: &mut Tx| peer_health::record_news(tx, &domain, &news);
    if let Err(error) = node.db.write(write).await {
        store::report(&error, "a refused signature could not be noted");
    }
}

fn failed(node: &Node, domain: &str, reason: &str) -> Option<News> {
    let now = node.clock.now();
    let memory = remembered(node, domain);
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    memory.failures += 1;
    memory.failure = Some((reason.chars().take(LONGEST_REASON).collect(), now));
    let is_early = memory.failed_at.is_some_and(|at| now - at < WRITTEN_EVERY);
    if is_early {
        return None;
    }
    memory.failed_at = Some(now);
    Some(News {
        signature_failures: std::mem::take(&mut memory.failures),
        signature_failure: memory.failure.take(),
        ..News::default()
    })
}

/// An account that was heard of.
#[derive(Clone, Debug)]
struct Known {
    /// When the rows were last looked at for it, in milliseconds.
    looked_at: i64,
    /// Its server, once the rows have told.
    domain: Option<Arc<str>>,
}

/// Accounts that were heard of, by node and account.
static KNOWN: LazyLock<Cache<String, Known>> = LazyLock::new(|| Cache::new(ACCOUNTS));

/// Takes note of a verified request by an account.
pub(super) async fn note(node: &Node, account: AccountId) {
    let place = place_of(node.number, &account.to_string());
    let now = node.clock.now();
    let known = KNOWN.get(&place);
    let domain = known.as_ref().and_then(|known| known.domain.clone());
    if let Some(domain) = &domain {
        hear(node, domain);
    }
    if known.is_some_and(|known| (0..LOOK_EVERY).contains(&(now - known.looked_at))) {
        return;
    }
    let look = |domain| Known {
        looked_at: now,
        domain,
    };
    KNOWN.insert(place.clone(), look(domain));
    // Whoever asks is answered in any case.
    match hasten(node, account).await {
        Ok(domain) => KNOWN.insert(place, look(domain.map(Arc::from))),
        Err(error) => store::report(&error, "a peer that was heard of could not be noted"),
    }
}

/// Lets the server of an account be tried at once if it is down; gives its domain.
async fn hasten(node: &Node, account: AccountId) -> QueryResult<Option<String>> {
    let find = move |conn: &mut Conn| -> QueryResult<Option<(String, bool)>> {
        let account = store::accounts::find(conn, account)?;
        let Some(domain) = account.and_then(|account| account.domain) else {
            return Ok(None);
        };
        let peer = peers::find_by_domain(conn, &domain)?;
        let is_down = peer.is_some_and(|peer| peer.down_since.is_some());
        Ok(Some((domain, is_down)))
    };
    let Some((domain, is_down)) = node.db.read(find).await? else {
        return Ok(None);
    };
    hear(node, &domain);
    if is_down {
        let peer = domain.clone();
        let hasten = move |tx: &mut Tx| peers::hasten(tx, &peer);
        node.db.write(hasten).await?;
    }
    Ok(Some(domain))
}

/// The server that a key id names, with its port if it has one.
fn domain_of(key_id: &str) -> Option<String> {
    let url = Url::parse(key_id).ok()?;
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_server() {
        for (key, expected) in [
            ("https://a.test/users/ann#main-key", Some("a.test")),
            ("http://a.test:8080/actor", Some("a.test:8080")),
            ("acct:ann@a.test", None),
            ("junk", None),
        ] {
            assert_eq!(domain_of(key).as_deref(), expected, "{key}");
        }
    }
}
