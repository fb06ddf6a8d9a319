//! Notifications in groups.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::{Answer, Desk, Person};
use crate::clock::HOUR;

const V1: &str = "/api/v1/notifications";
const V2: &str = "/api/v2/notifications";

async fn post(desk: &Desk, person: &Person, text: &str) -> String {
    let body = json!({ "status": text });
    let path = "/api/v1/statuses";
    let made = desk
        .send_json(person, Method::POST, path, &body)
        .await
        .good();
    made["id"].as_str().unwrap().to_owned()
}

async fn favour(desk: &Desk, person: &Person, status: &str) {
    let path = format!("/api/v1/statuses/{status}/favourite");
    desk.post(person, &path).await.good();
}

async fn people(desk: &Desk, count: usize) -> Vec<Person> {
    let mut people = Vec::new();
    for number in 0..count {
        people.push(desk.person(&format!("p{number}")).await);
    }
    people
}

/// Type and size of each group.
fn shapes(answer: &Value) -> Vec<(&str, i64)> {
    let groups = answer["notification_groups"].as_array().unwrap().iter();
    groups
        .map(|group| {
            let kind = group["type"].as_str().unwrap();
            (kind, group["notifications_count"].as_i64().unwrap())
        })
        .collect()
}

fn next(answer: &Answer) -> Option<String> {
    let (address, _) = answer.header("link").split_once(">; rel=\"next\"")?;
    Some(address[address.find("/api/")?..].to_owned())
}

#[actix_web::test]
async fn what_many_do_is_shown_as_one() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let crowd = people(&desk, 10).await;
    let (first, second) = (
        post(&desk, &ann, "one").await,
        post(&desk, &ann, "two").await,
    );
    for person in &crowd {
        favour(&desk, person, &first).await;
        let path = format!("/api/v1/accounts/{}/follow", ann.id);
        desk.post(person, &path).await.good();
    }
    favour(&desk, &crowd[0], &second).await;
    post(&desk, &crowd[1], "@ann").await;
    let all = desk.get(&ann, V2).await.good();
    assert_eq!(
        shapes(&all),
        [
            ("mention", 1),
            ("favourite", 1),
            ("follow", 10),
            ("favourite", 10)
        ]
    );
    let group = &all["notification_groups"][3];
    let samples = group["sample_account_ids"].as_array().unwrap();
    assert_eq!(
        (samples.len(), samples[0].as_str()),
        (8, Some(&*crowd[9].id.to_string()))
    );
    assert_eq!(group["status_id"], first);
    assert!(group["most_recent_notification_id"].is_i64());
    assert!(group["latest_page_notification_at"].is_string());
    let key = group["group_key"].as_str().unwrap();
    assert!(key.starts_with(&format!("favourite-{first}-")), "{key}");
    assert!(
        all["notification_groups"][0]["group_key"]
            .as_str()
            .unwrap()
            .starts_with("ungrouped-")
    );
    // Everything that is named is there, once.
    assert_eq!(all["statuses"].as_array().unwrap().len(), 3);
    assert_eq!(all["accounts"].as_array().unwrap().len(), 10);
    assert!(all.get("partial_accounts").is_none());
    let partial = desk
        .get(&ann, &format!("{V2}?expand_accounts=partial_avatars"))
        .await
        .good();
    let full = partial["accounts"].as_array().unwrap().len();
    let rest = partial["partial_accounts"].as_array().unwrap();
    assert!(full < 10 && full + rest.len() == 10);
    assert!(rest[0].get("note").is_none() && rest[0]["avatar"].is_string());
    assert_eq!(
        desk.get(&ann, &format!("{V2}?expand_accounts=all"))
            .await
            .status,
        400
    );
    // Single ones say the same key.
    let singles = desk
        .get(&ann, &format!("{V1}?types[]=favourite"))
        .await
        .good();
    assert_eq!(
        (singles.as_array().unwrap().len(), &singles[1]["group_key"]),
        (11, &json!(key))
    );
    // One group by itself, and all who are in it.
    let one = desk.get(&ann, &format!("{V2}/{key}")).await.good();
    assert_eq!(shapes(&one), [("favourite", 10)]);
    let path = format!("{V2}/{key}/accounts?limit=4");
    let (mut seen, mut at) = (Vec::new(), Some(path));
    while let Some(path) = at.take() {
        let answer = desk.get(&ann, &path).await;
        at = next(&answer);
        let page = answer.good();
        let ids = page.as_array().unwrap().iter();
        seen.extend(ids.map(|account| account["id"].as_str().unwrap().to_owned()));
    }
    let expected: Vec<String> = crowd
        .iter()
        .rev()
        .map(|person| person.id.to_string())
        .collect();
    assert_eq!(seen, expected);
    for path in [
        format!("{V2}/nothing-1"),
        format!("{V2}/ungrouped-99/accounts"),
        format!("{V2}/ungrouped-x"),
    ] {
        assert_eq!(desk.get(&ann, &path).await.status, 404, "{path}");
        assert_eq!(
            desk.get(&crowd[0], &format!("{V2}/{key}")).await.status,
            404
        );
    }
}

#[actix_web::test]
async fn groups_are_chosen_counted_paged_and_removed() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let crowd = people(&desk, 3).await;
    let mut statuses = Vec::new();
    for number in 0..5 {
        let status = post(&desk, &ann, &number.to_string()).await;
        for person in &crowd {
            favour(&desk, person, &status).await;
        }
        statuses.push(status);
    }
    post(&desk, &crowd[0], "@ann").await;
    for (query, expected) in [
        ("?types[]=mention", vec![("mention", 1)]),
        ("?types[]=poll", vec![]),
        (
            "?exclude_types[]=mention&limit=2",
            vec![("favourite", 3); 2],
        ),
        (
            "?grouped_types[]=follow&types[]=favourite",
            vec![("favourite", 1); 15],
        ),
        (
            "?grouped_types[]=reblog&limit=3",
            vec![("mention", 1), ("favourite", 1), ("favourite", 1)],
        ),
    ] {
        let found = desk.get(&ann, &format!("{V2}{query}")).await.good();
        assert_eq!(shapes(&found), expected, "{query}");
    }
    let of_one = format!("{V2}?account_id={}", crowd[1].id);
    assert_eq!(
        shapes(&desk.get(&ann, &of_one).await.good()),
        vec![("favourite", 1); 5]
    );
    // A walk down sees each group once.
    let (mut seen, mut at) = (Vec::new(), Some(format!("{V2}?limit=2&types[]=favourite")));
    while let Some(path) = at.take() {
        let answer = desk.get(&ann, &path).await;
        at = next(&answer);
        let page = answer.good();
        let groups = page["notification_groups"].as_array().unwrap().iter();
        seen.extend(groups.map(|group| group["status_id"].as_str().unwrap().to_owned()));
    }
    let expected: Vec<String> = statuses.iter().rev().cloned().collect();
    assert_eq!(seen, expected);
    let count = desk.get(&ann, &format!("{V2}/unread_count")).await.good();
    assert_eq!(count, json!({"count": 6}));
    let all = desk.get(&ann, V2).await.good();
    let third = all["notification_groups"][2]["most_recent_notification_id"].to_string();
    let read = format!("/api/v1/markers?notifications[last_read_id]={third}");
    desk.post(&ann, &read).await.good();
    assert_eq!(
        desk.get(&ann, &format!("{V2}/unread_count")).await.good(),
        json!({"count": 2})
    );
    // What is taken back leaves the group, and another one is its newest.
    let path = format!("/api/v1/statuses/{}/unfavourite", statuses[4]);
    desk.post(&crowd[2], &path).await.good();
    let all = desk.get(&ann, V2).await.good();
    assert_eq!(shapes(&all)[..2], [("mention", 1), ("favourite", 2)]);
    assert_eq!(
        all["notification_groups"][1]["sample_account_ids"][0],
        crowd[1].id.to_string()
    );
    // A group goes as a whole; one by one likewise.
    let key = all["notification_groups"][1]["group_key"].as_str().unwrap();
    let dismiss = format!("{V2}/{key}/dismiss");
    desk.post(&crowd[0], &dismiss).await.good();
    assert_eq!(
        desk.get(&ann, V2).await.good(),
        all,
        "nobody dismisses what others see"
    );
    for again in [&dismiss, &dismiss, &format!("{V2}/ungrouped-x/dismiss")] {
        assert_eq!(desk.post(&ann, again).await.good(), json!({}));
    }
    let mention = all["notification_groups"][0]["group_key"].as_str().unwrap();
    desk.post(&ann, &format!("{V2}/{mention}/dismiss"))
        .await
        .good();
    assert_eq!(
        shapes(&desk.get(&ann, V2).await.good()),
        vec![("favourite", 3); 4]
    );
    let newest = desk.get(&ann, &format!("{V1}?limit=1")).await.good();
    let id = newest[0]["id"].as_str().unwrap();
    let old_form = json!({ "id": id });
    desk.send_json(&ann, Method::POST, &format!("{V1}/dismiss"), &old_form)
        .await
        .good();
    assert_eq!(
        shapes(&desk.get(&ann, V2).await.good())[0],
        ("favourite", 2)
    );
    assert_eq!(
        desk.post(&ann, &format!("{V2}/clear")).await.good(),
        json!({})
    );
    assert_eq!(shapes(&desk.get(&ann, V2).await.good()), []);
}

#[actix_web::test]
async fn a_group_lasts_twelve_hours() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let crowd = people(&desk, 3).await;
    let status = post(&desk, &ann, "x").await;
    favour(&desk, &crowd[0], &status).await;
    desk.node.clock.advance(11 * HOUR);
    favour(&desk, &crowd[1], &status).await;
    desk.node.clock.advance(HOUR);
    favour(&desk, &crowd[2], &status).await;
    let all = desk.get(&ann, V2).await.good();
    assert_eq!(shapes(&all), [("favourite", 1), ("favourite", 2)]);
}
