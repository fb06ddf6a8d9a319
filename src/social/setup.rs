//! What a node needs before anybody uses it: its own actor, and the owner's account behind a one-time link.

use super::users::{self, NewUser};
use super::{Error, Result, keys};
use crate::id::AccountId;
use crate::keys::digests::{is_equal, sha256_hex};
use crate::keys::{Secret, random};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::{self, AccountKind, Conn, Role, Tx};
use crate::urls::Urls;

/// The setting that keeps the digest of the one-time link's secret.
const LINK: &str = "owner_link";

/// Makes sure that the node has its own actor, which signs what no person asked for, and returns it.
///
/// Source: <https://swicg.github.io/activitypub-http-signature/#instance-actor>
///
/// # Errors
/// Of the database or the cryptographic library.
pub async fn ensure_node_actor(node: &Node) -> Result<Account> {
    let uri = node.urls.node_actor();
    let found = node
        .db
        .read(move |conn| store::accounts::find_by_uri(conn, &uri))
        .await?;
    if let Some(account) = found {
        let id = account.id;
        node.db.write(move |tx| keys::complete(tx, &[id])).await?;
        return Ok(account);
    }
    let pairs = keys::make().await?;
    let urls = node.urls.clone();
    node.db
        .write(move |tx| {
            // Another process on the same database may have been faster.
            if let Some(account) = store::accounts::find_by_uri(tx, &urls.node_actor())? {
                return Ok(account);
            }
            let account = node_actor(AccountId(tx.new_id()), tx.now(), &urls);
            store::accounts::insert(tx, &account)?;
            keys::insert(tx, &account, &pairs)?;
            Ok(account)
        })
        .await
}

/// The row of the node's own actor. Nobody follows it, so it has no collections but its boxes.
fn node_actor(id: AccountId, now: i64, urls: &Urls) -> Account {
    let uri = urls.node_actor();
    Account {
        handle: urls.authority().to_lowercase(),
        url: urls.at("/"),
        kind: AccountKind::Application,
        locked: true,
        discoverable: Some(false),
        hides_collections: true,
        inbox_url: format!("{uri}/inbox"),
        outbox_url: Some(format!("{uri}/outbox")),
        followers_url: None,
        following_url: None,
        featured_url: None,
        uri,
        ..users::new_account(id, now, urls, urls.authority())
    }
}

/// A new link on which the first visitor creates the owner's account; the links before it end. None once the
/// node has a user.
///
/// # Errors
/// Only of the database.
pub async fn new_owner_link(node: &Node) -> Result<Option<String>> {
    let secret = random::token();
    let url = node.urls.at(&format!("/setup?token={secret}"));
    let digest = sha256_hex(secret.as_bytes());
    let is_offered = node
        .db
        .write(move |tx| {
            if store::users::count(tx)? > 0 {
                store::settings::delete(tx, LINK)?;
                return Ok(false);
            }
            store::settings::set(tx, LINK, &digest)?;
            Ok(true)
        })
        .await
        .map_err(Error::Internal)?;
    Ok(is_offered.then_some(url))
}

/// Whether this is the secret of the node's one-time link and the link still counts.
///
/// # Errors
/// Only of the database.
pub async fn is_owner_link(node: &Node, secret: &str) -> Result<bool> {
    let digest = sha256_hex(secret.as_bytes());
    node.db
        .read(move |conn| is_current(conn, &digest))
        .await
        .map_err(Error::Internal)
}

fn is_current(conn: &mut Conn, digest: &str) -> store::QueryResult<bool> {
    let kept = store::settings::find(conn, LINK)?;
    let matches = kept.is_some_and(|kept| is_equal(kept, digest));
    Ok(matches && store::users::count(conn)? == 0)
}

/// What the first visitor enters.
#[derive(Clone, Debug)]
pub struct NewOwner {
    /// The name that they want.
    pub username: String,
    /// Where they get mail.
    pub email: String,
    /// Their password.
    pub password: Secret<String>,
    /// The language of their pages.
    pub locale: String,
}

impl NewOwner {
    /// The account that this makes.
    #[must_use]
    pub fn into_new_user(self) -> NewUser {
        NewUser {
            username: self.username,
            email: self.email,
            password: self.password,
            role: Role::Owner,
            is_confirmed: true,
            is_approved: true,
            reason: None,
            locale: self.locale,
        }
    }
}

/// Creates the owner's account and ends the one-time link.
///
/// # Errors
/// [`Error::NotFound`] when the link does not count any more, [`Error::Invalid`] when a name, address or
/// password is refused.
pub async fn create_owner(node: &Node, secret: &str, owner: NewOwner) -> Result<Account> {
    if !is_owner_link(node, secret).await? {
        return Err(Error::NotFound);
    }
    let new = owner.into_new_user();
    users::check(node, &new).await?;
    let prepared = users::prepare(new).await?;
    let (urls, digest) = (node.urls.clone(), sha256_hex(secret.as_bytes()));
    node.db
        .write(move |tx: &mut Tx| {
            if !is_current(tx, &digest)? {
                return Err(Error::NotFound);
            }
            store::settings::delete(tx, LINK)?;
            users::insert(tx, &urls, &prepared)
        })
        .await
}
