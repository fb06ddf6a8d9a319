//! What the staff decided, and what follows from it, on both databases.

use whimbrel::bans::lineage;
use whimbrel::clock::{Clock, DAY};
use whimbrel::id::{AccountId, FollowId, NotificationId};
use whimbrel::store::follows::Follow;
use whimbrel::store::host_blocks::{self, HostBlock};
use whimbrel::store::notifications::NewNotification;
use whimbrel::store::people::{self, Filter, State};
use whimbrel::store::severances::{self, Severance, SeveredFollow};
use whimbrel::store::staff_lists::{HostAllow, IpBlock, host_allow_rows, ip_rows};
use whimbrel::store::standings::{self, Standing};
use whimbrel::store::{
    self, Cause, Db, HostSeverity, IpSeverity, NotificationKind, NotificationPlace, Page,
    QueryResult, SeveranceCause, visitors,
};

use super::rows::account;
use crate::support::databases::{NOON, TestDatabase, on_both};

const ANN: AccountId = AccountId(1);
const BOB: AccountId = AccountId(2);

/// Ann here, and Bob of `deep.evil.test:8443`.
async fn filled(database: &TestDatabase) -> Db {
    let db = database.open(&Clock::stepped(NOON)).await;
    db.write(|tx| -> QueryResult<()> {
        store::accounts::insert(tx, &account(1, "ann"))?;
        let mut bob = account(2, "bob@deep.evil.test:8443");
        bob.domain = Some("deep.evil.test:8443".to_owned());
        store::accounts::insert(tx, &bob)
    })
    .await
    .unwrap();
    db
}

on_both! {
    async fn standings_are_kept_where_they_are_unusual(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        let limited = Standing {
            silenced_at: Some(NOON),
            silence: Some(Cause::Host),
            ..Standing::usual(BOB)
        };
        let list = |db: &Db| {
            let db = db.clone();
            async move {
                let all = [ANN, BOB];
                let silenced = db.read(move |c| standings::list_silenced(c, &all)).await.unwrap();
                let rows = db.read(move |c| standings::list(c, &all)).await.unwrap();
                (silenced, rows)
            }
        };
        for _ in 0..2 {
            db.write(move |tx| standings::save(tx, &limited)).await.unwrap();
            assert_eq!(list(&db).await, (vec![BOB], vec![limited]));
        }
        let usual = Standing::usual(BOB);
        db.write(move |tx| standings::save(tx, &usual)).await.unwrap();
        assert_eq!(list(&db).await, (Vec::new(), Vec::new()));
        assert_eq!(db.read(|c| standings::find(c, BOB)).await.unwrap(), usual);
    }
}

on_both! {
    async fn the_accounts_of_a_domain_are_found_with_what_lies_below_it(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        for (domain, found) in [
            ("evil.test", true),
            ("deep.evil.test", true),
            ("test", true),
            ("vil.test", false),
            ("p.evil.test", false),
            ("good.test", false),
        ] {
            let domains = db.read(move |c| standings::list_domains_below(c, domain)).await.unwrap();
            assert_eq!(!domains.is_empty(), found, "{domain}: {domains:?}");
        }
        let name = "deep.evil.test:8443";
        for (after, expected) in [(0, vec![BOB]), (2, vec![])] {
            let list = move |c: &mut store::Conn| {
                standings::list_of_domain(c, name, AccountId(after), 10)
            };
            assert_eq!(db.read(list).await.unwrap(), expected, "behind {after}");
        }
    }
}

fn host_block(id: i64, domain: &str, severity: HostSeverity) -> HostBlock {
    HostBlock {
        id,
        domain: domain.to_owned(),
        severity,
        reject_media: false,
        reject_reports: false,
        obfuscate: false,
        private_comment: None,
        public_comment: Some("why".to_owned()),
        created_at: NOON,
    }
}

on_both! {
    async fn of_several_blocks_the_longest_counts_and_memory_follows(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        db.write(|tx| -> QueryResult<()> {
            host_blocks::save(tx, &host_block(1, "evil.test", HostSeverity::Suspend))?;
            host_blocks::save(tx, &host_block(2, "good.evil.test", HostSeverity::Noop))?;
            let allow = HostAllow { id: 3, domain: "friend.test".to_owned(), created_at: NOON };
            host_allow_rows::save(tx, &allow)?;
            let ip = IpBlock {
                id: 4,
                network: "192.0.2.0/24".to_owned(),
                severity: IpSeverity::NoAccess,
                comment: String::new(),
                expires_at: None,
                created_at: NOON,
            };
            ip_rows::save(tx, &ip)?;
            store::bans::changed(tx)
        })
        .await
        .unwrap();
        for (host, severity) in [
            ("evil.test", Some(HostSeverity::Suspend)),
            ("x.evil.test", Some(HostSeverity::Suspend)),
            ("x.good.evil.test", Some(HostSeverity::Noop)),
            ("test", None),
        ] {
            let find = move |c: &mut store::Conn| host_blocks::find_covering(c, &lineage(host));
            let found = db.read(find).await.unwrap();
            assert_eq!(found.map(|block| block.severity), severity, "{host}");
        }
        let open = db.read(|c| store::bans::load(c, false)).await.unwrap();
        assert_eq!(open.version, 1);
        assert!(open.bars("evil.test") && !open.bars("good.evil.test") && !open.bars("x.test"));
        assert_eq!(open.closed_to.len(), 1);
        let limited = db.read(|c| store::bans::load(c, true)).await.unwrap();
        assert!(limited.bars("x.test") && !limited.bars("friend.test"));
    }
}

on_both! {
    async fn what_was_severed_is_counted_once_and_can_be_taken_back(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        let follow = |id: i64, by: AccountId, of: AccountId| Follow {
            id: FollowId(id),
            account_id: by,
            target_id: of,
            uri: format!("https://x.test/{id}"),
            is_accepted: true,
            shows_boosts: false,
            notifies: true,
            languages: None,
            created_at: NOON,
        };
        let both = [follow(5, ANN, BOB), follow(6, BOB, ANN)];
        let inserted = both.clone();
        let mut found = db
            .write(move |tx| -> QueryResult<Vec<Follow>> {
                for follow in &inserted {
                    store::follows::insert(tx, follow)?;
                }
                severances::list_follows(tx, BOB, 10)
            })
            .await
            .unwrap();
        found.sort_unstable_by_key(|follow| follow.id.0);
        assert_eq!(found, both);
        let ended = both.clone();
        let losses = db
            .write(move |tx| -> QueryResult<_> {
                let severance = Severance {
                    id: 9,
                    cause: SeveranceCause::HostBlock,
                    target_name: "evil.test".to_owned(),
                    created_at: NOON,
                };
                severances::insert(tx, &severance)?;
                severances::insert(tx, &severance)?;
                let mut losses = Vec::new();
                for follow in ended {
                    let severed = [SeveredFollow::of(follow, 9)];
                    losses.push(severances::record(tx, 9, ANN, &severed)?);
                }
                Ok(losses)
            })
            .await
            .unwrap();
        let first = losses[0].unwrap();
        assert_eq!(losses[1], None, "it is told once");
        let told = db.read(move |c| severances::list(c, &[first])).await.unwrap();
        assert_eq!((told[0].0.followers, told[0].0.following), (1, 1));
        assert_eq!(told[0].1.target_name, "evil.test");
        let taken = db.write(|tx| severances::take(tx, BOB, 10)).await.unwrap();
        let restored: Vec<Follow> = taken.into_iter().map(SeveredFollow::restored).collect();
        assert_eq!(restored, both);
        assert!(db.write(|tx| severances::take(tx, BOB, 10)).await.unwrap().is_empty());
    }
}

on_both! {
    async fn accounts_are_found_by_how_they_stand(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        let list = |filter: Filter| {
            let db = db.clone();
            async move {
                let found = db.read(move |c| people::page(c, &filter, &Page::newest(9))).await;
                found.unwrap().into_iter().map(|account| account.id).collect::<Vec<_>>()
            }
        };
        let in_state = |state| Filter { state: Some(state), ..Filter::default() };
        assert_eq!(list(Filter::default()).await, [BOB, ANN]);
        assert_eq!(list(Filter { is_local: Some(true), ..Filter::default() }).await, [ANN]);
        assert_eq!(list(Filter { is_local: Some(false), ..Filter::default() }).await, [BOB]);
        let domain = Some("deep.evil.test:8443".to_owned());
        assert_eq!(list(Filter { domain, ..Filter::default() }).await, [BOB]);
        let handle = Some("an".to_owned());
        assert_eq!(list(Filter { handle, ..Filter::default() }).await, [ANN]);
        assert_eq!(list(in_state(State::Suspended)).await, Vec::<AccountId>::new());
        db.write(|tx| standings::set_suspended(tx, BOB, Some(NOON))).await.unwrap();
        assert_eq!(list(in_state(State::Suspended)).await, [BOB]);
        assert_eq!(list(in_state(State::Active)).await, Vec::<AccountId>::new());
        // Ann's row has no person, who could have been let in.
        assert_eq!(list(in_state(State::Pending)).await, [ANN]);
        assert_eq!(list(Filter { only_staff: true, ..Filter::default() }).await, Vec::<AccountId>::new());
        let address = Some("192.0.2.1".to_owned());
        db.write(|tx| visitors::note_address(tx, ANN, "192.0.2.1")).await.unwrap();
        assert_eq!(list(Filter { address, ..Filter::default() }).await, [ANN]);
    }
}

on_both! {
    async fn days_and_addresses_are_noted_once(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        db.write(|tx| -> QueryResult<()> {
            for (who, day) in [(ANN, 0), (ANN, 0), (BOB, 0), (ANN, DAY)] {
                visitors::note_day(tx, who, day)?;
            }
            for _ in 0..2 {
                visitors::note_address(tx, ANN, "192.0.2.1")?;
            }
            Ok(())
        })
        .await
        .unwrap();
        let days = db.read(|c| visitors::count_by_day(c, 0, 9 * DAY)).await.unwrap();
        assert_eq!(days, [(0, 2), (DAY, 1)]);
        assert_eq!(db.read(|c| visitors::count_people(c, 0, 9 * DAY)).await.unwrap(), 2);
        assert_eq!(db.read(|c| visitors::list_addresses(c, &[ANN])).await.unwrap().len(), 1);
        db.write(|tx| visitors::prune_days(tx, DAY)).await.unwrap();
        assert_eq!(db.read(|c| visitors::count_people(c, 0, 9 * DAY)).await.unwrap(), 1);
    }
}

on_both! {
    async fn what_is_about_no_status_is_told_one_by_one(engine) {
        let database = TestDatabase::new(engine).await;
        let db = filled(&database).await;
        let tell = |kind: NotificationKind| {
            let db = db.clone();
            async move {
                let new = NewNotification {
                    account_id: ANN,
                    kind,
                    from_account_id: BOB,
                    status_id: None,
                    created_at: NOON,
                    group_key: None,
                    place: NotificationPlace::Head,
                };
                db.write(move |tx| store::notifications::insert(tx, &new)).await.unwrap()
            }
        };
        for (kind, times) in [
            (NotificationKind::AdminReport, 2),
            (NotificationKind::ModerationWarning, 2),
            (NotificationKind::SeveredRelationships, 2),
            (NotificationKind::AdminSignUp, 1),
            (NotificationKind::Follow, 1),
        ] {
            let told: Vec<Option<NotificationId>> = vec![tell(kind).await, tell(kind).await];
            assert_eq!(told.iter().flatten().count(), times, "{kind:?}");
            let id = told[0].unwrap();
            db.write(move |tx| store::notification_subjects::set(tx, id, 7)).await.unwrap();
            let subjects = db.read(move |c| store::notification_subjects::list(c, &[id])).await;
            assert_eq!(subjects.unwrap(), [(id, 7)]);
        }
    }
}
