//! A node that answers, and a browser that keeps its cookies and reads forms out of pages.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use regex::Regex;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use whimbrel::clock::Clock;
use whimbrel::config::{Config, Registrations};
use whimbrel::keys::Secret;
use whimbrel::node::Node;
use whimbrel::server::{self, Doors, Running};
use whimbrel::social::users::{self, NewUser};
use whimbrel::store::accounts::Account;
use whimbrel::store::{Engine, Location, Role};

use crate::support::databases::{NOON, TestDatabase};

/// Ann's password.
pub const PASSWORD: &str = "correct horse";

/// A node that answers on a port of its own, as `http://node.localhost`.
pub struct Site {
    pub node: Node,
    running: Life,
    _database: TestDatabase,
    _folder: tempfile::TempDir,
}

/// What answers, and whether it also does what is queued.
enum Life {
    Working(Box<Running>),
    Idle(Doors),
}

impl Site {
    /// A node with Ann on it, where nobody can sign up.
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, |_| {}).await
    }

    /// A node with Ann on it and a configuration of its own.
    pub async fn start_with(engine: Engine, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::begin(engine, adjust, true).await
    }

    /// The same, but what is queued waits until a test does it.
    pub async fn start_idle(engine: Engine, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::begin(engine, adjust, false).await
    }

    async fn begin(engine: Engine, adjust: impl FnOnce(&mut Config), works: bool) -> Self {
        let database = TestDatabase::new(engine).await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config::default();
        folder.path().clone_into(&mut config.server.data);
        "node.localhost".clone_into(&mut config.server.domain);
        config.server.listen = "127.0.0.1:0".parse().expect("an address");
        config.server.workers = 1;
        config.database.url = match &database.location {
            Location::Sqlite(_) => None,
            Location::Postgres(url) => Some(url.parse().expect("an address")),
        };
        adjust(&mut config);
        let node = Node::open(config, Clock::stepped(NOON))
            .await
            .expect("a node");
        let running = if works {
            Life::Working(Box::new(
                server::start(node.clone()).await.expect("it listens"),
            ))
        } else {
            Life::Idle(server::open_doors(&node).await.expect("it listens"))
        };
        let site = Self {
            node,
            running,
            _database: database,
            _folder: folder,
        };
        site.add_user("ann").await;
        site
    }

    /// Makes an account `name@example.org` with [`PASSWORD`].
    pub async fn add_user(&self, name: &str) -> Account {
        let new = NewUser {
            username: name.to_owned(),
            email: format!("{name}@example.org"),
            password: Secret::new(PASSWORD.to_owned()),
            role: Role::User,
            is_confirmed: true,
            is_approved: true,
            reason: None,
            locale: "en".to_owned(),
        };
        users::create_local(&self.node, new)
            .await
            .expect("the user is fine")
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0);
        Browser {
            address: match &self.running {
                Life::Working(running) => running.address,
                Life::Idle(doors) => doors.address,
            },
            client: client.build().expect("a client"),
            cookies: Mutex::default(),
        }
    }

    /// Stops the node.
    pub async fn stop(self) {
        match self.running {
            Life::Working(running) => running.stop().await,
            Life::Idle(doors) => doors.close().await,
        }
    }
}

/// Lets people sign up.
pub fn open(config: &mut Config) {
    config.instance.registrations = Registrations::Open;
}

/// A browser, or with the methods of clients a program.
pub struct Browser {
    address: SocketAddr,
    client: Client,
    pub cookies: Mutex<BTreeMap<String, String>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        let location = self.headers.get("location");
        location
            .unwrap_or_else(|| panic!("no redirect: {self:?}"))
            .to_str()
            .expect("text")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The parameter of this name in the address of the redirect.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.location().split_once('?')?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The hidden fields of the last form of the page.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let form = self.body.rsplit("<form").next().expect("a form");
        let field =
            Regex::new(r#"type="hidden" name="([^"]*)" value="([^"]*)""#).expect("an expression");
        let text = |text: &str| text.replace("&amp;", "&").replace("&quot;", "\"");
        field
            .captures_iter(form)
            .map(|found| (found[1].to_owned(), text(&found[2])))
            .collect()
    }
}

impl Browser {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Sends a form as a browser does that shows one of the node's own pages.
    pub async fn post(&self, path: &str, fields: &[(String, String)]) -> Answer {
        let request = self.request(Method::POST, path);
        self.send(form(
            request.header("origin", "http://node.localhost"),
            fields,
        ))
        .await
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path.strip_prefix("http://node.localhost").unwrap_or(path);
        let url = format!("http://{}{path}", self.address);
        let cookies = self.cookies.lock().expect("cookies");
        let cookies: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.client
            .request(method, url)
            .header("cookie", cookies.join("; "))
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a value");
            let mut kept = self.cookies.lock().expect("cookies");
            kept.insert(name.to_owned(), value.to_owned());
            if attributes.contains("Max-Age=0") {
                kept.remove(name);
            }
        }
        let body = answer.text().await.expect("a body");
        Answer {
            status,
            headers,
            body,
        }
    }

    /// Signs in by the form at `path` and gives what came back.
    pub async fn sign_in(&self, path: &str, name: &str, password: &str) -> Answer {
        let mut fields = self.get(path).await.hidden();
        fields.push(("identifier".to_owned(), name.to_owned()));
        fields.push(("password".to_owned(), password.to_owned()));
        self.post("/auth/sign_in", &fields).await
    }

    /// Calls the API with these parameters as a form.
    pub async fn call(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(form(self.request(Method::POST, path), fields))
            .await
    }

    /// Calls the API with a token.
    pub async fn ask(&self, path: &str, token: &str) -> Answer {
        self.send(self.request(Method::GET, path).bearer_auth(token))
            .await
    }
}

/// A form's fields, with one of them changed or added.
pub fn with(mut fields: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

/// A request with a form as its body.
pub fn form(
    request: RequestBuilder,
    fields: &[(impl AsRef<str>, impl AsRef<str>)],
) -> RequestBuilder {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(
        fields
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref())),
    );
    let kind = "application/x-www-form-urlencoded";
    request.header("content-type", kind).body(body.finish())
}
