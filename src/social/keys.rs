//! The keys of local actors: an RSA key, which every server understands, and an Ed25519 key beside it.

use super::{Error, Result, passwords};
use crate::id::AccountId;
use crate::keys::{KeyPairPem, ed25519};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::jobs::Job;
use crate::store::keys::Key;
use crate::store::{self, KeyAlgorithm, QueryResult, Tx};

/// The instant of Ed25519 keys: the binary before there were several sorts of keys takes the newest key of an account for
/// everything, which must remain the RSA key.
const BEFORE_ALL: i64 = 0;
/// Accounts that are looked at in one write.
const AT_ONCE: i64 = 500;

/// The key pairs of a new actor.
pub(super) struct Pairs {
    rsa: KeyPairPem,
    ed25519: KeyPairPem,
}

/// Makes the key pairs of a new actor, which takes around 0.1 s.
///
/// # Errors
/// [`Error::Broken`] when the cryptographic library fails.
pub(super) async fn make() -> Result<Pairs> {
    Ok(Pairs {
        rsa: passwords::key_pair().await?,
        ed25519: make_ed25519()?,
    })
}

fn make_ed25519() -> Result<KeyPairPem> {
    ed25519::generate().map_err(|error| Error::Broken(error.to_string()))
}

/// Writes the key pairs of a new local actor.
pub(super) fn insert(tx: &mut Tx, account: &Account, pairs: &Pairs) -> QueryResult<()> {
    insert_pair(tx, account, KeyAlgorithm::Rsa, &pairs.rsa)?;
    insert_pair(tx, account, KeyAlgorithm::Ed25519, &pairs.ed25519)
}

fn insert_pair(
    tx: &mut Tx,
    account: &Account,
    algorithm: KeyAlgorithm,
    pair: &KeyPairPem,
) -> QueryResult<()> {
    let (name, created_at) = match algorithm {
        KeyAlgorithm::Rsa => ("main-key", tx.now()),
        KeyAlgorithm::Ed25519 => ("ed25519-key", BEFORE_ALL),
    };
    store::keys::insert(
        tx,
        &Key {
            key_id: format!("{}#{name}", account.uri),
            account_id: account.id,
            public_pem: pair.public.clone(),
            private_pem: Some(pair.private.expose().clone()),
            created_at,
            algorithm,
        },
    )
}

/// Makes the Ed25519 keys that these local accounts lack.
///
/// # Errors
/// Of the database or the cryptographic library.
pub(super) fn complete(tx: &mut Tx, accounts: &[AccountId]) -> Result<()> {
    let have = store::keys::list_owners(tx, accounts, KeyAlgorithm::Ed25519)?;
    let lack: Vec<AccountId> = accounts
        .iter()
        .copied()
        .filter(|account| !have.contains(account))
        .collect();
    for account in store::accounts::list(tx, &lack)? {
        insert_pair(tx, &account, KeyAlgorithm::Ed25519, &make_ed25519()?)?;
    }
    Ok(())
}

/// Makes the keys that some hundred local accounts after this one lack, and queues itself for those that are left.
///
/// # Errors
/// Of the database or the cryptographic library.
pub async fn make_missing(node: &Node, after: AccountId) -> Result<()> {
    node.db
        .write_later(move |tx| {
            let accounts = store::users::list_after(tx, after, AT_ONCE)?;
            complete(tx, &accounts)?;
            if let Some(last) = accounts.last() {
                tx.queue(&Job::MakeKeys { after: *last })?;
            }
            Ok(())
        })
        .await
}
