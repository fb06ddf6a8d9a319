//! The policy on signed requests as tables, named after the attacks that they stop.

mod binding;
mod instants;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::clock::{HOUR, MINUTE, SECOND, to_http_date};
use crate::federation::signatures::instants::{LEEWAY, OLDEST};
use crate::federation::signatures::messages::fields::Unreadable;
use crate::federation::signatures::sign::{SigningIdentity, sign_get, sign_post};
use crate::keys::actors::{SigningKey, VerifyingKey};
use crate::keys::digests::digest_header;

const PRIVATE: &str = include_str!("../../../../tests/fixtures/keys/private.pem");
const PUBLIC: &str = include_str!("../../../../tests/fixtures/keys/public.pem");
/// Sun, 06 Nov 1994 08:49:37 GMT.
const NOW: i64 = 784_111_777_000;
const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const KEY_ID: &str = "https://alpha.test/users/alice#main-key";
const BODY: &[u8] = br#"{"type":"Follow"}"#;
const BODY_DIGEST: &str = "SHA-256=GYwYnH3BiO6aICFt0ThC5bUIJ4byvqdpWtR8m5fNkww=";
/// Made with `openssl dgst -sha256 -sign private.pem` over the text of a POST as Mastodon signs it.
const POST_BY_OPENSSL: &str = "Vp0OGChpfiLQ6g+iENADpPdxEuxhokGQozBIEd2p1lh7w6LdXUutUW9O5JJwDk+x7pLddXltiXwk65PL\
    gRt6vyxjTTA7txjJL9UeC0GjIgrOUuKW4jgRZN4PAs1cWe/wfT9+5i3lutw6Eqn7gZrjMuvla5KJqywn\
    wOE+soWWbAheBHRTJsVXMBe8xA558fwy9K8hZSb8oTJsxUWRqSZTYblSuVz279yJZnOJzr1Jme0i50le\
    tJVP8vsaikjTcoeM+TyQHCRfaruNLRPhlPhqjfH+W+LAlmwQAIdo9Fm44HJc3YO9UnF09pjDDsTSMklW\
    lQNSqRlMYEiIZZLPSn94CA==";
/// The same for a GET with the signature's own instants.
const GET_BY_OPENSSL: &str = "GUI5bfcGrWx+wB0n5u3qeVLUQnWr8yZWzPEwyuaJbFMQOgKXPkJm6Vx9Uy3f1MRj6oOctXUh15V7wt0/\
    MMLUl6wQJr42KHoWEYbBWd9lqjU2wPkHKdm9m/WW8EVKbGHHtiQhpJhsPvhxs9nVb8NIUbHReXjraPwG\
    oheCKymGtCcpFCkswYjQd7+hx4uyxEE/sWVEc4qa+AU117AXeoj5GNcxAbYaFHBle5S2DyUbmX9tZVjo\
    rODbnTFKA6WWlY2FcqkSJjHnx8js6/AKF7H7YqAJNfm2YpcOKgMaTUYcHHGrZQPfmbiYBEpakVz1wHxG\
    fc2HhP1BP2IX8hlKtWzrxw==";

/// A request that tests bend: by default a good POST as Mastodon sends it.
#[derive(Clone)]
struct Bent {
    method: &'static str,
    target: String,
    /// What the peer signed as the target, when that is not the target.
    signed_target: Option<String>,
    headers: Vec<(String, String)>,
    covered: Vec<&'static str>,
    /// Parameters before the signature, with a comma at their end.
    parameters: String,
    created: Option<&'static str>,
    body: Option<Vec<u8>>,
    now: i64,
}

impl Bent {
    fn post() -> Self {
        Self {
            method: "POST",
            target: "/users/bob/inbox".to_owned(),
            signed_target: None,
            headers: [
                ("Host", "beta.test"),
                ("Date", DATE),
                ("Digest", BODY_DIGEST),
                ("Content-Type", "application/activity+json"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
            covered: vec!["(request-target)", "host", "date", "digest", "content-type"],
            parameters: r#"algorithm="rsa-sha256","#.to_owned(),
            created: None,
            body: Some(BODY.to_vec()),
            now: NOW,
        }
    }

    fn get() -> Self {
        let mut get = Self::post();
        get.method = "GET";
        get.target = "/users/bob?page=true".to_owned();
        get.headers.truncate(2);
        get.covered.truncate(3);
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

    fn uncover(&mut self, name: &str) {
        self.covered.retain(|covered| *covered != name);
    }

    /// The text that an honest peer signs, put together by hand.
    fn text(&self) -> String {
        let line = |name: &&str| {
            let value = match *name {
                TARGET => format!(
                    "{} {}",
                    self.method.to_ascii_lowercase(),
                    self.signed_target.as_ref().unwrap_or(&self.target)
                ),
                CREATED => self.created.unwrap_or_default().to_owned(),
                name => self
                    .headers
                    .iter()
                    .filter(|(found, _)| found.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value.trim())
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            format!("{}: {value}", name.to_ascii_lowercase())
        };
        self.covered.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn sign(mut self) -> Self {
        let key = SigningKey::from_pem(PRIVATE).unwrap();
        let signature = STANDARD.encode(key.sign(self.text().as_bytes()).unwrap());
        let value = format!(
            r#"keyId="{KEY_ID}",{}headers="{}",signature="{signature}""#,
            self.parameters,
            self.covered.join(" ")
        );
        self.headers.push(("Signature".to_owned(), value));
        self
    }

    fn judge(&self) -> Result<(), Refusal> {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let unverified = check(&SignedRequest {
            method: self.method,
            path_and_query: &self.target,
            headers: &headers,
            body: self.body.as_deref(),
            origin: "https://beta.test",
            now: self.now,
        })?;
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

#[test]
fn requests_signed_by_openssl_are_accepted() {
    let mut post = Bent::post();
    let header = format!(
        r#"keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="{POST_BY_OPENSSL}""#
    );
    post.set("Signature", &header);
    assert_eq!(post.judge(), Ok(()));

    let mut get = Bent::get();
    let header = format!(
        r#"keyId="{KEY_ID}",algorithm="hs2019",created=784111777,expires=784112077,headers="(request-target) (created) (expires) host accept",signature="{GET_BY_OPENSSL}""#
    );
    get.set("Accept", "application/activity+json");
    get.set("Signature", &header);
    assert_eq!(get.judge(), Ok(()));
}

#[test]
fn our_own_requests_are_accepted_by_our_own_policy() {
    let alice = SigningIdentity {
        key_id: KEY_ID.to_owned(),
        key: SigningKey::from_pem(PRIVATE).unwrap().into(),
    };
    for (url, authority, body) in [
        ("https://beta.test/inbox", "beta.test", Some(BODY)),
        ("https://beta.test/inbox?shared=1", "beta.test", Some(BODY)),
        (
            "http://beta.localhost:8082/users/b%C3%A9",
            "beta.localhost:8082",
            None,
        ),
        (
            "https://beta.test/users/bob?page=1&min=2",
            "beta.test",
            None,
        ),
        ("https://BETA.test:443/", "beta.test", None),
    ] {
        let url = url::Url::parse(url).unwrap();
        let signed = match body {
            Some(body) => sign_post(&alice, &url, body, NOW).unwrap(),
            None => sign_get(&alice, &url, NOW).unwrap(),
        };
        let mut headers: Vec<(&str, &str)> = signed
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        headers.push(("host", authority));
        let request = SignedRequest {
            method: if body.is_some() { "POST" } else { "GET" },
            path_and_query: &url[url::Position::BeforePath..url::Position::AfterQuery],
            headers: &headers,
            body,
            origin: &format!("{}://{authority}", url.scheme()),
            now: NOW + MINUTE,
        };
        let unverified = check(&request).unwrap();
        let key = VerifyingKey::from_pem(PUBLIC).unwrap();
        assert_eq!(unverified.verify(&key), Ok(()), "{url}");
    }
}

#[test]
fn signatures_as_peers_make_them_are_accepted() {
    let order = |covered: &[&'static str]| Bent::post().with(|it| it.covered = covered.to_vec());
    assert_verdicts([
        ("Mastodon POST", Bent::post(), Ok(())),
        ("Mastodon GET", Bent::get(), Ok(())),
        (
            "Misskey",
            order(&["(request-target)", "date", "host", "digest"]),
            Ok(()),
        ),
        (
            "Pleroma",
            order(&["(request-target)", "content-type", "date", "digest", "host"]),
            Ok(()),
        ),
        (
            "GoToSocial",
            Bent::post().with(|it| it.parameters = "algorithm=\"hs2019\",".to_owned()),
            Ok(()),
        ),
        (
            "no algorithm",
            Bent::post().with(|it| it.parameters.clear()),
            Ok(()),
        ),
        (
            "blanks",
            Bent::post().with(|it| it.parameters = " algorithm = \"rsa-sha256\" , ".to_owned()),
            Ok(()),
        ),
        (
            "upper case",
            order(&["(request-target)", "Host", "DATE", "Digest"]),
            Ok(()),
        ),
    ]);
}

#[test]
fn requests_may_differ_in_what_means_the_same() {
    assert_verdicts([
        (
            "HTTP/2 names",
            Bent::post().with(|it| {
                it.headers
                    .iter_mut()
                    .for_each(|(name, _)| *name = name.to_lowercase());
            }),
            Ok(()),
        ),
        (
            "host in another case",
            Bent::post().with(|it| it.set("Host", "Beta.TEST")),
            Ok(()),
        ),
        (
            "host with the port",
            Bent::post().with(|it| it.set("Host", "beta.test:443")),
            Ok(()),
        ),
        (
            "path without the query",
            Bent::get().with(|it| it.signed_target = Some("/users/bob".to_owned())),
            Ok(()),
        ),
        (
            "created for date",
            Bent::get().with(|it| {
                it.unset("Date");
                it.covered = vec![TARGET, CREATED, "host"];
                it.parameters = "algorithm=hs2019,created=784111777,".to_owned();
                it.created = Some("784111777");
            }),
            Ok(()),
        ),
        (
            "a header in two lines",
            Bent::post().with(|it| {
                it.headers.push((
                    "Collection-Synchronization".to_owned(),
                    "a=\"1\" ".to_owned(),
                ));
                it.headers.push((
                    "Collection-Synchronization".to_owned(),
                    "b=\"2\"".to_owned(),
                ));
                it.covered.push("collection-synchronization");
            }),
            Ok(()),
        ),
        (
            "GET with the digest of nothing",
            Bent::get().with(|it| {
                it.set("Digest", &digest_header(b""));
                it.covered.push("digest");
            }),
            Ok(()),
        ),
    ]);
}

#[test]
fn a7_only_complete_signatures_of_known_kinds_count() {
    let algorithm = |name: &str| {
        let parameters = format!("algorithm=\"{name}\",");
        (
            Bent::post().with(|it| it.parameters = parameters),
            Err(Refusal::Algorithm(name.to_owned())),
        )
    };
    for name in [
        "none",
        "rsa-sha1",
        "rsa-sha512",
        "hmac-sha256",
        "ecdsa-sha256",
        "ed25519",
        "",
    ] {
        let (bent, expected) = algorithm(name);
        assert_eq!(bent.sign().judge(), expected, "{name}");
    }
    let unsigned = Bent::post();
    assert_eq!(unsigned.judge(), Err(Refusal::Unsigned));
    let twice = Bent::post().sign().sign();
    assert_eq!(twice.judge(), Err(Refusal::Repeated("signature")));
    let newer = Bent::post().with(|it| {
        it.set("Signature-Input", "sig1=();keyid=\"k\"");
        it.set("Signature", "sig1=:AAAA:");
    });
    assert_eq!(newer.judge(), Err(Refusal::NotCovered("@method")));
    let mixed = Bent::post().sign().with(|it| {
        it.headers
            .push(("Signature".to_owned(), "sig1=:AAAA:".to_owned()));
    });
    assert_eq!(mixed.judge(), Err(Refusal::Repeated("signature")));
    let mixed = mixed.with(|it| it.set("Signature-Input", "sig1=();keyid=\"k\""));
    assert!(mixed.judge().is_err(), "neither stands in for the other");
    let with_a_stray_header = Bent::post()
        .sign()
        .with(|it| it.set("Signature-Input", "sig1=()"));
    assert_eq!(with_a_stray_header.judge(), Ok(()));
    let empty =
        Bent::post().with(|it| it.set("Signature", r#"keyId="k",headers="",signature="AA==""#));
    assert_eq!(
        empty.judge(),
        Err(Refusal::Malformed(Malformed::Value("headers")))
    );
}

#[test]
fn a7_a_signature_of_something_else_is_refused() {
    let good = Bent::post().sign();
    assert_eq!(good.judge(), Ok(()));
    for (what, bent) in [
        (
            "content type",
            good.clone()
                .with(|it| it.headers[3].1 = "text/html".to_owned()),
        ),
        (
            "date",
            good.clone()
                .with(|it| it.headers[1].1 = to_http_date(NOW + MINUTE)),
        ),
        (
            "order",
            good.clone().with(|it| {
                let value = &mut it.headers[4].1;
                *value = value.replace("host date", "date host");
            }),
        ),
        (
            "signature",
            good.clone().with(|it| {
                let value = &mut it.headers[4].1;
                let start = value.find(",signature=").unwrap();
                value.truncate(start);
                value.push_str(",signature=\"AAAA\"");
            }),
        ),
    ] {
        assert_eq!(bent.judge(), Err(Refusal::WrongSignature), "{what}");
    }
}

#[test]
fn a7_names_that_the_request_lacks_are_refused() {
    let cover = |name: &'static str| Bent::post().with(|it| it.covered.push(name));
    let absent = |name: &str| Err(Refusal::Absent(name.to_owned()));
    assert_verdicts([
        ("ordinary", cover("x-absent"), absent("x-absent")),
        ("pseudo", cover("(status)"), absent("(status)")),
        ("itself", cover("signature"), absent("signature")),
        (
            "authorization",
            cover("authorization").with(|it| it.set("Authorization", "x")),
            absent("authorization"),
        ),
        ("created", cover(CREATED), absent(CREATED)),
        ("expires", cover(EXPIRES), absent(EXPIRES)),
        (
            "no date",
            Bent::post().with(|it| it.unset("Date")),
            absent("date"),
        ),
        (
            "no host",
            Bent::post().with(|it| it.unset("Host")),
            absent("host"),
        ),
    ]);
}

#[test]
fn a14_a_key_id_given_twice_never_reaches_the_signature() {
    let bent = Bent::post().with(|it| it.parameters = "keyId=\"https://evil.test/k\",".to_owned());
    let expected = Refusal::Malformed(Malformed::Duplicate("keyid".to_owned()));
    assert_eq!(bent.sign().judge(), Err(expected));
}

#[test]
fn a14_no_value_can_smuggle_another_parameter_in() {
    // To a reader that splits at commas this key id would replace what is covered.
    let mut bent = Bent::post().sign();
    let value = bent.headers[4]
        .1
        .replace(KEY_ID, "k,headers=host,signature=AA==");
    bent.set("Signature", &value);
    let headers: Vec<(&str, &str)> = bent
        .headers
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let unverified = check(&SignedRequest {
        method: "POST",
        path_and_query: &bent.target,
        headers: &headers,
        body: Some(BODY),
        origin: "https://beta.test",
        now: NOW,
    })
    .unwrap();
    assert_eq!(unverified.key_id(), "k,headers=host,signature=AA==");
    assert_eq!(
        unverified.verify(&VerifyingKey::from_pem(PUBLIC).unwrap()),
        Ok(())
    );
}

#[test]
fn a15_another_key_does_not_fit() {
    let other = crate::keys::rsa::generate().unwrap();
    let bent = Bent::post().sign();
    let headers: Vec<(&str, &str)> = bent
        .headers
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let request = SignedRequest {
        method: "POST",
        path_and_query: &bent.target,
        headers: &headers,
        body: Some(BODY),
        origin: "https://beta.test",
        now: NOW,
    };
    let key = VerifyingKey::from_pem(&other.public).unwrap();
    assert_eq!(
        check(&request).unwrap().verify(&key),
        Err(Refusal::WrongSignature)
    );
}

#[test]
fn e15_junk_is_refused_before_any_key_is_asked_for() {
    // A signature of nothing: whatever else is wrong is found without it.
    let junk = r#"keyId="k",headers="(request-target) host date digest",signature="AA==""#;
    let bent = Bent::post().with(|it| it.set("Signature", junk));
    for (bent, expected) in [
        (bent.clone().with(|it| it.now += 13 * HOUR), Refusal::TooOld),
        (bent.clone().with(|it| it.body = None), Refusal::OtherBody),
        (
            bent.clone().with(|it| it.set("Host", "gamma.test")),
            Refusal::OtherHost("gamma.test".to_owned()),
        ),
    ] {
        assert_eq!(bent.judge(), Err(expected));
    }
}

#[test]
fn refusals_answer_400_when_unreadable_and_401_when_not_believed() {
    for (refusal, status) in [
        (Refusal::Malformed(Malformed::Syntax), 400),
        (Refusal::Repeated("host"), 400),
        (Refusal::UnreadableDate, 400),
        (Refusal::UnreadableDigest, 400),
        (Refusal::Unsigned, 401),
        (Refusal::Unreadable("Signature", Unreadable::Syntax), 400),
        (Refusal::Several, 400),
        (Refusal::NoParameter("keyid"), 400),
        (Refusal::Value("created"), 400),
        (Refusal::CoveredTwice("date".to_owned()), 400),
        (Refusal::Component("@status".to_owned()), 401),
        (Refusal::Algorithm("none".to_owned()), 401),
        (Refusal::NotCovered("digest"), 401),
        (Refusal::Absent("date".to_owned()), 401),
        (Refusal::OtherHost("gamma.test".to_owned()), 401),
        (Refusal::TooOld, 401),
        (Refusal::InFuture, 401),
        (Refusal::Expired, 401),
        (Refusal::NoDigest, 401),
        (Refusal::OtherBody, 401),
        (Refusal::WrongSignature, 401),
    ] {
        assert_eq!(refusal.status(), status, "{refusal}");
        assert!(refusal.to_string().len() > 10);
    }
}
