//! One WebSocket for many streams.

use serde_json::json;

use super::tools::{follow, node, token};
use crate::support::databases::{NOON, on_both};
use crate::support::listeners::{Frame, Socket};
use crate::support::nodes::TestNode;
use whimbrel::clock::Clock;
use whimbrel::store::Engine;

on_both! {
    async fn streams_are_named_and_left(engine) {
        let node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        follow(&ben, &ann).await;
        let key = token(&node, &ben, "read").await;
        let mut socket = Socket::open(&node, &key, "/?stream=user").await;
        socket.say(&json!({ "type": "subscribe", "stream": "hashtag", "tag": "Birds" })).await;
        socket.subscribe("public:local").await;
        // Twice is once.
        socket.subscribe("user").await;
        ann.says("look, #birds").await;
        let mut streams = Vec::new();
        for _ in 0..3 {
            let told = socket.next().await;
            assert_eq!(told.line(), "update look, #birds");
            streams.push(told.stream.to_string());
        }
        streams.sort();
        assert_eq!(streams, [r#"["hashtag","Birds"]"#, r#"["public:local"]"#, r#"["user"]"#]);
        socket.say(&json!({ "type": "unsubscribe", "stream": "user" })).await;
        socket.say(&json!({ "type": "unsubscribe", "stream": "hashtag", "tag": "Birds" })).await;
        socket.sync().await;
        ann.says("more #birds").await;
        assert_eq!(socket.next().await.stream, json!(["public:local"]));
        ann.says("the next").await;
        assert_eq!(socket.next().await.line(), "update the next");
    }
}

on_both! {
    async fn what_is_wrong_is_told_and_the_rest_goes_on(engine) {
        let node = node(engine).await;
        let ann = node.person("ann").await;
        let mut socket = Socket::open(&node, &token(&node, &ann, "read:statuses").await, "").await;
        for (message, status, sentence) in [
            (json!({ "type": "subscribe", "stream": "unknown" }), 400, "Unknown stream type"),
            (json!({ "type": "subscribe", "stream": "list", "list": "1" }), 404, "Record not found"),
            (json!({ "type": "subscribe", "stream": "user:notification" }), 403, "This action is outside the authorized scopes"),
            (json!({ "type": "subscribe", "stream": "hashtag" }), 400, "A hashtag's stream needs the parameter tag: a hashtag without #"),
            (json!(["subscribe"]), 400, "A message is a JSON object with type and stream"),
            (json!({ "type": {}, "stream": [] }), 400, "The type of a message is subscribe or unsubscribe"),
        ] {
            socket.say(&message).await;
            assert_eq!(socket.frame().await, Frame::Text(json!({ "error": sentence, "status": status })), "{message}");
        }
        socket.send(0x89, b"there?").await;
        socket.subscribe("public").await;
        ann.says("still here").await;
        assert_eq!(socket.next().await.line(), "update still here");
        socket.send(0x82, b"bytes").await;
        assert_eq!(socket.frame().await, Frame::Close(1003, "messages are JSON texts".to_owned()));
        let mut socket = Socket::open(&node, &token(&node, &ann, "read").await, "").await;
        socket.send(0x81, &[b'x'; 5_000]).await;
        assert_eq!(socket.frame().await, Frame::Close(1009, "the message is too long".to_owned()));
    }
}

on_both! {
    async fn tokens_come_in_three_ways(engine) {
        let node = node(engine).await;
        let ann = node.person("ann").await;
        let key = token(&node, &ann, "read").await;
        let protocol = Socket::ask(&node, "", &format!("Sec-WebSocket-Protocol: {key}\r\n")).await;
        assert!(protocol.head.starts_with("http/1.1 101"), "{}", protocol.head);
        let echo = format!("sec-websocket-protocol: {}\r\n", key.to_lowercase());
        assert!(protocol.head.contains(&echo), "{}", protocol.head);
        let mut query = Socket::ask(&node, &format!("?access_token={key}&stream=user"), "").await;
        assert!(query.head.starts_with("http/1.1 101"), "{}", query.head);
        query.sync().await;
        ann.says("heard").await;
        assert_eq!(query.next().await.line(), "update heard");
        let push = token(&node, &ann, "push").await;
        for (headers, status) in [
            (String::new(), "401"),
            ("Sec-WebSocket-Protocol: made-up\r\n".to_owned(), "401"),
            (format!("Authorization: Bearer {push}\r\n"), "403"),
        ] {
            let refused = Socket::ask(&node, "", &headers).await;
            assert!(refused.head.starts_with(&format!("http/1.1 {status}")), "{}", refused.head);
            let why = if status == "401" { "the access token is invalid" } else { "this action is outside the authorized scopes" };
            assert!(refused.head.contains(&format!("x-error-message: {why}\r\n")), "{}", refused.head);
        }
        let plain = ann.get("/api/v1/streaming").await;
        assert_eq!(plain.status, 400, "{}", plain.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_limits_and_room_comes_back() {
    let adjust = |config: &mut whimbrel::config::Config| {
        config.limits.enabled = true;
        config.limits.streams_per_account = 2;
        config.limits.streams_per_address = 3;
    };
    let node = TestNode::start_with(Engine::Sqlite, "alpha", &Clock::stepped(NOON), adjust).await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let (ann, ben) = (
        token(&node, &ann, "read").await,
        token(&node, &ben, "read").await,
    );
    let mut first = Socket::open(&node, &ann, "").await;
    let _second = Socket::open(&node, &ann, "").await;
    let bearer = |key: &str| format!("Authorization: Bearer {key}\r\n");
    assert!(
        Socket::ask(&node, "", &bearer(&ann))
            .await
            .head
            .starts_with("http/1.1 429")
    );
    let _third = Socket::open(&node, &ben, "").await;
    assert!(
        Socket::ask(&node, "", &bearer(&ben))
            .await
            .head
            .starts_with("http/1.1 429")
    );
    first.send(0x88, &1000_u16.to_be_bytes()).await;
    assert_eq!(first.frame().await, Frame::Close(1000, String::new()));
    assert_eq!(first.frame().await, Frame::Cut);
    let _fourth = Socket::open(&node, &ben, "").await;
}
