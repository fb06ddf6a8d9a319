//! What two nodes know of the follows between them drifts apart, and is put right.

use serde_json::json;
use whimbrel::clock::MINUTE;
use whimbrel::federation::identities;
use whimbrel::federation::signatures::sign::sign_get;
use whimbrel::store::{self, QueryResult, Tx};

use crate::support::databases::on_both;
use crate::support::networks::Fediverse;
use crate::support::nodes::TestNode;
use crate::support::people::Person;

/// A follow as a node knows it: whether it is there, and accepted.
async fn known(node: &TestNode, who: &str, whom: &str) -> Option<bool> {
    let (who, whom) = (who.to_owned(), whom.to_owned());
    let look = move |conn: &mut store::Conn| -> QueryResult<Option<bool>> {
        let who = store::accounts::find_by_handle(conn, &who)?.unwrap();
        let whom = store::accounts::find_by_handle(conn, &whom)?.unwrap();
        let follow = store::follows::find(conn, who.id, whom.id)?;
        Ok(follow.map(|follow| follow.is_accepted))
    };
    node.node.db.read(look).await.unwrap()
}

/// A node loses a follow, or its acceptance, as a restored backup does.
async fn lose(node: &TestNode, who: &str, whom: &str, only_acceptance: bool) {
    let (who, whom) = (who.to_owned(), whom.to_owned());
    let write = move |tx: &mut Tx<'_>| -> QueryResult<()> {
        let who = store::accounts::find_by_handle(tx, &who)?.unwrap();
        let whom = store::accounts::find_by_handle(tx, &whom)?.unwrap();
        let mut follow = store::follows::find(tx, who.id, whom.id)?.unwrap();
        if only_acceptance {
            follow.is_accepted = false;
            return store::follows::update(tx, &follow);
        }
        store::follows::delete(tx, follow.id).map(drop)
    };
    node.node.db.write(write).await.unwrap();
}

async fn says_to_followers(person: &Person, text: &str) {
    let draft = json!({ "status": text, "visibility": "private" });
    person.post("/api/v1/statuses", draft).await.ok();
}

on_both! {
    async fn drift_is_put_right_on_both_sides(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let (alpha, beta) = (&world.nodes[0], &world.nodes[1]);
        let ben = beta.person("ben").await;
        let at_beta = ben.handle();
        let mut people = Vec::new();
        for name in ["ann", "dora", "eve", "fay"] {
            let person = alpha.person(name).await;
            person.follows(&ben).await;
            people.push(person);
        }
        world.settle().await;
        world.clock.advance(MINUTE);
        let at_alpha = |name: &str| format!("{name}@{}", alpha.domain);
        says_to_followers(&ben, "all is well").await;
        world.settle().await;
        let synced = alpha.node.db.read({
            let at_beta = at_beta.clone();
            move |conn| {
                let ben = store::accounts::find_by_handle(conn, &at_beta)?.unwrap();
                store::follower_syncs::find(conn, ben.id)
            }
        });
        assert_eq!(synced.await.unwrap(), None, "both know the same: nothing is asked");
        lose(beta, &at_alpha("ann"), "ben", false).await;
        lose(alpha, "dora", &at_beta, false).await;
        lose(alpha, "fay", &at_beta, true).await;
        world.clock.advance(6 * MINUTE);
        says_to_followers(&ben, "who hears this?").await;
        world.settle().await;
        assert_eq!(known(alpha, "ann", &at_beta).await, None, "beta does not know her as a follower");
        assert_eq!(known(beta, &at_alpha("dora"), "ben").await, None, "alpha says that she does not follow");
        assert_eq!(known(alpha, "fay", &at_beta).await, Some(true), "her request was accepted");
        assert_eq!(known(alpha, "eve", &at_beta).await, Some(true));
        assert_eq!(known(beta, &at_alpha("eve"), "ben").await, Some(true));
    }
}

on_both! {
    async fn followers_are_listed_only_for_the_server_that_signs(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let ann = world.nodes[0].person("ann").await;
        let ben = world.nodes[1].person("ben").await;
        let cat = world.nodes[2].person("cat").await;
        ann.follows(&ben).await;
        world.settle().await;
        let path = "/users/ben/followers_synchronization";
        let beta = world.nodes[1].anybody();
        let stranger = beta.get(path).await;
        assert_eq!(stranger.status, 401, "{stranger:?}");
        for (node, person, expected) in [
            (&world.nodes[0], &ann, vec![format!("{}/users/ann", world.nodes[0].origin())]),
            (&world.nodes[2], &cat, Vec::new()),
        ] {
            let id = person.id.unwrap();
            let identity = node.node.db.read(move |conn| identities::find(conn, id)).await.unwrap().unwrap();
            let url = format!("{}{path}", world.nodes[1].origin()).parse().unwrap();
            let mut request = beta.request(reqwest::Method::GET, path);
            for (name, value) in sign_get(&identity, &url, world.clock.now()).unwrap() {
                request = request.header(name, value);
            }
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 200, "{}", person.username);
            let list: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            assert_eq!(list["orderedItems"], json!(expected), "{}", person.username);
        }
    }
}
