//! Randomness: the only place that asks the operating system's generator for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::digests::to_hex;

/// Random bytes in a token; 256 bits cannot be guessed.
const TOKEN_BYTES: usize = 32;
/// Random bytes in a name of a file; 128 bits cannot be guessed or met by chance.
const NAME_BYTES: usize = 16;

/// `N` random bytes.
///
/// A computer that has no randomness cannot keep any promise of this program, so the process ends there.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the only place that asks for randomness"
)]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut filled = [0; N];
    if aws_lc_rs::rand::fill(&mut filled).is_err() {
        tracing::error!("the operating system gives no random bytes");
        std::process::abort();
    }
    filled
}

/// A new secret for an access token, a code or a session: 32 random bytes as 43 characters of base64url.
#[must_use]
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<TOKEN_BYTES>())
}

/// A new name that nobody can guess, for a file that is public to whoever knows it: 32 hexadecimal digits.
#[must_use]
pub fn hex_name() -> String {
    to_hex(&bytes::<NAME_BYTES>())
}

/// A number from 0 to `bound - 1`, each equally likely; 0 when `bound` is 0 or 1.
#[must_use]
pub fn below(bound: u64) -> u64 {
    if bound <= 1 {
        return 0;
    }
    // The first numbers of the range are redrawn, so that what is left divides evenly.
    let uneven = bound.wrapping_neg() % bound;
    loop {
        let drawn = u64::from_ne_bytes(bytes());
        if drawn >= uneven {
            return drawn % bound;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn tokens_are_long_plain_and_new_each_time() {
        let made: HashSet<String> = (0..100).map(|_| token()).collect();
        assert_eq!(made.len(), 100);
        for token in made {
            assert_eq!(token.len(), 43);
            assert!(
                token
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            );
        }
    }

    #[test]
    fn names_are_hexadecimal_and_new_each_time() {
        let (a, b) = (hex_name(), hex_name());
        assert_ne!(a, b);
        assert_eq!(a.len(), 32);
        assert!(a.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn numbers_stay_below_the_bound_and_reach_each_value() {
        assert_eq!((below(0), below(1)), (0, 0));
        let seen: HashSet<u64> = (0..1_000).map(|_| below(6)).collect();
        assert_eq!(seen, (0..6).collect());
        assert!(below(u64::MAX) < u64::MAX);
    }
}
