//! What the tests of streams need again and again.

use serde_json::{Value, json};
use whimbrel::clock::Clock;
use whimbrel::social::tokens;
use whimbrel::store::Engine;

use crate::support::databases::NOON;
use crate::support::nodes::TestNode;
use crate::support::people::Person;

/// A node with a stepped clock.
pub async fn node(engine: Engine) -> TestNode {
    TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await
}

/// A token of somebody for these scopes.
pub async fn token(node: &TestNode, person: &Person, scopes: &str) -> String {
    let id = person.id.expect("an id");
    let issued = tokens::create_for(&node.node, id, "tests", scopes).await;
    issued.expect("a token").secret.expose().to_owned()
}

/// One person of a node follows another.
pub async fn follow(who: &Person, whom: &Person) {
    relate(who, "follow", whom).await;
}

/// One person does something to another: `block`, `mute`.
pub async fn relate(who: &Person, verb: &str, whom: &Person) {
    let id = whom.id.expect("an id");
    who.post(&format!("/api/v1/accounts/{id}/{verb}"), json!({}))
        .await
        .ok();
}

/// Posts with a visibility; gives the status.
pub async fn post(who: &Person, text: &str, visibility: &str) -> Value {
    let body = json!({ "status": text, "visibility": visibility });
    who.post("/api/v1/statuses", body).await.ok()
}

/// The id of an entity.
pub fn id(entity: &Value) -> &str {
    entity["id"].as_str().expect("an id")
}

/// Uploads a picture; gives its id.
pub async fn upload(who: &Person) -> String {
    let picture = include_bytes!("../../../src/web/static/missing-avatar.png");
    let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n";
    let body = [head.as_bytes(), picture, b"\r\n--x--\r\n"].concat();
    let request = who
        .request(reqwest::Method::POST, "/api/v2/media")
        .header("Content-Type", "multipart/form-data; boundary=x")
        .body(body);
    let answer = request.send().await.expect("the node answers");
    let file: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
    id(&file).to_owned()
}
