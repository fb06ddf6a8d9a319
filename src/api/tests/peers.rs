//! Other servers: administrators decide, moderators look, and others do neither.

use actix_web::http::Method;

use super::desk::{Desk, Person};
use crate::clock::HOUR;
use crate::id::{AccountId, ActivityId};
use crate::social::users;
use crate::store::activities::Activity;
use crate::store::follows::Destination;
use crate::store::mailings::Mailing;
use crate::store::{self, QueryResult, Role};

const PEERS: &str = "/api/whimbrel/v1/peers";

/// Somebody with this role and a token for what the staff may do.
async fn staff(desk: &Desk, name: &str, role: Role) -> Person {
    let person = desk.person(name).await;
    users::set_role(&desk.node, person.id, role).await.unwrap();
    let token = desk.token(person.id, "admin:read admin:write").await;
    Person { token, ..person }
}

/// `a.test` is down and has a backlog of two, `b.test` was never tried.
async fn scene(desk: &Desk) {
    let scene = |tx: &mut store::Tx<'_>| -> QueryResult<()> {
        for number in 0..2 {
            let activity = Activity {
                id: ActivityId(tx.new_id()),
                account_id: AccountId(1),
                kind: "Create".to_owned(),
                object_uri: format!("https://node.test/{number}"),
                body: "{}".to_owned(),
                created_at: tx.now(),
            };
            let destination = Destination {
                domain: "a.test".to_owned(),
                inbox_url: "https://a.test/inbox".to_owned(),
            };
            store::mailings::queue(tx, &Mailing::new(&activity, &[destination]))?;
        }
        store::peers::ensure(tx, "b.test")?;
        let down = store::peers::ensure(tx, "a.test")?;
        store::peers::record_failure(tx, down, "no answer", tx.now() + HOUR)
    };
    desk.node.db.write(scene).await.unwrap();
}

#[actix_web::test]
async fn every_route_asks_who_it_is() {
    let desk = Desk::open().await;
    scene(&desk).await;
    let user = staff(&desk, "una", Role::User).await;
    let moderator = staff(&desk, "mia", Role::Moderator).await;
    let admin = staff(&desk, "ada", Role::Admin).await;
    let owner = staff(&desk, "olga", Role::Owner).await;
    let one = format!("{PEERS}/a.test");
    let mut routes = vec![
        (Method::GET, PEERS.to_owned(), 200),
        (Method::GET, one.clone(), 200),
    ];
    for decision in ["retry", "pause", "resume", "forget"] {
        routes.push((Method::POST, format!("{one}/{decision}"), 403));
    }
    for (method, path, for_moderators) in routes {
        let stranger = actix_web::test::TestRequest::with_uri(&path).method(method.clone());
        assert_eq!(desk.send(stranger).await.status, 401, "{path}");
        for (person, status) in [
            (&user, 403),
            (&moderator, for_moderators),
            (&admin, 200),
            (&owner, 200),
        ] {
            let answer = desk.send(person.asks(method.clone(), &path)).await;
            assert_eq!(answer.status, status, "{method} {path}");
        }
    }
    assert_eq!(
        desk.get(&admin, &format!("{PEERS}/c.test")).await.status,
        404
    );
    assert_eq!(
        desk.post(&admin, &format!("{one}/explode")).await.status,
        418
    );
}

#[actix_web::test]
async fn a_peer_is_paused_retried_and_forgotten() {
    let desk = Desk::open().await;
    scene(&desk).await;
    let admin = staff(&desk, "ada", Role::Admin).await;
    let one = format!("{PEERS}/a.test");
    let seen = desk.get(&admin, &one).await.good();
    assert_eq!(
        (
            seen["state"].as_str(),
            seen["backlog"]["deliveries"].as_i64()
        ),
        (Some("down"), Some(2))
    );
    let words = "has taken nothing for 0 seconds; next try in 1 hour; last error: no answer";
    assert_eq!(seen["description"], words);
    for (decision, state, backlog) in [
        ("pause", "paused", 2),
        ("pause", "paused", 2),
        ("resume", "down", 2),
        ("pause", "paused", 2),
        ("retry", "down", 2),
        ("forget", "up", 0),
    ] {
        let decided = desk.post(&admin, &format!("{one}/{decision}")).await.good();
        assert_eq!(decided["state"], state, "{decision}");
        assert_eq!(decided["backlog"]["deliveries"], backlog, "{decision}");
    }
    let forgotten = desk.get(&admin, &one).await.good();
    assert!(forgotten["last_error"].is_null() && forgotten["down_since"].is_null());
}

#[actix_web::test]
async fn peers_are_narrowed_and_paged() {
    let desk = Desk::open().await;
    scene(&desk).await;
    let moderator = staff(&desk, "mia", Role::Moderator).await;
    let domains = |answer: serde_json::Value| -> Vec<String> {
        let list = answer.as_array().unwrap().iter();
        list.map(|peer| peer["domain"].as_str().unwrap().to_owned())
            .collect()
    };
    for (query, expected) in [
        ("", &["a.test", "b.test"][..]),
        ("?state=down", &["a.test"]),
        ("?state=up", &["b.test"]),
        ("?state=backlog", &["a.test"]),
        ("?state=paused", &[]),
        ("?after=a.test", &["b.test"]),
    ] {
        let found = desk
            .get(&moderator, &format!("{PEERS}{query}"))
            .await
            .good();
        assert_eq!(domains(found), expected, "{query}");
    }
    let first = desk.get(&moderator, &format!("{PEERS}?limit=1")).await;
    let link = "<http://node.localhost/api/whimbrel/v1/peers?limit=1&after=a.test>; rel=\"next\"";
    assert_eq!(first.header("link"), link);
    let last = desk
        .get(&moderator, &format!("{PEERS}?limit=1&after=a.test"))
        .await;
    assert_eq!(last.header("link"), "");
    assert_eq!(
        desk.get(&moderator, &format!("{PEERS}?state=odd"))
            .await
            .status,
        422
    );
}
