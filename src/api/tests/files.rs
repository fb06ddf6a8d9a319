//! Files of statuses: attached once, described with an edit, given back by a deletion.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::api::testing::{Answer, Asking, Person, World};
use crate::id::AttachmentId;
use crate::store::attachments::Attachment;
use crate::store::{self, AttachmentKind};

/// A picture that this person has uploaded.
async fn upload(world: &World, owner: &Person) -> AttachmentId {
    let account_id = owner.id;
    let written = world.node().db.write(move |tx| {
        let id = AttachmentId(tx.new_id());
        let row = Attachment {
            kind: AttachmentKind::Image,
            mime: "image/png".into(),
            file_key: Some(format!("{id}.png")),
            width: Some(2),
            height: Some(1),
            ..Attachment::blank(id, account_id, 0)
        };
        store::attachments::insert(tx, &[row])?;
        Ok::<_, store::Error>(id)
    });
    written.await.unwrap()
}

async fn change(world: &World, who: &Person, method: Method, path: &str, body: Value) -> Answer {
    let asking = Asking {
        method,
        path,
        body,
        key: None,
    };
    world.ask(Some(who), asking).await
}

fn ids(status: &Value) -> Vec<String> {
    let files = status["media_attachments"].as_array().unwrap();
    files
        .iter()
        .map(|file| file["id"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn files_belong_to_one_status_of_their_owner() {
    let world = World::new().await;
    let (ann, bob) = (world.person("ann").await, world.person("bob").await);
    let (first, second) = (upload(&world, &ann).await, upload(&world, &ann).await);
    let body = json!({"media_ids": [second, first]});
    let theirs = world
        .send(Some(&bob), "/api/v1/statuses", body.clone())
        .await;
    assert_eq!(theirs.status, 422);
    let posted = world
        .send(Some(&ann), "/api/v1/statuses", body.clone())
        .await;
    assert_eq!(posted.status, 200, "{}", posted.text);
    assert_eq!(ids(&posted.json), [second.to_string(), first.to_string()]);
    let again = world.send(Some(&ann), "/api/v1/statuses", body).await;
    assert_eq!(again.status, 422);
    let media = world
        .get(None, "/api/v1/timelines/public?only_media=true")
        .await;
    assert_eq!(media.json[0]["id"], posted.json["id"]);
}

#[actix_web::test]
async fn an_edit_describes_files_and_a_deletion_gives_them_back() {
    let world = World::new().await;
    let ann = world.person("ann").await;
    let (first, second) = (upload(&world, &ann).await, upload(&world, &ann).await);
    let id = world
        .post(&ann, json!({"status": "x", "media_ids": [first, second]}))
        .await;
    let path = format!("/api/v1/statuses/{id}");
    for (attributes, status) in [
        (json!({"id": second, "focus": "left"}), 422),
        (
            json!({"id": second, "description": "x".repeat(10_001)}),
            422,
        ),
        (
            json!({"id": second, "description": "A cat", "focus": "0.5,-1"}),
            200,
        ),
    ] {
        let body = json!({"status": "x", "media_ids": [second], "media_attributes": [attributes]});
        let edited = change(&world, &ann, Method::PUT, &path, body).await;
        assert_eq!(edited.status, status, "{}", edited.text);
    }
    let shown = world.get(None, &path).await.json;
    assert_eq!(ids(&shown), [second.to_string()]);
    assert_eq!(shown["media_attachments"][0]["description"], "A cat");
    assert_eq!(
        shown["media_attachments"][0]["meta"]["focus"],
        json!({"x": 0.5, "y": -1.0})
    );
    let history = world.get(None, &format!("{path}/history")).await.json;
    assert_eq!(ids(&history[0]), [first.to_string(), second.to_string()]);
    assert_eq!(ids(&history[1]), [second.to_string()]);

    let deleted = change(&world, &ann, Method::DELETE, &path, Value::Null).await;
    assert_eq!(ids(&deleted.json), [second.to_string()]);
    let anew = world.post(&ann, json!({"media_ids": [second]})).await;
    let path = format!("/api/v1/statuses/{anew}?delete_media=true");
    let deleted = change(&world, &ann, Method::DELETE, &path, Value::Null).await;
    assert_eq!(deleted.status, 200);
    let gone = json!({"media_ids": [second]});
    assert_eq!(
        world
            .send(Some(&ann), "/api/v1/statuses", gone)
            .await
            .status,
        422
    );
}
