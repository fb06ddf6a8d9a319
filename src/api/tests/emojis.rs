//! The node's own emoji, in the list of them and in what people write.

use actix_web::http::Method;
use serde_json::json;

use super::desk::Desk;
use crate::media::tests::files;
use crate::social::Error;
use crate::social::emojis::{self, EmojiChange, MAX_BYTES, NewEmoji};
use crate::social::moderation::staff::Staff;
use crate::store::custom_emojis::CustomEmoji;
use crate::store::{self, Conn, Page, Role};

fn named(shortcode: &str) -> NewEmoji {
    NewEmoji {
        shortcode: shortcode.to_owned(),
        bytes: files::png(&files::picture(32, 16, true)),
        category: " Drinks ".to_owned(),
        visible_in_picker: true,
        replaces: false,
    }
}

pub(super) async fn add_emoji(desk: &Desk, shortcode: &str) -> CustomEmoji {
    let added = emojis::add(&desk.node, Staff::operator(), named(shortcode)).await;
    added.unwrap()
}

/// Somebody new of the staff.
pub(super) async fn ranked(desk: &Desk, name: &str, role: Role) -> Staff {
    let id = desk.person(name).await.id;
    let found = desk
        .node
        .db
        .read(move |conn| store::accounts::find(conn, id));
    Staff::person(&found.await.unwrap().unwrap(), role)
}

/// What the record has of the staff, the newest first: who, what, and to what.
pub(super) async fn deeds(desk: &Desk) -> Vec<(String, String, String)> {
    let read = |conn: &mut Conn| store::audits::page(conn, None, &Page::newest(20));
    let rows = desk.node.db.read(read).await.unwrap();
    rows.into_iter()
        .map(|row| (row.actor, row.action, row.target))
        .collect()
}

pub(super) fn owned((actor, action, target): (&str, &str, &str)) -> (String, String, String) {
    (actor.to_owned(), action.to_owned(), target.to_owned())
}

#[actix_web::test]
async fn texts_and_profiles_carry_the_emoji_that_they_use() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let tea = add_emoji(&desk, "tea").await;
    add_emoji(&desk, "cup").await;
    let picture = desk.node.urls.media(&tea.file_key);
    let used = json!({
        "shortcode": "tea", "url": picture, "static_url": picture,
        "visible_in_picker": false, "category": null,
    });
    let body = json!({"status": "a :tea: or :coffee: :tea:", "spoiler_text": "no:cup:"});
    let post = desk.send_json(&ann, Method::POST, "/api/v1/statuses", &body);
    let post = post.await.good();
    assert_eq!(post["emojis"], json!([used]));
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let body = json!({"status": "nothing", "spoiler_text": ":cup: only"});
    let edited = desk.send_json(&ann, Method::PUT, &path, &body).await.good();
    assert_eq!(edited["emojis"][0]["shortcode"], "cup");
    let body = json!({"display_name": "Ann :tea:", "note": ":cup:"});
    let path = "/api/v1/accounts/update_credentials";
    let profile = desk
        .send_json(&ann, Method::PATCH, path, &body)
        .await
        .good();
    let names = [&profile["emojis"][0], &profile["emojis"][1]].map(|emoji| &emoji["shortcode"]);
    assert_eq!(names, ["cup", "tea"]);
    let body = json!({
        "status": "which?", "poll": {"options": [":tea:", "none"], "expires_in": 3600},
    });
    let asked = desk.send_json(&ann, Method::POST, "/api/v1/statuses", &body);
    let asked = asked.await.good();
    assert_eq!(asked["poll"]["emojis"], json!([used]));
    assert_eq!(asked["emojis"], json!([used]));
    // A text keeps the picture of an emoji that is disabled; new ones do not get it.
    let off = EmojiChange {
        enabled: Some(false),
        ..EmojiChange::default()
    };
    emojis::change(&desk.node, Staff::operator(), tea.id, off)
        .await
        .unwrap();
    let kept = desk.get(&ann, "/api/v1/accounts/verify_credentials").await;
    assert_eq!(kept.good()["emojis"].as_array().unwrap().len(), 2);
    let body = json!({"status": ":tea:"});
    let post = desk.send_json(&ann, Method::POST, "/api/v1/statuses", &body);
    assert_eq!(post.await.good()["emojis"], json!([]));
    let list = desk.get_as_stranger("/api/v1/custom_emojis").await.good();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["category"], "Drinks");
    assert_eq!(list[0]["featured"], false);
}

#[actix_web::test]
async fn emoji_are_added_once_and_with_sense() {
    let desk = Desk::open().await;
    let add = async |staff, new| emojis::add(&desk.node, staff, new).await;
    let operator = Staff::operator;
    let admin = ranked(&desk, "ada", Role::Admin).await;
    let first = add(admin, named("tea")).await.unwrap();
    let again = add(operator(), named("tea")).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    let other = NewEmoji {
        replaces: true,
        ..named("tea")
    };
    let replaced = add(operator(), other).await.unwrap();
    assert_eq!(first.id, replaced.id);
    assert_ne!(first.file_key, replaced.file_key);
    assert!(
        desk.node.blobs.read(&first.file_key).is_ok(),
        "texts name it"
    );
    let moderator = ranked(&desk, "mia", Role::Moderator).await;
    let moderator = add(moderator, named("cup")).await;
    assert!(
        matches!(moderator, Err(Error::Forbidden(_))),
        "{moderator:?}"
    );
    let holding = |bytes: Vec<u8>| NewEmoji {
        bytes,
        ..named("cup")
    };
    for wrong in [
        named("a"),
        named("two words"),
        named("caf\u{e9}"),
        holding(Vec::new()),
        holding(b"no picture".to_vec()),
        holding(vec![0; MAX_BYTES + 1]),
    ] {
        let refused = add(operator(), wrong).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    emojis::remove(&desk.node, Staff::operator(), replaced.id)
        .await
        .unwrap();
    assert_eq!(desk.jobs("remove_blobs").await.len(), 1);
    let expected = [
        ("operator", "remove_emoji", ":tea:"),
        ("operator", "replace_emoji", ":tea:"),
        ("ada", "create_emoji", ":tea:"),
    ];
    assert_eq!(deeds(&desk).await, expected.map(owned));
}
