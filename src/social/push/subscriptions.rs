//! Subscribing, changing what is wanted, and ending it. Each access token has one subscription at most.

use url::Url;

use super::keys;
use crate::id::{AccountId, TokenId};
use crate::keys::Secret;
use crate::node::Node;
use crate::push::Recipient;
use crate::social::{Error, Result, tokens};
use crate::store::push_subscriptions::{Alerts, NewSubscription, Subscription};
use crate::store::{self, Json, PushPolicy, Tx};

/// Longest endpoint, in bytes.
const LONGEST_ENDPOINT: usize = 2_048;

/// The kinds of notifications that can be asked for, as clients spell them; some are never made here.
pub const ALERTS: [&str; 12] = [
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quote",
    "quoted_update",
    "admin.sign_up",
    "admin.report",
];

/// Who subscribes.
pub struct Subscriber {
    /// Their account.
    pub account: AccountId,
    /// The token by which they ask.
    pub token: TokenId,
    /// The token itself.
    pub secret: Secret<String>,
}

/// Where somebody wants to be told, as it was given.
pub struct Place {
    /// Where messages are posted.
    pub endpoint: String,
    /// The public key, in any spelling of base64.
    pub public_key: String,
    /// The secret, in any spelling of base64.
    pub secret: String,
    /// Whether messages are encrypted as the standard says, and not as the draft before it.
    pub is_standard: bool,
}

/// What somebody wants to be told.
#[derive(Clone, Debug)]
pub struct Terms {
    /// By whose deeds they want to be disturbed.
    pub policy: PushPolicy,
    /// Of what; kinds that nobody knows are left out.
    pub alerts: Alerts,
}

impl Terms {
    fn alerts(self) -> Json<Alerts> {
        let mut alerts = self.alerts;
        alerts.retain(|kind, _| ALERTS.contains(&kind.as_str()));
        Json(alerts)
    }
}

/// Makes the token's subscription, or replaces it.
///
/// # Errors
/// [`Error::Invalid`] when the endpoint cannot be called or the keys are none.
pub async fn subscribe(
    node: &Node,
    subscriber: Subscriber,
    place: Place,
    terms: Terms,
) -> Result<Subscription> {
    let endpoint = check_endpoint(node, &place.endpoint)?;
    let recipient = Recipient::parse(&place.public_key, &place.secret)
        .map_err(|bad| Error::invalid(format!("The keys cannot be used: {bad}")))?;
    let token = subscriber.token;
    let key = keys::ensure(node).await?;
    let sealed = key
        .sealing()
        .seal(&token.0.to_be_bytes(), subscriber.secret.expose())
        .map_err(|_| keys::broken("it does not seal"))?;
    let new = NewSubscription {
        token_id: token,
        account_id: subscriber.account,
        host: host_of(&endpoint),
        endpoint: endpoint.into(),
        public_key: recipient.public_key(),
        secret: recipient.secret(),
        is_standard: place.is_standard,
        policy: terms.policy,
        alerts: terms.alerts(),
        sealed_token: sealed,
        created_at: node.clock.now(),
    };
    let write = move |tx: &mut Tx| {
        // The token may have been taken back since the request began.
        if tokens::list_void(tx, &[token])?.is_empty() {
            Ok(store::push_subscriptions::put(tx, &new)?)
        } else {
            Err(Error::forbidden("The access token was revoked"))
        }
    };
    node.db.write(write).await
}

fn check_endpoint(node: &Node, text: &str) -> Result<Url> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("An endpoint is needed"));
    }
    if text.len() > LONGEST_ENDPOINT {
        return Err(Error::invalid(format!(
            "The endpoint is longer than {LONGEST_ENDPOINT} bytes"
        )));
    }
    let endpoint = Url::parse(text);
    let mut endpoint = endpoint.map_err(|_| Error::invalid("The endpoint is no URL"))?;
    endpoint.set_fragment(None);
    node.http
        .check_url(&endpoint)
        .map_err(|refusal| Error::invalid(format!("The endpoint cannot be used: {refusal}")))?;
    Ok(endpoint)
}

fn host_of(endpoint: &Url) -> String {
    let host = endpoint.host_str().unwrap_or_default();
    match endpoint.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The token's subscription.
///
/// # Errors
/// [`Error::NotFound`] if it has none.
pub async fn find(node: &Node, token: TokenId) -> Result<Subscription> {
    let found = node
        .db
        .read(move |conn| store::push_subscriptions::find_of_token(conn, token))
        .await?;
    found.ok_or(Error::NotFound)
}

/// Changes what the token's subscription asks for, as a whole.
///
/// # Errors
/// [`Error::NotFound`] if it has none.
pub async fn change(node: &Node, token: TokenId, terms: Terms) -> Result<Subscription> {
    let (policy, alerts) = (terms.policy, terms.alerts());
    let changed = node
        .db
        .write(move |tx| store::push_subscriptions::change(tx, token, policy, &alerts))
        .await?;
    changed.ok_or(Error::NotFound)
}

/// Ends the token's subscription, if it has one.
///
/// # Errors
/// Only of the database.
pub async fn end(node: &Node, token: TokenId) -> Result<()> {
    node.db
        .write(move |tx| store::push_subscriptions::delete(tx, token))
        .await
        .map_err(Error::Internal)
}
