//! Whose turn it is: what people wait for is written before what nobody waits for, which comes to its turn all the same.

use std::sync::{Arc, Mutex, mpsc};

use whimbrel::clock::Clock;
use whimbrel::store::{Db, Error};

use crate::support::databases::{NOON, TestDatabase, on_both};

type Log = Arc<Mutex<Vec<&'static str>>>;

/// A write that notes when it is carried out.
async fn note(db: Db, log: Log, is_later: bool) {
    let word = if is_later { "later" } else { "now" };
    let write = move |_: &mut whimbrel::store::Tx<'_>| -> Result<(), Error> {
        log.lock().unwrap().push(word);
        Ok(())
    };
    let end = if is_later {
        db.write_later(write).await
    } else {
        db.write(write).await
    };
    end.expect("it is written");
}

/// The order in which writes are carried out that all wait when the writer becomes free.
async fn order_of(db: &Db, later: usize, now: usize) -> Vec<&'static str> {
    let log = Log::default();
    let (release, released) = mpsc::channel::<()>();
    let (starts, held) = tokio::sync::oneshot::channel::<()>();
    let holding = db.clone();
    let holder = tokio::task::spawn(async move {
        let wait = move |_: &mut whimbrel::store::Tx<'_>| -> Result<(), Error> {
            starts.send(()).expect("somebody waits for it");
            released.recv().expect("it is released");
            Ok(())
        };
        holding.write(wait).await
    });
    // Only now: what comes earlier may be taken into one group with it, and then it does not wait.
    held.await.expect("it begins");
    let mut waiting = Vec::new();
    for _ in 0..later {
        waiting.push(tokio::task::spawn(note(db.clone(), log.clone(), true)));
    }
    for _ in 0..now {
        waiting.push(tokio::task::spawn(note(db.clone(), log.clone(), false)));
    }
    while db.load().waiting_writes < now || db.load().waiting_later < later {
        tokio::task::yield_now().await;
    }
    release.send(()).expect("it waits");
    holder.await.unwrap().expect("it is written");
    for write in waiting {
        write.await.unwrap();
    }
    log.lock().unwrap().clone()
}

on_both! {
    async fn people_come_before_the_background(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let order = order_of(&db, 300, 20).await;
        let last = order.iter().rposition(|word| *word == "now").unwrap();
        assert!(last < 20 + 3, "the last of them came as number {last}: {order:?}");
        assert_eq!(order.len(), 320);
        let load = db.load();
        assert_eq!((load.writes, load.writes_later), (21, 300));
        assert!(load.groups >= 10 && load.last_group > 0, "{load:?}");
        assert!(load.waited_later > load.waited_writes, "{load:?}");
        assert!(!load.is_away);
    }
}

on_both! {
    async fn the_background_has_its_share_of_each_group(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let order = order_of(&db, 3, 600).await;
        let places: Vec<usize> = order
            .iter()
            .enumerate()
            .filter_map(|(place, word)| (*word == "later").then_some(place))
            .collect();
        assert_eq!(places.len(), 3);
        assert!(places[2] < 3 * 130, "{places:?}");
    }
}
