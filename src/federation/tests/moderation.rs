//! Moderation on the wire: nothing passes to or from a suspended server, and reports go both ways.

use serde_json::{Value, json};

use super::peers::{Peer, Person};
use super::support::TestNode;
use crate::federation::activities::Verdict;
use crate::federation::resolve;
use crate::social::moderation::accounts::{Action, Relief, act, relieve};
use crate::social::moderation::hosts::{self, Blocked, Wish};
use crate::social::moderation::staff::Staff;
use crate::social::reports::{NewReport, make};
use crate::social::{timelines, users};
use crate::store::accounts::Account;
use crate::store::host_blocks::HostBlock;
use crate::store::reports::{self, Filter};
use crate::store::timelines::PublicFilter;
use crate::store::{
    self, Conn, HostSeverity, NotificationKind, Page, QueryResult, Role, Visibility, WarningAction,
};

async fn block(node: &TestNode, domain: &str, wish: Wish) -> HostBlock {
    match hosts::block(node, Staff::operator(), domain, wish).await {
        Ok(Blocked::New(block)) => block,
        other => panic!("{other:?}"),
    }
}

fn suspended() -> Wish {
    Wish {
        severity: Some(HostSeverity::Suspend),
        ..Wish::default()
    }
}

async fn follows(node: &TestNode, by: &Account, of: &Account) -> bool {
    let (by, of) = (by.id, of.id);
    let look = move |conn: &mut Conn| store::follows::find(conn, by, of);
    let found = node.db.read(look).await.unwrap();
    found.is_some_and(|follow| follow.is_accepted)
}

async fn told(node: &TestNode, who: &Account, kind: NotificationKind) -> usize {
    let who = who.id;
    let filter = store::notifications::Filter {
        kinds: vec![kind],
        ..Default::default()
    };
    let look =
        move |conn: &mut Conn| store::notifications::page(conn, who, &filter, &Page::newest(40));
    node.db.read(look).await.unwrap().len()
}

async fn reported(node: &TestNode) -> Vec<reports::Report> {
    let look = |conn: &mut Conn| reports::page(conn, Filter::default(), &Page::newest(40));
    node.db.read(look).await.unwrap()
}

async fn staff(node: &TestNode, name: &str) -> Account {
    let account = node.add_person(name).await;
    users::set_role(node, account.id, Role::Moderator)
        .await
        .unwrap();
    account
}

fn create(person: &Person, name: &str, note: &Value) -> Value {
    person.does("Create", &format!("create/{name}"), note)
}

/// Ann and Mallory follow each other; then Mallory's server is blocked.
struct Scene {
    node: TestNode,
    evil: Peer,
    ann: Account,
    mallory: Person,
    account: Account,
    made: HostBlock,
}

async fn scene() -> Scene {
    let node = TestNode::start_with_actor().await;
    let evil = Peer::named("evil.localhost");
    let (ann, mallory) = (node.add_person("ann").await, evil.person("mallory"));
    let account = node.follow(ann.id, &mallory).await;
    let follow = mallory.does("Follow", "follows/1", &ann.uri.as_str().into());
    node.take(&follow, &mallory).await;
    assert!(follows(&node, &account, &ann).await);
    // It comes before the block, and is applied after it.
    let late = create(&mallory, "2", &mallory.note("2", "<p>late</p>"));
    node.deliver("/inbox", &late, &mallory).await;
    node.do_jobs().await;
    node.post(ann.id, "waits for them", Visibility::Public)
        .await;
    let made = block(&node, "EVIL.localhost.", suspended()).await;
    assert_eq!(made.domain, "evil.localhost");
    node.do_jobs().await;
    Scene {
        node,
        evil,
        ann,
        mallory,
        account,
        made,
    }
}

#[tokio::test]
async fn nothing_passes_to_or_from_a_suspended_server() {
    let Scene {
        node,
        evil,
        ann,
        mallory,
        account,
        made,
    } = scene().await;
    assert!(node.outgoing().await.is_empty(), "what waits is dropped");
    assert!(!follows(&node, &ann, &account).await && !follows(&node, &account, &ann).await);
    let kind = NotificationKind::SeveredRelationships;
    assert_eq!(told(&node, &ann, kind).await, 1);
    let verdicts = node.apply_all().await;
    assert!(
        matches!(verdicts.as_slice(), [Verdict::Ignored(_)]),
        "{verdicts:?}"
    );
    let asked = evil.asked().len();
    let eve = evil.person("eve");
    for (path, by) in [
        ("/inbox", &mallory),
        ("/users/ann/inbox", &mallory),
        ("/inbox", &eve),
    ] {
        let follow = by.does("Follow", "follows/3", &ann.uri.as_str().into());
        let answer = node.deliver(path, &follow, by).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.body);
    }
    assert_eq!(evil.asked().len(), asked, "nobody's key was fetched");
    node.post(ann.id, "not for them", Visibility::Public).await;
    node.do_jobs().await;
    assert!(node.outgoing().await.is_empty());

    hosts::unblock(&node, Staff::operator(), made.id)
        .await
        .unwrap();
    node.do_jobs().await;
    assert!(follows(&node, &ann, &account).await && follows(&node, &account, &ann).await);
    let after = mallory.note("4", "<p>again</p>");
    let verdict = node.take(&create(&mallory, "4", &after), &mallory).await;
    assert_eq!(verdict, Verdict::Applied);
}

#[tokio::test]
async fn nothing_is_fetched_from_a_suspended_server_by_no_detour() {
    let Scene {
        node,
        evil,
        ann,
        mallory,
        ..
    } = scene().await;
    node.apply_all().await;
    let (good, eve) = (Peer::named("good.localhost"), evil.person("eve"));
    let bob = good.person("bob");
    let asked = evil.asked().len();
    assert!(resolve::actor(&node, &eve.id).await.is_err());
    assert!(resolve::url(&node, &eve.id).await.is_err());
    evil.show("/notes/9", &mallory.note_document("9", "<p>no</p>"));
    good.redirect("/detour", &evil.at("/notes/9"));
    assert!(resolve::url(&node, &good.at("/detour")).await.is_err());
    node.follow(ann.id, &bob).await;
    let boost = bob.does("Announce", "boosts/1", &evil.at("/notes/9").into());
    let boosted = node.take(&boost, &bob).await;
    assert!(matches!(boosted, Verdict::Ignored(_)), "{boosted:?}");
    let mut reply = bob.note("1", "<p>to them</p>");
    reply["inReplyTo"] = evil.at("/notes/9").into();
    node.take(&create(&bob, "1", &reply), &bob).await;
    node.do_jobs().await;
    assert_eq!(evil.asked().len(), asked, "{:?}", evil.asked());
}

#[tokio::test]
async fn blocks_of_a_server_and_of_an_account_end_each_for_itself() {
    let (node, peer) = (
        TestNode::start_with_actor().await,
        Peer::named("deep.evil.localhost"),
    );
    let bob = resolve::actor(&node, &peer.person("bob").id).await.unwrap();
    let is_suspended = async || {
        let found = node.account_at(&bob.uri).await.unwrap();
        found.suspended_at.is_some()
    };
    let suspension = || Action {
        kind: WarningAction::Suspend,
        text: String::new(),
        report: None,
    };
    let made = block(&node, "evil.localhost", suspended()).await;
    node.do_jobs().await;
    assert!(
        is_suspended().await,
        "what lies below a domain goes with it"
    );
    let refused = relieve(&node, Staff::operator(), bob.id, Relief::Unsuspend).await;
    assert!(refused.is_err(), "the whole server is suspended");
    act(&node, Staff::operator(), bob.id, suspension())
        .await
        .unwrap();
    hosts::unblock(&node, Staff::operator(), made.id)
        .await
        .unwrap();
    node.do_jobs().await;
    assert!(is_suspended().await, "the staff has suspended this one");
    relieve(&node, Staff::operator(), bob.id, Relief::Unsuspend)
        .await
        .unwrap();
    assert!(!is_suspended().await);
}

#[tokio::test]
async fn limited_federation_talks_with_nobody_else() {
    let node = TestNode::start_with(|config| config.federation.limited = true).await;
    let (friend, stranger) = (
        Peer::named("friend.localhost"),
        Peer::named("stranger.localhost"),
    );
    let (bob, eve) = (friend.person("bob"), stranger.person("eve"));
    hosts::allow(&node, Staff::operator(), "friend.localhost")
        .await
        .unwrap();
    assert!(resolve::actor(&node, &bob.id).await.is_ok());
    assert!(resolve::actor(&node, &eve.id).await.is_err());
    let follow = eve.does("Follow", "f", &node.urls.actor("ann").into());
    assert_eq!(node.deliver("/inbox", &follow, &eve).await.status, 403);
    assert!(stranger.asked().is_empty());
    let ann = node.add_person("ann").await;
    let post = node.post(ann.id, "hello", Visibility::Public).await;
    let path = post
        .uri
        .strip_prefix(node.urls.origin())
        .unwrap()
        .to_owned();
    assert_eq!(node.get(&path).await.status, 403);
}

#[tokio::test]
async fn a_suspended_account_of_this_node_is_told_and_comes_back() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let (ann, bob) = (node.add_person("ann").await, peer.person("bob"));
    let follow = bob.does("Follow", "follows/1", &ann.uri.as_str().into());
    node.take(&follow, &bob).await;
    let post = node.post(ann.id, "hello", Visibility::Public).await;
    let path = post
        .uri
        .strip_prefix(node.urls.origin())
        .unwrap()
        .to_owned();
    node.do_jobs().await;
    let known = node.outgoing().await.len();
    let action = Action {
        kind: WarningAction::Suspend,
        text: "enough".to_owned(),
        report: None,
    };
    act(&node, Staff::operator(), ann.id, action).await.unwrap();
    node.do_jobs().await;
    let outgoing = node.outgoing().await;
    let (_, update) = &outgoing[known];
    assert_eq!(update["type"], "Update");
    assert_eq!(update["object"]["suspended"], true);
    assert_eq!(node.get(&path).await.status, 403);
    assert_eq!(node.get("/users/ann").await.json()["suspended"], true);
    relieve(&node, Staff::operator(), ann.id, Relief::Unsuspend)
        .await
        .unwrap();
    assert_eq!(node.get(&path).await.status, 200);
    assert_eq!(node.get("/users/ann").await.json().get("suspended"), None);
}

#[tokio::test]
async fn whoever_is_limited_is_found_by_followers_alone() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let (ann, zoe) = (node.add_person("ann").await, node.add_person("zoe").await);
    let bob = peer.person("bob");
    node.follow(ann.id, &bob).await;
    block(&node, "peer.localhost", Wish::default()).await;
    node.do_jobs().await;
    let post = |name: &str, whom: &Account| {
        let mut post = bob.note(name, "<p>hello</p>");
        post["cc"] = json!([whom.uri]);
        post["tag"] = json!([{"type": "Mention", "href": whom.uri, "name": "@you"}]);
        post
    };
    for (name, whom) in [("1", &ann), ("2", &zoe)] {
        node.take(&create(&bob, name, &post(name, whom)), &bob)
            .await;
    }
    assert_eq!(told(&node, &ann, NotificationKind::Mention).await, 1);
    assert_eq!(told(&node, &zoe, NotificationKind::Mention).await, 0);
    let now = node.clock.now();
    let public = async |viewer: Option<&Account>| {
        let viewer = viewer.map(|account| account.id);
        let look = move |conn: &mut Conn| {
            let (filter, page) = (PublicFilter::default(), Page::newest(40));
            timelines::public(conn, viewer, filter, &page, now)
        };
        node.db.read(look).await.unwrap().items.len()
    };
    assert_eq!(
        (
            public(Some(&ann)).await,
            public(Some(&zoe)).await,
            public(None).await
        ),
        (2, 0, 0)
    );
    let follow = bob.does("Follow", "follows/1", &zoe.uri.as_str().into());
    node.take(&follow, &bob).await;
    let there = node.account_at(&bob.id).await.unwrap();
    assert!(
        !follows(&node, &there, &zoe).await,
        "it asks, though zoe is open"
    );
    // Somebody new from there is limited too.
    let carol = resolve::actor(&node, &peer.person("carol").id)
        .await
        .unwrap();
    let look = move |conn: &mut Conn| store::standings::is_silenced(conn, carol.id);
    assert!(node.db.read(look).await.unwrap());
}

#[tokio::test]
async fn files_and_reports_of_a_server_can_be_refused_alone() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let (ann, bob) = (staff(&node, "ann").await, peer.person("bob"));
    node.follow(ann.id, &bob).await;
    let wish = Wish {
        severity: Some(HostSeverity::Noop),
        reject_media: Some(true),
        reject_reports: Some(true),
        ..Wish::default()
    };
    block(&node, "peer.localhost", wish).await;
    let mut post = bob.note("1", "<p>look</p>");
    post["attachment"] = json!([{
        "type": "Document", "mediaType": "image/png", "url": peer.at("/a.png"),
    }]);
    let verdict = node.take(&create(&bob, "1", &post), &bob).await;
    assert_eq!(verdict, Verdict::Applied);
    let status = node.status_at(post["id"].as_str().unwrap()).await.unwrap();
    let look = move |conn: &mut Conn| store::attachments::list(conn, &[status.id]);
    assert!(node.db.read(look).await.unwrap().is_empty());
    let flag = bob.does("Flag", "flags/1", &json!([ann.uri]));
    assert!(matches!(node.take(&flag, &bob).await, Verdict::Ignored(_)));
    assert!(reported(&node).await.is_empty());
}

#[tokio::test]
async fn a_report_of_another_server_reaches_the_staff_once() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let (mia, ann) = (staff(&node, "mia").await, node.add_person("ann").await);
    let bob = peer.person("bob");
    let open = node.post(ann.id, "rude", Visibility::Public).await;
    let secret = node.post(ann.id, "secret", Visibility::Direct).await;
    let mut flag = bob.does("Flag", "flags/1", &json!([ann.uri, open.uri, secret.uri]));
    flag["content"] = "Spills <b>tea</b>".into();
    for _ in 0..2 {
        node.deliver("/inbox", &flag, &bob).await;
        node.apply_all().await;
    }
    let found = reported(&node).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].target_id, ann.id);
    assert_eq!(found[0].comment, "Spills tea");
    // What the server may not know is not confirmed to be there.
    assert_eq!(found[0].status_ids.0, [open.id.0]);
    assert_eq!(told(&node, &mia, NotificationKind::AdminReport).await, 1);
    assert_eq!(told(&node, &ann, NotificationKind::AdminReport).await, 0);
    // One form names the status alone, and its words are a summary.
    let mut other = bob.does("Flag", "flags/2", &open.uri.as_str().into());
    other["summary"] = "cold tea".into();
    assert_eq!(node.take(&other, &bob).await, Verdict::Applied);
    let found = reported(&node).await;
    assert_eq!((found.len(), found[0].comment.as_str()), (2, "cold tea"));
    assert_eq!(told(&node, &mia, NotificationKind::AdminReport).await, 2);
    // A third server's business is not ours.
    let elsewhere = bob.does("Flag", "flags/3", &bob.id.as_str().into());
    assert!(matches!(
        node.take(&elsewhere, &bob).await,
        Verdict::Ignored(_)
    ));
    for number in 10..40 {
        let flag = bob.does("Flag", &format!("flags/{number}"), &ann.uri.as_str().into());
        node.take(&flag, &bob).await;
    }
    assert_eq!(
        reported(&node).await.len(),
        20,
        "one server, one account, one day"
    );
}

#[tokio::test]
async fn a_report_goes_out_in_the_name_of_the_node() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let (ann, bob) = (node.add_person("ann").await, peer.person("bob"));
    node.follow(ann.id, &bob).await;
    let post = bob.note("1", "<p>rude</p>");
    node.take(&create(&bob, "1", &post), &bob).await;
    let status = node.status_at(post["id"].as_str().unwrap()).await.unwrap();
    node.do_jobs().await;
    let known = node.outgoing().await.len();
    let new = |forward: bool| NewReport {
        target: Some(status.account_id),
        statuses: vec![status.id],
        comment: "It is rude.".to_owned(),
        forward,
        ..NewReport::default()
    };
    assert!(!make(&node, ann.id, new(false)).await.unwrap().forwarded);
    let report = make(&node, ann.id, new(true)).await.unwrap();
    assert!(report.forwarded);
    node.do_jobs().await;
    let outgoing: Vec<(String, Value)> = node.outgoing().await.split_off(known);
    let [(inbox, flag)] = outgoing.as_slice() else {
        panic!("{outgoing:?}");
    };
    assert_eq!(*inbox, peer.at("/inbox"));
    assert_eq!(flag["type"], "Flag");
    assert_eq!(flag["actor"], node.urls.node_actor());
    assert_eq!(flag["content"], "It is rude.");
    assert_eq!(flag["object"], json!([bob.id, post["id"]]));
    assert!(!flag.to_string().contains("ann"), "{flag}");
}

#[tokio::test]
async fn a_suspension_by_the_own_server_ends_with_its_word() {
    let (node, peer) = (TestNode::start_with_actor().await, Peer::start());
    let bob = peer.person("bob");
    let account = resolve::actor(&node, &bob.id).await.unwrap();
    let state = async || {
        let look = move |conn: &mut Conn| -> QueryResult<_> {
            let account = store::accounts::find(conn, account.id)?.unwrap();
            let standing = store::standings::find(conn, account.id)?;
            Ok((account.suspended_at.is_some(), standing.suspension))
        };
        node.db.read(look).await.unwrap()
    };
    let mut actor = bob.actor();
    actor["suspended"] = true.into();
    peer.show("/users/bob", &actor);
    let update = bob.does("Update", "updates/1", &actor);
    assert_eq!(node.take(&update, &bob).await, Verdict::Applied);
    assert_eq!(state().await, (true, Some(store::Cause::Origin)));
    peer.show("/users/bob", &bob.actor());
    let update = bob.does("Update", "updates/2", &bob.actor());
    assert_eq!(node.take(&update, &bob).await, Verdict::Applied);
    assert_eq!(state().await, (false, None));
    // What the staff here decided does not end so.
    let action = Action {
        kind: WarningAction::Suspend,
        text: String::new(),
        report: None,
    };
    act(&node, Staff::operator(), account.id, action)
        .await
        .unwrap();
    let update = bob.does("Update", "updates/3", &bob.actor());
    node.take(&update, &bob).await;
    assert_eq!(state().await, (true, Some(store::Cause::Staff)));
}
