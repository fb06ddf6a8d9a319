//! Pins, muted threads and posts that wait for their time.

use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, AttachmentId, ScheduledId, StatusId};
use whimbrel::store::attachments::Attachment;
use whimbrel::store::pins::{self, Pin};
use whimbrel::store::scheduled_statuses::{self as scheduled, Scheduled};
use whimbrel::store::{
    self, AttachmentKind, Db, Page, QueryResult, Tx, attachments, conversation_mutes, tombstones,
};

use super::rows::{account, status};
use crate::support::databases::{NOON, TestDatabase, on_both};

const ANN: AccountId = AccountId(1);

fn pin(id: i64, of: i64) -> Pin {
    Pin {
        id,
        account_id: ANN,
        status_id: StatusId(of),
        created_at: NOON,
    }
}

async fn open(database: &TestDatabase) -> Db {
    let db = database.open(&Clock::stepped(NOON)).await;
    let people = |tx: &mut Tx| -> QueryResult<()> {
        store::accounts::insert(tx, &account(1, "ann"))?;
        store::accounts::insert(tx, &account(2, "bob"))
    };
    db.write(people).await.unwrap();
    db
}

on_both! {
    async fn pins_are_listed_from_the_newest(engine) {
        let database = TestDatabase::new(engine).await;
        let db = open(&database).await;
        let added = db.write(|tx| -> QueryResult<Vec<bool>> {
            for id in 1..=3 {
                store::statuses::insert(tx, &status(id, 1))?;
            }
            [pin(10, 3), pin(11, 1), pin(12, 1)].iter().map(|pin| pins::insert(tx, pin)).collect()
        }).await.unwrap();
        assert_eq!(added, [true, true, false]);
        let listed = db.read(|conn| pins::page_by(conn, ANN, &Page::newest(9))).await.unwrap();
        assert_eq!(listed, [pin(11, 1), pin(10, 3)]);
        let ids = [StatusId(1), StatusId(2)];
        assert_eq!(db.read(move |conn| pins::list_pinned(conn, &ids)).await.unwrap(), [StatusId(1)]);
        let counts = db.write(|tx| -> QueryResult<_> {
            let gone = (pins::delete(tx, StatusId(1))?, pins::delete(tx, StatusId(1))?);
            let left = pins::count_by(tx, ANN)?;
            store::statuses::delete(tx, StatusId(3))?;
            Ok((gone, left, pins::count_by(tx, ANN)?))
        }).await.unwrap();
        assert_eq!(counts, ((true, false), 1, 0));
    }
}

on_both! {
    async fn a_muted_thread_stays_muted_in_a_larger_one(engine) {
        let database = TestDatabase::new(engine).await;
        let db = open(&database).await;
        let muted = db.write(|tx| -> QueryResult<_> {
            for (account, thread) in [(1, 7), (1, 7), (2, 7), (2, 9)] {
                conversation_mutes::insert(tx, AccountId(account), thread)?;
            }
            conversation_mutes::follow_move(tx, 7, 9)?;
            conversation_mutes::follow_move(tx, 9, 9)?;
            let mut all = conversation_mutes::list_of(tx, &[7, 9])?;
            all.sort_unstable();
            conversation_mutes::delete(tx, ANN, 9)?;
            Ok((all, conversation_mutes::list_by(tx, ANN, &[7, 9])?))
        }).await.unwrap();
        assert_eq!(muted, (vec![(9, AccountId(1)), (9, AccountId(2))], vec![]));
    }
}

fn file(id: i64) -> Attachment {
    Attachment {
        kind: AttachmentKind::Image,
        mime: "image/png".to_owned(),
        ..Attachment::blank(AttachmentId(id), ANN, NOON)
    }
}

fn post(id: i64, at: i64) -> Scheduled {
    Scheduled {
        id: ScheduledId(id),
        account_id: ANN,
        scheduled_at: at,
        params: "{}".to_owned(),
        failure: None,
        created_at: NOON,
    }
}

on_both! {
    async fn a_post_that_waits_keeps_its_files_and_is_taken_once(engine) {
        let database = TestDatabase::new(engine).await;
        let db = open(&database).await;
        db.write(|tx| -> QueryResult<()> {
            attachments::insert(tx, &[file(1), file(2), file(3)])?;
            scheduled::insert(tx, &post(5, NOON + 10), &[AttachmentId(3), AttachmentId(1)])?;
            scheduled::insert(tx, &post(6, NOON + 20), &[])
        }).await.unwrap();
        let files = db.read(|conn| scheduled::list_files(conn, &[ScheduledId(5), ScheduledId(6)])).await.unwrap();
        let files: Vec<_> = files.into_iter().map(|(post, file)| (post.0, file.id.0)).collect();
        assert_eq!(files, [(5, 3), (5, 1)]);
        let left = db.read(|conn| attachments::list_abandoned(conn, NOON + 1, 9)).await.unwrap();
        assert_eq!(left.iter().map(|file| file.id.0).collect::<Vec<_>>(), [2]);
        let counts = db.read(|conn| -> QueryResult<_> {
            let day = (NOON, NOON + 20);
            let all = scheduled::count_between(conn, ANN, day, None)?;
            let others = scheduled::count_between(conn, ANN, day, Some(ScheduledId(5)))?;
            Ok((scheduled::count_by(conn, ANN)?, all, others))
        }).await.unwrap();
        assert_eq!(counts, (2, 1, 0));
        let taken = db.write(|tx| -> QueryResult<_> {
            let early = scheduled::take(tx, ScheduledId(5), NOON + 11)?;
            let moved = scheduled::postpone(tx, ANN, ScheduledId(5), NOON + 30)?;
            let foreign = scheduled::postpone(tx, AccountId(2), ScheduledId(5), NOON)?;
            let former = scheduled::take(tx, ScheduledId(5), NOON + 10)?;
            let held = scheduled::holds(tx, AttachmentId(3))?;
            let now = scheduled::take(tx, ScheduledId(5), NOON + 30)?;
            let again = scheduled::take(tx, ScheduledId(5), NOON + 30)?;
            assert_eq!((early, moved, foreign, former, held), (None, true, false, None, true));
            Ok((now.is_some(), again.is_some(), scheduled::holds(tx, AttachmentId(3))?))
        }).await.unwrap();
        assert_eq!(taken, (true, false, false));
        let page = db.write(|tx| -> QueryResult<_> {
            scheduled::set_failure(tx, ScheduledId(6), "why")?;
            let page = scheduled::page_by(tx, ANN, &Page::newest(9))?;
            let gone = (scheduled::delete(tx, AccountId(2), ScheduledId(6))?, scheduled::delete(tx, ANN, ScheduledId(6))?);
            Ok((page, gone))
        }).await.unwrap();
        let failed = Scheduled { failure: Some("why".to_owned()), ..post(6, NOON + 20) };
        assert_eq!(page, (vec![failed], (false, true)));
    }
}

on_both! {
    async fn only_who_deleted_something_takes_that_back(engine) {
        let database = TestDatabase::new(engine).await;
        let db = open(&database).await;
        let uri = "https://there.example/1";
        let found = db.write(move |tx| -> QueryResult<_> {
            tombstones::insert(tx, uri, "https://there.example/ann")?;
            tombstones::forget(tx, uri, "https://there.example/bob")?;
            let before = tombstones::find(tx, uri)?;
            tombstones::forget(tx, uri, "https://there.example/ann")?;
            Ok((before, tombstones::find(tx, uri)?))
        }).await.unwrap();
        assert_eq!(found, (Some("https://there.example/ann".to_owned()), None));
    }
}
