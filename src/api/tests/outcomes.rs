//! What became of a post: for its author and the staff, server by server.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::clock::HOUR;
use crate::id::{ActivityId, StatusId};
use crate::social::users;
use crate::store::activities::Activity;
use crate::store::follows::Destination;
use crate::store::mailings::Mailing;
use crate::store::{self, OutcomeState, QueryResult, Role, outcomes};

/// A post of Ann's that `a.test` has, `b.test` lacks because it is down, and `c.test` refused.
async fn post(desk: &Desk, ann: &Person) -> String {
    let body = json!({"status": "hello"});
    let path = "/api/v1/statuses";
    let answer = desk.send_json(ann, actix_web::http::Method::POST, path, &body);
    let post = answer.await.good();
    let (id, uri) = (post["id"].as_str().unwrap().to_owned(), post["uri"].clone());
    let (author, uri) = (ann.id, uri.as_str().unwrap().to_owned());
    let send = move |tx: &mut store::Tx<'_>| -> QueryResult<()> {
        let destinations: Vec<Destination> = ["a.test", "b.test", "c.test"]
            .iter()
            .map(|host| Destination {
                domain: (*host).to_owned(),
                inbox_url: format!("https://{host}/inbox"),
            })
            .collect();
        let activity = Activity {
            id: ActivityId(tx.new_id()),
            account_id: author,
            kind: "Create".to_owned(),
            object_uri: uri,
            body: "{}".to_owned(),
            created_at: tx.now(),
        };
        store::mailings::queue(tx, &Mailing::new(&activity, &destinations))?;
        let down = store::peers::ensure(tx, "b.test")?;
        store::peers::record_failure(tx, down, "no answer", tx.now() + HOUR)?;
        for (host, state, reason) in [
            ("a.test", OutcomeState::Taken, None),
            ("c.test", OutcomeState::Refused, Some("HTTP 403 no")),
        ] {
            let peer = store::peers::ensure(tx, host)?;
            let waits = store::deliveries::list_by_last_try(tx, peer, 9)?;
            let ended: Vec<_> = waits.iter().map(|row| row.delivery).collect();
            outcomes::end(tx, &ended, state, reason)?;
        }
        Ok(())
    };
    desk.node.db.write(send).await.unwrap();
    id
}

fn path_of(id: &str) -> String {
    format!("/api/whimbrel/v1/statuses/{id}/delivery")
}

#[actix_web::test]
async fn only_the_author_and_the_staff_see_what_became_of_a_post() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let path = path_of(&post(&desk, &ann).await);
    assert_eq!(desk.get_as_stranger(&path).await.status, 401);
    for (name, role, status) in [
        ("bob", Role::User, 404),
        ("mia", Role::Moderator, 200),
        ("ada", Role::Admin, 200),
        ("olga", Role::Owner, 200),
    ] {
        let person = desk.person(name).await;
        users::set_role(&desk.node, person.id, role).await.unwrap();
        assert_eq!(desk.get(&person, &path).await.status, status, "{name}");
    }
    let seen = desk.get(&ann, &path).await.good();
    let totals = json!({
        "hosts": 3, "delivered": 1, "pending": 1, "refused": 1, "expired": 0, "superseded": 0,
    });
    assert_eq!(seen["totals"], totals);
    let states: Vec<&Value> = seen["hosts"].as_array().unwrap().iter().collect();
    let word = |place: usize| {
        (
            states[place]["host"].as_str(),
            states[place]["state"].as_str(),
        )
    };
    assert_eq!(word(0), (Some("a.test"), Some("delivered")));
    assert_eq!(word(1), (Some("b.test"), Some("pending")));
    assert_eq!(word(2), (Some("c.test"), Some("refused")));
    assert_eq!(states[2]["reason"], "HTTP 403 no");
    assert_eq!(states[1]["waiting"]["last_error"], "no answer");
    assert!(states[1]["waiting"]["next_try_at"].is_string());
    assert_eq!(states[0]["waiting"], Value::Null);
    for missing in ["7", "x", "9223372036854775807"] {
        assert_eq!(
            desk.get(&ann, &path_of(missing)).await.status,
            404,
            "{missing}"
        );
    }
}

#[actix_web::test]
async fn servers_come_page_by_page_and_by_state() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let id = post(&desk, &ann).await;
    let mut next = format!("{}?limit=2", path_of(&id));
    let mut seen = Vec::new();
    loop {
        let answer = desk.get(&ann, &next).await;
        let link = answer.header("link").to_owned();
        for host in answer.good()["hosts"].as_array().unwrap() {
            seen.push(host["host"].as_str().unwrap().to_owned());
        }
        let Some((address, _)) = link.split_once(">; rel=\"next\"") else {
            break;
        };
        next = address.split_once(".localhost").unwrap().1.to_owned();
    }
    assert_eq!(seen, ["a.test", "b.test", "c.test"]);
    let path = format!("{}?state=pending", path_of(&id));
    let pending = desk.get(&ann, &path).await.good();
    assert_eq!(pending["hosts"].as_array().unwrap().len(), 1);
    assert_eq!(pending["totals"]["hosts"], 3, "the totals stay");
    let path = format!("{}?state=lost", path_of(&id));
    assert_eq!(desk.get(&ann, &path).await.status, 400);
}

#[actix_web::test]
async fn a_post_is_found_by_its_number_alone() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let id: StatusId = post(&desk, &ann).await.parse().unwrap();
    let found = desk.node.db.read(move |conn| {
        let status = crate::social::outcomes::find_any(conn, id)?;
        Ok::<_, crate::social::Error>(crate::social::outcomes::count(conn, &status)?)
    });
    let words = found.await.unwrap().in_words();
    assert_eq!(words, "Delivered to 1 of 3 servers · 1 waiting · 1 refused");
}
