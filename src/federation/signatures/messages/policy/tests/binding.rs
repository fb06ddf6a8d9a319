//! What a signature binds: body, method, target and host.

use super::*;

#[test]
fn a9_the_body_must_be_bound_to_the_signature() {
    let uncovered = Err(Refusal::NotCovered("content-digest"));
    let digest = |value: &str| Bent::post().with(|it| it.set("Content-Digest", value));
    let ours = digests::build(&sha256_base64(BODY));
    let other = digests::build(&sha256_base64(b"another body"));
    assert_verdicts([
        (
            "not covered",
            covering(&["@method", "@target-uri"]),
            uncovered.clone(),
        ),
        (
            "the digest of the draft",
            covering(&["@method", "@target-uri", "digest"])
                .with(|it| it.set("Digest", "SHA-256=AAAA")),
            uncovered.clone(),
        ),
        (
            "absent",
            Bent::post().with(|it| it.unset("Content-Digest")),
            Err(Refusal::Absent("content-digest".to_owned())),
        ),
        (
            "other body",
            Bent::post().with(|it| it.body = Some(b"{}".to_vec())),
            Err(Refusal::OtherBody),
        ),
        (
            "no body",
            Bent::post().with(|it| it.body = None),
            Err(Refusal::OtherBody),
        ),
        ("other digest", digest(&other), Err(Refusal::OtherBody)),
        (
            "unknown digest",
            digest("md5=:AQID:"),
            Err(Refusal::NoDigest),
        ),
        (
            "no digest",
            digest("sha-256"),
            Err(Refusal::UnreadableDigest),
        ),
        (
            "two that differ",
            Bent::post().with(|it| {
                it.headers
                    .push(("content-digest".to_owned(), other.clone()));
            }),
            Err(Refusal::UnreadableDigest),
        ),
        ("PUT", Bent::get().with(|it| it.method = "PUT"), uncovered),
        (
            "GET with the digest of nothing",
            Bent::get().with(|it| {
                it.set("Content-Digest", &digests::build(&sha256_base64(b"")));
                it.covered.push("content-digest");
            }),
            Ok(()),
        ),
    ]);
    let changed = Bent::post()
        .sign()
        .with(|it| it.set("Content-Digest", &ours.replace('=', "==")));
    assert!(changed.judge().is_err());
}

#[test]
fn a10_method_and_target_must_be_bound_to_the_signature() {
    let get = |covered: &[&'static str]| Bent::get().with(|it| it.covered = covered.to_vec());
    let no_target = Err(Refusal::NotCovered("@target-uri"));
    assert_verdicts([
        (
            "no method",
            get(&["@target-uri"]),
            Err(Refusal::NotCovered("@method")),
        ),
        ("nothing", get(&[]), Err(Refusal::NotCovered("@method"))),
        ("no target", get(&["@method"]), no_target.clone()),
        (
            "host only",
            get(&["@method", "@authority"]),
            no_target.clone(),
        ),
        (
            "path only",
            get(&["@method", "@request-target"]),
            no_target.clone(),
        ),
        (
            "query left out",
            get(&["@method", "@authority", "@path"]),
            no_target.clone(),
        ),
        (
            "path left out",
            get(&["@method", "@authority", "@query"]),
            no_target.clone(),
        ),
        (
            "host header only",
            get(&["@method", "host", "@path", "@query"]),
            no_target,
        ),
    ]);
    let (get, post) = (Bent::get().sign(), Bent::post().sign());
    let to = |it: &Bent, target: &str| it.clone().with(|it| it.target = target.to_owned());
    for (what, bent, expected) in [
        (
            "other path",
            to(&post, "/users/eve/inbox"),
            Refusal::WrongSignature,
        ),
        (
            "other case",
            to(&post, "/users/BOB/inbox"),
            Refusal::WrongSignature,
        ),
        (
            "other query",
            to(&get, "/users/bob?page=false"),
            Refusal::WrongSignature,
        ),
        ("no query", to(&get, "/users/bob"), Refusal::WrongSignature),
        (
            "GET as POST",
            get.clone().with(|it| it.method = "POST"),
            Refusal::NotCovered("content-digest"),
        ),
        (
            "GET as HEAD",
            get.clone().with(|it| it.method = "HEAD"),
            Refusal::WrongSignature,
        ),
        (
            "POST as GET",
            post.clone().with(|it| it.method = "GET"),
            Refusal::WrongSignature,
        ),
    ] {
        assert_eq!(bent.judge(), Err(expected), "{what}");
    }
}

#[test]
fn a11_the_host_is_the_configured_one() {
    for origin in [
        "https://gamma.test",
        "http://beta.test",
        "https://beta.test:8443",
        "https://evilbeta.test",
    ] {
        for covered in [
            vec!["@method", "@target-uri", "content-digest"],
            vec![
                "@method",
                "@authority",
                "@path",
                "@scheme",
                "content-digest",
            ],
        ] {
            let bent = Bent::post().with(|it| {
                it.origin = origin;
                it.covered = covered;
                it.set("Host", origin.rsplit('/').next().unwrap());
                it.set("X-Forwarded-Host", origin.rsplit('/').next().unwrap());
            });
            assert_eq!(
                bent.sign().judge(),
                Err(Refusal::WrongSignature),
                "{origin}"
            );
        }
    }
}
