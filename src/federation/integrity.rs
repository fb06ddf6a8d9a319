//! Integrity proofs: what everybody may read carries the signature of its actor, so that it can be believed whoever
//! brings it.
//!
//! Only the whole of a document is proven, by the proof at its top and a key that the actor's own document lists.
//! What is private gets no proof: nobody shall be able to show to others what was told to them in confidence.
//!
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/8b32/fep-8b32.md>,
//! <https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022>

use serde_json::Value;

use super::documents::canonical::write_object;
use super::documents::context::with_further_context;
use super::documents::references::{self, Properties};
use super::documents::{everybody, times};
use super::identities;
use crate::clock::{DAY, HOUR};
use crate::id::AccountId;
use crate::keys::actors::{SigningKey, VerifyingKey};
use crate::keys::digests::sha256;
use crate::keys::{KeyError, multikeys};
use crate::store::{KeyAlgorithm, QueryResult, Tx};

/// Where the words of proofs are defined.
const DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v1";
/// The sort of signature: Ed25519 over canonical JSON.
const SUITE: &str = "eddsa-jcs-2022";
/// How old a proof may be. What is forwarded comes soon, or after an outage; what is older is asked for at its origin.
const OLDEST: i64 = 3 * DAY;
/// How far other servers' clocks may be ahead.
const AHEAD: i64 = HOUR;

/// A document with a proof of its sender where everybody may read it and the sender has a key for that; else as it is.
///
/// # Errors
/// Whatever the database says.
pub(super) fn prove_public(tx: &mut Tx, sender: AccountId, document: &Value) -> QueryResult<Value> {
    if !is_public(document) {
        return Ok(document.clone());
    }
    let now = tx.now();
    let Ok(identity) = identities::find_of(tx, sender, KeyAlgorithm::Ed25519)? else {
        return Ok(document.clone());
    };
    let proven = prove(document, &identity.key_id, &identity.key, now);
    Ok(proven.unwrap_or_else(|error| {
        tracing::error!(%error, "a document goes out without a proof");
        document.clone()
    }))
}

fn is_public(document: &Value) -> bool {
    let Some(properties) = document.as_object() else {
        return false;
    };
    ["to", "cc"].iter().any(|key| {
        let addresses = references::list_of(properties, key).iter();
        let mut addresses = addresses.filter_map(Value::as_str);
        addresses.any(everybody::is_public)
    })
}

/// A document with a proof made with this key.
///
/// # Errors
/// When the key cannot sign.
pub(super) fn prove(
    document: &Value,
    key_id: &str,
    key: &SigningKey,
    now: i64,
) -> Result<Value, KeyError> {
    let Value::Object(mut document) = with_further_context(document.clone(), DATA_INTEGRITY) else {
        return Ok(document.clone());
    };
    // Without parts of a second: some write the instant anew before they check it.
    let mut proof = Properties::new();
    for (key, value) in [
        ("type", "DataIntegrityProof"),
        ("cryptosuite", SUITE),
        ("created", &times::format(now - now.rem_euclid(1_000))),
        ("verificationMethod", key_id),
        ("proofPurpose", "assertionMethod"),
    ] {
        proof.insert(key.to_owned(), value.into());
    }
    if let Some(context) = document.get("@context") {
        proof.insert("@context".to_owned(), context.clone());
    }
    let signature = key.sign(&message(&proof, &document))?;
    let signature = multikeys::write_bytes(&signature);
    proof.insert("proofValue".to_owned(), signature.into());
    document.insert("proof".to_owned(), Value::Object(proof));
    Ok(Value::Object(document))
}

/// What is signed: the hash of what the proof says of itself, and that of the document.
fn message(proof: &Properties, document: &Properties) -> Vec<u8> {
    let hash = |properties: &Properties| {
        let mut text = String::new();
        write_object(properties, &mut text);
        sha256(text.as_bytes())
    };
    [hash(proof), hash(document)].concat()
}

/// A proof as it stands in a document, without its signature.
pub(super) struct Proof {
    options: Properties,
    /// The id of the key.
    pub(super) method: String,
    created: i64,
    expires: Option<i64>,
    signature: Vec<u8>,
}

impl Proof {
    /// Reads what stands under `proof`; none if it is of a sort that is not known here.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let mut options = value.as_object()?.clone();
        let signature = match options.remove("proofValue")? {
            Value::String(text) => multikeys::read_bytes(&text)?,
            _ => return None,
        };
        let is = |key: &str, word: &str| references::text(&options, key) == Some(word);
        let is_known = is("type", "DataIntegrityProof")
            && is("cryptosuite", SUITE)
            && is("proofPurpose", "assertionMethod");
        let method = references::text(&options, "verificationMethod")?.to_owned();
        let created = times::instant(&options, "created")?;
        let expires = times::instant(&options, "expires");
        let has_no_odd_end = expires.is_some() || !options.contains_key("expires");
        (is_known && has_no_odd_end).then_some(Self {
            options,
            method,
            created,
            expires,
            signature,
        })
    }

    /// Whether it is new enough, and has not ended.
    pub(super) fn is_timely(&self, now: i64) -> bool {
        let is_new = self.created > now - OLDEST && self.created < now + AHEAD;
        is_new && self.expires.is_none_or(|expires| expires > now)
    }

    /// Whether this key proves the document with these properties.
    pub(super) fn holds(&self, properties: &Properties, key: &VerifyingKey) -> bool {
        if !matches!(key, VerifyingKey::Ed25519(_)) {
            return false;
        }
        let mut document = properties.clone();
        document.remove("proof");
        let context = document.get("@context").cloned().unwrap_or_default();
        let check =
            |options: &Properties| key.verify(&message(options, &document), &self.signature);
        match self.options.get("@context") {
            Some(own) => begins_with(&context, own) && check(&self.options),
            // Some sign the document's own without writing it down again.
            None => {
                check(&self.options) || {
                    let mut options = self.options.clone();
                    options.insert("@context".to_owned(), context);
                    check(&options)
                }
            }
        }
    }
}

/// Whether the document's context begins with that of its proof.
fn begins_with(whole: &Value, beginning: &Value) -> bool {
    let list = |value: &Value| match value {
        Value::Array(values) => values.clone(),
        one => vec![one.clone()],
    };
    list(whole).starts_with(&list(beginning))
}

#[cfg(test)]
mod tests;
