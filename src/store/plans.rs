//! How SQLite carries out the queries of lanes, of notifications and of quotes: by their indexes, without sorting or scanning what
//! has no bound: a backlog, or the likes of one post.

use std::sync::{Arc, Mutex};

use diesel::connection::InstrumentationEvent;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::deliveries::{self, Delivery};
use super::notifications::{self, Filter, NewNotification};
use super::{
    Conn, Db, DeliveryClass, Location, NotificationKind, NotificationPlace, Page, QueryResult,
    Settings, Tx, account_words, accounts, activities, collection_words, conversations, inboxes,
    mailings, notification_requests, outcomes, peers, push_subscriptions, pushes, quotes,
    reactions,
};
use crate::clock::Clock;
use crate::id::{AccountId, ActivityId, InboxId, NotificationId, PushId, StatusId, TokenId};
use crate::store::activities::Activity;
use crate::store::follows::Destination;
use crate::store::mailings::Mailing;

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

pub(super) type Query = fn(&mut Tx<'_>) -> QueryResult<()>;

/// The steps of every statement that `query` runs.
pub(super) fn explain(tx: &mut Tx<'_>, query: Query) -> QueryResult<Vec<String>> {
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
async fn no_search_among_names_reads_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(&folder).await;
    let explained = db.write(|tx| -> QueryResult<Vec<String>> {
        let queries: [Query; 6] = [
            |tx| account_words::list(tx, "al", 400).map(drop),
            |tx| account_words::list_followed(tx, AccountId(1), "al", 400).map(drop),
            |tx| account_words::keep(tx, &[AccountId(1), AccountId(2)], "al").map(drop),
            |tx| account_words::weigh(tx, &[AccountId(1), AccountId(2)]).map(drop),
            |tx| accounts::list_by_beginning(tx, "al", 80).map(drop),
            |tx| collection_words::list(tx, "al", 200).map(drop),
        ];
        let mut explained = Vec::new();
        for query in queries {
            explained.extend(explain(tx, query)?);
        }
        Ok(explained)
    });
    let explained = explained.await.unwrap();
    for step in &explained {
        // Each account is told once, of those few that were found.
        let is_small = step == "USE TEMP B-TREE FOR DISTINCT";
        let is_long = step.starts_with("SCAN") || step.starts_with("USE TEMP B-TREE");
        assert!(is_small || !is_long, "{step}");
    }
    let by_reach = "account_words_by_reach (reach=? AND word>? AND word<?)";
    let by_reach = explained.iter().filter(|step| step.ends_with(by_reach));
    assert_eq!(by_reach.count(), 8, "{explained:?}");
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

pub(super) async fn open(folder: &tempfile::TempDir) -> Db {
    let settings = Settings {
        location: Location::Sqlite(folder.path().join("whimbrel.db")),
        readers: 1,
        cache_mebibytes: 4,
        lane: 0,
    };
    Db::open(settings, Clock::stepped(1_000)).await.unwrap()
}

const PEOPLE: &str = "INSERT INTO accounts (id, handle, username, uri, url, kind, display_name, note, note_source, fields, \
     emojis, avatar_alt, header_alt, locked, indexable, hides_collections, inbox_url, created_at, updated_at, fetched_at) \
     SELECT value, value, value, value, '', 0, '', '', '', '[]', '[]', '', '', 0, 0, 0, '', 0, 0, 0 \
     FROM json_each('[1, 2, 3]')";

/// A like of Ann's by somebody.
fn like(tx: &mut Tx<'_>, from: i64) -> QueryResult<()> {
    let new = NewNotification {
        account_id: AccountId(1),
        kind: NotificationKind::Favourite,
        from_account_id: AccountId(from),
        status_id: None,
        created_at: 0,
        group_key: Some("likes".to_owned()),
        place: NotificationPlace::Head,
    };
    notifications::insert(tx, &new).map(drop)
}

const ANN: AccountId = AccountId(1);

#[tokio::test]
async fn no_query_of_notifications_reads_more_than_it_gives() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(&folder).await;
    let explained = db.write(|tx| -> QueryResult<Vec<(&'static str, Vec<String>)>> {
        tx.execute(PEOPLE)?;
        like(tx, 2)?;
        let queries = pages().into_iter().chain(others());
        let mut explained = Vec::new();
        for (name, query) in queries {
            explained.push((name, explain(tx, query)?));
        }
        Ok(explained)
    });
    let mut searches = 0;
    for (name, steps) in explained.await.unwrap() {
        for step in steps {
            // Parts of a statement that stop after a few rows, and what is inserted.
            let is_small = step.starts_with("SCAN part_")
                || step.starts_with("SCAN (subquery")
                || step == "SCAN CONSTANT ROW"
                || step.ends_with("-ROW VALUES CLAUSE");
            let is_long = step.starts_with("SCAN") || step.starts_with("USE TEMP B-TREE");
            assert!(is_small || !is_long, "{name}: {step}");
            // A group may be long, and so may be what is of other kinds.
            let reads_around = match name {
                "find_group" | "insert" => {
                    step.contains("notifications_heads (")
                        || step.contains("notifications_by_group")
                }
                _ if name.contains("kind") => [
                    "notifications_shown (",
                    "notifications_heads (",
                    "notifications_newest",
                ]
                .iter()
                .any(|index| step.contains(index)),
                _ => false,
            };
            assert!(!reads_around, "{name}: {step}");
            searches += usize::from(step.starts_with("SEARCH"));
        }
    }
    assert!(searches > 20, "{searches}");
}

fn pages() -> [(&'static str, Query); 5] {
    [
        ("page", |tx| {
            let page = Page::newest(9);
            notifications::page(tx, ANN, &Filter::default(), &page).map(drop)
        }),
        ("page of all kinds but one, and what is put aside", |tx| {
            let filter = Filter {
                excluded: vec![NotificationKind::Follow],
                with_filtered: true,
                ..Filter::default()
            };
            notifications::page(tx, ANN, &filter, &Page::newest(9)).map(drop)
        }),
        ("page of one sender", |tx| {
            let filter = Filter {
                from: Some(AccountId(2)),
                ..Filter::default()
            };
            notifications::page(tx, ANN, &filter, &Page::newest(9)).map(drop)
        }),
        ("page_groups", |tx| {
            let page = Page::newest(9);
            notifications::page_groups(tx, ANN, &Filter::default(), &[], &page).map(drop)
        }),
        ("page_groups of one kind, upwards", |tx| {
            let filter = Filter {
                kinds: vec![NotificationKind::Follow],
                ..Filter::default()
            };
            let page = Page {
                min_id: Some(3),
                ..Page::newest(9)
            };
            notifications::page_groups(tx, ANN, &filter, &[], &page).map(drop)
        }),
    ]
}

fn others() -> [(&'static str, Query); 20] {
    [
        ("list_sizes", |tx| {
            let from = NotificationId(1);
            notifications::list_sizes(tx, ANN, &["a", "b"], from).map(drop)
        }),
        ("list_samples", |tx| {
            notifications::list_samples(tx, ANN, &["a", "b"], 8).map(drop)
        }),
        ("page_of_group", |tx| {
            notifications::page_of_group(tx, ANN, "a", &Page::newest(9)).map(drop)
        }),
        ("find_group", |tx| {
            notifications::find_group(tx, ANN, &["a".to_owned(), "b".to_owned()]).map(drop)
        }),
        ("insert", |tx| like(tx, 3)),
        ("count_after", |tx| {
            notifications::count_after(tx, ANN, 3, 9).map(drop)
        }),
        ("count_filtered", |tx| {
            notifications::count_filtered(tx, ANN, 9).map(drop)
        }),
        ("count_filtered_by", |tx| {
            notifications::count_filtered_by(tx, ANN, &[AccountId(2)]).map(drop)
        }),
        ("requests", |tx| {
            notification_requests::page(tx, ANN, &Page::newest(9)).map(drop)
        }),
        ("conversations", |tx| {
            conversations::page(tx, ANN, &Page::newest(9)).map(drop)
        }),
        ("has_written", |tx| {
            conversations::has_written(tx, 1, ANN, AccountId(2)).map(drop)
        }),
        ("quotes of a status", |tx| {
            quotes::page_of(tx, StatusId(1), &Page::newest(9)).map(drop)
        }),
        ("quotes by request", |tx| {
            quotes::find_by_request(tx, "https://a.test/1").map(drop)
        }),
        ("quotes by consent", |tx| {
            quotes::list_by_approval(tx, "https://a.test/1", 9).map(drop)
        }),
        ("reactions to statuses", |tx| {
            reactions::list_tallies(tx, &[StatusId(1), StatusId(2)]).map(drop)
        }),
        ("reactions of somebody", |tx| {
            reactions::list_by(tx, ANN, StatusId(1)).map(drop)
        }),
        ("reactions of some", |tx| {
            let accounts = [ANN, AccountId(2)];
            reactions::list_among(tx, &accounts, &[StatusId(1), StatusId(2)]).map(drop)
        }),
        ("reactions with one emoji", |tx| {
            let emoji = reactions::ReactionEmoji {
                name: "cup".to_owned(),
                url: None,
            };
            reactions::list_with(tx, StatusId(1), &emoji, 9).map(drop)
        }),
        ("reactions by id", |tx| {
            reactions::find_by_uri(tx, ANN, "https://a.test/1").map(drop)
        }),
        ("quotes that wait", |tx| {
            quotes::adopt(tx, "https://a.test/1", StatusId(1)).map(drop)
        }),
    ]
}
