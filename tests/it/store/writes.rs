//! What a write promises: all or nothing, alone or in a group, and nothing acknowledged is lost.

use whimbrel::clock::Clock;
use whimbrel::store::{self, Db, Error, Event};

use super::rows::{account, status};
use crate::support::databases::{NOON, TestDatabase, on_both};

async fn set(db: &Db, name: &str, value: &str) -> Result<(), Error> {
    let (name, value) = (name.to_owned(), value.to_owned());
    db.write(move |tx| store::settings::set(tx, &name, &value))
        .await
}

async fn find(db: &Db, name: &str) -> Option<String> {
    let name = name.to_owned();
    db.read(move |conn| store::settings::find(conn, &name))
        .await
        .expect("the read works")
}

on_both! {
    async fn a_failed_write_leaves_nothing_and_spares_its_neighbours(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let writes = (0..200).map(|number| {
            let db = db.clone();
            async move {
                db.write(move |tx| {
                    store::settings::set(tx, &format!("n{number}"), "kept")?;
                    if number % 3 == 0 { Err(Error::RollbackTransaction) } else { Ok(()) }
                })
                .await
            }
        });
        let results = futures_util::future::join_all(writes).await;
        for (number, result) in results.into_iter().enumerate() {
            assert_eq!(result.is_ok(), number % 3 != 0);
            assert_eq!(find(&db, &format!("n{number}")).await.is_some(), number % 3 != 0, "n{number}");
        }
    }
}

on_both! {
    async fn a_panic_in_a_write_undoes_it_and_the_next_one_works(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let broken = db
            .write(|tx| -> Result<(), Error> {
                store::settings::set(tx, "broken", "yes")?;
                panic!("as a defect would")
            })
            .await;
        assert!(broken.is_err());
        set(&db, "whole", "yes").await.expect("the writer lives on");
        assert_eq!(find(&db, "broken").await, None);
        assert_eq!(find(&db, "whole").await.as_deref(), Some("yes"));
    }
}

on_both! {
    async fn a_statement_that_fails_inside_a_write_spoils_no_other_write(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let clash = db.write(|tx| {
            let key = store::keys::Key {
                key_id: "k".into(),
                account_id: whimbrel::id::AccountId(404),
                public_pem: String::new(),
                private_pem: None,
                created_at: 0,
                algorithm: store::KeyAlgorithm::Rsa,
            };
            store::keys::insert(tx, &key)
        });
        let (clash, fine) = tokio::join!(clash, set(&db, "beside", "yes"));
        assert!(clash.is_err(), "a key needs its account");
        fine.expect("the other write stands");
        assert_eq!(find(&db, "beside").await.as_deref(), Some("yes"));
    }
}

on_both! {
    async fn what_was_acknowledged_is_there_after_reopening(engine) {
        let database = TestDatabase::new(engine).await;
        let clock = Clock::stepped(NOON);
        let db = database.open(&clock).await;
        set(&db, "a", "1").await.unwrap();
        drop(db);
        let again = database.open(&clock).await;
        assert_eq!(find(&again, "a").await.as_deref(), Some("1"));
        assert!(again.migrated().is_empty(), "a second start finds nothing to migrate");
    }
}

on_both! {
    async fn events_are_heard_after_the_commit_and_only_then(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let mut events = db.listen();
        let undone: Result<(), Error> = db
            .write(|tx| {
                tx.tell(Event::Peer(1));
                Err(Error::RollbackTransaction)
            })
            .await;
        assert!(undone.is_err());
        db.write(|tx| -> Result<(), Error> {
            tx.tell(Event::Jobs);
            tx.tell(Event::Jobs);
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(events.recv().await.unwrap(), Event::Jobs);
        assert!(events.try_recv().is_err(), "each event is told once, and none of the undone write");
    }
}

on_both! {
    async fn statuses_of_one_instant_get_ids_of_their_own(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let ids = db
            .write(|tx| -> Result<_, Error> {
                store::accounts::insert(tx, &account(1, "ann"))?;
                let mut ids = Vec::new();
                for number in 0..2_000 {
                    let id = store::statuses::new_id_at(tx, NOON - 1_000)?;
                    let mut row = status(id.0, 1);
                    row.uri = format!("https://there.example/{number}");
                    store::statuses::insert(tx, &row)?;
                    ids.push(id.0);
                }
                Ok(ids)
            })
            .await
            .expect("every status finds its place");
        assert!(ids.iter().all(|id| (NOON - 1_000..NOON).contains(&whimbrel::id::made_at(*id))));
    }
}

on_both! {
    async fn ids_of_older_things_sort_among_them_and_future_ones_count_as_now(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let (older, newer, future) = db
            .write(|tx| -> Result<_, Error> {
                let older = store::statuses::new_id_at(tx, NOON - 1_000)?.0;
                Ok((older, tx.new_id(), store::statuses::new_id_at(tx, NOON + 9_999)?.0))
            })
            .await
            .unwrap();
        assert!(older < newer && newer < future);
        assert_eq!(whimbrel::id::made_at(older), NOON - 1_000);
        assert_eq!(whimbrel::id::made_at(future), NOON);
    }
}
