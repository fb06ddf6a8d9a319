//! The header by which a server says who of its actor's followers live on another, and the digest in it.
//!
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/8fcf/fep-8fcf.md>.

use super::origins::{is_same_origin, is_usable};
use crate::keys::digests::{sha256, to_hex};

/// The name of the header, in lower case.
pub const HEADER: &str = "collection-synchronization";
/// The longest header that is looked at, in bytes.
const LONGEST: usize = 4_096;

/// What an actor says of its followers here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncClaim {
    /// Where they are listed.
    pub url: String,
    /// Their digest, as 64 hexadecimal digits in lower case.
    pub digest: String,
}

/// The digest of a list of ids, whatever its order: the exclusive or of their SHA-256 hashes, as hexadecimal digits.
#[must_use]
pub fn digest<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = [0_u8; 32];
    for id in ids {
        for (byte, more) in all.iter_mut().zip(sha256(id.as_bytes())) {
            *byte ^= more;
        }
    }
    to_hex(&all)
}

/// The header's value.
#[must_use]
pub fn build(followers: &str, claim: &SyncClaim) -> String {
    let SyncClaim { url, digest } = claim;
    format!(r#"collectionId="{followers}", url="{url}", digest="{digest}""#)
}

/// What the header says, if it is about the followers of this actor and leads to the actor's own server.
#[must_use]
pub fn read(value: &str, actor: &str, followers: &str) -> Option<SyncClaim> {
    if value.len() > LONGEST {
        return None;
    }
    let (mut collection, mut url, mut digest) = (None, None, None);
    let mut rest = value.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let (text, after) = after.trim_start().strip_prefix('"')?.split_once('"')?;
        let place = match name.trim() {
            "collectionId" => Some(&mut collection),
            "url" => Some(&mut url),
            "digest" => Some(&mut digest),
            _ => None,
        };
        // A parameter that is given twice says two things.
        if place.is_some_and(|place| place.replace(text).is_some()) {
            return None;
        }
        rest = after.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    let (url, digest) = (url?, digest?.to_ascii_lowercase());
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_theirs = collection? == followers && is_usable(url) && is_same_origin(url, actor);
    (is_digest && is_theirs).then(|| SyncClaim {
        url: url.to_owned(),
        digest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: &str = "https://a.example/users/ann";
    const FOLLOWERS: &str = "https://a.example/users/ann/followers";
    const LIST: &str = "https://a.example/users/ann/followers_synchronization";

    #[test]
    fn the_digest_does_not_depend_on_the_order() {
        let (a, b) = ("https://b.example/users/ben", "https://b.example/users/cat");
        assert_eq!(digest([a, b]), digest([b, a]));
        assert_ne!(digest([a]), digest([b]));
        assert_eq!(digest([]), "0".repeat(64));
        // The example of the proposal.
        assert_eq!(
            digest([
                "https://testing.example.org/users/1",
                "https://testing.example.org/users/2"
            ]),
            "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"
        );
    }

    #[test]
    fn a_header_is_read_as_it_is_built() {
        let claim = SyncClaim {
            url: LIST.to_owned(),
            digest: digest([ANN]),
        };
        let built = build(FOLLOWERS, &claim);
        assert_eq!(read(&built, ANN, FOLLOWERS), Some(claim.clone()));
        let digest = claim.digest.to_ascii_uppercase();
        let other = format!(r#"digest="{digest}",url="{LIST}" , x="1",collectionId="{FOLLOWERS}""#);
        assert_eq!(read(&other, ANN, FOLLOWERS), Some(claim));
    }

    #[test]
    fn what_is_not_the_actors_own_is_not_read() {
        let hash = "0".repeat(64);
        let good = |changes: &str| changes.replace("HASH", &hash);
        for header in [
            r#"collectionId="https://a.example/users/bob/followers", url="https://a.example/x", digest="HASH""#,
            r#"collectionId="https://a.example/users/ann/followers", url="https://evil.example/x", digest="HASH""#,
            r#"collectionId="https://a.example/users/ann/followers", url="nonsense", digest="HASH""#,
            r#"collectionId="https://a.example/users/ann/followers", url="https://a.example/x", digest="12""#,
            r#"collectionId="https://a.example/users/ann/followers", url="https://a.example/x""#,
            r#"url="https://a.example/x", url="https://a.example/y", collectionId="https://a.example/users/ann/followers", digest="HASH""#,
            r#"collectionId="https://a.example/users/ann/followers" url="https://a.example/x", digest="HASH""#,
            "collectionId",
            "",
        ] {
            assert_eq!(read(&good(header), ANN, FOLLOWERS), None, "{header}");
        }
        let long = format!(r#"x="{}""#, "y".repeat(LONGEST));
        assert_eq!(read(&long, ANN, FOLLOWERS), None);
    }
}
