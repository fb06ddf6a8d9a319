//! A disk without room: what cannot be saved is refused with a sentence, and all goes on once there is room.

use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use whimbrel::clock::Clock;
use whimbrel::store::{self, Conn, Db, Engine, Error, Trouble};

use crate::support::databases::{NOON, TestDatabase};

/// Lets the database grow to so many pages and no further, as a full disk would.
async fn limit_pages(db: &Db, pages: u32) {
    let limit = move |tx: &mut store::Tx<'_>| -> Result<(), Error> {
        let Conn::Sqlite(c) = &mut **tx else {
            panic!("SQLite is asked for");
        };
        c.batch_execute(&format!("PRAGMA max_page_count = {pages}"))
    };
    db.write(limit).await.expect("the limit is set");
}

/// Pages that the file has now.
async fn count_pages(db: &Db) -> u32 {
    #[derive(diesel::QueryableByName)]
    struct Pages {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        page_count: i64,
    }
    let count = |conn: &mut Conn| -> Result<Pages, Error> {
        let Conn::Sqlite(c) = conn else {
            panic!("SQLite is asked for");
        };
        diesel::sql_query("SELECT page_count FROM pragma_page_count").get_result(c)
    };
    let pages = db.read(count).await.expect("the pages are counted");
    u32::try_from(pages.page_count).expect("a small file")
}

async fn fill(db: &Db, name: String, size: usize) -> Result<(), Error> {
    let value = "x".repeat(size);
    db.write(move |tx| store::settings::set(tx, &name, &value))
        .await
}

async fn size_of(db: &Db, name: &str) -> Option<usize> {
    let name = name.to_owned();
    let found = db.read(move |c| store::settings::find(c, &name)).await;
    found
        .expect("what is there can be read")
        .map(|value| value.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_what_does_not_fit_and_loses_nothing_of_what_did() {
    const LARGE: usize = 100_000;
    let database = TestDatabase::new(Engine::Sqlite).await;
    let db = database.open(&Clock::stepped(NOON)).await;
    assert_eq!(db.load().failures, 0, "nothing is wrong yet");
    limit_pages(&db, 1).await;
    let mut kept = Vec::new();
    let mut refused = 0;
    for round in 0..20 {
        let names: Vec<String> = (0..8).map(|number| format!("{round}/{number}")).collect();
        if round == 5 {
            // Room for some of them, and not for all.
            limit_pages(&db, count_pages(&db).await + 200).await;
        }
        if round == 15 {
            limit_pages(&db, 1_000_000).await;
        }
        let fills = names.iter().map(|name| fill(&db, name.clone(), LARGE));
        let ends = futures_util::future::join_all(fills).await;
        for (name, end) in names.into_iter().zip(ends) {
            match end {
                Ok(()) => kept.push(name),
                Err(error) => {
                    assert_eq!(Trouble::of(&error), Some(Trouble::Full), "{error}");
                    assert_eq!(size_of(&db, &name).await, None, "{name} was refused");
                    refused += 1;
                }
            }
        }
        for name in &kept {
            assert_eq!(
                size_of(&db, name).await,
                Some(LARGE),
                "{name} was acknowledged"
            );
        }
    }
    assert!(refused > 40, "{refused}");
    assert!(db.load().failures > 0, "that is counted");
    assert!(kept.len() >= 40 + 5, "{}", kept.len());
    assert!(
        kept.iter().any(|name| name.starts_with("19/")),
        "all goes on"
    );
    drop(db);
    let again = database.open(&Clock::stepped(NOON)).await;
    for name in &kept {
        assert_eq!(
            size_of(&again, name).await,
            Some(LARGE),
            "{name} after a restart"
        );
    }
}
