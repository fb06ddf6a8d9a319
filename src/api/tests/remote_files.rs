//! Files of other servers, as people here see them.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use actix_web::test::TestRequest;

use super::desk::Desk;
use crate::bans::{Decisions, HostBan};
use crate::clock::{DAY, HOUR, MINUTE};
use crate::config::Config;
use crate::keys::digests::sha256_hex;
use crate::media::tests::files::{jpeg_with_metadata, picture};
use crate::social::remote_files;
use crate::store::{self, Tx};

/// Another server: what it answers by path, and the heads of the requests that it got.
struct Elsewhere {
    origin: String,
    asked: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<Answers>>,
}

/// Status and body by path.
type Answers = HashMap<String, (u16, Vec<u8>)>;

impl Elsewhere {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!(
            "http://beta.localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let answers: Arc<Mutex<Answers>> = Arc::default();
        let (noted, given) = (asked.clone(), answers.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A connection on which nothing is asked keeps nobody waiting.
                let (noted, given) = (noted.clone(), given.clone());
                thread::spawn(move || serve(stream, &noted, &given));
            }
        });
        Self {
            origin,
            asked,
            answers,
        }
    }

    fn give(&self, path: &str, status: u16, body: &[u8]) {
        let mut answers = self.answers.lock().unwrap();
        answers.insert(path.to_owned(), (status, body.to_vec()));
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

fn serve(mut stream: TcpStream, asked: &Mutex<Vec<String>>, answers: &Mutex<Answers>) {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let path = head.split(' ').nth(1).unwrap().to_owned();
    asked.lock().unwrap().push(head);
    let (status, body) = answers
        .lock()
        .unwrap()
        .get(&path)
        .cloned()
        .unwrap_or((404, vec![]));
    let length = body.len();
    // The type that the other server tells is a lie.
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok();
    stream.write_all(&body).ok();
}

fn open(config: &mut Config) {
    config.federation.allow_http = true;
    config.federation.allow_private_addresses = true;
}

fn path_of(desk: &Desk, url: &str) -> String {
    let shown = desk.node.urls.shown(url);
    shown
        .strip_prefix("http://node.localhost")
        .unwrap()
        .to_owned()
}

fn photo() -> Vec<u8> {
    jpeg_with_metadata(&picture(60, 30, false), 1)
}

#[actix_web::test]
async fn a_picture_is_fetched_once_for_all() {
    let (desk, there) = (Desk::open_with(open).await, Elsewhere::start());
    there.give("/a.html", 200, &photo());
    let path = path_of(&desk, &there.at("/a.html"));
    let (first, second) =
        futures_util::future::join(desk.get_as_stranger(&path), desk.get_as_stranger(&path)).await;
    for answer in [first, second, desk.get_as_stranger(&path).await] {
        assert_eq!((answer.status, &answer.body[..]), (200, &photo()[..]));
        for (header, expected) in [
            ("content-type", "image/jpeg"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cache-control", "public, max-age=86400"),
            ("access-control-allow-origin", "*"),
        ] {
            assert_eq!(answer.header(header), expected);
        }
    }
    let asked = there.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let head = asked[0].to_ascii_lowercase();
    for word in [
        "cookie",
        "referer",
        "forwarded",
        "authorization",
        "accept-language",
    ] {
        assert!(!head.contains(word), "{head}");
    }
    // A file that was lost is fetched again with the view after the next.
    let hash = sha256_hex(there.at("/a.html").as_bytes());
    let known = desk
        .node
        .db
        .read(move |conn| store::remote_files::find(conn, &hash));
    let known: Result<_, store::Error> = known.await;
    let known = known.unwrap().unwrap();
    assert_eq!(known.host.as_deref(), Some("localhost.beta."));
    let key = known.file_key.unwrap();
    desk.node.blobs.delete(&key).unwrap();
    assert_eq!(desk.get_as_stranger(&path).await.status, 404);
    assert_eq!(desk.get_as_stranger(&path).await.status, 200);
    assert_eq!(there.asked().len(), 2);
    let part = TestRequest::with_uri(&path).insert_header(("range", "bytes=0-1"));
    let part = desk.send(part).await;
    assert_eq!((part.status, &part.body[..]), (206, &b"\xff\xd8"[..]));
}

#[actix_web::test]
async fn only_what_was_shown_is_fetched() {
    let (desk, there) = (Desk::open_with(open).await, Elsewhere::start());
    there.give("/a.png", 200, &photo());
    let path = path_of(&desk, &there.at("/a.png"));
    let (base, name) = path.rsplit_once('/').unwrap();
    let other = path_of(&desk, &there.at("/b.png"));
    let other_name = other.rsplit_once('/').unwrap().1;
    for path in [
        format!("{base}/{other_name}"),
        format!("/media/remote/AAAAAAAAAAAAAAAAAAAAAA/{name}"),
        format!("{base}/%00"),
        "/media/remote/a".to_owned(),
    ] {
        assert_eq!(desk.get_as_stranger(&path).await.status, 404, "{path}");
    }
    assert!(there.asked().is_empty());
    let closed = Desk::open_with(|config| {
        open(config);
        config.federation.enabled = false;
    });
    let closed = closed.await;
    let path = path_of(&closed, &there.at("/a.png"));
    assert_eq!(closed.get_as_stranger(&path).await.status, 404);
    assert!(
        there.asked().is_empty(),
        "a node that talks to nobody asks nobody"
    );
    let guarded = Desk::open_with(|config| config.federation.allow_http = true).await;
    let path = path_of(&guarded, &there.at("/a.png"));
    assert_eq!(guarded.get_as_stranger(&path).await.status, 404);
    assert!(
        there.asked().is_empty(),
        "private addresses are nobody's pictures"
    );
}

#[actix_web::test]
async fn what_the_staff_refuses_is_not_fetched_or_shown() {
    let (desk, there) = (Desk::open_with(open).await, Elsewhere::start());
    let (seen, unseen) = (
        path_of(&desk, &there.at("/a.jpg")),
        path_of(&desk, &there.at("/b.jpg")),
    );
    there.give("/a.jpg", 200, &photo());
    there.give("/b.jpg", 200, &photo());
    assert_eq!(desk.get_as_stranger(&seen).await.status, 200);
    let suspended = HostBan {
        is_suspended: true,
        ..HostBan::default()
    };
    let rejected = HostBan {
        rejects_media: true,
        ..HostBan::default()
    };
    let silenced = HostBan {
        is_silenced: true,
        rejects_reports: true,
        ..HostBan::default()
    };
    let decide = |ban: HostBan, allowed: Option<&str>| {
        desk.node.bans.replace(Decisions {
            version: 1,
            hosts: HashMap::from([("beta.localhost".to_owned(), ban)]),
            allowed: allowed.map(|one| HashSet::from([one.to_owned()])),
            closed_to: Vec::new(),
        });
    };
    for (ban, allowed) in [
        (suspended, None),
        (rejected, None),
        (HostBan::default(), Some("gamma.localhost")),
    ] {
        decide(ban, allowed);
        for path in [&seen, &unseen] {
            assert_eq!(desk.get_as_stranger(path).await.status, 404, "{ban:?}");
        }
    }
    assert_eq!(there.asked().len(), 1);
    decide(silenced, None);
    for path in [&seen, &unseen] {
        assert_eq!(desk.get_as_stranger(path).await.status, 200);
    }
    assert_eq!(there.asked().len(), 2);
}

#[actix_web::test]
async fn what_is_no_picture_is_not_shown() {
    let desk = Desk::open_with(|config| {
        open(config);
        config.media.video_size_limit_bytes = 20_000;
    });
    let (desk, there) = (desk.await, Elsewhere::start());
    let mut large = photo();
    large.resize(20_001, 0);
    for (path, body) in [
        ("/page", &b"<html><script>alert(1)</script></html>"[..]),
        ("/drawing", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        (
            "/actor",
            b"{\"@context\": \"https://www.w3.org/ns/activitystreams\"}",
        ),
        ("/list", b"#EXTM3U\n"),
        ("/empty", b""),
        ("/large", &large),
    ] {
        there.give(path, 200, body);
        let path = path_of(&desk, &there.at(path));
        let answer = desk.get_as_stranger(&path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.body.starts_with(b"<"), "{path}");
    }
    assert_eq!(desk.node.blobs.size().unwrap(), 0);
    let work = desk.node.config.work_folder().read_dir().unwrap();
    assert_eq!(work.count(), 0, "nothing is left of what was fetched");
}

#[actix_web::test]
async fn failures_are_remembered_for_a_while() {
    let (desk, there) = (Desk::open_with(open).await, Elsewhere::start());
    there.give("/busy.png", 503, b"");
    let (gone, busy) = (
        path_of(&desk, &there.at("/gone.png")),
        path_of(&desk, &there.at("/busy.png")),
    );
    for _ in 0..3 {
        for path in [&gone, &busy] {
            assert_eq!(desk.get_as_stranger(path).await.status, 404);
        }
    }
    assert_eq!(there.asked().len(), 2, "each was asked for once");
    there.give("/gone.png", 200, &photo());
    there.give("/busy.png", 200, &photo());
    desk.node.clock.advance(2 * MINUTE);
    assert_eq!(desk.get_as_stranger(&busy).await.status, 200);
    assert_eq!(desk.get_as_stranger(&gone).await.status, 404);
    desk.node.clock.advance(DAY);
    assert_eq!(desk.get_as_stranger(&gone).await.status, 200);
}

#[actix_web::test]
async fn there_is_room_for_so_much() {
    let desk = Desk::open_with(|config| {
        open(config);
        config.media.remote_cache_mebibytes = 1;
    });
    let (desk, there) = (desk.await, Elsewhere::start());
    let mut picture = photo();
    picture.resize(400_000, 0);
    let mut paths = Vec::new();
    for name in ["/a.jpg", "/b.jpg", "/c.jpg"] {
        there.give(name, 200, &picture);
        paths.push(path_of(&desk, &there.at(name)));
    }
    for path in &paths[..2] {
        assert_eq!(desk.get_as_stranger(path).await.status, 200);
        desk.node.clock.advance(2 * HOUR);
    }
    // The first is asked for again, so the second goes for the third.
    for at in [0, 2, 0, 1] {
        assert_eq!(desk.get_as_stranger(&paths[at]).await.status, 200);
    }
    let asked: Vec<String> = there.asked();
    let asked: Vec<&str> = asked
        .iter()
        .map(|head| head.split(' ').nth(1).unwrap())
        .collect();
    assert_eq!(asked, ["/a.jpg", "/b.jpg", "/c.jpg", "/b.jpg"]);
    assert_eq!(desk.jobs("remove_blobs").await.len(), 2);
    let node = desk.node.clone();
    let sum = desk.node.db.write(move |tx: &mut Tx| {
        while remote_files::tidy(tx, &node)? > 0 {}
        store::remote_files::sum(tx)
    });
    assert_eq!(sum.await.unwrap(), 800_000);
}

#[actix_web::test]
async fn without_room_people_fetch_themselves() {
    let desk = Desk::open_with(|config| config.media.remote_cache_mebibytes = 0).await;
    let url = "https://beta.example/a.png";
    assert_eq!(desk.node.urls.shown(url), url);
    let sealed = Desk::open().await;
    let again = sealed.node.urls.shown(url);
    assert!(
        again.starts_with("http://node.localhost/media/remote/"),
        "{again}"
    );
}
