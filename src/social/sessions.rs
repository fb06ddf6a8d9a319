//! Browser sessions: a secret in a cookie, its digest in a row. Sessions end 30 days after signing in.

use super::users::{self, Person};
use super::{Error, Result};
use crate::clock::DAY;
use crate::id::{AccountId, SessionId};
use crate::keys::digests::sha256_hex;
use crate::keys::{Secret, random};
use crate::node::Node;
use crate::store;
use crate::store::sessions::Session;

/// How long a session lasts, in milliseconds.
pub const LIFETIME: i64 = 30 * DAY;

/// A session and whose it is.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Who is signed in.
    pub person: Person,
}

/// Begins a session with a new secret; the session `old`, if the browser had one, ends.
///
/// # Errors
/// Only of the database.
pub async fn begin(
    node: &Node,
    account: AccountId,
    old: Option<SessionId>,
) -> Result<Secret<String>> {
    let secret = random::token();
    let digest = sha256_hex(secret.as_bytes());
    node.db
        .write(move |tx| {
            let now = tx.now();
            store::sessions::delete_ended(tx, now)?;
            if let Some(old) = old {
                store::sessions::delete(tx, old)?;
            }
            let session = Session {
                id: SessionId(tx.new_id()),
                digest,
                account_id: account,
                csrf: random::token(),
                created_at: now,
                expires_at: now + LIFETIME,
            };
            store::sessions::insert(tx, &session)
        })
        .await
        .map_err(Error::Internal)?;
    Ok(Secret::new(secret))
}

/// The session with this secret, unless it has ended or its person may not use the node at present.
///
/// # Errors
/// Only of the database.
pub async fn find(node: &Node, secret: &str) -> Result<Option<SignedIn>> {
    let digest = sha256_hex(secret.as_bytes());
    let now = node.clock.now();
    let found = node
        .db
        .read(move |conn| {
            let Some(session) = store::sessions::find(conn, &digest, now)? else {
                return Ok(None);
            };
            let person = users::load(conn, session.account_id)?;
            Ok(person.map(|person| SignedIn { session, person }))
        })
        .await
        .map_err(Error::Internal)?;
    Ok(found.filter(|signed_in| users::check_active(&signed_in.person).is_ok()))
}

/// Ends a session.
///
/// # Errors
/// Only of the database.
pub async fn end(node: &Node, id: SessionId) -> Result<()> {
    node.db
        .write(move |tx| store::sessions::delete(tx, id))
        .await
        .map_err(Error::Internal)
}
