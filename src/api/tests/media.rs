//! Uploads: what becomes of them, and whose they are.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

use super::desk::{Answer, Desk, Person, multipart};
use crate::config::SecretKey;
use crate::id::{AttachmentId, StatusId};
use crate::media::tests::files::{SECRET, assert_bare, jpeg_with_metadata, picture};
use crate::social::statuses::{Draft, publish};

async fn upload(desk: &Desk, person: &Person, texts: &[(&str, &str)], file: &[u8]) -> Answer {
    let (kind, body) = multipart(texts, &[("file", file)]);
    let request = person.asks(Method::POST, "/api/v2/media");
    let request = request
        .insert_header(("content-type", kind))
        .set_payload(body);
    desk.send(request).await
}

fn photo() -> Vec<u8> {
    jpeg_with_metadata(&picture(60, 30, false), 6)
}

#[actix_web::test]
async fn an_upload_is_ready_at_once_and_tells_no_place() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let texts = [("description", " A marsh "), ("focus", "-0.25,1.0")];
    let file = upload(&desk, &ann, &texts, &photo()).await.good();
    assert_eq!(file["type"], "image");
    assert_eq!(file["description"], "A marsh");
    assert_eq!(file["meta"]["focus"], json!({"x": -0.25, "y": 1.0}));
    assert_eq!(file["meta"]["original"]["size"], "30x60", "turned upright");
    assert!(!file["blurhash"].as_str().unwrap().is_empty());
    for key in ["url", "preview_url"] {
        let path = file[key].as_str().unwrap();
        let path = path.strip_prefix("http://node.localhost").unwrap();
        let stored = desk.get_as_stranger(path).await;
        assert_eq!(stored.header("content-type"), "image/jpeg");
        assert_bare(&stored.body);
        let secret = SECRET.as_bytes();
        assert!(!stored.body.windows(secret.len()).any(|part| part == secret));
    }
    let path = format!("/api/v1/media/{}", file["id"].as_str().unwrap());
    assert_eq!(desk.get(&ann, &path).await.good(), file);
}

#[actix_web::test]
async fn what_is_no_picture_is_refused() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let page = b"<html><script>alert(1)</script></html>";
    let long = "x".repeat(10_001);
    for (texts, file, said) in [
        (vec![], page.to_vec(), "not a JPEG"),
        (vec![], Vec::new(), "not a JPEG"),
        (
            vec![("description", long.as_str())],
            photo(),
            "limit of 10000",
        ),
        (vec![("focus", "left")], photo(), "Focus"),
        (vec![("focus", "NaN,0")], photo(), "Focus"),
    ] {
        let answer = upload(&desk, &ann, &texts, &file).await;
        assert_eq!(answer.status, 422);
        let sentence = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(sentence.contains(said), "{sentence}");
    }
    let answer = desk.post(&ann, "/api/v1/media").await;
    assert_eq!(answer.status, 422);
    let blobs = desk.node.blobs.clone();
    assert_eq!(
        blobs.size().unwrap(),
        0,
        "nothing is left of what was refused"
    );
}

#[actix_web::test]
async fn files_larger_than_the_limit_are_refused() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let mut file = photo();
    file.resize(desk.node.config.media.image_size_limit_bytes + 1, 0);
    let answer = upload(&desk, &ann, &[], &file).await;
    assert_eq!(answer.status, 422);
    assert!(answer.json()["error"].as_str().unwrap().contains("bytes"));
}

#[actix_web::test]
async fn files_are_their_owners_until_they_are_posted() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    let file = upload(&desk, &ann, &[], &photo()).await.good();
    let path = format!("/api/v1/media/{}", file["id"].as_str().unwrap());
    let words = json!({"description": "Birds", "focus": "0,0.5"});
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = desk.send_json(&ben, method.clone(), &path, &words).await;
        assert_eq!(answer.status, 404, "{method}");
    }
    let changed = desk
        .send_json(&ann, Method::PUT, &path, &words)
        .await
        .good();
    assert_eq!(changed["description"], "Birds");
    assert_eq!(changed["meta"]["focus"]["y"], 0.5);

    post_with(&desk, &ann, file["id"].as_str().unwrap()).await;
    for (method, status) in [
        (Method::GET, 404),
        (Method::PUT, 404),
        (Method::DELETE, 422),
    ] {
        let answer = desk.send_json(&ann, method.clone(), &path, &words).await;
        assert_eq!(answer.status, status, "{method}");
    }
    assert!(desk.jobs("remove_blobs").await.is_empty());
}

async fn post_with(desk: &Desk, person: &Person, file: &str) -> StatusId {
    let file: AttachmentId = file.parse().unwrap();
    let draft = Draft {
        text: "See".to_owned(),
        attachments: vec![file],
        ..Draft::default()
    };
    publish(&desk.node, person.id, draft).await.unwrap()
}

#[actix_web::test]
async fn a_removed_file_leaves_nothing() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let file = upload(&desk, &ann, &[], &photo()).await.good();
    let path = format!("/api/v1/media/{}", file["id"].as_str().unwrap());
    let answer = desk.send(ann.asks(Method::DELETE, &path)).await;
    assert_eq!(answer.good(), json!({}));
    assert_eq!(desk.get(&ann, &path).await.status, 404);
    let removed = desk.jobs("remove_blobs").await;
    assert_eq!(removed.len(), 1);
    for key in ["url", "preview_url"] {
        let url = file[key].as_str().unwrap();
        let (_, key) = url.split_once("/media/").unwrap();
        assert!(removed[0].contains(key), "{key}");
    }
}

/// With the bucket that `tests/with-bucket` starts; without it there is nothing to be tested.
#[actix_web::test]
async fn a_bucket_takes_uploads_and_gives_them_back() {
    let Some(endpoint) = std::env::var_os("WHIMBREL_TEST_BUCKET") else {
        return;
    };
    let desk = Desk::open_with(|config| {
        config.storage.bucket = Some("uploads".to_owned());
        config.storage.endpoint = endpoint.into_string().ok();
        config.storage.access_key = Some("tests".to_owned());
        config.storage.secret_key = Some(SecretKey::new("secret"));
        config.storage.path_style = true;
    });
    let desk = desk.await;
    let ann = desk.person("ann").await;
    let file = upload(&desk, &ann, &[], &photo()).await.good();
    let path = file["url"].as_str().unwrap();
    let path = path.strip_prefix("http://node.localhost").unwrap();
    let whole = desk.get_as_stranger(path).await;
    assert_eq!(
        (whole.status, whole.header("content-type")),
        (200, "image/jpeg")
    );
    assert_bare(&whole.body);
    let part = TestRequest::with_uri(path).insert_header(("range", "bytes=6-9"));
    let part = desk.send(part).await;
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[6..10]));
    assert_eq!(
        desk.get_as_stranger("/media/attachments/none.jpg")
            .await
            .status,
        404
    );
}

#[actix_web::test]
async fn a_bucket_that_is_away_takes_no_upload() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = free.local_addr().unwrap();
    drop(free);
    let desk = Desk::open_with(|config| {
        config.storage.bucket = Some("uploads".to_owned());
        config.storage.endpoint = Some(format!("http://{place}"));
        config.storage.access_key = Some("tests".to_owned());
        config.storage.secret_key = Some(SecretKey::new("secret"));
    });
    let desk = desk.await;
    let ann = desk.person("ann").await;
    let answer = upload(&desk, &ann, &[], &photo()).await;
    assert_eq!(answer.status, 503, "it can be sent again");
}
