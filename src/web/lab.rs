//! The page of a lab: what its nodes do, and buttons that post, kill and revive. A lab answers it on its own port.
//!
//! Whoever can send a request here can kill a node, so requests must name this computer (a stranger's name that was
//! made to point here is refused), and forms must come from this very page.

use std::future::{Ready, ready};
use std::net::Ipv6Addr;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, ServiceConfig, resource};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use async_trait::async_trait;

use super::fields::{Fields, Sent};
use super::pages::lab::{self, Lab};
use super::refusals::Refused;
use super::static_files::LAB_FILES;
use super::visits::{is_from_here, see_other};
use super::{files, paths};
use crate::keys::digests::is_equal;
use crate::keys::random;

/// What the page may load: the lab's own files, and its own words again.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A lab, as its page needs it.
#[async_trait]
pub trait Stage: Send + Sync {
    /// How everything stands at this instant.
    async fn look(&self) -> Lab;
    /// Does something with a node, and returns when it is done or goes on by itself. What cannot be done is told in
    /// [`Lab::said`].
    async fn carry_out(&self, act: Act);
}

/// What can be done on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Posts this text as the person of this node.
    Post(String, String),
    /// Posts ten times as the person of this node.
    PostTen(String),
    /// Kills this node.
    Kill(String),
    /// Starts this node again.
    Revive(String),
    /// Kills this node, lets the others post a hundred times, and revives it.
    Sleep(String),
}

impl Act {
    fn read(sent: &Fields) -> Option<Self> {
        let node = sent.get("node").to_owned();
        Some(match sent.get("act") {
            "post" => Self::Post(node, sent.get("text").to_owned()),
            "ten" => Self::PostTen(node),
            "kill" => Self::Kill(node),
            "revive" => Self::Revive(node),
            "sleep" => Self::Sleep(node),
            _ => return None,
        })
    }
}

/// What the handlers know.
struct Door {
    stage: Arc<dyn Stage>,
    form_token: String,
}

/// The page of this lab and its files.
pub fn lab_routes(stage: Arc<dyn Stage>) -> impl Fn(&mut ServiceConfig) + Clone {
    let door = Data::new(Door {
        stage,
        form_token: random::token(),
    });
    move |cfg| {
        cfg.app_data(door.clone())
            .service(
                resource(paths::LAB)
                    .route(web::get().to(show))
                    .route(web::post().to(act)),
            )
            .service(resource(paths::LAB_STATE).route(web::get().to(tell)));
        for file in LAB_FILES {
            let answer = move |request: HttpRequest| ready(files::answer(&request, file));
            cfg.service(resource(file.path).route(web::get().to(answer)));
        }
    }
}

/// A request that names this computer, as its own browser does.
struct Neighbour {
    /// Where the browser thinks it is: `http://localhost:8080`.
    origin: String,
}

impl FromRequest for Neighbour {
    type Error = Refused;
    type Future = Ready<Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let host = request.headers().get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        ready(if is_this_computer(host) {
            Ok(Self {
                origin: format!("http://{host}"),
            })
        } else {
            Err(Refused(StatusCode::FORBIDDEN))
        })
    }
}

/// Whether a `Host` header names this computer in a way that no stranger's DNS can take over.
fn is_this_computer(host: &str) -> bool {
    let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok();
    if let Some((address, port)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let is_loopback = address.parse() == Ok(Ipv6Addr::LOCALHOST);
        return is_loopback && is_port(port.strip_prefix(':').unwrap_or(port));
    }
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    (name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1") && is_port(port)
}

async fn show(_: Neighbour, door: Data<Door>, request: HttpRequest) -> HttpResponse {
    let reloads = Fields::parse(request.query_string().as_bytes()).get("reload") == "2";
    let view = door.stage.look().await;
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .content_type(header::ContentType::html())
        .body(lab::render(&view, &door.form_token, reloads))
}

async fn tell(_: Neighbour, door: Data<Door>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .json(door.stage.look().await)
}

async fn act(
    neighbour: Neighbour,
    door: Data<Door>,
    request: HttpRequest,
    sent: Sent,
) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let is_own = is_from_here(request.headers(), &neighbour.origin)
        && is_equal(sent.get("csrf_token"), &door.form_token);
    if !is_own {
        return Err(Refused(StatusCode::FORBIDDEN));
    }
    let act = Act::read(&sent).ok_or(Refused(StatusCode::UNPROCESSABLE_ENTITY))?;
    door.stage.carry_out(act).await;
    Ok(see_other(paths::LAB))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::{App, http::header::HeaderName};

    use super::*;

    #[test]
    fn only_names_of_this_computer_are_answered() {
        for (host, expected) in [
            ("localhost", true),
            ("localhost:8080", true),
            ("LOCALHOST:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("[::2]:8080", false),
            ("[::1]evil.example", false),
            ("rebound.example:8080", false),
            ("localhost.evil.example", false),
            ("localhost:8080@evil.example", false),
            ("127.0.0.1.nip.example", false),
            ("beta.localhost:8082", false),
            ("", false),
        ] {
            assert_eq!(is_this_computer(host), expected, "{host}");
        }
    }

    /// A stage that writes down what it is asked for.
    #[derive(Default)]
    struct Script(Mutex<Vec<Act>>);

    #[async_trait]
    impl Stage for Script {
        async fn look(&self) -> Lab {
            let seat = lab::Seat {
                name: "beta".to_owned(),
                person: "bob".to_owned(),
                origin: "http://beta.localhost:8082".to_owned(),
                state: lab::State::Running,
                timeline: 7,
                made: 0,
                unqueued: 0,
                unapplied: 0,
                latest: Vec::new(),
            };
            Lab {
                nodes: vec![seat],
                ..Lab::default()
            }
        }

        async fn carry_out(&self, act: Act) {
            self.0.lock().unwrap().push(act);
        }
    }

    /// One request to the page of a lab: its status, what it answers, what was done.
    async fn ask(request: TestRequest) -> (u16, String, Vec<Act>) {
        let stage = Arc::new(Script::default());
        let app = init_service(App::new().configure(lab_routes(stage.clone()))).await;
        let answer = call_service(&app, request.to_request()).await;
        let status = answer.status().as_u16();
        let body = String::from_utf8_lossy(&read_body(answer).await).into_owned();
        let done = stage.0.lock().unwrap().clone();
        (status, body, done)
    }

    fn get(path: &str, host: &'static str) -> TestRequest {
        TestRequest::get()
            .uri(path)
            .insert_header((header::HOST, host))
    }

    #[actix_web::test]
    async fn the_page_and_its_numbers_are_for_this_computer_alone() {
        let (status, page, _) = ask(get("/", "localhost:8080")).await;
        assert_eq!(status, 200);
        assert!(page.contains("beta.localhost:8082"), "{page}");
        let (_, state, _) = ask(get("/state.json", "127.0.0.1:8080")).await;
        let state: serde_json::Value = serde_json::from_str(&state).unwrap();
        assert_eq!(state["nodes"][0]["timeline"], 7);
        assert_eq!(state["nodes"][0]["state"], "running");
        for path in ["/", "/state.json"] {
            assert_eq!(
                ask(get(path, "rebound.example:8080")).await.0,
                403,
                "{path}"
            );
        }
        for file in LAB_FILES {
            assert_eq!(
                ask(get(file.path, "localhost:8080")).await.0,
                200,
                "{}",
                file.path
            );
        }
    }

    #[actix_web::test]
    async fn forms_of_other_pages_do_nothing() {
        let stage = Arc::new(Script::default());
        let app = init_service(App::new().configure(lab_routes(stage.clone()))).await;
        let page = call_service(&app, get("/", "localhost:8080").to_request()).await;
        let page = String::from_utf8(read_body(page).await.to_vec()).unwrap();
        let (_, rest) = page.split_once("name=\"csrf_token\" value=\"").unwrap();
        let token = rest.split('"').next().unwrap();
        for (host, site, origin, token, act, expected) in [
            (
                "localhost:8080",
                Some("same-origin"),
                Some("http://localhost:8080"),
                token,
                "kill",
                303,
            ),
            (
                "127.0.0.1:8080",
                None,
                Some("http://127.0.0.1:8080"),
                token,
                "kill",
                303,
            ),
            ("localhost:8080", None, None, token, "kill", 303),
            ("localhost:8080", None, None, token, "explode", 422),
            ("localhost:8080", None, None, "wrong", "kill", 403),
            ("localhost:8080", None, None, "", "kill", 403),
            (
                "localhost:8080",
                Some("cross-site"),
                None,
                token,
                "kill",
                403,
            ),
            (
                "localhost:8080",
                Some("same-site"),
                None,
                token,
                "kill",
                403,
            ),
            (
                "localhost:8080",
                None,
                Some("http://localhost:3000"),
                token,
                "kill",
                403,
            ),
            ("localhost:8080", None, Some("null"), token, "kill", 403),
            (
                "rebound.example:8080",
                Some("same-origin"),
                Some("http://rebound.example:8080"),
                token,
                "kill",
                403,
            ),
        ] {
            stage.0.lock().unwrap().clear();
            let fields = [("csrf_token", token), ("node", "beta"), ("act", act)];
            let mut request = TestRequest::post()
                .uri("/")
                .insert_header((header::HOST, host))
                .set_form(fields);
            for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
                if let Some(value) = value {
                    request = request.insert_header((HeaderName::from_static(name), value));
                }
            }
            let status = call_service(&app, request.to_request()).await.status();
            assert_eq!(
                status.as_u16(),
                expected,
                "{host} {site:?} {origin:?} {act}"
            );
            let done = stage.0.lock().unwrap().clone();
            let wanted = [Act::Kill("beta".to_owned())];
            assert_eq!(
                done,
                wanted[..usize::from(expected == 303)],
                "{host} {site:?} {origin:?}"
            );
        }
    }
}
