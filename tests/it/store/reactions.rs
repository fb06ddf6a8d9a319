//! Reactions: each once, counted by emoji in the order of their first use, and found by their ids.

use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, StatusId};
use whimbrel::store::reactions::{self, Reaction, ReactionEmoji};
use whimbrel::store::{self, QueryResult, Tx};

use super::rows::{account, status};
use crate::support::databases::{NOON, TestDatabase, on_both};

const TEA: StatusId = StatusId(10);
const PICTURE: &str = "https://peer.example/cup.png";

fn reaction(id: i64, by: i64, name: &str, url: Option<&str>) -> Reaction {
    Reaction {
        id,
        account_id: AccountId(by),
        status_id: TEA,
        name: name.to_owned(),
        url: url.map(str::to_owned),
        uri: format!("https://peer.example/reactions/{id}"),
        created_at: NOON,
    }
}

/// Three people; a cup of this node, one of another, and a bird.
fn set_up(tx: &mut Tx) -> QueryResult<()> {
    for (id, name) in [(1, "ann"), (2, "bob"), (3, "cat")] {
        store::accounts::insert(tx, &account(id, name))?;
    }
    store::statuses::insert(tx, &status(TEA.0, 1))?;
    store::statuses::insert(tx, &status(11, 1))?;
    for (id, by, name, url) in [
        (1, 2, "\u{1f426}", None),
        (2, 2, "cup", None),
        (3, 2, "cup", Some(PICTURE)),
        (4, 3, "cup", Some(PICTURE)),
        (5, 3, "\u{1f426}", None),
        (6, 1, "cup", Some(PICTURE)),
    ] {
        assert!(reactions::insert(tx, &reaction(id, by, name, url))?);
    }
    Ok(())
}

fn ids(rows: &[Reaction]) -> Vec<i64> {
    rows.iter().map(|row| row.id).collect()
}

on_both! {
    async fn each_reaction_is_kept_once_and_counted(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        db.write(set_up).await.unwrap();
        db.write(|tx| -> QueryResult<()> {
            for (name, url) in [("\u{1f426}", None), ("cup", None), ("cup", Some(PICTURE))] {
                assert!(!reactions::insert(tx, &reaction(9, 2, name, url))?, "{name} {url:?}");
            }
            let tallies = reactions::list_tallies(tx, &[TEA, StatusId(11)])?;
            let counted: Vec<_> = tallies.iter().map(|one| (one.emoji.name.as_str(), one.emoji.url.as_deref(), one.count)).collect();
            assert_eq!(counted, [("\u{1f426}", None, 2), ("cup", None, 1), ("cup", Some(PICTURE), 3)]);
            assert!(tallies.iter().all(|tally| tally.status_id == TEA));
            assert_eq!(ids(&reactions::list_by(tx, AccountId(2), TEA)?), [1, 2, 3]);
            assert_eq!(ids(&reactions::list_among(tx, &[AccountId(1), AccountId(3)], &[TEA])?), [4, 5, 6]);
            let cup = ReactionEmoji { name: "cup".to_owned(), url: Some(PICTURE.to_owned()) };
            assert_eq!(ids(&reactions::list_with(tx, TEA, &cup, 2)?), [6, 4]);
            let own = ReactionEmoji { url: None, ..cup };
            assert_eq!(ids(&reactions::list_with(tx, TEA, &own, 2)?), [2]);
            Ok(())
        }).await.unwrap();
    }
}

on_both! {
    async fn reactions_go_alone_with_their_status_and_with_their_account(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        db.write(set_up).await.unwrap();
        db.write(|tx| -> QueryResult<()> {
            let uri = "https://peer.example/reactions/4";
            assert_eq!(reactions::find_by_uri(tx, AccountId(2), uri)?, None);
            let found = reactions::find_by_uri(tx, AccountId(3), uri)?.unwrap();
            assert!(reactions::delete(tx, found.id)?);
            assert!(!reactions::delete(tx, found.id)?);
            store::accounts::delete(tx, AccountId(2))?;
            let left = reactions::list_tallies(tx, &[TEA])?;
            assert_eq!(left.iter().map(|one| one.count).collect::<Vec<_>>(), [1, 1]);
            store::statuses::delete(tx, TEA)?;
            assert_eq!(reactions::list_tallies(tx, &[TEA])?, []);
            Ok(())
        }).await.unwrap();
    }
}
