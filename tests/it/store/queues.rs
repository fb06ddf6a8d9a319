//! Jobs, receipts and deliveries: rows that exist until the work is done.

use whimbrel::clock::{Clock, DAY, MINUTE};
use whimbrel::id::{AccountId, ActivityId, InboxId, ReceiptId};
use whimbrel::store::activities::Activity;
use whimbrel::store::follows::Destination;
use whimbrel::store::jobs::Job;
use whimbrel::store::receipts::Receipt;
use whimbrel::store::{self, Db, QueryResult, ReceiptState};

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
        assert_eq!(claim(db.clone()).await.len(), 1);
        assert!(claim(db.clone()).await.is_empty(), "it is leased");
        clock.advance(MINUTE);
        let again = claim(db.clone()).await;
        assert_eq!((again.len(), again[0].attempts), (1, 2));
        db.write(|tx| store::receipts::finish(tx, ReceiptId(1), ReceiptState::Applied, None)).await.unwrap();
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
        let claimed = db.write(|tx| { let end = tx.now() + 1; store::jobs::claim(tx, 10, end) }).await.unwrap();
        assert_eq!(serde_json::from_str::<Job>(&claimed[0].payload).unwrap(), job);
        let id = claimed[0].id;
        db.write(move |tx| store::jobs::retry(tx, id, "no such server", None)).await.unwrap();
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
        store::activities::insert(tx, &activity)?;
        store::deliveries::queue(tx, activity.id, &destinations)
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
        let start = (ActivityId(0), InboxId(0));
        let parcels = db.read(move |conn| store::deliveries::list_due(conn, lane, NOON, start, 10)).await.unwrap();
        assert_eq!(parcels.iter().map(|parcel| parcel.delivery.activity_id.0).collect::<Vec<_>>(), [1, 2, 3]);
        let first = parcels[0].delivery;
        db.write(move |tx| store::deliveries::remove(tx, first)).await.unwrap();
        assert_eq!(db.read(move |conn| store::deliveries::count(conn, Some(lane))).await.unwrap(), 2);
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
