//! What a node holds and what waits in it.

use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, ActivityId};
use whimbrel::store::accounts::Account;
use whimbrel::store::activities::Activity;
use whimbrel::store::facts::Fact;
use whimbrel::store::follows::Destination;
use whimbrel::store::home::Entry;
use whimbrel::store::jobs::Job;
use whimbrel::store::mailings::Mailing;
use whimbrel::store::statuses::Status;
use whimbrel::store::surveys::{self, Backlog};
use whimbrel::store::{self, Db, QueryResult};

use super::rows::{account, status};
use crate::support::databases::{NOON, TestDatabase, on_both};

async fn queue(db: &Db, id: i64, kind: &'static str, domains: &'static [&'static str]) {
    db.write(move |tx| -> QueryResult<()> {
        let activity = Activity {
            id: ActivityId(id),
            account_id: AccountId(1),
            kind: kind.to_owned(),
            object_uri: format!("https://here.example/{id}"),
            body: "{}".to_owned(),
            created_at: tx.now(),
        };
        let destinations: Vec<Destination> = domains
            .iter()
            .map(|domain| Destination {
                domain: (*domain).to_owned(),
                inbox_url: format!("https://{domain}/inbox"),
            })
            .collect();
        store::mailings::queue(tx, &Mailing::new(&activity, &destinations))
    })
    .await
    .unwrap();
}

on_both! {
    async fn a_backlog_tells_posts_from_the_rest(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        db.write(|tx| store::accounts::insert(tx, &account(1, "ann"))).await.unwrap();
        queue(&db, 1, "Follow", &["b.example"]).await;
        queue(&db, 2, "Create", &["b.example", "a.example"]).await;
        queue(&db, 3, "Create", &["b.example"]).await;
        let backlogs = db.read(surveys::list_backlogs).await.unwrap();
        let expected = [("a.example", 1, 0), ("b.example", 2, 1)].map(|(domain, posts, others)| Backlog {
            domain: domain.to_owned(),
            posts,
            others,
        });
        assert_eq!(backlogs, expected);
        let peers = db.read(surveys::list_peers).await.unwrap();
        assert_eq!(peers.iter().map(|peer| peer.domain.as_str()).collect::<Vec<_>>(), ["a.example", "b.example"]);
    }
}

on_both! {
    async fn posts_are_counted_by_where_their_people_live(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        db.write(|tx| -> QueryResult<()> {
            let bob = Account { domain: Some("there.example".to_owned()), handle: "bob@there.example".to_owned(), ..account(2, "bob") };
            store::accounts::insert(tx, &account(1, "ann"))?;
            store::accounts::insert(tx, &bob)?;
            for (id, author) in [(1, 1), (2, 2), (3, 2)] {
                store::statuses::insert(tx, &status(id, author))?;
            }
            let boost = Status { boost_of_id: Some(whimbrel::id::StatusId(2)), ..status(4, 1) };
            store::statuses::insert(tx, &boost)?;
            let entry = |id| Entry { account_id: AccountId(1), status_id: whimbrel::id::StatusId(id), author_id: AccountId(2) };
            store::home::insert(tx, &[entry(2), entry(3)])?;
            tx.queue(&Job::Distribute(Fact::Posted { status: whimbrel::id::StatusId(1) }))?;
            tx.queue(&Job::FetchParent { uri: "https://x/parent".to_owned() })
        })
        .await
        .unwrap();
        let mut posts = db.read(surveys::count_posts).await.unwrap();
        posts.sort();
        assert_eq!(posts, [(None, 1), (Some("there.example".to_owned()), 2)]);
        assert_eq!(db.read(|conn| surveys::count_home(conn, AccountId(1))).await.unwrap(), 2);
        assert_eq!(db.read(surveys::count_facts).await.unwrap(), 1);
    }
}
