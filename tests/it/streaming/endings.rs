//! When streams end: with the right to hear them, with the node, with a reader that takes nothing.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use whimbrel::keys::Secret;
use whimbrel::social::{tokens, users};

use super::tools::{follow, node, token};
use crate::support::databases::{NOON, on_both};
use crate::support::listeners::{Frame, Listener, Socket};
use crate::support::nodes::TestNode;
use whimbrel::clock::Clock;
use whimbrel::store::Engine;

/// A stream has to end this soon after the right to hear it.
const SOON: Duration = Duration::from_secs(1);

on_both! {
    async fn b10_a_stream_ends_with_the_right_to_hear_it(engine) {
        let node = node(engine).await;
        let speaker = node.person("speaker").await;
        for (number, name) in ["revoked", "disabled", "deleted", "renewed"].into_iter().enumerate() {
            let person = node.person(name).await;
            let id = person.id.expect("an id");
            follow(&person, &speaker).await;
            let key = token(&node, &person, "read").await;
            let other = token(&node, &person, "read").await;
            let events = Listener::open(&node, &key, "user").await;
            let mut socket = Socket::open(&node, &key, "?stream=user").await;
            socket.sync().await;
            let mut spared = Listener::open(&node, &other, "user").await;
            match number {
                0 => assert!(tokens::revoke_by_secret(&node.node, &key).await.expect("it is done")),
                1 => users::disable(&node.node, id).await.expect("it is done"),
                2 => users::delete_account(&node.node, id).await.expect("it is done"),
                _ => {
                    let password = Secret::new("another good password".to_owned());
                    users::change_password(&node.node, id, password, None).await.expect("it is done");
                }
            }
            let ended = Instant::now();
            speaker.says("not for them").await;
            let (told, last) = events.rest().await;
            assert_eq!((told.len(), last.as_str()), (0, ":the access token is not valid any more"), "{name}");
            assert_eq!(socket.frame().await, Frame::Close(1008, "the access token is not valid any more".to_owned()));
            assert!(ended.elapsed() < SOON, "{name}: {:?}", ended.elapsed());
            let again = Listener::ask(&node, &key, "user", None).await.status().as_u16();
            assert!([401, 403].contains(&again), "{name}: {again}");
            if number == 0 {
                assert_eq!(spared.next().await.line(), "update not for them");
            } else {
                assert_eq!(spared.rest().await.0, []);
            }
        }
    }
}

on_both! {
    async fn another_process_takes_the_right_away(engine) {
        let node = node(engine).await;
        let ann = node.person("ann").await;
        let key = token(&node, &ann, "read").await;
        let events = Listener::open(&node, &key, "user").await;
        // The same database, opened once more: no word of it reaches the first process.
        let other = whimbrel::node::Node::open((*node.node.config).clone(), Clock::stepped(NOON)).await.expect("it opens");
        assert!(tokens::revoke_by_secret(&other, &key).await.expect("it is done"));
        let ended = Instant::now();
        assert_eq!(events.rest().await.1, ":the access token is not valid any more");
        assert!(ended.elapsed() < SOON * 2, "{:?}", ended.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_node_does_not_wait_for_streams() {
    let adjust =
        |config: &mut whimbrel::config::Config| config.server.shutdown_timeout_seconds = 60;
    let mut node =
        TestNode::start_with(Engine::Sqlite, "alpha", &Clock::stepped(NOON), adjust).await;
    let ann = node.person("ann").await;
    let key = token(&node, &ann, "read").await;
    let events = Listener::open(&node, &key, "user").await;
    let mut socket = Socket::open(&node, &key, "?stream=user").await;
    socket.sync().await;
    let began = Instant::now();
    node.cut().await;
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    let words = "the node stops: come back with the id of the last event";
    assert_eq!(events.rest().await.1, format!(":{words}"));
    assert_eq!(socket.frame().await, Frame::Close(1012, words.to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_is_cut_off_and_can_come_back() {
    let adjust = |config: &mut whimbrel::config::Config| config.instance.max_characters = 100_000;
    let node = TestNode::start_with(Engine::Sqlite, "alpha", &Clock::stepped(NOON), adjust).await;
    let ann = node.person("ann").await;
    let key = token(&node, &ann, "read").await;
    let mut quick = Listener::open(&node, &key, "user").await;
    let mut slow = TcpStream::connect(node.node.config.server.listen)
        .await
        .expect("it listens");
    let request = format!(
        "GET /api/v1/streaming/user HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {key}\r\n\r\n",
        node.domain
    );
    slow.write_all(request.as_bytes())
        .await
        .expect("it is sent");
    // Each is four times as long when it is told; together more than the operating system and the node hold.
    let text = "<".repeat(90_000);
    let mut last = String::new();
    for _ in 0..40 {
        ann.says(&text).await;
        last = quick.next().await.id;
    }
    let mut all = Vec::new();
    slow.read_to_end(&mut all).await.expect("it ends");
    let all = String::from_utf8(all).expect("text");
    assert!(
        all.contains(":too slow: come back with the id of the last event\n"),
        "{}",
        all.get(all.len() - 200..).unwrap_or(&all)
    );
    let heard = all
        .rmatch_indices("\nid: ")
        .next()
        .map(|(at, _)| &all[at + 5..])
        .and_then(|rest| rest.lines().next())
        .expect("an id");
    let mut back = Listener::resume(&node, &key, "user", Some(heard)).await;
    loop {
        if back.next().await.id == last {
            break;
        }
    }
}
