//! Hashing and checking passwords without holding up the threads that serve requests.
//!
//! What a hash is stands in [`crate::keys::passwords`]; which passwords are accepted, in `users/checks.rs`.

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::{Error, Result};
use crate::keys::passwords::{self, PasswordError};
use crate::keys::{KeyPairPem, Secret, rsa};

/// How many hashes are computed at a time in this process: each fills 19 MiB, and attempts to sign in come
/// from anybody.
static SEATS: Semaphore = Semaphore::const_new(4);

/// Hashes a new password.
///
/// # Errors
/// [`Error::Invalid`] when the password is too long, [`Error::Broken`] when hashing fails.
pub async fn hash(password: Secret<String>) -> Result<String> {
    compute(move || passwords::hash(password.expose()))
        .await?
        .map_err(to_error)
}

/// Whether a password is the one whose hash is `stored`; costs as much when nothing is stored.
///
/// # Errors
/// [`Error::Broken`] when hashing fails or the stored hash is not readable.
pub async fn verify(password: Secret<String>, stored: Option<String>) -> Result<bool> {
    compute(move || {
        let Some(stored) = stored else {
            passwords::verify_absent(password.expose());
            return Ok(false);
        };
        passwords::verify(password.expose(), &stored)
    })
    .await?
    .map_err(to_error)
}

/// Makes the RSA key pair of a new actor.
///
/// # Errors
/// [`Error::Broken`] when the cryptographic library fails.
pub(super) async fn key_pair() -> Result<KeyPairPem> {
    compute(rsa::generate)
        .await?
        .map_err(|error| Error::Broken(error.to_string()))
}

/// Runs a computation of tens of milliseconds on a thread that may be kept busy.
async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let seat = SEATS.acquire().await;
    let done = spawn_blocking(work).await;
    drop(seat);
    done.map_err(|error| Error::Broken(error.to_string()))
}

fn to_error(error: PasswordError) -> Error {
    match error {
        PasswordError::TooLong => Error::invalid(format!(
            "A password has at most {} bytes",
            passwords::LONGEST
        )),
        PasswordError::Unreadable | PasswordError::Failed => Error::Broken(error.to_string()),
    }
}
