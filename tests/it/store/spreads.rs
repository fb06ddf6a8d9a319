//! Mailings in pieces: each inbox gets the document once, whatever happens between two pieces.

use std::collections::HashSet;

use whimbrel::clock::{Clock, MINUTE};
use whimbrel::id::{AccountId, ActivityId, InboxId};
use whimbrel::store::activities::{self, Activity};
use whimbrel::store::deliveries::{self, Delivery};
use whimbrel::store::facts::Fact;
use whimbrel::store::follows::Destination;
use whimbrel::store::jobs::{self, Job};
use whimbrel::store::mailings::Mailing;
use whimbrel::store::spreads::{self, Spread};
use whimbrel::store::{self, Db, DeliveryClass, Engine, QueryResult, Tx};

use super::rows::account;
use crate::support::databases::{NOON, TestDatabase, on_both};

const MANY: usize = 1_200;

struct Desk {
    db: Db,
    _database: TestDatabase,
}

fn document(id: i64, kind: &str) -> Activity {
    Activity {
        id: ActivityId(id),
        account_id: AccountId(1),
        kind: kind.to_owned(),
        object_uri: "https://here.example/1".to_owned(),
        body: format!("{{\"number\":{id}}}"),
        created_at: NOON,
    }
}

impl Desk {
    async fn open(engine: Engine) -> Self {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let insert = |tx: &mut Tx<'_>| store::accounts::insert(tx, &account(1, "ann"));
        db.write(insert).await.unwrap();
        Self {
            db,
            _database: database,
        }
    }

    /// Queues the first piece of a document for many inboxes, at the first of which it names somebody.
    async fn begin(&self, activity: Activity) -> Option<Spread> {
        let destinations: Vec<Destination> = (0..MANY)
            .map(|number| Destination {
                domain: format!("h{number}.example"),
                inbox_url: format!("https://h{number}.example/inbox"),
            })
            .collect();
        let begin = move |tx: &mut Tx<'_>| {
            let mailing = Mailing {
                personal: &destinations[MANY - 1..],
                ..Mailing::new(&activity, &destinations)
            };
            spreads::begin(tx, &mailing)
        };
        self.db.write(begin).await.unwrap()
    }

    /// Queues the next piece, from what a row would hold.
    async fn go_on(&self, left: Spread) -> Option<Spread> {
        let row = serde_json::to_string(&left).unwrap();
        let left: Spread = serde_json::from_str(&row).unwrap();
        let go_on = move |tx: &mut Tx<'_>| spreads::go_on(tx, &left);
        self.db.write(go_on).await.unwrap()
    }

    async fn waiting(&self) -> Vec<Delivery> {
        let list = |c: &mut store::Conn| -> QueryResult<Vec<Delivery>> {
            let mut all = Vec::new();
            for peer in store::peers::list_with_backlog(c)? {
                for class in DeliveryClass::ALL {
                    let place = Delivery::before_all(peer.id, *class);
                    let due = deliveries::list_due(c, place, NOON + MINUTE, 9)?;
                    all.extend(due.iter().map(|waiting| waiting.delivery));
                }
            }
            Ok(all)
        };
        self.db.read(list).await.unwrap()
    }

    async fn body(&self, id: i64) -> String {
        let find = move |c: &mut store::Conn| activities::find_body(c, ActivityId(id));
        self.db.read(find).await.unwrap().unwrap()
    }
}

on_both! {
    async fn a_mailing_in_pieces_reaches_each_inbox_once(engine) {
        let desk = Desk::open(engine).await;
        let left = desk.begin(document(7, "Create")).await.unwrap();
        let first = desk.waiting().await;
        assert_eq!(first.len(), 500);
        // All of these have it before the next piece is queued, and the document is needed no more.
        let taken = first.clone();
        desk.db.write(move |tx| deliveries::remove(tx, &taken)).await.unwrap();
        assert_eq!(desk.body(7).await, "");
        let left = desk.go_on(left).await.unwrap();
        assert_eq!(desk.body(7).await, document(7, "Create").body);
        assert_eq!(desk.waiting().await.len(), 500);
        assert_eq!(desk.go_on(left).await, None);
        let rest = desk.waiting().await;
        assert_eq!(rest.len(), MANY - 500);
        let personal = rest.iter().filter(|delivery| delivery.class == DeliveryClass::Personal);
        assert_eq!(personal.count(), 1);
        let inboxes: HashSet<InboxId> =
            first.iter().chain(&rest).map(|delivery| delivery.inbox_id).collect();
        assert_eq!(inboxes.len(), MANY);
    }
}

on_both! {
    async fn what_was_deleted_meanwhile_goes_to_nobody_else(engine) {
        let desk = Desk::open(engine).await;
        let left = desk.begin(document(7, "Create")).await.unwrap();
        // Normally the deletion waits for the end of what it deletes.
        assert!(desk.begin(document(8, "Delete")).await.is_some());
        assert_eq!(desk.go_on(left).await, None);
        assert_eq!(desk.waiting().await.len(), 1_000);
    }
}

on_both! {
    async fn what_is_still_to_be_told_to_an_inbox_that_moves_is_told_to_the_new_one(engine) {
        const OLD: &str = "https://old.example/inbox";
        let desk = Desk::open(engine).await;
        let place = |host: &str| Destination {
            domain: host.to_owned(),
            inbox_url: format!("https://{host}/inbox"),
        };
        let fact = Fact::Deleted {
            account: AccountId(1),
            uri: "https://here.example/1".to_owned(),
            destinations: vec![place("old.example"), place("other.example"), place("new.example")],
        };
        let queue = move |tx: &mut Tx<'_>| {
            tx.queue(&Job::Distribute(fact))?;
            store::inboxes::follow_move(tx, OLD, &place("new.example"))
        };
        desk.db.write(queue).await.unwrap();
        let left = desk.db.read(|c| jobs::list(c, false, 9)).await.unwrap();
        let Ok(Job::Distribute(Fact::Deleted { destinations, .. })) = serde_json::from_str(&left[0].payload) else {
            panic!("{}", left[0].payload);
        };
        assert_eq!(destinations, [place("new.example"), place("other.example")]);
    }
}
