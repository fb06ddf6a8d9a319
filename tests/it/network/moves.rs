//! What crosses between nodes when people move.

use serde_json::Value;
use whimbrel::keys::Secret;
use whimbrel::social::{moves, users};
use whimbrel::store::{self, Conn};

use crate::support::databases::on_both;
use crate::support::networks::Fediverse;
use crate::support::people::Person;

async fn relation(who: &Person, id: &str) -> Value {
    let path = format!("/api/v1/accounts/relationships?id[]={id}");
    who.get(&path).await.ok()[0].clone()
}

on_both! {
    async fn followers_elsewhere_come_along_when_somebody_moves(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta", "gamma"]).await;
        let [alpha, beta, gamma] = &world.nodes[..] else { panic!("three nodes") };
        let (ann, anna) = (alpha.person("ann").await, beta.person("anna").await);
        let ben = gamma.person("ben").await;
        let at_ben = ben.follows(&ann).await;
        world.settle().await;
        let old = anna.finds("accounts", &ann.handle()).await.parse().expect("an id");
        let look = move |conn: &mut Conn| store::accounts::find(conn, old);
        let old = beta.node.db.read(look).await.unwrap().expect("Ann is known there");
        moves::add_alias(&beta.node, anna.id.unwrap(), &old).await.expect("an alias");
        world.settle().await;
        let new = ann.finds("accounts", &anna.handle()).await.parse().expect("an id");
        let person = users::find_by_id(&alpha.node, ann.id.unwrap()).await.unwrap();
        let password = Secret::new("the password of ann".to_owned());
        let moved = moves::move_away(&alpha.node, &person.expect("Ann"), password, new).await;
        moved.expect("she moves");
        world.settle().await;
        let now = ben.finds("accounts", &anna.handle()).await;
        assert_eq!(relation(&ben, &now).await["following"], true);
        assert_eq!(relation(&ben, &at_ben).await["following"], false);
        let shown = ben.get(&format!("/api/v1/accounts/{at_ben}")).await.ok();
        assert_eq!(shown["moved"]["id"], now.as_str());
        anna.says("new house").await;
        world.settle().await;
        assert_eq!(ben.home_texts().await, ["new house"]);
    }
}
