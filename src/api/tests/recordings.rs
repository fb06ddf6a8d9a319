//! Videos and sounds: taken at once, made later, and shown as every client can play them. The files are made by the same
//! program that the node uses; where it is missing, these tests fail.

use std::path::Path;
use std::process::Command;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::desk::{Answer, Desk, Person, multipart};
use crate::id::AttachmentId;
use crate::media::tests::files::{jpeg_with_metadata, picture};
use crate::social::recordings;

const SECRET: &str = "+48.8577+002.2950";

/// A file that ffmpeg makes of its own sources.
fn make(name: &str, arguments: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let words = arguments.split(' ').filter(|word| !word.is_empty());
    let ended = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi"])
        .args(words)
        .arg(&path)
        .status();
    assert!(ended.expect("ffmpeg is installed").success(), "{arguments}");
    std::fs::read(path).unwrap()
}

fn film() -> Vec<u8> {
    let secret = format!("location={SECRET}/");
    let source =
        "-i testsrc=size=160x90:rate=10:duration=1 -f lavfi -i sine=duration=1 -c:v libx264";
    let rest = "-pix_fmt yuv420p -c:a aac -metadata";
    make(
        "film.mov",
        &format!("{source} {rest} {secret} -metadata comment=my-secret"),
    )
}

async fn send(desk: &Desk, who: &Person, path: &str, files: &[(&str, &[u8])]) -> Answer {
    let (kind, body) = multipart(&[("description", "Birds")], files);
    let request = who.asks(Method::POST, path);
    let request = request.insert_header(("content-type", kind));
    desk.send(request.set_payload(body)).await
}

fn place_of(file: &Value) -> String {
    format!("/api/v1/media/{}", file["id"].as_str().unwrap())
}

async fn work(desk: &Desk, file: &Value) {
    let id: AttachmentId = file["id"].as_str().unwrap().parse().unwrap();
    recordings::process(&desk.node, id).await.unwrap();
}

fn path_of(url: &Value) -> &str {
    let url = url.as_str().unwrap();
    url.strip_prefix("http://node.localhost").unwrap()
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes
        .windows(words.len())
        .any(|part| part == words.as_bytes())
}

#[actix_web::test]
async fn a_video_is_made_later() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let film = film();
    assert!(holds(&film, SECRET) && holds(&film, "my-secret"));
    let answer = send(&desk, &ann, "/api/v2/media", &[("file", &film)]).await;
    assert_eq!(answer.status, 202);
    let file = answer.json();
    assert_eq!(
        (&file["url"], &file["type"]),
        (&Value::Null, &json!("video"))
    );
    let place = place_of(&file);
    assert_eq!(desk.get(&ann, &place).await.status, 206);
    let words = json!({"description": "Swifts", "focus": "0.5,-0.5"});
    let told = desk.send_json(&ann, Method::PATCH, &place, &words).await;
    assert_eq!((told.status, &told.json()["url"]), (206, &Value::Null));
    let post = json!({"status": "See", "media_ids": [file["id"]]});
    let early = desk
        .send_json(&ann, Method::POST, "/api/v1/statuses", &post)
        .await;
    assert_eq!(early.status, 422);
    assert!(
        early.json()["error"]
            .as_str()
            .unwrap()
            .contains("worked on")
    );
    assert_eq!(desk.jobs("process_media").await.len(), 1);

    work(&desk, &file).await;
    let made = desk.get(&ann, &place).await.good();
    let original = &made["meta"]["original"];
    assert_eq!(original["size"], "160x90");
    assert_eq!(original["frame_rate"], "10/1");
    let duration = original["duration"].as_f64().unwrap();
    assert!((0.9..1.2).contains(&duration), "{duration}");
    assert!(original["bitrate"].as_u64().unwrap() > 0);
    assert_eq!(made["meta"]["small"]["size"], "160x90");
    assert_eq!(made["meta"]["focus"], json!({"x": 0.5, "y": -0.5}));
    assert_eq!(
        (&made["type"], &made["description"]),
        (&json!("video"), &json!("Swifts"))
    );
    assert!(!made["blurhash"].as_str().unwrap().is_empty());

    let stored = desk.get_as_stranger(path_of(&made["url"])).await;
    assert_eq!(stored.header("content-type"), "video/mp4");
    assert!(!holds(&stored.body, SECRET) && !holds(&stored.body, "my-secret"));
    let head = &stored.body[..stored.body.len().min(4096)];
    assert!(holds(head, "moov"), "it plays before all of it is there");
    let part = TestRequest::with_uri(path_of(&made["url"]));
    let part = desk.send(part.insert_header(("range", "bytes=4-7"))).await;
    assert_eq!((part.status, &part.body[..]), (206, &b"ftyp"[..]));
    let small = desk.get_as_stranger(path_of(&made["preview_url"])).await;
    assert_eq!(
        (small.status, small.header("content-type")),
        (200, "image/jpeg")
    );
    let removed = desk.jobs("remove_blobs").await;
    assert!(
        removed[0].contains("uploads/"),
        "the upload goes: {removed:?}"
    );

    // What was done is not done again.
    work(&desk, &file).await;
    assert_eq!(desk.get(&ann, &place).await.good(), made);
    let photo = jpeg_with_metadata(&picture(60, 30, false), 1);
    let photo = send(&desk, &ann, "/api/v2/media", &[("file", &photo)])
        .await
        .good();
    let both = json!({"status": "See", "media_ids": [file["id"], photo["id"]]});
    let both = desk
        .send_json(&ann, Method::POST, "/api/v1/statuses", &both)
        .await;
    assert!(both.json()["error"].as_str().unwrap().contains("alone"));
    let posted = desk
        .send_json(&ann, Method::POST, "/api/v1/statuses", &post)
        .await
        .good();
    assert_eq!(posted["media_attachments"][0]["url"], made["url"]);
}

#[actix_web::test]
async fn a_sound_is_made_while_its_sender_waits() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let cover = jpeg_with_metadata(&picture(60, 30, false), 1);
    let sine = "-i sine=duration=1";
    for (name, arguments, mime) in [
        ("a.mp3", "-metadata title=my-secret", "audio/mpeg"),
        (
            "a.ogg",
            "-c:a libvorbis -metadata title=my-secret",
            "audio/ogg",
        ),
        ("a.wav", "", "audio/mpeg"),
        ("a.flac", "-metadata title=my-secret", "audio/mpeg"),
        ("a.m4a", "-c:a aac -metadata title=my-secret", "audio/mpeg"),
    ] {
        let sound = make(name, &format!("{sine} {arguments}"));
        let files: &[(&str, &[u8])] = &[("file", &sound), ("thumbnail", &cover)];
        let file = send(&desk, &ann, "/api/v1/media", files).await.good();
        assert_eq!(file["type"], "audio", "{name}");
        assert!(
            file["meta"]["original"]["duration"].as_f64().unwrap() > 0.9,
            "{name}"
        );
        assert_eq!(file["meta"]["small"]["size"], "60x30", "{name}");
        let stored = desk.get_as_stranger(path_of(&file["url"])).await;
        assert_eq!(stored.header("content-type"), mime, "{name}");
        assert!(!holds(&stored.body, "my-secret"), "{name}");
        assert_eq!(desk.get(&ann, &place_of(&file)).await.good(), file);
    }
    assert!(desk.jobs("process_media").await.is_empty());
}

#[actix_web::test]
async fn an_animation_becomes_a_silent_loop() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let animation = make("a.gif", "-i testsrc=size=33x21:rate=5:duration=1");
    let file = send(&desk, &ann, "/api/v2/media", &[("file", &animation)]).await;
    assert_eq!(file.status, 202);
    let file = file.json();
    work(&desk, &file).await;
    let made = desk.get(&ann, &place_of(&file)).await.good();
    assert_eq!(made["type"], "gifv");
    assert_eq!(made["meta"]["original"]["size"], "32x20");
    let stored = desk.get_as_stranger(path_of(&made["url"])).await;
    assert_eq!(stored.header("content-type"), "video/mp4");
}

#[actix_web::test]
async fn other_videos_are_made_anew() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let source = "-i testsrc=size=64x36:rate=5:duration=1 -c:v libvpx";
    let film = make("a.webm", &format!("{source} -metadata title=my-secret"));
    let file = send(&desk, &ann, "/api/v1/media", &[("file", &film)])
        .await
        .good();
    let stored = desk.get_as_stranger(path_of(&file["url"])).await;
    assert_eq!(stored.header("content-type"), "video/mp4");
    assert!(holds(&stored.body, "avc1") && !holds(&stored.body, "my-secret"));
    let still = make(
        "a.avif",
        "-i testsrc=size=64x36:rate=1 -frames:v 1 -c:v libaom-av1 -pix_fmt yuv420p -still-picture 1",
    );
    let file = send(&desk, &ann, "/api/v2/media", &[("file", &still)])
        .await
        .good();
    assert_eq!(
        (&file["type"], &file["meta"]["original"]["size"]),
        (&json!("image"), &json!("64x36"))
    );
}

#[actix_web::test]
async fn what_would_read_other_files_is_refused() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let heic = b"\0\0\0\x20ftypheic\0\0\0\0mif1heic";
    for (file, said) in [
        (
            &b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"[..],
            "not a JPEG",
        ),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "not a JPEG"),
        (b"file '/etc/passwd'\n", "not a JPEG"),
        (b"<?xml version=\"1.0\"?><MPD/>", "not a JPEG"),
        (heic, "HEIC"),
    ] {
        let answer = send(&desk, &ann, "/api/v2/media", &[("file", file)]).await;
        assert_eq!(answer.status, 422);
        let sentence = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(sentence.contains(said), "{sentence}");
    }
    assert_eq!(desk.node.blobs.size().unwrap(), 0);
}

#[actix_web::test]
async fn what_is_damaged_fails_with_a_reason() {
    let desk = Desk::open_with(|config| config.media.video_pixel_limit = 10_000).await;
    let ann = desk.person("ann").await;
    let mut broken = b"\0\0\0\x20ftypisom\0\0\0\0isomavc1".to_vec();
    broken.extend([7; 4_000]);
    for (file, said) in [(broken, "damaged"), (film(), "160 x 90")] {
        let answer = send(&desk, &ann, "/api/v2/media", &[("file", &file)]).await;
        assert_eq!(answer.status, 202);
        let sent = answer.json();
        work(&desk, &sent).await;
        let place = place_of(&sent);
        let answer = desk.get(&ann, &place).await;
        assert_eq!(answer.status, 422);
        let sentence = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(sentence.contains(said), "{sentence}");
        assert!(!sentence.contains("work/"), "it tells no path: {sentence}");
        let post = json!({"status": "See", "media_ids": [sent["id"]]});
        let post = desk
            .send_json(&ann, Method::POST, "/api/v1/statuses", &post)
            .await;
        assert_eq!(post.status, 422);
        let removed = desk.send(ann.asks(Method::DELETE, &place)).await;
        assert_eq!(removed.good(), json!({}));
    }
}

#[actix_web::test]
async fn a_file_that_is_removed_is_not_made() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let sent = send(&desk, &ann, "/api/v2/media", &[("file", &film())])
        .await
        .json();
    let answer = desk.send(ann.asks(Method::DELETE, &place_of(&sent))).await;
    assert_eq!(answer.status, 200);
    work(&desk, &sent).await;
    assert_eq!(desk.get(&ann, &place_of(&sent)).await.status, 404);
    let removed = desk.jobs("remove_blobs").await;
    assert!(
        removed.len() == 1 && removed[0].contains("uploads/"),
        "{removed:?}"
    );
    let work = Path::new(&desk.node.config.work_folder())
        .read_dir()
        .unwrap();
    assert_eq!(work.count(), 0, "nothing is left of the work");
}

#[actix_web::test]
async fn without_the_program_a_sentence_says_so() {
    let desk = Desk::open_with(|config| config.media.recordings = false).await;
    let ann = desk.person("ann").await;
    let answer = send(&desk, &ann, "/api/v2/media", &[("file", b"OggS\0\0\0\0")]).await;
    assert_eq!(answer.status, 422);
    let sentence = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(sentence.contains("takes no videos"), "{sentence}");
    let instance = desk.get_as_stranger("/api/v2/instance").await.good();
    let limits = &instance["configuration"]["media_attachments"];
    let kinds = json!(["image/jpeg", "image/png", "image/gif", "image/webp"]);
    assert_eq!(
        (&limits["supported_mime_types"], &limits["video_size_limit"]),
        (&kinds, &json!(0))
    );
    let able = Desk::open().await;
    let instance = able.get_as_stranger("/api/v2/instance").await.good();
    let limits = &instance["configuration"]["media_attachments"];
    assert!(
        limits["supported_mime_types"]
            .as_array()
            .unwrap()
            .contains(&json!("video/mp4"))
    );
    assert_eq!(limits["video_size_limit"], 103_809_024);
    assert_eq!(limits["video_frame_rate_limit"], 120);
    assert_eq!(limits["video_matrix_limit"], 8_294_400);
    assert_eq!(limits["description_limit"], 10_000);
}

#[actix_web::test]
async fn a_picture_of_its_own_stands_for_a_file() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let (photo, other) = (picture(60, 30, false), picture(20, 40, false));
    let photo = jpeg_with_metadata(&photo, 1);
    let sent = send(&desk, &ann, "/api/v2/media", &[("file", &photo)])
        .await
        .good();
    let (kind, body) = multipart(&[], &[("thumbnail", &jpeg_with_metadata(&other, 1))]);
    let request = ann.asks(Method::PUT, &place_of(&sent));
    let request = request.insert_header(("content-type", kind));
    let changed = desk.send(request.set_payload(body)).await.good();
    assert_ne!(changed["preview_url"], sent["preview_url"]);
    assert_eq!(changed["meta"]["small"]["size"], "20x40");
    assert_eq!(changed["url"], sent["url"]);
    let former = path_of(&sent["preview_url"]).trim_start_matches("/media/");
    assert!(desk.jobs("remove_blobs").await[0].contains(former));
}
