//! What a signed request must show before it is believed: the strict half of draft-cavage.
//!
//! Two steps: [`check`] does everything that needs no key and costs little (so that junk is refused before any key is
//! looked up or fetched) and names the key; [`Unverified::verify`] then checks the signature itself.
//!
//! The policy:
//! - covered must be `(request-target)`, `host`, `date` or `(created)`, and `digest` unless the method is GET or HEAD;
//! - `Host` must be our own configured authority, never what a proxy claims;
//! - every instant given must lie between 12 hours ago and 1 hour ahead. Peers deliver late after a queue stood
//!   still, and clocks go wrong; a replay within the window has no effect as activity ids are remembered;
//! - every SHA-256 in `Digest` must be that of the body;
//! - the algorithm is that of the key; the header may only name one that fits.
//!
//! Some peers leave the query out of `(request-target)`, so the text is tried with and without it.
//!
//! Source: <https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12#section-2.5>

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_signatures::{Config, PrepareVerifyError};

use super::parse::{self, Malformed, SignatureHeader};
use super::refusals::Refusal;
use crate::clock::{HOUR, SECOND, from_http_date};
use crate::keys::actors::VerifyingKey;
use crate::keys::digests::{is_equal, sha256_base64};

/// How far in the past a request may have been signed, in milliseconds.
pub const OLDEST: i64 = 12 * HOUR;
/// How far the clock of a peer may be ahead of ours, or behind it when a signature ends, in milliseconds.
pub const LEEWAY: i64 = HOUR;

const TARGET: &str = "(request-target)";
const CREATED: &str = "(created)";
const EXPIRES: &str = "(expires)";
/// The name under which the library knows every signature; ours keeps the real one.
const NAMELESS_KEY: &str = "peer";
/// The library compares dates with the computer's own clock; ours were compared with the node's before, so its
/// limit is set out of reach: 1,000 years.
const NO_LIMIT: Duration = Duration::from_hours(1_000 * 365 * 24);

/// A request as it arrived, with what it is judged by.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    /// The method, in any case.
    pub method: &'a str,
    /// The target as it stands in the request line: path and query, still encoded.
    pub path_and_query: &'a str,
    /// All headers in their order, each line on its own; names in any case. With HTTP/2, `host` from `:authority`.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body's bytes as received; `None` is an empty one.
    pub body: Option<&'a [u8]>,
    /// Our own host as configured, with its port when it is not the scheme's own.
    pub authority: &'a str,
    /// The present instant in milliseconds.
    pub now: i64,
}

impl<'a> SignedRequest<'a> {
    fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// The value of a header that may be there once.
    fn find_single(&self, name: &'static str) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Refusal::Repeated(name)),
            (value, None) => Ok(value.map(str::trim)),
        }
    }

    fn is_reading(&self) -> bool {
        ["GET", "HEAD"]
            .iter()
            .any(|method| self.method.eq_ignore_ascii_case(method))
    }
}

/// A request that passed every check but that of the signature itself.
#[derive(Debug)]
pub struct Unverified {
    key_id: String,
    signature: Vec<u8>,
    /// Whether the header names an algorithm that only RSA keys have.
    is_for_rsa: bool,
    candidates: Vec<http_signatures::verify::Unverified>,
}

impl Unverified {
    /// The id of the key that the peer says it signed with; nothing is proven by it yet.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Checks the signature itself; the caller says whose key that is.
    ///
    /// # Errors
    /// When the key did not make this signature over this request.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), Refusal> {
        let is_signed = |_: &str, text: &str| key.verify(text.as_bytes(), &self.signature);
        let fits = !self.is_for_rsa || matches!(key, VerifyingKey::Rsa(_));
        if fits
            && self
                .candidates
                .iter()
                .any(|candidate| candidate.verify(is_signed))
        {
            Ok(())
        } else {
            Err(Refusal::WrongSignature)
        }
    }
}

/// Does every check of a signed request that needs no key, the cheap ones first.
///
/// # Errors
/// When the request is not signed, cannot be read, or breaks the policy at the head of this file.
pub fn check(request: &SignedRequest<'_>) -> Result<Unverified, Refusal> {
    // What stands in Signature says which standard it follows; anybody on the way may add a Signature-Input.
    let is_other = request.values("signature-input").next().is_some();
    let value = match request.find_single("signature")? {
        Some(value) => value,
        None if is_other => return Err(Refusal::OtherStandard),
        None => return Err(Refusal::Unsigned),
    };
    let header = match parse::parse(value) {
        Err(_) if is_other => return Err(Refusal::OtherStandard),
        parsed => parsed?,
    };
    check_algorithm(&header)?;
    check_coverage(request, &header)?;
    check_host(request)?;
    check_instants(request, &header)?;
    let candidates = signed_texts(request, &header)?;
    check_digest(request, &header)?;
    Ok(Unverified {
        key_id: header.key_id,
        is_for_rsa: header.algorithm.as_deref() == Some("rsa-sha256"),
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
    let is_ours = |host: &str| host.eq_ignore_ascii_case(request.authority);
    let without_port = host
        .strip_suffix(":443")
        .or_else(|| host.strip_suffix(":80"));
    let may_omit_port = !request.authority.contains(':');
    if is_ours(host) || (may_omit_port && without_port.is_some_and(is_ours)) {
        Ok(())
    } else {
        Err(Refusal::OtherHost(host.to_owned()))
    }
}

/// Every instant that the request gives must be in range, whether it is covered or not.
fn check_instants(request: &SignedRequest<'_>, header: &SignatureHeader) -> Result<(), Refusal> {
    if let Some(date) = request.find_single("date")? {
        let date = from_http_date(date).ok_or(Refusal::UnreadableDate)?;
        check_age(date, request.now)?;
    }
    // The parser allows twelve digits of seconds, which do not overflow in milliseconds.
    let created = header.created.map(|seconds| seconds.saturating_mul(SECOND));
    let expires = header.expires.map(|seconds| seconds.saturating_mul(SECOND));
    if let Some(created) = created {
        check_age(created, request.now)?;
    }
    match expires {
        Some(expires) if expires.saturating_add(LEEWAY) < request.now => Err(Refusal::Expired),
        Some(expires) if created.is_some_and(|created| expires < created) => Err(Refusal::Expired),
        _ => Ok(()),
    }
}

fn check_age(instant: i64, now: i64) -> Result<(), Refusal> {
    match now.saturating_sub(instant) {
        age if age > OLDEST => Err(Refusal::TooOld),
        age if age < -LEEWAY => Err(Refusal::InFuture),
        _ => Ok(()),
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
    expected.map(|_| ()).ok_or(Refusal::NoSha256)
}

/// The texts that the peer may have signed: with the query and, when there is one, without it.
fn signed_texts(
    request: &SignedRequest<'_>,
    header: &SignatureHeader,
) -> Result<Vec<http_signatures::verify::Unverified>, Refusal> {
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
        let values: Vec<&str> = request.values(name).map(str::trim).collect();
        if !values.is_empty() {
            parts.insert(name.clone(), values.join(", "));
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
