//! A signature binds the body, the target and the host of its request.

use super::*;

#[test]
fn a9_body_must_be_bound_to_the_signature() {
    let get = |method| Bent::get().with(|it| it.method = method);
    let body = |body: Option<&[u8]>| Bent::post().with(|it| it.body = body.map(<[u8]>::to_vec));
    let no_digest = Bent::post().with(|it| it.unset("Digest"));
    let uncovered = Err(Refusal::NotCovered("digest"));
    let absent = Err(Refusal::Absent("digest".to_owned()));
    assert_verdicts([
        (
            "none",
            no_digest.clone().with(|it| it.uncover("digest")),
            uncovered.clone(),
        ),
        (
            "not signed",
            Bent::post().with(|it| it.uncover("digest")),
            uncovered.clone(),
        ),
        ("signed but absent", no_digest, absent),
        ("other body", body(Some(b"{}")), Err(Refusal::OtherBody)),
        ("no body", body(None), Err(Refusal::OtherBody)),
        ("PUT", get("PUT"), uncovered.clone()),
        ("DELETE", get("DELETE"), uncovered),
    ]);
}

#[test]
fn a9_every_digest_given_must_be_that_of_the_body() {
    let other = digest_header(b"another body");
    let md5 = "MD5=1B2M2Y8AsgTpgAmY7PhCfg==";
    for (values, expected) in [
        (vec![other.as_str()], Err(Refusal::OtherBody)),
        (
            vec![&format!("{BODY_DIGEST},{other}")],
            Err(Refusal::OtherBody),
        ),
        (
            vec![&format!("{other}, {BODY_DIGEST}")],
            Err(Refusal::OtherBody),
        ),
        (vec![BODY_DIGEST, &other], Err(Refusal::OtherBody)),
        (vec!["SHA-256=47DEQ"], Err(Refusal::OtherBody)),
        (vec!["SHA-256="], Err(Refusal::OtherBody)),
        (vec![md5], Err(Refusal::NoDigest)),
        (vec!["SHA-256"], Err(Refusal::UnreadableDigest)),
        (vec![""], Err(Refusal::UnreadableDigest)),
        (vec![&BODY_DIGEST.replace("SHA", "sha")], Ok(())),
        (vec![&format!("{md5},{BODY_DIGEST}")], Ok(())),
        (vec![BODY_DIGEST, BODY_DIGEST], Ok(())),
    ] {
        let bent = Bent::post().with(|it| {
            it.unset("Digest");
            let lines = values
                .iter()
                .map(|value| ("Digest".to_owned(), (*value).to_owned()));
            it.headers.extend(lines);
        });
        assert_eq!(bent.sign().judge(), expected, "{values:?}");
    }
}

#[test]
fn a10_method_and_target_must_be_bound_to_the_signature() {
    let unbound = Bent::get().with(|it| it.uncover(TARGET));
    assert_verdicts([("not covered", unbound, Err(Refusal::NotCovered(TARGET)))]);
    let (get, post) = (Bent::get().sign(), Bent::post().sign());
    for (what, bent, expected) in [
        (
            "other path",
            post.clone()
                .with(|it| it.target = "/users/eve/inbox".to_owned()),
            Refusal::WrongSignature,
        ),
        (
            "other case",
            post.clone()
                .with(|it| it.target = "/users/BOB/inbox".to_owned()),
            Refusal::WrongSignature,
        ),
        (
            "other query",
            get.clone()
                .with(|it| it.target = "/users/bob?page=false".to_owned()),
            Refusal::WrongSignature,
        ),
        (
            "other path, same query",
            get.clone()
                .with(|it| it.target = "/users/eve?page=true".to_owned()),
            Refusal::WrongSignature,
        ),
        (
            "GET as POST",
            get.clone().with(|it| it.method = "POST"),
            Refusal::NotCovered("digest"),
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
fn a11_host_must_be_ours_and_bound_to_the_signature() {
    let host = |value: &'static str| Bent::post().with(|it| it.set("Host", value));
    let other = |value: &str| Err(Refusal::OtherHost(value.to_owned()));
    assert_verdicts([
        (
            "not covered",
            Bent::post().with(|it| it.uncover("host")),
            Err(Refusal::NotCovered("host")),
        ),
        ("another", host("gamma.test"), other("gamma.test")),
        (
            "another port",
            host("beta.test:8443"),
            other("beta.test:8443"),
        ),
        ("as the end", host("evilbeta.test"), other("evilbeta.test")),
        (
            "as the start",
            host("beta.test.evil.test"),
            other("beta.test.evil.test"),
        ),
        ("with user", host("x@beta.test"), other("x@beta.test")),
        ("empty", host(""), other("")),
        (
            "claimed by a proxy",
            host("gamma.test").with(|it| it.set("X-Forwarded-Host", "beta.test")),
            other("gamma.test"),
        ),
        (
            "two",
            Bent::post().with(|it| {
                it.headers
                    .push(("host".to_owned(), "gamma.test".to_owned()));
            }),
            Err(Refusal::Repeated("host")),
        ),
    ]);
    let moved = Bent::post().with(|it| it.set("Host", "gamma.test")).sign();
    let moved = moved.with(|it| it.set("Host", "beta.test"));
    assert_eq!(moved.judge(), Err(Refusal::WrongSignature));
}
