//! Malformed requests at every door: each gets a clear 4xx with a sentence, changes nothing, and stops nothing.

use serde_json::{Value, json};
use whimbrel::clock::{Clock, DAY, HOUR};
use whimbrel::id::AccountId;
use whimbrel::keys::digests::digest_header;
use whimbrel::social::scopes::Scopes;
use whimbrel::social::statuses::{Draft, publish};
use whimbrel::social::{applications, sessions, tokens};
use whimbrel::store::{Engine, Visibility};

use crate::support::databases::{NOON, on_both};
use crate::support::fingerprints::Fingerprint;
use crate::support::hostile::{ACTIVITY, Hostile};
use crate::support::nodes::TestNode;
use crate::support::wire::{Call, Reply, Wire};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=x";
const NONE: &str = "";

enum Body {
    Text(&'static str),
    Bytes(&'static [u8]),
    /// An object that holds this many lists in each other.
    Deep(usize),
    /// This many bytes of text in a field.
    Long(usize),
}
use Body::{Bytes, Deep, Long, Text};

impl Body {
    fn bytes(&self, content_type: &str) -> Vec<u8> {
        match self {
            Text(text) => text.as_bytes().to_vec(),
            Bytes(bytes) => bytes.to_vec(),
            Deep(depth) => format!(
                "{{\"status\":{}{}}}",
                "[".repeat(*depth),
                "]".repeat(*depth)
            )
            .into_bytes(),
            Long(length) if content_type == JSON => {
                format!("{{\"status\":\"{}\"}}", "x".repeat(*length)).into_bytes()
            }
            Long(length) => format!("status={}", "x".repeat(*length)).into_bytes(),
        }
    }
}

/// Who sends it, what, with which content type and body, and the answer's status.
type Row = (&'static str, &'static str, &'static str, Body, u16);

/// The client API. `{mine}` is Ann's status, `{theirs}` Bob's, `{hidden}` one that Ann may not see, `{file}` a file
/// of Bob's.
#[rustfmt::skip]
const CLIENT_API: &[Row] = &[
    // Bodies that cannot be read.
    ("ann", "POST /api/v1/statuses", JSON, Text("{"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Text("[1,2]"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Text("\"text\""), 400),
    ("ann", "POST /api/v1/statuses", JSON, Text("null"), 422),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\"} trailing"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Bytes(b"{\"status\":\"\xff\xfe\"}"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Bytes(b"\xef\xbb\xbf\xff"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"\\ud800\"}"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Deep(200), 400),
    ("ann", "POST /api/v1/statuses", JSON, Deep(100_000), 400),
    ("ann", "POST /api/v1/statuses", FORM, Text("status=%ff%fe"), 400),
    ("ann", "POST /api/v1/statuses", FORM, Bytes(b"status=\xff"), 400),
    ("ann", "POST /api/v1/statuses", PARTS, Text("no parts at all"), 400),
    ("ann", "POST /api/v1/statuses", PARTS, Text("--x\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nbroken off"), 400),
    ("ann", "POST /api/v1/statuses", "multipart/form-data", Text("--x--"), 400),
    ("ann", "POST /api/v1/statuses", "application/xml", Text("<status/>"), 422),
    ("ann", "POST /api/v1/statuses", JSON, Long(3_000_000), 413),
    ("ann", "POST /api/v1/statuses", FORM, Long(3_000_000), 413),
    // Bodies that say what cannot be.
    ("ann", "POST /api/v1/statuses", NONE, Text(""), 422),
    ("ann", "POST /api/v1/statuses", JSON, Text("{}"), 422),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"  \\n \"}"), 422),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":{\"a\":1}}"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":[\"a\"]}"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"visibility\":\"everybody\"}"), 422),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"visibility\":7}"), 422),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"language\":{}}"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"sensitive\":[]}"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"media_ids\":\"x\"}"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"media_ids\":[\"{file}\"]}"), 422),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"media_ids\":[\"9\"]}"), 422),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"in_reply_to_id\":\"999\"}"), 404),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"in_reply_to_id\":\"x\"}"), 400),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"in_reply_to_id\":\"{hidden}\"}"), 404),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"scheduled_at\":\"yesterday\"}"), 422),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\",\"poll\":{\"options\":[\"x\"],\"expires_in\":-1}}"), 422),
    ("ann", "POST /api/v1/statuses", JSON, Long(20_000), 422),
    ("ann", "PUT /api/v1/statuses/{mine}", JSON, Text("{\"status\":\"\"}"), 422),
    ("ann", "PUT /api/v1/statuses/{theirs}", JSON, Text("{\"status\":\"mine now\"}"), 404),
    ("ann", "PUT /api/v1/statuses/{hidden}", JSON, Text("{\"status\":\"mine now\"}"), 404),
    ("ann", "DELETE /api/v1/statuses/{theirs}", NONE, Text(""), 404),
    ("ann", "DELETE /api/v1/statuses/{hidden}", NONE, Text(""), 404),
    ("ann", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\\u0000b\"}"), 400),
    ("ann", "POST /api/v1/statuses", FORM, Text("status=a%00b"), 400),
    // Ids that name nothing.
    ("ann", "GET /api/v1/statuses/999", NONE, Text(""), 404),
    ("ann", "GET /api/v1/statuses/abc", NONE, Text(""), 404),
    ("ann", "GET /api/v1/statuses/-1", NONE, Text(""), 404),
    ("ann", "GET /api/v1/statuses/99999999999999999999999", NONE, Text(""), 404),
    ("ann", "GET /api/v1/statuses/1%27%20OR%201=1--", NONE, Text(""), 404),
    ("ann", "GET /api/v1/statuses/%00", NONE, Text(""), 404),
    ("ann", "GET /api/v1/statuses/%ff", NONE, Text(""), 404),
    ("ann", "GET /api/v1/statuses/../../settings", NONE, Text(""), 404),
    ("ann", "GET /api/v1/statuses/{hidden}", NONE, Text(""), 404),
    ("ann", "GET /api/v1/statuses/{hidden}/context", NONE, Text(""), 404),
    ("ann", "POST /api/v1/statuses/{hidden}/favourite", NONE, Text(""), 404),
    ("ann", "POST /api/v1/statuses/{hidden}/reblog", NONE, Text(""), 404),
    ("ann", "POST /api/v1/statuses/{hidden}/bookmark", NONE, Text(""), 404),
    ("ann", "GET /api/v1/accounts/999", NONE, Text(""), 404),
    ("ann", "GET /api/v1/accounts/abc/statuses", NONE, Text(""), 404),
    ("ann", "GET /api/v1/accounts/lookup", NONE, Text(""), 400),
    ("ann", "GET /api/v1/accounts/lookup?acct=@@@", NONE, Text(""), 404),
    ("ann", "GET /api/v1/accounts/lookup?acct=a%00b", NONE, Text(""), 400),
    ("ann", "POST /api/v1/accounts/999/follow", NONE, Text(""), 404),
    ("ann", "POST /api/v1/accounts/{ann}/follow", NONE, Text(""), 403),
    ("ann", "POST /api/v1/accounts/{ann}/block", NONE, Text(""), 403),
    ("ann", "POST /api/v1/accounts/{ann}/mute", NONE, Text(""), 403),
    ("ann", "POST /api/v1/accounts/{bob}/mute", JSON, Text("{\"duration\":\"long\"}"), 400),
    ("ann", "POST /api/v1/follow_requests/{bob}/authorize", NONE, Text(""), 404),
    ("ann", "GET /api/v1/notifications/999", NONE, Text(""), 404),
    ("ann", "POST /api/v1/notifications/x/dismiss", NONE, Text(""), 404),
    ("ann", "GET /api/v1/media/{file}", NONE, Text(""), 404),
    ("ann", "PUT /api/v1/media/{file}", JSON, Text("{\"description\":\"mine\"}"), 404),
    ("ann", "DELETE /api/v1/media/{file}", NONE, Text(""), 404),
    ("ann", "POST /api/v2/media", JSON, Text("{\"file\":\"text\"}"), 422),
    ("ann", "POST /api/v2/media", PARTS, Text("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../a.png\"\r\nContent-Type: image/png\r\n\r\n<svg onload=alert(1)>\r\n--x--\r\n"), 422),
    ("ann", "POST /api/v2/media", PARTS, Text("--x--\r\n"), 422),
    // Parameters that are none.
    ("ann", "GET /api/v1/timelines/home?limit=many", NONE, Text(""), 400),
    ("ann", "GET /api/v1/timelines/home?max_id=newest", NONE, Text(""), 400),
    ("ann", "GET /api/v1/timelines/home?max_id=%ff", NONE, Text(""), 400),
    ("ann", "GET /api/v1/timelines/public?local=perhaps&limit=-", NONE, Text(""), 400),
    ("ann", "GET /api/v2/search?q=a%00b", NONE, Text(""), 400),
    ("ann", "GET /api/v1/timelines/tag/a%00b", NONE, Text(""), 404),
    ("ann", "GET /api/v2/search", NONE, Text(""), 400),
    ("ann", "GET /api/v2/search?q=a&type=everything", NONE, Text(""), 400),
    ("ann", "GET /api/v2/search?q[a][b]=c", NONE, Text(""), 400),
    ("ann", "POST /api/v1/markers", JSON, Text("{\"home\":{\"last_read_id\":\"x\"}}"), 400),
    ("ann", "POST /api/v1/markers", JSON, Text("{\"home\":7}"), 400),
    ("ann", "PATCH /api/v1/accounts/update_credentials", JSON, Text("{\"display_name\":{}}"), 400),
    ("ann", "PATCH /api/v1/accounts/update_credentials", JSON, Text("{\"fields_attributes\":\"x\"}"), 400),
    ("ann", "PATCH /api/v1/accounts/update_credentials", JSON, Text("{\"source\":{\"privacy\":\"nobody\"}}"), 422),
    ("ann", "PATCH /api/v1/accounts/update_credentials", JSON, Text("{\"locked\":\"maybe so\",\"bot\":{}}"), 400),
    // Tokens.
    ("-", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\"}"), 401),
    ("-", "GET /api/v1/timelines/home", NONE, Text(""), 401),
    ("-", "GET /api/v1/notifications", NONE, Text(""), 401),
    ("junk", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\"}"), 401),
    ("junk", "DELETE /api/v1/statuses/{mine}", NONE, Text(""), 401),
    ("revoked", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\"}"), 401),
    ("revoked", "GET /api/v1/timelines/public", NONE, Text(""), 401),
    ("reader", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\"}"), 403),
    ("reader", "DELETE /api/v1/statuses/{mine}", NONE, Text(""), 403),
    ("reader", "POST /api/v1/accounts/{bob}/follow", NONE, Text(""), 403),
    ("reader", "PATCH /api/v1/accounts/update_credentials", JSON, Text("{\"locked\":true}"), 403),
    ("app", "POST /api/v1/statuses", JSON, Text("{\"status\":\"a\"}"), 422),
    ("app", "GET /api/v1/timelines/home", NONE, Text(""), 422),
    ("ann", "GET /api/v1/nothing/like/it", NONE, Text(""), 404),
    ("ann", "BREW /api/v1/statuses", NONE, Text(""), 405),
    ("ann", "DELETE /api/v1/statuses", NONE, Text(""), 405),
];

/// OAuth and the pages with forms.
#[rustfmt::skip]
const PAGES: &[Row] = &[
    ("-", "POST /api/v1/apps", JSON, Text("{}"), 422),
    ("-", "POST /api/v1/apps", JSON, Text("{\"client_name\":\"a\",\"redirect_uris\":\"javascript:x\"}"), 422),
    ("-", "POST /api/v1/apps", JSON, Text("{\"client_name\":\"a\",\"redirect_uris\":[[]]}"), 400),
    ("-", "POST /api/v1/apps", FORM, Text("client_name=a&redirect_uris=urn:ietf:wg:oauth:2.0:oob&scopes=all"), 422),
    ("-", "GET /oauth/authorize", NONE, Text(""), 400),
    ("-", "GET /oauth/authorize?client_id=%00&response_type=code&redirect_uri=x", NONE, Text(""), 400),
    ("-", "GET /oauth/authorize/native?code=guess", NONE, Text(""), 404),
    ("session", "POST /oauth/authorize", FORM, Text("decision=authorize"), 403),
    ("-", "POST /oauth/token", NONE, Text(""), 400),
    ("-", "POST /oauth/token", JSON, Text("{"), 400),
    ("-", "POST /oauth/token", FORM, Text("grant_type=password&username=ann&password=x"), 400),
    ("-", "POST /oauth/token", FORM, Text("grant_type=client_credentials&client_id=x&client_secret=y"), 401),
    ("-", "POST /oauth/token", FORM, Text("grant_type=authorization_code&code=guess&client_id=x&client_secret=y&redirect_uri=z"), 401),
    ("-", "POST /oauth/token", FORM, Text("grant_type[]=authorization_code"), 400),
    ("-", "POST /oauth/revoke", FORM, Text("token=x"), 403),
    ("-", "GET /oauth/userinfo", NONE, Text(""), 401),
    ("junk", "GET /api/v1/apps/verify_credentials", NONE, Text(""), 401),
    ("-", "POST /auth/sign_in", FORM, Text("identifier=ann&password=the+password+of+ann"), 403),
    ("-", "POST /auth/sign_in", JSON, Text("{\"identifier\":\"ann\"}"), 415),
    ("-", "POST /auth/sign_in", FORM, Bytes(b"identifier=\xff&csrf_token=%00"), 403),
    ("-", "POST /auth/sign_up", FORM, Text("username=eve&email=e%40e.example&password=12345678"), 403),
    ("-", "POST /auth/sign_out", FORM, Text("csrf_token=guess"), 403),
    ("session", "POST /settings/password", FORM, Text("password=x&password_again=x"), 403),
    ("session", "POST /settings/applications/revoke", FORM, Text("application_id=1"), 403),
    ("session", "POST /auth/sign_out", NONE, Text(""), 415),
    ("session", "POST /auth/sign_out", FORM, Text("csrf_token=guess"), 403),
    ("session", "POST /settings/password", FORM, Text("csrf_token=%00"), 403),
    ("-", "GET /setup", NONE, Text(""), 404),
    ("-", "GET /setup?token=guess", NONE, Text(""), 404),
    ("-", "POST /setup", FORM, Text("token=guess&username=eve"), 403),
    ("-", "GET /@nobody", NONE, Text(""), 404),
    ("-", "GET /@ann/999", NONE, Text(""), 404),
    ("-", "GET /@ann/{hidden}", NONE, Text(""), 404),
    ("-", "GET /@%00", NONE, Text(""), 404),
    ("-", "GET /@%ff%fe", NONE, Text(""), 404),
    ("-", "GET /tags/a%00b", NONE, Text(""), 404),
    ("-", "GET /tags/%3Cscript%3E", NONE, Text(""), 404),
    ("-", "GET /media/../whimbrel.db", NONE, Text(""), 404),
    ("-", "GET /media/%2e%2e%2fwhimbrel.db", NONE, Text(""), 404),
    ("-", "GET /media/%00", NONE, Text(""), 404),
    ("-", "GET /static/../../etc/passwd", NONE, Text(""), 404),
    ("-", "GET /nothing", NONE, Text(""), 404),
    ("-", "POST /", NONE, Text(""), 405),
];

/// What other servers ask, without a signature.
#[rustfmt::skip]
const SERVERS: &[Row] = &[
    ("-", "GET /.well-known/webfinger", NONE, Text(""), 400),
    ("-", "GET /.well-known/webfinger?resource=", NONE, Text(""), 400),
    ("-", "GET /.well-known/webfinger?resource=ann", NONE, Text(""), 400),
    ("-", "GET /.well-known/webfinger?resource=acct:nobody@{domain}", NONE, Text(""), 404),
    ("-", "GET /.well-known/webfinger?resource=acct:ann@elsewhere.example", NONE, Text(""), 404),
    ("-", "GET /.well-known/webfinger?resource=acct:%ff%00@{domain}", NONE, Text(""), 400),
    ("-", "GET /.well-known/webfinger?resource=acct:ann%0d%0aX-A:b@{domain}", NONE, Text(""), 400),
    ("-", "GET /.well-known/webfinger?resource=javascript:alert(1)", NONE, Text(""), 400),
    ("-", "GET /nodeinfo/9.9", NONE, Text(""), 404),
    ("-", "GET /nodeinfo/..%2f2.0", NONE, Text(""), 404),
    ("-", "GET /users/nobody", NONE, Text(""), 404),
    ("-", "GET /users/a%00b/outbox", NONE, Text(""), 404),
    ("-", "GET /users/%ff", NONE, Text(""), 404),
    ("-", "GET /users/ann/statuses/abc", NONE, Text(""), 404),
    ("-", "GET /users/ann/statuses/{hidden}", NONE, Text(""), 404),
    ("-", "GET /users/bob/statuses/{hidden}/activity", NONE, Text(""), 404),
    ("-", "GET /users/ann/outbox?page=true&max_id=x", NONE, Text(""), 400),
    ("-", "GET /inbox", NONE, Text(""), 405),
    ("-", "POST /users/nobody/inbox", ACTIVITY, Text("{}"), 404),
    ("-", "POST /inbox", NONE, Text(""), 415),
    ("-", "POST /inbox", JSON, Text("{}"), 415),
    ("-", "POST /inbox", ACTIVITY, Text("{}"), 401),
    ("-", "POST /actor/inbox", ACTIVITY, Text("{\"type\":\"Follow\"}"), 401),
];

struct Scene {
    node: TestNode,
    wire: Wire,
    tokens: Vec<(&'static str, String)>,
    words: Vec<(&'static str, String)>,
    cookie: String,
}

impl Scene {
    async fn open(engine: Engine) -> Self {
        let node = TestNode::start(engine, "alpha", &Clock::stepped(NOON)).await;
        let ann = node.person("ann").await.id.expect("an id");
        let bob = node.person("bob").await.id.expect("an id");
        let mut words = vec![
            ("{ann}", ann.to_string()),
            ("{bob}", bob.to_string()),
            ("{domain}", node.domain.clone()),
        ];
        for (word, author, visibility) in [
            ("{mine}", ann, Visibility::Public),
            ("{theirs}", bob, Visibility::Public),
            ("{hidden}", bob, Visibility::Private),
        ] {
            let draft = Draft {
                text: format!("a {} word", visibility.word()),
                visibility: Some(visibility),
                ..Draft::default()
            };
            let id = publish(&node.node, author, draft)
                .await
                .expect("it is fine");
            words.push((word, id.to_string()));
        }
        words.push(("{file}", upload(&node, bob).await));
        let issue = async |scopes: &str| {
            let issued = tokens::create_for(&node.node, ann, "tests", scopes).await;
            issued.expect("a token").secret.expose().to_owned()
        };
        let mut known = vec![
            ("ann", issue("read write follow push").await),
            ("reader", issue("read").await),
            ("revoked", issue("read write").await),
            ("junk", "no-token-at-all".to_owned()),
            ("app", application_token(&node).await),
        ];
        known.sort_unstable();
        let revoked = known.iter().find(|(who, _)| *who == "revoked");
        let revoked = &revoked.expect("it is there").1;
        assert!(
            tokens::revoke_by_secret(&node.node, revoked)
                .await
                .expect("a database")
        );
        let session = sessions::begin(&node.node, ann, None).await;
        let session = session.expect("a session");
        node.settle().await;
        Self {
            cookie: format!("whimbrel_session={}", session.expose()),
            wire: Wire::to(&node),
            node,
            tokens: known,
            words,
        }
    }

    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (word, value) in &self.words {
            text = text.replace(word, value);
        }
        text
    }

    fn call(&self, row: &Row) -> Call {
        let (who, line, kind, body, _) = row;
        let token = self.tokens.iter().find(|(name, _)| name == who);
        let mut call = Call::new(&self.fill(line)).by(token.map(|(_, token)| token.as_str()));
        if *who == "session" {
            call = call
                .with("Cookie", &self.cookie)
                .with("Origin", self.node.origin());
        }
        let body = match body {
            Text(text) => self.fill(text).into_bytes(),
            other => other.bytes(kind),
        };
        if kind.is_empty() {
            call
        } else {
            call.carrying(kind, body)
        }
    }

    /// Sends each row; every complaint about it is one line.
    async fn try_all(&self, rows: &[Row]) {
        let before = Fingerprint::of(&self.node).await;
        let mut wrong = Vec::new();
        for row in rows {
            let reply = self.wire.send(&self.call(row)).await;
            let name = format!(
                "{} {} {:.60}",
                row.0,
                row.1,
                String::from_utf8_lossy(&row.3.bytes(row.2))
            );
            wrong.extend(complaints(&name, &reply, row.4));
            let after = Fingerprint::of(&self.node).await;
            for change in before.differences(&after) {
                wrong.push(format!("{name}: {change}"));
            }
        }
        self.check_alive().await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn check_alive(&self) {
        for line in ["GET /health", "GET /@ann", "GET /api/v2/instance"] {
            assert_eq!(self.wire.send(&Call::new(line)).await.status, 200, "{line}");
        }
    }
}

fn complaints(name: &str, reply: &Reply, expected: u16) -> Vec<String> {
    let mut wrong = Vec::new();
    let is_fine = (400..500).contains(&reply.status);
    if !is_fine || reply.status != expected {
        wrong.push(format!("{name}: {} instead of {expected}", reply.status));
    }
    let message = reply.message();
    if message.len() < 8 || !message.contains(' ') {
        wrong.push(format!("{name}: says only {message:?}"));
    }
    for secret in ["panicked", "SQLITE", "diesel", "src/"] {
        if reply.body.contains(secret) {
            wrong.push(format!("{name}: tells of the inside: {message}"));
        }
    }
    wrong
}

async fn application_token(node: &TestNode) -> String {
    let new = applications::NewApplication {
        name: "An app".to_owned(),
        redirect_uris: vec!["https://app.example/".to_owned()],
        scopes: "read write".to_owned(),
        ..applications::NewApplication::default()
    };
    let application = applications::register(&node.node, new)
        .await
        .expect("it is fine");
    let scopes = Scopes::parse("read write").expect("scopes");
    let issued = tokens::issue_to_application(&node.node, &application.application, scopes).await;
    issued.expect("a token").secret.expose().to_owned()
}

/// A picture of Bob's, in no status.
async fn upload(node: &TestNode, bob: AccountId) -> String {
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(4, 4, image::Rgb([9, 99, 199]));
    picture
        .write_to(&mut png, image::ImageFormat::Png)
        .expect("a picture");
    let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    let body = [head.as_bytes(), png.get_ref(), b"\r\n--x--\r\n"].concat();
    let token = tokens::create_for(&node.node, bob, "tests", "write").await;
    let token = token.expect("a token");
    let call = Call::new("POST /api/v2/media")
        .by(Some(token.secret.expose()))
        .carrying(PARTS, body);
    let reply = Wire::to(node).send(&call).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()["id"].as_str().expect("an id").to_owned()
}

on_both! {
    async fn the_client_api_refuses_what_it_cannot_take(engine) {
        Scene::open(engine).await.try_all(CLIENT_API).await;
    }
}

on_both! {
    async fn oauth_and_pages_refuse_what_they_cannot_take(engine) {
        Scene::open(engine).await.try_all(PAGES).await;
    }
}

on_both! {
    async fn the_servers_door_refuses_what_it_cannot_take(engine) {
        Scene::open(engine).await.try_all(SERVERS).await;
    }
}

/// A change to one header of a signed request: its name, what is there, what stands there instead.
fn spoil(parcel: &Call, name: &str, from: &str, to: &str) -> Call {
    let mut spoilt = parcel.clone();
    for (known, value) in &mut spoilt.headers {
        if known.eq_ignore_ascii_case(name) {
            assert!(value.contains(from), "{name}: {value}");
            *value = value.replacen(from, to, 1);
        }
    }
    spoilt
}

fn without(parcel: &Call, name: &str) -> Call {
    let mut less = parcel.clone();
    less.headers
        .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    less
}

/// Signed bodies that say nothing that could be done.
fn unreadable(bob: &str) -> Vec<(&'static str, Vec<u8>, u16)> {
    let text = |text: String| text.into_bytes();
    let deep = |open: &str, close: &str| {
        text(format!(
            "{{\"actor\":\"{bob}\",\"type\":\"Like\",\"object\":{}0{}}}",
            open.repeat(100_000),
            close.repeat(100_000)
        ))
    };
    vec![
        ("nothing", text(String::new()), 400),
        ("no JSON", text("hello".to_owned()), 400),
        ("a list", text("[]".to_owned()), 400),
        ("half a document", text("{\"actor\":".to_owned()), 400),
        ("not UTF-8", b"{\"actor\":\"\xff\"}".to_vec(), 400),
        (
            "half a pair",
            text("{\"actor\":\"\\ud800\"}".to_owned()),
            400,
        ),
        ("lists in lists", deep("[", "]"), 400),
        ("objects in objects", deep("{\"a\":", "}"), 400),
        (
            "many keys",
            text(format!(
                "{{\"actor\":\"{bob}\",\"a\":[{}0]}}",
                "{\"b\":0},".repeat(50_000)
            )),
            400,
        ),
        (
            "a key twice",
            text(format!(
                "{{\"actor\":\"{bob}\",\"actor\":\"{bob}\",\"type\":\"Like\"}}"
            )),
            400,
        ),
        ("no actor", text("{\"type\":\"Like\"}".to_owned()), 400),
        (
            "an actor that is a number",
            text("{\"type\":\"Like\",\"actor\":7}".to_owned()),
            400,
        ),
        (
            "an actor that is no address",
            text("{\"type\":\"Like\",\"actor\":\"bob\"}".to_owned()),
            400,
        ),
        ("a huge body", vec![b' '; 2 * 1024 * 1024], 413),
    ]
}

fn badly_signed(scene: &Scene, peer: &Hostile, bob: &str) -> Vec<(&'static str, Call, u16)> {
    let node = &scene.node;
    let target = format!("{}/users/ann", node.origin());
    let body = peer
        .deed(bob, "Follow", "f", &target.as_str().into())
        .to_string();
    let body = body.as_bytes();
    let good = peer.parcel(node, "/inbox", bob, body);
    let now = node.node.clock.now();
    let inbox = format!("{}/inbox", node.origin());
    let at = |url: &str, at: i64| Call {
        headers: peer.sign(bob, url, body, at),
        ..good.clone()
    };
    let mut twice = good.clone();
    let signature = good.headers.iter().find(|(name, _)| name == "signature");
    twice.headers.push(signature.expect("a signature").clone());
    let mut other_body = good.clone();
    other_body.body.push(b' ');
    let elsewhere = peer.at("else", "/inbox");
    vec![
        ("no signature", without(&good, "signature"), 401),
        (
            "an empty signature",
            without(&good, "signature").with("Signature", ""),
            400,
        ),
        (
            "a signature that is none",
            without(&good, "signature").with("Signature", "hello"),
            400,
        ),
        ("two signatures", twice, 400),
        (
            "a broken signature",
            spoil(&good, "signature", "signature=\"", "signature=\"AAAA"),
            401,
        ),
        (
            "no base64",
            spoil(&good, "signature", "signature=\"", "signature=\"!"),
            400,
        ),
        (
            "an old algorithm",
            spoil(&good, "signature", "rsa-sha256", "rsa-sha1"),
            401,
        ),
        (
            "a key id twice",
            spoil(&good, "signature", "keyId=", "keyId=\"x\",keyId="),
            400,
        ),
        (
            "a key nobody has",
            spoil(&good, "signature", "#main-key", "#other"),
            401,
        ),
        ("no date", without(&good, "date"), 401),
        ("no digest", without(&good, "digest"), 401),
        (
            "another digest",
            spoil(&good, "digest", &digest_header(body), &digest_header(b"x")),
            401,
        ),
        ("another body", other_body, 401),
        (
            "another inbox",
            at(&format!("{}/users/ann/inbox", node.origin()), now),
            401,
        ),
        ("another host", at(&elsewhere, now), 401),
        (
            "a host that is not ours",
            good.clone().with("Host", "elsewhere.example"),
            401,
        ),
        ("yesterday", at(&inbox, now - 2 * DAY), 401),
        ("tomorrow", at(&inbox, now + 13 * HOUR), 401),
        (
            "a page",
            spoil(
                &good,
                "content-type",
                "application/activity+json",
                "text/html",
            ),
            415,
        ),
        (
            "plain JSON",
            spoil(&good, "content-type", "application/activity+json", JSON),
            415,
        ),
    ]
}

/// Activities that are signed well and speak for others.
fn presumptuous(scene: &Scene, peer: &Hostile, bob: &str) -> Vec<(&'static str, Value, u16)> {
    let ann = format!("{}/users/ann", scene.node.origin());
    let deed = |change: Value| {
        let mut deed = peer.deed(bob, "Follow", "g", &ann.as_str().into());
        for (name, value) in change.as_object().expect("an object") {
            deed[name] = value.clone();
        }
        deed
    };
    let stranger = peer.at("good", "/users/carl");
    vec![
        ("in Ann's name", deed(json!({ "actor": ann })), 400),
        (
            "with an id of ours",
            deed(json!({ "id": format!("{ann}#follow") })),
            400,
        ),
        (
            "with an id elsewhere",
            deed(json!({ "id": format!("{stranger}#follow") })),
            400,
        ),
        (
            "with a script as id",
            deed(json!({ "id": "javascript:x" })),
            400,
        ),
    ]
}

on_both! {
    async fn the_inbox_refuses_what_it_cannot_take(engine) {
        let scene = Scene::open(engine).await;
        let peer = Hostile::start().await;
        let bob = peer.resident("peer", "bob");
        let mut parcels = badly_signed(&scene, &peer, &bob);
        for (name, body, status) in unreadable(&bob) {
            parcels.push((name, peer.parcel(&scene.node, "/inbox", &bob, &body), status));
        }
        for (name, activity, status) in presumptuous(&scene, &peer, &bob) {
            let body = activity.to_string();
            parcels.push((name, peer.parcel(&scene.node, "/inbox", &bob, body.as_bytes()), status));
        }
        let before = Fingerprint::of(&scene.node).await;
        let mut wrong = Vec::new();
        for (name, parcel, status) in &parcels {
            let reply = scene.wire.send(parcel).await;
            wrong.extend(complaints(name, &reply, *status));
            // Bob himself may become known: his key had to be looked at.
            let changes = before.differences(&Fingerprint::of(&scene.node).await);
            let changes = changes.iter().filter(|change| !change.contains(&bob) && !change.starts_with("+ account_counts") && !change.starts_with("+ account_words"));
            wrong.extend(changes.map(|change| format!("{name}: {change}")));
        }
        scene.check_alive().await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        // The same as it should be: taken once, however often it comes.
        let target = format!("{}/users/ann", scene.node.origin());
        let follow = peer.deed(&bob, "Follow", "f", &target.as_str().into());
        for _ in 0..2 {
            peer.give(&scene.node, &bob, &follow).await;
        }
        let followers = Call::new("GET /users/ann/followers").with("Accept", ACTIVITY);
        assert_eq!(scene.wire.send(&followers).await.json()["totalItems"], 1);
    }
}
