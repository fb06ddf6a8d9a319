//! Proofs against the published examples, and what a proof does not prove.

use serde_json::json;

use super::*;
use crate::keys::ed25519;

const ACTOR: &str = "https://server.example/users/alice";
const METHOD: &str = "https://server.example/users/alice#ed25519-key";
/// The public key of the examples.
const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

fn example_key() -> VerifyingKey {
    VerifyingKey::from_pem(&multikeys::to_pem(KEY).unwrap()).unwrap()
}

/// FEP-8b32, its signed document.
fn example() -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            "https://w3id.org/security/data-integrity/v1",
        ],
        "type": "Create",
        "actor": ACTOR,
        "object": {"type": "Note", "content": "Hello world"},
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": METHOD,
            "proofPurpose": "assertionMethod",
            "proofValue": "z3sXaxjKs4M3BRicwWA9peyNPJvJqxtGsDmpt1jjoHCjgeUf71TRFz56osPSfDErszyLp5Ks1EhYSgpDaNM977Rg2",
            "created": "2023-02-24T23:36:38Z",
        },
    })
}

fn holds(document: &Value, key: &VerifyingKey) -> bool {
    let properties = document.as_object().unwrap();
    Proof::read(&document["proof"]).is_some_and(|proof| proof.holds(properties, key))
}

#[test]
fn the_published_examples_hold() {
    assert!(holds(&example(), &example_key()));
    // Data Integrity EdDSA Cryptosuites 1.0, its example with a context in the proof.
    let context = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ]);
    let method = format!("did:key:{KEY}#{KEY}");
    let credential = json!({
        "@context": context,
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "created": "2023-02-24T23:36:38Z",
            "verificationMethod": method,
            "proofPurpose": "assertionMethod",
            "@context": context,
            "proofValue": "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX",
        },
    });
    assert!(holds(&credential, &example_key()));
}

#[test]
fn a20_a_proof_proves_the_whole_document_and_nothing_else() {
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 10] = [
        ("another text", |it| it["object"]["content"] = "Bye".into()),
        ("a further property", |it| it["sensitive"] = true.into()),
        ("another actor", |it| {
            it["actor"] = "https://server.example/users/bob".into();
        }),
        ("no context", |it| it["@context"] = Value::Null),
        ("another purpose", |it| {
            it["proof"]["proofPurpose"] = "authentication".into();
        }),
        ("another suite", |it| {
            it["proof"]["cryptosuite"] = "eddsa-rdfc-2022".into();
        }),
        ("another instant", |it| {
            it["proof"]["created"] = "2023-02-24T23:36:39Z".into();
        }),
        ("an end that it had not", |it| {
            it["proof"]["expires"] = "2099-01-01T00:00:00Z".into();
        }),
        ("a context that the document has not", |it| {
            it["proof"]["@context"] = "https://evil.example/context".into();
        }),
        ("the proof of what is in it", |it| {
            let inner = it["proof"].clone();
            it["object"]["proof"] = inner;
        }),
    ];
    for (what, change) in changes {
        let mut document = example();
        change(&mut document);
        assert!(!holds(&document, &example_key()), "{what}");
    }
    let other = VerifyingKey::from_pem(&ed25519::generate().unwrap().public).unwrap();
    assert!(!holds(&example(), &other), "another key");
}

#[test]
fn what_is_proven_here_holds() {
    let pair = ed25519::generate().unwrap();
    let private = SigningKey::from_pem(pair.private.expose()).unwrap();
    let public = VerifyingKey::from_pem(&pair.public).unwrap();
    for context in [
        json!("https://www.w3.org/ns/activitystreams"),
        json!(["https://www.w3.org/ns/activitystreams", {"toot": "http://joinmastodon.org/ns#"}]),
    ] {
        let document = json!({
            "@context": context,
            "type": "Create",
            "object": {"focalPoint": [-0.0, 0.25], "content": "\u{e9}\u{1f600}\n"},
        });
        let proven = prove(&document, METHOD, &private, 1_786_192_496_789).unwrap();
        assert!(holds(&proven, &public));
        assert_eq!(proven["proof"]["created"], "2026-08-08T12:34:56Z");
        assert_eq!(
            proven["@context"][0],
            "https://www.w3.org/ns/activitystreams"
        );
        assert_eq!(proven["@context"][1], DATA_INTEGRITY);
        // As it is read again from the wire.
        let again: Value = serde_json::from_str(&proven.to_string()).unwrap();
        assert!(holds(&again, &public));
    }
}

#[test]
fn proofs_are_for_everybody_s_eyes() {
    for (document, expected) in [
        (
            json!({"to": ["https://www.w3.org/ns/activitystreams#Public"]}),
            true,
        ),
        (json!({"to": ["x"], "cc": "as:Public"}), true),
        (
            json!({"to": ["https://server.example/users/alice/followers"]}),
            false,
        ),
        (json!({"type": "Like"}), false),
        (json!("text"), false),
    ] {
        assert_eq!(is_public(&document), expected, "{document}");
    }
}

#[test]
fn a_proof_is_good_for_some_days() {
    let created = 1_677_281_798_000;
    let proof = Proof::read(&example()["proof"]).unwrap();
    for (now, expected) in [
        (created, true),
        (created - AHEAD + 1, true),
        (created - AHEAD, false),
        (created + OLDEST - 1, true),
        (created + OLDEST, false),
    ] {
        assert_eq!(proof.is_timely(now), expected, "{}", now - created);
    }
}
