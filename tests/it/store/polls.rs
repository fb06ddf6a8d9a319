//! Polls: votes that are counted once, and what goes with a poll.

use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, StatusId};
use whimbrel::store::polls::{self, Poll, PollOption, Vote};
use whimbrel::store::{self, Conn, QueryResult, Tx};

use super::rows::{account, status};
use crate::support::databases::{NOON, TestDatabase, on_both};

const ID: StatusId = StatusId(10);

fn poll() -> Poll {
    Poll {
        status_id: ID,
        multiple: true,
        hides_totals: false,
        expires_at: Some(NOON + 1),
        closed_at: None,
        voters: Some(0),
        told_at: 0,
        fetched_at: NOON,
    }
}

fn options() -> Vec<PollOption> {
    (0..3)
        .map(|position| PollOption {
            status_id: ID,
            position,
            title: position.to_string(),
            votes: 0,
        })
        .collect()
}

fn vote(account: i64, position: i16, at: i64) -> Vote {
    Vote {
        status_id: ID,
        account_id: AccountId(account),
        position,
        created_at: at,
    }
}

fn tallies(conn: &mut Conn) -> QueryResult<(Vec<i64>, Option<i64>)> {
    let options = polls::list_options(conn, &[ID])?;
    let voters = polls::find(conn, ID)?.and_then(|poll| poll.voters);
    Ok((
        options.into_iter().map(|option| option.votes).collect(),
        voters,
    ))
}

fn set_up(tx: &mut Tx) -> QueryResult<()> {
    for (id, name) in [(1, "ann"), (2, "bob"), (3, "carl")] {
        store::accounts::insert(tx, &account(id, name))?;
    }
    store::statuses::insert(tx, &status(ID.0, 1))?;
    polls::replace(tx, &poll(), &options())
}

on_both! {
    async fn a_choice_counts_once_and_a_voter_too(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        db.write(set_up).await.unwrap();
        let added = db.write(|tx| -> QueryResult<_> {
            assert_eq!(polls::lock(tx, StatusId(11))?, None);
            assert_eq!(polls::lock(tx, ID)?, Some(poll()));
            let first = polls::add_votes(tx, &[vote(2, 2, NOON), vote(2, 0, NOON)], true)?;
            let again = polls::add_votes(tx, &[vote(2, 2, NOON + 1), vote(2, 1, NOON + 1)], false)?;
            let other = polls::add_votes(tx, &[vote(3, 2, NOON)], true)?;
            Ok([first, again, other])
        }).await.unwrap();
        assert_eq!(added, [2, 1, 1]);
        assert_eq!(db.read(tallies).await.unwrap(), (vec![1, 1, 2], Some(2)));
        let own = db.read(|conn| polls::list_votes(conn, &[AccountId(2)], &[ID])).await.unwrap();
        let own: Vec<i16> = own.into_iter().map(|vote| vote.position).collect();
        assert_eq!(own, [0, 2, 1], "in the order of voting");
        let voters = |after| db.read(move |conn| polls::list_local_voters(conn, ID, AccountId(after), 9));
        assert_eq!(voters(0).await.unwrap(), [AccountId(2), AccountId(3)]);
        assert_eq!(voters(2).await.unwrap(), [AccountId(3)]);
    }
}

on_both! {
    async fn other_options_come_without_votes_and_a_status_takes_its_poll_along(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        db.write(set_up).await.unwrap();
        db.write(|tx| -> QueryResult<()> {
            polls::add_votes(tx, &[vote(2, 2, NOON)], true)?;
            polls::set_tallies(tx, ID, &[7, 8, 9])?;
            polls::set_fetched(tx, ID, NOON + 5)
        }).await.unwrap();
        assert_eq!(db.read(tallies).await.unwrap(), (vec![7, 8, 9], Some(1)));
        db.write(|tx| polls::replace(tx, &poll(), &options()[..2])).await.unwrap();
        assert_eq!(db.read(tallies).await.unwrap(), (vec![0, 0], Some(0)));
        let own = db.read(|conn| polls::list_votes(conn, &[AccountId(2)], &[ID])).await.unwrap();
        assert_eq!(own, []);
        db.write(|tx| store::statuses::delete(tx, ID)).await.unwrap();
        assert_eq!(db.read(tallies).await.unwrap(), (vec![], None));
    }
}
