//! The figures of the staff on both databases, and what they are counted from.

use whimbrel::clock::{Clock, DAY, HOUR, midnight};
use whimbrel::id::{AccountId, ApplicationId, FollowId, StatusId, TagId, first_at};
use whimbrel::store::applications::Application;
use whimbrel::store::figures::{self, Daily};
use whimbrel::store::follows::Follow;
use whimbrel::store::invites::{self, Origin, SignedUp};
use whimbrel::store::remote_files::{self, RemoteFile};
use whimbrel::store::reports::{self, Report};
use whimbrel::store::staff_lists::{EmailDomainBlock, email_domain_rows};
use whimbrel::store::statuses::Status;
use whimbrel::store::users::User;
use whimbrel::store::{
    self, Conn, Db, Json, QueryResult, QuotePolicy, ReportCategory, Role, Tx, Visibility,
    blocked_sign_ups, dimensions, visitors,
};

use super::rows::{account, status};
use crate::support::databases::{NOON, TestDatabase, on_both};

const ANN: AccountId = AccountId(1);
const TODAY: i64 = NOON - NOON % DAY;
const YESTERDAY: i64 = TODAY - DAY;

/// The id of what was made so many hours after midnight of yesterday.
fn id(hours: i64, number: i64) -> i64 {
    first_at(YESTERDAY + hours * HOUR) + number
}

/// Ann and Ben here, Cid of `b.test`, Dot of `deep.b.test` and Eva of `c.test`.
fn people(tx: &mut Tx<'_>) -> QueryResult<()> {
    for (number, name) in [(1, "ann"), (2, "ben")] {
        store::accounts::insert(tx, &account(number, name))?;
        let user = User {
            account_id: AccountId(number),
            email: format!("{name}@here.example"),
            password_hash: String::new(),
            role: Role::User,
            locale: if number == 1 { "en" } else { "de" }.to_owned(),
            default_visibility: Visibility::Public,
            default_sensitive: false,
            default_language: None,
            default_quote_policy: QuotePolicy::Public,
            confirmed_at: Some(NOON),
            approved_at: Some(NOON),
            disabled_at: None,
            sign_up_reason: None,
            last_active_at: None,
            created_at: if number == 1 { YESTERDAY } else { TODAY },
        };
        store::users::insert(tx, &user)?;
    }
    for (hours, name, domain) in [
        (1, "cid", "b.test"),
        (25, "dot", "deep.b.test"),
        (26, "eva", "c.test"),
    ] {
        let mut row = account(id(hours, 0), &format!("{name}@{domain}"));
        name.clone_into(&mut row.username);
        row.domain = Some(domain.to_owned());
        store::accounts::insert(tx, &row)?;
    }
    Ok(())
}

fn cid() -> AccountId {
    AccountId(id(1, 0))
}

fn dot() -> AccountId {
    AccountId(id(25, 0))
}

fn post(tx: &mut Tx<'_>, id: i64, author: AccountId, language: Option<&str>) -> QueryResult<()> {
    let row = Status {
        language: language.map(str::to_owned),
        ..status(id, author.0)
    };
    store::statuses::insert(tx, &row)
}

fn sorted(mut daily: Daily) -> Daily {
    daily.sort_unstable();
    daily
}

async fn open(engine: store::Engine) -> (TestDatabase, Db) {
    let database = TestDatabase::new(engine).await;
    let db = database.open(&Clock::stepped(NOON)).await;
    db.write(people).await.unwrap();
    (database, db)
}

async fn read<T: Send + 'static>(
    db: &Db,
    query: impl FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
) -> T {
    db.read(query).await.unwrap()
}

on_both! {
    async fn people_and_what_they_do_are_counted_by_the_day(engine) {
        let (_database, db) = open(engine).await;
        db.write(|tx| -> QueryResult<()> {
            visitors::note_day(tx, ANN, YESTERDAY)?;
            visitors::add_interaction(tx, ANN, YESTERDAY)?;
            visitors::add_interaction(tx, ANN, YESTERDAY)?;
            visitors::note_day(tx, ANN, YESTERDAY)?;
            visitors::add_interaction(tx, AccountId(2), YESTERDAY)?;
            visitors::add_interaction(tx, ANN, TODAY)
        }).await.unwrap();
        let (from, to) = (YESTERDAY, TODAY + DAY);
        let done = read(&db, move |c| figures::interactions(c, from, to)).await;
        assert_eq!(sorted(done), [(YESTERDAY, 3), (TODAY, 1)]);
        assert_eq!(read(&db, move |c| figures::interactions(c, TODAY, to)).await, [(TODAY, 1)]);
        assert_eq!(read(&db, move |c| visitors::count_people(c, from, to)).await, 2);
        let came = read(&db, move |c| figures::sign_ups(c, from, to)).await;
        assert_eq!(sorted(came), [(YESTERDAY, 1), (TODAY, 1)]);
        assert_eq!(read(&db, move |c| figures::sign_ups(c, from, TODAY)).await, [(YESTERDAY, 1)]);
        let spoken = read(&db, move |c| dimensions::languages(c, (from, to), 9)).await;
        assert_eq!(spoken, [(Some("de".to_owned()), 1), (Some("en".to_owned()), 1)]);
        let one = read(&db, move |c| dimensions::languages(c, (TODAY, to), 9)).await;
        assert_eq!(one, [(Some("en".to_owned()), 1)]);
    }
}

on_both! {
    async fn hashtags_are_counted_by_the_day_and_over_all_days(engine) {
        let (_database, db) = open(engine).await;
        let tag = db.write(|tx| -> QueryResult<TagId> {
            let tea = store::tags::ensure(tx, "tea")?;
            let day = YESTERDAY / DAY;
            for (day, author) in [(day, ANN), (day, ANN), (day, cid()), (day + 1, ANN), (day + 1, dot())] {
                store::tag_uses::add(tx, &[tea], day, author)?;
            }
            for (id, author, language) in [
                (id(2, 0), ANN, Some("en")), (id(3, 0), cid(), Some("en")), (id(30, 0), dot(), None),
            ] {
                post(tx, id, author, language)?;
                store::tags::set(tx, StatusId(id), &["tea".to_owned()])?;
            }
            Ok(tea)
        }).await.unwrap();
        let (from, to) = (YESTERDAY / DAY, TODAY / DAY + 1);
        let uses = read(&db, move |c| figures::tag_uses(c, tag, from, to)).await;
        assert_eq!(sorted(uses), [(YESTERDAY, 3), (TODAY, 2)]);
        let accounts = read(&db, move |c| figures::tag_accounts(c, tag, from, to)).await;
        assert_eq!(sorted(accounts), [(YESTERDAY, 2), (TODAY, 2)]);
        let servers = read(&db, move |c| figures::tag_servers(c, tag, from, to)).await;
        assert_eq!(sorted(servers), [(YESTERDAY, 2), (TODAY, 2)]);
        let totals = read(&db, move |c| Ok((
            figures::count_tag_accounts(c, tag, from, to)?,
            figures::count_tag_servers(c, tag, from, to)?,
            figures::count_tag_servers(c, TagId(99), from, to)?,
        ))).await;
        assert_eq!(totals, (3, 3, 0));
        let span = (YESTERDAY, TODAY + DAY);
        let named = |name: &str| Some(name.to_owned());
        let from_where = read(&db, move |c| dimensions::tag_servers(c, tag, span, 9)).await;
        assert_eq!(from_where.len(), 3);
        assert!(from_where.contains(&(None, 1)) && from_where.contains(&(named("b.test"), 1)));
        let languages = read(&db, move |c| dimensions::tag_languages(c, tag, span, 9)).await;
        assert_eq!(languages, [(named("en"), 2), (None, 1)]);
        let first = read(&db, move |c| dimensions::tag_languages(c, tag, span, 1)).await;
        assert_eq!(first, [(named("en"), 2)]);
        let old = read(&db, move |c| dimensions::tag_languages(c, tag, (0, YESTERDAY), 9)).await;
        assert_eq!(old, []);
    }
}

fn report(id: i64, target: AccountId, created_at: i64, ended: Option<i64>) -> Report {
    Report {
        id,
        uri: None,
        account_id: ANN,
        target_id: target,
        host: None,
        category: ReportCategory::Other,
        comment: String::new(),
        status_ids: Json(Vec::new()),
        rule_ids: Json(Vec::new()),
        collection_ids: Json(Vec::new()),
        forwarded: false,
        assigned_id: None,
        action_taken_at: ended,
        action_taken_by_id: None,
        created_at,
        updated_at: created_at,
    }
}

fn follow(id: i64, account: AccountId, target: AccountId, is_accepted: bool) -> Follow {
    Follow {
        id: FollowId(id),
        account_id: account,
        target_id: target,
        uri: format!("https://here.example/follows/{id}"),
        is_accepted,
        shows_boosts: true,
        notifies: false,
        languages: None,
        created_at: NOON,
    }
}

/// What Cid, Dot and Eva have to do with this node.
fn dealings(tx: &mut Tx<'_>) -> QueryResult<()> {
    post(tx, id(4, 0), cid(), Some("fr"))?;
    post(tx, id(4, 1), cid(), Some("fr"))?;
    post(tx, id(28, 0), cid(), Some("en"))?;
    post(tx, id(29, 0), dot(), None)?;
    post(tx, id(29, 1), ANN, Some("en"))?;
    for row in [
        report(1, cid(), YESTERDAY, Some(TODAY + 1)),
        report(2, dot(), TODAY, None),
        report(3, AccountId(2), TODAY, None),
    ] {
        reports::insert(tx, &row)?;
    }
    for row in [
        follow(id(5, 0), ANN, cid(), true),
        follow(id(29, 0), AccountId(2), cid(), true),
        follow(id(29, 1), ANN, dot(), true),
        follow(id(29, 2), AccountId(2), dot(), false),
        follow(id(6, 0), cid(), ANN, true),
    ] {
        store::follows::insert(tx, &row)?;
    }
    Ok(())
}

/// How something of servers is counted.
type Count = fn(&mut Conn, &[String]) -> QueryResult<Daily>;

on_both! {
    async fn what_is_known_of_a_server_is_counted_by_the_day(engine) {
        let (_database, db) = open(engine).await;
        db.write(dealings).await.unwrap();
        let one = vec!["b.test".to_owned()];
        let both = vec!["b.test".to_owned(), "deep.b.test".to_owned()];
        for (name, count, of_one, of_both) in [
            ("accounts", figures::accounts_of as Count, vec![(YESTERDAY, 1)], vec![(YESTERDAY, 1), (TODAY, 1)]),
            ("statuses", figures::statuses_of, vec![(YESTERDAY, 2), (TODAY, 1)], vec![(YESTERDAY, 2), (TODAY, 2)]),
            ("reports", figures::reports_of, vec![(YESTERDAY, 1)], vec![(YESTERDAY, 1), (TODAY, 1)]),
            ("follows", figures::follows_of, vec![(YESTERDAY, 1), (TODAY, 1)], vec![(YESTERDAY, 1), (TODAY, 2)]),
            ("followers", figures::follows_by, vec![(YESTERDAY, 1)], vec![(YESTERDAY, 1)]),
        ] {
            for (domains, expected) in [(one.clone(), of_one), (both.clone(), of_both)] {
                let found = read(&db, move |c| count(c, &domains)).await;
                assert_eq!(sorted(found), expected, "{name}");
            }
        }
        let (from, to) = (YESTERDAY, TODAY + DAY);
        let opened = read(&db, move |c| figures::opened_reports(c, from, to)).await;
        assert_eq!(sorted(opened), [(YESTERDAY, 1), (TODAY, 2)]);
        assert_eq!(read(&db, move |c| figures::resolved_reports(c, from, to)).await, [(TODAY, 1)]);
        let named = |name: &str| Some(name.to_owned());
        let domains = both.clone();
        let spoken = read(&db, move |c| dimensions::languages_of(c, &domains, (from, to), 9)).await;
        assert_eq!((&spoken[0], spoken.len()), (&(named("fr"), 2), 3));
        let followed = read(&db, move |c| dimensions::accounts_of(c, &both, 9)).await;
        assert_eq!(followed, [(named("cid"), 2), (named("dot"), 1)]);
        for (most, expected) in [
            (9, vec![(named("b.test"), 3), (None, 1), (named("deep.b.test"), 1)]),
            (2, vec![(None, 1), (named("deep.b.test"), 1)]),
        ] {
            let mut found = read(&db, move |c| dimensions::servers(c, (from, to), most, 9)).await;
            found.sort_by_key(|(name, size)| (-size, name.clone()));
            assert_eq!(found, expected, "{most}");
        }
    }
}

on_both! {
    async fn files_are_counted_by_the_server_that_they_came_from(engine) {
        let (_database, db) = open(engine).await;
        db.write(|tx| -> QueryResult<()> {
            for (name, host, bytes, fetched_at) in [
                ("a", Some("test.b."), 5, YESTERDAY),
                ("b", Some("test.b.files."), 7, TODAY + 9),
                ("c", Some("test.b-two."), 11, TODAY),
                ("d", Some("test.bb."), 13, TODAY),
                ("e", None, 17, TODAY),
            ] {
                let row = RemoteFile {
                    url_hash: name.to_owned(),
                    file_key: Some(name.to_owned()),
                    bytes,
                    failures: 0,
                    retry_at: 0,
                    fetched_at,
                    used_at: fetched_at,
                    host: host.map(str::to_owned),
                };
                remote_files::put(tx, &row)?;
            }
            Ok(())
        }).await.unwrap();
        for (from, to, expected) in [
            ("test.b.", "test.b/", vec![(YESTERDAY, 5), (TODAY, 7)]),
            ("test.b.files.", "test.b.files/", vec![(TODAY, 7)]),
            ("test.c.", "test.c/", vec![]),
        ] {
            let found = read(&db, move |c| figures::bytes_of(c, from, to)).await;
            assert_eq!(sorted(found), expected, "{from}");
        }
        assert!(read(&db, dimensions::database_bytes).await > 10_000);
        assert!(read(&db, dimensions::database_version).await.contains('.'));
    }
}

on_both! {
    async fn attempts_are_counted_by_block_day_and_place(engine) {
        let (_database, db) = open(engine).await;
        db.write(|tx| -> QueryResult<()> {
            for (id, domain) in [(7, "spam.test"), (8, "odd.test")] {
                let domain = domain.to_owned();
                let block = EmailDomainBlock { id, domain, allow_with_approval: false, created_at: NOON };
                email_domain_rows::save(tx, &block)?;
            }
            for (blocks, day, address) in [
                (vec![7], YESTERDAY, "192.0.2.1"), (vec![7, 8], TODAY, "192.0.2.1"),
                (vec![7], TODAY, "192.0.2.1"), (vec![7], TODAY, "192.0.2.2"), (vec![9], TODAY, ""),
            ] {
                blocked_sign_ups::add(tx, &blocks, day, address)?;
            }
            Ok(())
        }).await.unwrap();
        let list = |since: i64| read(&db, move |c| blocked_sign_ups::list(c, &[7, 8, 9], since));
        let mut found: Vec<_> = list(0).await.into_iter().map(|one| (one.block_id, one.day, one.attempts, one.addresses)).collect();
        found.sort_unstable();
        assert_eq!(found, [(7, YESTERDAY, 1, 1), (7, TODAY, 3, 2), (8, TODAY, 1, 1)]);
        assert_eq!(list(TODAY).await.len(), 2);
        let removed = db.write(|tx| -> QueryResult<_> {
            let removed = (blocked_sign_ups::prune(tx, TODAY, 9)?, blocked_sign_ups::prune(tx, TODAY, 9)?);
            email_domain_rows::delete(tx, 7)?;
            Ok(removed)
        }).await.unwrap();
        assert_eq!(removed, (1, 0));
        assert_eq!(list(0).await.len(), 1, "a block takes its attempts with it");
    }
}

on_both! {
    async fn where_people_came_from_is_known(engine) {
        let (_database, db) = open(engine).await;
        db.write(|tx| -> QueryResult<()> {
            let application = Application {
                id: ApplicationId(5),
                client_id: "x".to_owned(),
                secret_digest: String::new(),
                name: "Tusky".to_owned(),
                website: None,
                redirect_uris: String::new(),
                scopes: "read".to_owned(),
                created_at: NOON,
            };
            store::applications::insert(tx, &application)?;
            invites::note(tx, &SignedUp {
                account_id: AccountId(2),
                invite_id: None,
                application_id: Some(ApplicationId(5)),
            })
        }).await.unwrap();
        let span = (YESTERDAY, midnight(NOON) + DAY);
        let sources = read(&db, move |c| dimensions::sources(c, span, 9)).await;
        assert_eq!(sources.len(), 2);
        assert!(sources.contains(&(None, 1)) && sources.contains(&(Some("Tusky".to_owned()), 1)));
        let origins = read(&db, |c| invites::list_origins(c, &[ANN, AccountId(2)])).await;
        let expected = Origin {
            account_id: AccountId(2),
            application_id: Some(ApplicationId(5)),
            inviter_id: None,
        };
        assert_eq!(origins, [expected]);
    }
}
