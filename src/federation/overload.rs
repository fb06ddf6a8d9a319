//! Calm under a surge: what is taken while the node has much to do, and how the rest is asked to come back.
//!
//! Whoever is refused here loses nothing: 503 is what senders try again. What people wait for is refused last.

use std::sync::LazyLock;

use actix_web::HttpRequest;
use quick_cache::sync::Cache;

use super::claims::{Claim, Refused};
use super::classes::{Worth, worth};
use super::documents::Document;
use super::documents::origins::is_same_origin;
use super::signatures::claimed;
use super::signatures::unverified::Unverified;
use crate::clock::MINUTE;
use crate::keys::random;
use crate::load::{Class, Level, Place, Refusal, host_of, retry_after};
use crate::node::Node;
use crate::store::{self, Conn, QueryResult, follows, receipts};

/// How long it is remembered whether a server is followed from here.
const REMEMBERED: i64 = MINUTE;
/// Servers of which this is remembered at most.
const SERVERS: usize = 4_096;

/// Until when it is known whether somebody here follows somebody there, by node and host.
static FOLLOWED: LazyLock<Cache<String, (i64, bool)>> = LazyLock::new(|| Cache::new(SERVERS));

/// How much the node has to do: the pressure in thousandths, and the level. The backlog is counted anew now and then.
pub async fn measure(node: &Node) -> (u64, Level) {
    let now = node.clock.now();
    if node.load.take_correction(now)
        && let Err(error) = correct(node, now).await
    {
        tracing::warn!(%error, "the backlog of the inbox could not be counted");
    }
    let writes = u64::try_from(node.db.waiting_writes()).unwrap_or(u64::MAX);
    node.load.measure(writes)
}

async fn correct(node: &Node, now: i64) -> QueryResult<()> {
    let count = move |conn: &mut Conn| receipts::count_due(conn, now);
    let (total, oldest) = node.db.read(count).await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let age = oldest.map_or(0, |due| number(now - due));
    if node.load.correct(number(total), age) {
        let count = move |conn: &mut Conn| receipts::count_due_by_actor(conn, now);
        let actors = node.db.read(count).await?;
        let actors: Vec<(String, u64)> = actors
            .into_iter()
            .map(|(actor, count)| (actor, number(count)))
            .collect();
        node.load.replace_backlog(&actors);
    }
    Ok(())
}

/// Lets a delivery in, before its body is read: there is a place for it, and its server, as far as it says which it
/// is, has not too much waiting here.
///
/// # Errors
/// 503 with the time after which to come back.
pub(super) async fn enter(
    node: &Node,
    request: &HttpRequest,
) -> Result<(Place, (u64, Level)), Refused> {
    let key_id = claimed::key_of(request.headers()).unwrap_or_default();
    let host = host_of(&key_id);
    let place = node.load.enter(host).map_err(refused)?;
    let measured = measure(node).await;
    node.load
        .check(Class::Vital, host, measured)
        .map_err(refused)?;
    Ok((place, measured))
}

/// Lets an activity pass that the node can take now, before the cost of its signature.
///
/// # Errors
/// 503 with the time after which to come back.
pub(super) async fn check(
    node: &Node,
    document: &Document,
    claim: &Claim,
    unverified: &Unverified,
    measured: (u64, Level),
) -> Result<(), Refused> {
    let host = host_of(&claim.actor);
    // Most of the time everything is taken.
    if measured.1.takes(Class::Reaction) {
        return node.load.check_host(host).map_err(refused);
    }
    let urls = &node.urls;
    let class = match worth(document.properties(), |uri| urls.is_local(uri)) {
        // What is sent on for somebody else is only a hint.
        _ if !is_same_origin(unverified.key_id(), &claim.actor) => Class::Reaction,
        Worth::Sure(class) => class,
        Worth::PublicPost if is_followed(node, host).await? => Class::Other,
        Worth::PublicPost => Class::Stranger,
    };
    node.load.check(class, host, measured).map_err(refused)
}

async fn is_followed(node: &Node, host: &str) -> Result<bool, store::Error> {
    let place = format!("{}\n{host}", node.number);
    let now = node.clock.now();
    if let Some((until, is_followed)) = FOLLOWED.get(&place)
        && now < until
    {
        return Ok(is_followed);
    }
    let domain = host.to_lowercase();
    let look = move |conn: &mut Conn| follows::reaches_domain(conn, &domain);
    let is_followed = node.db.read(look).await?;
    FOLLOWED.insert(place, (now + REMEMBERED, is_followed));
    Ok(is_followed)
}

/// How a sender is asked to come back.
pub(super) fn refused(refusal: Refusal) -> Refused {
    let seconds = retry_after(refusal.pressure, random::below(1 << 32));
    Refused {
        retry_after: Some(seconds),
        ..Refused::later(refusal.reason)
    }
}
