//! A page costs as many queries as a single item, as clients ask for it: through the routes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::id::{AccountId, AttachmentId, StatusId};
use crate::social::reactions::{self, Received};
use crate::social::{favourites, follows, users};
use crate::store::accounts::Account;
use crate::store::attachments::Attachment;
use crate::store::follows::Follow;
use crate::store::reactions::ReactionEmoji;
use crate::store::statuses::Status;
use crate::store::{self, AttachmentKind, QueryResult, Role, Tx};
use crate::urls::Urls;

/// Items of a full page.
const MANY: usize = 40;

/// A node on which one connection reads, so that it can be counted what it is asked.
async fn open() -> (Desk, Arc<AtomicUsize>) {
    let desk = Desk::open_with(|config| {
        config.database.readers = 1;
        config.database.connections = 2;
    })
    .await;
    let counter = desk
        .node
        .db
        .read(|conn| Ok::<_, store::Error>(conn.count_queries()));
    let counter = counter.await.unwrap();
    (desk, counter)
}

/// Accounts of other servers, the first of which is like `like`.
fn strangers(tx: &mut Tx, like: AccountId) -> QueryResult<Vec<Account>> {
    let like = store::accounts::find(tx, like)?.unwrap();
    let mut made = Vec::new();
    for number in 0..MANY {
        let name = format!("s{number}");
        let uri = format!("https://b.test/users/{name}");
        let row = Account {
            id: AccountId(tx.new_id()),
            handle: format!("{name}@b.test"),
            username: name,
            domain: Some("b.test".to_owned()),
            url: uri.clone(),
            inbox_url: format!("{uri}/inbox"),
            followers_url: Some(format!("{uri}/followers")),
            uri,
            ..like.clone()
        };
        store::accounts::insert(tx, &row)?;
        made.push(row);
    }
    Ok(made)
}

/// What is known of the page that a status links to; every other one has a picture, which is shown in its place.
fn adorn(tx: &mut Tx, author: AccountId, status: StatusId, number: usize) -> QueryResult<()> {
    let link = link(number);
    store::cards::ask(tx, &link)?;
    store::cards::keep(tx, &link, Some(r#"{"title": "A page"}"#))?;
    if number.is_multiple_of(2) {
        return Ok(());
    }
    let id = AttachmentId(tx.new_id());
    let picture = Attachment {
        status_id: Some(status),
        kind: AttachmentKind::Image,
        mime: "image/png".to_owned(),
        file_key: Some(format!("media/{id}.png")),
        ..Attachment::blank(id, author, tx.now())
    };
    store::attachments::insert(tx, &[picture])
}

fn link(number: usize) -> String {
    format!("https://site.test/{number}")
}

async fn post(desk: &Desk, by: &Person, body: Value) -> StatusId {
    let path = "/api/v1/statuses";
    let posted = desk.send_json(by, Method::POST, path, &body).await.good();
    posted["id"].as_str().unwrap().parse().unwrap()
}

/// What there is to see.
struct Stage {
    desk: Desk,
    counter: Arc<AtomicUsize>,
    ann: Person,
    bob: Person,
    strangers: Vec<AccountId>,
}

/// A stranger reacts to a status, some with an emoji of their server.
fn react(
    tx: &mut Tx,
    urls: &Urls,
    fan: &Account,
    status: &Status,
    number: usize,
) -> QueryResult<()> {
    let url = number
        .is_multiple_of(2)
        .then(|| "https://b.test/cup.png".to_owned());
    let name = url.as_ref().map_or("\u{1f389}", |_| "cup").to_owned();
    let received = Received {
        emoji: ReactionEmoji { name, url },
        uri: format!("{}#reactions/{number}", fan.uri),
    };
    reactions::receive(tx, urls, fan, status, received)
}

/// Forty posts of Ann, each liked and reacted to by two strangers; forty of Bob, each with a linked page or a picture, and one of
/// Ann's quoted. The strangers follow Ann and one another, and Bob follows them.
async fn set_stage() -> Stage {
    let (desk, counter) = open().await;
    let (ann, bob) = (desk.person("ann").await, desk.person("bob").await);
    let mut posts = Vec::new();
    for number in 0..MANY {
        let tea = post(&desk, &ann, json!({"status": format!("tea {number}")})).await;
        let text = format!("see {}", link(number));
        let body = json!({"status": text, "quoted_status_id": tea});
        posts.push((tea, post(&desk, &bob, body).await));
    }
    let (ann_id, bob_id, urls) = (ann.id, bob.id, desk.node.urls.clone());
    let write = move |tx: &mut Tx| -> QueryResult<Vec<AccountId>> {
        let strangers = strangers(tx, ann_id)?;
        let owner = store::accounts::find(tx, ann_id)?.unwrap();
        for (number, stranger) in strangers.iter().enumerate() {
            let uri = format!("{}#follows/1", stranger.uri);
            follows::receive(tx, stranger, &owner, &uri)?;
            let next = &strangers[(number + 1) % MANY];
            for (account, target) in [(bob_id, stranger.id), (stranger.id, next.id)] {
                let id = tx.new_id();
                let row = Follow {
                    id: crate::id::FollowId(id),
                    account_id: account,
                    target_id: target,
                    uri: format!("https://b.test/follows/{id}"),
                    is_accepted: true,
                    shows_boosts: true,
                    notifies: false,
                    languages: None,
                    created_at: tx.now(),
                };
                store::follows::insert(tx, &row)?;
            }
        }
        for (number, (tea, quoting)) in posts.iter().enumerate() {
            adorn(tx, bob_id, *quoting, number)?;
            let tea = store::statuses::find(tx, *tea)?.unwrap();
            for back in 0..2 {
                let fan = &strangers[(number + back) % MANY];
                let uri = format!("{}#likes/{number}", fan.uri);
                favourites::receive(tx, fan, &tea, &uri)?;
                react(tx, &urls, fan, &tea, number)?;
            }
        }
        Ok(strangers.iter().map(|stranger| stranger.id).collect())
    };
    let strangers = desk.node.db.write(write).await.unwrap();
    Stage {
        desk,
        counter,
        ann,
        bob,
        strangers,
    }
}

impl Stage {
    /// What a request costs and answers.
    async fn cost(&self, request: TestRequest) -> (usize, Value) {
        self.counter.store(0, Ordering::Relaxed);
        let answer = self.desk.send(request).await.good();
        (self.counter.load(Ordering::Relaxed), answer)
    }

    /// Asks for one item and for many; `items` finds them in the answer.
    async fn compare(&self, who: &Person, one: &str, many: &str, items: &str) {
        // What is noted once a day, and what is found out for the first time.
        self.desk.get(who, one).await.good();
        let (for_one, few) = self.cost(who.asks(Method::GET, one)).await;
        let (for_many, all) = self.cost(who.asks(Method::GET, many)).await;
        let length = |answer: &Value| answer.pointer(items).unwrap().as_array().unwrap().len();
        assert_eq!((length(&few), length(&all)), (1, MANY), "{many}");
        assert!(for_one > 0, "{one}");
        assert_eq!(for_one, for_many, "{many}");
    }

    async fn compare_pages(&self, who: &Person, path: &str, items: &str) {
        let sign = if path.contains('?') { '&' } else { '?' };
        let (one, many) = (
            format!("{path}{sign}limit=1"),
            format!("{path}{sign}limit={MANY}"),
        );
        self.compare(who, &one, &many, items).await;
    }
}

#[actix_web::test]
async fn full_pages_cost_no_more_queries_than_short_ones() {
    let stage = set_stage().await;
    let (ann, bob) = (&stage.ann, &stage.bob);
    let of_bob = format!("/api/v1/accounts/{}/statuses", bob.id);
    let full = stage.desk.get(ann, &format!("{of_bob}?limit={MANY}")).await;
    for (number, status) in full.good().as_array().unwrap().iter().rev().enumerate() {
        let pictures = status["media_attachments"].as_array().unwrap().len();
        let is_page = status["card"]["title"] == "A page";
        assert_eq!(
            (pictures, is_page),
            (number % 2, number.is_multiple_of(2)),
            "{status}"
        );
        assert_eq!(status["quote"]["state"], "accepted", "{status}");
        let reactions = &status["quote"]["quoted_status"]["reactions"];
        assert_eq!(reactions[0]["count"], 2, "{status}");
    }
    let only_reactions = "/api/v1/notifications?types[]=pleroma:emoji_reaction";
    for (who, path, items) in [
        (ann, of_bob.as_str(), ""),
        (bob, "/api/v1/timelines/home", ""),
        (ann, "/api/v1/timelines/public", ""),
        (ann, &format!("/api/v1/accounts/{}/followers", ann.id), ""),
        (bob, &format!("/api/v1/accounts/{}/following", bob.id), ""),
        (ann, "/api/v1/notifications", ""),
        (ann, only_reactions, ""),
        (ann, "/api/v2/notifications", "/notification_groups"),
    ] {
        stage.compare_pages(who, path, items).await;
    }
    let by_id = |count: usize, path: &str| {
        let ids = stage.strangers.iter().take(count);
        let ids: Vec<String> = ids.map(|id| format!("id[]={id}")).collect();
        format!("{path}?{}", ids.join("&"))
    };
    for path in [
        "/api/v1/accounts",
        "/api/v1/accounts/relationships",
        "/api/v1/accounts/familiar_followers",
    ] {
        let (one, many) = (by_id(1, path), by_id(MANY, path));
        stage.compare(bob, &one, &many, "").await;
    }
    let groups = stage.desk.get(ann, "/api/v2/notifications").await.good();
    let senders = &groups["notification_groups"][0]["sample_account_ids"];
    assert_eq!(senders.as_array().unwrap().len(), 2, "{groups}");
    let familiar = by_id(MANY, "/api/v1/accounts/familiar_followers");
    let familiar = stage.desk.get(bob, &familiar).await.good();
    for (one, of) in familiar.as_array().unwrap().iter().zip(&stage.strangers) {
        assert_eq!(one["id"], json!(of), "in the order of the question");
        assert_eq!(one["accounts"].as_array().unwrap().len(), 1, "{one}");
    }
}

#[actix_web::test]
async fn figures_cost_the_same_for_a_day_and_for_six_weeks() {
    let (desk, counter) = open().await;
    let mia = desk.person("mia").await;
    let role = Role::Moderator;
    users::set_role(&desk.node, mia.id, role).await.unwrap();
    let token = desk.token(mia.id, "admin:read").await;
    let mia = Person { token, ..mia };
    let keys = [
        "active_users",
        "new_users",
        "interactions",
        "opened_reports",
        "resolved_reports",
        "tag_accounts",
        "tag_uses",
        "tag_servers",
        "instance_statuses",
    ];
    let mut costs = Vec::new();
    for start in ["2026-08-08", "2026-08-08", "2026-06-28"] {
        let body = json!({
            "keys": keys, "start_at": start, "end_at": "2026-08-08",
            "tag_accounts": {"id": 1}, "tag_uses": {"id": 1}, "tag_servers": {"id": 1},
            "instance_statuses": {"domain": "b.test"},
        });
        counter.store(0, Ordering::Relaxed);
        let path = "/api/v1/admin/measures";
        let found = desk.send_json(&mia, Method::POST, path, &body).await.good();
        assert_eq!(found.as_array().unwrap().len(), keys.len());
        costs.push(counter.load(Ordering::Relaxed));
    }
    assert_eq!(costs[1], costs[2], "{costs:?}");
    assert!(costs[1] >= keys.len(), "{costs:?}");
}
