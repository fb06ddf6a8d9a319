//! The node's key for Web Push: made once, the same for ever and in every process. Browsers bind subscriptions to it.

use crate::keys::ecdsa::{self, SigningKey};
use crate::node::Node;
use crate::social::{Error, Result};
use crate::store::{self, Conn, Tx};

/// The setting that keeps the private key.
const KEY: &str = "push_key";

/// The node's key, which is made if there is none.
///
/// # Errors
/// Of the database or the cryptographic library.
pub async fn ensure(node: &Node) -> Result<SigningKey> {
    if let Some(key) = node.db.read(find).await? {
        return Ok(key);
    }
    let new = ecdsa::generate().map_err(broken)?;
    let write = move |tx: &mut Tx| store::settings::set_once(tx, KEY, new.expose());
    let kept = node.db.write(write).await?;
    SigningKey::from_text(&kept).map_err(broken)
}

/// The public key, as clients give it to browsers.
///
/// # Errors
/// Of the database or the cryptographic library.
pub async fn ensure_public(node: &Node) -> Result<String> {
    Ok(ensure(node).await?.public_text())
}

/// The node's key if it has been made.
///
/// # Errors
/// Of the database, or that the kept key cannot be read.
pub(super) fn find(conn: &mut Conn) -> Result<Option<SigningKey>> {
    let kept = store::settings::find(conn, KEY)?;
    let read = kept.map(|text| SigningKey::from_text(&text)).transpose();
    read.map_err(broken)
}

pub(super) fn broken(cause: impl std::fmt::Display) -> Error {
    Error::Broken(format!("the key for Web Push: {cause}"))
}
