//! Section G again, as a matrix: every route of the table is asked by everybody who could, and gives each of them
//! the class of answer that its row promises.

use serde_json::{Value, json};
use whimbrel::api::routes_table::{Access, Route, routes};
use whimbrel::clock::Clock;
use whimbrel::id::AccountId;
use whimbrel::social::scopes::Scopes;
use whimbrel::social::{applications, tokens, users};
use whimbrel::store::{Engine, Role};

use crate::support::databases::{NOON, on_both};
use crate::support::fingerprints::Fingerprint;
use crate::support::nodes::TestNode;
use crate::support::people::Person;
use crate::support::wire::{Call, Wire};

const EVERYTHING: &str = "read write follow push profile admin:read admin:write";

/// What every route that needs some parameter finds.
const PARAMETERS: &str = concat!(
    "acct=user&q=a&status=a&client_name=a&redirect_uris=a&id[]=1&timeline[]=home&domain=a.test",
    "&status_id=1&account_id=1&name=a&uri=a&url=a"
);

/// Who asks. Whoever changes nothing of Ann's comes before her.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Anonymous,
    WrongScope,
    Application,
    Suspended,
    Blocked,
    OtherUser,
    Owner,
    Moderator,
    Admin,
}

const ASKERS: [Asker; 9] = [
    Asker::Anonymous,
    Asker::WrongScope,
    Asker::Application,
    Asker::Suspended,
    Asker::Blocked,
    Asker::OtherUser,
    Asker::Owner,
    Asker::Moderator,
    Asker::Admin,
];

/// The class of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// The route itself decides; it does not say that somebody else should ask.
    Heard,
    /// 401.
    NoToken,
    /// 403: the token, its person or their role is not good enough.
    Refused,
    /// 422: only a person may ask.
    NoPerson,
    /// 404, as if it did not exist.
    Hidden,
}

impl Class {
    fn has(self, status: u16) -> bool {
        match self {
            Self::Heard => status < 500 && ![401, 403].contains(&status),
            Self::NoToken => status == 401,
            Self::Refused => status == 403,
            Self::NoPerson => status == 422,
            Self::Hidden => status == 404,
        }
    }
}

/// Paths below which an `{id}` names something that its owner alone knows.
const OWNED: &[&str] = &[
    "/api/v1/lists/{id}",
    "/api/v1/filters/{id}",
    "/api/v2/filters/{id}",
    "/api/v2/filters/keywords/{id}",
    "/api/v1/scheduled_statuses/{id}",
    "/api/v1/notifications/{id}",
    "/api/v1/conversations/{id}",
    "/api/v1/media/{id}",
];

/// Paths below which an `{id}` names a status that whoever is blocked does not see.
const STATUSES: [&str; 2] = ["/api/v1/statuses/{id}", "/api/v1/pleroma/statuses/{id}"];

/// Routes of a status that are for its author alone.
const AUTHORS: &[(&str, &str)] = &[
    ("PUT", "/api/v1/statuses/{id}"),
    ("PATCH", "/api/v1/statuses/{id}"),
    ("DELETE", "/api/v1/statuses/{id}"),
    ("PUT", "/api/v1/statuses/{id}/interaction_policy"),
    ("PATCH", "/api/v1/statuses/{id}/interaction_policy"),
    ("GET", "/api/whimbrel/v1/statuses/{id}/delivery"),
];

/// What nobody does to themselves, and the first not to somebody who blocks them.
const RELATIONS: &[&str] = &[
    "/api/v1/accounts/{id}/follow",
    "/api/v1/accounts/{id}/block",
    "/api/v1/accounts/{id}/mute",
];

/// What only those may ask whose address is not confirmed.
const CONFIRMATIONS: &str = "/api/v1/emails/confirmations";

/// What a route's row promises to somebody.
fn expected(route: &Route, asker: Asker) -> Class {
    let is_staffs = matches!(
        route.access,
        Access::Moderator(_) | Access::Administrator(_)
    );
    let is_owned = OWNED.iter().any(|path| route.path.starts_with(path));
    let is_authors = AUTHORS.contains(&(route.method, route.path));
    match asker {
        Asker::Anonymous if route.access.needs_token() => Class::NoToken,
        Asker::WrongScope if !route.access.scopes().is_empty() => Class::Refused,
        Asker::Application if route.access.needs_person() => Class::NoPerson,
        Asker::Suspended if route.access != Access::Everybody => Class::Refused,
        // People do not sign others up, and this node takes no new accounts.
        _ if matches!(route.access, Access::Application(_)) => Class::Refused,
        _ if route.path == CONFIRMATIONS => Class::Refused,
        Asker::Blocked if RELATIONS[..1].contains(&route.path) => Class::Refused,
        Asker::Owner if RELATIONS.contains(&route.path) => Class::Refused,
        Asker::OtherUser if route.path.starts_with("/api/v1/statuses/{id}/quotes/") => {
            Class::Refused
        }
        Asker::Blocked | Asker::OtherUser if is_owned || is_authors => Class::Hidden,
        Asker::Blocked if STATUSES.iter().any(|path| route.path.starts_with(path)) => Class::Hidden,
        Asker::Blocked | Asker::OtherUser | Asker::Owner | Asker::WrongScope if is_staffs => {
            Class::Refused
        }
        Asker::Moderator if matches!(route.access, Access::Administrator(_)) => Class::Refused,
        _ => Class::Heard,
    }
}

/// A node on which Ann has one of everything.
struct Scene {
    node: TestNode,
    ann: Person,
    /// The id that stands for `{id}` below each of these paths, the longest first.
    ids: Vec<(&'static str, String)>,
    /// The token of each asker.
    tokens: Vec<(Asker, Option<String>)>,
}

fn id_of(entity: &Value) -> String {
    entity["id"].as_str().expect("an id").to_owned()
}

impl Scene {
    async fn open(engine: Engine) -> Self {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let ann = node.person("user").await;
        let mut scene = Self {
            node,
            ann,
            ids: Vec::new(),
            tokens: Vec::new(),
        };
        scene.furnish().await;
        scene.invite().await;
        scene
    }

    /// Ann makes one of everything that has an id.
    async fn furnish(&mut self) {
        let made = async |path: &str, body: Value| self.ann.post(path, body).await.ok();
        let status = id_of(&self.ann.says("hello #tagged").await);
        let body = json!({ "status": "later", "scheduled_at": "2036-01-01T00:00:00.000Z" });
        let scheduled = id_of(&made("/api/v1/statuses", body).await);
        let list = id_of(&made("/api/v1/lists", json!({ "title": "friends" })).await);
        let old = json!({ "phrase": "word", "context": ["home"] });
        let old_filter = id_of(&made("/api/v1/filters", old).await);
        let body = json!({
            "title": "words", "context": ["home"], "keywords_attributes": [{ "keyword": "word" }],
        });
        let filter = made("/api/v2/filters", body).await;
        let keyword = id_of(&filter["keywords"][0]);
        let fan = self.node.person("fan").await;
        fan.post(&format!("/api/v1/statuses/{status}/favourite"), json!({}))
            .await
            .ok();
        let body = json!({ "status": "@user psst", "visibility": "direct" });
        fan.post("/api/v1/statuses", body).await.ok();
        let notification = id_of(&self.ann.get("/api/v1/notifications").await.ok()[0]);
        let conversation = id_of(&self.ann.get("/api/v1/conversations").await.ok()[0]);
        let own = self.ann.id.expect("an id").to_string();
        self.ids = vec![
            ("/api/v1/accounts/{id}", own),
            ("/api/v1/statuses/{id}", status.clone()),
            ("/api/v1/pleroma/statuses/{id}", status.clone()),
            ("/api/whimbrel/v1/statuses/{id}", status),
            ("/api/v1/scheduled_statuses/{id}", scheduled),
            ("/api/v1/lists/{id}", list),
            ("/api/v1/filters/{id}", old_filter),
            ("/api/v2/filters/keywords/{id}", keyword),
            ("/api/v2/filters/{id}", id_of(&filter)),
            ("/api/v1/notifications/{id}", notification),
            ("/api/v1/conversations/{id}", conversation),
        ];
    }

    /// A token for each asker.
    async fn invite(&mut self) {
        let own = self.ann.id.expect("an id");
        let application = self.application().await;
        self.tokens = vec![
            (Asker::Anonymous, None),
            (Asker::Application, Some(application)),
            (Asker::Owner, Some(self.token(own, EVERYTHING).await)),
        ];
        for (asker, name, role) in [
            (Asker::Suspended, "suspended", Role::User),
            (Asker::Blocked, "blocked", Role::User),
            (Asker::OtherUser, "other", Role::User),
            (Asker::Moderator, "helper", Role::Moderator),
            (Asker::Admin, "keeper", Role::Admin),
        ] {
            let id = self.node.person(name).await.id.expect("an id");
            users::set_role(&self.node.node, id, role)
                .await
                .expect("a role");
            self.tokens
                .push((asker, Some(self.token(id, EVERYTHING).await)));
            if asker == Asker::Suspended {
                users::disable(&self.node.node, id)
                    .await
                    .expect("they are there");
            }
            if asker == Asker::Blocked {
                self.ann
                    .post(&format!("/api/v1/accounts/{id}/block"), json!({}))
                    .await
                    .ok();
            }
        }
    }

    async fn token(&self, id: AccountId, scopes: &str) -> String {
        let issued = tokens::create_for(&self.node.node, id, "tests", scopes).await;
        issued.expect("a token").secret.expose().clone()
    }

    /// The token of an application that nobody uses.
    async fn application(&self) -> String {
        let new = applications::NewApplication {
            name: "App".to_owned(),
            redirect_uris: vec!["https://app.example/".to_owned()],
            scopes: EVERYTHING.to_owned(),
            ..applications::NewApplication::default()
        };
        let scopes = Scopes::parse(&new.scopes).expect("scopes");
        let app = applications::register(&self.node.node, new)
            .await
            .expect("it is fine");
        let issued = tokens::issue_to_application(&self.node.node, &app.application, scopes).await;
        issued.expect("a token").secret.expose().clone()
    }

    /// A token for something that has nothing to do with this route.
    async fn wrong_token(&self, route: &Route) -> String {
        let is_push = route.access.scopes().contains(&"push");
        let scopes = if is_push { "read:lists" } else { "push" };
        self.token(self.ann.id.expect("an id"), scopes).await
    }

    fn line(&self, route: &Route) -> String {
        let found = self
            .ids
            .iter()
            .find(|(path, _)| route.path.starts_with(path));
        let id = found.map_or("1", |(_, id)| id);
        let path = route
            .path
            .replace("{id}", id)
            .replace("{hashtag}", "tagged")
            .replace("{domain}", "a.test")
            .replace("{group_key}", "follow-1")
            .replace("{name}", "a")
            .replace("{item}", "1")
            .replace("{quoting_status_id}", "2")
            .replace("{emoji}", "%F0%9F%8E%89")
            .replace("{key}", "a.png");
        format!("{} {path}?{PARAMETERS}", route.method)
    }

    async fn ask(&self, asker: Asker, route: &Route) -> u16 {
        let token = match asker {
            Asker::WrongScope => Some(self.wrong_token(route).await),
            _ => self
                .tokens
                .iter()
                .find(|(known, _)| *known == asker)
                .expect("invited")
                .1
                .clone(),
        };
        let call = Call::new(&self.line(route)).by(token.as_deref());
        Wire::to(&self.node).send(&call).await.status
    }

    /// The rows on which an asker gets another class of answer than is promised.
    async fn surprises(&self, asker: Asker) -> Vec<String> {
        let mut found = Vec::new();
        for route in routes() {
            let expected = expected(route, asker);
            // A stream that is opened has no end, and these ask for the secret of an application.
            let is_endless =
                route.path.starts_with("/api/v1/streaming/") && expected == Class::Heard;
            let is_applications =
                ["/oauth/token", "/oauth/revoke", "/oauth/introspect"].contains(&route.path);
            if is_endless || is_applications {
                continue;
            }
            let status = self.ask(asker, route).await;
            if !expected.has(status) {
                found.push(format!(
                    "{asker:?}: {} {}: {status}, not {expected:?}",
                    route.method, route.path
                ));
            }
        }
        found
    }
}

/// What those may change who may ask nothing: when a token was used, and the tokens that this test makes.
fn is_use(change: &str) -> bool {
    ["tokens ", "applications "]
        .iter()
        .any(|table| change[2..].starts_with(table))
}

on_both! {
    async fn g5_each_route_answers_each_asker_as_its_row_says(engine) {
        let scene = Scene::open(engine).await;
        let before = Fingerprint::of(&scene.node).await;
        let mut surprises = Vec::new();
        for asker in ASKERS {
            surprises.extend(scene.surprises(asker).await);
            if [Asker::WrongScope, Asker::Suspended].contains(&asker) {
                let changes = before.differences(&Fingerprint::of(&scene.node).await);
                let more = changes.into_iter().filter(|change| !is_use(change));
                surprises.extend(more.map(|change| format!("{asker:?}: {change}")));
            }
        }
        assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    }
}
