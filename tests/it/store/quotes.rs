//! Quotes: one for each status, pages of those that hold, numbers, and what goes with them.

use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, StatusId};
use whimbrel::store::quotes::{self, Quote};
use whimbrel::store::{self, Page, QueryResult, QuoteState, Tx};

use super::rows::{account, status};
use crate::support::databases::{NOON, TestDatabase, on_both};

const TEA: StatusId = StatusId(10);

fn quote(id: i64, of: Option<StatusId>, state: QuoteState) -> Quote {
    Quote {
        id,
        status_id: StatusId(id + 100),
        quoted_id: of,
        quoted_uri: "https://here.example/statuses/10".to_owned(),
        state,
        approval_uri: Some(format!("https://here.example/words/{id}")),
        request_uri: Some(format!("https://here.example/requests/{id}")),
        is_legacy: false,
        created_at: NOON,
    }
}

/// Ann's status, and three by Bob that quote it, of which the second waits.
fn set_up(tx: &mut Tx) -> QueryResult<()> {
    for (id, name) in [(1, "ann"), (2, "bob")] {
        store::accounts::insert(tx, &account(id, name))?;
    }
    store::statuses::insert(tx, &status(TEA.0, 1))?;
    for (id, state) in [
        (1, QuoteState::Accepted),
        (2, QuoteState::Pending),
        (3, QuoteState::Accepted),
    ] {
        store::statuses::insert(tx, &status(id + 100, 2))?;
        assert!(quotes::insert(tx, &quote(id, Some(TEA), state))?);
    }
    quotes::set_terms(tx, TEA, 1, 2)?;
    quotes::add_quotes(tx, TEA, 2)
}

on_both! {
    async fn pages_hold_what_holds_and_a_status_quotes_once(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        db.write(set_up).await.unwrap();
        db.write(|tx| -> QueryResult<()> {
            let again = Quote { id: 9, ..quote(1, Some(TEA), QuoteState::Accepted) };
            assert!(!quotes::insert(tx, &again)?);
            let ids = |rows: Vec<Quote>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
            assert_eq!(ids(quotes::page_of(tx, TEA, &Page::newest(9))?), [3, 1]);
            let older = Page { max_id: Some(3), ..Page::newest(9) };
            assert_eq!(ids(quotes::page_of(tx, TEA, &older)?), [1]);
            assert_eq!(quotes::list_quoters(tx, TEA, true)?, [AccountId(2)]);
            assert_eq!(quotes::find_by_request(tx, "https://here.example/requests/2")?.unwrap().id, 2);
            assert_eq!(ids(quotes::list_by_approval(tx, "https://here.example/words/3", 9)?), [3]);
            assert!(quotes::find_quoting(tx, &[TEA])?.is_some());
            let terms = quotes::list_terms(tx, &[TEA])?.remove(0);
            assert_eq!((terms.automatic, terms.manual, terms.quotes), (1, 2, 2));
            quotes::set_terms(tx, TEA, 0, 0)?;
            assert_eq!(quotes::list_terms(tx, &[TEA])?[0].quotes, 2, "numbers stay");
            Ok(())
        }).await.unwrap();
    }
}

on_both! {
    async fn what_is_quoted_may_go_and_come_back(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        db.write(set_up).await.unwrap();
        db.write(|tx| -> QueryResult<()> {
            store::statuses::delete(tx, TEA)?;
            let left = quotes::find_by_status(tx, StatusId(101))?.unwrap();
            assert_eq!((left.quoted_id, left.state), (None, QuoteState::Accepted));
            assert_eq!(quotes::list_terms(tx, &[TEA])?, []);
            store::statuses::insert(tx, &status(TEA.0, 1))?;
            let adopted = quotes::adopt(tx, "https://here.example/statuses/10", TEA)?;
            assert_eq!(adopted.len(), 3);
            assert!(quotes::adopt(tx, "https://here.example/statuses/10", TEA)?.is_empty());
            quotes::add_quotes(tx, TEA, 2)?;
            quotes::subtract_of(tx, AccountId(2))?;
            assert_eq!(quotes::list_terms(tx, &[TEA])?[0].quotes, 0);
            store::statuses::delete(tx, StatusId(101))?;
            assert_eq!(quotes::find(tx, 1)?, None);
            Ok(())
        }).await.unwrap();
    }
}
