//! What streams say of the reader's filters, at once when they change and in every process.

use serde_json::{Value, json};
use whimbrel::clock::Clock;

use super::tools::{follow, id, node, token};
use crate::support::databases::{NOON, on_both};
use crate::support::listeners::Listener;

fn title(status: &Value) -> &str {
    status["filtered"][0]["filter"]["title"]
        .as_str()
        .unwrap_or_default()
}

on_both! {
    async fn each_reader_is_told_what_their_own_filters_match(engine) {
        let node = node(engine).await;
        let (ann, ben, cat) = (node.person("ann").await, node.person("ben").await, node.person("cat").await);
        follow(&ben, &ann).await;
        let mut bens = Listener::open(&node, &token(&node, &ben, "read").await, "user").await;
        let mut cats = Listener::open(&node, &token(&node, &cat, "read").await, "public").await;
        let body = json!({"title": "birds", "context": ["home"], "keywords_attributes": [{"keyword": "duck"}]});
        let filter = ben.post("/api/v2/filters", body).await.ok();
        let status = ann.says("a duck").await;
        let told = bens.next().await;
        assert_eq!(title(&told.payload), "birds");
        let path = format!("/api/v1/statuses/{}", id(&status));
        assert_eq!(told.payload, ben.get(&path).await.ok());
        assert_eq!(cats.next().await.payload["filtered"], json!([]));
        // A change is heard with the next status.
        let path = format!("/api/v2/filters/{}", id(&filter));
        ben.put(&path, json!({"title": "fowl"})).await.ok();
        ann.says("another duck").await;
        assert_eq!(title(&bens.next().await.payload), "fowl");
        ben.delete(&path).await.ok();
        ann.says("@ben the last duck").await;
        for _ in 0..2 {
            let told = bens.next().await;
            let status = told.payload.get("status").unwrap_or(&told.payload);
            assert_eq!(status["filtered"], json!([]), "{}", told.event);
        }
    }
}

#[tokio::test]
async fn rules_are_compiled_again_only_when_they_have_changed() {
    use whimbrel::id::{AccountId, FilterId};
    use whimbrel::store::filters::{self, Filter, Shelf};
    use whimbrel::store::{self, FilterAction, Json};

    use crate::support::databases::TestDatabase;

    let database = TestDatabase::new(store::Engine::Sqlite).await;
    let db = database.open(&Clock::stepped(NOON)).await;
    let other = database.open(&Clock::stepped(NOON)).await;
    let shelf = Shelf::default();
    let filter = Filter {
        id: FilterId(1),
        account_id: AccountId(1),
        title: "birds".into(),
        contexts: Json(vec!["home".into()]),
        action: FilterAction::Warn,
        expires_at: None,
        created_at: NOON,
    };
    let first = filter.clone();
    db.write(move |tx| -> store::QueryResult<()> {
        store::accounts::insert(tx, &crate::store::rows::account(1, "ann"))?;
        filters::insert(tx, &first)
    })
    .await
    .unwrap();
    let load = || {
        let shelf = shelf.clone();
        db.read(move |conn| filters::load(conn, &shelf, &[AccountId(1), AccountId(2)]))
    };
    let one = load().await.unwrap().remove(&AccountId(1)).unwrap();
    let again = load().await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&one, &again[&AccountId(1)]) && again.len() == 1);
    // Another process changes it.
    let changed = Filter {
        title: "fowl".into(),
        ..filter
    };
    other
        .write(move |tx| filters::update(tx, &changed))
        .await
        .unwrap();
    let changed = load().await.unwrap();
    assert_eq!(changed[&AccountId(1)].filters[0].title, "fowl");
}
