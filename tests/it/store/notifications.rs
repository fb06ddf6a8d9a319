//! Groups of notifications on both databases: their newest are their heads, whatever goes.

use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, NotificationId, StatusId};
use whimbrel::store::notifications::{self, Filter, NewNotification};
use whimbrel::store::{self, Db, NotificationKind, NotificationPlace, Page};

use super::rows::{account, status};
use crate::support::databases::{NOON, TestDatabase, on_both};

const ANN: AccountId = AccountId(1);

fn new(from: i64, kind: NotificationKind, key: Option<&str>) -> NewNotification {
    NewNotification {
        account_id: ANN,
        kind,
        from_account_id: AccountId(from),
        status_id: (kind == NotificationKind::Favourite).then_some(StatusId(1)),
        created_at: NOON,
        group_key: key.map(str::to_owned),
        place: NotificationPlace::Head,
    }
}

/// Ann is liked by twenty people in one group and mentioned by one; three follow her; one is put aside.
async fn filled(database: &TestDatabase) -> Db {
    let db = database.open(&Clock::stepped(NOON)).await;
    db.write(|tx| -> store::QueryResult<()> {
        for id in 1..=25 {
            store::accounts::insert(tx, &account(id, &format!("p{id}")))?;
        }
        store::statuses::insert(tx, &status(1, 1))?;
        for from in 2..=21 {
            notifications::insert(tx, &new(from, NotificationKind::Favourite, Some("likes")))?;
        }
        notifications::insert(tx, &new(2, NotificationKind::Mention, None))?;
        for from in 2..=4 {
            notifications::insert(tx, &new(from, NotificationKind::Follow, Some("follows")))?;
        }
        let aside = NewNotification {
            place: NotificationPlace::Filtered,
            ..new(25, NotificationKind::Follow, None)
        };
        notifications::insert(tx, &aside)?;
        // The same once more is nothing new.
        assert!(notifications::insert(tx, &aside)?.is_none());
        Ok(())
    })
    .await
    .unwrap();
    db
}

/// Who is the newest of each group.
async fn heads(
    db: &Db,
    filter: Filter,
    alone: &'static [NotificationKind],
    limit: i64,
) -> Vec<i64> {
    let page = Page::newest(limit);
    let rows = db.read(move |conn| notifications::page_groups(conn, ANN, &filter, alone, &page));
    let rows = rows.await.unwrap().into_iter();
    rows.map(|row| row.from_account_id.0).collect()
}

on_both! {
    async fn a_group_is_read_by_its_newest(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        let all = Filter::default();
        assert_eq!(heads(&db, all.clone(), &[], 10).await, [4, 2, 21]);
        assert_eq!(heads(&db, all.clone(), &[], 2).await, [4, 2]);
        assert_eq!(heads(&db, all.clone(), &[NotificationKind::Follow], 5).await, [4, 3, 2, 2, 21]);
        let with_filtered = Filter { with_filtered: true, ..all.clone() };
        assert_eq!(heads(&db, with_filtered, &[], 10).await, [25, 4, 2, 21]);
        let likes = Filter { kinds: vec![NotificationKind::Favourite], ..all.clone() };
        assert_eq!(heads(&db, likes, &[], 10).await, [21]);
        let others = Filter { excluded: vec![NotificationKind::Favourite], ..all.clone() };
        assert_eq!(heads(&db, others, &[], 10).await, [4, 2]);
        let of_one = Filter { from: Some(AccountId(2)), ..all };
        assert_eq!(heads(&db, of_one, &[], 10).await, [2, 2, 2]);
        let (sizes, samples) = db.read(|conn| -> store::QueryResult<_> {
            let keys = ["likes", "follows", "nothing"];
            let mut sizes = notifications::list_sizes(conn, ANN, &keys, NotificationId(15))?;
            sizes.sort_by(|a, b| a.group_key.cmp(&b.group_key));
            Ok((sizes, notifications::list_samples(conn, ANN, &keys, 2)?))
        }).await.unwrap();
        let sizes: Vec<_> = sizes.iter().map(|size| (&*size.group_key, size.count, size.oldest.0)).collect();
        assert_eq!(sizes, [("follows", 3, 22), ("likes", 20, 15)]);
        let samples: Vec<_> = samples.iter().map(|sample| (&*sample.group_key, sample.from_account_id.0)).collect();
        assert_eq!(samples, [("follows", 4), ("follows", 3), ("likes", 21), ("likes", 20)]);
        let up = Page { min_id: Some(0), ..Page::newest(1) };
        let climbed = db.read(move |conn| notifications::page_groups(conn, ANN, &Filter::default(), &[], &up));
        assert_eq!(climbed.await.unwrap()[0].from_account_id, AccountId(21));
    }
}

on_both! {
    async fn whatever_goes_leaves_a_newest(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        let follow = NotificationKind::Follow;
        db.write(move |tx| notifications::withdraw(tx, ANN, follow, AccountId(4), None)).await.unwrap();
        assert_eq!(heads(&db, Filter::default(), &[], 10).await, [3, 2, 21]);
        db.write(|tx| notifications::remove_sender(tx, ANN, AccountId(21))).await.unwrap();
        assert_eq!(heads(&db, Filter::default(), &[], 10).await, [3, 2, 20]);
        db.write(|tx| -> store::QueryResult<()> {
            notifications::remove_all_of(tx, AccountId(3))?;
            store::accounts::delete(tx, AccountId(3))
        }).await.unwrap();
        assert_eq!(heads(&db, Filter::default(), &[], 10).await, [2, 2, 20]);
        let newest = db.read(|conn| notifications::page_of_group(conn, ANN, "likes", &Page::newest(1)));
        let newest = newest.await.unwrap()[0].id;
        assert!(db.write(move |tx| notifications::dismiss(tx, ANN, newest)).await.unwrap());
        assert_eq!(heads(&db, Filter::default(), &[], 10).await, [2, 2, 19]);
        assert!(db.write(|tx| notifications::dismiss_group(tx, ANN, "likes")).await.unwrap());
        assert_eq!(heads(&db, Filter::default(), &[], 10).await, [2, 2]);
        let shown = db.write(|tx| notifications::show_filtered(tx, ANN, AccountId(25))).await.unwrap();
        assert_eq!(shown.len(), 1);
        assert_eq!(heads(&db, Filter::default(), &[], 10).await, [25, 2, 2]);
        db.write(|tx| notifications::clear(tx, ANN)).await.unwrap();
        assert_eq!(heads(&db, Filter::default(), &[], 10).await, Vec::<i64>::new());
    }
}
