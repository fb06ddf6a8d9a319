//! Section A: what a signature must bind, in both standards, through the door and the queue. Everything is signed honestly
//! by hand, then bent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use whimbrel::clock::{Clock, HOUR, SECOND, to_http_date};
use whimbrel::keys::actors::SigningKey;
use whimbrel::keys::digests::sha256_base64;
use whimbrel::keys::{KeyPairPem, ed25519, multikeys, rsa};
use whimbrel::store::Engine;

use crate::support::databases::{NOON, on_both};
use crate::support::fingerprints::Fingerprint;
use crate::support::hostile::Hostile;
use crate::support::nodes::TestNode;
use crate::support::people::Person;
use crate::support::wire::{Call, Wire};

/// What is done to a good letter, and its name.
type Case<'n> = (&'n str, fn(&mut Letter));

const FORMS: [Form; 2] = [Form::Draft, Form::Message];

/// The standard by which something is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Draft,
    Message,
}

struct Stage {
    node: TestNode,
    peer: Hostile,
    ann: Person,
    bob: String,
    rsa: KeyPairPem,
    ed25519: KeyPairPem,
}

impl Stage {
    /// A node with Ann, and Bob elsewhere, who has keys of both sorts.
    async fn open(engine: Engine) -> Self {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let peer = Hostile::start().await;
        let ann = node.person("ann").await;
        let bob = peer.resident("good", "bob");
        let stage = Self {
            node,
            peer,
            ann,
            bob,
            rsa: rsa::generate().expect("a key"),
            ed25519: ed25519::generate().expect("a key"),
        };
        stage.show_keys(&stage.ed25519);
        stage
    }

    /// Shows Bob with his RSA key and this Ed25519 key.
    fn show_keys(&self, second: &KeyPairPem) {
        let mut actor = self.peer.actor("good", "bob");
        actor["publicKey"]["publicKeyPem"] = self.rsa.public.clone().into();
        actor["assertionMethod"] = json!([{
            "id": format!("{}#ed25519-key", self.bob), "type": "Multikey", "controller": self.bob,
            "publicKeyMultibase": multikeys::from_pem(&second.public).expect("a multikey"),
        }]);
        self.peer.show(&self.bob, &actor);
    }

    /// A follow of Ann by Bob as a good letter.
    fn letter(&self, form: Form, name: &str) -> Letter {
        let target = format!("{}/users/ann", self.node.origin());
        // It becomes part of an id.
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let follow = self.peer.deed(&self.bob, "Follow", &name, &target.into());
        let body = follow.to_string().into_bytes();
        Letter {
            form,
            key_id: format!("{}#main-key", self.bob),
            pair: self.rsa.clone(),
            algorithm: None,
            method: "POST",
            target: "/inbox".to_owned(),
            origin: self.node.origin().to_owned(),
            at: NOON,
            covered: match form {
                Form::Draft => vec!["(request-target)", "host", "date", "digest"],
                Form::Message => vec!["@method", "@target-uri", "content-digest"],
            },
            parameters: String::new(),
            digest_of: body.clone(),
            body,
            further: Vec::new(),
        }
    }

    async fn send(&self, call: &Call) -> u16 {
        Wire::to(&self.node).send(call).await.status
    }

    /// Sends each bent letter in each form; all must get this status and change nothing.
    async fn refuses(&self, status: u16, cases: &[Case<'_>]) {
        self.knows_bob().await;
        self.node.settle().await;
        let before = Fingerprint::of(&self.node).await;
        for form in FORMS {
            for (what, bend) in cases {
                let mut letter = self.letter(form, what);
                bend(&mut letter);
                assert_eq!(self.send(&letter.call()).await, status, "{form:?}: {what}");
            }
        }
        self.node.settle().await;
        let changes = before.differences(&Fingerprint::of(&self.node).await);
        // What was not believed is counted for the server in whose name it came.
        let changes: Vec<_> = changes
            .iter()
            .filter(|row| !row.contains(" peers "))
            .collect();
        assert!(changes.is_empty(), "{changes:#?}");
        for form in FORMS {
            let letter = self.letter(form, &format!("the good one, {form:?}"));
            assert_eq!(self.send(&letter.call()).await, 202, "{form:?}");
        }
    }

    /// Bob and his keys are known from here on.
    async fn knows_bob(&self) {
        self.ann.finds("accounts", &self.bob).await;
    }

    async fn count_receipts(&self) -> usize {
        Fingerprint::of(&self.node).await.story(&["receipts"]).len()
    }
}

/// A request, in the words of its sender.
#[derive(Clone)]
struct Letter {
    form: Form,
    key_id: String,
    pair: KeyPairPem,
    algorithm: Option<&'static str>,
    method: &'static str,
    target: String,
    origin: String,
    /// When it is signed, in milliseconds.
    at: i64,
    covered: Vec<&'static str>,
    /// Further parameters, as the form writes them.
    parameters: String,
    digest_of: Vec<u8>,
    body: Vec<u8>,
    /// Further headers, which are not signed.
    further: Vec<(String, String)>,
}

impl Letter {
    fn host(&self) -> &str {
        self.origin.split_once("://").expect("a scheme").1
    }

    fn digest(&self) -> String {
        let digest = sha256_base64(&self.digest_of);
        match self.form {
            Form::Draft => format!("SHA-256={digest}"),
            Form::Message => format!("sha-256=:{digest}:"),
        }
    }

    fn value(&self, name: &str) -> String {
        match name {
            "(request-target)" => format!("{} {}", self.method.to_lowercase(), self.target),
            "(created)" => (self.at / SECOND).to_string(),
            "@method" => self.method.to_owned(),
            "@target-uri" => format!("{}{}", self.origin, self.target),
            "@authority" | "host" => self.host().to_owned(),
            "date" => to_http_date(self.at),
            "digest" | "content-digest" => self.digest(),
            other => panic!("nobody covers {other}"),
        }
    }

    fn uncover(&mut self, draft: &str, message: &str) {
        self.covered
            .retain(|name| *name != draft && *name != message);
    }

    /// Signed, ready to be sent.
    fn call(&self) -> Call {
        let key = SigningKey::from_pem(self.pair.private.expose()).expect("a key");
        let mut headers = vec![(
            "Content-Type".to_owned(),
            "application/activity+json".to_owned(),
        )];
        let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
        add("Date", to_http_date(self.at));
        let sign = |text: &str| STANDARD.encode(key.sign(text.as_bytes()).expect("a signature"));
        match self.form {
            Form::Draft => {
                let line = |name: &&str| format!("{name}: {}", self.value(name));
                let text: Vec<String> = self.covered.iter().map(line).collect();
                let algorithm = self.algorithm.unwrap_or("hs2019");
                add("Digest", self.digest());
                add(
                    "Signature",
                    format!(
                        "keyId=\"{}\",algorithm=\"{algorithm}\",{}headers=\"{}\",signature=\"{}\"",
                        self.key_id,
                        self.parameters,
                        self.covered.join(" "),
                        sign(&text.join("\n"))
                    ),
                );
            }
            Form::Message => {
                let line = |name: &&str| format!("\"{name}\": {}\n", self.value(name));
                let text: String = self.covered.iter().map(line).collect();
                let names: Vec<String> = self
                    .covered
                    .iter()
                    .map(|name| format!("\"{name}\""))
                    .collect();
                let algorithm = self
                    .algorithm
                    .map_or(String::new(), |name| format!(";alg=\"{name}\""));
                let created = if self.parameters.contains("created") {
                    String::new()
                } else {
                    format!(";created={}", self.at / SECOND)
                };
                let input = format!(
                    "({}){created};keyid=\"{}\"{algorithm}{}",
                    names.join(" "),
                    self.key_id,
                    self.parameters
                );
                add("Content-Digest", self.digest());
                add(
                    "Signature",
                    format!(
                        "sig1=:{}:",
                        sign(&format!("{text}\"@signature-params\": {input}"))
                    ),
                );
                add("Signature-Input", format!("sig1={input}"));
            }
        }
        headers.extend(self.further.clone());
        Call {
            headers,
            body: self.body.clone(),
            ..Call::new(&format!("{} {}", self.method, self.target))
        }
    }
}

on_both! {
    async fn a7_only_complete_signatures_of_known_kinds_count(engine) {
        let stage = Stage::open(engine).await;
        stage.refuses(401, &[
            ("unknown algorithm", |it| it.algorithm = Some("hmac-sha256")),
            ("no algorithm", |it| it.algorithm = Some("none")),
            ("nothing covered but the target", |it| it.covered.truncate(1)),
        ]).await;
        for form in FORMS {
            let good = stage.letter(form, "spoilt").call();
            for (what, name, value, status) in [
                ("another signature", "Signature", "sig1=:AAAA:", [400, 401]),
                ("nothing", "Signature", "", [400, 401]),
                ("twice", "Signature", "twice", [400, 400]),
                ("none", "Signature", "none", [400, 401]),
            ] {
                let mut call = good.clone();
                let own = call.headers.iter().position(|(known, _)| known == name).expect("a signature");
                match value {
                    "twice" => call.headers.push(call.headers[own].clone()),
                    value => value.clone_into(&mut call.headers[own].1),
                }
                assert_eq!(stage.send(&call).await, status[form as usize], "{form:?}: {what}");
            }
        }
    }
}

on_both! {
    async fn a9_the_body_is_bound_to_the_signature(engine) {
        let stage = Stage::open(engine).await;
        stage.refuses(401, &[
            ("digest not covered", |it| it.uncover("digest", "content-digest")),
            ("another body", |it| it.body.push(b' ')),
            ("the digest of something else", |it| it.digest_of.push(b' ')),
        ]).await;
        for form in FORMS {
            let mut letter = stage.letter(form, "two digests");
            let name = if form == Form::Draft { "Digest" } else { "Content-Digest" };
            letter.digest_of.push(b' ');
            letter.further.push((name.to_owned(), stage.letter(form, "two digests").digest()));
            assert!([400, 401].contains(&stage.send(&letter.call()).await), "{form:?}: two digests");
            let mut call = stage.letter(form, "no digest").call();
            call.headers.retain(|(known, _)| known != name);
            assert_eq!(stage.send(&call).await, 401, "{form:?}: no digest");
        }
    }
}

on_both! {
    async fn a10_method_and_target_are_bound_to_the_signature(engine) {
        let stage = Stage::open(engine).await;
        stage.refuses(401, &[
            ("target not covered", |it| it.uncover("(request-target)", "@target-uri")),
            ("neither", |it| { it.uncover("(request-target)", "@target-uri"); it.uncover("", "@method"); }),
        ]).await;
        for form in FORMS {
            let mut call = stage.letter(form, "to another inbox").call();
            call.target = b"/users/ann/inbox".to_vec();
            assert_eq!(stage.send(&call).await, 401, "{form:?}: another path");
            let mut letter = stage.letter(form, "a GET");
            letter.method = "GET";
            let mut call = letter.call();
            "POST".clone_into(&mut call.method);
            assert_eq!(stage.send(&call).await, 401, "{form:?}: another method");
        }
    }
}

on_both! {
    async fn a11_what_is_signed_for_another_host_is_not_ours(engine) {
        let stage = Stage::open(engine).await;
        stage.refuses(401, &[
            ("another host", |it| "http://beta.localhost:1".clone_into(&mut it.origin)),
            ("another host, forwarded", |it| {
                it.further.push(("X-Forwarded-Host".to_owned(), "beta.localhost:1".to_owned()));
                "http://beta.localhost:1".clone_into(&mut it.origin);
            }),
            ("another host, and said so", |it| {
                it.further.push(("Host".to_owned(), "beta.localhost:1".to_owned()));
                "http://beta.localhost:1".clone_into(&mut it.origin);
            }),
        ]).await;
    }
}

on_both! {
    async fn a12_the_same_request_has_one_effect_and_an_old_one_none(engine) {
        let stage = Stage::open(engine).await;
        stage.refuses(401, &[
            ("13 hours ago", |it| it.at -= 13 * HOUR),
        ]).await;
        let before = stage.count_receipts().await;
        for form in FORMS {
            let call = stage.letter(form, &format!("again, {form:?}")).call();
            for _ in 0..3 {
                assert_eq!(stage.send(&call).await, 202, "{form:?}");
            }
        }
        assert_eq!(stage.count_receipts().await, before + 2);
    }
}

on_both! {
    async fn a13_instants_must_be_in_range(engine) {
        let stage = Stage::open(engine).await;
        stage.refuses(401, &[
            ("two hours ahead", |it| it.at += 2 * HOUR),
            ("over since two hours", |it| {
                let (at, gone) = (it.at / SECOND, (it.at - 2 * HOUR) / SECOND);
                it.parameters = match it.form {
                    Form::Draft => format!("created={at},expires={gone},"),
                    Form::Message => format!(";created={at};expires={gone}"),
                };
            }),
        ]).await;
        stage.refuses(400, &[
            ("negative", |it| it.parameters = match it.form {
                Form::Draft => "created=-1,".to_owned(),
                Form::Message => ";created=-1".to_owned(),
            }),
            ("without bound", |it| it.parameters = match it.form {
                Form::Draft => "created=1e18,".to_owned(),
                Form::Message => ";created=1000000000000000000".to_owned(),
            }),
            ("a text", |it| it.parameters = match it.form {
                Form::Draft => "created=\"now\",".to_owned(),
                Form::Message => ";created=\"now\"".to_owned(),
            }),
        ]).await;
        // The signature's own instant in place of a date.
        let mut letter = stage.letter(Form::Draft, "created");
        letter.covered[2] = "(created)";
        letter.parameters = format!("created={},", NOON / SECOND);
        assert_eq!(stage.send(&letter.call()).await, 202);
    }
}

on_both! {
    async fn a14_nothing_is_given_twice(engine) {
        let stage = Stage::open(engine).await;
        stage.refuses(400, &[
            ("the key", |it| it.parameters = match it.form {
                Form::Draft => "keyId=\"https://evil.example/k\",".to_owned(),
                Form::Message => ";keyid=\"https://evil.example/k\"".to_owned(),
            }),
            ("a covered part", |it| { let twice = it.covered[0]; it.covered.push(twice); }),
        ]).await;
        let mut call = stage.letter(Form::Message, "two signatures").call();
        for (name, value) in &mut call.headers {
            match name.as_str() {
                "Signature" => value.push_str(", sig2=:AAAA:"),
                "Signature-Input" => value.push_str(", sig2=(\"@method\");created=1;keyid=\"https://evil.example/k\""),
                _ => {}
            }
        }
        assert_eq!(stage.send(&call).await, 400);
    }
}

on_both! {
    async fn a15_the_key_says_how_it_signs(engine) {
        let stage = Stage::open(engine).await;
        let second = format!("{}#ed25519-key", stage.bob);
        for (number, (form, algorithm, is_second, as_second, status)) in [
            (Form::Draft, None, true, true, 202),
            (Form::Draft, Some("rsa-sha256"), true, true, 401),
            (Form::Draft, Some("rsa-sha1"), false, false, 401),
            (Form::Draft, None, true, false, 401),
            (Form::Message, None, true, true, 202),
            (Form::Message, Some("ed25519"), true, true, 202),
            (Form::Message, Some("rsa-v1_5-sha256"), false, false, 202),
            (Form::Message, Some("rsa-v1_5-sha256"), true, true, 401),
            (Form::Message, Some("ed25519"), false, false, 401),
            (Form::Message, Some("ed25519"), true, false, 401),
            (Form::Message, Some("rsa-pss-sha512"), false, false, 401),
        ].into_iter().enumerate() {
            let mut letter = stage.letter(form, &number.to_string());
            letter.algorithm = algorithm;
            if is_second {
                letter.pair = stage.ed25519.clone();
            }
            if as_second {
                letter.key_id = second.clone();
            }
            assert_eq!(stage.send(&letter.call()).await, status, "{number} {form:?} {algorithm:?}");
        }
    }
}

on_both! {
    async fn a16_a17_a_key_counts_only_as_its_owner_lists_it(engine) {
        let stage = Stage::open(engine).await;
        let eve = stage.peer.resident("evil", "eve");
        let second = format!("{}#ed25519-key", stage.bob);
        // A key of Eve's that says it is Bob's, and one of Bob's that she claims.
        let mut actor = stage.peer.actor("evil", "eve");
        actor["assertionMethod"] = json!([
            { "id": format!("{eve}#key"), "type": "Multikey", "controller": stage.bob,
              "publicKeyMultibase": multikeys::from_pem(&stage.ed25519.public).expect("a multikey") },
            { "id": second, "type": "Multikey", "controller": eve,
              "publicKeyMultibase": multikeys::from_pem(&stage.ed25519.public).expect("a multikey") },
        ]);
        stage.peer.show(&eve, &actor);
        stage.ann.finds("accounts", &eve).await;
        for (number, form) in FORMS.into_iter().enumerate() {
            let mut letter = stage.letter(form, &format!("by Eve {number}"));
            letter.key_id = format!("{eve}#key");
            letter.pair = stage.ed25519.clone();
            assert_eq!(stage.send(&letter.call()).await, 401, "{form:?}");
        }
        assert_eq!(stage.count_receipts().await, 0);
        let mut letter = stage.letter(Form::Message, "with the first key");
        letter.key_id = second;
        letter.pair = stage.ed25519.clone();
        assert_eq!(stage.send(&letter.call()).await, 202);
        // Bob changes the key under its id: the former counts no more once the new one was seen.
        let newer = ed25519::generate().expect("a key");
        stage.show_keys(&newer);
        let mut changed = letter.clone();
        changed.pair = newer;
        assert_eq!(stage.send(&changed.call()).await, 202);
        assert_eq!(stage.send(&letter.call()).await, 401);
    }
}

on_both! {
    async fn b7_followers_read_by_either_signature(engine) {
        let stage = Stage::open(engine).await;
        let post = stage.ann.post("/api/v1/statuses", json!({ "status": "for few", "visibility": "private" })).await.ok();
        let path = post["uri"].as_str().expect("an address").strip_prefix(stage.node.origin()).expect("ours").to_owned();
        let follow = stage.letter(Form::Draft, "follow");
        assert_eq!(stage.send(&follow.call()).await, 202);
        stage.node.settle().await;
        for form in FORMS {
            let mut letter = stage.letter(form, "");
            letter.method = "GET";
            letter.target = path.clone();
            letter.body.clear();
            letter.uncover("digest", "content-digest");
            let call = letter.call().with("Accept", "application/activity+json");
            let reply = Wire::to(&stage.node).send(&call).await;
            assert_eq!(reply.status, 200, "{form:?}: {}", reply.body);
            assert_eq!(reply.header("cache-control"), "private, no-store", "{form:?}");
            assert!(reply.header("vary").contains("Signature-Input"), "{form:?}");
            letter.pair = rsa::generate().expect("a key");
            let call = letter.call().with("Accept", "application/activity+json");
            assert_eq!(Wire::to(&stage.node).send(&call).await.status, 404, "{form:?}: another key");
        }
    }
}
