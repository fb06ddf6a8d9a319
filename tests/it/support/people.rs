//! Somebody who uses a node through the client API, with a real HTTP client.

use std::net::SocketAddr;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use whimbrel::id::AccountId;
use whimbrel::store::accounts::Account;

use super::shapes;

/// A person with a token, or without.
pub struct Person {
    client: Client,
    address: SocketAddr,
    domain: String,
    token: Option<String>,
    /// Their name on their own node.
    pub username: String,
    /// Their account's id on their own node.
    pub id: Option<AccountId>,
}

/// An answer of the client API.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The document; null if it was none.
    pub body: Value,
}

impl Answer {
    /// The document of an answer that must be a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            self.body
        );
        self.body
    }
}

impl Person {
    pub(super) fn new(address: SocketAddr, domain: &str, account: &Account, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            username: account.username.clone(),
            id: Some(account.id),
            ..Self::anonymous(address, domain)
        }
    }

    pub(super) fn anonymous(address: SocketAddr, domain: &str) -> Self {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self {
            client,
            address,
            domain: domain.to_owned(),
            token: None,
            username: String::new(),
            id: None,
        }
    }

    /// Their token.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("they have one")
    }

    /// Gives themselves another name for others to see.
    pub async fn put_display_name(&self, name: &str) {
        let body = json!({ "display_name": name }).to_string();
        let request = self.request(Method::PATCH, "/api/v1/accounts/update_credentials");
        let request = request
            .header("Content-Type", "application/json")
            .body(body);
        self.send(request).await.ok();
    }

    /// `name@domain`, as people elsewhere know them.
    pub fn handle(&self) -> String {
        format!("{}@{}", self.username, self.domain)
    }

    /// The same person with another token.
    pub fn with_token(self, token: String) -> Self {
        Self {
            token: Some(token),
            ..self
        }
    }

    /// A request with the node's name as its host.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("http://{}{path}", self.address))
            .header("Host", &self.domain);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self.client.execute(request).await;
        let response = response.expect("the node answers");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a body");
        shapes::check(method.as_str(), &path, status, &text);
        Answer {
            status,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST of a JSON document.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(
            self.request(Method::POST, path)
                .header("Content-Type", "application/json")
                .body(body.to_string()),
        )
        .await
    }

    /// PUT of a JSON document.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(
            self.request(Method::PUT, path)
                .header("Content-Type", "application/json")
                .body(body.to_string()),
        )
        .await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Posts a status; gives back its entity.
    pub async fn says(&self, text: &str) -> Value {
        self.post("/api/v1/statuses", json!({ "status": text }))
            .await
            .ok()
    }

    /// Finds an account or status elsewhere; gives back its id here.
    pub async fn finds(&self, kind: &str, query: &str) -> String {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let found = self
            .get(&format!("/api/v2/search?resolve=true&q={query}"))
            .await
            .ok();
        found[kind][0]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no {kind} for {query}: {found}"))
            .to_owned()
    }

    /// Asks to follow somebody elsewhere; gives back their id here.
    pub async fn follows(&self, other: &Self) -> String {
        let id = self.finds("accounts", &other.handle()).await;
        self.post(&format!("/api/v1/accounts/{id}/follow"), json!({}))
            .await
            .ok();
        id
    }

    /// Their home timeline.
    pub async fn home(&self) -> Vec<Value> {
        self.get("/api/v1/timelines/home?limit=40")
            .await
            .ok()
            .as_array()
            .expect("a list")
            .clone()
    }

    /// The texts of their home timeline, markup removed, newest first.
    pub async fn home_texts(&self) -> Vec<String> {
        self.home().await.iter().map(plain).collect()
    }

    /// Kind and sender of their notifications, newest first.
    pub async fn notices(&self) -> Vec<(String, String)> {
        let list = self.get("/api/v1/notifications?limit=80").await.ok();
        let list = list.as_array().expect("a list");
        let pair = |notice: &Value| (text(&notice["type"]), text(&notice["account"]["username"]));
        list.iter().map(pair).collect()
    }
}

/// The text of a status, or of what it boosts, markup removed.
pub fn plain(status: &Value) -> String {
    let shown = if status["reblog"].is_null() {
        status
    } else {
        &status["reblog"]
    };
    whimbrel::text::to_plain(shown["content"].as_str().unwrap_or_default())
        .trim()
        .to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
