//! Many people on one node, who follow each other.

use std::sync::Arc;

use serde_json::json;
use whimbrel::clock::Clock;
use whimbrel::config::Config;
use whimbrel::id::AccountId;
use whimbrel::keys::Secret;
use whimbrel::node::Node;
use whimbrel::social::tokens;
use whimbrel::social::users::{NewUser, create_local};
use whimbrel::store::Role;

use super::load::Connection;
use super::people::Ann;
use super::processes::Process;

/// Gives a process that does not run yet so many people, starts it, and lets each follow `followed` of the others.
pub async fn settle(process: &mut Process, count: usize, followed: usize) -> Arc<[Ann]> {
    let mut config = Config::default();
    config.server.domain.clone_from(&process.domain);
    process.folder.path().clone_into(&mut config.server.data);
    config.federation.allow_http = true;
    config.federation.allow_private_addresses = true;
    let node = Node::open(config, Clock::real()).await.unwrap();
    let mut people = Vec::new();
    for number in 0..count {
        let (account, token) = settle_one(&node, &format!("person{number}")).await;
        let person = Ann::with(process.address, &process.domain, token.expose());
        people.push((person, account));
    }
    drop(node);
    tokio::task::block_in_place(|| process.serve());
    let mut connection = Connection::new(process.address).await;
    for (number, (person, _)) in people.iter().enumerate() {
        // The next ones in the circle, so that everybody has as many followers.
        for step in 1..=followed {
            let (_, other) = &people[(number + step) % count];
            let follow = person.post(&format!("/api/v1/accounts/{other}/follow"), &json!({}));
            let (status, body) = connection.send(&follow).await;
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        }
    }
    people.into_iter().map(|(person, _)| person).collect()
}

/// An account on a node of this process, and a token of its owner.
pub async fn settle_one(node: &Node, name: &str) -> (AccountId, Secret<String>) {
    let new = NewUser {
        username: name.to_owned(),
        email: format!("{name}@mail.example"),
        password: Secret::new(format!("the password of {name}")),
        role: Role::User,
        is_confirmed: true,
        is_approved: true,
        reason: None,
        locale: "en".to_owned(),
    };
    let account = create_local(node, new).await.unwrap();
    let scopes = "read write follow push";
    let token = tokens::create_for(node, account.id, "measurements", scopes);
    (account.id, token.await.unwrap().secret)
}
