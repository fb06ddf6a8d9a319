//! Access tokens: giving them, recognising them, taking them back. The database keeps digests only.
//!
//! Tokens do not end by themselves. A token that was given cannot be shown again, so an application that asks
//! twice for the same gets two tokens.
//!
//! Source: <https://docs.joinmastodon.org/methods/oauth/>

use std::collections::HashSet;

use super::scopes::Scopes;
use super::users::{self, Person};
use super::{Error, Result, applications, redirect_uris};
use crate::clock::midnight;
use crate::id::{AccountId, ApplicationId, TokenId};
use crate::keys::digests::sha256_hex;
use crate::keys::{Secret, random};
use crate::node::Node;
use crate::store::applications::Application;
use crate::store::tokens::{Holding, Token};
use crate::store::{self, Conn, QueryResult, Tx};

/// A fresh token, which is shown once and not kept.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Its row.
    pub token: Token,
    /// The token itself.
    pub secret: Secret<String>,
}

/// What a request's token turned out to be.
#[derive(Clone, Debug)]
pub enum Presented {
    /// Nobody knows it.
    Unknown,
    /// It was valid once.
    Revoked,
    /// It is valid.
    Valid(Box<Viewer>),
}

/// Who asks: an application, mostly on behalf of a person.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The token.
    pub token_id: TokenId,
    /// What it was given to.
    pub application_id: ApplicationId,
    /// What it may do.
    pub scopes: Scopes,
    /// For whom; none for an application by itself.
    pub person: Option<Person>,
}

/// What a token is, and notes once a day that it was used. Whether its person may use the node at present is
/// another question: [`users::check_active`].
///
/// # Errors
/// Only of the database.
pub async fn find_viewer(node: &Node, token: &str) -> Result<Presented> {
    let digest = sha256_hex(token.as_bytes());
    let today = midnight(node.clock.now());
    let (presented, is_first_today) = node
        .db
        .read(move |conn| {
            let Some(row) = store::tokens::find_by_digest(conn, &digest)? else {
                return Ok((Presented::Unknown, false));
            };
            let is_first_today = row.last_used_at.is_none_or(|used| used < today);
            load(conn, &row).map(|presented| (presented, is_first_today))
        })
        .await
        .map_err(Error::Internal)?;
    if let Presented::Valid(viewer) = &presented
        && is_first_today
    {
        note_use(node, viewer, today).await?;
    }
    Ok(presented)
}

/// The valid token of a digest, or why it is none.
fn load(conn: &mut Conn, row: &Token) -> QueryResult<Presented> {
    if row.revoked_at.is_some() {
        return Ok(Presented::Revoked);
    }
    let person = match row.account_id {
        None => None,
        Some(id) => match users::load(conn, id)? {
            Some(person) => Some(person),
            None => return Ok(Presented::Revoked),
        },
    };
    Ok(Presented::Valid(Box::new(Viewer {
        token_id: row.id,
        application_id: row.application_id,
        scopes: Scopes::stored(&row.scopes),
        person,
    })))
}

/// Which of these tokens open nothing any more: void, gone, or of somebody who may not use the node at present.
///
/// # Errors
/// Whatever the database says.
pub fn list_void(conn: &mut Conn, ids: &[TokenId]) -> QueryResult<Vec<TokenId>> {
    let good: HashSet<TokenId> = store::tokens::list_holdings(conn, ids)?
        .into_iter()
        .filter(|held| held.revoked_at.is_none() && is_active(held))
        .map(|held| held.token_id)
        .collect();
    let void = ids.iter().filter(|id| !good.contains(id));
    Ok(void.copied().collect())
}

/// What [`users::check_active`] says of the person, from these few columns.
fn is_active(held: &Holding) -> bool {
    held.disabled_at.is_none()
        && held.suspended_at.is_none()
        && held.confirmed_at.is_some()
        && held.approved_at.is_some()
}

async fn note_use(node: &Node, viewer: &Viewer, today: i64) -> Result<()> {
    let token = viewer.token_id;
    let account = viewer.person.as_ref().map(|person| person.account.id);
    node.db
        .write(move |tx| {
            store::tokens::touch(tx, token, today)?;
            match account {
                Some(account) => {
                    store::visitors::note_day(tx, account, today)?;
                    store::users::touch(tx, account, today)
                }
                None => Ok(()),
            }
        })
        .await
        .map_err(Error::Internal)
}

/// Gives a token inside a write.
pub(super) fn issue(
    tx: &mut Tx,
    application: ApplicationId,
    account: Option<AccountId>,
    scopes: &Scopes,
) -> QueryResult<Issued> {
    let secret = random::token();
    let token = Token {
        id: TokenId(tx.new_id()),
        digest: sha256_hex(secret.as_bytes()),
        application_id: application,
        account_id: account,
        scopes: scopes.to_string(),
        created_at: tx.now(),
        last_used_at: None,
        revoked_at: None,
    };
    store::tokens::insert(tx, &token)?;
    Ok(Issued {
        token,
        secret: Secret::new(secret),
    })
}

/// Gives an application a token of its own, which acts for nobody.
///
/// # Errors
/// [`Error::Invalid`] when it asks for more than it registered for.
pub async fn issue_to_application(
    node: &Node,
    application: &Application,
    scopes: Scopes,
) -> Result<Issued> {
    if !Scopes::stored(&application.scopes).covers_all(&scopes) {
        return Err(Error::invalid(
            "The application did not register for all of these scopes",
        ));
    }
    let id = application.id;
    node.db
        .write(move |tx| issue(tx, id, None, &scopes))
        .await
        .map_err(Error::Internal)
}

/// Gives a person a token without a browser, for scripts and bots; it belongs to a new application `name`.
///
/// # Errors
/// [`Error::Invalid`] for unknown scopes or a name that no application may have.
pub async fn create_for(
    node: &Node,
    account: AccountId,
    name: &str,
    scopes: &str,
) -> Result<Issued> {
    let new = applications::NewApplication {
        name: name.to_owned(),
        website: None,
        redirect_uris: vec![redirect_uris::OUT_OF_BAND.to_owned()],
        scopes: scopes.to_owned(),
    };
    let scopes = Scopes::parse(scopes)?;
    if users::find_by_id(node, account).await?.is_none() {
        return Err(Error::NotFound);
    }
    let application = applications::register(node, new).await?.application;
    node.db
        .write(move |tx| issue(tx, application.id, Some(account), &scopes))
        .await
        .map_err(Error::Internal)
}

/// Takes back a token of `application`; a token that is void or unknown is no error.
///
/// # Errors
/// [`Error::Forbidden`] when the token belongs to another application.
pub async fn revoke(node: &Node, application: ApplicationId, token: &str) -> Result<()> {
    let digest = sha256_hex(token.as_bytes());
    node.db
        .write(move |tx| {
            let Some(row) = store::tokens::find_by_digest(tx, &digest)? else {
                return Ok(());
            };
            if row.application_id != application {
                return Err(Error::forbidden(
                    "You are not authorized to revoke this token",
                ));
            }
            store::tokens::revoke(tx, row.id)?;
            Ok(())
        })
        .await
}

/// Takes back a token by itself, for operators; tells whether it was valid.
///
/// # Errors
/// Only of the database.
pub async fn revoke_by_secret(node: &Node, token: &str) -> Result<bool> {
    let digest = sha256_hex(token.as_bytes());
    node.db
        .write(
            move |tx| match store::tokens::find_by_digest(tx, &digest)? {
                Some(row) => store::tokens::revoke(tx, row.id),
                None => Ok(false),
            },
        )
        .await
        .map_err(Error::Internal)
}

/// An application that may act for a person.
#[derive(Clone, Debug)]
pub struct Connected {
    /// The application.
    pub application: Application,
    /// What its tokens may do together.
    pub scopes: Vec<String>,
    /// When it first got a token that is still valid, in milliseconds.
    pub since: i64,
    /// The day of its last use, in milliseconds.
    pub last_used_at: Option<i64>,
}

/// The applications that may act for this account, the newest access first.
///
/// # Errors
/// Only of the database.
pub async fn list_connected(node: &Node, account: AccountId) -> Result<Vec<Connected>> {
    node.db
        .read(move |conn| {
            let tokens = store::tokens::list_valid(conn, account)?;
            let ids: Vec<ApplicationId> = tokens.iter().map(|token| token.application_id).collect();
            let applications = store::applications::list(conn, &ids)?;
            Ok(connect(&tokens, applications))
        })
        .await
        .map_err(Error::Internal)
}

/// Puts each application together with its tokens, which come newest first.
fn connect(tokens: &[Token], applications: Vec<Application>) -> Vec<Connected> {
    let mut connected: Vec<Connected> = applications
        .into_iter()
        .map(|application| Connected {
            application,
            scopes: Vec::new(),
            since: i64::MAX,
            last_used_at: None,
        })
        .collect();
    for token in tokens {
        let found = connected
            .iter_mut()
            .find(|one| one.application.id == token.application_id);
        let Some(one) = found else { continue };
        for scope in Scopes::stored(&token.scopes).iter() {
            if !one.scopes.iter().any(|known| known == scope) {
                one.scopes.push(scope.to_owned());
            }
        }
        one.since = one.since.min(token.created_at);
        one.last_used_at = one.last_used_at.max(token.last_used_at);
    }
    connected.sort_by_key(|one| std::cmp::Reverse(one.since));
    connected
}

/// Takes an application's access to an account away.
///
/// # Errors
/// Only of the database.
pub async fn disconnect(node: &Node, account: AccountId, application: ApplicationId) -> Result<()> {
    node.db
        .write(move |tx| store::tokens::revoke_application(tx, account, application))
        .await
        .map_err(Error::Internal)
}
