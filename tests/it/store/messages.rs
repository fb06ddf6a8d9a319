//! What one process commits wakes the others on the same PostgreSQL database.

use std::time::{Duration, Instant};

use tokio::time::timeout;
use whimbrel::clock::Clock;
use whimbrel::store::{Db, Engine, Error, Event, Location};

use crate::support::databases::{NOON, TestDatabase};
use crate::support::postgres;

const LONG: Duration = Duration::from_secs(20);

async fn tell(db: &Db, events: Vec<Event>) {
    let tell = move |tx: &mut whimbrel::store::Tx<'_>| -> Result<(), Error> {
        for event in events {
            tx.tell(event);
        }
        Ok(())
    };
    db.write(tell).await.expect("it is written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_commits_wakes_the_other_within_fifty_milliseconds() {
    if postgres::server().is_none() {
        println!("skipped: PostgreSQL is not installed");
        return;
    }
    let database = TestDatabase::new(Engine::Postgres).await;
    let clock = Clock::stepped(NOON);
    let (one, other) = (database.open(&clock).await, database.open(&clock).await);
    let (mut news_here, mut told_there) = (one.listen(), other.listen());
    let undone = one
        .write(|tx| -> Result<(), Error> {
            tx.tell(Event::Peer(404));
            Err(Error::RollbackTransaction)
        })
        .await;
    assert!(undone.is_err());
    let mut times = Vec::new();
    for number in 0..50 {
        tell(&one, vec![Event::Peer(number)]).await;
        let committed = Instant::now();
        let heard = timeout(LONG, told_there.recv()).await.expect("it is heard");
        times.push(committed.elapsed());
        assert_eq!(heard.unwrap(), Event::Peer(number));
        assert_eq!(news_here.recv().await.unwrap(), Event::Peer(number));
    }
    times.sort_unstable();
    println!("heard after {:?}, at most {:?}", times[25], times[49]);
    assert!(times[25] < Duration::from_millis(50), "{times:?}");
    assert!(
        news_here.try_recv().is_err(),
        "nobody hears their own words twice"
    );
    tell(&one, (0..5_000).map(Event::Peer).collect()).await;
    let heard = timeout(LONG, told_there.recv()).await.expect("it is heard");
    assert_eq!(heard.unwrap(), Event::Missed, "more than a message holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_did_not_listen_for_a_while_looks() {
    if postgres::server().is_none() {
        println!("skipped: PostgreSQL is not installed");
        return;
    }
    let database = TestDatabase::new(Engine::Postgres).await;
    let db = database.open(&Clock::stepped(NOON)).await;
    let mut heard = db.listen();
    let Location::Postgres(url) = &database.location else {
        panic!("PostgreSQL is asked for");
    };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .expect("the server answers");
    let driver = tokio::task::spawn(connection);
    let ended = client
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
            &[],
        )
        .await
        .expect("the connections are ended");
    assert!(
        ended >= 4,
        "two readers, the writer and the listener: {ended}"
    );
    let event = timeout(LONG, heard.recv()).await.expect("it is heard");
    assert_eq!(event.unwrap(), Event::Missed);
    tell(&db, vec![Event::Jobs]).await;
    assert_eq!(heard.recv().await.unwrap(), Event::Jobs);
    db.read(|c| whimbrel::store::settings::find(c, "a"))
        .await
        .expect("an idle connection that broke is made anew without a failed read");
    drop(client);
    let _ = driver.await;
}
