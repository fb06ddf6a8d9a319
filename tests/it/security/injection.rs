//! Section F: markup planted in every field that somebody can set, here or elsewhere, and every page read strictly.

use regex::Regex;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;
use whimbrel::clock::Clock;
use whimbrel::social::sessions;
use whimbrel::store::Engine;

use crate::support::databases::{NOON, on_both};
use crate::support::hostile::{Hostile, PUBLIC};
use crate::support::nodes::TestNode;
use crate::support::people::Person;
use crate::support::wire::{Call, Wire};
use crate::support::xml;

/// Markup for text, attributes, addresses and styles. Whoever runs any of it says `pwned`.
const VECTORS: &[&str] = &[
    "<script>pwned()</script>",
    "</title><script>pwned()</script>",
    "</textarea></style></noscript><script>pwned()</script>",
    "\"><img src=x onerror=pwned()>",
    "'><svg/onload=pwned()>",
    "\" onmouseover=\"pwned()\" x=\"",
    "' autofocus onfocus='pwned()",
    "<a href=\"javascript:pwned()\">x</a>",
    "<a href=\"&#106;avascript:pwned()\">x</a>",
    "<a href=\"java\tscript:pwned()\">x</a>",
    "<a href=\"data:text/html,<script>pwned()</script>\">x</a>",
    "<math><mtext><table><mglyph><style><img src=x onerror=pwned()></style></mglyph></table></mtext></math>",
    "<svg><style><img src=x onerror=pwned()></style></svg>",
    "<form action=\"//evil.example\"><button>x</button></form>",
    "<iframe srcdoc=\"<script>pwned()</script>\"></iframe>",
    "<p style=\"background:url(javascript:pwned())\">x</p>",
    "<base href=\"//evil.example/\"><meta http-equiv=refresh content=\"0;url=javascript:pwned()\">",
    "<!--><img src=x onerror=pwned()>-->",
    "<![CDATA[><script>pwned()</script>]]>",
    "{{constructor.constructor('pwned()')()}}<script",
    "javascript:pwned()",
    "\u{202e}<b>pwned</b>",
];

/// Elements that do something by themselves.
const ACTIVE: &[&str] = &[
    "script",
    "iframe",
    "object",
    "embed",
    "applet",
    "base",
    "math",
    "style",
    "frame",
    "frameset",
    "foreignobject",
    "animate",
    "set",
    "template",
    "noscript",
    "audio",
    "portal",
    "textarea-x",
    "image",
    "handler",
    "listener",
];

/// Why a page is not harmless. It must be written strictly, so that no two browsers can read it in two ways.
fn find_active(page: &str) -> Option<String> {
    let tag = Regex::new(r#"^<(/?)([a-z][a-z0-9]*)((?: [a-zA-Z0-9:-]+(?:="[^"<>]*")?)*) ?/?>"#)
        .expect("an expression");
    let attribute = Regex::new(r#" ([a-zA-Z0-9:-]+)(?:="([^"]*)")?"#).expect("an expression");
    let mut rest = page.strip_prefix("<!DOCTYPE html>").unwrap_or(page);
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let short: String = rest.chars().take(120).collect();
        let Some(found) = tag.captures(rest) else {
            return Some(format!("no tag: {short}"));
        };
        let name = &found[2];
        // Icons of our own are drawn; nothing else may be in them.
        if ACTIVE.contains(&name) {
            return Some(format!("an active element: {short}"));
        }
        for pair in attribute.captures_iter(&found[3]) {
            let value = pair
                .get(2)
                .map_or("", |value| value.as_str())
                .trim()
                .to_lowercase();
            let is_address = [
                "href",
                "src",
                "action",
                "formaction",
                "poster",
                "srcset",
                "xlink:href",
                "data",
            ]
            .contains(&&pair[1]);
            let is_plain = ["http://", "https://", "/", "#", "mailto:", "?"]
                .iter()
                .any(|start| value.starts_with(start));
            if pair[1].starts_with("on")
                || ["style", "srcdoc", "http-equiv"].contains(&&pair[1])
                || (is_address && !value.is_empty() && !is_plain)
            {
                return Some(format!("an active attribute: {short}"));
            }
        }
        rest = &rest[found[0].len()..];
    }
    None
}

#[test]
fn f1_the_reader_of_pages_finds_what_is_active() {
    for vector in VECTORS.iter().filter(|vector| vector.contains('<')) {
        let is_harmless = vector.contains("<b>") || vector.contains("//evil.example\"><button");
        let page = format!("<!DOCTYPE html><html><body><p>{vector}</p></body></html>");
        assert!(is_harmless || find_active(&page).is_some(), "{vector}");
    }
    let fine = "<!DOCTYPE html><html><head><title>a</title></head><body><p class=\"a b\"><a href=\"https://a.example/?b&amp;c\">&lt;script&gt;</a><br></p></body></html>";
    assert_eq!(find_active(fine), None);
}

struct Stage {
    node: TestNode,
    peer: Hostile,
    ann: Person,
    cookie: String,
    post: Value,
}

impl Stage {
    async fn open(engine: Engine) -> Self {
        let clock = Clock::stepped(NOON);
        let node = TestNode::start_with(engine, "alpha", &clock, |config| {
            config.instance.title = format!("A node {}", VECTORS[0]);
            config.instance.description = VECTORS.join(" ");
        });
        let node = node.await;
        let ann = node.person("ann").await;
        let session = sessions::begin(&node.node, ann.id.expect("an id"), None).await;
        let cookie = format!("whimbrel_session={}", session.expect("a session").expose());
        let post = ann.says("the start #tagged").await;
        Self {
            node,
            peer: Hostile::start().await,
            ann,
            cookie,
            post,
        }
    }

    /// Ann sets all that she can set.
    async fn plant_here(&self, vector: &str) {
        let fields: Vec<Value> = (0..4)
            .map(|_| json!({ "name": vector, "value": vector }))
            .collect();
        let short: String = vector.chars().take(30).collect();
        for changes in [
            json!({ "display_name": short }),
            json!({ "note": vector }),
            json!({ "fields_attributes": fields }),
            json!({ "source": { "language": vector } }),
        ] {
            let answer = self
                .ann
                .request(
                    reqwest::Method::PATCH,
                    "/api/v1/accounts/update_credentials",
                )
                .header("Content-Type", "application/json")
                .body(changes.to_string())
                .send()
                .await
                .expect("an answer");
            assert!(answer.status().as_u16() < 500, "{changes}");
        }
        for post in [
            json!({ "status": format!("{vector} #tagged #{vector} @{vector}@x.example https://x.example/{vector}") }),
            json!({ "status": "#tagged below", "spoiler_text": vector }),
            json!({ "status": format!("reply {vector}"), "in_reply_to_id": self.post["id"], "language": vector }),
        ] {
            let answer = self.ann.post("/api/v1/statuses", post).await;
            assert!(answer.status < 500, "{}", answer.body);
        }
        let app = json!({ "client_name": vector, "website": vector, "redirect_uris": "https://app.example/", "scopes": "read" });
        let status = self.node.anybody().post("/api/v1/apps", app).await.status;
        assert!(status < 500, "{vector}");
    }

    /// Somebody elsewhere says all that can be said in a document.
    async fn plant_elsewhere(&self, number: usize, vector: &str) {
        let (node, peer) = (&self.node, &self.peer);
        let name = format!("eve{number}");
        let id = peer.resident("evil", &name);
        let mut actor = peer.actor("evil", &name);
        let link = json!({ "type": "Image", "url": vector, "mediaType": vector, "name": vector });
        let field = json!({ "type": "PropertyValue", "name": vector, "value": vector });
        let emoji =
            json!({ "type": "Emoji", "name": vector, "icon": { "type": "Image", "url": vector } });
        for (key, value) in [
            ("name", json!(vector)),
            ("summary", json!(vector)),
            ("url", json!(vector)),
            ("icon", link.clone()),
            ("image", link.clone()),
            ("attachment", json!([field])),
            ("tag", json!([emoji])),
            ("published", json!(vector)),
            ("alsoKnownAs", json!([vector])),
        ] {
            actor[key] = value;
        }
        peer.show(&id, &actor);
        let mut note = peer.note(&id, "1", vector);
        let target = format!("{}/users/ann", node.origin());
        for (key, value) in [
            ("summary", json!(vector)),
            ("name", json!(vector)),
            ("url", json!(vector)),
            ("inReplyTo", self.post["uri"].clone()),
            ("contentMap", json!({ vector: vector })),
            (
                "attachment",
                json!([
                    { "type": "Image", "mediaType": "image/png", "url": "https://x.example/a.png", "name": vector, "blurhash": vector },
                    { "type": "Document", "mediaType": vector, "url": vector, "name": vector }, link,
                ]),
            ),
            (
                "tag",
                json!([
                    { "type": "Hashtag", "name": "#tagged", "href": vector }, { "type": "Hashtag", "name": format!("#{vector}"), "href": vector },
                    { "type": "Mention", "name": vector, "href": target }, { "type": "Mention", "name": vector, "href": vector }, emoji,
                ]),
            ),
        ] {
            note[key] = value;
        }
        note["to"] = json!([PUBLIC, target]);
        let create = peer.deed(&id, "Create", "create", &note);
        peer.give(node, &id, &create).await;
        let boost = peer.deed(&id, "Announce", "boost", &self.post["uri"]);
        peer.give(node, &id, &boost).await;
    }

    /// Every page that shows what somebody wrote, and error pages that could repeat it.
    fn pages(&self, client: &str) -> Vec<String> {
        let mut pages = vec![
            "/".to_owned(),
            "/@ann".to_owned(),
            format!("/@ann/{}", self.post["id"].as_str().expect("an id")),
            "/public".to_owned(),
            "/public/local".to_owned(),
            "/tags/tagged".to_owned(),
            "/@ann.rss".to_owned(),
            "/@ann.atom".to_owned(),
            "/tags/tagged.rss".to_owned(),
            "/tags/tagged.atom".to_owned(),
            "/settings".to_owned(),
            "/setup".to_owned(),
            format!(
                "/oauth/authorize?response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2F&client_id={client}"
            ),
        ];
        for vector in VECTORS {
            let vector: String = byte_serialize(vector.as_bytes())
                .collect::<String>()
                .replace('+', "%20");
            for page in [
                "/{}",
                "/@{}",
                "/@ann/{}",
                "/tags/{}",
                "/@ann?max_id={}",
                "/auth/sign_in?return_to={}",
                "/auth/sign_up?username={}",
                "/settings?done={}",
                "/setup?token={}",
                "/oauth/authorize/native?code={}",
                "/oauth/authorize?client_id={}",
                "/oauth/authorize?response_type={}&redirect_uri={}&scope={}&state={}&client_id=CLIENT",
                "/public?max_id={}",
            ] {
                pages.push(page.replace("{}", &vector).replace("CLIENT", client));
            }
        }
        pages
    }
}

on_both! {
    async fn f2_markup_in_any_field_is_text_on_every_page(engine) {
        let stage = Stage::open(engine).await;
        for (number, vector) in VECTORS.iter().enumerate() {
            stage.plant_here(vector).await;
            stage.plant_elsewhere(number, vector).await;
            stage.node.node.clock.advance(1_000);
        }
        let app = json!({ "client_name": VECTORS[0], "redirect_uris": "https://app.example/", "scopes": "read" });
        let app = stage.node.anybody().post("/api/v1/apps", app).await.ok();
        let wire = Wire::to(&stage.node);
        let (mut planted, mut feeds) = (0, 0);
        for page in stage.pages(app["client_id"].as_str().expect("an id")) {
            for cookie in ["", stage.cookie.as_str()] {
                let call = Call::new(&format!("GET {page}")).with("Accept", "text/html").with("Cookie", cookie);
                let reply = wire.send(&call).await;
                assert!(reply.status < 500, "{page}: {}", reply.status);
                if reply.header("content-type").starts_with("text/html") {
                    assert_eq!(find_active(&reply.body), None, "{page}");
                    let policy = reply.header("content-security-policy");
                    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{page}: {policy}");
                    planted += reply.body.matches("pwned").count();
                }
                if reply.header("content-type").contains("xml") {
                    check_feed(&page, &reply.body);
                    feeds += reply.body.matches("pwned").count();
                }
                for name in ["location", "link", "content-type", "set-cookie"] {
                    assert!(!reply.header(name).contains("javascript:"), "{page} {name}");
                }
            }
        }
        assert!(planted > 100, "what was planted is on the pages: {planted}");
        assert!(feeds > 40, "what was planted is in the feeds: {feeds}");
    }
}

/// A feed must be XML, all markup in it harmless, all addresses in it plain.
fn check_feed(page: &str, body: &str) {
    let elements = xml::read(body).unwrap_or_else(|error| panic!("{page}: {error}"));
    for element in &elements {
        let name = element.path.rsplit('/').next().unwrap_or_default();
        if ["description", "content"].contains(&name) && element.path.matches('/').count() > 3
            || element.path == "/feed/entry/content"
        {
            assert_eq!(find_active(&element.text), None, "{page} {}", element.path);
        }
        let attributes = ["href", "url"]
            .iter()
            .filter_map(|name| element.attributes.get(*name));
        let addresses = ["link", "guid", "id", "uri", "url", "icon"].contains(&name);
        let own = (addresses && !element.text.is_empty()).then_some(&element.text);
        for address in attributes.chain(own) {
            let is_plain = address.starts_with("http://") || address.starts_with("https://");
            assert!(is_plain, "{page} {}: {address}", element.path);
        }
    }
}

/// The markup and the addresses of entities, wherever they are in an answer.
fn check_entities(path: &str, value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| check_entities(path, item)),
        Value::Object(fields) => {
            let is_source =
                fields.contains_key("privacy") && fields.contains_key("follow_requests_count");
            for (name, value) in fields {
                let text = value.as_str().unwrap_or_default();
                let is_field = name == "value"
                    && fields.contains_key("verified_at")
                    && !path.ends_with("source");
                if ["content", "note"].contains(&name.as_str()) && !is_source || is_field {
                    assert_eq!(find_active(text), None, "{path} {name}");
                }
                if name == "url"
                    || name.ends_with("_url")
                    || name.starts_with("avatar")
                    || name.starts_with("header")
                {
                    let is_fine = text.is_empty()
                        || text.starts_with("http://")
                        || text.starts_with("https://");
                    assert!(is_fine, "{path} {name}: {text}");
                }
                let below = if name == "source" {
                    format!("{path} source")
                } else {
                    path.to_owned()
                };
                check_entities(&below, value);
            }
        }
        _ => {}
    }
}

on_both! {
    async fn f1_f6_entities_carry_clean_markup_and_plain_addresses(engine) {
        let stage = Stage::open(engine).await;
        for (number, vector) in VECTORS.iter().enumerate() {
            stage.plant_here(vector).await;
            stage.plant_elsewhere(number, vector).await;
        }
        let post = stage.post["id"].as_str().expect("an id");
        let mut statuses = 0;
        for path in ["/api/v1/timelines/home?limit=40", "/api/v1/timelines/public?limit=40", "/api/v1/notifications?limit=80",
            "/api/v1/timelines/tag/tagged?limit=40", &format!("/api/v1/statuses/{post}/context"), "/api/v1/accounts/verify_credentials",
            &format!("/api/v1/statuses/{post}/reblogged_by?limit=80"), "/api/v2/search?q=eve", "/api/v2/instance", "/api/v1/instance"]
        {
            let answer = stage.ann.get(path).await.ok();
            statuses += answer.to_string().matches("\"content\"").count();
            check_entities(path, &answer);
        }
        assert!(statuses > 40, "there is something to look at: {statuses}");
    }
}

/// Styles that would move, hide or fetch something, in every way in which markup can carry them.
const STYLES: &[&str] = &[
    "<p style=\"position:fixed;inset:0\">x</p>",
    "<span style='background:url(http://evil.example/x)'>x</span>",
    "<p STYLE=color:red>x</p>",
    "<style>*{display:none}</style>x",
    "<link rel=stylesheet href=//evil.example/x.css>x",
    "<font color=red size=7 face=x>x</font>",
    "<p align=right bgcolor=red background=//evil.example/x>x</p>",
    "<p class=\"mention x;y post-actions\">x</p>",
    "</style><style>@import '//evil.example/x.css';</style>x",
    "red;background:url(//evil.example/x)",
    "#fff\"}body{display:none}/*",
];

/// The attributes that markup of others may have.
const HARMLESS: &[&str] = &[
    "href",
    "class",
    "rel",
    "target",
    "translate",
    "lang",
    "start",
    "reversed",
    "value",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f5_styles_of_others_reach_no_page() {
    let stage = Stage::open(Engine::Sqlite).await;
    for (number, style) in STYLES.iter().enumerate() {
        stage.plant_here(style).await;
        stage.plant_elsewhere(number, style).await;
    }
    let timeline = stage
        .ann
        .get("/api/v1/timelines/public?limit=40")
        .await
        .ok();
    let tag = Regex::new("<[^>]*>").expect("an expression");
    let attribute = Regex::new(r#" ([A-Za-z-]+)="([^"]*)""#).expect("an expression");
    let mut seen = 0;
    for status in timeline.as_array().expect("a list") {
        for markup in [&status["content"], &status["account"]["note"]] {
            let markup = markup.as_str().expect("markup");
            seen += 1;
            for tag in tag.find_iter(markup) {
                for found in attribute.captures_iter(tag.as_str()) {
                    assert!(HARMLESS.contains(&&found[1]), "{} in {markup}", &found[1]);
                    assert!(
                        &found[1] != "class" || !found[2].contains("post-actions"),
                        "{markup}"
                    );
                }
                assert!(
                    !tag.as_str().starts_with("<style")
                        && !tag.as_str().starts_with("<font")
                        && !tag.as_str().starts_with("<link"),
                    "{markup}"
                );
            }
        }
    }
    assert!(seen > 20, "there is something to look at: {seen}");
    for path in [
        "/@ann",
        "/public",
        "/tags/tagged",
        &format!("/@ann/{}", stage.post["id"].as_str().expect("an id")),
    ] {
        let reply = Wire::to(&stage.node)
            .send(&Call::new(&format!("GET {path}")))
            .await;
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(find_active(&reply.body), None, "{path}");
        let sheets = reply.body.matches("<link rel=\"stylesheet\"").count();
        assert_eq!(
            sheets,
            reply
                .body
                .matches("<link rel=\"stylesheet\" href=\"/static/")
                .count(),
            "{path}"
        );
        let policy = reply.header("content-security-policy");
        assert!(
            policy.contains("style-src 'self'") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
    }
}
