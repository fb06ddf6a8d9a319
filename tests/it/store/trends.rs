//! What trends is read by index, whatever the number of statuses and uses.

use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, StatusId, TagId};
use whimbrel::store::trends::{self, Cut, TrendingStatus, TrendingTag};
use whimbrel::store::{self, QueryResult, Tx};

use super::rows::{account, status};
use crate::support::databases::{NOON, TestDatabase, on_both};

const ALL: Cut = Cut {
    limit: 10,
    offset: 0,
    with_hidden: true,
};
const SHOWN: Cut = Cut {
    with_hidden: false,
    ..ALL
};

fn tag(id: TagId, score: f64, is_shown: bool) -> TrendingTag {
    TrendingTag {
        tag_id: id,
        score,
        peak_score: score,
        peak_at: NOON,
        is_shown,
    }
}

on_both! {
    async fn the_strongest_come_first_and_each_count_replaces_the_last(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let counted = db.write(|tx: &mut Tx<'_>| -> QueryResult<_> {
            let tea = store::tags::ensure(tx, "tea")?;
            let sea = store::tags::ensure(tx, "sea")?;
            store::accounts::insert(tx, &account(1, "ann"))?;
            store::statuses::insert(tx, &status(7, 1))?;
            for (people, day, id) in [(3, 9, tea), (1, 9, sea), (2, 8, tea)] {
                for person in 1..=people {
                    store::tag_uses::add(tx, &[id], day, AccountId(person))?;
                    store::tag_uses::add(tx, &[id], day, AccountId(person))?;
                }
            }
            assert_eq!(trends::count_accounts(tx, 9, 2, 10)?, [(tea, 3)]);
            assert_eq!(trends::count_accounts_of(tx, 8, &[tea, sea])?, [(tea, 2)]);
            trends::replace_tags(tx, &[tag(tea, 1.0, true), tag(sea, 2.0, false)])?;
            let one = TrendingStatus { status_id: StatusId(7), account_id: AccountId(1), score: 3.5, is_shown: false };
            trends::replace_statuses(tx, &[one])?;
            Ok((tea, sea))
        });
        let (tea, sea) = counted.await.unwrap();
        let read = move |tx: &mut Tx<'_>| -> QueryResult<()> {
            let ids = |rows: Vec<TrendingTag>| rows.into_iter().map(|row| row.tag_id).collect::<Vec<_>>();
            assert_eq!(ids(trends::list_tags(tx, ALL)?), [sea, tea]);
            assert_eq!(ids(trends::list_tags(tx, SHOWN)?), [tea]);
            assert_eq!(ids(trends::list_tags(tx, Cut { offset: 1, ..ALL })?), [tea]);
            trends::show_tag(tx, sea, true)?;
            assert_eq!(ids(trends::list_tags(tx, SHOWN)?), [sea, tea]);
            assert!(trends::list_statuses(tx, SHOWN)?.is_empty());
            trends::show_status(tx, StatusId(7), true)?;
            assert_eq!(trends::list_statuses(tx, SHOWN)?.len(), 1);
            store::statuses::delete(tx, StatusId(7))?;
            assert!(trends::list_statuses(tx, ALL)?.is_empty(), "it goes with the status");
            trends::replace_tags(tx, &[])?;
            assert!(trends::list_tags(tx, ALL)?.is_empty());
            Ok(())
        };
        db.write(read).await.unwrap();
    }
}
