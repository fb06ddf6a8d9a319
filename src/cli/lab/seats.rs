//! A node of the lab with its person, who posts and follows through the client API as any program does.

use std::path::PathBuf;
use std::time::Duration;
use std::{fs, io};

use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use super::places::Place;
use super::processes::Process;
use crate::cli::failure::Failure;
use crate::cli::passwords::generate;
use crate::clock::Clock;
use crate::config::Config;
use crate::http::Fetch;
use crate::id::AccountId;
use crate::node::Node;
use crate::social::tokens;
use crate::social::users::{self, NewUser};
use crate::store::Role;

/// Where the password of a kept node's account is written down.
const PASSWORD_FILE: &str = "lab-password";

/// What the lab's own token may do: what its buttons do.
const SCOPES: &str = "read write:statuses write:follows";

/// How long a node may take to say that it is there.
const GREETING: Duration = Duration::from_secs(1);

/// A node of the lab.
pub(super) struct Seat {
    /// Where it is.
    pub(super) place: Place,
    /// Its database, which the lab reads, and the client with which its person talks to it. Not the node itself:
    /// that is the process.
    pub(super) node: Node,
    /// Its process.
    pub(super) process: Process,
    /// Its person's account.
    pub(super) account: AccountId,
    /// Its person's password.
    pub(super) password: String,
    token: String,
}

impl Seat {
    /// Makes the node's database and account where they are not there yet. Nothing is started.
    ///
    /// # Errors
    /// What the node lacks.
    pub(super) async fn set(
        place: Place,
        config: Config,
        config_file: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let node = Node::open(config, Clock::real()).await?;
        let (account, password) = settle(&node, place.person).await?;
        let issued = tokens::create_for(&node, account, "Whimbrel lab", SCOPES).await?;
        Ok(Self {
            process: Process::of(&place, config_file),
            token: issued.secret.expose().to_owned(),
            place,
            node,
            account,
            password,
        })
    }

    /// How others write its person.
    pub(super) fn handle(&self) -> String {
        format!("@{}@{}", self.place.person, self.place.domain())
    }

    /// The address with which its person signs in.
    pub(super) fn email(&self) -> String {
        email_of(self.place.person)
    }

    /// Whether the node answers.
    pub(super) async fn answers(&self) -> bool {
        let Ok(url) = self.url("/health") else {
            return false;
        };
        let asked = self.node.http.get(&url, "*/*", None);
        let answer = tokio::time::timeout(GREETING, asked).await;
        matches!(answer, Ok(Ok(answer)) if answer.status == 200)
    }

    /// Posts for everybody.
    ///
    /// # Errors
    /// Why not, in words.
    pub(super) async fn post(&self, text: &str) -> Result<(), String> {
        let fields = [("status", text), ("visibility", "public")];
        self.send("/api/v1/statuses", &fields).await
    }

    /// Asks to follow somebody of another node; gives the id that they have here.
    ///
    /// # Errors
    /// Why not, in words.
    pub(super) async fn follow(&self, handle: &str) -> Result<String, String> {
        let query = Serializer::new(String::new())
            .append_pair("q", handle)
            .append_pair("type", "accounts")
            .append_pair("resolve", "true")
            .finish();
        let found = self.read(&format!("/api/v2/search?{query}")).await?;
        let id = found.pointer("/accounts/0/id").and_then(Value::as_str);
        let id = id.ok_or_else(|| format!("{handle} was not found"))?;
        self.send(&format!("/api/v1/accounts/{id}/follow"), &[])
            .await?;
        Ok(id.to_owned())
    }

    /// Whether the account with this id has accepted to be followed.
    ///
    /// # Errors
    /// Why that cannot be known, in words.
    pub(super) async fn follows(&self, id: &str) -> Result<bool, String> {
        let path = format!("/api/v1/accounts/relationships?id[]={id}");
        let found = self.read(&path).await?;
        Ok(found.pointer("/0/following") == Some(&Value::Bool(true)))
    }

    async fn read(&self, path: &str) -> Result<Value, String> {
        let url = self.url(path)?;
        let headers = [self.authorization()];
        let fetch = Fetch {
            headers: &headers,
            ..Fetch::new(&url, "application/json")
        };
        let answer = self.node.http.fetch(fetch).await;
        let answer = answer.map_err(|error| error.to_string())?;
        check(answer.status, &answer.body)?;
        serde_json::from_slice(&answer.body).map_err(|error| error.to_string())
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Result<(), String> {
        let url = self.url(path)?;
        let headers = [
            self.authorization(),
            (
                "content-type".to_owned(),
                "application/x-www-form-urlencoded".to_owned(),
            ),
        ];
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let answer = self.node.http.post(&url, &headers, body.into_bytes()).await;
        let answer = answer.map_err(|error| error.to_string())?;
        check(answer.status, &answer.body)
    }

    fn authorization(&self) -> (String, String) {
        ("authorization".to_owned(), format!("Bearer {}", self.token))
    }

    fn url(&self, path: &str) -> Result<Url, String> {
        let url = format!("{}{path}", self.node.urls.origin());
        Url::parse(&url).map_err(|error| error.to_string())
    }
}

/// Whether an answer of the client API says that it worked.
fn check(status: u16, body: &[u8]) -> Result<(), String> {
    if (200..300).contains(&status) {
        return Ok(());
    }
    let said: Option<Value> = serde_json::from_slice(body).ok();
    let said = said.as_ref().and_then(|said| said["error"].as_str());
    Err(said.map_or_else(|| format!("it answered {status}"), str::to_owned))
}

fn email_of(person: &str) -> String {
    format!("{person}@example.org")
}

/// Makes the node's account when it is not there yet, and tells its password.
async fn settle(node: &Node, person: &str) -> Result<(AccountId, String), Failure> {
    let file = node.config.server.data.join(PASSWORD_FILE);
    if let Some(known) = users::find(node, person).await? {
        let kept = fs::read_to_string(&file);
        let password = kept.map_or_else(
            |_| "(chosen before)".to_owned(),
            |kept| kept.trim().to_owned(),
        );
        return Ok((known.account.id, password));
    }
    let password = generate();
    let new = NewUser {
        username: person.to_owned(),
        email: email_of(person),
        password: password.clone().into(),
        role: Role::Owner,
        is_confirmed: true,
        is_approved: true,
        reason: None,
        locale: "en".to_owned(),
    };
    let made = users::create_local(node, new).await?;
    fs::write(&file, format!("{password}\n")).map_err(|error: io::Error| {
        Failure::Failed(format!("{} cannot be written: {error}", file.display()))
    })?;
    Ok((made.id, password))
}
