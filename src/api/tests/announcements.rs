//! Who may say something to everybody, and reactions with custom emoji.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::Desk;
use super::emojis::add_emoji;
use crate::social::Error;
use crate::social::announcements::{self, Draft};
use crate::social::emojis::{self, EmojiChange};
use crate::social::staff::By;
use crate::store::Role;

fn draft() -> Draft {
    Draft {
        text: "A cup of :tea: for everybody".to_owned(),
        ..Draft::default()
    }
}

#[actix_web::test]
async fn only_administrators_announce() {
    let desk = Desk::open().await;
    for (by, may) in [
        (By::Operator, true),
        (By::Person(Role::Owner), true),
        (By::Person(Role::Admin), true),
        (By::Person(Role::Moderator), false),
        (By::Person(Role::User), false),
    ] {
        let made = announcements::create(&desk.node, by, draft(), true).await;
        assert_eq!(made.is_ok(), may, "{by:?}");
        assert!(may || matches!(made, Err(Error::Forbidden(_))), "{by:?}");
    }
}

#[actix_web::test]
async fn custom_emoji_show_as_long_as_they_can_be_used() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let tea = add_emoji(&desk, "tea").await;
    let told = announcements::create(&desk.node, By::Operator, draft(), true).await;
    let id = told.unwrap().id;
    let path = format!("/api/v1/announcements/{id}/reactions/tea");
    let answer = desk
        .send_json(&ann, Method::PUT, &path, &Value::Null)
        .await
        .good();
    assert_eq!(answer, json!({}));
    let list = desk.get(&ann, "/api/v1/announcements").await.good();
    let picture = desk.node.urls.media(&tea.file_key);
    assert_eq!(list[0]["emojis"][0]["url"], picture);
    let expected = json!([{
        "name": "tea", "count": 1, "me": true, "url": picture, "static_url": picture,
    }]);
    assert_eq!(list[0]["reactions"], expected);
    let off = EmojiChange {
        enabled: Some(false),
        ..EmojiChange::default()
    };
    emojis::change(&desk.node, By::Operator, tea.id, off)
        .await
        .unwrap();
    let list = desk.get(&ann, "/api/v1/announcements").await.good();
    assert_eq!(list[0]["reactions"], json!([]));
    let answer = desk.send_json(&ann, Method::DELETE, &path, &Value::Null);
    assert_eq!(answer.await.status, 200);
}
