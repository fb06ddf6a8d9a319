//! Who signs for a local account: its key id with the parsed private key. Keys are parsed once and kept, in bounded
//! number; rows are read each time, which costs microseconds and never serves a replaced key.

use std::fmt;
use std::sync::LazyLock;

use super::signatures::caches::SigningKeys;
use super::signatures::sign::SigningIdentity;
use crate::id::AccountId;
use crate::keys::{KeyError, Secret};
use crate::store::{Conn, KeyAlgorithm, QueryResult, keys};

/// Found by key id and text together, so that nodes in one process never get each other's keys.
static PARSED: LazyLock<SigningKeys> = LazyLock::new(SigningKeys::default);

/// Why nobody can sign for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoIdentity {
    /// The account has no private key here.
    Absent,
    /// Its private key cannot be used.
    Unusable(KeyError),
}

impl fmt::Display for NoIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("the account has no private key here"),
            Self::Unusable(cause) => write!(f, "the account's private key is unusable: {cause}"),
        }
    }
}

impl std::error::Error for NoIdentity {}

/// The newest RSA key with which a local account signs: every server understands it.
///
/// # Errors
/// Outside, whatever the database says; inside, why nobody can sign for the account.
pub fn find(
    conn: &mut Conn,
    account: AccountId,
) -> QueryResult<Result<SigningIdentity, NoIdentity>> {
    find_of(conn, account, KeyAlgorithm::Rsa)
}

/// The newest key of a sort with which a local account signs.
///
/// # Errors
/// As [`find`].
pub fn find_of(
    conn: &mut Conn,
    account: AccountId,
    algorithm: KeyAlgorithm,
) -> QueryResult<Result<SigningIdentity, NoIdentity>> {
    let newest = keys::find_newest(conn, account, algorithm)?;
    let newest = newest.and_then(|key| Some((key.key_id, key.private_pem?)));
    let Some((key_id, pem)) = newest else {
        return Ok(Err(NoIdentity::Absent));
    };
    let parsed = PARSED.parse(&key_id, &Secret::new(pem));
    Ok(parsed
        .map(|key| SigningIdentity { key_id, key })
        .map_err(NoIdentity::Unusable))
}
