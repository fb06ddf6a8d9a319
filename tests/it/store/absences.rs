//! What is pulled after an absence: rows that say what is left, whatever happens in between.

use whimbrel::clock::{Clock, HOUR, MINUTE};
use whimbrel::id::AbsenceId;
use whimbrel::store::absences::{self, Absence, Gain, Host, Task};
use whimbrel::store::{AbsenceCause, AbsenceState, Db, HostState, QueryResult, TaskKind};

use crate::support::databases::{NOON, TestDatabase, on_both};

const ID: AbsenceId = AbsenceId(1);

fn absence() -> Absence {
    Absence {
        id: ID,
        host: None,
        cause: AbsenceCause::Node,
        away_from: NOON - HOUR,
        away_until: NOON,
        state: AbsenceState::Waiting,
        peers: 0,
        peers_done: 0,
        peers_failed: 0,
        requests: 0,
        recovered: 0,
        created_at: NOON,
        ended_at: None,
    }
}

fn host(name: &str) -> Host {
    Host {
        absence_id: ID,
        host: name.to_owned(),
        state: HostState::Open,
        due_at: NOON,
        failing_since: None,
        failures: 0,
        last_error: None,
        budget: 10,
        requests: 0,
        recovered: 0,
    }
}

fn task(id: i64, host: &str) -> Task {
    Task {
        id,
        absence_id: ID,
        host: host.to_owned(),
        kind: TaskKind::Outbox,
        target: format!("https://{host}/users/{id}"),
        cursor: None,
        pages: 0,
    }
}

async fn planned(db: &Db) {
    db.write(|tx| -> QueryResult<()> {
        absences::insert(tx, &absence())?;
        let hosts = [host("a.example"), host("b.example")];
        let tasks = [
            task(1, "a.example"),
            task(2, "a.example"),
            task(3, "b.example"),
        ];
        absences::plan(tx, ID, &hosts, &tasks)?;
        absences::set_state(tx, ID, AbsenceState::Running)
    })
    .await
    .unwrap();
}

async fn claim(db: &Db) -> Vec<Host> {
    let claim = |tx: &mut whimbrel::store::Tx<'_>| {
        let end = tx.now() + MINUTE;
        absences::claim(tx, 10, end)
    };
    db.write(claim).await.unwrap()
}

on_both! {
    async fn a_claimed_peer_comes_back_and_goes_on_where_it_was(engine) {
        let database = TestDatabase::new(engine).await;
        let clock = Clock::stepped(NOON);
        let db = database.open(&clock).await;
        planned(&db).await;
        assert_eq!(claim(&db).await.len(), 2);
        assert!(claim(&db).await.is_empty(), "both are leased");
        let first = db.read(|conn| absences::next_task(conn, &host("a.example"))).await.unwrap().unwrap();
        assert_eq!(first.id, 1);
        let lease = NOON + MINUTE;
        db.write(move |tx| absences::advance(tx, &first, Some("https://a.example/p2"), lease)).await.unwrap();
        clock.advance(MINUTE);
        assert_eq!(claim(&db).await.len(), 2, "the leases ended");
        db.write(absences::release).await.unwrap();
        assert_eq!(claim(&db).await.len(), 2, "whoever claimed them is gone");
        let again = db.read(|conn| absences::next_task(conn, &host("a.example"))).await.unwrap().unwrap();
        assert_eq!((again.id, again.cursor.as_deref(), again.pages), (1, Some("https://a.example/p2"), 1));
        db.write(move |tx| absences::advance(tx, &again, None, lease)).await.unwrap();
        let second = db.read(|conn| absences::next_task(conn, &host("a.example"))).await.unwrap().unwrap();
        assert_eq!(second.id, 2);
    }
}

on_both! {
    async fn an_absence_ends_with_its_last_peer_and_counts_them(engine) {
        let database = TestDatabase::new(engine).await;
        let clock = Clock::stepped(NOON);
        let db = database.open(&clock).await;
        planned(&db).await;
        let ended = db.write(|tx| -> QueryResult<_> {
            absences::add(tx, ID, "a.example", Gain { requests: 3, recovered: 40 })?;
            absences::postpone(tx, ID, "b.example", NOON + HOUR, Some("no route"))?;
            Ok((
                absences::finish_host(tx, ID, "a.example", None)?,
                absences::finish_host(tx, ID, "a.example", None)?,
            ))
        }).await.unwrap();
        assert_eq!(ended, (false, false), "one is left, and ending twice is no error");
        assert!(claim(&db).await.is_empty(), "the other is left alone");
        db.write(absences::release).await.unwrap();
        assert!(claim(&db).await.is_empty(), "what failed is not released");
        let waiting = db.read(|conn| absences::find_host(conn, ID, "b.example")).await.unwrap().unwrap();
        assert_eq!((waiting.failures, waiting.failing_since, waiting.last_error.as_deref()), (1, Some(NOON), Some("no route")));
        assert!(db.write(|tx| absences::finish_host(tx, ID, "b.example", Some("no route"))).await.unwrap());
        let done = db.read(|conn| absences::list(conn, 10)).await.unwrap().pop().unwrap();
        assert_eq!(
            (done.state, done.peers, done.peers_done, done.peers_failed, done.requests, done.recovered, done.ended_at),
            (AbsenceState::Done, 2, 1, 1, 3, 40, Some(NOON))
        );
        let left = db.read(|conn| absences::count_tasks(conn, ID, "b.example")).await.unwrap();
        assert_eq!(left, 0);
        let pruned = db.write(|tx| absences::prune(tx, NOON + 1)).await.unwrap();
        assert_eq!(pruned, 1);
    }
}
