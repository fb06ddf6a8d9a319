//! A node with people on it, asked over its routes: what the tests of this folder stand on.

use actix_web::http::{Method, header};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use serde_json::Value;

use super::{
    accounts, bookmarks, favourites, markers, notifications, polls, routes_table,
    scheduled_statuses, shapes, statuses, timelines,
};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::tests::nodes::{TestNode, ann, new_node};
use crate::social::users::{self, NewUser};
use crate::social::{follows, tokens};

/// A node, and what its clients see.
pub(super) struct World {
    pub(super) node: TestNode,
}

/// Somebody with a token for everything.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: AccountId,
    pub(super) token: String,
}

/// What a client gets.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) link: Option<String>,
    pub(super) text: String,
    pub(super) json: Value,
}

/// What a client asks.
pub(super) struct Asking<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) body: Value,
    pub(super) key: Option<&'a str>,
}

impl World {
    pub(super) async fn new() -> Self {
        let node = new_node().await;
        Self { node }
    }

    pub(super) fn node(&self) -> &Node {
        &self.node
    }

    /// A new person of this name.
    pub(super) async fn person(&self, name: &str) -> Person {
        let new = NewUser {
            username: name.to_owned(),
            email: format!("{name}@example.org"),
            ..ann()
        };
        let account = users::create_local(&self.node, new).await.unwrap();
        let token = self.token(account.id, "read write").await;
        Person {
            id: account.id,
            token,
        }
    }

    /// A token of this account for these scopes.
    pub(super) async fn token(&self, account: AccountId, scopes: &str) -> String {
        let issued = tokens::create_for(&self.node, account, "Tester", scopes).await;
        issued.unwrap().secret.expose().clone()
    }

    pub(super) async fn follow(&self, who: &Person, whom: &Person) {
        let wishes = follows::Wishes::default();
        follows::follow(&self.node, who.id, whom.id, wishes)
            .await
            .unwrap();
    }

    /// Posts as `who`, and gives the new status's id.
    pub(super) async fn post(&self, who: &Person, body: Value) -> StatusId {
        let answer = self.send(Some(who), "/api/v1/statuses", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["id"].as_str().unwrap().parse().unwrap()
    }

    pub(super) async fn get(&self, who: Option<&Person>, path: &str) -> Answer {
        let asking = Asking {
            method: Method::GET,
            path,
            body: Value::Null,
            key: None,
        };
        self.ask(who, asking).await
    }

    /// POSTs a JSON body.
    pub(super) async fn send(&self, who: Option<&Person>, path: &str, body: Value) -> Answer {
        let asking = Asking {
            method: Method::POST,
            path,
            body,
            key: None,
        };
        self.ask(who, asking).await
    }

    pub(super) async fn ask(&self, who: Option<&Person>, asking: Asking<'_>) -> Answer {
        let app = App::new()
            .app_data(web::Data::new(self.node().clone()))
            .configure(statuses::routes)
            .configure(polls::routes)
            .configure(accounts::routes)
            .configure(scheduled_statuses::routes)
            .configure(timelines::routes)
            .configure(favourites::routes)
            .configure(bookmarks::routes)
            .configure(notifications::routes)
            .configure(markers::routes);
        let app = init_service(app).await;
        let mut request = TestRequest::with_uri(asking.path).method(asking.method);
        if let Some(who) = who {
            let bearer = format!("Bearer {}", who.token);
            request = request.insert_header((header::AUTHORIZATION, bearer));
        }
        if let Some(key) = asking.key {
            request = request.insert_header(("Idempotency-Key", key));
        }
        if !asking.body.is_null() {
            request = request.set_json(asking.body);
        }
        let request = request.to_request();
        let method = request.method().clone();
        let answer = call_service(&app, request).await;
        let link = answer.headers().get(header::LINK);
        let link = link.map(|link| link.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        let text = String::from_utf8(read_body(answer).await.to_vec()).unwrap();
        shapes::check(method.as_str(), asking.path, status, &text);
        let json = serde_json::from_str(&text).unwrap_or_default();
        Answer {
            status,
            link,
            text,
            json,
        }
    }
}

#[test]
fn every_route_of_the_client_api_has_a_shape() {
    let own = |path: &str| {
        path.starts_with("/api/") && !path.contains("/whimbrel/") && !path.contains("/streaming")
    };
    for route in routes_table::routes().filter(|route| own(route.path)) {
        let is_known = shapes::is_known(route.method, route.path);
        assert!(is_known, "tests/schema/answers.txt lacks {route:?}");
    }
}
