//! What waits in a lane: its class, what is taken back before anybody saw it, how long it is kept, where it moves.

use whimbrel::clock::{Clock, DAY, MINUTE};
use whimbrel::id::{AccountId, ActivityId};
use whimbrel::store::accounts::Account;
use whimbrel::store::activities::Activity;
use whimbrel::store::deliveries::{Delivery, Waiting};
use whimbrel::store::follows::Destination;
use whimbrel::store::mailings::Mailing;
use whimbrel::store::{self, Db, DeliveryClass, Engine, QueryResult};

use super::rows::account;
use crate::support::databases::{NOON, TestDatabase, on_both};

const A: &str = "a.example";
const B: &str = "b.example";
const THING: &str = "https://here.example/1";

/// A database with a local account, and the clock that it goes by.
struct Desk {
    db: Db,
    clock: Clock,
    _database: TestDatabase,
}

/// A document of a type, and of the type of what it takes back.
#[derive(Clone, Copy)]
struct Letter {
    id: i64,
    kind: &'static str,
    undoes: Option<&'static str>,
    about: &'static str,
    class: DeliveryClass,
}

fn letter(id: i64, kind: &'static str) -> Letter {
    let class = match kind {
        "Create" | "Update" => DeliveryClass::Posts,
        "Like" | "Announce" => DeliveryClass::Reactions,
        _ => DeliveryClass::Relations,
    };
    Letter {
        id,
        kind,
        undoes: None,
        about: THING,
        class,
    }
}

fn undo(id: i64, kind: &'static str) -> Letter {
    Letter {
        undoes: Some(kind),
        ..letter(id, "Undo")
    }
}

fn destination(domain: &str) -> Destination {
    Destination {
        domain: domain.to_owned(),
        inbox_url: format!("https://{domain}/inbox"),
    }
}

impl Desk {
    async fn open(engine: Engine) -> Self {
        let database = TestDatabase::new(engine).await;
        let clock = Clock::stepped(NOON);
        let db = database.open(&clock).await;
        db.write(|tx| store::accounts::insert(tx, &account(1, "ann")))
            .await
            .unwrap();
        Self {
            db,
            clock,
            _database: database,
        }
    }

    /// Queues a letter for these domains; at those of `personal` it names somebody.
    async fn send(&self, letter: Letter, domains: &[&str], personal: &[&str]) {
        let destinations: Vec<Destination> =
            domains.iter().map(|domain| destination(domain)).collect();
        let personal: Vec<Destination> =
            personal.iter().map(|domain| destination(domain)).collect();
        self.db
            .write(move |tx| -> QueryResult<()> {
                let activity = Activity {
                    id: ActivityId(letter.id),
                    account_id: AccountId(1),
                    kind: letter.kind.to_owned(),
                    object_uri: letter.about.to_owned(),
                    body: "{}".to_owned(),
                    created_at: tx.now(),
                };
                let mailing = Mailing {
                    undoes: letter.undoes,
                    class: letter.class,
                    personal: &personal,
                    ..Mailing::new(&activity, &destinations)
                };
                store::mailings::queue(tx, &mailing)
            })
            .await
            .unwrap();
    }

    async fn peer(&self, domain: &'static str) -> i64 {
        let ensure = move |tx: &mut store::Tx<'_>| store::peers::ensure(tx, domain);
        self.db.write(ensure).await.unwrap()
    }

    async fn fail(&self, domain: &'static str) {
        let (peer, next) = (self.peer(domain).await, self.clock.now() + DAY);
        let fail =
            move |tx: &mut store::Tx<'_>| store::peers::record_failure(tx, peer, "refused", next);
        self.db.write(fail).await.unwrap();
    }

    async fn succeed(&self, domain: &'static str) {
        let peer = self.peer(domain).await;
        let succeed = move |tx: &mut store::Tx<'_>| store::peers::record_success(tx, peer);
        self.db.write(succeed).await.unwrap();
    }

    async fn rows(&self, domain: &'static str) -> Vec<Waiting> {
        let peer = self.peer(domain).await;
        let list =
            move |conn: &mut store::Conn| store::deliveries::list_by_last_try(conn, peer, 99);
        self.db.read(list).await.unwrap()
    }

    /// The letters that wait for a domain, with their classes, by their ids.
    async fn waiting(&self, domain: &'static str) -> Vec<(i64, DeliveryClass)> {
        let rows = self.rows(domain).await;
        let mut waiting: Vec<(i64, DeliveryClass)> = rows
            .iter()
            .map(|row| (row.delivery.activity_id.0, row.delivery.class))
            .collect();
        waiting.sort_unstable();
        waiting
    }

    async fn ids(&self, domain: &'static str) -> Vec<i64> {
        let waiting = self.waiting(domain).await;
        waiting.into_iter().map(|(id, _)| id).collect()
    }

    async fn take_all(&self, domain: &'static str) {
        let rows: Vec<Delivery> = self
            .rows(domain)
            .await
            .iter()
            .map(|row| row.delivery)
            .collect();
        let remove = move |tx: &mut store::Tx<'_>| store::deliveries::remove(tx, &rows);
        self.db.write(remove).await.unwrap();
    }
}

on_both! {
    async fn all_that_waits_about_one_thing_is_in_one_class(engine) {
        use DeliveryClass::{Personal, Posts, Relations};
        let desk = Desk::open(engine).await;
        desk.send(letter(1, "Create"), &[A, B], &[A]).await;
        assert_eq!(desk.waiting(A).await, [(1, Personal)]);
        assert_eq!(desk.waiting(B).await, [(1, Posts)]);
        // What ends or changes it cannot overtake it, and is not left behind either.
        desk.send(letter(2, "Delete"), &[A, B], &[]).await;
        desk.send(letter(3, "Update"), &[B], &[B]).await;
        desk.send(Letter { about: "https://here.example/2", ..letter(4, "Delete") }, &[A, B], &[]).await;
        assert_eq!(desk.waiting(A).await, [(1, Personal), (2, Personal), (4, Relations)]);
        assert_eq!(desk.waiting(B).await, [(1, Posts), (2, Posts), (3, Posts), (4, Relations)]);
        // Once nothing waits about it, the class is its own.
        desk.take_all(A).await;
        desk.send(letter(5, "Delete"), &[A, B], &[]).await;
        assert_eq!(desk.waiting(A).await, [(5, Relations)]);
        assert_eq!(desk.waiting(B).await.last(), Some(&(5, Posts)));
    }
}

on_both! {
    async fn a_lane_reads_the_oldest_of_each_class(engine) {
        let desk = Desk::open(engine).await;
        for (id, class) in [(1, DeliveryClass::Reactions), (2, DeliveryClass::Posts), (3, DeliveryClass::Personal), (4, DeliveryClass::Posts)] {
            let about = ["", "https://x/1", "https://x/2", "https://x/3", "https://x/4"][usize::try_from(id).unwrap()];
            desk.send(Letter { about, class, ..letter(id, "Create") }, &[A], &[]).await;
        }
        let peer = desk.peer(A).await;
        for (class, expected) in [(DeliveryClass::Personal, &[3][..]), (DeliveryClass::Relations, &[]), (DeliveryClass::Posts, &[2, 4]), (DeliveryClass::Reactions, &[1])] {
            let start = Delivery::before_all(peer, class);
            let rows = desk.db.read(move |conn| store::deliveries::list_due(conn, start, NOON, 9)).await.unwrap();
            let ids: Vec<i64> = rows.iter().map(|row| row.delivery.activity_id.0).collect();
            assert_eq!(ids, expected, "{class:?}");
        }
        assert_eq!(desk.rows(A).await.iter().map(|row| row.delivery.activity_id.0).collect::<Vec<_>>(), [3, 2, 4, 1]);
    }
}

on_both! {
    async fn what_nobody_saw_is_taken_back_while_a_peer_is_down(engine) {
        for (letters, left) in [
            (&[letter(1, "Create"), letter(2, "Update"), letter(3, "Delete")][..], &[][..]),
            (&[letter(1, "Create"), letter(2, "Update"), letter(3, "Update")], &[1, 3]),
            (&[letter(1, "Update"), letter(2, "Update")], &[2]),
            (&[letter(1, "Follow"), undo(2, "Follow")], &[]),
            (&[letter(1, "Like"), undo(2, "Like"), letter(3, "Like")], &[3]),
            (&[letter(1, "Announce"), undo(2, "Announce")], &[]),
            (&[letter(1, "Like"), undo(2, "Announce")], &[1, 2]),
            (&[letter(1, "Block"), undo(2, "Block")], &[1, 2]),
            (&[letter(1, "Create"), Letter { about: "https://here.example/2", ..letter(2, "Delete") }], &[1, 2]),
            (&[letter(1, "Delete")], &[1]),
        ] {
            let desk = Desk::open(engine).await;
            desk.fail(A).await;
            for letter in letters {
                desk.send(*letter, &[A, B], &[]).await;
            }
            let kinds: Vec<&str> = letters.iter().map(|letter| letter.kind).collect();
            assert_eq!(desk.ids(A).await, left, "{kinds:?}");
            assert_eq!(desk.ids(B).await.len(), letters.len(), "{kinds:?}: a peer that is up gets all");
        }
    }
}

on_both! {
    async fn what_is_needed_nowhere_is_not_stored(engine) {
        let desk = Desk::open(engine).await;
        desk.fail(A).await;
        desk.send(letter(1, "Create"), &[A], &[]).await;
        desk.send(letter(2, "Delete"), &[A], &[]).await;
        desk.send(letter(3, "Create"), &[], &[]).await;
        let now = desk.clock.now();
        assert_eq!(desk.db.write(move |tx| store::activities::prune_delivered(tx, now, 9)).await.unwrap(), 1);
        assert_eq!(desk.db.read(store::activities::count).await.unwrap(), 0);
    }
}

on_both! {
    async fn what_may_have_been_seen_is_not_taken_back(engine) {
        for case in ["queued before", "tried", "heard of", "another outage", "up", "sent by another"] {
            let desk = Desk::open(engine).await;
            if case != "queued before" && case != "up" {
                desk.fail(A).await;
            }
            desk.send(letter(1, "Create"), &[A], &[]).await;
            let row = desk.rows(A).await[0].delivery;
            match case {
                "tried" => assert!(desk.db.write(move |tx| store::deliveries::mark_tried(tx, row)).await.unwrap()),
                "heard of" => assert!(desk.db.write(|tx| store::peers::hasten(tx, A)).await.unwrap().is_some()),
                "another outage" => { desk.succeed(A).await; desk.fail(A).await; }
                "queued before" => desk.fail(A).await,
                "sent by another" => desk.db.write(|tx| store::accounts::insert(tx, &account(2, "bob"))).await.unwrap(),
                _ => {}
            }
            if case == "sent by another" {
                desk.db.write(|tx| {
                    let activity = Activity { id: ActivityId(2), account_id: AccountId(2), kind: "Delete".to_owned(), object_uri: THING.to_owned(), body: "{}".to_owned(), created_at: tx.now() };
                    store::mailings::queue(tx, &Mailing::new(&activity, &[destination(A)]))
                }).await.unwrap();
            } else {
                desk.send(letter(2, "Delete"), &[A], &[]).await;
            }
            assert_eq!(desk.ids(A).await, [1, 2], "{case}");
        }
    }
}

on_both! {
    async fn what_was_taken_back_cannot_be_tried_any_more(engine) {
        let desk = Desk::open(engine).await;
        desk.fail(A).await;
        desk.send(letter(1, "Create"), &[A], &[]).await;
        let row = desk.rows(A).await[0].delivery;
        desk.send(letter(2, "Delete"), &[A], &[]).await;
        assert!(!desk.db.write(move |tx| store::deliveries::mark_tried(tx, row)).await.unwrap());
    }
}

on_both! {
    async fn a_peer_is_hastened_once_a_minute(engine) {
        let desk = Desk::open(engine).await;
        desk.fail(A).await;
        let hasten = |db: Db| async move { db.write(|tx| store::peers::hasten(tx, A)).await.unwrap().is_some() };
        assert!(hasten(desk.db.clone()).await);
        assert!(!hasten(desk.db.clone()).await);
        desk.clock.advance(MINUTE);
        assert!(hasten(desk.db.clone()).await);
    }
}

on_both! {
    async fn deletions_outlive_what_they_end(engine) {
        let desk = Desk::open(engine).await;
        let letters = [letter(1, "Create"), letter(2, "Delete"), letter(3, "Reject"), letter(4, "Block"), undo(5, "Follow"), undo(6, "Like"), letter(7, "Update")];
        for letter in letters {
            desk.send(letter, &[A], &[]).await;
        }
        desk.clock.advance(100 * DAY);
        let expire = |outlives: bool, days: i64| {
            let (db, horizon) = (desk.db.clone(), desk.clock.now() - days * DAY);
            async move { db.write(move |tx| store::outcomes::expire(tx, outlives, horizon, 99)).await.unwrap() }
        };
        assert_eq!(expire(false, 101).await, 0);
        assert_eq!(expire(false, 90).await, 3);
        assert_eq!(expire(true, 360).await, 0);
        assert_eq!(desk.ids(A).await, [2, 3, 4, 5]);
        assert_eq!(expire(true, 99).await, 4);
        assert_eq!(desk.ids(A).await, [0_i64; 0]);
    }
}

/// An account elsewhere that is served by a shared inbox.
fn remote(id: i64, name: &str, shared: &str) -> Account {
    let mut account = account(id, name);
    account.handle = format!("{name}@{A}");
    account.domain = Some(A.to_owned());
    account.uri = format!("https://{A}/users/{name}");
    account.inbox_url = format!("https://{A}/users/{name}/inbox");
    account.shared_inbox_url = Some(shared.to_owned());
    account
}

/// Writes that an account is served by another inbox now.
async fn move_to(db: &Db, account: &Account, to: Destination) {
    let (mut account, former) = (account.clone(), account.best_inbox().to_owned());
    account.shared_inbox_url = Some(to.inbox_url.clone());
    db.write(move |tx| -> QueryResult<()> {
        store::accounts::update(tx, &account)?;
        store::inboxes::follow_move(tx, &former, &to)
    })
    .await
    .unwrap();
}

on_both! {
    async fn a_backlog_moves_with_the_last_account(engine) {
        let desk = Desk::open(engine).await;
        let (bob, eve) = (remote(2, "bob", "https://a.example/inbox"), remote(3, "eve", "https://a.example/inbox"));
        { let (bob, eve) = (bob.clone(), eve.clone()); desk.db.write(move |tx| { store::accounts::insert(tx, &bob)?; store::accounts::insert(tx, &eve) }).await.unwrap(); }
        desk.send(letter(1, "Create"), &[A], &[]).await;
        let inbox = desk.rows(A).await[0].delivery.inbox_id;
        let new = Destination { domain: A.to_owned(), inbox_url: "https://a.example/new".to_owned() };
        let url = |db: Db| async move { db.read(move |conn| store::inboxes::find(conn, inbox)).await.unwrap().map(|inbox| inbox.url) };
        move_to(&desk.db, &bob, new.clone()).await;
        assert_eq!(url(desk.db.clone()).await.unwrap(), "https://a.example/inbox", "eve still uses it");
        move_to(&desk.db, &eve, new).await;
        assert_eq!(url(desk.db.clone()).await.unwrap(), "https://a.example/new");
        assert_eq!(desk.ids(A).await, [1]);
    }
}

on_both! {
    async fn a_backlog_moves_to_another_peer(engine) {
        let desk = Desk::open(engine).await;
        let bob = remote(2, "bob", "https://a.example/inbox");
        { let bob = bob.clone(); desk.db.write(move |tx| store::accounts::insert(tx, &bob)).await.unwrap(); }
        desk.send(letter(1, "Create"), &[A], &[]).await;
        let new = Destination { domain: B.to_owned(), inbox_url: "https://b.example/new".to_owned() };
        move_to(&desk.db, &bob, new).await;
        assert_eq!((desk.ids(A).await, desk.ids(B).await), (vec![], vec![1]));
    }
}

on_both! {
    async fn backlogs_that_come_together_keep_their_order(engine) {
        use DeliveryClass::{Personal, Posts};
        let desk = Desk::open(engine).await;
        let bob = remote(2, "bob", "https://a.example/inbox");
        { let bob = bob.clone(); desk.db.write(move |tx| store::accounts::insert(tx, &bob)).await.unwrap(); }
        desk.send(letter(1, "Create"), &[A], &[A]).await;
        desk.send(letter(2, "Create"), &[B], &[]).await;
        desk.send(letter(3, "Update"), &[A, B], &[]).await;
        assert_eq!(desk.waiting(A).await, [(1, Personal), (3, Personal)]);
        assert_eq!(desk.waiting(B).await, [(2, Posts), (3, Posts)]);
        move_to(&desk.db, &bob, destination(B)).await;
        assert_eq!(desk.ids(A).await, [0_i64; 0]);
        assert_eq!(desk.waiting(B).await, [(1, Posts), (2, Posts), (3, Posts)]);
    }
}

on_both! {
    async fn what_waits_for_nobody_goes_except_deletions(engine) {
        let desk = Desk::open(engine).await;
        let bob = remote(2, "bob", "https://a.example/inbox");
        { let bob = bob.clone(); desk.db.write(move |tx| store::accounts::insert(tx, &bob)).await.unwrap(); }
        desk.send(letter(1, "Create"), &[A], &[]).await;
        desk.send(letter(2, "Delete"), &[A], &[]).await;
        let abandon = |db: Db| async move { db.write(|tx| store::inboxes::abandon(tx, "https://a.example/inbox", ActivityId(0))).await.unwrap() };
        assert_eq!(abandon(desk.db.clone()).await, None, "bob is there");
        assert_eq!(desk.ids(A).await, [1, 2]);
        desk.db.write(move |tx| store::accounts::delete(tx, bob.id)).await.unwrap();
        assert_eq!(abandon(desk.db.clone()).await, Some(ActivityId(2)), "it goes on after these");
        assert_eq!(desk.ids(A).await, [2]);
    }
}

on_both! {
    async fn an_inbox_is_checked_once_a_day(engine) {
        let desk = Desk::open(engine).await;
        desk.send(letter(1, "Create"), &[A], &[]).await;
        let inbox = desk.rows(A).await[0].delivery.inbox_id;
        let claim = |db: Db| async move { db.write(move |tx| { let day = tx.now() - DAY; store::inboxes::claim_check(tx, inbox, day) }).await.unwrap() };
        assert!(claim(desk.db.clone()).await);
        desk.clock.advance(DAY);
        assert!(!claim(desk.db.clone()).await);
        desk.clock.advance(1);
        assert!(claim(desk.db.clone()).await);
    }
}
