//! Figures for the staff: what is counted, of what it is made, and how it is asked for.

use std::net::IpAddr;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::desk::{Desk, Person};
use crate::clock::{DAY, HOUR};
use crate::config::Registrations;
use crate::id::{AccountId, StatusId};
use crate::keys::Secret;
use crate::social::applications::{self, NewApplication};
use crate::social::invites::{self, Terms};
use crate::social::scopes::Scopes;
use crate::social::users::{self, SignUp, Through};
use crate::store::follows::Follow;
use crate::store::remote_files::RemoteFile;
use crate::store::{self, QueryResult, Role, Tx};

const MEASURES: &str = "/api/v1/admin/measures";
const DIMENSIONS: &str = "/api/v1/admin/dimensions";

async fn mia(desk: &Desk) -> Person {
    let person = desk.person("mia").await;
    let role = Role::Admin;
    users::set_role(&desk.node, person.id, role).await.unwrap();
    let scopes = "read write admin:read admin:write";
    let token = desk.token(person.id, scopes).await;
    Person { token, ..person }
}

/// An account of another server, made like one of this node's.
async fn remote(desk: &Desk, like: &Person, name: &'static str, domain: &'static str) -> AccountId {
    let like = like.id;
    let make = move |tx: &mut Tx| -> QueryResult<AccountId> {
        let mut row = store::accounts::find(tx, like)?.unwrap();
        row.id = AccountId(tx.new_id());
        row.handle = format!("{name}@{domain}");
        row.username = name.to_owned();
        row.domain = Some(domain.to_owned());
        row.uri = format!("https://{domain}/users/{name}");
        row.url = row.uri.clone();
        row.inbox_url = format!("{}/inbox", row.uri);
        store::accounts::insert(tx, &row)?;
        Ok(row.id)
    };
    desk.node.db.write(make).await.unwrap()
}

async fn post(desk: &Desk, by: &Person, body: Value) -> String {
    let path = "/api/v1/statuses";
    let posted = desk.send_json(by, Method::POST, path, &body).await.good();
    posted["id"].as_str().unwrap().to_owned()
}

/// Posts of somebody elsewhere, each with the hashtag, and what this node has to do with them.
async fn deal(desk: &Desk, ann: &Person, cid: AccountId, tag: &'static str) {
    let ann = ann.id;
    let write = move |tx: &mut Tx| -> QueryResult<()> {
        for number in 0..3 {
            let id = StatusId(tx.new_id());
            let row = store::statuses::Status {
                id,
                uri: format!("https://b.test/{number}"),
                url: None,
                account_id: cid,
                is_local: false,
                visibility: store::Visibility::Public,
                content: "<p>tea</p>".to_owned(),
                source: None,
                spoiler: String::new(),
                sensitive: false,
                language: Some("fr".to_owned()),
                emojis: store::Json(Vec::new()),
                in_reply_to_id: None,
                in_reply_to_account_id: None,
                in_reply_to_uri: None,
                conversation_id: id.0,
                boost_of_id: None,
                application_id: None,
                replies_count: 0,
                boosts_count: 0,
                favourites_count: 0,
                created_at: tx.now(),
                edited_at: None,
                fetched_at: tx.now(),
            };
            store::statuses::insert(tx, &row)?;
            store::tags::set(tx, id, &[tag.to_owned()])?;
        }
        for (account, target) in [(ann, cid), (cid, ann)] {
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
        let file = RemoteFile {
            url_hash: "a".to_owned(),
            file_key: Some("remote/a.png".to_owned()),
            bytes: 1_536,
            failures: 0,
            retry_at: 0,
            fetched_at: tx.now(),
            used_at: tx.now(),
            host: Some("test.b.files.".to_owned()),
        };
        store::remote_files::put(tx, &file).map(drop)
    };
    desk.node.db.write(write).await.unwrap();
}

/// What the answer says by key: the total, the days, the rest.
fn by_key<'a>(found: &'a Value, key: &str) -> &'a Value {
    let mut measures = found.as_array().unwrap().iter();
    let one = measures.find(|one| one["key"] == key);
    one.unwrap_or_else(|| panic!("{key} in {found}"))
}

const KEYS: [&str; 14] = [
    "active_users",
    "new_users",
    "interactions",
    "opened_reports",
    "resolved_reports",
    "tag_accounts",
    "tag_uses",
    "tag_servers",
    "instance_accounts",
    "instance_media_attachments",
    "instance_reports",
    "instance_statuses",
    "instance_follows",
    "instance_followers",
];

#[actix_web::test]
async fn every_figure_is_counted() {
    let desk = Desk::open().await;
    let (mia, ann) = (mia(&desk).await, desk.person("ann").await);
    let first = post(&desk, &ann, json!({"status": "#tea", "language": "en"})).await;
    desk.node.clock.advance(DAY);
    let answer = json!({"status": "#tea indeed", "in_reply_to_id": first});
    post(&desk, &mia, answer).await;
    post(
        &desk,
        &ann,
        json!({"status": "me too", "in_reply_to_id": first}),
    )
    .await;
    for deed in ["favourite", "favourite", "unfavourite", "reblog"] {
        let path = format!("/api/v1/statuses/{first}/{deed}");
        desk.post(&mia, &path).await.good();
    }
    let cid = remote(&desk, &ann, "cid", "b.test").await;
    remote(&desk, &ann, "dot", "deep.b.test").await;
    deal(&desk, &ann, cid, "tea").await;
    let report = json!({"account_id": cid, "comment": "rude"});
    let token = desk.token(ann.id, "write:reports").await;
    let reporter = Person { id: ann.id, token };
    let path = "/api/v1/reports";
    desk.send_json(&reporter, Method::POST, path, &report)
        .await
        .good();
    let tag = desk.get(&mia, "/api/v1/tags/tea").await.good()["id"].clone();
    let mut body = json!({"keys": KEYS, "start_at": "2026-08-08", "end_at": "2026-08-09"});
    for key in KEYS {
        if key.starts_with("tag_") {
            body[key] = json!({"id": tag});
        } else if key.starts_with("instance_") {
            body[key] = json!({"domain": "B.test"});
        }
    }
    body["instance_accounts"]["include_subdomains"] = json!("true");
    let found = desk
        .send_json(&mia, Method::POST, MEASURES, &body)
        .await
        .good();
    for (key, total, days) in [
        ("active_users", "2", ["1", "2"]),
        ("new_users", "2", ["2", "0"]),
        ("interactions", "3", ["0", "3"]),
        ("opened_reports", "1", ["0", "1"]),
        ("resolved_reports", "0", ["0", "0"]),
        ("tag_accounts", "2", ["1", "1"]),
        ("tag_uses", "2", ["1", "1"]),
        ("tag_servers", "1", ["1", "1"]),
        ("instance_accounts", "2", ["0", "2"]),
        ("instance_media_attachments", "1536", ["0", "1536"]),
        ("instance_reports", "1", ["0", "1"]),
        ("instance_statuses", "3", ["0", "3"]),
        ("instance_follows", "1", ["0", "1"]),
        ("instance_followers", "1", ["0", "1"]),
    ] {
        let one = by_key(&found, key);
        assert_eq!(one["total"], total, "{one}");
        let values = [&one["data"][0]["value"], &one["data"][1]["value"]];
        assert_eq!(values, days, "{one}");
        let has_days_before = one.get("previous_total").is_some();
        assert_eq!(has_days_before, !key.starts_with("instance_"), "{one}");
        let is_size = key == "instance_media_attachments";
        assert_eq!(one["unit"] == "bytes", is_size, "{one}");
        assert_eq!(one.get("human_value").is_some(), is_size, "{one}");
    }
    let media = by_key(&found, "instance_media_attachments");
    assert_eq!(media["human_value"], "1.5 KB");
    let keys: Vec<&Value> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["key"])
        .collect();
    assert_eq!(keys, KEYS);
}

#[actix_web::test]
async fn days_that_are_not_known_any_more_are_not_told_as_empty() {
    let desk = Desk::open().await;
    let (mia, ann) = (mia(&desk).await, desk.person("ann").await);
    post(&desk, &ann, json!({"status": "#tea"})).await;
    let tag = desk.get(&mia, "/api/v1/tags/tea").await.good()["id"].clone();
    desk.node.clock.advance(61 * DAY);
    let ask = async |start: &str, end: &str| {
        let body = json!({
            "keys": ["tag_uses"], "tag_uses": {"id": tag}, "start_at": start, "end_at": end,
        });
        let found = desk.send_json(&mia, Method::POST, MEASURES, &body).await;
        found.good()[0].clone()
    };
    let short = ask("2026-09-09", "2026-10-08").await;
    assert_eq!(
        (&short["total"], &short["previous_total"]),
        (&json!("0"), &json!("0"))
    );
    let before = ask("2026-08-09", "2026-08-10").await;
    assert_eq!(before["previous_total"], "1");
    let long = ask("2026-07-09", "2026-10-08").await;
    assert_eq!(
        (&long["total"], long["data"].as_array().unwrap().len()),
        (&json!("1"), 92)
    );
    assert!(long.get("previous_total").is_none(), "{long}");
    let old = ask("2026-07-01", "2026-07-10").await;
    assert_eq!(old["data"].as_array().unwrap().len(), 2, "{old}");
}

#[actix_web::test]
async fn what_is_asked_for_is_named_in_full() {
    let desk = Desk::open().await;
    let (mia, ann) = (mia(&desk).await, desk.person("ann").await);
    for (path, body, status) in [
        (MEASURES, json!({"keys": ["tag_uses"]}), 400),
        (
            MEASURES,
            json!({"keys": ["tag_uses"], "tag_uses": {"id": ""}}),
            400,
        ),
        (
            MEASURES,
            json!({"keys": ["tag_uses"], "tag_uses": {"id": "tea"}}),
            400,
        ),
        (MEASURES, json!({"keys": ["instance_statuses"]}), 400),
        (
            MEASURES,
            json!({"keys": ["instance_statuses"], "instance_accounts": {"domain": "b.test"}}),
            400,
        ),
        (
            MEASURES,
            json!({"keys": ["instance_reports"], "instance_reports": {"domain": "a b"}}),
            422,
        ),
        (
            MEASURES,
            json!({"keys": ["instance_reports"], "instance_reports": {"domain": "unknown.test"}}),
            200,
        ),
        (
            MEASURES,
            json!({"keys": ["new_users"], "end_at": "yesterday"}),
            400,
        ),
        (DIMENSIONS, json!({"keys": ["tag_servers"]}), 400),
        (DIMENSIONS, json!({"keys": ["instance_languages"]}), 400),
        (
            DIMENSIONS,
            json!({"keys": ["instance_languages"], "instance_languages": {"domain": "b.test"}}),
            200,
        ),
        (
            DIMENSIONS,
            json!({"keys": ["servers"], "limit": "many"}),
            400,
        ),
        (DIMENSIONS, json!({"keys": ["servers"], "limit": 0}), 200),
        (
            DIMENSIONS,
            json!({"keys": ["servers"], "start_at": "2020-01-01"}),
            422,
        ),
    ] {
        let answer = desk.send_json(&mia, Method::POST, path, &body).await;
        assert_eq!(answer.status, status, "{path} {body}: {:?}", answer.body);
    }
    for path in [MEASURES, DIMENSIONS] {
        let body = json!({"keys": ["unknown", "new_users", "servers", "new_users", "servers"]});
        let found = desk.send_json(&mia, Method::POST, path, &body).await.good();
        assert_eq!(found.as_array().unwrap().len(), 1, "{path}: {found}");
        let token = desk.token(ann.id, "read").await;
        let stranger = Person { id: ann.id, token };
        let refused = desk.send_json(&stranger, Method::POST, path, &body).await;
        assert_eq!(refused.status, 403, "{path}");
    }
    // As forms have it.
    let form = "keys[]=instance_accounts&instance_accounts[domain]=b.test\
                &instance_accounts[include_subdomains]=1&keys[]=new_users";
    let request = mia.asks(Method::POST, MEASURES);
    let request = request.insert_header(("content-type", "application/x-www-form-urlencoded"));
    let found = desk.send(request.set_payload(form)).await.good();
    assert_eq!(found.as_array().unwrap().len(), 2, "{found}");
    let nobody = TestRequest::post().uri(DIMENSIONS);
    assert_eq!(desk.send(nobody).await.status, 401);
}

#[actix_web::test]
async fn every_dimension_has_its_parts() {
    let desk = Desk::open().await;
    let (mia, ann) = (mia(&desk).await, desk.person("ann").await);
    let cid = remote(&desk, &ann, "cid", "b.test").await;
    post(&desk, &ann, json!({"status": "#tea", "language": "en"})).await;
    deal(&desk, &ann, cid, "tea").await;
    let tag = desk.get(&mia, "/api/v1/tags/tea").await.good()["id"].clone();
    let (of_tag, of_server) = (json!({"id": tag}), json!({"domain": "b.test"}));
    let mut body = json!({
        "keys": [
            "languages", "sources", "servers", "space_usage", "software_versions", "tag_servers",
            "tag_languages", "instance_accounts", "instance_languages",
        ],
        "tag_servers": of_tag, "tag_languages": of_tag,
        "instance_accounts": of_server, "instance_languages": of_server,
    });
    let found = desk.send_json(&mia, Method::POST, DIMENSIONS, &body).await;
    let found = found.good();
    let here = desk.node.urls.authority();
    for (key, expected) in [
        ("languages", json!([["en", "English", "2"]])),
        ("sources", json!([["web", "Website", "2"]])),
        (
            "servers",
            json!([["b.test", "b.test", "3"], [here, here, "1"]]),
        ),
        (
            "tag_servers",
            json!([["b.test", "b.test", "3"], [here, here, "1"]]),
        ),
        (
            "tag_languages",
            json!([["fr", "French", "3"], ["en", "English", "1"]]),
        ),
        ("instance_accounts", json!([["cid", "cid", "1"]])),
        ("instance_languages", json!([["fr", "French", "3"]])),
    ] {
        let parts = by_key(&found, key)["data"].as_array().unwrap();
        let parts: Value = parts
            .iter()
            .map(|part| json!([part["key"], part["human_key"], part["value"]]))
            .collect();
        assert_eq!(parts, expected, "{key}");
    }
    let space = &by_key(&found, "space_usage")["data"];
    assert_eq!(space[1]["value"], "1536");
    assert_eq!(
        (&space[1]["unit"], &space[1]["human_value"]),
        (&json!("bytes"), &json!("1.5 KB"))
    );
    assert!(space[0]["value"].as_str().unwrap().parse::<i64>().unwrap() > 10_000);
    let versions = &by_key(&found, "software_versions")["data"];
    assert_eq!(versions[0]["value"], env!("CARGO_PKG_VERSION"));
    let names = ["SQLite", "PostgreSQL"].map(|name| json!(name));
    assert!(names.contains(&versions[1]["human_key"]), "{versions}");
    assert_eq!(versions[1]["value"], versions[1]["human_value"]);
    body["limit"] = json!("1");
    let found = desk.send_json(&mia, Method::POST, DIMENSIONS, &body).await;
    let found = found.good();
    assert_eq!(
        by_key(&found, "servers")["data"].as_array().unwrap().len(),
        1
    );
}

fn sign_up(name: &str, domain: &str, from: &str) -> SignUp {
    SignUp {
        username: name.to_owned(),
        email: format!("{name}@{domain}"),
        password: Secret::new("correct horse".to_owned()),
        agrees: true,
        reason: None,
        invite_code: None,
        date_of_birth: None,
        locale: "en".to_owned(),
        address: from.parse::<IpAddr>().ok(),
    }
}

#[actix_web::test]
async fn blocked_domains_tell_how_often_they_were_met() {
    let desk = Desk::open_with(|config| config.instance.registrations = Registrations::Open).await;
    let mia = mia(&desk).await;
    let list = "/api/v1/admin/email_domain_blocks";
    for body in [
        json!({"domain": "spam.test"}),
        json!({"domain": "odd.test", "allow_with_approval": true}),
    ] {
        let made = desk.send_json(&mia, Method::POST, list, &body).await.good();
        assert_eq!(made["history"].as_array().unwrap().len(), 7);
        assert_eq!(made["history"][0]["uses"], "0");
    }
    desk.node.clock.advance(HOUR);
    // The door looks first, and goes on only if nothing is wrong.
    for from in ["192.0.2.1", "192.0.2.1", "2001:db8::1", "2001:db8::2"] {
        let wanted = sign_up("b1", "x.spam.test", from);
        assert!(
            !users::check_sign_up(&desk.node, &wanted)
                .await
                .unwrap()
                .is_empty()
        );
    }
    let refused = users::register(&desk.node, sign_up("b1", "spam.test", ""), None).await;
    assert!(refused.is_err());
    let wanted = sign_up("b2", "odd.test", "192.0.2.1");
    assert!(
        users::check_sign_up(&desk.node, &wanted)
            .await
            .unwrap()
            .is_empty()
    );
    users::register(&desk.node, wanted, None).await.unwrap();
    users::register(&desk.node, sign_up("b3", "fine.test", "192.0.2.1"), None)
        .await
        .unwrap();
    desk.node.clock.advance(DAY);
    let found = desk.get(&mia, list).await.good();
    let told = |place: usize, day: usize| {
        let day = &found[place]["history"][day];
        (
            day["uses"].as_str().unwrap(),
            day["accounts"].as_str().unwrap(),
        )
    };
    assert_eq!(found[0]["domain"], "odd.test");
    assert_eq!((told(0, 0), told(0, 1)), (("0", "0"), ("1", "1")));
    assert_eq!((told(1, 0), told(1, 1)), (("0", "0"), ("5", "3")));
    // 2026-08-08.
    assert_eq!(found[0]["history"][1]["day"], "1786147200");
    let one = format!("{list}/{}", found[1]["id"].as_str().unwrap());
    assert_eq!(desk.get(&mia, &one).await.good(), found[1]);
    desk.node.clock.advance(6 * DAY);
    let later = desk.get(&mia, &one).await.good();
    let history = later["history"].as_array().unwrap();
    assert!(history.iter().all(|day| day["uses"] == "0"), "{later}");
}

#[actix_web::test]
async fn the_staff_sees_through_what_and_by_whom_people_came() {
    let desk = Desk::open_with(|config| config.instance.registrations = Registrations::Open).await;
    let mia = mia(&desk).await;
    let inviter = users::find_by_id(&desk.node, mia.id)
        .await
        .unwrap()
        .unwrap();
    let invite = invites::create(&desk.node, Some(&inviter), Terms::default());
    let invite = invite.await.unwrap();
    let new = NewApplication {
        name: "Tusky".to_owned(),
        website: None,
        redirect_uris: vec!["urn:ietf:wg:oauth:2.0:oob".to_owned()],
        scopes: "read".to_owned(),
    };
    let registered = applications::register(&desk.node, new).await.unwrap();
    let application = registered.application.id;
    let through = Through {
        application,
        scopes: Scopes::parse("read").unwrap(),
    };
    let mut wanted = sign_up("bob", "fine.test", "192.0.2.1");
    wanted.invite_code = Some(invite.code);
    let (bob, _) = users::register(&desk.node, wanted, Some(through))
        .await
        .unwrap();
    let seen = |id: AccountId| {
        let (desk, mia) = (&desk, &mia);
        async move {
            let path = format!("/api/v1/admin/accounts/{id}");
            desk.get(mia, &path).await.good()
        }
    };
    let shown = seen(bob.id).await;
    assert_eq!(
        shown["created_by_application_id"],
        json!(application.to_string())
    );
    assert_eq!(shown["invited_by_account_id"], json!(mia.id));
    let own = seen(mia.id).await;
    for key in ["created_by_application_id", "invited_by_account_id"] {
        assert!(own.get(key).is_none(), "{key}");
    }
}

#[actix_web::test]
async fn a_warning_names_the_statuses_of_its_report() {
    let desk = Desk::open().await;
    let (mia, ann) = (mia(&desk).await, desk.person("ann").await);
    let bob = desk.person("bob").await;
    let rude = post(&desk, &ann, json!({"status": "rude"})).await;
    let token = desk.token(bob.id, "write:reports").await;
    let reporter = Person { id: bob.id, token };
    let body = json!({"account_id": ann.id, "status_ids": [rude]});
    let report = desk
        .send_json(&reporter, Method::POST, "/api/v1/reports", &body)
        .await
        .good();
    let warn = async |whom: &Person, report: &Value| {
        let path = format!("/api/v1/admin/accounts/{}/action", whom.id);
        let body = json!({"type": "none", "text": "mind", "report_id": report});
        let done = desk.send_json(&mia, Method::POST, &path, &body).await;
        assert_eq!(done.status, 200, "{:?}", done.body);
        let path = "/api/v1/notifications?types[]=moderation_warning";
        let told = desk.get(whom, path).await.good();
        told[0]["moderation_warning"]["status_ids"].clone()
    };
    assert_eq!(warn(&ann, &Value::Null).await, Value::Null);
    assert_eq!(warn(&ann, &report["id"]).await, json!([rude]));
}
