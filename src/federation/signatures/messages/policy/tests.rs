//! The policy on requests signed by the standard as tables, named after the attacks that they stop.

mod binding;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::clock::{HOUR, to_http_date};
use crate::federation::signatures::instants::{LEEWAY, OLDEST};
use crate::federation::signatures::messages::fields::Unreadable;
use crate::keys::actors::{SigningKey, VerifyingKey};
use crate::keys::digests::sha256_base64;
use crate::keys::ed25519;

const PRIVATE: &str = include_str!("../../../../../tests/fixtures/keys/private.pem");
const PUBLIC: &str = include_str!("../../../../../tests/fixtures/keys/public.pem");
/// Sun, 06 Nov 1994 08:49:37 GMT.
const NOW: i64 = 784_111_777_000;
const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const KEY_ID: &str = "https://alpha.test/users/alice#main-key";
const BODY: &[u8] = br#"{"type":"Follow"}"#;
const ORIGIN: &str = "https://beta.test";

/// A request that tests bend: by default a good POST as Mastodon sends it.
#[derive(Clone)]
struct Bent {
    method: &'static str,
    target: String,
    /// Where the peer thinks that it sends this.
    origin: &'static str,
    headers: Vec<(String, String)>,
    covered: Vec<&'static str>,
    /// Parameters behind the list, each with its semicolon.
    parameters: String,
    body: Option<Vec<u8>>,
    now: i64,
}

impl Bent {
    fn post() -> Self {
        Self {
            method: "POST",
            target: "/users/bob/inbox".to_owned(),
            origin: ORIGIN,
            headers: [
                ("Host", "beta.test".to_owned()),
                ("Date", DATE.to_owned()),
                ("Content-Digest", digests::build(&sha256_base64(BODY))),
                ("Content-Type", "application/activity+json".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
            covered: vec!["@method", "@target-uri", "content-digest"],
            parameters: format!(";created=784111777;keyid=\"{KEY_ID}\""),
            body: Some(BODY.to_vec()),
            now: NOW,
        }
    }

    fn get() -> Self {
        let mut get = Self::post();
        get.method = "GET";
        get.target = "/users/bob?page=true".to_owned();
        get.headers.truncate(2);
        get.covered.truncate(2);
        get.body = None;
        get
    }

    fn with(mut self, bend: impl FnOnce(&mut Self)) -> Self {
        bend(&mut self);
        self
    }

    fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    fn unset(&mut self, name: &str) {
        self.headers
            .retain(|(found, _)| !found.eq_ignore_ascii_case(name));
    }

    fn input(&self) -> String {
        let names: Vec<String> = self
            .covered
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect();
        format!("({}){}", names.join(" "), self.parameters)
    }

    /// The text that an honest peer signs, put together by hand.
    fn text(&self) -> String {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let mut lines = Vec::new();
        for name in &self.covered {
            let value = match *name {
                "@method" => self.method.to_owned(),
                "@target-uri" => format!("{}{}", self.origin, self.target),
                "@authority" => self.origin.rsplit('/').next().unwrap().to_owned(),
                "@request-target" => self.target.clone(),
                "@path" => path.to_owned(),
                "@query" => format!("?{query}"),
                "@scheme" => self.origin.split(':').next().unwrap().to_owned(),
                name => self
                    .headers
                    .iter()
                    .filter(|(found, _)| found.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value.trim())
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            lines.push(format!("\"{name}\": {value}\n"));
        }
        format!("{}\"@signature-params\": {}", lines.concat(), self.input())
    }

    fn sign(self) -> Self {
        self.sign_with(&SigningKey::from_pem(PRIVATE).unwrap())
    }

    fn sign_with(mut self, key: &SigningKey) -> Self {
        let signature = STANDARD.encode(key.sign(self.text().as_bytes()).unwrap());
        let input = self.input();
        self.headers
            .push(("Signature-Input".to_owned(), format!("sig1={input}")));
        self.headers
            .push(("Signature".to_owned(), format!("sig1=:{signature}:")));
        self
    }

    fn check(&self) -> Result<Unverified, Refusal> {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        check(&SignedRequest {
            method: self.method,
            path_and_query: &self.target,
            headers: &headers,
            body: self.body.as_deref(),
            origin: ORIGIN,
            now: self.now,
        })
    }

    fn judge(&self) -> Result<(), Refusal> {
        let unverified = self.check()?;
        assert_eq!(unverified.key_id(), KEY_ID);
        unverified.verify(&VerifyingKey::from_pem(PUBLIC).unwrap())
    }
}

/// Signs each bent request honestly and compares the verdict.
fn assert_verdicts(cases: impl IntoIterator<Item = (&'static str, Bent, Result<(), Refusal>)>) {
    for (what, bent, expected) in cases {
        assert_eq!(bent.sign().judge(), expected, "{what}");
    }
}

fn covering(covered: &[&'static str]) -> Bent {
    Bent::post().with(|it| it.covered = covered.to_vec())
}

fn with_parameters(parameters: &str) -> Bent {
    let parameters = parameters.replace("KEY", &format!("keyid=\"{KEY_ID}\""));
    Bent::post().with(|it| it.parameters = parameters)
}

#[test]
fn signatures_as_peers_make_them_are_accepted() {
    assert_verdicts([
        ("Mastodon POST", Bent::post(), Ok(())),
        ("Mastodon GET", Bent::get(), Ok(())),
        (
            "Fedify",
            covering(&[
                "@method",
                "@target-uri",
                "@authority",
                "host",
                "date",
                "content-digest",
            ])
            .with(|it| {
                it.parameters =
                    format!(";alg=\"rsa-v1_5-sha256\";keyid=\"{KEY_ID}\";created=784111777");
            }),
            Ok(()),
        ),
        (
            "Mitra",
            with_parameters(";KEY;created=784111777;alg=\"rsa-v1_5-sha256\""),
            Ok(()),
        ),
        (
            "parts of the target",
            covering(&["@method", "@authority", "@path", "content-digest"]),
            Ok(()),
        ),
        (
            "parts of the target with a query",
            Bent::get().with(|it| it.covered = vec!["@method", "@authority", "@path", "@query"]),
            Ok(()),
        ),
        (
            "the request target",
            Bent::get().with(|it| {
                it.covered = vec!["@method", "@authority", "@request-target", "@scheme"];
            }),
            Ok(()),
        ),
        (
            "more than is asked for",
            with_parameters(
                ";created=784111777;expires=784112077;KEY;nonce=\"x\";tag=\"fedi\";x=:AQID:",
            ),
            Ok(()),
        ),
        (
            "a header in two lines",
            covering(&["@method", "@target-uri", "content-digest", "x-two"]).with(|it| {
                for value in ["a ", " b"] {
                    it.headers.push(("X-Two".to_owned(), value.to_owned()));
                }
            }),
            Ok(()),
        ),
        (
            "without a date",
            Bent::post().with(|it| it.unset("Date")),
            Ok(()),
        ),
        (
            "behind a proxy that changes the host",
            Bent::post().with(|it| it.set("Host", "10.0.0.1")),
            Ok(()),
        ),
    ]);
}

#[test]
fn a7_only_one_complete_signature_counts() {
    let good = Bent::post().sign();
    let bend = |name: &str, value: &str| good.clone().with(|it| it.set(name, value));
    let input = format!("sig1={}", good.input());
    for (what, bent, expected) in [
        ("nothing", Bent::post(), Refusal::Unsigned),
        (
            "no signature",
            good.clone().with(|it| it.unset("signature")),
            Refusal::Unsigned,
        ),
        (
            "another label",
            bend("Signature", "sig2=:AAAA:"),
            Refusal::Unsigned,
        ),
        (
            "an empty one",
            bend("Signature", "sig1=::"),
            Refusal::Value("Signature"),
        ),
        (
            "no bytes",
            bend("Signature", "sig1=\"AAAA\""),
            Refusal::Value("Signature"),
        ),
        (
            "a list",
            bend("Signature", "sig1=(:AAAA:)"),
            Refusal::Unsigned,
        ),
        (
            "bad base64",
            bend("Signature", "sig1=:!!!!:"),
            Refusal::Unreadable("Signature", Unreadable::Syntax),
        ),
        (
            "two signatures",
            bend("Signature", "sig1=:AAAA:, sig2=:AAAA:"),
            Refusal::Several,
        ),
        (
            "two inputs",
            bend(
                "Signature-Input",
                &format!("{input}, sig2=();created=1;keyid=\"k\""),
            ),
            Refusal::Several,
        ),
        (
            "no list",
            bend("Signature-Input", "sig1=1"),
            Refusal::Value("Signature-Input"),
        ),
        (
            "no text in the list",
            bend("Signature-Input", &input.replace("\"@method\"", "method")),
            Refusal::Value("Signature-Input"),
        ),
        (
            "not readable",
            bend("Signature-Input", &input.replace('(', "[")),
            Refusal::Unreadable("Signature-Input", Unreadable::Syntax),
        ),
        (
            "in capitals",
            bend("Signature-Input", &input.replace("sig1", "SIG1")),
            Refusal::Unreadable("Signature-Input", Unreadable::Syntax),
        ),
        (
            "of something else",
            bend("Signature", "sig1=:AAAA:"),
            Refusal::WrongSignature,
        ),
        (
            "other parameters than signed",
            bend("Signature-Input", &format!("{input};tag=\"x\"")),
            Refusal::WrongSignature,
        ),
        (
            "in another order than signed",
            bend(
                "Signature-Input",
                &input.replace("\"@method\" \"@target-uri\"", "\"@target-uri\" \"@method\""),
            ),
            Refusal::WrongSignature,
        ),
    ] {
        assert_eq!(bent.judge(), Err(expected), "{what}");
    }
}

#[test]
fn a7_covered_parts_must_be_understood_and_there() {
    let more = |name: &'static str| {
        let mut covered = Bent::post().covered;
        covered.push(name);
        covering(&covered)
    };
    let component = |name: &str| Err(Refusal::Component(name.to_owned()));
    assert_verdicts([
        ("of answers", more("@status"), component("@status")),
        (
            "with parameters",
            more("@query-param\";name=\"x"),
            component("\"@query-param\";name=\"x\""),
        ),
        (
            "of the request",
            more("date\";req;x=\""),
            component("\"date\";req;x=\"\""),
        ),
        ("in capitals", more("Date"), component("Date")),
        (
            "absent",
            more("x-absent"),
            Err(Refusal::Absent("x-absent".to_owned())),
        ),
        (
            "twice",
            more("@method"),
            Err(Refusal::CoveredTwice("@method".to_owned())),
        ),
    ]);
}

#[test]
fn a12_a13_instants_must_be_there_and_in_range() {
    let at = |now: i64| {
        Bent::post().with(|it| {
            it.unset("Date");
            it.now = now;
        })
    };
    assert_verdicts([
        ("late", at(NOW + OLDEST), Ok(())),
        ("too late", at(NOW + OLDEST + 1), Err(Refusal::TooOld)),
        ("clock ahead", at(NOW - LEEWAY), Ok(())),
        (
            "too far ahead",
            at(NOW - LEEWAY - 1),
            Err(Refusal::InFuture),
        ),
        (
            "a date beside it",
            Bent::post().with(|it| it.set("Date", &to_http_date(NOW + 2 * HOUR))),
            Err(Refusal::InFuture),
        ),
        (
            "no date",
            Bent::post().with(|it| it.set("Date", "today")),
            Err(Refusal::UnreadableDate),
        ),
    ]);
    let odd = |name| Err(Refusal::Value(name));
    for (parameters, expected) in [
        (";KEY", Err(Refusal::NoParameter("created"))),
        (
            ";KEY;expires=784112077",
            Err(Refusal::NoParameter("created")),
        ),
        (";KEY;created", odd("created")),
        (";KEY;created=\"784111777\"", odd("created")),
        (";KEY;created=-1", odd("created")),
        (";KEY;created=1", Err(Refusal::TooOld)),
        (";KEY;created=999999999999999", Err(Refusal::InFuture)),
        (
            ";KEY;created=784111777;expires=784108177",
            Err(Refusal::Expired),
        ),
        (
            ";KEY;created=784108100;expires=784108176",
            Err(Refusal::Expired),
        ),
        (";KEY;created=784108100;expires=784108177", Ok(())),
        (";KEY;created=784111777;expires=999999999999999", Ok(())),
        (";KEY;created=784111777;expires=x", odd("expires")),
    ] {
        assert_eq!(
            with_parameters(parameters).sign().judge(),
            expected,
            "{parameters}"
        );
    }
    for parameters in [
        ";KEY;created=1000000000000000000",
        ";KEY;created=1.5",
        ";KEY;created=1e18",
    ] {
        let refused = with_parameters(parameters).sign().judge();
        assert!(
            matches!(refused, Err(refusal) if refusal.status() == 400),
            "{parameters}"
        );
    }
}

#[test]
fn a14_nothing_is_given_twice() {
    for (parameters, name) in [
        (";KEY;KEY;created=784111777", "keyid"),
        (
            ";keyid=\"https://evil.test/k\";KEY;created=784111777",
            "keyid",
        ),
        (";KEY;created=784111777;created=784111777", "created"),
        (
            ";KEY;created=784111777;alg=\"ed25519\";alg=\"rsa-v1_5-sha256\"",
            "alg",
        ),
    ] {
        let cause = Unreadable::Duplicate(name.to_owned());
        let expected = Refusal::Unreadable("Signature-Input", cause);
        assert_eq!(
            with_parameters(parameters).sign().judge(),
            Err(expected),
            "{parameters}"
        );
    }
    let twice = Bent::post().sign().sign();
    let cause = Unreadable::Duplicate("sig1".to_owned());
    assert_eq!(
        twice.judge(),
        Err(Refusal::Unreadable("Signature-Input", cause))
    );
    for key_id in ["\"\"", "\"a b\"", "token", ":AQID:", ""] {
        let bent =
            Bent::post().with(|it| it.parameters = format!(";created=784111777;keyid={key_id}"));
        assert!(bent.sign().judge().is_err(), "{key_id}");
    }
    let nobody = with_parameters(";created=784111777").sign();
    assert_eq!(nobody.judge(), Err(Refusal::NoParameter("keyid")));
}

#[test]
fn a15_the_key_says_how_it_signs() {
    let pair = ed25519::generate().unwrap();
    let rsa = SigningKey::from_pem(PRIVATE).unwrap();
    let ed25519 = SigningKey::from_pem(pair.private.expose()).unwrap();
    for (signs, alg, public, expected) in [
        (&rsa, "", PUBLIC, Ok(())),
        (&rsa, ";alg=\"rsa-v1_5-sha256\"", PUBLIC, Ok(())),
        (
            &rsa,
            ";alg=\"ed25519\"",
            PUBLIC,
            Err(Refusal::WrongSignature),
        ),
        (&rsa, "", &pair.public, Err(Refusal::WrongSignature)),
        (&ed25519, "", &pair.public, Ok(())),
        (&ed25519, ";alg=\"ed25519\"", &pair.public, Ok(())),
        (
            &ed25519,
            ";alg=\"rsa-v1_5-sha256\"",
            &pair.public,
            Err(Refusal::WrongSignature),
        ),
        (
            &ed25519,
            ";alg=\"ed25519\"",
            PUBLIC,
            Err(Refusal::WrongSignature),
        ),
    ] {
        let bent = with_parameters(&format!(";created=784111777;KEY{alg}")).sign_with(signs);
        let verdict = bent
            .check()
            .unwrap()
            .verify(&VerifyingKey::from_pem(public).unwrap());
        assert_eq!(verdict, expected, "{signs:?} {alg}");
    }
    for name in [
        "rsa-pss-sha512",
        "hmac-sha256",
        "ecdsa-p256-sha256",
        "rsa-sha1",
        "none",
        "",
        "RSA-v1_5-sha256",
    ] {
        let bent = with_parameters(&format!(";created=784111777;KEY;alg=\"{name}\""));
        assert_eq!(
            bent.sign().judge(),
            Err(Refusal::Algorithm(name.to_owned())),
            "{name}"
        );
    }
    let token = with_parameters(";created=784111777;KEY;alg=ed25519").sign();
    assert_eq!(token.judge(), Err(Refusal::Value("alg")));
}

#[test]
fn e15_junk_is_refused_before_any_key_is_asked_for() {
    let junk = Bent::post()
        .sign()
        .with(|it| it.set("Signature", "sig1=:AA==:"));
    for (bent, expected) in [
        (junk.clone().with(|it| it.now += 13 * HOUR), Refusal::TooOld),
        (junk.clone().with(|it| it.body = None), Refusal::OtherBody),
        (
            junk.clone().with(|it| it.method = "DELETE"),
            Refusal::WrongSignature,
        ),
    ] {
        assert_eq!(bent.judge(), Err(expected));
    }
}

#[test]
fn a_claimed_key_is_read_without_the_rest() {
    let good = format!("sig1={}", Bent::post().input());
    assert_eq!(claimed_key(&good).as_deref(), Some(KEY_ID));
    for value in [
        "",
        "sig1=()",
        "sig1=1",
        "sig1=();keyid=x",
        "sig1=();keyid=\"a\", sig2=();keyid=\"b\"",
    ] {
        assert_eq!(claimed_key(value), None, "{value}");
    }
}
