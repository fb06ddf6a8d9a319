//! Search in what the node knows.

use serde_json::json;

use super::desk::{Desk, Person, ids};
use crate::id::AccountId;
use crate::social::statuses::{Draft, publish};
use crate::store::Visibility;
use crate::store::jobs::Job;

async fn post(desk: &Desk, person: &Person, text: &str, visibility: Visibility) -> String {
    let draft = Draft {
        text: text.to_owned(),
        visibility: Some(visibility),
        ..Draft::default()
    };
    publish(&desk.node, person.id, draft)
        .await
        .unwrap()
        .to_string()
}

#[actix_web::test]
async fn accounts_and_tags_are_found_by_their_beginning() {
    let desk = Desk::open().await;
    let (ann, anna) = (desk.person("ann").await, desk.person("anna").await);
    desk.person("ben").await;
    post(&desk, &ann, "See #AnnBirds", Visibility::Public).await;
    let (ann_id, anna_id) = (ann.id.to_string(), anna.id.to_string());
    let both = vec![ann_id.as_str(), anna_id.as_str()];
    for (query, accounts, tags) in [
        ("q=ann", both.clone(), vec!["annbirds"]),
        ("q=@ann", both.clone(), vec![]),
        ("q=%23ann", vec![], vec!["annbirds"]),
        ("q=ann@node.localhost", vec![ann_id.as_str()], vec![]),
        ("q=ann&type=accounts&limit=1", vec![ann_id.as_str()], vec![]),
        ("q=ann&type=hashtags", vec![], vec!["annbirds"]),
        ("q=ann&exclude_unreviewed=true", both.clone(), vec![]),
        ("q=ann&type=statuses", vec![], vec![]),
        ("q=ann&type=collections", vec![], vec![]),
        ("q=zoe", vec![], vec![]),
    ] {
        let found = desk
            .get_as_stranger(&format!("/api/v2/search?{query}"))
            .await
            .good();
        assert_eq!(ids(&found["accounts"]), accounts, "{query}");
        let names = found["hashtags"].as_array().unwrap().iter();
        let names: Vec<_> = names.map(|tag| tag["name"].as_str().unwrap()).collect();
        assert_eq!(names, tags, "{query}");
        assert_eq!(
            (&found["statuses"], &found["collections"]),
            (&json!([]), &json!([]))
        );
    }
    let path = "/api/v1/accounts/search?q=ann&limit=1&offset=1";
    assert_eq!(ids(&desk.get(&ann, path).await.good()), [anna_id.as_str()]);
    let path = "/api/v1/accounts/search?q=ann&following=true";
    assert_eq!(desk.get(&ann, path).await.good(), json!([]));
}

#[actix_web::test]
async fn an_address_finds_what_it_is_the_address_of() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    let open = post(&desk, &ann, "Hello", Visibility::Public).await;
    let closed = post(&desk, &ann, "Psst", Visibility::Private).await;
    let ann_id = ann.id.to_string();
    for (address, accounts, statuses) in [
        ("@ann".to_owned(), vec![ann_id.as_str()], vec![]),
        ("users/ann".to_owned(), vec![ann_id.as_str()], vec![]),
        (format!("@ann/{open}"), vec![], vec![open.as_str()]),
        (
            format!("users/ann/statuses/{open}"),
            vec![],
            vec![open.as_str()],
        ),
        (format!("@ann/{closed}"), vec![], vec![]),
        ("@ann/1".to_owned(), vec![], vec![]),
        ("@zoe".to_owned(), vec![], vec![]),
    ] {
        let path = format!("/api/v2/search?q=http://node.localhost/{address}");
        let found = desk.get(&ben, &path).await.good();
        assert_eq!(ids(&found["accounts"]), accounts, "{address}");
        assert_eq!(ids(&found["statuses"]), statuses, "{address}");
    }
    let id: i64 = open.parse().unwrap();
    for (filter, is_found) in [
        (format!("account_id={ann_id}"), true),
        (format!("account_id={}", ben.id), false),
        (format!("min_id={}&max_id={}", id - 1, id + 1), true),
        (format!("min_id={id}"), false),
        (format!("max_id={id}"), false),
    ] {
        let path = format!("/api/v2/search?q=http://node.localhost/@ann/{open}&{filter}");
        let found = desk.get(&ben, &path).await.good();
        let expected: &[&str] = if is_found { &[open.as_str()] } else { &[] };
        assert_eq!(ids(&found["statuses"]), expected, "{filter}");
    }
}

#[test]
fn the_migration_queues_a_job_that_can_be_read() {
    for sql in [
        include_str!("../../../migrations/sqlite/0032_people/up.sql"),
        include_str!("../../../migrations/postgres/0032_people/up.sql"),
    ] {
        let payload = sql.split('\'').find(|part| part.starts_with('{')).unwrap();
        let job: Job = serde_json::from_str(payload).unwrap();
        let first = Job::IndexNames {
            after: AccountId(0),
        };
        assert_eq!(job, first);
        assert!(sql.contains(&format!("'{}'", job.kind())));
    }
}

#[actix_web::test]
async fn strangers_may_not_ask_everything() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    for (query, stranger, person) in [
        ("q=ann&resolve=true", 401, 200),
        ("q=ann&offset=1", 401, 200),
        ("q=ann&offset=-1", 400, 400),
        ("q=ann&limit=-1", 400, 400),
        ("q=", 400, 400),
        ("", 400, 400),
        ("q=ann&type=nonsense", 400, 400),
    ] {
        let path = format!("/api/v2/search?{query}");
        assert_eq!(
            desk.get_as_stranger(&path).await.status,
            stranger,
            "{query}"
        );
        assert_eq!(desk.get(&ann, &path).await.status, person, "{query}");
    }
}
