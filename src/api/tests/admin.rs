//! The staff's routes: who may, what follows, what is written down.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::desk::{Answer, Desk, Person, ids};
use crate::social::Error;
use crate::social::users::{self, SignUp};
use crate::store::{Role, Visibility};

const EVERYTHING: &str = "read write admin:read admin:write";

/// Somebody with this role and a token for everything.
async fn staff(desk: &Desk, name: &str, role: Role) -> Person {
    let person = desk.person(name).await;
    users::set_role(&desk.node, person.id, role).await.unwrap();
    let token = desk.token(person.id, EVERYTHING).await;
    Person { token, ..person }
}

async fn act(desk: &Desk, by: &Person, on: &Person, body: &Value) -> u16 {
    let path = format!("/api/v1/admin/accounts/{}/action", on.id);
    desk.send_json(by, Method::POST, &path, body).await.status
}

async fn relieve(desk: &Desk, by: &Person, on: &Person, word: &str) -> Value {
    let path = format!("/api/v1/admin/accounts/{}/{word}", on.id);
    desk.post(by, &path).await.good()
}

#[actix_web::test]
async fn nobody_decides_about_their_own_rank_or_above() {
    let desk = Desk::open().await;
    let roles = [Role::User, Role::Moderator, Role::Admin, Role::Owner];
    let mut people = Vec::new();
    for role in roles {
        let doer = staff(&desk, &format!("{}_does", role.word()), role).await;
        let target = staff(&desk, &format!("{}_suffers", role.word()), role).await;
        people.push((role, doer, target));
    }
    for (own, doer, _) in &people {
        for (other, _, target) in &people {
            let may = *own >= Role::Moderator && other < own;
            let expected = if may { 200 } else { 403 };
            let status = act(&desk, doer, target, &json!({"type": "sensitive"})).await;
            assert_eq!(status, expected, "{own:?} about {other:?}");
        }
    }
    // What concerns the whole node is for administrators; moderators look.
    for (own, doer, _) in &people {
        for list in [
            "domain_blocks",
            "domain_allows",
            "email_domain_blocks",
            "ip_blocks",
        ] {
            let path = format!("/api/v1/admin/{list}");
            let looks = desk.get(doer, &path).await.status;
            assert_eq!(
                looks == 200,
                *own >= Role::Moderator,
                "{own:?} {list}: {looks}"
            );
            let body = json!({
                "domain": format!("{}.test", own.word()),
                "ip": format!("192.0.2.{}", *own as u8),
                "severity": if list == "ip_blocks" { "sign_up_block" } else { "silence" },
            });
            let acts = desk
                .send_json(doer, Method::POST, &path, &body)
                .await
                .status;
            assert_eq!(acts == 200, *own >= Role::Admin, "{own:?} {list}: {acts}");
        }
    }
}

#[actix_web::test]
async fn a_suspended_account_is_blank_silent_and_comes_back() {
    let desk = Desk::open().await;
    let (mia, ann) = (
        staff(&desk, "mia", Role::Moderator).await,
        desk.person("ann").await,
    );
    let bob = desk.person("bob").await;
    let posted = desk
        .send_json(
            &ann,
            Method::POST,
            "/api/v1/statuses",
            &json!({"status": "hello"}),
        )
        .await
        .good();
    let status = format!("/api/v1/statuses/{}", posted["id"].as_str().unwrap());
    let body = json!({"type": "suspend", "text": "You were rude."});
    assert_eq!(act(&desk, &mia, &ann, &body).await, 200);
    let own = desk.get(&ann, "/api/v1/accounts/verify_credentials").await;
    assert_eq!(own.status, 403);
    assert_eq!(own.json()["error"], "Your login is currently disabled");
    let profile = format!("/api/v1/accounts/{}", ann.id);
    let seen = desk.get(&bob, &profile).await.good();
    assert_eq!(seen["suspended"], true);
    assert_eq!(desk.get(&bob, &status).await.status, 404);
    for list in ["statuses", "followers", "following"] {
        let found = desk.get(&bob, &format!("{profile}/{list}")).await.good();
        assert_eq!(found, json!([]), "{list}");
    }
    let listed = desk
        .get(&mia, "/api/v2/admin/accounts?status=suspended&origin=local")
        .await
        .good();
    assert_eq!(ids(&listed), [ann.id.to_string()]);
    let shown = relieve(&desk, &mia, &ann, "unsuspend").await;
    assert_eq!(
        (&shown["suspended"], &shown["email"]),
        (&json!(false), &json!("ann@example.org"))
    );
    assert_eq!(desk.get(&bob, &status).await.status, 200);
    let told = desk
        .get(&ann, "/api/v1/notifications?types[]=moderation_warning")
        .await
        .good();
    let warning = &told[0]["moderation_warning"];
    assert_eq!(
        (&warning["action"], &warning["text"]),
        (&json!("suspend"), &json!("You were rude."))
    );
    let grouped = desk.get(&ann, "/api/v2/notifications").await.good();
    assert_eq!(
        &grouped["notification_groups"][0]["moderation_warning"],
        warning
    );
    // Warnings are told one by one.
    assert_eq!(
        act(&desk, &mia, &ann, &json!({"type": "none", "text": "again"})).await,
        200
    );
    let told = desk.get(&ann, "/api/v1/notifications").await.good();
    assert_eq!(told.as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn every_state_shows_and_ends() {
    let desk = Desk::open().await;
    let (mia, ann) = (
        staff(&desk, "mia", Role::Moderator).await,
        desk.person("ann").await,
    );
    for (kind, key, word) in [
        ("silence", "silenced", "unsilence"),
        ("sensitive", "sensitized", "unsensitive"),
        ("disable", "disabled", "enable"),
        ("suspend", "suspended", "unsuspend"),
    ] {
        assert_eq!(
            act(&desk, &mia, &ann, &json!({"type": kind})).await,
            200,
            "{kind}"
        );
        let path = format!("/api/v1/admin/accounts/{}", ann.id);
        let shown = desk.get(&mia, &path).await.good();
        assert_eq!(shown[key], true, "{kind}");
        assert_eq!(
            shown["account"]["limited"] == true,
            kind == "silence",
            "{kind}"
        );
        let list = desk
            .get(&mia, &format!("/api/v1/admin/accounts?{key}=true"))
            .await
            .good();
        assert_eq!(ids(&list), [ann.id.to_string()], "{kind}");
        let active = desk
            .get(&mia, "/api/v1/admin/accounts?active=true&local=1")
            .await
            .good();
        let is_active = ids(&active).contains(&ann.id.to_string().as_str());
        assert_eq!(is_active, kind == "sensitive", "{kind}");
        assert_eq!(relieve(&desk, &mia, &ann, word).await[key], false, "{kind}");
    }
    assert_eq!(
        act(&desk, &mia, &ann, &json!({"type": "explode"})).await,
        422
    );
    let audits = desk.get(&mia, "/api/whimbrel/v1/audits?limit=3").await;
    let link = audits.header("link").to_owned();
    assert!(link.contains("rel=\"next\""), "{link}");
    let audits = audits.good();
    let deeds: Vec<&str> = audits
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(deeds, ["unsuspend", "suspend", "enable"]);
    assert_eq!(
        (&audits[0]["actor"], &audits[0]["target"]),
        (&json!("mia"), &json!("ann"))
    );
}

#[actix_web::test]
async fn only_suspended_accounts_are_deleted_for_good() {
    let desk = Desk::open().await;
    let (ada, ann) = (
        staff(&desk, "ada", Role::Admin).await,
        desk.person("ann").await,
    );
    let path = format!("/api/v1/admin/accounts/{}", ann.id);
    let delete = || desk.send(ada.asks(Method::DELETE, &path));
    assert_eq!(delete().await.status, 403);
    assert_eq!(
        act(&desk, &ada, &ann, &json!({"type": "suspend"})).await,
        200
    );
    assert_eq!(delete().await.status, 200);
    let gone = desk.post(&ada, &format!("{path}/unsuspend")).await;
    assert_eq!(gone.status, 409);
    assert_eq!(desk.jobs("purge_account").await.len(), 1);
}

async fn post(desk: &Desk, by: &Person, visibility: Visibility) -> String {
    let body = json!({"status": "rude", "visibility": visibility.word()});
    let path = "/api/v1/statuses";
    let posted = desk.send_json(by, Method::POST, path, &body).await.good();
    posted["id"].as_str().unwrap().to_owned()
}

async fn report(desk: &Desk, by: &Person, whom: &Person, statuses: &[&String]) -> Answer {
    let token = desk.token(by.id, "write:reports").await;
    let by = Person { id: by.id, token };
    let body = json!({
        "account_id": whom.id, "status_ids": statuses, "comment": "rude", "category": "spam",
    });
    desk.send_json(&by, Method::POST, "/api/v1/reports", &body)
        .await
}

#[actix_web::test]
async fn people_report_what_they_see_and_the_staff_is_told() {
    let desk = Desk::open().await;
    let mia = staff(&desk, "mia", Role::Moderator).await;
    let (ann, bob) = (desk.person("ann").await, desk.person("bob").await);
    let open = post(&desk, &ann, Visibility::Public).await;
    let hidden = post(&desk, &ann, Visibility::Private).await;
    assert_eq!(report(&desk, &bob, &ann, &[&hidden]).await.status, 404);
    let made = report(&desk, &bob, &ann, &[&open]).await.good();
    assert_eq!(made["status_ids"], json!([open]));
    assert_eq!(
        (&made["category"], &made["action_taken"]),
        (&json!("spam"), &json!(false))
    );
    assert_eq!(made["target_account"]["username"], "ann");
    report(&desk, &bob, &ann, &[]).await.good();
    let long = "x".repeat(1_001);
    for (body, status) in [
        (json!({"account_id": "7"}), 404),
        (json!({}), 404),
        (json!({"account_id": ann.id, "category": "boring"}), 422),
        (json!({"account_id": ann.id, "rule_ids": ["1"]}), 422),
        (json!({"account_id": ann.id, "comment": long}), 422),
    ] {
        let path = "/api/v1/reports";
        let answer = desk.send_json(&bob, Method::POST, path, &body).await;
        assert_eq!(answer.status, status, "{body}");
    }
    let path = "/api/v1/notifications?types[]=admin.report";
    let told = desk.get(&mia, path).await.good();
    assert_eq!(told.as_array().unwrap().len(), 2);
    assert_eq!(told[1]["report"]["id"], made["id"]);
    let grouped = desk.get(&mia, &path.replace("v1", "v2")).await.good();
    let groups = &grouped["notification_groups"];
    assert_eq!(groups[1]["report"], told[1]["report"]);
    assert_eq!(groups[1].get("event"), None, "of other kinds alone");
    let own = desk.get(&bob, "/api/v1/reports").await.good();
    assert_eq!(ids(&own).len(), 2);
}

#[actix_web::test]
async fn reports_are_worked_on_and_answered_by_deeds() {
    let desk = Desk::open().await;
    let mia = staff(&desk, "mia", Role::Moderator).await;
    let (ann, bob) = (desk.person("ann").await, desk.person("bob").await);
    let open = post(&desk, &ann, Visibility::Public).await;
    let made = report(&desk, &bob, &ann, &[&open]).await.good();
    report(&desk, &bob, &ann, &[]).await.good();
    let list = "/api/v1/admin/reports";
    assert_eq!(desk.get(&bob, list).await.status, 403);
    let one = format!("{list}/{}", made["id"].as_str().unwrap());
    let assign = format!("{one}/assign_to_self");
    let assigned = desk.post(&mia, &assign).await.good();
    assert_eq!(assigned["assigned_account"]["username"], "mia");
    assert_eq!(assigned["statuses"][0]["id"], json!(open));
    assert_eq!(assigned["account"]["username"], "bob");
    let legal = json!({"category": "legal"});
    let changed = desk.send_json(&mia, Method::PUT, &one, &legal).await.good();
    assert_eq!(changed["category"], "legal");
    for (step, key, expected) in [
        ("unassign", "assigned_account", Value::Null),
        ("resolve", "action_taken", json!(true)),
        ("reopen", "action_taken", json!(false)),
    ] {
        let after = desk.post(&mia, &format!("{one}/{step}")).await.good();
        assert_eq!(after[key], expected, "{step}");
    }
    let body = json!({"type": "silence", "report_id": made["id"]});
    assert_eq!(act(&desk, &mia, &ann, &body).await, 200);
    assert_eq!(desk.get(&mia, list).await.good(), json!([]));
    let path = format!("{list}?resolved=true");
    let done = desk.get(&mia, &path).await.good();
    assert_eq!(done.as_array().unwrap().len(), 2);
    assert_eq!(done[0]["action_taken_by_account"]["username"], "mia");
}

#[actix_web::test]
async fn blocked_servers_are_listed_and_told_as_far_as_is_wished() {
    let desk = Desk::open().await;
    let ada = staff(&desk, "ada", Role::Admin).await;
    let list = "/api/v1/admin/domain_blocks";
    let body = json!({
        "domain": "Evil.Test", "severity": "suspend", "public_comment": "spam", "obfuscate": true,
    });
    let made = desk.send_json(&ada, Method::POST, list, &body).await.good();
    assert_eq!(
        (&made["domain"], &made["severity"]),
        (&json!("evil.test"), &json!("suspend"))
    );
    assert_eq!(desk.jobs("enforce_host").await.len(), 1);
    assert!(desk.node.bans.bars("x.evil.test"));
    for domain in ["evil.test", "x.evil.test"] {
        let body = json!({"domain": domain, "severity": "silence"});
        let again = desk.send_json(&ada, Method::POST, list, &body).await;
        assert_eq!(again.status, 422, "{domain}");
        assert_eq!(again.json()["existing_domain_block"]["id"], made["id"]);
    }
    for domain in ["node.localhost", "localhost", "a b", ""] {
        let body = json!({"domain": domain, "severity": "suspend"});
        let refused = desk.send_json(&ada, Method::POST, list, &body).await;
        assert_eq!(refused.status, 422, "{domain}");
    }
    let public = "/api/v1/instance/domain_blocks";
    assert_eq!(desk.get_as_stranger(public).await.status, 404);
    let seen = desk.get(&ada, public).await.good();
    assert_eq!(
        (&seen[0]["domain"], &seen[0]["comment"]),
        (&json!("ev**.**st"), &json!("spam"))
    );
    let one = format!("{list}/{}", made["id"].as_str().unwrap());
    let body = json!({"severity": "silence"});
    let changed = desk.send_json(&ada, Method::PUT, &one, &body).await.good();
    assert_eq!(changed["severity"], "silence");
    assert!(!desk.node.bans.bars("evil.test"));
    assert_eq!(desk.send(ada.asks(Method::DELETE, &one)).await.status, 200);
    assert_eq!(desk.get(&ada, &one).await.status, 404);
    for open in ["/api/v1/instance/peers", "/api/v1/peers/search?q=e"] {
        assert_eq!(desk.get_as_stranger(open).await.good(), json!([]), "{open}");
    }
    let weeks = desk
        .get_as_stranger("/api/v1/instance/activity")
        .await
        .good();
    assert_eq!(weeks.as_array().unwrap().len(), 12);
    assert_eq!(weeks[0]["registrations"], "1");
}

fn sign_up(name: &str, email: &str, from: &str) -> SignUp {
    SignUp {
        username: name.to_owned(),
        email: email.to_owned(),
        password: crate::keys::Secret::new("correct horse".to_owned()),
        agrees: true,
        reason: None,
        invite_code: None,
        date_of_birth: None,
        locale: "en".to_owned(),
        address: Some(from.parse().unwrap()),
    }
}

/// Every list has something, once.
async fn fill_lists(desk: &Desk, ada: &Person) {
    for (list, body) in [
        ("email_domain_blocks", json!({"domain": "spam.test"})),
        (
            "email_domain_blocks",
            json!({"domain": "odd.test", "allow_with_approval": true}),
        ),
        (
            "canonical_email_blocks",
            json!({"email": "m.al.lory+1@mail.test"}),
        ),
        (
            "ip_blocks",
            json!({"ip": "192.0.2.0/24", "severity": "sign_up_block"}),
        ),
        (
            "ip_blocks",
            json!({"ip": "198.51.100.7", "severity": "sign_up_requires_approval"}),
        ),
        (
            "ip_blocks",
            json!({"ip": "203.0.113.9", "severity": "no_access", "expires_in": 60}),
        ),
    ] {
        let path = format!("/api/v1/admin/{list}");
        let made = desk.send_json(ada, Method::POST, &path, &body).await;
        assert_eq!(made.status, 200, "{list} {body}");
        let again = desk.send_json(ada, Method::POST, &path, &body).await;
        assert_eq!(again.status, 422, "{list} {body}");
    }
}

#[actix_web::test]
async fn lists_decide_who_may_sign_up() {
    let desk = Desk::open_with(|config| {
        config.instance.registrations = crate::config::Registrations::Open;
    })
    .await;
    let ada = staff(&desk, "ada", Role::Admin).await;
    fill_lists(&desk, &ada).await;
    for (name, email, from, expected) in [
        ("b1", "b1@x.spam.test", "127.0.0.1", None),
        ("b2", "Mallory@mail.test", "127.0.0.1", None),
        ("b3", "b3@fine.test", "192.0.2.77", None),
        ("b4", "b4@odd.test", "127.0.0.1", Some(false)),
        ("b5", "b5@fine.test", "198.51.100.7", Some(false)),
        ("b6", "b6@notspam.test", "127.0.0.1", Some(true)),
    ] {
        let made = users::register(&desk.node, sign_up(name, email, from), None).await;
        let Some(is_in) = expected else {
            assert!(
                matches!(made, Err(Error::Forbidden(_) | Error::Invalid(_))),
                "{email}"
            );
            continue;
        };
        let id = made.unwrap().0.id;
        let person = users::find_by_id(&desk.node, id).await.unwrap().unwrap();
        assert_eq!(users::has_arrived(&person.user), is_in, "{email}");
    }
    let told = desk
        .get(&ada, "/api/v1/notifications?types[]=admin.sign_up")
        .await
        .good();
    assert_eq!(told.as_array().unwrap().len(), 3);
    let tested = json!({"email": "mallory+x@mail.test"});
    let path = "/api/v1/admin/canonical_email_blocks/test";
    let tested = desk
        .send_json(&ada, Method::POST, path, &tested)
        .await
        .good();
    assert_eq!(tested.as_array().unwrap().len(), 1);
    let pending = desk
        .get(&ada, "/api/v2/admin/accounts?status=pending")
        .await
        .good();
    let names: Vec<&str> = pending
        .as_array()
        .unwrap()
        .iter()
        .map(|account| account["username"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["b5", "b4"]);
    assert_eq!(pending[0]["ip"], "198.51.100.7");
    let found = desk
        .get(&ada, "/api/v1/admin/accounts?ip=198.51.100.7")
        .await
        .good();
    assert_eq!(ids(&found), [pending[0]["id"].as_str().unwrap()]);
    let one = |place: usize, word: &str| {
        let id = pending[place]["id"].as_str().unwrap();
        format!("/api/v1/admin/accounts/{id}/{word}")
    };
    assert_eq!(
        desk.post(&ada, &one(0, "approve")).await.good()["approved"],
        true
    );
    assert_eq!(desk.post(&ada, &one(0, "approve")).await.status, 403);
    assert_eq!(desk.post(&ada, &one(1, "reject")).await.status, 200);
    assert_eq!(desk.post(&ada, &one(1, "reject")).await.status, 404);
    let now = desk.node.clock.now();
    let closed = "203.0.113.9".parse().unwrap();
    assert!(desk.node.bans.are_closed_to(closed, now));
    assert!(!desk.node.bans.are_closed_to(closed, now + 61_000));
}

#[actix_web::test]
async fn figures_come_from_what_is_noted() {
    let desk = Desk::open().await;
    let (mia, ann) = (
        staff(&desk, "mia", Role::Moderator).await,
        desk.person("ann").await,
    );
    desk.get(&ann, "/api/v1/accounts/verify_credentials").await;
    let body = json!({
        "keys": ["active_users", "new_users", "opened_reports", "unknown"],
        "start_at": "2026-08-07", "end_at": "2026-08-08",
    });
    let path = "/api/v1/admin/measures";
    let found = desk.send_json(&mia, Method::POST, path, &body).await.good();
    let totals: Vec<(&str, &str)> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["key"].as_str().unwrap(), one["total"].as_str().unwrap()))
        .collect();
    assert_eq!(
        totals,
        [
            ("active_users", "2"),
            ("new_users", "2"),
            ("opened_reports", "0")
        ]
    );
    assert_eq!(found[0]["data"][0]["value"], "0");
    assert_eq!(found[0]["data"][1]["date"], "2026-08-08T00:00:00.000Z");
    let body = json!({"start_at": "2026-08-08", "end_at": "2026-08-08", "frequency": "day"});
    let path = "/api/v1/admin/retention";
    let found = desk.send_json(&mia, Method::POST, path, &body).await.good();
    assert_eq!(found[0]["data"][0]["rate"], 1.0);
    assert_eq!(found[0]["data"][0]["value"], "2");
    let body = json!({"start_at": "2020-01-01", "end_at": "2026-08-08", "keys": ["new_users"]});
    let long = desk
        .send_json(&mia, Method::POST, "/api/v1/admin/measures", &body)
        .await;
    assert_eq!(long.status, 422);
    let stranger = TestRequest::post().uri("/api/v1/admin/measures");
    assert_eq!(desk.send(stranger).await.status, 401);
}
