//! How other servers do: lists by state, news, decisions, and the figures of the whole node.

use whimbrel::clock::{Clock, DAY, HOUR, MINUTE};
use whimbrel::id::{AccountId, ActivityId, first_at};
use whimbrel::store::activities::Activity;
use whimbrel::store::follows::Destination;
use whimbrel::store::mailings::Mailing;
use whimbrel::store::peer_health::{self, Chosen, News};
use whimbrel::store::{self, Db, QueryResult, outcomes, vitals};

use super::rows::account;
use crate::support::databases::{NOON, TestDatabase, on_both};

/// Queues a document that was made at `made_at` for the server `host`.
async fn queue(db: &Db, made_at: i64, host: &str) {
    let destination = Destination {
        domain: host.to_owned(),
        inbox_url: format!("https://{host}/inbox"),
    };
    db.write(move |tx| -> QueryResult<()> {
        let activity = Activity {
            id: ActivityId(first_at(made_at) + tx.new_id() % 1_000),
            account_id: AccountId(1),
            kind: "Create".to_owned(),
            object_uri: "https://here.example/users/ann/statuses/1".to_owned(),
            body: "{}".to_owned(),
            created_at: made_at,
        };
        store::mailings::queue(tx, &Mailing::new(&activity, &[destination]))
    })
    .await
    .unwrap();
}

/// Five servers: up, slow, down with and without a backlog, and paused.
async fn scene(db: &Db) {
    db.write(|tx| store::accounts::insert(tx, &account(1, "ann")))
        .await
        .unwrap();
    queue(db, NOON - MINUTE, "a-up.example").await;
    queue(db, NOON - HOUR, "b-slow.example").await;
    queue(db, NOON - DAY, "c-down.example").await;
    queue(db, NOON - HOUR, "e-paused.example").await;
    db.write(|tx| -> QueryResult<()> {
        for (host, is_down) in [
            ("c-down.example", true),
            ("d-down.example", true),
            ("e-paused.example", false),
        ] {
            let id = store::peers::ensure(tx, host)?;
            if is_down {
                store::peers::record_failure(tx, id, "no answer", NOON + HOUR)?;
            } else {
                peer_health::pause(tx, id)?;
            }
        }
        Ok(())
    })
    .await
    .unwrap();
}

async fn letters(db: &Db, chosen: Chosen, after: &'static str, limit: i64) -> String {
    let read = move |conn: &mut store::Conn| {
        peer_health::list(conn, chosen, NOON - 5 * MINUTE, after, limit)
    };
    let found = db.read(read).await.unwrap();
    found.iter().map(|health| &health.domain[..1]).collect()
}

on_both! {
    async fn peers_are_listed_by_state_and_page(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        scene(&db).await;
        for (chosen, expected) in [
            (Chosen::All, "abcde"),
            (Chosen::Up, "a"),
            (Chosen::Slow, "b"),
            (Chosen::Down, "cd"),
            (Chosen::Paused, "e"),
            (Chosen::WithBacklog, "abce"),
        ] {
            assert_eq!(letters(&db, chosen, "", 10).await, expected, "{chosen:?}");
        }
        assert_eq!(letters(&db, Chosen::All, "b-slow.example", 2).await, "cd");
        assert_eq!(letters(&db, Chosen::WithBacklog, "b-slow.example", 1).await, "c");
    }
}

on_both! {
    async fn a_paused_peer_is_never_due_and_a_retry_ends_that(engine) {
        let database = TestDatabase::new(engine).await;
        let clock = Clock::stepped(NOON);
        let db = database.open(&clock).await;
        scene(&db).await;
        let find = |db: Db, host: &'static str| async move {
            db.read(move |conn| peer_health::find(conn, host)).await.unwrap().unwrap()
        };
        let paused = find(db.clone(), "e-paused.example").await;
        let down = find(db.clone(), "c-down.example").await;
        let due = |db: Db, now: i64| async move { db.read(move |conn| store::peers::list_due(conn, now)).await.unwrap() };
        clock.advance(90 * DAY);
        assert!(!due(db.clone(), NOON + 90 * DAY).await.contains(&paused.id));
        assert!(!due(db.clone(), NOON).await.contains(&down.id));
        let (one, other) = (paused.id, down.id);
        db.write(move |tx| { peer_health::retry(tx, one)?; peer_health::retry(tx, other) }).await.unwrap();
        let now = NOON + 90 * DAY;
        assert!(due(db.clone(), now).await.contains(&one) && due(db.clone(), now).await.contains(&other));
        // Forgetting: in parts, with a reason, and as if nothing had been wrong.
        let drop = move |tx: &mut store::Tx<'_>| outcomes::drop_backlog(tx, other, "dropped", 10);
        assert_eq!(db.write(drop).await.unwrap(), 1);
        assert_eq!(db.write(drop).await.unwrap(), 0);
        db.write(move |tx| peer_health::reset(tx, other)).await.unwrap();
        let forgotten = find(db.clone(), "c-down.example").await;
        assert_eq!((forgotten.down_since, forgotten.next_probe_at, forgotten.failures), (None, None, 0));
    }
}

on_both! {
    async fn news_of_known_peers_are_noted_and_strangers_make_no_rows(engine) {
        let database = TestDatabase::new(engine).await;
        let clock = Clock::stepped(NOON);
        let db = database.open(&clock).await;
        let failed = News {
            signature_failures: 3,
            signature_failure: Some(("no".to_owned(), NOON)),
            ..News::default()
        };
        let (first, again) = (failed.clone(), failed);
        let noted = db.write(move |tx| peer_health::record_news(tx, "a.example", &first)).await.unwrap();
        assert_eq!(noted, None, "a name that somebody made up");
        let heard = News { is_heard: true, clock_skew_ms: Some(-700), ..News::default() };
        let id = db.write(move |tx| peer_health::record_news(tx, "a.example", &heard)).await.unwrap().unwrap();
        for _ in 0..2 {
            let again = again.clone();
            db.write(move |tx| peer_health::record_news(tx, "a.example", &again)).await.unwrap();
        }
        let health = db.read(|conn| peer_health::find(conn, "a.example")).await.unwrap().unwrap();
        assert_eq!((health.last_heard_at, health.clock_skew_ms), (Some(NOON), Some(-700)));
        assert_eq!((health.signature_failures, health.signature_failure.as_deref()), (6, Some("no")));
        // What it runs is asked once, until the time is over.
        for (before, expected) in [(NOON - DAY, true), (NOON - DAY, false), (NOON + 1, true)] {
            let asked = db.write(move |tx| peer_health::is_to_be_asked(tx, id, before)).await.unwrap();
            assert_eq!(asked, expected);
        }
        db.write(|tx| peer_health::record_software(tx, "a.example", "snac", Some("2"))).await.unwrap();
        let health = db.read(|conn| peer_health::find(conn, "a.example")).await.unwrap().unwrap();
        assert_eq!((health.software.as_deref(), health.software_version.as_deref()), (Some("snac"), Some("2")));
    }
}

on_both! {
    async fn the_lag_leaves_out_peers_that_take_nothing(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let nothing = db.read(|conn| vitals::count(conn, NOON)).await.unwrap();
        assert_eq!(nothing, vitals::Counts::default());
        scene(&db).await;
        let counts = db.read(|conn| vitals::count(conn, NOON)).await.unwrap();
        assert_eq!((counts.backlog, counts.peers.all, counts.peers.down, counts.peers.paused), (4, 5, 2, 1));
        assert_eq!(counts.oldest_delivery, Some(NOON - DAY));
        assert_eq!(counts.oldest_delivery_due, Some(NOON - HOUR), "that of the slow one");
        assert_eq!((counts.oldest_fact, counts.oldest_receipt), (None, None));
    }
}
