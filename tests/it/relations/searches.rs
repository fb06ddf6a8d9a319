//! Whom people find by their names, and which collections, on both databases.

use serde_json::{Value, json};
use whimbrel::clock::DAY;
use whimbrel::id::AccountId;
use whimbrel::social::names as indexed;
use whimbrel::social::remote_accounts::{self, RemoteProfile};
use whimbrel::store::accounts::{Account, Counts};
use whimbrel::store::{self, QueryResult};

use super::tools::{deed, id, names, node, relate};
use crate::support::databases::on_both;
use crate::support::nodes::TestNode;
use crate::support::people::Person;

const SEARCH: &str = "/api/v1/accounts/search";

/// Somebody elsewhere whom this node knows.
async fn stranger(node: &TestNode, name: &str, display_name: &str, followers: i64) -> Account {
    let uri = format!("https://far.example/users/{name}");
    let profile = RemoteProfile {
        username: name.to_owned(),
        domain: "far.example".to_owned(),
        url: uri.clone(),
        inbox_url: format!("{uri}/inbox"),
        display_name: display_name.to_owned(),
        uri,
        memorial: name == "jonas",
        ..RemoteProfile::default()
    };
    let write = node.node.db.write(move |tx| -> QueryResult<Account> {
        let account = remote_accounts::receive(tx, &profile)?;
        let counts = Counts {
            followers,
            ..Counts::default()
        };
        remote_accounts::set_counts(tx, account.id, counts)?;
        Ok(account)
    });
    write.await.expect("a database")
}

async fn found(who: &Person, query: &str) -> Vec<String> {
    names(who, &format!("{SEARCH}?q={query}")).await
}

on_both! {
    async fn people_are_found_by_their_names(engine) {
        let node = node(engine).await;
        let (ann, ben, cat) = (node.person("ann").await, node.person("ben").await, node.person("cat").await);
        ben.put_display_name("José Müller").await;
        cat.put_display_name("Jo :party: 山田").await;
        stranger(&node, "jonas", "Jonas", 5_000).await;
        stranger(&node, "small", "Joanna Muller", 3).await;
        // Who has more followers comes first, but for those whom one follows.
        assert_eq!(found(&ann, "jo").await, ["jonas", "small", "ben", "cat"]);
        relate(&ann, "follow", &cat).await;
        relate(&ann, "follow", &ben).await;
        assert_eq!(found(&ann, "jo").await[..2], ["ben", "cat"].map(String::from));
        assert_eq!(found(&ann, "jo&following=true").await, ["ben", "cat"]);
        assert_eq!(found(&ann, "jo&limit=2&offset=1").await, ["cat", "jonas"]);
        for (query, expected) in [
            ("jose%20m", &["ben"][..]),
            ("M%C3%9CLLER", &["ben", "small"]),
            ("muller%20jo", &["ben", "small"]),
            ("muller%20jo&following=true", &["ben"]),
            ("%E7%94%B0", &["cat"]),
            ("%E5%B1%B1%E7%94%B0", &["cat"]),
            ("party", &[]),
            ("@cat", &["cat"]),
            ("jonas@far", &["jonas"]),
            ("@jonas@far.example", &["jonas"]),
            ("jo@near", &[]),
            ("%20", &[]),
            ("nobody%20jo", &[]),
        ] {
            assert_eq!(found(&ann, query).await, expected, "{query}");
        }
        let jonas = ann.get(&format!("{SEARCH}?q=jonas")).await.ok();
        assert_eq!(jonas[0]["memorial"], true);
        // Named in full is named first.
        stranger(&node, "benjamin", "", 90_000).await;
        assert_eq!(found(&cat, "ben").await, ["ben", "benjamin"]);
        assert_eq!(found(&cat, "ben&offset=1").await, ["benjamin"]);
        assert_eq!(found(&cat, "ben&following=true").await, [""; 0]);
        // Whoever is blocked is found, so that the block can be ended.
        relate(&ann, "block", &cat).await;
        assert_eq!(found(&ann, "cat").await, ["cat"]);
        let path = "/api/v2/search?type=accounts&q=muller";
        let anybody = node.anybody().get(path).await.ok();
        assert!(anybody["accounts"][0].get("memorial").is_none());
        assert_eq!(anybody["accounts"].as_array().map(Vec::len), Some(2));
        // Who is silent for long counts less than who has about as many followers.
        assert_eq!(found(&cat, "mu").await, ["small", "ben"]);
        ben.says("I am here").await;
        assert_eq!(found(&cat, "mu").await, ["ben", "small"]);
        node.node.clock.advance(200 * DAY);
        assert_eq!(found(&cat, "mu").await, ["small", "ben"]);
    }
}

on_both! {
    async fn names_from_before_are_split_in_pieces(engine) {
        let node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        ben.put_display_name("Otto Maier").await;
        let whose = ben.id.expect("an id");
        let forget = node.node.db.write(move |tx| -> QueryResult<()> {
            let account = store::accounts::find(tx, whose)?.expect("Ben");
            let blank = Account { username: String::new(), display_name: String::new(), ..account };
            store::accounts::index_names(tx, &blank)
        });
        forget.await.expect("a database");
        assert_eq!(found(&ann, "maier").await, [""; 0]);
        assert_eq!(found(&ann, "be").await, ["ben"], "by the handle all the same");
        indexed::index(&node.node, AccountId(0)).await.expect("a database");
        assert_eq!(found(&ann, "maier").await, ["ben"]);
        node.settle().await;
        assert_eq!(found(&ann, "maier").await, ["ben"]);
    }
}

async fn collection(who: &Person, name: &str, discoverable: bool) -> Value {
    let body = json!({ "name": name, "discoverable": discoverable });
    who.post("/api/v1/collections", body).await.ok()["collection"].clone()
}

on_both! {
    async fn collections_are_found_linked_and_reported(engine) {
        let node = node(engine).await;
        let (ann, ben) = (node.person("ann").await, node.person("ben").await);
        let shown = collection(&ann, "Birds of the coast", true).await;
        let hidden = collection(&ann, "Birds at home", false).await;
        let found = async |who: &Person, query: &str| -> Vec<String> {
            let all = who.get(&format!("/api/v2/search?{query}")).await.ok();
            let all = all["collections"].as_array().expect("a list");
            all.iter().map(|one| id(one).to_owned()).collect()
        };
        let uri = shown["uri"].as_str().expect("an address");
        let both = [id(&shown).to_owned()];
        for query in ["q=bird", "q=coast%20birds&type=collections", &format!("q={uri}")] {
            assert_eq!(found(&ben, query).await, both, "{query}");
            assert_eq!(found(&node.anybody(), query).await, both, "{query}");
        }
        for query in ["q=bird&type=accounts", "q=birds%20home", "q=@bird", "q=bird&offset=1"] {
            assert_eq!(found(&ben, query).await, [""; 0], "{query}");
        }
        // A status that links to it shows it.
        let says = ben.says(&format!("see {uri} and {uri}#x and https://alpha.localhost/collections/1")).await;
        let tagged = ben.get(&format!("/api/v1/statuses/{}", id(&says))).await.ok()["tagged_collections"].clone();
        assert_eq!(tagged.as_array().map(Vec::len), Some(1), "{tagged}");
        assert_eq!(tagged[0]["id"], shown["id"]);
        // A report names collections of the account that the reporter can see.
        let report = |ids: Value| {
            let body = json!({ "account_id": ann.id, "collection_ids": ids });
            ben.post("/api/v1/reports", body)
        };
        let made = report(json!([shown["id"], hidden["id"]])).await.ok();
        assert_eq!(made["collection_ids"], json!([shown["id"], hidden["id"]]));
        assert_eq!(report(json!(["7"])).await.status, 404);
        relate(&ann, "block", &ben).await;
        assert_eq!(report(json!([shown["id"]])).await.status, 404, "hidden from those who are blocked");
        assert_eq!(found(&ben, "q=bird").await, [""; 0]);
        assert_eq!(found(&ben, &format!("q={uri}")).await, [""; 0]);
        let path = format!("/api/v1/collections/{}", id(&shown));
        ann.put(&path, json!({ "name": "Waders", "discoverable": true })).await.ok();
        assert_eq!(found(&ann, "q=bird").await, [""; 0]);
        assert_eq!(found(&ann, "q=wader").await, both);
        ann.put(&path, json!({ "discoverable": false })).await.ok();
        assert_eq!(found(&ann, "q=wader").await, [""; 0]);
        let missing = deed(&ann, "collections");
        assert_eq!(node.anybody().get(&missing).await.ok(), json!({ "collections": [] }));
    }
}
