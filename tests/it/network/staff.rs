//! What crosses between nodes when people move and when they report.

use serde_json::{Value, json};
use whimbrel::keys::Secret;
use whimbrel::social::{moves, tokens, users};
use whimbrel::store::{self, Conn, Role};

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

on_both! {
    async fn a_report_reaches_the_staff_of_the_other_node_without_a_name(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let [alpha, beta] = &world.nodes[..] else { panic!("two nodes") };
        let (ann, ben, mia) = (alpha.person("ann").await, beta.person("ben").await, beta.person("mia").await);
        users::set_role(&beta.node, mia.id.unwrap(), Role::Moderator).await.expect("Mia");
        let scopes = "read write admin:read admin:write";
        let token = tokens::create_for(&beta.node, mia.id.unwrap(), "staff", scopes).await;
        let mia = mia.with_token(token.expect("a token").secret.expose().to_owned());
        let there = ann.follows(&ben).await;
        world.settle().await;
        let said = ben.says("buy my pills").await;
        world.settle().await;
        let seen = ann.home().await[0]["id"].clone();
        let report = json!({
            "account_id": there, "status_ids": [seen], "comment": "spam", "forward": true,
        });
        ann.post("/api/v1/reports", report).await.ok();
        world.settle().await;
        let reports = mia.get("/api/v1/admin/reports").await.ok();
        assert_eq!(reports.as_array().map(Vec::len), Some(1), "{reports}");
        let report = &reports[0];
        assert_eq!(report["comment"], "spam");
        assert_eq!(report["target_account"]["username"], "ben");
        assert_eq!(report["statuses"][0]["uri"], said["uri"]);
        assert_ne!(report["account"]["username"], "ann");
    }
}
