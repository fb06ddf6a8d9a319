//! The pages on which the staff looks after announcements and emoji.

use reqwest::Method;
use whimbrel::store::Role;

use super::browser::{Answer, Browser, with};
use super::staff::{somebody, start};
use crate::support::databases::on_both;

const ANNOUNCEMENTS: &str = "/admin/announcements";
const EMOJIS: &str = "/admin/emojis";
const PICTURE: &[u8] = include_bytes!("../../../src/web/static/missing-avatar.png");

/// A form with a file, as a browser sends it.
async fn upload(browser: &Browser, fields: &[(String, String)], file: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    body.extend(
        b"--x\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n",
    );
    body.extend(file);
    body.extend(b"\r\n--x--\r\n");
    let request = browser
        .request(Method::POST, EMOJIS)
        .header("origin", "http://node.localhost")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(body);
    browser.send(request).await
}

/// The address of the first announcement of the page.
fn first_of(page: &str) -> String {
    let (_, rest) = page
        .split_once("href=\"/admin/announcements/")
        .expect("one");
    let (id, _) = rest.split_once('"').expect("an end");
    format!("{ANNOUNCEMENTS}/{id}")
}

on_both! {
    async fn announcements_are_made_changed_and_removed(engine) {
        let site = start(engine).await;
        let admin = somebody(&site, "ada", Role::Admin).await;
        let moderator = somebody(&site, "mia", Role::Moderator).await;
        let user = somebody(&site, "una", Role::User).await;
        for (browser, expected) in [(&admin, 200), (&moderator, 200), (&user, 404), (&site.browser(), 404)] {
            assert_eq!(browser.get(ANNOUNCEMENTS).await.status, expected);
            assert_eq!(browser.get(EMOJIS).await.status, expected);
        }
        let fields = admin.get(ANNOUNCEMENTS).await.hidden();
        let empty = admin.post(ANNOUNCEMENTS, &with(fields.clone(), "text", "  ")).await;
        assert_eq!(empty.status, 422);
        assert!(empty.body.contains("needs a text"), "{}", empty.body);
        let wrong = with(with(fields.clone(), "text", "<b>Soon</b>"), "ends_at", "tomorrow");
        let wrong = admin.post(ANNOUNCEMENTS, &wrong).await;
        assert!(wrong.status == 422 && wrong.body.contains("&lt;b&gt;Soon"), "what was entered stays");
        let kept = with(with(fields.clone(), "text", "We <b>move</b>"), "publish", "later");
        assert_eq!(admin.post(ANNOUNCEMENTS, &kept).await.location(), "/admin/announcements?done=draft");
        let page = admin.get(ANNOUNCEMENTS).await.body;
        assert!(page.contains("shown to nobody") && !page.contains("<b>move"), "{page}");
        let one = first_of(&page);
        for (path, done) in [("publish", "publish"), ("withdraw", "withdraw"), ("remove", "unsure")] {
            let answer = admin.post(&format!("{one}/{path}"), &fields).await;
            assert_eq!(answer.location(), format!("{one}?done={done}"));
            assert!(admin.get(answer.location()).await.body.contains("role=\"status\""));
        }
        let change = with(with(fields.clone(), "text", "We moved"), "ends_at", "2027-01-01T00:00");
        assert_eq!(admin.post(&one, &change).await.location(), format!("{one}?done=update"));
        let shown = admin.get(&one).await.body;
        assert!(shown.contains("<p>We moved</p>") && shown.contains("value=\"2027-01-01T00:00\""), "{shown}");
        let foreign = moderator.get("/settings").await.hidden();
        for path in ["publish", "remove"] {
            assert_eq!(moderator.post(&format!("{one}/{path}"), &foreign).await.status, 403);
        }
        assert!(!moderator.get(&one).await.body.contains("/publish\""), "moderators find no buttons");
        let sure = admin.post(&format!("{one}/remove"), &with(fields, "yes", "true")).await;
        assert_eq!(sure.location(), "/admin/announcements?done=remove");
        assert_eq!(admin.get(&one).await.status, 404);
        site.stop().await;
    }
}

on_both! {
    async fn emoji_are_uploaded_disabled_and_removed(engine) {
        let site = start(engine).await;
        let admin = somebody(&site, "ada", Role::Admin).await;
        let fields = admin.get("/settings").await.hidden();
        let fields = with(with(fields, "shortcode", ":curlew:"), "category", "Birds");
        let fields = with(fields, "visible", "true");
        assert_eq!(upload(&admin, &fields, PICTURE).await.location(), "/admin/emojis?done=create");
        let again = upload(&admin, &fields, PICTURE).await;
        assert!(again.status == 422 && again.body.contains("already"), "{}", again.body);
        let broken = upload(&admin, &with(fields.clone(), "shortcode", "heron"), b"no picture").await;
        assert_eq!(broken.status, 422);
        let forged = upload(&admin, &with(fields.clone(), "csrf_token", "x"), PICTURE).await;
        assert_eq!(forged.status, 403);
        let large = upload(&admin, &fields, &vec![0; 2 << 20]).await;
        assert_eq!(large.status, 413);
        let list = async || admin.get("/api/v1/custom_emojis").await.json();
        let shown = list().await;
        assert_eq!((&shown[0]["shortcode"], &shown[0]["category"]), (&"curlew".into(), &"Birds".into()));
        assert_eq!(admin.get(shown[0]["url"].as_str().expect("a picture")).await.header("content-type"), "image/png");
        let page = admin.get(EMOJIS).await.body;
        let (_, rest) = page.split_once("action=\"/admin/emojis/").expect("a form");
        let (id, _) = rest.split_once('/').expect("an end");
        for (decision, left) in [("disable", 0), ("enable", 1), ("update", 1), ("remove", 0)] {
            let answer = admin.post(&format!("{EMOJIS}/{id}/{decision}"), &fields).await;
            assert_eq!(answer.location(), format!("/admin/emojis?done={decision}"));
            assert_eq!(list().await.as_array().map(Vec::len), Some(left), "{decision}");
        }
        assert_eq!(admin.post(&format!("{EMOJIS}/{id}/explode"), &fields).await.status, 404);
        site.stop().await;
    }
}
