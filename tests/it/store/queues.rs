//! Jobs, receipts and deliveries: rows that exist until the work is done.

use whimbrel::clock::{Clock, DAY, MINUTE};
use whimbrel::id::{AccountId, ActivityId, ReceiptId};
use whimbrel::store::activities::Activity;
use whimbrel::store::deliveries::Delivery;
use whimbrel::store::follows::Destination;
use whimbrel::store::jobs::Job;
use whimbrel::store::mailings::Mailing;
use whimbrel::store::receipts::Receipt;
use whimbrel::store::{self, Db, DeliveryClass, QueryResult, ReceiptState};

use super::rows::account;
use crate::support::databases::{NOON, TestDatabase, on_both};

fn receipt(id: i64, uri: &str) -> Receipt {
    Receipt {
        id: ReceiptId(id),
        activity_uri: uri.to_owned(),
        actor_uri: "https://there.example/users/bob".to_owned(),
        inbox_account_id: None,
        body: "{}".to_owned(),
        state: ReceiptState::Waiting,
        reason: None,
        attempts: 0,
        due_at: NOON,
        received_at: NOON,
    }
}

on_both! {
    async fn an_activity_is_received_once(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let (first, second) = db
            .write(|tx| -> QueryResult<_> {
                Ok((store::receipts::insert(tx, &receipt(1, "https://x/1"))?, store::receipts::insert(tx, &receipt(2, "https://x/1"))?))
            })
            .await
            .unwrap();
        assert!(first && !second);
    }
}

on_both! {
    async fn a_claimed_receipt_comes_back_when_its_lease_ends(engine) {
        let database = TestDatabase::new(engine).await;
        let clock = Clock::stepped(NOON);
        let db = database.open(&clock).await;
        db.write(|tx| store::receipts::insert(tx, &receipt(1, "https://x/1"))).await.unwrap();
        let claim = |db: Db| async move {
            db.write(|tx| { let end = tx.now() + MINUTE; store::receipts::claim(tx, 10, end) }).await.unwrap()
        };
        let claimed_first = claim(db.clone()).await.remove(0);
        assert!(claim(db.clone()).await.is_empty(), "it is leased");
        clock.advance(MINUTE);
        let again = claim(db.clone()).await;
        assert_eq!((again.len(), again[0].attempts), (1, 2));
        let lost = claimed_first.lease();
        assert!(!db.write(move |tx| store::receipts::finish(tx, lost, ReceiptState::Applied, None)).await.unwrap());
        let lease = again[0].lease();
        assert!(db.write(move |tx| store::receipts::finish(tx, lease, ReceiptState::Applied, None)).await.unwrap());
        clock.advance(DAY);
        assert!(claim(db.clone()).await.is_empty());
        let done = db.read(|conn| store::receipts::find_by_uri(conn, "https://x/1")).await.unwrap().unwrap();
        assert_eq!((done.state, done.body.as_str()), (ReceiptState::Applied, ""));
    }
}

on_both! {
    async fn jobs_leave_with_their_commit_and_die_with_their_reason(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let job = Job::FetchParent { uri: "https://x/parent".to_owned() };
        let undone: QueryResult<()> = {
            let job = job.clone();
            db.write(move |tx| { tx.queue(&job)?; Err(store::Error::RollbackTransaction) }).await
        };
        assert!(undone.is_err());
        assert_eq!(db.read(store::jobs::next_due).await.unwrap(), None);
        { let job = job.clone(); db.write(move |tx| tx.queue(&job)).await.unwrap(); }
        let claimed = db.write(|tx| { let end = tx.now() + 1; store::jobs::claim(tx, true, 10, end) }).await.unwrap();
        assert_eq!(serde_json::from_str::<Job>(&claimed[0].payload).unwrap(), job);
        let lease = claimed[0].lease();
        db.write(move |tx| store::jobs::retry(tx, lease, "no such server", None)).await.unwrap();
        let dead = db.read(|conn| store::jobs::list_dead(conn, 10)).await.unwrap();
        assert_eq!(dead[0].last_error.as_deref(), Some("no such server"));
    }
}

fn destination(domain: &str, path: &str) -> Destination {
    Destination {
        domain: domain.to_owned(),
        inbox_url: format!("https://{domain}{path}"),
    }
}

async fn queue(db: &Db, id: i64, destinations: Vec<Destination>) {
    db.write(move |tx| -> QueryResult<()> {
        let activity = Activity {
            id: ActivityId(id),
            account_id: AccountId(1),
            kind: "Create".to_owned(),
            object_uri: format!("https://here.example/{id}"),
            body: "{}".to_owned(),
            created_at: tx.now(),
        };
        store::mailings::queue(tx, &Mailing::new(&activity, &destinations))
    })
    .await
    .unwrap();
}

on_both! {
    async fn a_lane_gives_its_deliveries_in_order_and_each_once(engine) {
        let database = TestDatabase::new(engine).await;
        let clock = Clock::stepped(NOON);
        let db = database.open(&clock).await;
        db.write(|tx| store::accounts::insert(tx, &account(1, "ann"))).await.unwrap();
        for id in 1..=3 {
            queue(&db, id, vec![destination("a.example", "/inbox"), destination("a.example", "/inbox"), destination("b.example", "/u/inbox")]).await;
        }
        let peers = db.read(store::peers::list_with_backlog).await.unwrap();
        assert_eq!(peers.len(), 2);
        let lane = peers.iter().find(|peer| peer.domain == "a.example").unwrap().id;
        let start = Delivery::before_all(lane, DeliveryClass::Posts);
        let rows = db.read(move |conn| store::deliveries::list_due(conn, start, NOON, 10)).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.delivery.activity_id.0).collect::<Vec<_>>(), [1, 2, 3]);
        let first = rows[0].delivery;
        db.write(move |tx| store::deliveries::remove(tx, &[first])).await.unwrap();
        assert_eq!(db.read(move |conn| store::deliveries::count(conn, Some(lane))).await.unwrap(), 2);
        // Pruning takes what all have taken, and what is older than the horizon.
        assert_eq!(db.write(|tx| store::activities::prune_delivered(tx, NOON, 100)).await.unwrap(), 0, "b.example has not taken it");
        let other = peers.iter().find(|peer| peer.id != lane).unwrap().id;
        let rest = db.read(move |conn| store::deliveries::list_by_last_try(conn, other, 10)).await.unwrap();
        let gone = rest[0].delivery;
        assert_eq!(gone.activity_id, first.activity_id);
        db.write(move |tx| store::deliveries::remove(tx, &[gone])).await.unwrap();
        assert_eq!(db.write(|tx| store::activities::prune_delivered(tx, NOON - 1, 100)).await.unwrap(), 0, "a moment ago");
        assert_eq!(db.write(|tx| store::activities::prune_delivered(tx, NOON, 100)).await.unwrap(), 1);
        // What waits for longer than the horizon ends, and its documents go when their time has come.
        clock.advance(91 * DAY);
        let expire = |tx: &mut store::Tx<'_>| { let horizon = tx.now() - 90 * DAY; store::outcomes::expire(tx, false, horizon, 100) };
        assert_eq!(db.write(expire).await.unwrap(), 4, "two documents for two peers");
        assert_eq!(db.read(|conn| store::deliveries::count(conn, None)).await.unwrap(), 0);
        assert_eq!(db.write(|tx| store::activities::prune_delivered(tx, NOON + 91 * DAY, 100)).await.unwrap(), 2);
    }
}

on_both! {
    async fn a_peer_has_one_state(engine) {
        let database = TestDatabase::new(engine).await;
        let clock = Clock::stepped(NOON);
        let db = database.open(&clock).await;
        let id = db.write(|tx| store::peers::ensure(tx, "a.example")).await.unwrap();
        let find = |db: Db| async move { db.read(move |conn| store::peers::find(conn, id)).await.unwrap().unwrap() };
        for failure in 1..=3 {
            db.write(move |tx| store::peers::record_failure(tx, id, "refused", NOON + failure * MINUTE)).await.unwrap();
            clock.advance(MINUTE);
        }
        let down = find(db.clone()).await;
        assert_eq!((down.failures, down.down_since, down.next_probe_at), (3, Some(NOON), Some(NOON + 3 * MINUTE)));
        assert_eq!(db.write(|tx| store::peers::hasten(tx, "a.example")).await.unwrap(), Some(id));
        assert_eq!(find(db.clone()).await.next_probe_at, Some(NOON + 3 * MINUTE));
        db.write(move |tx| store::peers::record_success(tx, id)).await.unwrap();
        let up = find(db.clone()).await;
        assert_eq!((up.failures, up.down_since, up.last_error), (0, None, None));
        assert_eq!(db.write(|tx| store::peers::hasten(tx, "a.example")).await.unwrap(), None);
    }
}
