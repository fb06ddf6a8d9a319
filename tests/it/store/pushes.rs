//! Pushes: claimed once, due again when their lease ends, and gone with whatever they refer to.

use whimbrel::clock::{Clock, MINUTE};
use whimbrel::id::{AccountId, ApplicationId, NotificationId, PushId, SubscriptionId, TokenId};
use whimbrel::store::applications::Application;
use whimbrel::store::notifications::NewNotification;
use whimbrel::store::push_subscriptions::NewSubscription;
use whimbrel::store::pushes::Push;
use whimbrel::store::tokens::Token;
use whimbrel::store::{self, Conn, Db, Json, NotificationKind, PushPolicy, QueryResult, Tx};

use super::rows::account;
use crate::support::databases::{NOON, TestDatabase, on_both};

const ANN: AccountId = AccountId(1);

fn token(id: i64) -> Token {
    Token {
        id: TokenId(id),
        digest: id.to_string(),
        application_id: ApplicationId(1),
        account_id: Some(ANN),
        scopes: "push".to_owned(),
        created_at: NOON,
        last_used_at: None,
        revoked_at: None,
    }
}

fn subscription(token: i64, host: &str) -> NewSubscription {
    NewSubscription {
        token_id: TokenId(token),
        account_id: ANN,
        endpoint: format!("https://{host}/1"),
        host: host.to_owned(),
        public_key: String::new(),
        secret: String::new(),
        is_standard: true,
        policy: PushPolicy::All,
        alerts: Json([("follow".to_owned(), true)].into()),
        sealed_token: String::new(),
        created_at: NOON,
    }
}

/// Ann with subscriptions at `a.test` and `b.test`, and a notification.
async fn prepare(db: &Db) -> ([SubscriptionId; 2], NotificationId) {
    let make = |tx: &mut Tx| -> QueryResult<_> {
        for (id, name) in [(1, "ann"), (2, "bob")] {
            store::accounts::insert(tx, &account(id, name))?;
        }
        let application = Application {
            id: ApplicationId(1),
            client_id: "id".to_owned(),
            secret_digest: String::new(),
            name: "App".to_owned(),
            website: None,
            redirect_uris: String::new(),
            scopes: "push".to_owned(),
            created_at: NOON,
        };
        store::applications::insert(tx, &application)?;
        for id in [1, 2] {
            store::tokens::insert(tx, &token(id))?;
        }
        let a = store::push_subscriptions::put(tx, &subscription(1, "a.test"))?.id;
        let b = store::push_subscriptions::put(tx, &subscription(2, "b.test"))?.id;
        let new = NewNotification {
            account_id: ANN,
            kind: NotificationKind::Follow,
            from_account_id: AccountId(2),
            status_id: None,
            created_at: NOON,
            group_key: None,
            place: whimbrel::store::NotificationPlace::Head,
        };
        let told = store::notifications::insert(tx, &new)?.expect("it is new");
        // Queued twice, as after a repeated deed, they are there once.
        for _ in 0..2 {
            store::pushes::insert(tx, &[(a, told), (b, told)])?;
        }
        Ok(([a, b], told))
    };
    db.write(make).await.expect("the rows are made")
}

async fn due(db: &Db, now: i64, except: &[&str]) -> Vec<(PushId, String)> {
    let except: Vec<String> = except.iter().map(|host| (*host).to_owned()).collect();
    let look = move |conn: &mut Conn| store::pushes::list_due(conn, now, &except, 9);
    db.read(look).await.expect("a database")
}

async fn claim(db: &Db, ids: Vec<PushId>) -> Vec<Push> {
    let claim = move |tx: &mut Tx| {
        let end = tx.now() + MINUTE;
        store::pushes::claim(tx, &ids, end)
    };
    db.write(claim).await.expect("a database")
}

on_both! {
    async fn a_push_is_claimed_once_until_its_lease_ends(engine) {
        let (database, clock) = (TestDatabase::new(engine).await, Clock::stepped(NOON));
        let db = database.open(&clock).await;
        prepare(&db).await;
        let all = due(&db, NOON, &[]).await;
        assert_eq!(all.iter().map(|(_, host)| host.as_str()).collect::<Vec<_>>(), ["a.test", "b.test"]);
        assert_eq!(due(&db, NOON, &["a.test"]).await, [all[1].clone()]);
        assert_eq!(due(&db, NOON, &["a.test", "b.test"]).await, []);
        let ids: Vec<PushId> = all.iter().map(|(id, _)| *id).collect();
        let mut first = claim(&db, ids.clone()).await;
        first.sort_by_key(|push| push.id);
        assert_eq!(first.len(), 2);
        assert_eq!(claim(&db, ids.clone()).await, []);
        assert_eq!(due(&db, NOON, &[]).await, []);
        let again = first[0].clone();
        db.write(move |tx| store::pushes::retry(tx, &again, NOON + 10, true)).await.unwrap();
        clock.advance(MINUTE);
        let second = claim(&db, ids.clone()).await;
        assert_eq!(second.iter().map(|push| push.attempts).collect::<Vec<_>>(), [2, 2]);
        // Whoever lost the lease says nothing any more.
        let lost = first[1].clone();
        db.write(move |tx| store::pushes::retry(tx, &lost, NOON, true)).await.unwrap();
        assert_eq!(due(&db, clock.now(), &[]).await, []);
        // What a process had in hand before it ended is due at once.
        db.write(store::pushes::release).await.unwrap();
        assert_eq!(due(&db, clock.now(), &[]).await.len(), 2);
        let [one, other] = [ids[0], ids[1]];
        db.write(move |tx| store::pushes::finish(tx, one)).await.unwrap();
        let left = due(&db, clock.now(), &[]).await;
        assert_eq!(left.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [other]);
    }
}

on_both! {
    async fn a_push_goes_with_its_subscription_and_its_notification(engine) {
        let (database, clock) = (TestDatabase::new(engine).await, Clock::stepped(NOON));
        let db = database.open(&clock).await;
        let ([a, b], told) = prepare(&db).await;
        // Another endpoint has taken its place meanwhile.
        db.write(move |tx| store::push_subscriptions::delete_gone(tx, a, "https://a.test/0")).await.unwrap();
        assert_eq!(due(&db, NOON, &[]).await.len(), 2);
        let replaced = db.write(|tx| store::push_subscriptions::put(tx, &subscription(2, "c.test"))).await.unwrap();
        assert_eq!(replaced.id, b);
        let hosts = |due: Vec<(PushId, String)>| due.into_iter().map(|(_, host)| host).collect::<Vec<_>>();
        assert_eq!(hosts(due(&db, NOON, &[]).await), ["a.test", "c.test"]);
        assert!(db.write(|tx| store::tokens::revoke(tx, TokenId(1))).await.unwrap());
        assert_eq!(hosts(due(&db, NOON, &[]).await), ["c.test"]);
        assert!(db.write(move |tx| store::notifications::dismiss(tx, ANN, told)).await.unwrap());
        assert_eq!(db.read(store::pushes::count).await.unwrap(), 0);
        db.write(|tx| store::tokens::revoke_application(tx, ANN, ApplicationId(1))).await.unwrap();
        let left = db.read(|conn| store::push_subscriptions::list_wishes(conn, &[ANN])).await.unwrap();
        assert_eq!(left, []);
    }
}

on_both! {
    async fn a_value_that_is_set_once_stays(engine) {
        let database = TestDatabase::new(engine).await;
        let clock = Clock::stepped(NOON);
        let (one, other) = (database.open(&clock).await, database.open(&clock).await);
        let set = |db: &Db, value: &'static str| {
            let db = db.clone();
            async move { db.write(move |tx| store::settings::set_once(tx, "name", value)).await.unwrap() }
        };
        let (a, b) = tokio::join!(set(&one, "a"), set(&other, "b"));
        assert_eq!(a, b);
        assert_eq!(set(&other, "c").await, a);
    }
}
