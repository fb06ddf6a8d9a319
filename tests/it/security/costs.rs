//! Sections D and E: what strangers make the node spend. Requests are counted where they arrive.

use serde_json::{Value, json};

use whimbrel::store::Engine;

use super::stages::Stage;
use crate::support::answers::{Answer, Gate};
use crate::support::databases::on_both;
use crate::support::hostile::{ACTIVITY, Hostile, PUBLIC};
use crate::support::wire::{Call, Wire};

/// Requests that the greediest activity causes at most, as `docs/SECURITY-TESTS.md` says.
const MOST: usize = 120;

/// A chain of posts, each by somebody else on a server of their own, each naming the next by this property.
fn chain(peer: &Hostile, property: &str, length: usize) -> String {
    let place = |number: usize| {
        let actor = peer
            .at(&format!("{property}{number}"), "/users/x")
            .to_lowercase();
        (actor.clone(), format!("{actor}/notes/1"))
    };
    for number in 0..length {
        let (actor, _) = place(number);
        peer.resident(&format!("{property}{number}").to_lowercase(), "x");
        let mut note = peer.note(&actor, "1", "on and on");
        note[property] = place(number + 1).1.into();
        note["quoteAuthorization"] = format!("{}/consent", place(number + 1).0).into();
        peer.show(&place(number).1, &note);
    }
    place(0).1
}

/// A note that names as much as it can.
fn greedy(peer: &Hostile, bob: &str) -> Value {
    let mut tags = Vec::new();
    for number in 0..150 {
        let actor = peer.resident(&format!("m{number}"), "x");
        let handle = format!("@x@{}", peer.domain(&format!("m{number}")));
        tags.push(json!({ "type": "Mention", "href": actor, "name": handle }));
        let icon = json!({ "type": "Image", "url": peer.at("emoji", &format!("/{number}.png")) });
        tags.push(json!({ "type": "Emoji", "id": peer.at("emoji", &format!("/{number}")), "name": format!(":e{number}:"), "icon": icon }));
        tags.push(json!({ "type": "Hashtag", "name": format!("#t{number}"), "href": peer.at("tags", &format!("/{number}")) }));
    }
    let files: Vec<Value> = (0..50)
        .map(|number| json!({ "type": "Image", "mediaType": "image/png", "url": peer.at("files", &format!("/{number}.png")) }))
        .collect();
    let mut note = peer.note(
        bob,
        "greedy",
        "<p>see <a href=\"http://links.localhost/\">this</a></p>",
    );
    note["tag"] = tags.into();
    note["attachment"] = files.into();
    note["inReplyTo"] = chain(peer, "inReplyTo", 60).into();
    note["quote"] = chain(peer, "quote", 20).into();
    note["quoteAuthorization"] = peer.at("quote0", "/users/x/consent").into();
    note["replies"] = peer.at("good", "/replies").into();
    note["likes"] = peer.at("good", "/likes").into();
    note["context"] = peer.at("good", "/context").into();
    note
}

on_both! {
    async fn e4_e7_one_activity_causes_a_stated_number_of_requests(engine) {
        let stage = Stage::open(engine).await;
        let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
        stage.follow(bob).await;
        let note = greedy(peer, bob);
        peer.show(note["id"].as_str().expect("an id"), &note);
        let before = peer.requests().len();
        let mut create = peer.deed(bob, "Create", "create", &note);
        create["to"] = json!([PUBLIC]);
        assert_eq!(peer.deliver(node, bob, &create).await.status, 202);
        // What cannot be had may be given up, which is no harm here.
        let _ = whimbrel::worker::settle(&node.node).await;
        let asked = peer.requests();
        let caused = asked.len() - before;
        assert!(caused > 10 && caused <= MOST, "{caused}: {:#?}", asked.iter().map(|asked| &asked.url).collect::<Vec<_>>());
        assert!(stage.ann.home_texts().await.iter().any(|text| text.contains("see")), "the post itself is there");
    }
}

/// Posts without end, each on a server of its own: what one answers quotes another, which answers one more.
fn winding(peer: &Hostile, length: usize) -> String {
    let place = |number: usize| {
        let actor = peer.at(&format!("w{number}"), "/users/x");
        (actor.clone(), format!("{actor}/notes/1"))
    };
    for number in 0..length {
        let (actor, uri) = place(number);
        let (next, named) = place(number + 1);
        peer.resident(&format!("w{number}"), "x");
        let mut note = peer.note(&actor, "1", "round and round");
        if number % 2 == 0 {
            note["quote"] = named.into();
            note["quoteAuthorization"] = format!("{next}/consent").into();
        } else {
            note["inReplyTo"] = named.into();
        }
        peer.show(&uri, &note);
    }
    place(0).1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e4_a_chain_of_answers_and_quotes_by_turns_comes_to_an_end() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
    stage.follow(bob).await;
    let mut note = peer.note(bob, "1", "the first");
    note["inReplyTo"] = winding(peer, 40).into();
    let create = peer.deed(bob, "Create", "create", &note);
    assert_eq!(peer.deliver(node, bob, &create).await.status, 202);
    let _ = whimbrel::worker::settle(&node.node).await;
    let read = stage.asked("http://w").into_iter();
    let read = read.filter(|url| url.ends_with("/notes/1")).count();
    assert!((3..=8).contains(&read), "{read} posts were read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e5_a_document_a_hundred_thousand_deep_is_refused_everywhere() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
    stage.follow(bob).await;
    let before = stage.ann.home().await.len();
    let url = peer.at("good", "/deep");
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let note = peer
            .note(bob, "deep", "DEEP")
            .to_string()
            .replace("\"DEEP\"", &deep);
        let create = format!(
            "{{\"@context\":\"https://www.w3.org/ns/activitystreams\",\"type\":\"Create\",\"id\":\"{bob}/deep\",\"actor\":\"{bob}\",\"object\":{note}}}"
        );
        for body in [&deep, &create] {
            let parcel = peer.parcel(node, "/inbox", bob, body.as_bytes());
            let reply = Wire::to(node).send(&parcel).await;
            assert_eq!(reply.status, 400, "{}", reply.body);
        }
        peer.answer("GET", &url, Answer::of(ACTIVITY).saying(note));
        assert_eq!(stage.found(&url).await, [""; 0]);
        let call = Call::new("POST /api/v1/statuses")
            .by(Some(stage.ann.token()))
            .carrying("application/json", deep);
        let status = Wire::to(node).send(&call).await.status;
        assert!([400, 422].contains(&status), "{status}");
    }
    assert_eq!(stage.ann.home().await.len(), before);
    assert_eq!(
        Wire::to(node).send(&Call::new("GET /health")).await.status,
        200
    );
}

/// A stream that unpacks to a thousand times its size: one letter, and the order to repeat it, again and again.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc1951#section-3.2.6>.
fn bomb(times: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    // The last block, with fixed codes; the letter 0; then each time 258 letters from one place back.
    bits.extend([true, true, false]);
    bits.extend("00110000".chars().map(|bit| bit == '1'));
    for _ in 0..times {
        bits.extend("1100010100000".chars().map(|bit| bit == '1'));
    }
    bits.extend([false; 7]);
    let byte = |bits: &[bool]| {
        bits.iter()
            .rev()
            .fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit))
    };
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    head.into_iter().chain(bits.chunks(8).map(byte)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e1_what_is_packed_is_refused_unopened() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
    stage.follow(bob).await;
    // 400 kilobytes that would be 64 megabytes.
    let bomb = bomb(250_000);
    let url = peer.at("good", "/bomb");
    for coding in ["gzip", "x-gzip", "deflate", "br", "zstd", "gzip, gzip"] {
        let parcel = peer
            .parcel(node, "/inbox", bob, &bomb)
            .with("Content-Encoding", coding);
        let reply = Wire::to(node).send(&parcel).await;
        assert!(
            [400, 401, 413, 415].contains(&reply.status),
            "{coding}: {} {}",
            reply.status,
            reply.body
        );
        peer.answer(
            "GET",
            &url,
            Answer::of(ACTIVITY)
                .with("Content-Encoding", coding)
                .saying(bomb.clone()),
        );
        assert_eq!(stage.found(&url).await, [""; 0], "{coding}");
        let call = Call::new("POST /api/v1/statuses")
            .by(Some(stage.ann.token()))
            .carrying("application/json", bomb.clone());
        let status = Wire::to(node)
            .send(&call.with("Content-Encoding", coding))
            .await
            .status;
        assert!((400..500).contains(&status), "{coding}: {status}");
    }
    assert_eq!(
        Wire::to(node).send(&Call::new("GET /health")).await.status,
        200
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d18_answers_without_end_are_left_and_late_ones_keep_nobody_waiting() {
    let stage = Stage::open(Engine::Sqlite).await;
    let (node, peer, bob) = (&stage.node, &stage.peer, stage.bob.as_str());
    let note = peer.note(bob, "1", "in pieces");
    let url = note["id"].as_str().expect("an id");
    // An honest document may come in pieces.
    peer.answer(
        "GET",
        url,
        Answer::of(ACTIVITY).in_pieces(&note.to_string(), 1),
    );
    assert_eq!(stage.found(url).await, ["in pieces"]);
    let endless = peer.at("good", "/endless");
    for (start, again) in [
        ("{\"a\":\"", "aaaaaaaaaaaaaaaa"),
        ("[", "[[[[[[[["),
        ("", " \n"),
        ("{\"id\":1}", "      "),
    ] {
        let answer = Answer::of(ACTIVITY).without_end(start, &again.repeat(512));
        peer.answer("GET", &endless, answer);
        assert_eq!(stage.found(&endless).await, [""; 0], "{start}");
    }
    peer.answer(
        "GET",
        &peer.at("good", "/.well-known/nodeinfo"),
        Answer::of("application/json").without_end("{\"links\":[", &"1,".repeat(2_000)),
    );
    stage.is_followed_by(bob).await;
    // While a key does not come, others are served.
    let gate = Gate::shut();
    let late = peer.resident("late", "carl");
    peer.answer(
        "GET",
        &late,
        Answer::document(ACTIVITY, &peer.actor("late", "carl")).behind(&gate),
    );
    let follow = peer.deed(&late, "Follow", "follow", &stage.ann_uri().into());
    let waiting = peer.deliver(node, &late, &follow);
    let meanwhile = async {
        stage.ann.says("meanwhile").await;
        let like = peer.deed(bob, "Like", "like", &stage.ann_uri().into());
        peer.give(node, bob, &like).await;
        gate.open();
    };
    let (reply, ()) = tokio::join!(waiting, meanwhile);
    assert_eq!(reply.status, 202, "{}", reply.body);
}
