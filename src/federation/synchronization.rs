//! Followers synchronisation: who of an actor's followers live on which server is said with posts for followers, and
//! what has drifted apart is put right, on our side and theirs.
//!
//! Nothing is changed because of a header alone. It leads to a list on the actor's own server, and only a list that
//! hashes to the header's digest is believed.
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/8fcf/fep-8fcf.md>.

use std::collections::HashSet;
use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use quick_cache::sync::Cache;
use serde_json::Value;
use url::Url;

use super::answers::{self, Keep};
use super::claims::{Claim, Refused};
use super::documents::collections::build_whole;
use super::documents::context::Terms;
use super::documents::everybody::PUBLIC;
use super::documents::local;
use super::documents::synchronization::{HEADER, SyncClaim, build, digest, read};
use super::fetch::{FetchError, Reach};
use super::remote_collections::collection;
use super::resolve::JobError;
use super::signatures::sign::Header;
use super::{actors, overload, readers, signers};
use crate::clock::MINUTE;
use crate::id::AccountId;
use crate::node::Node;
use crate::social::follows;
use crate::store::accounts::Account;
use crate::store::follower_syncs::{self, FollowerSync};
use crate::store::jobs::Job;
use crate::store::{self, Conn, QueryResult, Tx};
use crate::urls::Urls;

/// How long a digest is used without being made anew, in milliseconds.
const FRESH: i64 = 5 * MINUTE;
/// How long an actor's followers are not looked into again, in milliseconds.
const PAUSE: i64 = 5 * MINUTE;
/// Pages of a list that are read.
const PAGES: usize = 10;
/// Digests that are kept at most.
const DIGESTS: usize = 16_384;

/// The digest of an account's followers on one server.
#[derive(Clone, Debug)]
struct Known {
    until: i64,
    /// How many followers the account had: with another number the digest is no longer true.
    followers: i64,
    claim: SyncClaim,
    collection: String,
}

static KNOWN: LazyLock<Cache<(u64, AccountId, String), Known>> =
    LazyLock::new(|| Cache::new(DIGESTS));

/// Whether a document may be a post for followers: the deliveries of those carry the header.
pub(super) fn may_be_for_followers(kind: &str, body: &str) -> bool {
    let is_post = matches!(kind, "Create" | "Update" | "Announce");
    is_post && !body.contains(PUBLIC) && body.contains("/followers\"")
}

/// The header that goes with a post for the followers of an account to one of their inboxes; none if the post is for
/// others.
pub(super) async fn header_for(
    node: &Node,
    account: AccountId,
    inbox_url: &str,
    body: &[u8],
) -> Option<Header> {
    let body = std::str::from_utf8(body).ok()?;
    let prefix = prefix_of(inbox_url)?;
    let number = node.number;
    let now = node.clock.now();
    let look = move |conn: &mut Conn| -> QueryResult<Option<Known>> {
        let followers = follower_syncs::count_followers(conn, account)?;
        let place = (number, account, prefix);
        let known = KNOWN.get(&place);
        let is_true = |known: &Known| known.until > now && known.followers == followers;
        if let Some(known) = known.filter(is_true) {
            return Ok(Some(known));
        }
        let Some(found) = store::accounts::find(conn, account)? else {
            return Ok(None);
        };
        let uris = follower_syncs::list_uris_below(conn, account, &place.2)?;
        let known = Known {
            until: now + FRESH,
            followers,
            claim: SyncClaim {
                url: local::followers_synchronization(&found.uri),
                digest: digest(uris.iter().map(String::as_str)),
            },
            collection: local::followers(&found.uri),
        };
        KNOWN.insert(place, known.clone());
        Ok(Some(known))
    };
    match node.db.read(look).await {
        Ok(known) => {
            let known = known.filter(|known| body.contains(&known.collection))?;
            Some((HEADER, build(&known.collection, &known.claim)))
        }
        Err(cause) => {
            // The post goes without it.
            tracing::warn!(%cause, "followers could not be counted for a delivery");
            None
        }
    }
}

/// What the ids of everybody on the server of this URL begin with.
fn prefix_of(url: &str) -> Option<String> {
    let origin = Url::parse(url).ok()?.origin();
    origin
        .is_tuple()
        .then(|| format!("{}/", origin.ascii_serialization()))
}

/// `GET /users/{name}/followers_synchronization`: the account's followers on the server that asks, and signs.
///
/// Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/8fcf/fep-8fcf.md>.
pub async fn list(node: Data<Node>, request: HttpRequest, name: Path<String>) -> HttpResponse {
    let signer = match find_signer(&node, &request).await {
        Ok(signer) => signer,
        Err(refused) => return answers::refuse(refused.status, &refused.reason),
    };
    let Some(prefix) = prefix_of(&signer.uri) else {
        return answers::refuse(StatusCode::FORBIDDEN, "the signer is on no server");
    };
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| {
        let account = actors::find_open(conn, &urls, &name)?;
        let found = follower_syncs::list_uris_below(conn, account.id, &prefix)?;
        let items: Vec<Value> = found.into_iter().map(Value::from).collect();
        let id = local::followers_synchronization(&account.uri);
        Ok::<_, answers::Absence>(build_whole(&id, &items, Terms::Plain))
    };
    match node.db.read(read).await {
        Ok(document) => answers::document(&document, Keep::Nobody),
        Err(absence) => absence.error_response(),
    }
}

/// Who signs, their key fetched if it is not known: servers ask with the actor of the server itself.
async fn find_signer(node: &Node, request: &HttpRequest) -> Result<Account, Refused> {
    let unauthorised = |reason: String| Refused::new(StatusCode::UNAUTHORIZED, reason);
    if !node.config.federation.enabled {
        return Err(Refused::new(StatusCode::FORBIDDEN, super::fetch::CLOSED));
    }
    let unverified =
        readers::check(node, request, None).map_err(|refusal| unauthorised(refusal.to_string()))?;
    let claim = Claim {
        id: String::new(),
        actor: owner_of(unverified.key_id()).to_owned(),
        ends_actor: false,
        is_personal: false,
    };
    if node.urls.is_local(&claim.actor) {
        return Err(unauthorised("the signer is on this server".to_owned()));
    }
    let (mut place, _) = overload::enter(node, request).await?;
    let found = signers::identify(node, &unverified, &claim, &mut place).await?;
    let signer = found.ok_or_else(|| unauthorised("the signer is not known".to_owned()))?;
    if signer.suspended_at.is_some() {
        let status = StatusCode::FORBIDDEN;
        return Err(Refused::new(status, "the signer is suspended here"));
    }
    Ok(signer)
}

/// The actor whose key this is, by the two customs.
fn owner_of(key_id: &str) -> &str {
    let actor = key_id.split_once('#').map_or(key_id, |(actor, _)| actor);
    actor.strip_suffix("/main-key").unwrap_or(actor)
}

/// What a sender says of its followers here; nothing if it does not, or not in a way that can be used.
pub(super) fn read_claim(headers: &HeaderMap, signer: &Account) -> Option<SyncClaim> {
    let value = headers.get(HEADER)?.to_str().ok()?;
    read(value, &signer.uri, signer.followers_url.as_deref()?)
}

/// Remembers what an actor says of its followers here. If that is not what is known here, it will be looked into, but
/// not again within some minutes.
///
/// # Errors
/// Whatever the database says.
pub(super) fn remember(tx: &mut Tx, signer: &Account, claim: &SyncClaim) -> QueryResult<()> {
    let ours = follower_syncs::list_local_uris(tx, signer.id)?;
    if digest(ours.iter().map(String::as_str)) == claim.digest {
        return Ok(());
    }
    let now = tx.now();
    let last = follower_syncs::find(tx, signer.id)?.map(|known| known.checked_at);
    let is_early = last.is_some_and(|last| now - last < PAUSE);
    let sync = FollowerSync {
        account_id: signer.id,
        url: claim.url.clone(),
        digest: claim.digest.clone(),
        seen_at: now,
        checked_at: last.filter(|_| is_early).unwrap_or(now),
    };
    follower_syncs::set(tx, &sync)?;
    if is_early {
        return Ok(());
    }
    tx.queue(&Job::SyncFollowers { account: signer.id })
}

/// Compares an actor's own list of its followers here with what is known here, and puts right what differs.
///
/// # Errors
/// [`JobError::Retry`] while its server cannot be reached.
pub async fn check(node: &Node, account: AccountId) -> Result<(), JobError> {
    let look = move |conn: &mut Conn| -> QueryResult<_> {
        let followers = store::follows::list_local_followers(conn, account)?;
        // Somebody whom the actor's server knows already, so that it need not ask who they are.
        let signs = followers.iter().min_by_key(|follow| follow.id);
        let signs = signs.map(|follow| follow.account_id);
        Ok((follower_syncs::find(conn, account)?, signs))
    };
    let (Some(sync), signs) = node.db.read(look).await? else {
        return Ok(());
    };
    let reach = Reach::signed_by(node, signs);
    let listed = match fetch_list(&reach, &sync.url).await {
        Ok(listed) => listed,
        Err(cause) if cause.may_pass() => return Err(cause.into()),
        Err(cause) => {
            tracing::debug!(url = sync.url, %cause, "a list of followers cannot be had");
            return Ok(());
        }
    };
    if digest(listed.iter().map(String::as_str)) != sync.digest {
        tracing::debug!(
            url = sync.url,
            "a list of followers is not the one that was meant"
        );
        return Ok(());
    }
    let urls = node.urls.clone();
    let apply = move |tx: &mut Tx| settle(tx, &urls, &sync, &listed);
    Ok(node.db.write(apply).await?)
}

/// The ids in a list, page by page, each once.
async fn fetch_list(reach: &Reach<'_>, url: &str) -> Result<HashSet<String>, FetchError> {
    let mut listed = HashSet::new();
    let mut next = Some(url.to_owned());
    for _ in 0..PAGES {
        let Some(place) = next.take() else { break };
        let page = collection(reach, &place).await?;
        listed.extend(page.ids());
        next = if page.items.is_empty() {
            page.first.or(page.next)
        } else {
            page.next
        };
    }
    Ok(listed)
}

fn settle(
    tx: &mut Tx,
    urls: &Urls,
    sync: &FollowerSync,
    listed: &HashSet<String>,
) -> QueryResult<()> {
    let Some(actor) = store::accounts::find(tx, sync.account_id)? else {
        return Ok(());
    };
    for follow in store::follows::list_local_followers(tx, actor.id)? {
        let Some(follower) = store::accounts::find(tx, follow.account_id)? else {
            continue;
        };
        // The list may be older than a follow that was just made.
        if !listed.contains(&follower.uri) && follow.created_at < sync.seen_at {
            follows::receive_answer(tx, &actor, &follower, false)?;
        }
    }
    for uri in listed.iter().filter(|uri| urls.is_local(uri)) {
        let found = store::accounts::find_by_uri(tx, uri)?;
        let Some(follower) = found.filter(Account::is_local) else {
            continue;
        };
        match store::follows::find(tx, follower.id, actor.id)? {
            Some(_) => follows::receive_answer(tx, &actor, &follower, true)?,
            None => follows::disown(tx, urls, &follower, &actor)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_to_their_owners_and_urls_to_their_servers() {
        for (key_id, owner) in [
            (
                "https://a.example/users/ann#main-key",
                "https://a.example/users/ann",
            ),
            (
                "https://a.example/users/ann/main-key",
                "https://a.example/users/ann",
            ),
            ("https://a.example/actor", "https://a.example/actor"),
        ] {
            assert_eq!(owner_of(key_id), owner);
        }
        for (url, prefix) in [
            ("https://a.example/inbox", Some("https://a.example/")),
            (
                "http://a.localhost:8081/inbox",
                Some("http://a.localhost:8081/"),
            ),
            ("nonsense", None),
        ] {
            assert_eq!(prefix_of(url).as_deref(), prefix);
        }
    }
}
