//! What a request signed by the standard must show before it is believed, as strict as the policy on the draft:
//!
//! - one signature, with `keyid` and `created`;
//! - covered must be `@method`, the whole target (`@target-uri`; or `@authority` with `@request-target`, or with `@path`
//!   and, where there is one, `@query`), and `content-digest` unless the method is GET or HEAD;
//! - host and scheme are those of our own configured origin, never what the request or a proxy claims;
//! - every instant given must be in range, see [`super::super::instants`];
//! - every SHA-256 and SHA-512 in `Content-Digest` must be that of the body;
//! - the algorithm is that of the key; `alg` may only name one that fits.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9421#section-3.2>

use super::super::instants;
use super::super::parse::is_key_id;
use super::super::refusals::Refusal;
use super::super::requests::SignedRequest;
use super::super::unverified::{Fits, Signed, Unverified};
use super::base::{self, AUTHORITY, METHOD, PATH, Parts, QUERY, REQUEST_TARGET, TARGET_URI};
use super::digests;
use super::fields::{Bare, InnerList, Member, read_dictionary};

/// The header that says what was signed.
pub const INPUT: &str = "signature-input";
/// The header with the signature.
pub const SIGNATURE: &str = "signature";

/// Does every check of a signed request that needs no key, the cheap ones first.
///
/// # Errors
/// When the request is not signed, cannot be read, or breaks the policy at the head of this file.
pub fn check(request: &SignedRequest<'_>) -> Result<Unverified, Refusal> {
    let (label, input) = read_input(&request.find_joined(INPUT).unwrap_or_default())?;
    let key_id = find_key_id(&input)?;
    let fits = find_algorithm(&input)?;
    let covered = covered_by(&input)?;
    check_coverage(request, &covered)?;
    let created = find_seconds(&input, "created")?.ok_or(Refusal::NoParameter("created"))?;
    instants::check(request, Some(created), find_seconds(&input, "expires")?)?;
    let header = |name: &str| request.find_joined(name);
    let parts = Parts {
        method: &request.method.to_ascii_uppercase(),
        origin: request.origin,
        path_and_query: request.path_and_query,
        header: &header,
    };
    let text = base::build(&parts, &covered, &input)?;
    if let Some(digest) = header(digests::HEADER)
        && covered.iter().any(|name| name == digests::HEADER)
    {
        digests::check(&digest, request.body.unwrap_or_default())?;
    }
    Ok(Unverified {
        key_id,
        signature: read_signature(&request.find_joined(SIGNATURE).unwrap_or_default(), &label)?,
        fits,
        candidates: vec![Signed::Text(text)],
    })
}

/// The key that a `Signature-Input` names, if it can be read.
#[must_use]
pub fn claimed_key(input: &str) -> Option<String> {
    find_key_id(&read_input(input).ok()?.1).ok()
}

/// The one label, and what it says.
fn read_input(value: &str) -> Result<(String, InnerList), Refusal> {
    let unreadable = |cause| Refusal::Unreadable("Signature-Input", cause);
    let mut labels = read_dictionary(value).map_err(unreadable)?.into_iter();
    match (labels.next(), labels.next()) {
        (None, _) => Err(Refusal::Unsigned),
        (Some(_), Some(_)) => Err(Refusal::Several),
        (Some((label, Member::List(input))), None) => Ok((label, input)),
        (Some(_), None) => Err(Refusal::Value("Signature-Input")),
    }
}

/// The bytes of the signature under this label. There must be no other: somebody might read that one.
fn read_signature(value: &str, label: &str) -> Result<Vec<u8>, Refusal> {
    let unreadable = |cause| Refusal::Unreadable("Signature", cause);
    let mut labels = read_dictionary(value).map_err(unreadable)?.into_iter();
    let Some((found, Member::Item(item))) = labels.next() else {
        return Err(Refusal::Unsigned);
    };
    if labels.next().is_some() {
        return Err(Refusal::Several);
    }
    match item.value {
        _ if found != label => Err(Refusal::Unsigned),
        Bare::Bytes(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(Refusal::Value("Signature")),
    }
}

fn find_key_id(input: &InnerList) -> Result<String, Refusal> {
    match input.parameters.find("keyid") {
        Some(Bare::Text(id)) if is_key_id(id) => Ok(id.clone()),
        Some(_) => Err(Refusal::Value("keyid")),
        None => Err(Refusal::NoParameter("keyid")),
    }
}

/// The key says how its signatures are made; a signature that claims otherwise is refused.
fn find_algorithm(input: &InnerList) -> Result<Fits, Refusal> {
    match input.parameters.find("alg") {
        None => Ok(Fits::Any),
        Some(Bare::Text(name)) => match name.as_str() {
            "rsa-v1_5-sha256" => Ok(Fits::Rsa),
            "ed25519" => Ok(Fits::Ed25519),
            other => Err(Refusal::Algorithm(other.to_owned())),
        },
        Some(_) => Err(Refusal::Value("alg")),
    }
}

fn find_seconds(input: &InnerList, name: &'static str) -> Result<Option<i64>, Refusal> {
    match input.parameters.find(name) {
        None => Ok(None),
        Some(Bare::Integer(seconds)) if *seconds >= 0 => Ok(Some(*seconds)),
        Some(_) => Err(Refusal::Value(name)),
    }
}

/// The names of what is covered, each once. What has parameters means a part of something, or something else than the
/// request, and is not understood.
fn covered_by(input: &InnerList) -> Result<Vec<String>, Refusal> {
    let mut covered: Vec<String> = Vec::new();
    for item in &input.items {
        let Bare::Text(name) = &item.value else {
            return Err(Refusal::Value("Signature-Input"));
        };
        if !item.parameters.0.is_empty() {
            return Err(Refusal::Component(item.to_string()));
        }
        if covered.contains(name) {
            return Err(Refusal::CoveredTwice(name.clone()));
        }
        covered.push(name.clone());
    }
    Ok(covered)
}

fn check_coverage(request: &SignedRequest<'_>, covered: &[String]) -> Result<(), Refusal> {
    let has = |name: &str| covered.iter().any(|covered| covered == name);
    if !has(METHOD) {
        return Err(Refusal::NotCovered(METHOD));
    }
    let has_query = has(QUERY) || !request.path_and_query.contains('?');
    let has_rest = has(REQUEST_TARGET) || (has(PATH) && has_query);
    if !(has(TARGET_URI) || has(AUTHORITY) && has_rest) {
        return Err(Refusal::NotCovered(TARGET_URI));
    }
    if !request.is_reading() && !has(digests::HEADER) {
        return Err(Refusal::NotCovered(digests::HEADER));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
