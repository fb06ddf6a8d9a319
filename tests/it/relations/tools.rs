//! What these tests need again and again.

use serde_json::{Value, json};
use whimbrel::clock::Clock;
use whimbrel::social::tokens;
use whimbrel::store::Engine;

use crate::support::databases::NOON;
use crate::support::nodes::TestNode;
use crate::support::people::{Answer, Person, plain};

/// A node with a stepped clock.
pub async fn node(engine: Engine) -> TestNode {
    TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await
}

/// A token of somebody for reading.
pub async fn token(node: &TestNode, person: &Person) -> String {
    let id = person.id.expect("an id");
    let issued = tokens::create_for(&node.node, id, "tests", "read").await;
    issued.expect("a token").secret.expose().to_owned()
}

/// The path of something that one person does to another.
pub fn deed(whom: &Person, verb: &str) -> String {
    format!("/api/v1/accounts/{}/{verb}", whom.id.expect("an id"))
}

/// One person does something to another: `follow`, `block`.
pub async fn relate(who: &Person, verb: &str, whom: &Person) -> Value {
    who.post(&deed(whom, verb), json!({})).await.ok()
}

/// The id of an entity.
pub fn id(entity: &Value) -> &str {
    entity["id"].as_str().expect("an id")
}

/// The texts of a timeline, markup removed, newest first.
pub async fn texts(who: &Person, path: &str) -> Vec<String> {
    let page = who.get(path).await.ok();
    page.as_array().expect("a list").iter().map(plain).collect()
}

/// The user names of a list of accounts.
pub async fn names(who: &Person, path: &str) -> Vec<String> {
    let page = who.get(path).await.ok();
    let page = page.as_array().expect("a list");
    let name = |account: &Value| account["username"].as_str().expect("a name").to_owned();
    page.iter().map(name).collect()
}

/// What a refusal said.
#[track_caller]
pub fn refused(answer: &Answer, status: u16) -> &str {
    assert_eq!(answer.status, status, "{}", answer.body);
    answer.body["error"].as_str().expect("a sentence")
}

/// A reply to a status.
pub async fn answer(who: &Person, to: &Value, text: &str) -> Value {
    let body = json!({ "status": text, "in_reply_to_id": id(to) });
    who.post("/api/v1/statuses", body).await.ok()
}
