//! A node with people on it, and requests as their clients send them.

use std::collections::HashSet;

use actix_web::body::to_bytes;
use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{self, TestRequest};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse};
use serde_json::Value;

use crate::api::streaming::{Caps, Hub};
use crate::api::{routes, shapes};
use crate::clock::DAY;
use crate::config::Config;
use crate::id::AccountId;
use crate::keys::Secret;
use crate::social::tests::nodes::{TestNode, ann, new_node_with};
use crate::social::{tokens, users};
use crate::store::{self, Error};

/// What a path without a route answers here, and no route does.
pub(super) const NO_ROUTE: StatusCode = StatusCode::IM_A_TEAPOT;

/// A node and its people.
pub(super) struct Desk {
    pub(super) node: TestNode,
    hub: Hub,
}

/// Somebody with a token for everything that people may do.
pub(super) struct Person {
    pub(super) id: AccountId,
    pub(super) token: String,
}

/// What was answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{:?}", self.body))
    }

    /// The body as JSON, of an answer that must be 200.
    pub(super) fn good(self) -> Value {
        assert_eq!(self.status, 200, "{:?}", self.body);
        self.json()
    }

    /// A header as text; empty if there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

impl Desk {
    pub(super) async fn open() -> Self {
        Self::open_with(|_| ()).await
    }

    /// With other settings than usual.
    pub(super) async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        // Streams would not end by themselves.
        let hub = Hub::new(Caps {
            all: 0,
            per_account: 0,
            per_address: 0,
        });
        Self {
            node: new_node_with(change).await,
            hub,
        }
    }

    /// A new person.
    pub(super) async fn person(&self, name: &str) -> Person {
        let mut new = ann();
        new.username = name.to_owned();
        new.email = format!("{name}@example.org");
        new.password = Secret::new("correct horse battery".to_owned());
        let id = users::create_local(&self.node, new).await.unwrap().id;
        let token = self.token(id, "read write follow push").await;
        Person { id, token }
    }

    /// A token with these scopes.
    pub(super) async fn token(&self, id: AccountId, scopes: &str) -> String {
        let issued = tokens::create_for(&self.node, id, "Tests", scopes).await;
        issued.unwrap().secret.expose().clone()
    }

    /// Sends a request.
    pub(super) async fn send(&self, request: TestRequest) -> Answer {
        let app = App::new()
            .app_data(Data::new(self.node.clone()))
            .app_data(Data::new(self.hub.clone()))
            .configure(routes)
            .default_service(web::to(|| async { HttpResponse::new(NO_ROUTE) }));
        let app = test::init_service(app).await;
        let request = request.to_request();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let answer = test::call_service(&app, request).await;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = to_bytes(answer.into_body()).await;
        let body = body.unwrap_or_else(|_| panic!("the body broke off"));
        let is_json = headers
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        if is_json && method != Method::HEAD {
            let text = String::from_utf8(body.to_vec()).unwrap();
            shapes::check(method.as_str(), uri.path(), status, &text);
        }
        Answer {
            status,
            headers,
            body,
        }
    }

    /// GET by somebody.
    pub(super) async fn get(&self, person: &Person, path: &str) -> Answer {
        self.send(person.asks(Method::GET, path)).await
    }

    /// GET by nobody known.
    pub(super) async fn get_as_stranger(&self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path)).await
    }

    /// POST without a body.
    pub(super) async fn post(&self, person: &Person, path: &str) -> Answer {
        self.send(person.asks(Method::POST, path)).await
    }

    /// Another method with a JSON body.
    pub(super) async fn send_json(
        &self,
        person: &Person,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        self.send(person.asks(method, path).set_json(body)).await
    }

    /// The kinds of the jobs that wait, and their payloads.
    pub(super) async fn jobs(&self, kind: &'static str) -> Vec<String> {
        let far = self.node.clock.now() + DAY;
        let jobs = self
            .node
            .db
            .read(move |conn| store::jobs::list_due(conn, kind, far, 100))
            .await;
        let jobs: Result<_, Error> = jobs;
        jobs.unwrap().into_iter().map(|job| job.payload).collect()
    }
}

impl Person {
    /// A request that carries their token.
    pub(super) fn asks(&self, method: Method, path: &str) -> TestRequest {
        TestRequest::with_uri(path)
            .method(method)
            .insert_header(("Authorization", format!("Bearer {}", self.token)))
    }
}

/// A multipart body of texts and files, and its content type.
pub(super) fn multipart(texts: &[(&str, &str)], files: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    const EDGE: &str = "edge-of-the-parts";
    let mut body = Vec::new();
    for (name, text) in texts {
        body.extend(
            format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n").bytes(),
        );
        body.extend(text.bytes());
        body.extend(b"\r\n");
    }
    for (name, bytes) in files {
        let head = format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"a.bin\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{EDGE}--\r\n").bytes());
    (format!("multipart/form-data; boundary={EDGE}"), body)
}

/// The ids of a list of entities.
pub(super) fn ids(list: &Value) -> Vec<&str> {
    let items = list.as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect()
}

/// The keys of an object.
pub(super) fn keys(object: &Value) -> HashSet<&str> {
    object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}
