//! Pages that are as full as they can be: a home timeline of statuses with pictures, polls, quotes, previews of links,
//! tags and mentions, and notifications that stand for many.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::measures::{CONNECTIONS, memory_under_load};
use super::shared::crowds::settle;
use super::shared::figures::Figure;
use super::shared::load::{self, Connection};
use super::shared::people::Ann;
use super::shared::processes::Process;
use super::shared::sites::{self, Door, Reply, Request, Site};

/// People on the node; the first follows all of them.
const PEOPLE: usize = 41;
/// Statuses of the first person that all others favourite and boost.
const LIKED: usize = 20;
/// Pictures of a status with pictures.
const PICTURES: usize = 4;
const BOUNDARY: &str = "a-line-between-two-parts";
/// How long the previews of all links may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Reads of both pages, each of 40.
pub async fn pages(is_quick: bool) -> Vec<Figure> {
    let total = if is_quick { 200 } else { 10_000 };
    let mut process =
        Process::prepare_with(&[("WHIMBREL_MEDIA__LINK_PREVIEWS", "true".to_owned())]);
    let people = settle(&mut process, PEOPLE, PEOPLE - 1).await;
    let mut connection = Connection::new(process.address).await;
    fill_notifications(&mut connection, &people).await;
    // Last, so that these are the newest and no boost is among them.
    let (news, _door) = publish().await;
    fill_timeline(&mut connection, &people, &news).await;
    let reader = people[0].clone();
    let home = "/api/v1/timelines/home?limit=40";
    let page = full_page(&mut connection, &reader, home).await;
    check_home(&page);
    let groups = "/api/v2/notifications?limit=40";
    let grouped = reader.read(&mut connection, groups).await;
    check_groups(&grouped);
    let (homes, bytes) = (
        read(&process, &reader, home, total).await,
        page.to_string().len(),
    );
    let notices = read(&process, &reader, groups, total).await;
    let name = "home timelines of 40 full statuses read, 16 connections";
    vec![
        Figure::rate(name, homes.count, homes.took).at_least(400.0),
        Figure::millis("  p99", homes.percentile(0.99)),
        Figure::new("  size of a page", bytes as f64 / 1024.0, "KB"),
        Figure::rate(
            "grouped notifications of 40 read",
            notices.count,
            notices.took,
        )
        .at_least(400.0),
        Figure::millis("  p99", notices.percentile(0.99)),
        memory_under_load(&process),
    ]
}

async fn read(process: &Process, reader: &Ann, path: &'static str, total: usize) -> load::Run {
    let reader = reader.clone();
    load::run(process.address, CONNECTIONS, total, 200, move |_| {
        reader.get(path)
    })
    .await
}

/// Each of the others says something: every other one with pictures and a quote of what the one before said, the rest
/// with a poll and a link whose preview is shown, which it is not beside pictures and quotes.
async fn fill_timeline(connection: &mut Connection, people: &Arc<[Ann]>, news: &str) {
    let picture = picture();
    let mut before = Value::Null;
    for (number, person) in people.iter().enumerate().skip(1) {
        let neighbour = if number == 1 { 2 } else { number - 1 };
        let text =
            format!("@person{neighbour} what do you think of this? #birds #waders {news}/{number}");
        let content = if number % 2 == 0 {
            let mut media = Vec::new();
            for _ in 0..PICTURES {
                media.push(upload(connection, person, &picture).await);
            }
            json!({ "status": text, "media_ids": media, "spoiler_text": "birds", "language": "en", "quoted_status_id": before })
        } else {
            let poll = json!({ "options": ["one", "two", "three", "four"], "expires_in": 86_400 });
            json!({ "status": text, "poll": poll, "language": "en" })
        };
        let status = ask(connection, person, "/api/v1/statuses", &content).await;
        before = status["id"].clone();
    }
}

/// A page of the timeline, once all links on it have their previews; the first to look lets them be fetched.
async fn full_page(connection: &mut Connection, reader: &Ann, path: &str) -> Value {
    let began = Instant::now();
    loop {
        let page = reader.read(connection, path).await;
        let lacks = |status: &&Value| status["card"].is_null() && !status["poll"].is_null();
        let Some(without) = page.as_array().unwrap().iter().find(lacks) else {
            return page;
        };
        assert!(
            began.elapsed() < PATIENCE,
            "no preview of the link: {without}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A site whose pages say what they are about.
struct News;

impl Site for News {
    fn reply(&self, request: &Request) -> Reply {
        let page = format!(
            "<!doctype html><title>News</title><meta property=og:title content='News {}'>\
             <meta property=og:description content='What birds did today.'>",
            request.target()
        );
        Reply::Answer(200, "text/html; charset=utf-8", page)
    }
}

async fn publish() -> (String, Door) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let news = format!("http://news.localhost:{}", address.port());
    (news, sites::open(listener, None, Arc::new(News)))
}

/// Everybody favourites and boosts everything that the first person says, mentions her, and follows her already.
async fn fill_notifications(connection: &mut Connection, people: &Arc<[Ann]>) {
    for number in 0..LIKED {
        let text = json!({ "status": format!("number {number}, of which much is made") });
        let status = ask(connection, &people[0], "/api/v1/statuses", &text).await;
        let id = status["id"].as_str().unwrap();
        for person in people.iter().skip(1) {
            // In the order of their coming the kinds alternate; groups bring them together again.
            for deed in ["favourite", "reblog"] {
                let path = format!("/api/v1/statuses/{id}/{deed}");
                ask(
                    connection,
                    person,
                    &path,
                    &json!({ "visibility": "unlisted" }),
                )
                .await;
            }
        }
    }
}

async fn ask(connection: &mut Connection, person: &Ann, path: &str, body: &Value) -> Value {
    let (status, body) = connection.send(&person.post(path, body)).await;
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).unwrap()
}

async fn upload(connection: &mut Connection, person: &Ann, picture: &[u8]) -> String {
    let request = person.upload(BOUNDARY, picture);
    let (status, body) = connection.send(&request).await;
    assert!(
        [200, 202].contains(&status),
        "{}",
        String::from_utf8_lossy(&body)
    );
    let media: Value = serde_json::from_slice(&body).unwrap();
    media["id"].as_str().unwrap().to_owned()
}

/// A picture with colours that run into each other.
fn picture() -> Vec<u8> {
    let pixel = |x: u32, y: u32| image::Rgb([(x * 4) as u8, (y * 6) as u8, (x + y) as u8]);
    let picture = image::RgbImage::from_fn(64, 40, pixel);
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// What is measured is what was meant.
fn check_home(page: &Value) {
    let statuses = page.as_array().unwrap();
    let with = |field: &str| {
        let has = |status: &&Value| {
            let value = status[field].as_array().map_or(0, Vec::len);
            value > 0 || status[field].is_object()
        };
        statuses.iter().filter(has).count()
    };
    assert_eq!(statuses.len(), 40);
    for (field, least) in [
        ("media_attachments", 19),
        ("poll", 19),
        ("quote", 19),
        ("card", 19),
    ] {
        assert!(with(field) >= least, "{field}: {page}");
    }
}

fn check_groups(grouped: &Value) {
    let groups = grouped["notification_groups"].as_array().unwrap();
    assert_eq!(groups.len(), 40, "{grouped}");
    let many = groups
        .iter()
        .filter(|group| group["notifications_count"] == json!(PEOPLE - 1));
    assert!(many.count() >= 38, "{grouped}");
}
