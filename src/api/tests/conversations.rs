//! Conversations by direct statuses.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::id::StatusId;
use crate::social::conversations;
use crate::store::jobs::Job;

const ALL: &str = "/api/v1/conversations";

async fn say(desk: &Desk, person: &Person, text: &str, answers: Option<&Value>) -> Value {
    let body = json!({"status": text, "visibility": "direct",
        "in_reply_to_id": answers.map(|status| status["id"].clone())});
    let path = "/api/v1/statuses";
    desk.send_json(person, Method::POST, path, &body)
        .await
        .good()
}

/// With whom somebody talks, what was said last, and whether it is unread.
async fn talks(desk: &Desk, person: &Person) -> Vec<(Vec<String>, String, bool)> {
    let found = desk.get(person, ALL).await.good();
    let found = found.as_array().unwrap().iter();
    found
        .map(|one| {
            let accounts = one["accounts"].as_array().unwrap().iter();
            let names = accounts.map(|account| account["acct"].as_str().unwrap().to_owned());
            let last = one["last_status"]["id"].as_str().unwrap_or_default();
            (
                names.collect(),
                last.to_owned(),
                one["unread"].as_bool().unwrap(),
            )
        })
        .collect()
}

fn id(entity: &Value) -> String {
    entity["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn people_talk_read_and_tidy_up() {
    let desk = Desk::open().await;
    let (ann, ben, cat) = (
        desk.person("ann").await,
        desk.person("ben").await,
        desk.person("cat").await,
    );
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let first = say(&desk, &ann, "@ben hello", None).await;
    assert_eq!(
        talks(&desk, &ann).await,
        [(names(&["ben"]), id(&first), false)]
    );
    assert_eq!(
        talks(&desk, &ben).await,
        [(names(&["ann"]), id(&first), true)]
    );
    assert_eq!(talks(&desk, &cat).await, []);
    // An answer reads what came before, and is one thread.
    let second = say(&desk, &ben, "@ann hello", Some(&first)).await;
    assert_eq!(
        talks(&desk, &ann).await,
        [(names(&["ben"]), id(&second), true)]
    );
    assert_eq!(
        talks(&desk, &ben).await,
        [(names(&["ann"]), id(&second), false)]
    );
    // With another one it is another conversation.
    let third = say(&desk, &ben, "@ann @cat all three", Some(&second)).await;
    let list = talks(&desk, &ann).await;
    assert_eq!(list[0], (names(&["ben", "cat"]), id(&third), true));
    assert_eq!(list.len(), 2);
    let note = say(&desk, &cat, "a note to myself", None).await;
    assert_eq!(
        talks(&desk, &cat).await[0],
        (names(&["cat"]), id(&note), false)
    );
    let found = desk.get(&ann, ALL).await.good();
    let one = format!("{ALL}/{}", id(&found[0]));
    assert_eq!(
        desk.post(&ann, &format!("{one}/read")).await.good()["unread"],
        false
    );
    assert_eq!(
        desk.post(&ann, &format!("{one}/unread")).await.good()["unread"],
        true
    );
    assert_eq!(desk.post(&ben, &format!("{one}/read")).await.status, 404);
    // What is deleted is not the last one any more.
    let path = format!("/api/v1/statuses/{}", id(&second));
    desk.send(ben.asks(Method::DELETE, &path)).await.good();
    assert_eq!(talks(&desk, &ann).await[1].1, id(&first));
    let path = format!("/api/v1/statuses/{}", id(&third));
    desk.send(ben.asks(Method::DELETE, &path)).await.good();
    assert_eq!(talks(&desk, &ann).await.len(), 1);
    assert_eq!(talks(&desk, &cat).await.len(), 1);
    let found = desk.get(&ann, ALL).await.good();
    let one = format!("{ALL}/{}", id(&found[0]));
    assert_eq!(desk.send(ben.asks(Method::DELETE, &one)).await.status, 404);
    assert_eq!(
        desk.send(ann.asks(Method::DELETE, &one)).await.good(),
        json!({})
    );
    assert_eq!(talks(&desk, &ann).await, []);
    assert_eq!(talks(&desk, &ben).await.len(), 1);
    let again = say(&desk, &ben, "@ann are you there?", Some(&first)).await;
    assert_eq!(
        talks(&desk, &ann).await,
        [(names(&["ben"]), id(&again), true)]
    );
}

#[actix_web::test]
async fn pages_go_by_the_last_status_and_who_is_unwanted_is_not_heard() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    let mut said = Vec::new();
    for number in 0..5 {
        said.push(id(&say(&desk, &ben, &format!("@ann {number}"), None).await));
    }
    let page = desk
        .get(&ann, &format!("{ALL}?limit=2&max_id={}", said[4]))
        .await;
    assert!(page.header("link").contains(&format!("max_id={}", said[2])));
    assert!(page.header("link").contains(&format!("min_id={}", said[3])));
    let page = page.good();
    let last: Vec<_> = page
        .as_array()
        .unwrap()
        .iter()
        .map(|one| id(&one["last_status"]))
        .collect();
    assert_eq!(last, [said[3].clone(), said[2].clone()]);
    desk.post(&ann, &format!("/api/v1/accounts/{}/block", ben.id))
        .await
        .good();
    say(&desk, &ben, "@ann one more", None).await;
    assert_eq!(talks(&desk, &ann).await.len(), 5);
    // What a policy puts aside is in no conversation until it is accepted.
    let cat = desk.person("cat").await;
    let policy = json!({"for_private_mentions": "filter"});
    desk.send_json(&ann, Method::PUT, "/api/v2/notifications/policy", &policy)
        .await
        .good();
    say(&desk, &cat, "@ann psst", None).await;
    assert_eq!(talks(&desk, &ann).await.len(), 5);
    let waiting = desk
        .get(&ann, "/api/v1/notifications/requests")
        .await
        .good();
    let path = format!("/api/v1/notifications/requests/{}/accept", id(&waiting[0]));
    desk.post(&ann, &path).await.good();
    let list = talks(&desk, &ann).await;
    assert_eq!(
        (list.len(), list[0].0.clone(), list[0].2),
        (6, vec!["cat".to_owned()], true)
    );
}

#[test]
fn the_migration_queues_a_job_that_can_be_read() {
    for sql in [
        include_str!("../../../migrations/sqlite/0013_notification_requests/up.sql"),
        include_str!("../../../migrations/postgres/0013_notification_requests/up.sql"),
    ] {
        let payload = sql.split('\'').find(|part| part.starts_with('{')).unwrap();
        let job: Job = serde_json::from_str(payload).unwrap();
        assert_eq!(job, Job::SortConversations { after: StatusId(0) });
        assert!(sql.contains(&format!("'{}'", job.kind())));
    }
}

#[actix_web::test]
async fn what_was_said_before_there_were_conversations_is_sorted_in_pieces() {
    let desk = Desk::open().await;
    let (ann, ben) = (desk.person("ann").await, desk.person("ben").await);
    let mut last = Value::Null;
    for number in 0..101 {
        last = say(&desk, &ben, &format!("@ann {number}"), None).await;
    }
    for person in [&ann, &ben] {
        let mut list = desk.get(person, &format!("{ALL}?limit=40")).await.good();
        while let Some(one) = list.as_array().and_then(|list| list.first()) {
            desk.send(person.asks(Method::DELETE, &format!("{ALL}/{}", id(one))))
                .await
                .good();
            list = desk.get(person, &format!("{ALL}?limit=1")).await.good();
        }
    }
    conversations::sort_old(&desk.node, StatusId(0))
        .await
        .unwrap();
    let jobs = desk.jobs("sort_conversations").await;
    assert_eq!(jobs.len(), 1);
    assert_ne!(talks(&desk, &ann).await[0].1, id(&last));
    let after = serde_json::from_str::<Value>(&jobs[0]).unwrap()["after"].clone();
    let after: StatusId = after.as_str().unwrap().parse().unwrap();
    // Twice is no more than once.
    for _ in 0..2 {
        conversations::sort_old(&desk.node, after).await.unwrap();
    }
    assert_eq!(
        talks(&desk, &ann).await[0],
        (vec!["ben".to_owned()], id(&last), false)
    );
    let all = desk.get(&ben, &format!("{ALL}?limit=40")).await.good();
    assert_eq!(all.as_array().unwrap().len(), 40);
}
