//! Profiles: one's own in every encoding, and other people's.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::{Desk, ids, multipart};
use crate::media::tests::files::{gif, jpeg_with_metadata, picture};

const UPDATE: &str = "/api/v1/accounts/update_credentials";

/// What every encoding below says.
fn assert_changed(own: &Value) {
    assert_eq!(own["display_name"], "Ann of the Marsh");
    assert_eq!(own["note"], "<p>Counts &lt;birds&gt;.</p>");
    assert_eq!(own["source"]["note"], "Counts <birds>.");
    assert_eq!(own["bot"], true);
    assert_eq!(own["locked"], true);
    assert_eq!(own["discoverable"], false);
    assert_eq!(own["indexable"], true);
    assert_eq!(own["hide_collections"], true);
    assert_eq!(own["avatar_description"], "A bird");
    assert_eq!(own["source"]["privacy"], "private");
    assert_eq!(own["source"]["sensitive"], true);
    assert_eq!(own["source"]["language"], "de");
    assert_eq!(own["fields"][0]["name"], "Site");
    let value = own["fields"][0]["value"].as_str().unwrap();
    assert!(value.contains("href=\"https://ann.example\""), "{value}");
    assert_eq!(own["source"]["fields"][0]["value"], "https://ann.example");
    assert_eq!(own["fields"][1]["value"], "she");
    assert_eq!(own["fields"].as_array().unwrap().len(), 2);
}

const TEXTS: [(&str, &str); 15] = [
    ("display_name", " Ann  of the Marsh"),
    ("note", "Counts <birds>."),
    ("bot", "1"),
    ("locked", "true"),
    ("discoverable", "0"),
    ("indexable", "on"),
    ("hide_collections", "true"),
    ("avatar_description", "A bird"),
    ("source[privacy]", "private"),
    ("source[sensitive]", "true"),
    ("source[language]", "de"),
    ("fields_attributes[0][name]", "Site"),
    ("fields_attributes[0][value]", "https://ann.example"),
    ("fields_attributes[1][name]", "Pronouns"),
    ("fields_attributes[1][value]", "she"),
];

fn as_json(fields: &Value) -> Value {
    json!({
        "display_name": " Ann  of the Marsh", "note": "Counts <birds>.", "bot": true, "locked": "1",
        "discoverable": false, "indexable": 1, "hide_collections": "true",
        "avatar_description": "A bird", "avatar": null,
        "source": {"privacy": "private", "sensitive": true, "language": "de"},
        "fields_attributes": fields,
    })
}

#[actix_web::test]
async fn a_profile_changes_in_every_encoding() {
    let site = json!({"name": "Site", "value": "https://ann.example"});
    let she = json!({"name": "Pronouns", "value": "she"});
    let form = serde_form(&TEXTS);
    let (parts, body) = multipart(&TEXTS, &[]);
    let desk = Desk::open().await;
    for (name, method, encoding) in [
        ("ann1", Method::PATCH, Ok(as_json(&json!([site, she])))),
        (
            "ann2",
            Method::PUT,
            Ok(as_json(&json!({"1": she, "0": site}))),
        ),
        ("ann3", Method::PATCH, Err((form.0, form.1.into_bytes()))),
        ("ann4", Method::PUT, Err((parts, body))),
    ] {
        let person = desk.person(name).await;
        let request = person.asks(method, UPDATE);
        let request = match encoding {
            Ok(body) => request.set_json(body),
            Err((kind, body)) => request
                .insert_header(("content-type", kind))
                .set_payload(body),
        };
        assert_changed(&desk.send(request).await.good());
        let again = desk
            .get(&person, "/api/v1/accounts/verify_credentials")
            .await;
        assert_changed(&again.good());
        let seen = format!("/api/v1/accounts/{}", person.id);
        let seen = desk.get_as_stranger(&seen).await.good();
        assert_eq!(seen["display_name"], "Ann of the Marsh");
        assert!(seen.get("source").is_none());
    }
    assert_eq!(desk.jobs("distribute").await.len(), 4);
}

fn serde_form(pairs: &[(&str, &str)]) -> (String, String) {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(pairs);
    let kind = "application/x-www-form-urlencoded".to_owned();
    (kind, body.finish())
}

#[actix_web::test]
async fn only_what_others_see_is_told_to_others() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    for (change, told) in [
        (json!({"source": {"privacy": "unlisted"}}), 0),
        (json!({"hide_collections": true}), 0),
        (json!({"display_name": "Ann"}), 1),
        (json!({"display_name": "Ann"}), 1),
        (json!({}), 1),
        (json!({"note": "Hello"}), 2),
        (json!({"note": ""}), 3),
    ] {
        let answer = desk.send_json(&ann, Method::PATCH, UPDATE, &change).await;
        assert_eq!(answer.status, 200);
        assert_eq!(desk.jobs("distribute").await.len(), told, "{change}");
    }
}

#[actix_web::test]
async fn pictures_come_and_go_with_their_files() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let first = desk
        .get(&ann, "/api/v1/accounts/verify_credentials")
        .await
        .good();
    assert!(
        first["avatar"]
            .as_str()
            .unwrap()
            .ends_with("/avatars/original/missing.png")
    );

    let (kind, body) = multipart(
        &[("display_name", "Ann")],
        &[
            ("avatar", &gif(40, 40, 3)),
            ("header", &jpeg_with_metadata(&picture(90, 30, false), 1)),
        ],
    );
    let request = ann.asks(Method::PATCH, UPDATE);
    let request = request
        .insert_header(("content-type", kind))
        .set_payload(body);
    let own = desk.send(request).await.good();
    let avatar = path_of(&own["avatar"]);
    assert!(avatar.starts_with("/media/avatars/") && kind_of(&avatar) == "gif");
    assert_eq!(kind_of(&path_of(&own["header"])), "jpg");
    let still = path_of(&own["avatar_static"]);
    assert_eq!(still, avatar.replace(".gif", ".png"));
    for path in [&avatar, &still] {
        assert_eq!(desk.get_as_stranger(path).await.status, 200, "{path}");
    }

    let answer = desk
        .send(ann.asks(Method::DELETE, "/api/v1/profile/avatar"))
        .await;
    let own = answer.good();
    assert!(own["avatar"].as_str().unwrap().ends_with("missing.png"));
    assert_eq!(kind_of(&path_of(&own["header"])), "jpg");
    let removed = desk.jobs("remove_blobs").await;
    assert_eq!(removed.len(), 1);
    for path in [avatar, still] {
        assert!(
            removed[0].contains(path.trim_start_matches("/media/")),
            "{path}"
        );
    }
}

fn kind_of(path: &str) -> &str {
    path.rsplit('.').next().unwrap()
}

fn path_of(url: &Value) -> String {
    let url = url.as_str().unwrap();
    url.strip_prefix("http://node.localhost")
        .unwrap()
        .to_owned()
}

#[actix_web::test]
async fn what_breaks_a_rule_changes_nothing() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let row = json!({"name": "a", "value": "b"});
    for (change, said) in [
        (
            json!({"display_name": "x".repeat(101)}),
            "Display name character limit of 100",
        ),
        (
            json!({"note": "x".repeat(501)}),
            "Note character limit of 500",
        ),
        (json!({"fields_attributes": vec![row; 5]}), "at most 4"),
        (json!({"source": {"privacy": "direct"}}), "Privacy"),
        (json!({"source": {"privacy": "nobody"}}), "Privacy"),
        (json!({"source": {"language": "klingonish"}}), "Language"),
        (
            json!({"avatar": "data:image/png;base64,AAAA"}),
            "not a JPEG, PNG, GIF or WebP",
        ),
        (
            json!({"avatar": "https://elsewhere.example/a.png"}),
            "not an image",
        ),
    ] {
        let mut change = change;
        change["locked"] = json!(true);
        let answer = desk.send_json(&ann, Method::PATCH, UPDATE, &change).await;
        assert_eq!(answer.status, 422, "{change}");
        let sentence = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(sentence.starts_with("Validation failed: "), "{sentence}");
        assert!(sentence.contains(said), "{sentence}");
    }
    let own = desk
        .get(&ann, "/api/v1/accounts/verify_credentials")
        .await
        .good();
    assert_eq!(own["locked"], false);
    assert!(desk.jobs("distribute").await.is_empty());
}

#[actix_web::test]
async fn scopes_guard_the_own_account() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    for (scopes, method, path, status) in [
        (
            "profile",
            Method::GET,
            "/api/v1/accounts/verify_credentials",
            200,
        ),
        (
            "read:accounts",
            Method::GET,
            "/api/v1/accounts/verify_credentials",
            200,
        ),
        (
            "write",
            Method::GET,
            "/api/v1/accounts/verify_credentials",
            403,
        ),
        ("read", Method::PATCH, UPDATE, 403),
        ("write:accounts", Method::PATCH, UPDATE, 200),
    ] {
        let token = desk.token(ann.id, scopes).await;
        let bearer = super::desk::Person { id: ann.id, token };
        let answer = desk.send(bearer.asks(method, path)).await;
        assert_eq!(answer.status, status, "{scopes} {path}");
    }
    let answer = desk
        .get_as_stranger("/api/v1/accounts/verify_credentials")
        .await;
    assert_eq!(answer.status, 401);
}

#[actix_web::test]
async fn accounts_are_found_by_id_and_by_handle() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("Ann").await, desk.person("ben").await);
    for (acct, status) in [
        ("ann", 200),
        ("@ANN", 200),
        ("ann@node.localhost", 200),
        ("ann@elsewhere.example", 404),
        ("carl", 404),
        ("not a handle", 404),
    ] {
        let acct: String = url::form_urlencoded::byte_serialize(acct.as_bytes()).collect();
        let path = format!("/api/v1/accounts/lookup?acct={acct}");
        let answer = desk.get_as_stranger(&path).await;
        assert_eq!(answer.status, status, "{acct}");
        let expected = if status == 200 {
            json!(ann.id)
        } else {
            Value::Null
        };
        assert_eq!(answer.json()["id"], expected);
    }
    let path = format!(
        "/api/v1/accounts?id[]={}&id[]=x&id[]=1&id[]={}",
        ben.id, ann.id
    );
    let several = desk.get_as_stranger(&path).await.good();
    assert_eq!(ids(&several), [ben.id.to_string(), ann.id.to_string()]);
    for path in [
        "/api/v1/accounts/1",
        "/api/v1/accounts/x",
        "/api/v1/accounts/1/followers",
    ] {
        assert_eq!(desk.get_as_stranger(path).await.status, 404, "{path}");
    }
    assert_eq!(
        desk.get_as_stranger("/api/v1/accounts/lookup").await.status,
        400
    );
}
