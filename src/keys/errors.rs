//! Why the key of an actor cannot be used.

use std::fmt;

/// Smallest accepted RSA key in bits; smaller ones can be broken.
pub(super) const SMALLEST_BITS: usize = 2_048;
/// Largest accepted RSA key in bits; larger ones cost too much to check.
pub(super) const LARGEST_BITS: usize = 8_192;

/// Why a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The text is longer than any accepted key.
    TooLong,
    /// The text holds no PEM block.
    NotPem,
    /// The PEM block is of another kind than the one asked for.
    OtherKind,
    /// The block's bytes are no RSA key.
    NotRsa,
    /// The block's bytes are no Ed25519 key.
    NotEd25519,
    /// The key has fewer than [`SMALLEST_BITS`] bits.
    TooSmall(usize),
    /// The key has more than [`LARGEST_BITS`] bits.
    TooLarge(usize),
    /// The cryptographic library refused to make a key or a signature.
    Failed,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the key's text is too long"),
            Self::NotPem => f.write_str("the key is not in PEM form"),
            Self::OtherKind => f.write_str("the PEM block is not of the kind of key needed here"),
            Self::NotRsa => f.write_str("the key is not a readable RSA key"),
            Self::NotEd25519 => f.write_str("the key is not a readable Ed25519 key"),
            Self::TooSmall(bits) => {
                write!(
                    f,
                    "the key has {bits} bits, at least {SMALLEST_BITS} are needed"
                )
            }
            Self::TooLarge(bits) => {
                write!(
                    f,
                    "the key has {bits} bits, at most {LARGEST_BITS} are accepted"
                )
            }
            Self::Failed => f.write_str("the cryptographic library failed"),
        }
    }
}

impl std::error::Error for KeyError {}
