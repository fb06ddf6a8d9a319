//! Nobody reads what is not meant for them: one author, each visibility, each reader, each GET route.

use serde_json::json;

use crate::api::testing::{Person, World};
use crate::id::StatusId;
use crate::social::blocks;
use crate::store::bookmarks::Bookmark;
use crate::store::favourites::Favourite;
use crate::store::home::Entry;
use crate::store::notifications::NewNotification;
use crate::store::{self, NotificationKind};

/// A status, the word that gives it away, and who may read it.
struct Secret {
    id: StatusId,
    word: &'static str,
    readers: &'static [&'static str],
}

/// One author, their statuses below a status of their own, and everybody who may want to read them.
struct Scene {
    world: World,
    root: StatusId,
    secrets: Vec<Secret>,
    people: Vec<(&'static str, Option<Person>)>,
}

async fn scene() -> Scene {
    let world = World::new().await;
    let author = world.person("author").await;
    let follower = world.person("follower").await;
    let mentioned = world.person("mentioned").await;
    let stranger = world.person("stranger").await;
    let blocked = world.person("blocked").await;
    for reader in [&follower, &blocked] {
        world.follow(reader, &author).await;
    }
    let root = world.post(&author, json!({"status": "root"})).await;
    let mut secrets = Vec::new();
    for (visibility, word, readers) in [
        (
            "public",
            "walrus",
            &["anybody", "stranger", "follower", "mentioned", "author"][..],
        ),
        (
            "unlisted",
            "ibis",
            &["anybody", "stranger", "follower", "mentioned", "author"],
        ),
        ("private", "gecko", &["follower", "mentioned", "author"]),
        ("direct", "otter", &["mentioned", "author"]),
    ] {
        let status = format!("@mentioned @blocked {word} #tagged");
        let body = json!({
            "status": status, "visibility": visibility, "in_reply_to_id": root,
        });
        let id = world.post(&author, body).await;
        secrets.push(Secret { id, word, readers });
    }
    blocks::block(world.node(), author.id, blocked.id)
        .await
        .unwrap();
    let people = vec![
        ("anybody", None),
        ("stranger", Some(stranger)),
        ("follower", Some(follower)),
        ("mentioned", Some(mentioned)),
        ("blocked", Some(blocked)),
        ("author", Some(author)),
    ];
    let scene = Scene {
        world,
        root,
        secrets,
        people,
    };
    scene.leave_traces().await;
    scene
}

impl Scene {
    /// Every reader has every status in every list of theirs, as if they could once read it.
    async fn leave_traces(&self) {
        let ids: Vec<StatusId> = self.secrets.iter().map(|secret| secret.id).collect();
        let author = self.people.last().unwrap().1.as_ref().unwrap().id;
        for person in self.people.iter().filter_map(|(_, person)| person.as_ref()) {
            let (ids, reader) = (ids.clone(), person.id);
            let traces = self.world.node().db.write(move |tx| {
                for status_id in ids {
                    let id = tx.new_id();
                    let favourite = Favourite {
                        id,
                        account_id: reader,
                        status_id,
                        uri: format!("test:{id}"),
                        created_at: 0,
                    };
                    store::favourites::insert(tx, &favourite)?;
                    let bookmark = Bookmark {
                        id,
                        account_id: reader,
                        status_id,
                        created_at: 0,
                    };
                    store::bookmarks::insert(tx, &bookmark)?;
                    let entry = Entry {
                        account_id: reader,
                        status_id,
                        author_id: author,
                    };
                    store::home::insert(tx, &[entry])?;
                    let told = NewNotification {
                        account_id: reader,
                        kind: NotificationKind::Status,
                        from_account_id: author,
                        status_id: Some(status_id),
                        created_at: 0,
                        group_key: None,
                        place: store::NotificationPlace::Head,
                    };
                    store::notifications::insert(tx, &told)?;
                }
                Ok::<_, store::Error>(())
            });
            traces.await.unwrap();
        }
    }
}

#[actix_web::test]
async fn a_hidden_status_is_missing_on_each_of_its_routes() {
    let scene = scene().await;
    for (name, person) in &scene.people {
        for secret in &scene.secrets {
            let may_read = secret.readers.contains(name);
            let status = format!("/api/v1/statuses/{}", secret.id);
            for what in [
                "",
                "/context",
                "/history",
                "/reblogged_by",
                "/favourited_by",
                "/source",
            ] {
                let path = format!("{status}{what}");
                let answer = scene.world.get(person.as_ref(), &path).await;
                let expected = match (may_read, what, person) {
                    (_, "/source", None) => 401,
                    (true, ..) => 200,
                    (false, ..) => 404,
                };
                assert_eq!(answer.status, expected, "{name} {} {what}", secret.word);
                if !may_read {
                    assert!(!answer.text.contains(secret.word), "{name} {path}");
                }
            }
        }
    }
}

#[actix_web::test]
async fn lists_hold_what_their_reader_may_read_and_nothing_else() {
    let scene = scene().await;
    let all: Vec<String> = scene
        .secrets
        .iter()
        .map(|secret| format!("id[]={}", secret.id))
        .collect();
    let many = format!("/api/v1/statuses?{}", all.join("&"));
    let context = format!("/api/v1/statuses/{}/context", scene.root);
    for (name, person) in &scene.people {
        for (path, listed) in [
            (many.as_str(), &["walrus", "ibis", "gecko", "otter"][..]),
            (&context, &["walrus", "ibis", "gecko", "otter"]),
            (
                "/api/v1/timelines/home",
                &["walrus", "ibis", "gecko", "otter"],
            ),
            ("/api/v1/timelines/public", &["walrus"]),
            ("/api/v1/timelines/public?local=true", &["walrus"]),
            ("/api/v1/timelines/public?remote=true", &[]),
            ("/api/v1/timelines/tag/tagged", &["walrus"]),
            (
                "/api/v1/timelines/tag/TAGGED?all[]=tagged&any[]=other",
                &["walrus"],
            ),
            ("/api/v1/timelines/tag/tagged?none[]=tagged", &[]),
            ("/api/v1/timelines/tag/tagged?all[]=neverused", &[]),
            ("/api/v1/favourites", &["walrus", "ibis", "gecko", "otter"]),
            ("/api/v1/bookmarks", &["walrus", "ibis", "gecko", "otter"]),
            (
                "/api/v1/notifications",
                &["walrus", "ibis", "gecko", "otter"],
            ),
        ] {
            let answer = scene.world.get(person.as_ref(), path).await;
            // Anonymous people have no lists of their own, and the root of the thread is the author's too.
            let is_own = person.is_none() && answer.status == 401;
            let is_below_hidden = *name == "blocked" && path == context && answer.status == 404;
            if is_own || is_below_hidden {
                continue;
            }
            assert_eq!(answer.status, 200, "{name} {path} {}", answer.text);
            for secret in &scene.secrets {
                let expected = listed.contains(&secret.word) && secret.readers.contains(name);
                let found = answer.text.contains(secret.word);
                assert_eq!(found, expected, "{name} {path} {}", secret.word);
            }
        }
    }
}

#[actix_web::test]
async fn a_notification_is_as_hidden_as_its_status() {
    let scene = scene().await;
    let (_, blocked) = &scene.people[4];
    let reader = blocked.as_ref().unwrap();
    let id = reader.id;
    let filter = store::notifications::Filter::default();
    let page = store::Page::newest(40);
    let rows = scene
        .world
        .node()
        .db
        .read(move |conn| store::notifications::page(conn, id, &filter, &page));
    let rows = rows.await.unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let path = format!("/api/v1/notifications/{}", row.id);
        assert_eq!(scene.world.get(Some(reader), &path).await.status, 404);
        // Somebody else's notifications do not exist.
        let (_, stranger) = &scene.people[1];
        let theirs = scene.world.get(stranger.as_ref(), &path).await;
        assert_eq!(theirs.status, 404);
    }
}

#[actix_web::test]
async fn home_and_marks_need_a_person() {
    let world = World::new().await;
    for path in [
        "/api/v1/timelines/home",
        "/api/v1/timelines/list/1",
        "/api/v1/favourites",
        "/api/v1/bookmarks",
        "/api/v1/notifications",
        "/api/v1/notifications/unread_count",
        "/api/v1/markers",
    ] {
        assert_eq!(world.get(None, path).await.status, 401, "{path}");
    }
    let path = "/api/v1/statuses/1/translate";
    assert_eq!(world.get(None, path).await.status, 404, "{path}");
}
