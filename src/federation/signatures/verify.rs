//! What a signed request must show before it is believed: by either standard, and the strict half of draft-cavage.
//!
//! Two steps: [`check`] does everything that needs no key and costs little (so that junk is refused before any key is
//! looked up or fetched) and names the key; [`Unverified::verify`] then checks the signature itself.
//!
//! The policy:
//! - covered must be `(request-target)`, `host`, `date` or `(created)`, and `digest` unless the method is GET or HEAD;
//! - `Host` must be our own configured authority, never what a proxy claims;
//! - every instant given must be in range, see [`instants`];
//! - every SHA-256 in `Digest` must be that of the body;
//! - the algorithm is that of the key; the header may only name one that fits.
//!
//! What is signed by RFC 9421 is judged by [`policy`].
//!
//! Some peers leave the query out of `(request-target)`, so the text is tried with and without it.
//!
//! Source: <https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12#section-2.5>

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_signatures::{Config, PrepareVerifyError};

use super::instants;
use super::messages::policy;
use super::parse::{self, Malformed, SignatureHeader};
use super::refusals::Refusal;
use super::requests::SignedRequest;
use super::unverified::{Fits, Signed, Unverified};
use crate::keys::digests::{is_equal, sha256_base64};

const TARGET: &str = "(request-target)";
const CREATED: &str = "(created)";
const EXPIRES: &str = "(expires)";
/// The name under which the library knows every signature; ours keeps the real one.
const NAMELESS_KEY: &str = "peer";
/// The library compares dates with the computer's own clock; ours were compared with the node's before, so its
/// limit is set out of reach: 1,000 years.
const NO_LIMIT: Duration = Duration::from_hours(1_000 * 365 * 24);

/// Does every check of a signed request that needs no key, the cheap ones first.
///
/// # Errors
/// When the request is not signed, cannot be read, or breaks the policy at the head of this file.
pub fn check(request: &SignedRequest<'_>) -> Result<Unverified, Refusal> {
    let header = request
        .find_single("signature")
        .map(|value| value.map(parse::parse));
    // What stands in Signature says which standard it follows: anybody on the way may add a Signature-Input.
    let is_draft = matches!(header, Ok(Some(Ok(_))));
    if !is_draft && request.values(policy::INPUT).next().is_some() {
        return policy::check(request);
    }
    let header = header?.ok_or(Refusal::Unsigned)??;
    check_algorithm(&header)?;
    check_coverage(request, &header)?;
    check_host(request)?;
    // The parser allows twelve digits of seconds, which do not overflow in milliseconds.
    instants::check(request, header.created, header.expires)?;
    let candidates = signed_texts(request, &header)?;
    check_digest(request, &header)?;
    Ok(Unverified {
        key_id: header.key_id,
        fits: match header.algorithm.as_deref() {
            Some("rsa-sha256") => Fits::Rsa,
            _ => Fits::Any,
        },
        signature: header.signature,
        candidates,
    })
}

/// The key says how its signatures are made; a header that claims otherwise is refused.
fn check_algorithm(header: &SignatureHeader) -> Result<(), Refusal> {
    match header.algorithm.as_deref() {
        None | Some("rsa-sha256" | "hs2019") => Ok(()),
        Some(other) => Err(Refusal::Algorithm(other.to_owned())),
    }
}

fn check_coverage(request: &SignedRequest<'_>, header: &SignatureHeader) -> Result<(), Refusal> {
    let is_covered = |name: &str| header.covered.iter().any(|covered| covered == name);
    for name in [TARGET, "host"] {
        if !is_covered(name) {
            return Err(Refusal::NotCovered(name));
        }
    }
    if !is_covered("date") && !is_covered(CREATED) {
        return Err(Refusal::NotCovered("date or (created)"));
    }
    if !request.is_reading() && !is_covered("digest") {
        return Err(Refusal::NotCovered("digest"));
    }
    for (name, instant) in [(CREATED, header.created), (EXPIRES, header.expires)] {
        if is_covered(name) && instant.is_none() {
            return Err(Refusal::Absent(name.to_owned()));
        }
    }
    // The draft, section 2.3: the older algorithm names know no instants of the signature's own.
    if header.algorithm.as_deref() == Some("rsa-sha256")
        && (is_covered(CREATED) || is_covered(EXPIRES))
    {
        return Err(Refusal::Algorithm("rsa-sha256 with (created)".to_owned()));
    }
    Ok(())
}

/// Peers may spell out the port that the scheme has anyway.
fn check_host(request: &SignedRequest<'_>) -> Result<(), Refusal> {
    let host = request
        .find_single("host")?
        .ok_or_else(|| Refusal::Absent("host".to_owned()))?;
    let is_ours = |host: &str| host.eq_ignore_ascii_case(request.authority());
    let without_port = host
        .strip_suffix(":443")
        .or_else(|| host.strip_suffix(":80"));
    let may_omit_port = !request.authority().contains(':');
    if is_ours(host) || (may_omit_port && without_port.is_some_and(is_ours)) {
        Ok(())
    } else {
        Err(Refusal::OtherHost(host.to_owned()))
    }
}

/// Whatever `Digest` says with SHA-256, each time, must be true of the body; other algorithms are overlooked.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc3230#section-4.3.2>
fn check_digest(request: &SignedRequest<'_>, header: &SignatureHeader) -> Result<(), Refusal> {
    if !header.covered.iter().any(|covered| covered == "digest") {
        return Ok(());
    }
    let mut expected = None;
    for entry in request.values("digest").flat_map(|value| value.split(',')) {
        let (algorithm, value) = entry.split_once('=').ok_or(Refusal::UnreadableDigest)?;
        if !algorithm.trim().eq_ignore_ascii_case("sha-256") {
            continue;
        }
        let expected =
            expected.get_or_insert_with(|| sha256_base64(request.body.unwrap_or_default()));
        if !is_equal(expected.as_bytes(), value.trim()) {
            return Err(Refusal::OtherBody);
        }
    }
    expected.map(|_| ()).ok_or(Refusal::NoDigest)
}

/// The texts that the peer may have signed: with the query and, when there is one, without it.
fn signed_texts(
    request: &SignedRequest<'_>,
    header: &SignatureHeader,
) -> Result<Vec<Signed>, Refusal> {
    let with_query = request.path_and_query;
    let without_query = with_query.split_once('?').map(|(path, _)| path);
    let parts = parts_of(request, header);
    [Some(with_query), without_query]
        .into_iter()
        .flatten()
        .map(|target| {
            Config::new()
                .set_expiration(NO_LIMIT)
                .begin_verify(request.method, target, parts.clone())
                .map(Signed::ByLibrary)
                .map_err(refusal_of)
        })
        .collect()
}

/// What the library puts the signed text together from.
///
/// The header goes in rewritten in the one form that the library reads. The instants go in as headers and not as
/// parameters, as it would compare those with the computer's clock.
fn parts_of(request: &SignedRequest<'_>, header: &SignatureHeader) -> BTreeMap<String, String> {
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    for name in header.covered.iter().filter(|name| !name.starts_with('(')) {
        if let Some(value) = request.find_joined(name) {
            parts.insert(name.clone(), value);
        }
    }
    for (name, instant) in [(CREATED, header.created), (EXPIRES, header.expires)] {
        if let Some(seconds) = instant {
            parts.insert(name.to_owned(), seconds.to_string());
        }
    }
    // After the others, so that a covered header of these names is never taken for it.
    parts.remove("authorization");
    parts.insert(
        "signature".to_owned(),
        format!(
            r#"keyId="{NAMELESS_KEY}",headers="{}",signature="{}""#,
            header.covered.join(" "),
            STANDARD.encode(&header.signature)
        ),
    );
    parts
}

fn refusal_of(cause: PrepareVerifyError) -> Refusal {
    match cause {
        PrepareVerifyError::Required(missing) => {
            Refusal::Absent(missing.headers().iter().min().cloned().unwrap_or_default())
        }
        PrepareVerifyError::Parse(cause) => {
            Refusal::Malformed(Malformed::Missing(cause.missing_field()))
        }
        PrepareVerifyError::Validate(_) => Refusal::TooOld,
    }
}

#[cfg(test)]
mod tests;
