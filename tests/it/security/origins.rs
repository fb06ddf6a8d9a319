//! Section A: who may say what. What the tests of signatures, inbox and resolving show is not shown again here.

use serde_json::json;

use whimbrel::store::Engine;

use super::stages::{Stage, encoded};
use crate::support::databases::{NOON, on_both};
use crate::support::fingerprints::Fingerprint;
use crate::support::wire::Wire;

on_both! {
    async fn a1_a6_a_document_counts_only_on_the_server_of_its_id(engine) {
        let stage = Stage::open(engine).await;
        let peer = &stage.peer;
        let authors = [("good", stage.bob.clone()), ("evil", peer.resident("evil", "eve"))];
        let mut number = 0;
        for (start, _) in &authors {
            for (end, _) in &authors {
                for (owner, author) in &authors {
                    number += 1;
                    let name = format!("{start} leads to {end} with an id of {owner}");
                    let genuine = peer.note(author, &format!("n{number}"), "genuine");
                    let id = genuine["id"].as_str().expect("an id");
                    peer.show(id, &genuine);
                    let claim = peer.note(author, &format!("n{number}"), "claimed");
                    let last = peer.at(end, &format!("/x{number}"));
                    peer.show(&last, &claim);
                    let first = peer.at(start, &format!("/r{number}"));
                    peer.redirect(&first, &last);
                    let found = stage.found(&first).await;
                    // Elsewhere than on its own server a document is a hint at most.
                    assert!(end == owner || !found.contains(&"claimed".to_owned()), "{name}: {found:?}");
                    let now = stage.found(id).await;
                    assert!(end == owner || now == ["genuine"], "{name}: {now:?}");
                }
            }
        }
    }
}

on_both! {
    async fn a6_the_genuine_address_of_a_note_may_not_lead_elsewhere(engine) {
        let stage = Stage::open(engine).await;
        let peer = &stage.peer;
        let note = peer.note(&stage.bob, "1", "forged");
        let id = note["id"].as_str().expect("an id");
        peer.show(&peer.at("evil", "/copy"), &note);
        peer.redirect(id, &peer.at("evil", "/copy"));
        assert_eq!(stage.found(id).await, [""; 0]);
        // The same for a person: the key would be the thief's.
        peer.show(&peer.at("evil", "/person"), &peer.actor("victim", "carl"));
        let carl = peer.at("victim", "/users/carl");
        peer.redirect(&carl, &peer.at("evil", "/person"));
        let target = stage.ann_uri();
        let follow = peer.deed(&carl, "Follow", "f", &target.into());
        assert_eq!(peer.deliver(&stage.node, &carl, &follow).await.status, 401);
    }
}

on_both! {
    async fn a11_a_forwarded_host_makes_no_request_ours(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer) = (&stage.node, &stage.peer);
        let body = peer.deed(&stage.bob, "Follow", "f", &stage.ann_uri().into()).to_string();
        stage.ann.finds("accounts", &stage.bob).await;
        let before = Fingerprint::of(node).await;
        let ours = peer.parcel(node, "/inbox", &stage.bob, body.as_bytes());
        let mut theirs = ours.clone();
        theirs.headers = peer.sign(&stage.bob, &peer.at("evil", "/inbox"), body.as_bytes(), NOON);
        let theirs = theirs.with("Host", &peer.domain("evil"));
        for (name, call) in [
            ("signed for us, forwarded for others", ours.with("X-Forwarded-Host", "evil.example")),
            ("signed for others", theirs.clone()),
            ("signed for others, forwarded for us", theirs.with("X-Forwarded-Host", &node.domain)),
        ] {
            assert_eq!(Wire::to(node).send(&call).await.status, 401, "{name}");
        }
        assert_eq!(before.differences(&Fingerprint::of(node).await), [""; 0]);
    }
}

on_both! {
    async fn a12_what_was_undone_stays_undone_however_often_it_is_sent(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        let post = stage.ann.says("hello").await;
        let uri = post["uri"].clone();
        let mut undone = Vec::new();
        for (kind, object) in [("Follow", stage.ann_uri().into()), ("Like", uri.clone()), ("Announce", uri)] {
            let deed = peer.deed(bob, kind, kind, &object);
            peer.give(node, bob, &deed).await;
            let undo = peer.deed(bob, "Undo", &format!("undo-{kind}"), &deed);
            peer.give(node, bob, &undo).await;
            undone.push(deed);
        }
        let count = async || {
            let own = stage.ann.get("/api/v1/accounts/verify_credentials").await.ok();
            let post = stage.ann.get(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.ok();
            [own["followers_count"].clone(), post["favourites_count"].clone(), post["reblogs_count"].clone()]
        };
        assert_eq!(count().await, [json!(0), json!(0), json!(0)]);
        for deed in &undone {
            peer.give(node, bob, deed).await;
        }
        assert_eq!(count().await, [json!(0), json!(0), json!(0)], "the same again");
    }
}

on_both! {
    async fn a18_a19_a20_signatures_inside_documents_prove_nothing(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        stage.follow(bob).await;
        let eve = peer.resident("evil", "eve");
        let create = peer.deed(bob, "Create", "c", &peer.note(bob, "1", "forged"));
        let seal = json!({ "type": "RsaSignature2017", "creator": format!("{bob}#main-key"),
            "created": "2026-08-08T12:00:00Z", "signatureValue": "AAAA" });
        let proof = json!({ "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022",
            "created": "2026-08-08T12:34:00Z", "verificationMethod": format!("{bob}#main-key"),
            "proofPurpose": "assertionMethod", "proofValue": "z1" });
        let mut wrapped = create.clone();
        wrapped["signature"] = seal.clone();
        wrapped["@graph"] = json!([create]);
        for (name, mut document) in [("a signature", create.clone()), ("a proof", create.clone()), ("a graph", wrapped)] {
            match name {
                "a proof" => document["proof"] = proof.clone(),
                _ => document["signature"] = seal.clone(),
            }
            let status = peer.deliver(node, &eve, &document).await.status;
            assert!([202, 400, 401].contains(&status), "{name}: {status}");
            node.settle().await;
            assert_eq!(stage.ann.home_texts().await, [""; 0], "{name}");
        }
    }
}

on_both! {
    async fn a25_nobody_undoes_what_others_did(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        let thieves = [peer.resident("good", "eve"), peer.resident("evil", "mallory")];
        let uri = stage.ann.says("hello").await["uri"].clone();
        let mut deeds = Vec::new();
        for (kind, object) in [("Follow", stage.ann_uri().into()), ("Like", uri.clone()), ("Announce", uri)] {
            let deed = peer.deed(bob, kind, kind, &object);
            peer.give(node, bob, &deed).await;
            deeds.push(deed);
        }
        let followers = async || stage.ann.get("/api/v1/accounts/verify_credentials").await.ok()["followers_count"].clone();
        let post = async || {
            let id = stage.ann.home().await[0]["id"].clone();
            let post = stage.ann.get(&format!("/api/v1/statuses/{}", id.as_str().unwrap())).await.ok();
            (post["favourites_count"].clone(), post["reblogs_count"].clone())
        };
        for thief in &thieves {
            for deed in &deeds {
                let mut claimed = deed.clone();
                claimed["actor"] = thief.as_str().into();
                let without_id = json!({ "type": deed["type"], "actor": bob, "object": deed["object"] });
                for (number, object) in [deed.clone(), claimed, deed["id"].clone(), without_id].into_iter().enumerate() {
                    let name = format!("undo-{}-{number}", deed["type"].as_str().unwrap());
                    let undo = peer.deed(thief, "Undo", &name, &object);
                    peer.give(node, thief, &undo).await;
                }
            }
        }
        assert_eq!(followers().await, 1);
        assert_eq!(post().await, (json!(1), json!(1)));
    }
}

on_both! {
    async fn a27_nobody_follows_without_consent(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        let dora = node.person("dora").await;
        let (_, request) = stage.ask_to_follow(bob).await;
        let private = |name: &str| {
            let mut note = peer.note(bob, name, &format!("private {name}"));
            note["to"] = json!([format!("{bob}/followers")]);
            note["cc"] = json!([]);
            peer.deed(bob, "Create", &format!("create-{name}"), &note)
        };
        peer.give(node, bob, &private("before")).await;
        assert_eq!(stage.ann.home_texts().await, [""; 0], "the request waits");
        let eve = peer.resident("evil", "eve");
        let forged = peer.deed(&eve, "Accept", "forged", &request);
        peer.deliver(node, &eve, &forged).await;
        node.settle().await;
        peer.give(node, bob, &private("meanwhile")).await;
        assert_eq!(stage.ann.home_texts().await, [""; 0], "somebody else agreed");
        let accept = peer.deed(bob, "Accept", "accept", &request);
        peer.give(node, bob, &accept).await;
        peer.give(node, bob, &private("after")).await;
        assert_eq!(stage.ann.home_texts().await, ["private after"]);
        let id = stage.ann.home().await[0]["id"].clone();
        let path = format!("/api/v1/statuses/{}", id.as_str().unwrap());
        assert_eq!(dora.get(&path).await.status, 404);
        assert_eq!(node.anybody().get(&path).await.status, 404);
    }
}

on_both! {
    async fn a28_handles_that_are_none_lead_nowhere(engine) {
        let stage = Stage::open(engine).await;
        let peer = &stage.peer;
        let good = peer.domain("good");
        let port = good.split_once(':').expect("a port").1;
        let before = Fingerprint::of(&stage.node).await;
        for domain in [
            "", ".", "..", "good..localhost", ".good.localhost", "good.localhost..", "good.localhost:", "good.localhost:0",
            "good.localhost:+80", "good.localhost:99999", "good.localhost:80:80", "user@good.localhost",
            "good.localhost/x", "good.localhost\\x", "good.localhost?x", "good.localhost#x", "good%2elocalhost",
            "good.localhost%00", "http://good.localhost", "good .localhost", "good\n.localhost", "\u{202e}good.localhost",
            "xn--a.localhost", "good.localhost@evil.localhost", "[::1", "::1", "127.0.0.1", "2130706433", "0x7f.1", "[::1]",
            "1.2.3.4.5", "good\u{0}.localhost",
        ] {
            for handle in [format!("@bob@{domain}"), format!("bob@{domain}:{port}")] {
                let found: String = url::form_urlencoded::byte_serialize(handle.as_bytes()).collect();
                let answer = stage.ann.get(&format!("/api/v2/search?resolve=true&type=accounts&q={found}")).await;
                let is_odd_word = answer.status == 400 && handle.contains('\0');
                assert!(is_odd_word || answer.status == 200, "{handle:?}: {} {}", answer.status, answer.body);
                assert!(is_odd_word || answer.body["accounts"] == json!([]), "{handle:?}: {}", answer.body);
            }
        }
        assert_eq!(before.differences(&Fingerprint::of(&stage.node).await), [""; 0]);
        // Spellings of one domain are one account.
        for handle in [format!("@bob@{good}"), format!("@BOB@GOOD.localhost:{port}"), format!("bob@good.localhost.:{port}")] {
            let id = stage.ann.finds("accounts", &handle).await;
            let account = stage.ann.get(&format!("/api/v1/accounts/{id}")).await.ok();
            assert_eq!(account["acct"], format!("bob@{good}"), "{handle}");
        }
    }
}

on_both! {
    async fn a37_nothing_from_elsewhere_is_ours(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        stage.follow(bob).await;
        let ann = stage.ann_uri();
        let own = stage.ann.says("mine").await;
        node.settle().await;
        let before = Fingerprint::of(node).await;
        let ours = |path: &str| format!("{}{path}", node.origin());
        let note = |id: &str, author: &str| {
            let mut note = peer.note(bob, "x", "forged");
            note["id"] = id.into();
            note["attributedTo"] = author.into();
            note
        };
        let missing = ours("/users/ann/statuses/999");
        let known = own["uri"].as_str().expect("an address");
        for (number, (kind, object)) in [
            ("Create", note(&missing, bob)), ("Create", note(&missing, &ann)), ("Create", note(known, &ann)),
            ("Update", note(known, &ann)), ("Update", note(known, bob)), ("Update", json!({ "type": "Person", "id": ann, "name": "Eve" })),
            ("Delete", known.into()), ("Delete", ann.clone().into()), ("Announce", note(&missing, &ann)), ("Announce", missing.clone().into()),
            ("Accept", json!({ "type": "Follow", "id": ours("/x"), "actor": ann, "object": ann })),
            ("Undo", json!({ "type": "Follow", "actor": ann, "object": bob })),
        ].into_iter().enumerate() {
            let deed = peer.deed(bob, kind, &format!("{number}"), &object);
            let status = peer.deliver(node, bob, &deed).await.status;
            assert!([202, 400, 401].contains(&status), "{number} {kind}: {status}");
            node.settle().await;
        }
        // Signed with a key id of ours, by whoever.
        let follow = peer.deed(bob, "Follow", "ours", &ann.as_str().into());
        let parcel = peer.parcel(node, "/inbox", &ann, follow.to_string().as_bytes());
        assert_eq!(Wire::to(node).send(&parcel).await.status, 401);
        let changes = before.differences(&Fingerprint::of(node).await);
        let changes: Vec<_> = changes.iter().filter(|row| !row.contains(" receipts ") && !row.contains(" peers ")).collect();
        assert!(changes.is_empty(), "{changes:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a39_addresses_that_carry_a_token_are_never_called() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
    stage.follow(bob).await;
    let secret = peer.at("evil", "/notes/secret");
    peer.show(&secret, &peer.note(bob, "secret", "for the bearer"));
    // The token, the address, and both where a redirect could take them.
    let away = peer.at("good", "/away");
    peer.redirect(&away, &secret);
    for (number, url) in [secret.as_str(), away.as_str(), bob]
        .into_iter()
        .enumerate()
    {
        let bear = format!("bear:?t=planted-token&u={}", encoded(url));
        let mut note = peer.note(bob, &format!("n{number}"), "with a bear");
        note["inReplyTo"] = bear.as_str().into();
        note["quote"] = bear.as_str().into();
        note["url"] = bear.as_str().into();
        note["attachment"] = json!([{ "type": "Image", "mediaType": "image/png", "url": bear }]);
        for (kind, object) in [
            ("Announce", bear.as_str().into()),
            ("Create", bear.as_str().into()),
            ("Create", note.clone()),
            ("Update", note),
            ("Like", bear.as_str().into()),
            ("Delete", bear.as_str().into()),
        ] {
            let name = format!("{number}-{kind}-{}", object.is_object());
            let deed = peer.deed(bob, kind, &name, &object);
            let status = peer.deliver(node, bob, &deed).await.status;
            assert!([202, 400].contains(&status), "{name}: {status}");
            node.settle().await;
        }
        assert_eq!(stage.found(&bear).await, [""; 0], "{bear}");
    }
    let asked = peer.requests();
    let told = asked
        .iter()
        .filter(|asked| format!("{}{}", asked.head, asked.body).contains("planted-token"));
    assert_eq!(told.count(), 0, "{asked:#?}");
    assert_eq!(stage.asked(&secret), [""; 0]);
    assert_eq!(stage.asked(&away), [""; 0]);
}
