//! Pages are cut by ids: complete, without repeats, newest first.

use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, StatusId};
use whimbrel::store::home::Entry;
use whimbrel::store::{self, Db, Page};

use super::rows::{account, status};
use crate::support::databases::{NOON, TestDatabase, on_both};

async fn home(db: &Db, page: Page) -> Vec<i64> {
    let ids = db
        .read(move |conn| store::home::page(conn, AccountId(1), &page))
        .await
        .unwrap();
    ids.into_iter().map(|id| id.0).collect()
}

async fn filled(database: &TestDatabase) -> Db {
    let db = database.open(&Clock::stepped(NOON)).await;
    db.write(|tx| -> store::QueryResult<()> {
        store::accounts::insert(tx, &account(1, "ann"))?;
        for id in 1..=50 {
            store::statuses::insert(tx, &status(id, 1))?;
            store::home::insert(
                tx,
                &[Entry {
                    account_id: AccountId(1),
                    status_id: StatusId(id),
                    author_id: AccountId(1),
                }],
            )?;
        }
        Ok(())
    })
    .await
    .unwrap();
    db
}

on_both! {
    async fn a_walk_down_and_a_walk_up_see_everything_once(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        let (mut down, mut at) = (Vec::new(), None);
        loop {
            let page = home(&db, Page { max_id: at, ..Page::newest(7) }).await;
            let Some(last) = page.last().copied() else { break };
            down.extend(page);
            at = Some(last);
        }
        assert_eq!(down, (1..=50).rev().collect::<Vec<_>>());
        let (mut up, mut at) = (Vec::new(), 0);
        loop {
            let page = home(&db, Page { min_id: Some(at), ..Page::newest(7) }).await;
            let Some(first) = page.first().copied() else { break };
            up.splice(0..0, page);
            at = first;
        }
        assert_eq!(up, down);
    }
}

on_both! {
    async fn bounds_combine(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        let page = Page { limit: 5, max_id: Some(40), since_id: Some(30), min_id: None };
        assert_eq!(home(&db, page).await, [39, 38, 37, 36, 35]);
        let page = Page { limit: 5, max_id: Some(33), since_id: None, min_id: Some(30) };
        assert_eq!(home(&db, page).await, [32, 31]);
        assert_eq!(home(&db, Page::newest(0)).await, Vec::<i64>::new());
    }
}
