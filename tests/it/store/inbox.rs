//! Received activities that failed, what is tried again, and what is forgotten.

use whimbrel::clock::{Clock, DAY};
use whimbrel::id::{AccountId, ReceiptId};
use whimbrel::store::jobs::Job;
use whimbrel::store::receipts::{self, Receipt};
use whimbrel::store::{Page, QueryResult, ReceiptState, Tx, jobs, receipt_inboxes};

use crate::support::databases::{NOON, TestDatabase, on_both};

fn receipt(id: i64, host: &str, state: ReceiptState) -> Receipt {
    Receipt {
        id: ReceiptId(id),
        activity_uri: format!("https://{host}/{id}"),
        actor_uri: format!("https://{host}/users/bob"),
        inbox_account_id: Some(AccountId(1)),
        body: "{}".to_owned(),
        state,
        reason: None,
        attempts: 3,
        due_at: NOON,
        received_at: NOON,
    }
}

on_both! {
    async fn what_failed_is_listed_and_tried_again(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        db.write(|tx| -> QueryResult<()> {
            let hosts = ["a.test", "b.test", "b.test:8443", "sub.b.test", "b_test"];
            for (id, host) in (1..).zip(hosts) {
                receipts::insert(tx, &receipt(id, host, ReceiptState::Failed))?;
            }
            receipts::insert(tx, &receipt(6, "a.test", ReceiptState::Waiting)).map(drop)
        })
        .await
        .unwrap();
        let list = || async {
            let rows = db.read(|conn| receipts::page(conn, &[ReceiptState::Failed], &Page::newest(9))).await.unwrap();
            rows.iter().map(|row| row.id.0).collect::<Vec<_>>()
        };
        assert_eq!(list().await, [5, 4, 3, 2, 1]);
        let renew = |host: Option<&'static str>, limit| db.write(move |tx| receipts::renew_failed(tx, host, limit));
        assert_eq!(renew(Some("c.test"), 9).await.unwrap(), 0);
        assert_eq!(renew(Some("b.test"), 9).await.unwrap(), 1, "neither its ports nor what is below or alike");
        assert_eq!(list().await, [5, 4, 3, 1]);
        assert_eq!(renew(None, 2).await.unwrap(), 2);
        assert_eq!(list().await, [5, 4]);
        assert!(db.write(|tx| receipts::renew(tx, ReceiptId(4))).await.unwrap());
        let claimed = db.write(|tx| { let end = tx.now() + DAY; receipts::claim(tx, 9, end) }).await.unwrap();
        assert_eq!(claimed.iter().map(|row| (row.id.0, row.attempts)).collect::<Vec<_>>(), [(1, 1), (2, 1), (3, 1), (4, 1), (6, 4)]);
    }
}

on_both! {
    async fn another_inbox_is_news_once(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let insert = |tx: &mut Tx<'_>| -> QueryResult<()> {
            receipts::insert(tx, &receipt(1, "a.test", ReceiptState::Waiting)).map(drop)
        };
        db.write(insert).await.unwrap();
        let again = |owner: Option<i64>, actor: &'static str| {
            let mut arrived = receipt(2, "a.test", ReceiptState::Waiting);
            "https://a.test/1".clone_into(&mut arrived.activity_uri);
            actor.clone_into(&mut arrived.actor_uri);
            arrived.inbox_account_id = owner.map(AccountId);
            db.write(move |tx| receipt_inboxes::arrive_again(tx, &arrived))
        };
        for (owner, actor, expected) in [
            (None, "https://a.test/users/bob", false),
            (Some(1), "https://a.test/users/bob", false),
            (Some(2), "https://a.test/users/eve", false),
            (Some(2), "https://a.test/users/bob", true),
            (Some(2), "https://a.test/users/bob", false),
            (Some(3), "https://a.test/users/bob", true),
        ] {
            assert_eq!(again(owner, actor).await.unwrap(), expected, "{owner:?} {actor}");
        }
        let owners = db
            .read(|conn| -> QueryResult<_> {
                let known = receipts::find(conn, ReceiptId(1))?.unwrap();
                receipt_inboxes::list_owners(conn, &known)
            })
            .await
            .unwrap();
        assert_eq!(owners, [AccountId(1), AccountId(2), AccountId(3)]);
        // Its inboxes go with it.
        let claimed = db.write(|tx| { let end = tx.now() + DAY; receipts::claim(tx, 9, end) }).await.unwrap();
        let lease = claimed[0].lease();
        let end = move |tx: &mut Tx<'_>| -> QueryResult<usize> {
            receipts::finish(tx, lease, ReceiptState::Applied, None)?;
            receipts::prune(tx, NOON + 1, 9)
        };
        assert_eq!(db.write(end).await.unwrap(), 1);
    }
}

on_both! {
    async fn a_job_that_was_given_up_is_revived_once(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        db.write(|tx| tx.queue(&Job::RefreshAccount { uri: "https://a.test/users/bob".to_owned() })).await.unwrap();
        let claimed = db.write(|tx| { let end = tx.now() + DAY; jobs::claim(tx, true, 9, end) }).await.unwrap();
        let (id, lease) = (claimed[0].id, claimed[0].lease());
        assert!(!db.write(move |tx| jobs::revive(tx, id)).await.unwrap(), "it is under way");
        db.write(move |tx| jobs::retry(tx, lease, "gone", None)).await.unwrap();
        assert!(db.write(move |tx| jobs::revive(tx, id)).await.unwrap());
        assert!(!db.write(move |tx| jobs::revive(tx, id)).await.unwrap());
        let claimed = db.write(|tx| { let end = tx.now() + DAY; jobs::claim(tx, true, 9, end) }).await.unwrap();
        assert_eq!((claimed[0].attempts, claimed[0].last_error.as_deref()), (1, None));
    }
}
