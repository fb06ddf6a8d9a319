//! Who may say something to everybody, and reactions with custom emoji.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::Desk;
use super::emojis::{add_emoji, deeds, owned, ranked};
use crate::social::Error;
use crate::social::announcements::{self, Draft};
use crate::social::emojis::{self, EmojiChange};
use crate::social::moderation::staff::Staff;
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
    let mut made = Vec::new();
    for (name, role, may) in [
        ("olga", Role::Owner, true),
        ("ada", Role::Admin, true),
        ("mia", Role::Moderator, false),
        ("una", Role::User, false),
    ] {
        let staff = ranked(&desk, name, role).await;
        let told = announcements::create(&desk.node, staff, draft(), true).await;
        assert_eq!(told.is_ok(), may, "{name}");
        assert!(may || matches!(told, Err(Error::Forbidden(_))), "{name}");
        made.extend(told.ok().map(|told| told.id));
    }
    let (node, operator) = (&desk.node, Staff::operator);
    let one = made[0];
    let kept = announcements::update(node, operator(), one, draft()).await;
    assert!(kept.is_ok(), "{kept:?}");
    for _ in 0..2 {
        announcements::withdraw(node, operator(), one)
            .await
            .unwrap();
    }
    announcements::publish(node, operator(), one).await.unwrap();
    announcements::remove(node, operator(), one).await.unwrap();
    let (first, second) = (one.to_string(), made[1].to_string());
    let expected = [
        ("operator", "remove_announcement", first.as_str()),
        ("operator", "publish_announcement", &first),
        ("operator", "withdraw_announcement", &first),
        ("operator", "update_announcement", &first),
        ("ada", "create_announcement", &second),
        ("olga", "create_announcement", &first),
    ];
    assert_eq!(deeds(&desk).await, expected.map(owned));
}

#[actix_web::test]
async fn custom_emoji_show_as_long_as_they_can_be_used() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let tea = add_emoji(&desk, "tea").await;
    let told = announcements::create(&desk.node, Staff::operator(), draft(), true).await;
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
    emojis::change(&desk.node, Staff::operator(), tea.id, off)
        .await
        .unwrap();
    let list = desk.get(&ann, "/api/v1/announcements").await.good();
    assert_eq!(list[0]["reactions"], json!([]));
    let answer = desk.send_json(&ann, Method::DELETE, &path, &Value::Null);
    assert_eq!(answer.await.status, 200);
}
