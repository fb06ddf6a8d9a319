//! Passwords as Argon2id hashes in PHC form (`$argon2id$v=19$m=19456,t=2,p=1$...`).
//!
//! Hashing takes tens of milliseconds of a core and 19 MiB on purpose: call it where waiting is allowed,
//! never on a thread that serves requests.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9106>

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use super::random;

/// Memory that one hash fills, in KiB.
pub const MEMORY_KIB: u32 = 19 * 1_024;
/// How often that memory is gone through.
pub const PASSES: u32 = 2;
/// Lanes computed side by side.
pub const LANES: u32 = 1;
/// Longest accepted password in bytes; longer input is refused before any work.
pub const LONGEST: usize = 1_024;

/// Bytes of salt of each hash.
const SALT_BYTES: usize = 16;
/// Bytes of an Argon2 result.
const HASH_BYTES: usize = 32;

/// Why a password could not be hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// The password is longer than [`LONGEST`] bytes.
    TooLong,
    /// The stored text is not an Argon2 hash.
    Unreadable,
    /// The hashing library failed, as for want of memory.
    Failed,
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "a password has at most {LONGEST} bytes"),
            Self::Unreadable => f.write_str("the stored password hash is not readable"),
            Self::Failed => f.write_str("the password could not be hashed"),
        }
    }
}

impl std::error::Error for PasswordError {}

/// Hashes a new password with a salt of its own; all bytes of the password count.
///
/// # Errors
/// When the password is longer than [`LONGEST`] bytes or the hash cannot be made.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    if password.len() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let salt = random::bytes::<SALT_BYTES>();
    let made: PasswordHash = hasher()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|_| PasswordError::Failed)?;
    Ok(made.to_string())
}

/// Whether a password is the one that was hashed; compared in constant time.
///
/// A password longer than [`LONGEST`] bytes is never the one.
///
/// # Errors
/// When the stored text is no Argon2 hash or the hash cannot be made.
pub fn verify(password: &str, stored: &str) -> Result<bool, PasswordError> {
    if password.len() > LONGEST {
        return Ok(false);
    }
    let stored = PasswordHash::new(stored).map_err(|_| PasswordError::Unreadable)?;
    match hasher()?.verify_password(password.as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(Error::OutOfMemory | Error::Crypto) => Err(PasswordError::Failed),
        Err(_) => Err(PasswordError::Unreadable),
    }
}

/// Takes as long as [`verify`] does for a real account, for sign-ins whose account does not exist.
///
/// Without it the time of the answer would tell who has an account.
pub fn verify_absent(password: &str) {
    if password.len() > LONGEST {
        return;
    }
    let mut out = [0; HASH_BYTES];
    if let Ok(hasher) = hasher() {
        // There is nothing to compare with, so neither result nor failure matters.
        let _ = hasher.hash_password_into(password.as_bytes(), &[0; SALT_BYTES], &mut out);
    }
    std::hint::black_box(out);
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES))
        .map_err(|_| PasswordError::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g17_passwords_are_argon2id_of_the_stated_cost() {
        let (a, b) = (
            hash("correct horse").unwrap(),
            hash("correct horse").unwrap(),
        );
        assert!(a.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{a}");
        assert_ne!(a, b, "each hash has its own salt");
        assert_eq!(verify("correct horse", &a), Ok(true));
        assert_eq!(verify("Correct horse", &a), Ok(false));
        assert_eq!(verify("", &a), Ok(false));
    }

    #[test]
    fn g17_long_passwords_differ_in_their_last_byte() {
        let stored = hash(&format!("{}a", "x".repeat(127))).unwrap();
        assert_eq!(verify(&format!("{}a", "x".repeat(127)), &stored), Ok(true));
        assert_eq!(verify(&format!("{}b", "x".repeat(127)), &stored), Ok(false));
        assert_eq!(verify(&"x".repeat(127), &stored), Ok(false));
    }

    #[test]
    fn g17_oversize_passwords_are_refused_before_any_work() {
        let huge = "x".repeat(1_000_000);
        assert_eq!(hash(&huge), Err(PasswordError::TooLong));
        assert_eq!(hash(&"x".repeat(LONGEST + 1)), Err(PasswordError::TooLong));
        // The stored text is not even looked at.
        assert_eq!(verify(&huge, "no hash"), Ok(false));
        verify_absent(&huge);
    }

    #[test]
    fn broken_hashes_are_errors_and_no_mismatch() {
        for stored in [
            "",
            "plain",
            "$2b$12$abc",
            "$argon2id$v=19$m=19456,t=2,p=1$",
            "$argon2id$",
        ] {
            assert_eq!(
                verify("password", stored),
                Err(PasswordError::Unreadable),
                "{stored}"
            );
        }
    }

    #[test]
    fn hashes_made_elsewhere_with_another_cost_still_verify() {
        // A vector of the reference implementation: argon2id, m = 256 KiB, t = 2, "password", "somesalt".
        let stored =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert_eq!(verify("password", stored), Ok(true));
        assert_eq!(verify("passwort", stored), Ok(false));
    }
}
