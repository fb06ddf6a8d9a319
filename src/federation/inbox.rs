//! The inbox: what a server sends is checked, stored, and only then acknowledged. What it means is found out later.
//!
//! The cheap checks come first. 202 is answered only after the commit, 4xx only for what stays wrong, 503 for
//! everything that may pass, because senders throw away what is answered with 4xx. There is never a redirect, and
//! never 410 on the shared inbox. Source: <https://www.w3.org/TR/activitypub/#inbox>.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use actix_web::web::{Bytes, BytesMut, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;

use super::claims::{Claim, Refused, read_claim};
use super::documents::references::{self, Properties};
use super::documents::synchronization::SyncClaim;
use super::documents::{origins, read};
use super::{actors, answers, authors, fetch, heard, overload, readers, signers, synchronization};
use crate::id::{AccountId, ReceiptId};
use crate::load::{Place, host_of};
use crate::node::Node;
use crate::social::absences;
use crate::store::accounts::Account;
use crate::store::jobs::Job;
use crate::store::peer_health::News;
use crate::store::receipts::{self, Receipt};
use crate::store::{self, Conn, QueryResult, ReceiptState, Tx, peers, receipt_inboxes};

/// Memory that is taken for a body before anything of it came, in bytes, at most.
const FIRST_BYTES: usize = 16_384;

/// `POST /inbox`: what concerns anybody here.
///
/// Source: <https://www.w3.org/TR/activitypub/#shared-inbox-delivery>.
pub async fn receive_shared(
    node: Data<Node>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let outcome = receive(&node, &request, payload, None).await;
    answer(&node, &request, outcome).await
}

/// `POST /users/{name}/inbox`: what concerns one account.
///
/// Source: <https://www.w3.org/TR/activitypub/#inbox>.
pub async fn receive_own(
    node: Data<Node>,
    request: HttpRequest,
    payload: Payload,
    name: Path<String>,
) -> HttpResponse {
    if let Err(refused) = check_open(&node) {
        return answer(&node, &request, Err(refused)).await;
    }
    let urls = node.urls.clone();
    let look = move |conn: &mut Conn| actors::find(conn, &urls, &name);
    match node.db.read(look).await {
        Ok(owner) => {
            let outcome = receive(&node, &request, payload, Some(owner.id)).await;
            answer(&node, &request, outcome).await
        }
        Err(absence) => actix_web::ResponseError::error_response(&absence),
    }
}

async fn answer(node: &Node, request: &HttpRequest, outcome: Result<(), Refused>) -> HttpResponse {
    heard::count(node, request, &outcome).await;
    match outcome {
        Ok(()) => HttpResponse::Accepted().finish(),
        Err(refused) => {
            tracing::debug!(status = %refused.status, reason = %refused.reason, "not received");
            let mut response = answers::refuse(refused.status, &refused.reason);
            if let Some(seconds) = refused.retry_after {
                let seconds = HeaderValue::from(seconds);
                response.headers_mut().insert(RETRY_AFTER, seconds);
            }
            response
        }
    }
}

async fn receive(
    node: &Node,
    request: &HttpRequest,
    payload: Payload,
    owner: Option<AccountId>,
) -> Result<(), Refused> {
    check_open(node)?;
    check_content_type(request)?;
    let (mut place, measured) = overload::enter(node, request).await?;
    let limit = node.config.federation.inbox_body_limit_bytes;
    let body = read_body(request, payload, limit, &mut place).await?;
    let unverified = readers::check(node, request, Some(&body)).map_err(|refusal| {
        let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::UNAUTHORIZED);
        Refused::new(status, refusal.to_string())
    })?;
    let document = read(&body).map_err(|reject| Refused::malformed(reject.0))?;
    let ours = fetch::our_origin(node).map_err(|error| Refused::later(error.to_string()))?;
    let claim = read_claim(&document, &body, &ours)?;
    check_host(node, unverified.key_id())?;
    check_host(node, &claim.actor)?;
    overload::check(node, &document, &claim, &unverified, measured).await?;
    let Some(signer) = signers::identify(node, &unverified, &claim, &mut place).await? else {
        // Somebody of whom nothing is known here says that they are gone.
        return Ok(());
    };
    if signer.uri != claim.actor {
        heard::note(node, signer.id).await;
        let author = authors::find_author(node, &document, &claim, &mut place).await?;
        if author.is_none() {
            return take_hint(node, document.properties()).await;
        }
        return keep(node, None, claim, owner, body).await;
    }
    let sync = synchronization::read_claim(request.headers(), &signer);
    let domain = signer.domain.as_deref();
    let news = domain.and_then(|domain| heard::verified(node, request, domain));
    let sender = Some(Sender { signer, sync, news });
    keep(node, sender, claim, owner, body).await
}

/// # Errors
/// A refusal for good where the node talks with no other server.
fn check_open(node: &Node) -> Result<(), Refused> {
    if node.config.federation.enabled {
        return Ok(());
    }
    Err(Refused::new(StatusCode::FORBIDDEN, fetch::CLOSED))
}

/// # Errors
/// A refusal for good of what comes from a server that the staff has blocked. Asked before anything is fetched for it.
fn check_host(node: &Node, url: &str) -> Result<(), Refused> {
    let host = host_of(url);
    if node.bans.bars(host) {
        let reason = format!("this node does not talk with {host}");
        return Err(Refused::new(StatusCode::FORBIDDEN, reason));
    }
    Ok(())
}

fn check_content_type(request: &HttpRequest) -> Result<(), Refused> {
    let value = request.headers().get(CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    // The body is signed, so a missing profile deceives nobody here.
    let essence = value.split(';').next().unwrap_or_default().trim();
    if fetch::is_activity(value) || essence.eq_ignore_ascii_case("application/ld+json") {
        return Ok(());
    }
    Err(Refused::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "the content type must be application/activity+json",
    ))
}

async fn read_body(
    request: &HttpRequest,
    mut payload: Payload,
    limit: usize,
    place: &mut Place,
) -> Result<Bytes, Refused> {
    let too_large = || {
        Refused::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is longer than {limit} bytes"),
        )
    };
    let stated = request.headers().get(CONTENT_LENGTH);
    let stated = stated.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if stated.is_some_and(|stated| stated > limit) {
        return Err(too_large());
    }
    // Memory is taken as the bytes come, not as they are promised.
    let mut body = BytesMut::with_capacity(stated.unwrap_or(4_096).min(FIRST_BYTES));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refused::malformed("the body broke off"))?;
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        place.hold(chunk.len()).map_err(overload::refused)?;
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Who sends something, what they say of their followers here, and what is to be noted of their server.
struct Sender {
    signer: Account,
    sync: Option<SyncClaim>,
    news: Option<News>,
}

/// Stores an activity, and lets the sender's server be tried again if it was down: it is heard of. Without a sender it
/// was brought by somebody else, which tells nothing of that server.
async fn keep(
    node: &Node,
    sender: Option<Sender>,
    claim: Claim,
    owner: Option<AccountId>,
    body: Bytes,
) -> Result<(), Refused> {
    let body = String::from_utf8(body.to_vec())
        .map_err(|_| Refused::malformed("the document is not UTF-8"))?;
    let host = host_of(&claim.actor).to_owned();
    let is_due = node
        .db
        .write(move |tx| -> QueryResult<bool> {
            let now = tx.now();
            let receipt = Receipt {
                id: ReceiptId(tx.new_id()),
                activity_uri: claim.id,
                actor_uri: claim.actor,
                inbox_account_id: owner,
                body,
                state: ReceiptState::Waiting,
                reason: None,
                attempts: 0,
                due_at: now,
                received_at: now,
            };
            let is_due = receipts::insert(tx, &receipt)?
                || (claim.is_personal && receipt_inboxes::arrive_again(tx, &receipt)?);
            if let Some(sender) = &sender {
                note_sender(tx, sender)?;
            }
            Ok(is_due)
        })
        .await?;
    if is_due {
        node.load.arrived(&host);
    }
    Ok(())
}

/// Notes what a sender says of their followers here, and that their server is there.
fn note_sender(tx: &mut Tx, sender: &Sender) -> QueryResult<()> {
    let Sender { signer, sync, news } = sender;
    if let Some(sync) = sync {
        synchronization::remember(tx, signer, sync)?;
    }
    let Some(domain) = &signer.domain else {
        return Ok(());
    };
    if let Some(news) = news {
        heard::write_down(tx, domain, news)?;
    }
    if let Some(peer) = peers::hasten(tx, domain)? {
        absences::peer_heard(tx, peer)?;
    }
    Ok(())
}

/// Something that a server sends on for somebody else without a proof. It proves nothing, so nothing in it is used but the id of a
/// reply to something known here, which is then fetched from where it belongs.
async fn take_hint(node: &Node, properties: &Properties) -> Result<(), Refused> {
    let Some((id, parent)) = find_hint(properties) else {
        return Ok(());
    };
    let (id, parent) = (id.to_owned(), parent.to_owned());
    if node.urls.is_local(&id) {
        return Ok(());
    }
    node.db
        .write(move |tx| -> QueryResult<()> {
            let is_known = store::statuses::find_by_uri(tx, &id)?.is_some();
            let is_reply = store::statuses::find_by_uri(tx, &parent)?.is_some();
            if is_reply && !is_known {
                tx.queue(&Job::FetchParent { uri: id })?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// The id of a created reply, and what it replies to.
fn find_hint(properties: &Properties) -> Option<(&str, &str)> {
    let kinds = references::list_of(properties, "type");
    let object = references::first_object(properties, "object")?;
    let id = references::text(object, "id")?;
    let parent = references::id(object, "inReplyTo")?;
    let is_made = kinds.iter().any(|name| name == "Create");
    (is_made && origins::is_usable(id)).then_some((id, parent))
}
