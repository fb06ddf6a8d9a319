//! What became of deliveries: kept while people may ask, and the documents without their bodies.

use whimbrel::clock::{Clock, DAY};
use whimbrel::id::{AccountId, ActivityId};
use whimbrel::store::activities::Activity;
use whimbrel::store::deliveries::Delivery;
use whimbrel::store::follows::Destination;
use whimbrel::store::mailings::Mailing;
use whimbrel::store::outcomes::{self, Mark, Outcome};
use whimbrel::store::{self, Db, OutcomeState, QueryResult};

use super::rows::account;
use crate::support::databases::{NOON, TestDatabase, on_both};

/// Queues document `id` of this kind about `about` for each of these hosts.
async fn queue(db: &Db, id: i64, (kind, about): (&str, &str), hosts: &[&str]) {
    let destinations: Vec<Destination> = hosts
        .iter()
        .map(|host| Destination {
            domain: (*host).to_owned(),
            inbox_url: format!("https://{host}/inbox"),
        })
        .collect();
    let (kind, object_uri) = (kind.to_owned(), about.to_owned());
    db.write(move |tx| -> QueryResult<()> {
        let activity = Activity {
            id: ActivityId(id),
            account_id: AccountId(1),
            kind,
            object_uri,
            body: "{}".to_owned(),
            created_at: tx.now(),
        };
        store::mailings::queue(tx, &Mailing::new(&activity, &destinations))
    })
    .await
    .unwrap();
}

/// Everything that waits, for all peers, oldest first.
async fn backlog(db: &Db) -> Vec<Delivery> {
    let read = |conn: &mut store::Conn| -> QueryResult<Vec<Delivery>> {
        let mut all = Vec::new();
        for peer in store::peers::list_with_backlog(conn)? {
            let rows = store::deliveries::list_by_last_try(conn, peer.id, 100)?;
            all.extend(rows.into_iter().map(|row| row.delivery));
        }
        all.sort_by_key(|delivery| (delivery.activity_id, delivery.peer_id));
        Ok(all)
    };
    db.read(read).await.unwrap()
}

async fn marks(db: &Db, id: i64) -> Vec<(String, Option<OutcomeState>)> {
    let read = move |conn: &mut store::Conn| outcomes::list_marks(conn, &[ActivityId(id)]);
    let mut marks: Vec<_> = db
        .read(read)
        .await
        .unwrap()
        .into_iter()
        .map(|mark: Mark| (mark.domain, mark.state))
        .collect();
    marks.sort_by(|one, other| one.0.cmp(&other.0));
    marks
}

async fn open(engine: store::Engine, clock: &Clock) -> (TestDatabase, Db) {
    let database = TestDatabase::new(engine).await;
    let db = database.open(clock).await;
    db.write(|tx| store::accounts::insert(tx, &account(1, "ann")))
        .await
        .unwrap();
    (database, db)
}

const POST: &str = "https://here.example/users/ann/statuses/1";

on_both! {
    async fn what_ends_is_remembered_and_what_waits_is_seen(engine) {
        let (_database, db) = open(engine, &Clock::stepped(NOON)).await;
        queue(&db, 1, ("Create", POST), &["a.example", "b.example", "c.example"]).await;
        let waits = backlog(&db).await;
        let (first, second) = (waits[0], waits[1]);
        db.write(move |tx| {
            let taken = Outcome::of(first, OutcomeState::Taken, NOON, None);
            outcomes::insert(tx, &[taken])?;
            store::deliveries::remove(tx, &[first])?;
            outcomes::end(tx, &[second], OutcomeState::Refused, Some("HTTP 403"))
        }).await.unwrap();
        let taken = Some(OutcomeState::Taken);
        let refused = Some(OutcomeState::Refused);
        let expected = [("a.example", taken), ("b.example", refused), ("c.example", None)];
        let expected = expected.map(|(host, state)| (host.to_owned(), state));
        assert_eq!(marks(&db, 1).await, expected);
        let peers = [first.peer_id, second.peer_id];
        let found = db.read(move |conn| outcomes::list(conn, &[ActivityId(1)], &peers)).await.unwrap();
        assert_eq!(found.len(), 2);
        let reason = found.iter().find_map(|outcome| outcome.reason.clone());
        assert_eq!(reason.as_deref(), Some("HTTP 403"));
        // Twice is no error, and what is forgotten already has no outcome.
        let gone = Delivery { activity_id: ActivityId(99), ..first };
        let again = [first, gone].map(|delivery| Outcome::of(delivery, OutcomeState::Expired, NOON, None));
        db.write(move |tx| outcomes::insert(tx, &again)).await.unwrap();
        assert_eq!(db.read(outcomes::count).await.unwrap(), 2);
    }
}

on_both! {
    async fn only_posts_and_follows_have_outcomes(engine) {
        let (_database, db) = open(engine, &Clock::stepped(NOON)).await;
        let actor = account(1, "ann").uri;
        for (id, kind, about, is_kept) in [
            (1, "Create", POST, true),
            (2, "Update", POST, true),
            (3, "Update", actor.as_str(), false),
            (4, "Delete", POST, true),
            (5, "Delete", actor.as_str(), false),
            (6, "Follow", "https://a.example/users/bob", true),
            (7, "Undo", "https://a.example/users/bob", true),
            (8, "Like", "https://a.example/notes/1", false),
            (9, "Block", "https://a.example/users/bob", false),
        ] {
            queue(&db, id, (kind, about), &["a.example"]).await;
            let ended = backlog(&db).await;
            db.write(move |tx| outcomes::end(tx, &ended, OutcomeState::Taken, None)).await.unwrap();
            assert_eq!(marks(&db, id).await.len(), usize::from(is_kept), "{kind} {about}");
        }
        assert!(backlog(&db).await.is_empty());
    }
}

on_both! {
    async fn documents_expire_settle_and_are_forgotten(engine) {
        let clock = Clock::stepped(NOON);
        let (_database, db) = open(engine, &clock).await;
        queue(&db, 1, ("Create", POST), &["a.example", "b.example"]).await;
        clock.advance(DAY);
        queue(&db, 2, ("Update", POST), &["a.example"]).await;
        let body = |db: Db, id| async move {
            db.read(move |conn| store::activities::find_body(conn, ActivityId(id))).await.unwrap()
        };
        // One delivery at a time, the oldest first; the document ends with its last one.
        for (left, kept) in [(2, "{}"), (1, "")] {
            let expired = db.write(|tx| outcomes::expire(tx, false, NOON + 1, 1)).await.unwrap();
            assert_eq!((expired, backlog(&db).await.len()), (1, left));
            assert_eq!(body(db.clone(), 1).await.as_deref(), Some(kept));
        }
        assert_eq!(db.write(|tx| outcomes::expire(tx, false, NOON + 1, 1)).await.unwrap(), 0);
        let expired = Some(OutcomeState::Expired);
        let expected = ["a.example", "b.example"].map(|host| (host.to_owned(), expired));
        assert_eq!(marks(&db, 1).await, expected);
        assert_eq!(body(db.clone(), 2).await.as_deref(), Some("{}"), "somebody waits for it");
        let prune = |before: i64| move |tx: &mut store::Tx<'_>| store::activities::prune_delivered(tx, before, 10);
        assert_eq!(db.write(prune(NOON + DAY - 1)).await.unwrap(), 0);
        assert_eq!(db.write(prune(NOON + DAY)).await.unwrap(), 1);
        assert_eq!(body(db.clone(), 1).await, None);
        assert_eq!(db.read(outcomes::count).await.unwrap(), 0);
        assert_eq!(backlog(&db).await.len(), 1, "what waits stays");
    }
}

on_both! {
    async fn what_is_taken_back_before_it_was_sent_is_superseded(engine) {
        let (_database, db) = open(engine, &Clock::stepped(NOON)).await;
        db.write(|tx| {
            let peer = store::peers::ensure(tx, "a.example")?;
            store::peers::record_failure(tx, peer, "no answer", NOON + DAY)
        }).await.unwrap();
        queue(&db, 1, ("Create", POST), &["a.example", "b.example"]).await;
        for id in [2, 3] {
            queue(&db, id, ("Update", POST), &["a.example", "b.example"]).await;
        }
        let superseded = Some(OutcomeState::Superseded);
        let up = ("b.example".to_owned(), None);
        assert_eq!(marks(&db, 2).await, [("a.example".to_owned(), superseded), up.clone()]);
        assert_eq!(marks(&db, 3).await, [("a.example".to_owned(), None), up.clone()]);
        queue(&db, 4, ("Delete", POST), &["a.example", "b.example"]).await;
        for id in 1..=3 {
            assert_eq!(marks(&db, id).await, [("a.example".to_owned(), superseded), up.clone()], "{id}");
        }
        assert_eq!(marks(&db, 4).await, [up], "whoever saw nothing is told nothing");
    }
}
