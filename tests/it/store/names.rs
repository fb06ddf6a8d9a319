//! The words of names: who is found by them, in which order, and what follows a change.

use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, FollowId};
use whimbrel::store::accounts::Account;
use whimbrel::store::follows::{self, Follow};
use whimbrel::store::{self, AccountKind, Conn, QueryResult, Tx, account_words, accounts};

use super::rows::account;
use crate::support::databases::{NOON, TestDatabase, on_both};

fn named(id: i64, name: &str, display_name: &str) -> Account {
    Account {
        display_name: display_name.to_owned(),
        ..account(id, name)
    }
}

fn found(conn: &mut Conn, beginning: &str, limit: usize) -> QueryResult<Vec<i64>> {
    let ids = account_words::list(conn, beginning, limit)?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

fn with_followers(tx: &mut Tx, id: i64, followers: i64) -> QueryResult<()> {
    let counts = accounts::Counts {
        followers,
        ..accounts::Counts::default()
    };
    accounts::set_counts(tx, AccountId(id), counts)
}

fn follow(tx: &mut Tx, by: i64, of: i64, is_accepted: bool) -> QueryResult<()> {
    let follow = Follow {
        id: FollowId(tx.new_id()),
        account_id: AccountId(by),
        target_id: AccountId(of),
        uri: format!("https://here.example/{by}-{of}"),
        is_accepted,
        shows_boosts: true,
        notifies: false,
        languages: None,
        created_at: NOON,
    };
    follows::insert(tx, &follow).map(drop)
}

on_both! {
    async fn who_reaches_farther_is_found_first(engine) {
        let db = TestDatabase::new(engine).await.open(&Clock::stepped(NOON)).await;
        db.write(|tx| -> QueryResult<()> {
            for (id, name, display) in [
                (1, "ann", "Ann Lee"), (2, "leeann", "Ännchen"), (3, "bo", "Bo Annable"), (4, "cy", "Cy :ann: Z"), (5, "anders_ann", ""),
            ] {
                accounts::insert(tx, &named(id, name, display))?;
            }
            assert_eq!(found(tx, "ann", 9)?, [1, 5, 3, 2], "in the order of the words");
            with_followers(tx, 3, 1_000_000)?;
            with_followers(tx, 2, 12)?;
            assert_eq!(found(tx, "ann", 9)?, [3, 2, 1, 5]);
            assert_eq!(found(tx, "ann", 2)?, [3, 2]);
            for _ in 0..10 {
                accounts::add_followers(tx, AccountId(5), 1)?;
            }
            with_followers(tx, 3, 0)?;
            assert_eq!(found(tx, "ann", 9)?, [5, 2, 1, 3], "ten and twelve reach equally far");
            accounts::add_followers(tx, AccountId(5), -1)?;
            assert_eq!(found(tx, "ann", 9)?, [2, 5, 1, 3]);
            // The name changes, and what is found by it.
            accounts::update(tx, &named(5, "anders_ann", "Zoë"))?;
            assert_eq!(found(tx, "zoe", 9)?, [5]);
            accounts::update(tx, &named(1, "ann", "Ann"))?;
            assert_eq!(found(tx, "lee", 9)?, [2]);
            let ids = [1, 2, 3, 5].map(AccountId);
            assert_eq!(account_words::keep(tx, &ids, "zo")?, [AccountId(5)]);
            accounts::delete(tx, AccountId(5))?;
            assert_eq!(found(tx, "an", 9)?, [2, 1, 3]);
            Ok(())
        }).await.expect("a database");
    }
}

on_both! {
    async fn those_who_are_followed_and_those_who_count_are_told_apart(engine) {
        let db = TestDatabase::new(engine).await.open(&Clock::stepped(NOON)).await;
        db.write(|tx| -> QueryResult<()> {
            for (id, name) in [(1, "ann"), (2, "boa"), (3, "bob"), (4, "bonny")] {
                accounts::insert(tx, &named(id, name, "Bo Box"))?;
            }
            let program = Account { kind: AccountKind::Application, ..named(5, "bobot", "Bo") };
            accounts::insert(tx, &program)?;
            follow(tx, 1, 2, true)?;
            follow(tx, 1, 3, false)?;
            follow(tx, 4, 1, true)?;
            let followed = account_words::list_followed(tx, AccountId(1), "bo", 9)?;
            assert_eq!(followed, [AccountId(2)], "once, and not who has not answered");
            assert!(!found(tx, "bo", 9)?.contains(&5), "the node is nobody");
            let gone = Account { suspended_at: Some(NOON), ..named(3, "bob", "Bo Box") };
            accounts::update(tx, &gone)?;
            let mut weighed: Vec<i64> = account_words::weigh(tx, &[2, 3, 4, 5].map(AccountId))?.iter().map(|found| found.id.0).collect();
            weighed.sort_unstable();
            assert_eq!(weighed, [2, 4]);
            assert_eq!(store::accounts::list_by_beginning(tx, "bo", 2)?, [AccountId(2), AccountId(3)]);
            Ok(())
        }).await.expect("a database");
    }
}
