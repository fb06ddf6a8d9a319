//! How SQLite carries out the queries of lanes: by their indexes, without sorting or scanning a backlog, whose length
//! nobody knows.

use std::sync::{Arc, Mutex};

use diesel::connection::InstrumentationEvent;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::deliveries::{self, Delivery};
use super::{
    Conn, Db, DeliveryClass, Location, QueryResult, Settings, Tx, activities, inboxes, mailings,
    outcomes, peers, push_subscriptions, pushes,
};
use crate::clock::Clock;
use crate::id::{AccountId, ActivityId, InboxId, PushId, TokenId};
use crate::store::activities::Activity;
use crate::store::follows::Destination;
use crate::store::mailings::Mailing;

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

type Query = fn(&mut Tx<'_>) -> QueryResult<()>;

/// The steps of every statement that `query` runs.
fn explain(tx: &mut Tx<'_>, query: Query) -> QueryResult<Vec<String>> {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let log = statements.clone();
    let note = move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            log.lock().unwrap().push(query.to_string());
        }
    };
    let Conn::Sqlite(c) = &mut **tx else {
        panic!("a SQLite database");
    };
    c.set_instrumentation(note);
    query(tx)?;
    let Conn::Sqlite(c) = &mut **tx else {
        panic!("a SQLite database");
    };
    c.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    let mut steps = Vec::new();
    for statement in statements.lock().unwrap().iter() {
        let sql = statement.split(" -- binds").next().unwrap();
        let plan = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load::<Step>(c)?;
        steps.extend(plan.into_iter().map(|step| step.detail));
    }
    Ok(steps)
}

fn queue(tx: &mut Tx<'_>, kind: &str) -> QueryResult<()> {
    let activity = Activity {
        id: ActivityId(tx.new_id()),
        account_id: AccountId(1),
        kind: kind.to_owned(),
        object_uri: "https://a.test/1".to_owned(),
        body: "{}".to_owned(),
        created_at: tx.now(),
    };
    let destination = Destination {
        domain: "b.test".to_owned(),
        inbox_url: "https://b.test/inbox".to_owned(),
    };
    mailings::queue(tx, &Mailing::new(&activity, &[destination]))
}

const START: Delivery = Delivery {
    peer_id: 1,
    class: DeliveryClass::Posts,
    activity_id: ActivityId(0),
    inbox_id: InboxId(0),
};

async fn open(folder: &tempfile::TempDir) -> Db {
    let settings = Settings {
        location: Location::Sqlite(folder.path().join("whimbrel.db")),
        readers: 1,
        cache_mebibytes: 4,
        lane: 0,
    };
    Db::open(settings, Clock::stepped(1_000)).await.unwrap()
}

#[tokio::test]
async fn no_query_of_pushes_reads_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(&folder).await;
    let explained = db.write(|tx| -> QueryResult<Vec<String>> {
        let queries: [Query; 7] = [
            |tx| pushes::list_due(tx, 9, &["a.test".to_owned()], 8).map(drop),
            |tx| pushes::list_due(tx, 9, &[], 8).map(drop),
            |tx| pushes::claim(tx, &[PushId(1)], 9).map(drop),
            |tx| pushes::finish(tx, PushId(1)),
            |tx| push_subscriptions::list_wishes(tx, &[AccountId(1)]).map(drop),
            |tx| push_subscriptions::delete(tx, TokenId(1)),
            |tx| push_subscriptions::delete_void(tx, AccountId(1)),
        ];
        let mut explained = Vec::new();
        for query in queries {
            explained.extend(explain(tx, query)?);
        }
        Ok(explained)
    });
    let explained = explained.await.unwrap();
    for step in &explained {
        let is_long = step.starts_with("SCAN") || step.starts_with("USE TEMP B-TREE");
        assert!(!is_long, "{step}");
    }
    assert!(explained.len() >= 7, "{explained:?}");
}

#[tokio::test]
async fn no_query_of_a_lane_reads_a_whole_backlog() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(&folder).await;
    let explained = db.write(|tx| -> QueryResult<Vec<(&'static str, Vec<String>)>> {
        queue(tx, "Create")?;
        peers::record_failure(tx, 1, "refused", 0)?;
        queue(tx, "Create")?;
        let queries: [(&'static str, Query); 16] = [
            ("list_due", |tx| {
                deliveries::list_due(tx, START, 9, 8).map(drop)
            }),
            ("list_by_last_try", |tx| {
                deliveries::list_by_last_try(tx, 1, 8).map(drop)
            }),
            ("list_set_aside", |tx| {
                deliveries::list_set_aside(tx, 1, 9).map(drop)
            }),
            ("is_behind", |tx| {
                deliveries::is_behind(tx, START, "https://a.test/1").map(drop)
            }),
            ("count_refused", |tx| {
                deliveries::count_refused(tx, 1, 9).map(drop)
            }),
            ("mark_tried", |tx| {
                deliveries::mark_tried(tx, START).map(drop)
            }),
            ("remove", |tx| deliveries::remove(tx, &[START])),
            ("list_due of peers", |tx| peers::list_due(tx, 9).map(drop)),
            ("queue Update", |tx| queue(tx, "Update")),
            ("queue Delete", |tx| queue(tx, "Delete")),
            ("prune_delivered", |tx| {
                activities::prune_delivered(tx, 9, 8).map(drop)
            }),
            ("expire", |tx| outcomes::expire(tx, false, 9, 8).map(drop)),
            ("expire", |tx| outcomes::expire(tx, true, 9, 8).map(drop)),
            ("drop_backlog", |tx| {
                outcomes::drop_backlog(tx, 1, "dropped", 8).map(drop)
            }),
            ("list_users", |tx| {
                inboxes::list_users(tx, "https://b.test/inbox", 1).map(drop)
            }),
            ("is_used", |tx| {
                inboxes::is_used(tx, "https://b.test/inbox").map(drop)
            }),
        ];
        let mut explained = Vec::new();
        for (name, query) in queries {
            explained.push((name, explain(tx, query)?));
        }
        Ok(explained)
    });
    let mut searches = 0;
    for (name, steps) in explained.await.unwrap() {
        for step in steps {
            // Peers are few, and a look at all of them is what the seldom look is. What is sorted is what waits about
            // one thing, and who uses one inbox.
            let sorts_little = name.starts_with("queue") || name == "list_users";
            let is_small = step == "SCAN peers"
                || step == "SCAN CONSTANT ROW"
                // What is inserted.
                || step.ends_with("-ROW VALUES CLAUSE")
                || (sorts_little && step.starts_with("USE TEMP B-TREE"));
            let is_long = step.starts_with("SCAN") || step.starts_with("USE TEMP B-TREE");
            assert!(is_small || !is_long, "{name}: {step}");
            searches += usize::from(step.starts_with("SEARCH"));
        }
    }
    assert!(searches > 20, "{searches}");
}
