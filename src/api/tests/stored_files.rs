//! Stored files as browsers and clients fetch them.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use super::desk::Desk;

const BODY: &[u8] = b"0123456789";

async fn desk() -> Desk {
    let desk = Desk::open().await;
    for key in [
        "attachments/aa.png",
        "attachments/aa.html",
        "aa.svg",
        "large.jpg",
    ] {
        desk.node.blobs.write(key, BODY).unwrap();
    }
    desk.node
        .blobs
        .write("large.jpg", &vec![7; 200_000])
        .unwrap();
    desk
}

#[actix_web::test]
async fn files_are_pictures_and_never_change() {
    let desk = desk().await;
    let answer = desk.get_as_stranger("/media/attachments/aa.png").await;
    assert_eq!((answer.status, &answer.body[..]), (200, BODY));
    for (header, expected) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("access-control-allow-origin", "*"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(answer.header(header), expected);
    }
    let etag = answer.header("etag").to_owned();
    let again = TestRequest::with_uri("/media/attachments/aa.png");
    let again = desk
        .send(again.insert_header(("if-none-match", etag)))
        .await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let large = desk.get_as_stranger("/media/large.jpg").await;
    assert_eq!(large.body.len(), 200_000);
}

#[actix_web::test]
async fn nothing_else_is_answered() {
    let desk = desk().await;
    for path in [
        "/media/attachments/aa.html",
        "/media/aa.svg",
        "/media/attachments/bb.png",
        "/media/attachments",
        "/media/",
        "/media/..%2f..%2fwhimbrel.png",
        "/media/attachments/..%2faa.png",
        "/media/%2e%2e/aa.png",
        "/media/attachments/aa.png%00",
        "/media/.hidden.png",
    ] {
        let answer = desk.get_as_stranger(path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[actix_web::test]
async fn parts_of_files_are_answered() {
    let desk = desk().await;
    for (range, status, content_range, body) in [
        ("bytes=2-4", 206, "bytes 2-4/10", &b"234"[..]),
        ("bytes=8-", 206, "bytes 8-9/10", b"89"),
        ("bytes=-3", 206, "bytes 7-9/10", b"789"),
        ("bytes=10-", 416, "bytes */10", b""),
        ("bytes=0-1,3-4", 200, "", BODY),
    ] {
        let request = TestRequest::with_uri("/media/attachments/aa.png");
        let answer = desk.send(request.insert_header(("range", range))).await;
        assert_eq!((answer.status, &answer.body[..]), (status, body), "{range}");
        assert_eq!(answer.header("content-range"), content_range, "{range}");
    }
    let etag = desk.get_as_stranger("/media/attachments/aa.png").await;
    let etag = etag.header("etag").to_owned();
    for (tag, status) in [
        (etag.clone(), 206),
        (format!("W/{etag}"), 200),
        ("\"other\"".to_owned(), 200),
        ("Sat, 29 Oct 1994 19:43:31 GMT".to_owned(), 200),
    ] {
        let request = TestRequest::with_uri("/media/attachments/aa.png");
        let request = request.insert_header(("range", "bytes=2-4"));
        let answer = desk
            .send(request.insert_header(("if-range", tag.clone())))
            .await;
        assert_eq!(answer.status, status, "{tag}");
    }
    let request = TestRequest::with_uri("/media/attachments/aa.png").method(Method::HEAD);
    let answer = desk.send(request).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "image/png")
    );
}
